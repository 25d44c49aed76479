"""A transcript as a file: plain text, JSON with the evidence of each piece, SubRip (SRT) or WebVTT subtitles.

Subtitles begin with a sentence or a line; what is longer than two lines of 42 letters or 7 seconds (the usual limits of
broadcasters) is cut, after a comma where there is one. Words and marks that no white space parts stay together.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pipeline.model.text import Gap, Token, Transcript
from pipeline.transcribe.dictation import FINAL

LINE = 42
LINES = 2
SECONDS = 7.0
SHORTEST = 0.2
"""Seconds that a subtitle is shown at least, when the next one leaves them."""


class Format(StrEnum):
    """The files that a transcript can become."""

    TXT = "txt"
    JSON = "json"
    SRT = "srt"
    VTT = "vtt"


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: seconds, and one or two lines."""

    start: float
    end: float
    lines: tuple[str, ...]


def render(transcript: Transcript, kind: Format) -> str:
    """The whole file, ending with a new line."""
    if kind is Format.TXT:
        return transcript.text + "\n"
    if kind is Format.JSON:
        return json.dumps(as_json(transcript), ensure_ascii=False, indent=1) + "\n"
    return as_srt(transcript) if kind is Format.SRT else as_vtt(transcript)


def as_json(transcript: Transcript) -> dict[str, Any]:
    """Text and evidence; times and lengths in seconds, probabilities in [0, 1]."""
    return {
        "engine": transcript.engine,
        "language": transcript.language,
        "duration": transcript.duration,
        "coverage": {"speech": transcript.speech, "explained": transcript.explained},
        "gaps": [asdict(gap) for gap in transcript.gaps],
        "text": transcript.text,
        "tokens": [_token(token) for token in transcript.tokens if not token.is_set_aside],
        "set_aside": [_token(token) for token in transcript.set_aside],
        "words": [asdict(word) for word in transcript.words],
        "alternatives": list(transcript.alternatives),
    }


def spans(gaps: Sequence[Gap]) -> str:
    """ "12,0 à 15,2 s, 40,1 à 41,3 s"."""
    return ", ".join(f"{decimal(gap.start)} à {decimal(gap.end)} s" for gap in gaps)


def decimal(value: float) -> str:
    """One decimal, as the French write it."""
    return f"{value:.1f}".replace(".", ",")


def _token(token: Token) -> dict[str, Any]:
    told = asdict(token)
    del told["box"]
    return told


def as_srt(transcript: Transcript) -> str:
    return "".join(
        f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{_body(cue)}\n\n"
        for number, cue in enumerate(cues(transcript), 1)
    )


def as_vtt(transcript: Transcript) -> str:
    shown = [f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{_escaped(_body(cue))}\n" for cue in cues(transcript)]
    return "\n".join(["WEBVTT\n", *shown])


def cues(transcript: Transcript) -> list[Cue]:
    """In order, none over another."""
    groups = [cut for sentence in _sentences(_chunks(transcript.tokens)) for cut in _cut(sentence)]
    found: list[Cue] = []
    for number, group in enumerate(groups):
        following = groups[number + 1][0].start if number + 1 < len(groups) else float("inf")
        start = max(group[0].start, found[-1].end if found else 0.0)
        end = max(start, min(max(group[-1].end, start + SHORTEST), max(following, start + 0.001)))
        found.append(Cue(start, end, tuple(_wrapped(group))))
    return found


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Pieces without white space between them; ``fresh``: a line begins here."""

    text: str
    start: float
    end: float
    fresh: bool


def _chunks(tokens: Sequence[Token]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    fresh, time = True, 0.0
    for token in tokens:
        fresh = fresh or "\n" in token.before
        if not token.text:
            continue
        start = time if token.start is None else token.start
        end = start if token.end is None else max(start, token.end)
        time = end
        glued = chunks and not fresh and not token.before.strip("\u00a0\u202f")
        if glued:
            last = chunks.pop()
            chunks.append(_Chunk(last.text + token.before + token.text, last.start, max(end, last.end), last.fresh))
        else:
            chunks.append(_Chunk(token.text, start, end, fresh))
        fresh = False
    return chunks


def _sentences(chunks: Sequence[_Chunk]) -> Iterator[list[_Chunk]]:
    sentence: list[_Chunk] = []
    for chunk in chunks:
        if sentence and (chunk.fresh or (sentence[-1].text[-1] in FINAL and not chunk.text[:1].islower())):
            yield sentence
            sentence = []
        sentence.append(chunk)
    if sentence:
        yield sentence


def _cut(sentence: list[_Chunk]) -> Iterator[list[_Chunk]]:
    """Pieces that fit: cut after the last comma of the second half, else where it is full."""
    rest = sentence
    while rest and not _fits(rest):
        full = next((length for length in range(2, len(rest) + 1) if not _fits(rest[:length])), 2) - 1
        commas = [length for length in range(full // 2 + 1, full + 1) if rest[length - 1].text[-1] in ",;:"]
        length = commas[-1] if commas else full
        yield rest[:length]
        rest = rest[length:]
        if len(rest) == 1 and not _fits(rest):
            break
    if rest:
        yield rest


def _fits(chunks: Sequence[_Chunk]) -> bool:
    return chunks[-1].end - chunks[0].start <= SECONDS and len(_wrapped(chunks)) <= LINES


def _wrapped(chunks: Sequence[_Chunk]) -> list[str]:
    text = " ".join(chunk.text for chunk in chunks)
    return textwrap.wrap(text, LINE, break_long_words=False, break_on_hyphens=False)


def _body(cue: Cue) -> str:
    return "\n".join(cue.lines)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float, decimal: str) -> str:
    thousandths = round(seconds * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{decimal}{rest % 1000:03}"
