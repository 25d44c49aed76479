"""Headings by their sound: "Exémane deux points" opens the section "Examen".

Whisper writes a heading as badly as any other word. At the start of a sentence and before a dictated colon, words that
sound nearly like one heading, and like no other, are that heading: what was heard stays beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.model.phonetic import distance, sound_of
from pipeline.transcribe.dictation import FINAL, Piece, Unit, plain

RULE = "titre dicté"
LONGEST = 6
"""Words of a heading, misheard ones cut in two included ("Histoire de la maladie", "En técédant")."""
SURE = 0.17
"""Share of the sounds that may differ for a heading to be written (own reading: right to 0.15, wrong from 0.18)."""
LIKELY = 0.38
"""... and to be offered, or to make a colon of what sounds like one after it."""
SILENCE = 0.6
"""Seconds of silence after which a sentence begins, whatever the engine has written."""
LEAD = 0.06
"""By so much the next heading must be further away, for one to be written."""


@dataclass(frozen=True, slots=True)
class TitleHeard:
    """The nearest heading, the share of sounds that differ (0: the same), and whether no other is as near."""

    title: str
    off: float
    alone: bool

    @property
    def is_sure(self) -> bool:
        return self.off <= SURE and self.alone


@lru_cache(maxsize=4096)
def heard_title(words: str, titles: tuple[str, ...], not_titles: frozenset[str]) -> TitleHeard | None:
    """The heading that ``words`` sound like; None when none is near or they are words of their own."""
    said, folded = sound_of(words), plain(words)
    if not said or folded in not_titles or any(char.isdigit() for char in words):
        return None
    same = next((title for title in titles if plain(title) == folded), None)
    if same:
        return TitleHeard(same, 0.0, alone=True)
    ranked = sorted((_off(said, sound_of(title)), title) for title in titles)
    best, name = ranked[0]
    others = [off for off, title in ranked[1:] if sound_of(title) != sound_of(name)]
    if best > LIKELY or min(len(said), len(sound_of(name))) < 4:
        return None
    return TitleHeard(name, best, alone=not others or others[0] - best >= LEAD)


def _off(said: str, title: str) -> float:
    return distance(said, title) / max(len(said), len(title))


def sentence_start(units: Sequence[Unit], marked: Sequence[bool], end: int, pause: float) -> int | None:
    """Where the sentence of ``units[:end]`` begins, at most `LONGEST` units back. ``marked``: a spoken mark is here."""
    for place in range(end - 1, max(-1, end - 1 - LONGEST), -1):
        before = units[place - 1] if place else None
        if (
            before is None
            or marked[place - 1]
            or FINAL & set(before.trail)
            or before.pause >= (pause if before.trail else SILENCE)
        ):
            return place
    return None


def spell_titles(pieces: Sequence[Piece], titles: tuple[str, ...], not_titles: frozenset[str]) -> list[Piece]:
    """The pieces, with what is surely a heading before a colon spelled as such, and what is likely one doubted."""
    spelled = list(pieces)
    for place, piece in enumerate(pieces):
        if not (piece.command and piece.command.text == ":") and not (piece.is_word and ":" in piece.units[-1].trail):
            continue
        end = place if piece.command else place + 1
        start = _start(pieces, end)
        if start is None or not all(each.is_word for each in pieces[start:end]):
            continue
        words = " ".join(each.units[0].core for each in pieces[start:end])
        found = heard_title(words, titles, not_titles)
        if found is None or plain(words) == plain(found.title):
            continue
        if found.is_sure:
            spelled[start:end] = _as_title(pieces[start:end], found.title)
        else:
            doubt = f"titre « {found.title} » entendu ?"
            spelled[start:end] = [replace(each, doubt=doubt, offers=(found.title,)) for each in pieces[start:end]]
    return spelled


def _start(pieces: Sequence[Piece], end: int) -> int | None:
    for place in range(end - 1, max(-1, end - 1 - LONGEST), -1):
        before = pieces[place - 1] if place else None
        if (
            before is None
            or before.rule
            or (before.command and (before.command.text in FINAL or before.command.layout))
        ):
            return place
        if before.command is None and FINAL & set(before.units[-1].trail):
            return place
    return None


def _as_title(pieces: Sequence[Piece], title: str) -> list[Piece]:
    """Word for word when there are as many; else the whole heading stands for the last word, which ends it."""
    words = title.split()
    if len(words) != len(pieces):
        words = [""] * (len(pieces) - 1) + [title]
    return [
        piece if piece.units[0].core == word else replace(piece, rule=RULE, text=word)
        for piece, word in zip(pieces, words, strict=True)
    ]
