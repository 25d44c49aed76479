"""The tables of ``lexicon/dictation.yaml``, and raw words cut into units: ``"main-point."`` holds two.

`commands.py` finds the spoken commands among the units (`alikes.py` those that only sound like one), `titles.py`,
`macros.py`, `spelling.py` and `edits.py` find what is said about the text itself, `written.py` writes it all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.model.text import Word

FINAL = frozenset(".?!…")
"""Marks after which a sentence begins."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the table: what is said (plain words), the mark or the white space that it becomes, its contexts.

    ``joins``: the mark stands between two words without spaces. ``case`` (``capital``, ``upper`` or ``lower``): the
    next word is written so. ``sound``: what sounds nearly like it is taken for it too. ``closes`` (a mark): meant only
    when what closes that mark follows in the same sentence.
    """

    rule: str
    say: tuple[tuple[str, ...], ...]
    text: str = ""
    layout: str = ""
    not_after: tuple[str, ...] = ()
    weak_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    loose_before: tuple[str, ...] = ()
    clause_end: bool = False
    joins: bool = False
    case: str = ""
    sound: bool = False
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """A text of the practice and the names (plain words) by which it is called."""

    name: str
    say: tuple[tuple[str, ...], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Alikes:
    """What Whisper writes for commands that it does not know (``alikes`` of the table); regular expressions on plain
    words, each for one whole word."""

    point: re.Pattern[str]
    tail: re.Pattern[str]
    two: frozenset[str]
    weak_point: frozenset[str]
    dash: frozenset[str]
    comma: re.Pattern[str]
    not_comma: frozenset[str]
    weak_comma: frozenset[str]
    not_weak_after: frozenset[str]
    one_word_colon: frozenset[str]
    whole_words: re.Pattern[str]
    weights: frozenset[str]
    times: frozenset[str]


@dataclass(frozen=True, slots=True)
class EditWords:
    """The words of spoken corrections, of spelling and of macros (``edits`` of the table); all plain but ``spell``."""

    erase: tuple[str, ...]
    scopes: dict[str, tuple[str, ...]]
    counts: dict[str, int]
    replace: frozenset[str]
    by: frozenset[str]
    open_corrections: tuple[tuple[str, ...], ...]
    articles: frozenset[str]
    times: tuple[str, ...]
    time_starts: tuple[str, ...]
    spell: tuple[str, ...]
    letters: dict[str, str]
    accents: dict[str, str]
    macro: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
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
    reversing: frozenset[str]
    still_before: tuple[str, ...]
    counted: frozenset[str]
    keep_capital: frozenset[str]
    abbreviations: frozenset[str]
    stock_phrases: tuple[str, ...]
    alikes: Alikes
    edits: EditWords
    titles: tuple[str, ...] = ()
    not_titles: frozenset[str] = frozenset()
    opening_prompts: tuple[str, ...] = ()
    macros: tuple[Macro, ...] = field(default=(), compare=False)

    @cached_property
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
    """Units that belong together: one ordinary word (``command`` None), or a spoken command.

    ``rule`` says what else was decided: with ``text`` None its words are not written, otherwise ``text`` is written for
    them. ``doubt`` and ``offers`` as in `pipeline.model.text.Token`.
    """

    units: tuple[Unit, ...]
    command: Command | None = None
    rule: str = ""
    text: str | None = None
    doubt: str = ""
    offers: tuple[str, ...] = ()

    @property
    def norm(self) -> str:
        return " ".join(unit.norm for unit in self.units)

    @property
    def is_word(self) -> bool:
        """Whether it is an ordinary word that is written as it was heard."""
        return self.command is None and not self.rule and bool(self.units[0].core)

    @property
    def is_written(self) -> bool:
        """Whether something of it goes into the text."""
        return not self.rule or self.text is not None


def plain(text: str) -> str:
    """Lower case, no accents, œ as oe, straight apostrophe."""
    folded = text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


_CUT = re.compile(r"(?<=[^\W\d_]{3}[.,;:!?])(?=[^\W\d_]{3}|[A-ZÀÉÊÔÎ][a-zé]?(?![.\w]))|(?<=[^\W\d_]{3},)(?=[^\W\d_])")
"""Where two words were run together: "point.À", "virgule,ce". Where it was one word, no space is put."""
_NUMBER_CUT = re.compile(r"^(2\.)(?=[^\W\d_]{2}|[^\W\d_]\.?$)")
_MARKS = re.compile(r"^([«\"(\[—–-]*)(.*?)([.,;:!?…»\")\]]*|(?<=\w)-)$", re.DOTALL)
_BETWEEN = re.compile(r"^(.*?\w)(-virgules?-)(?=\w)(.*)$", re.IGNORECASE)
"""... and one that holds two together: "sagittale-virgule-axiale"."""
_HUNG = re.compile(r"^((?:virgules?|points?)-)(?=\w{2})", re.IGNORECASE)
"""A command with the next word hung on it: "virgule-acide"."""


_COMMA_TAIL = re.compile(r"^(.*?[^\W\d_]{2})(virgules?[.,!?…]*)$", re.IGNORECASE)
"""A word with "virgule" run together with it ("l'antivirgule"): no French word ends so."""

_COMMA_HEAD = re.compile(r"^(virgul(?=ex)|virgule)(?=[^\W\d_]{3})", re.IGNORECASE)
"""One run together with the word behind it, which has the e before an x ("virgulexéma" for "virgule, eczéma")."""


def units_of(words: Sequence[Word], rules: DictationRules) -> list[Unit]:
    """Cut raw words into units. The raws of the units, joined, are the words' texts joined."""
    units: list[Unit] = []
    glued = rules.glued
    for place, word in enumerate(words):
        pause = max(0.0, words[place + 1].start - word.end) if place + 1 < len(words) else rules.pause
        before = plain(words[place - 1].text).rstrip(",") if place else ""
        ends = pause >= rules.pause or word.text[-1:] in ".,!?…"
        pieces = _parts(word.text, glued, rules)
        parts = [
            part
            for number, piece in enumerate(pieces)
            for part in _cut_alike(piece, before, rules, ends=ends or number + 1 < len(pieces))
        ]
        for number, raw in enumerate(parts, 1):
            lead, core, trail = _marks(raw, rules)
            silence = pause if number == len(parts) else 0.0
            units.append(Unit(raw, lead, core, trail, word.start, word.end, word.probability, silence, place))
    return units


