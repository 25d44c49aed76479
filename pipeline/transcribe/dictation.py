"""Finds the spoken commands in raw words: "virgule", "à la ligne", "ouvrez les guillemets"…

Raw words are cut into units (``"main-point."`` holds two), and commands are found among them by the tables of
``lexicon/dictation.yaml``: a word that merely looks like a command ("au point de", "deux points de suture") is told by
the words around it and by pauses. `written.py` turns what is found into text.
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
    keep_capital: frozenset[str]
    abbreviations: frozenset[str]
    stock_phrases: tuple[str, ...]

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


_CUT = re.compile(r"(?<=[^\W\d_][^\W\d_][^\W\d_][.])(?=[^\W\d_]{3})")
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


def find_commands(units: Sequence[Unit], rules: DictationRules) -> tuple[list[Piece], bool]:
    """The units as pieces, and whether this recording says its punctuation.

    It does with ``spoken_punctuation_from`` certain commands, or with ``sound_alikes_from`` sound-alikes ("poids."
    for "point") at the ends of clauses. Sound-alikes are taken as commands only in such a recording.
    """
    certain, all_found = _matched(units, rules, spoken=False), _matched(units, rules, spoken=True)
    sure = sum(1 for piece in certain if piece.command)
    alike = sum(1 for piece in all_found if piece.command and piece.command.clause_end)
    spoken = sure >= rules.spoken_punctuation_from or alike >= rules.sound_alikes_from
    return (all_found if spoken else certain), spoken


def _matched(units: Sequence[Unit], rules: DictationRules, *, spoken: bool) -> list[Piece]:
    table = [(say, command) for command in rules.commands if spoken or not command.clause_end for say in command.say]
    table.sort(key=lambda entry: -len(entry[0]))
    norms = [unit.norm for unit in units]
    colon = next(command for command in rules.commands if command.text == ":")
    pieces: list[Piece] = []
    place = 0
    while place < len(units):
        found = _command_at(units, norms, place, table, rules)
        if found is None and _is_number_colon(units, norms, place, rules):
            found = (1, colon)
        length, command = found or (1, None)
        pieces.append(Piece(tuple(units[place : place + length]), command))
        place += length
    return pieces


def _command_at(
    units: Sequence[Unit],
    norms: Sequence[str],
    place: int,
    table: Sequence[tuple[tuple[str, ...], Command]],
    rules: DictationRules,
) -> tuple[int, Command] | None:
    for say, command in table:
        end = place + len(say)
        if tuple(norms[place:end]) == say and _is_meant(units, norms, place, end, command, rules):
            return len(say), command
    return None


def _is_meant(
    units: Sequence[Unit], norms: Sequence[str], place: int, end: int, command: Command, rules: DictationRules
) -> bool:
    """Whether ``units[place:end]`` is the command and not a word that looks like it."""
    ends = end == len(units) or bool(units[end - 1].trail) or units[end - 1].pause >= rules.pause
    broken = place > 0 and bool(units[place - 1].trail)
    before = "" if broken else " ".join(norms[max(0, place - 4) : place])
    after = "" if ends else " ".join(norms[end : end + 4])
    if (command.clause_end and not ends) or _ends_with(before, command.not_after):
        return False
    if (not ends and _ends_with(before, command.weak_after)) or _begins_with(after, command.not_before):
        return False
    if command.text == "." and norms[end - 1].endswith("s") and place and _is_number(norms[place - 1], rules):
        return ends and not rules.scores & set(norms[max(0, place - 8) : place])
    if command.text == "," and not ends and not broken and place and end < len(units):
        numbers = _is_number(norms[place - 1], rules) and _is_number(norms[end], rules)
        return not numbers or is_decimal(units, place, end, rules.pause)
    return True


def is_decimal(units: Sequence[Unit], place: int, end: int, pause: float) -> bool:
    """ "8 virgule 9": digits on both sides, said without a pause and without a mark of the engine's own."""
    if place == 0 or end >= len(units) or units[place - 1].trail or units[end - 1].trail:
        return False
    if max(unit.pause for unit in units[place - 1 : end]) >= pause:
        return False
    return units[place - 1].core.isdecimal() and units[end].core[:1].isdecimal() and not units[end].lead


def _is_number_colon(units: Sequence[Unit], norms: Sequence[str], place: int, rules: DictationRules) -> bool:
    """Whisper's "2." for "deux points": after a heading, or run together with the next word."""
    if place == 0 or units[place].raw not in rules.heading_number or units[place - 1].trail:
        return False
    runs_on = place + 1 < len(units) and units[place + 1].word == units[place].word
    before = norms[place - 1]
    return before in rules.headings or (runs_on and before not in rules.numbered and not before.isdecimal())


def _is_number(norm: str, rules: DictationRules) -> bool:
    """A number word ("vingt-cinq", "d'un") or something that ends in a digit."""
    return norm.split("-")[0].rpartition("'")[2] in rules.numbers or norm[-1:].isdecimal()


def _ends_with(text: str, phrases: Sequence[str]) -> bool:
    return any(text.endswith(p) and (len(text) == len(p) or text[-len(p) - 1] in " '-") for p in phrases)


def _begins_with(text: str, phrases: Sequence[str]) -> bool:
    return any(text.startswith(p) and (p.endswith("'") or text[len(p) : len(p) + 1] in {"", " "}) for p in phrases)
