"""What an OpenAI-compatible server answers (``verbose_json``) becomes a reading, whatever it left out.

Servers differ: words with their space before them (faster-whisper) or bare and without marks (OpenAI), words in the
segments, segments only, a text only, times in nanoseconds. The text is the truth of what was said; words and
segments only tell when.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.errors import EngineUnreachable
from pipeline.model.text import Word
from pipeline.transcribe.decoder import Reading
from pipeline.transcribe.joined import Part, joined

UNTOLD = 0.5
"""Probability of a word when the server tells nothing: neither sure nor doubtful."""
_OUTSIDE = 1.0
"""Seconds after the end of a piece from which a time is no time (LocalAI counts in nanoseconds)."""


def reading_of(body: bytes, seconds: float) -> Reading:
    """The reading of a piece of ``seconds``. Raises `EngineUnreachable` when ``body`` is no such answer."""
    try:
        answer = json.loads(body)
        text, segments = _text(answer), _entries(answer, "segments")
        words = _entries(answer, "words") or [word for segment in segments for word in _entries(segment, "words")]
        parts = [_part(word, seconds) for word in words]
        return Reading(
            _placed(text, parts, seconds) if parts else joined(_spread(text, segments, seconds), seconds),
            sure=_mean(segments, "avg_logprob"),
            silent=min(1.0, max(0.0, _mean(segments, "no_speech_prob"))),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise EngineUnreachable(
            "Le serveur vocal a donné une réponse qui n'est pas une transcription.",
            advice="Vérifiez que remote_url est l'adresse d'un serveur compatible OpenAI ; l'original est conservé.",
        ) from error


def _text(answer: Any) -> str:
    text = answer["text"]
    if not isinstance(text, str):
        raise TypeError("text")
    return " ".join(text.split())


def _entries(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    entries = holder.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise TypeError(name)
    return entries


def _number(entry: Mapping[str, Any], name: str) -> float:
    value = entry[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError(name)
    return float(value)


def _part(word: Mapping[str, Any], seconds: float) -> Part:
    text, start, end = word["word"], _number(word, "start"), _number(word, "end")
    if not isinstance(text, str):
        raise TypeError("word")
    if start > seconds + _OUTSIDE:
        start = end = seconds
    return text, start, end, _number(word, "probability") if word.get("probability") is not None else UNTOLD


def _placed(text: str, parts: Sequence[Part], seconds: float) -> tuple[Word, ...]:
    """The words of ``text`` at the times of the parts whose letters they have; else the parts as they are."""
    if not any(part[0][:1].isspace() for part in parts[1:]):
        parts = [(f" {part[0]}", *part[1:]) for part in parts]
    owners = [place for place, part in enumerate(parts) for _ in _letters(part[0])]
    if _letters(text) != "".join(_letters(part[0]) for part in parts):
        return joined(parts, seconds)
    placed: list[Part] = []
    at = 0
    for word in text.split():
        count = len(_letters(word))
        if not count:  # a mark on its own belongs to the word before
            end = placed[-1][2] if placed else 0.0
            placed.append((f" {word}", end, end, placed[-1][3] if placed else UNTOLD))
            continue
        own = [parts[place] for place in dict.fromkeys(owners[at : at + count])]
        placed.append((f" {word}", own[0][1], own[-1][2], min(part[3] for part in own)))
        at += count
    return joined(placed, seconds)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _spread(text: str, segments: Sequence[Mapping[str, Any]], seconds: float) -> Iterator[Part]:
    """Words share the time of their segment by their length; without times, that of the whole piece."""
    spans = [(_text(each), _number(each, "start"), _number(each, "end"), _sure(each)) for each in segments]
    if not spans or any(start > seconds + _OUTSIDE or end < start for _, start, end, _ in spans):
        spans = [(text, 0.0, seconds, UNTOLD)]
    for said, start, end, sure in spans:
        words = said.split()
        whole = sum(map(len, words)) or 1
        done = 0
        for word in words:
            first, done = done, done + len(word)
            yield (
                f" {word}",
                start + (min(end, seconds) - start) * first / whole,
                start + (min(end, seconds) - start) * done / whole,
                sure,
            )


def _sure(segment: Mapping[str, Any]) -> float:
    return math.exp(min(0.0, _number(segment, "avg_logprob"))) if segment.get("avg_logprob") is not None else UNTOLD


def _mean(segments: Sequence[Mapping[str, Any]], name: str) -> float:
    values = [_number(segment, name) for segment in segments if segment.get(name) is not None]
    return sum(values) / len(values) if values else 0.0