def _parts(text: str, glued: re.Pattern[str], rules: DictationRules) -> list[str]:
    numbered = _NUMBER_CUT.match(text)
    if numbered:
        return [numbered[1], *_parts(text[numbered.end() :], glued, rules)]
    between = _BETWEEN.match(text)
    if between:
        return [*_parts(between[1], glued, rules), between[2], *_parts(between[3], glued, rules)]
    hung = _HUNG.match(text)
    if hung:
        return [hung[1], *_parts(text[hung.end() :], glued, rules)]
    comma = _COMMA_TAIL.match(text)
    if comma:
        return [*_parts(comma[1], glued, rules), comma[2]]
    comma = _COMMA_HEAD.match(text)
    if comma:
        return [comma[1], *_parts(text[comma.end() :], glued, rules)]
    parts: list[str] = []
    for piece in _CUT.split(text) if "@" not in text and "www" not in text else [text]:
        whole = plain(piece.rstrip(".,!?…"))
        joined = glued.match(plain(piece)) if not any((whole,) in command.say for command in rules.commands) else None
        if joined and len(plain(piece)) == len(piece):
            parts += [piece[: joined.end(1)], piece[joined.end(1) :]]
        else:
            parts.append(piece)
    return parts


def _cut_alike(text: str, before: str, rules: DictationRules, *, ends: bool) -> list[str]:
    """A "point" run together with the word before ("ski-poir.", "l'exépoir.") or after it ("deux poicholécystite").

    Where it was one word after all, `written.py` puts the parts together again.
    """
    alikes, folded = rules.alikes, plain(text)
    if len(folded) != len(text) or alikes.whole_words.search(folded.strip(".,;:!?…")):
        return [text]
    tail = alikes.tail.search(folded) if ends else None
    if tail and tail.start() > 0:
        return [text[: tail.start()], text[tail.start() :]]
    if before in alikes.two and folded.startswith(("poi", "poe")) and len(folded.rstrip(".,;:!?…")) > 6:
        cut = 4 if folded[3] == folded[4] else 3
        return [text[:cut], text[cut:]]
    return [text]


def _marks(raw: str, rules: DictationRules) -> tuple[str, str, str]:
    found = _MARKS.match(raw)
    lead, core, trail = found.groups() if found else ("", raw, "")
    if trail.startswith(".") and plain(core) in rules.abbreviations:
        return lead, core + ".", trail[1:]
    return lead, core, trail
