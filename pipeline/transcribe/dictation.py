"""The tables of ``lexicon/dictation.yaml``, and raw words cut into units: ``"main-point."`` holds two.

`commands.py` finds the spoken commands among the units, `written.py` turns what is found into text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.text import Word

FINAL = frozenset(".?!…")
"""Marks after which a sentence begins."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the table: what is said (plain words), the mark or the white space that it becomes, its contexts."""

    rule: str
    say: tuple[tuple[str, ...], ...]
    text: str = ""
    layout: str = ""
    not_after: tuple[str, ...] = ()
    weak_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    loose_before: tuple[str, ...] = ()
    clause_end: bool = False


@dataclass(frozen=True, slots=True)
class DictationRules:
    """The tables of ``lexicon/dictation.yaml``; every word plain (see `plain`). ``pause`` in seconds."""

    commands: tuple[Command, ...]
    spoken_punctuation_from: int
    sound_alikes_from: int
    pause: float
    heading_number: tuple[str, ...]
    headings: frozenset[str]
    numbered: frozenset[str]
    scores: frozenset[str]
    numbers: frozenset[str]
    articles: frozenset[str]
    negations: tuple[str, ...]
    still_before: tuple[str, ...]
    counted: frozenset[str]
    keep_capital: frozenset[str]
    abbreviations: frozenset[str]
    stock_phrases: tuple[str, ...]
    opening_prompts: tuple[str, ...] = ()

    @property
    def glued(self) -> re.Pattern[str]:
        """One-word commands that Whisper hangs on a word with a hyphen: ``main-point.``"""
        words = sorted({say[0] for command in self.commands for say in command.say if len(say) == 1}, key=len)
        return re.compile(rf"^(.{{2,}}?)(-(?:{'|'.join(map(re.escape, reversed(words)))})[.,!?…]*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a raw word: ``raw == lead + core + trail``; ``pause`` is the silence after it in seconds."""

    raw: str
    lead: str
    core: str
    trail: str
    start: float
    end: float
    probability: float
    pause: float
    word: int

    @property
    def norm(self) -> str:
        return plain(self.core)


@dataclass(frozen=True, slots=True)
class Piece:
    """Units that belong together: one ordinary word (``command`` None), or a spoken command."""

    units: tuple[Unit, ...]
    command: Command | None = None


def plain(text: str) -> str:
    """Lower case, no accents, œ as oe, straight apostrophe."""
    folded = text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


_CUT = re.compile(r"(?<=[^\W\d_]{3}[.,;:!?])(?=[^\W\d_]{3}|[A-ZÀÉÊÔÎ][a-zé]?(?![.\w]))|(?<=[^\W\d_]{3},)(?=[^\W\d_])")
"""Where two words were run together: "point.À", "virgule,ce". Where it was one word, no space is put."""
_NUMBER_CUT = re.compile(r"^(2\.)(?=[^\W\d_]{3})")
_MARKS = re.compile(r"^([«\"(\[—–-]*)(.*?)([.,;:!?…»\")\]]*)$", re.DOTALL)


def units_of(words: Sequence[Word], rules: DictationRules) -> list[Unit]:
    """Cut raw words into units. The raws of the units, joined, are the words' texts joined."""
    units: list[Unit] = []
    glued = rules.glued
    for place, word in enumerate(words):
        pause = max(0.0, words[place + 1].start - word.end) if place + 1 < len(words) else rules.pause
        parts = _parts(word.text, glued, rules)
        for number, raw in enumerate(parts, 1):
            lead, core, trail = _marks(raw, rules)
            silence = pause if number == len(parts) else 0.0
            units.append(Unit(raw, lead, core, trail, word.start, word.end, word.probability, silence, place))
    return units


def _parts(text: str, glued: re.Pattern[str], rules: DictationRules) -> list[str]:
    numbered = _NUMBER_CUT.match(text)
    if numbered:
        return [numbered[1], *_parts(text[numbered.end() :], glued, rules)]
    parts: list[str] = []
    for piece in _CUT.split(text) if "@" not in text and "www" not in text else [text]:
        whole = plain(piece.rstrip(".,!?…"))
        joined = glued.match(plain(piece)) if not any((whole,) in command.say for command in rules.commands) else None
        if joined and len(plain(piece)) == len(piece):
            parts += [piece[: joined.end(1)], piece[joined.end(1) :]]
        else:
            parts.append(piece)
    return parts


def _marks(raw: str, rules: DictationRules) -> tuple[str, str, str]:
    found = _MARKS.match(raw)
    lead, core, trail = found.groups() if found else ("", raw, "")
    if trail.startswith(".") and plain(core) in rules.abbreviations:
        return lead, core + ".", trail[1:]
    return lead, core, trail
