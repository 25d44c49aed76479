"""Numbers that name: stade 2, diabète de type 2, L4-L5, T2N0M0, HbA1c. Roman numerals stay as they were heard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.transcribe.figures_items import Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, decimal_at, number_at, run_end
from pipeline.transcribe.figures_units import unit_at
from pipeline.transcribe.numbers import whole

_LEVEL = re.compile(r"^([CDTLS])(\d{1,2})$")
_SPINE = "CDTLS"
_SPINE_ORDER = {"C": 0, "D": 1, "T": 1, "L": 2, "S": 3}
_TNM_TOP = {"T": 4, "N": 3, "M": 1, "G": 20, "P": 20}
_TNM_STAGE = re.compile(r"^((?:[cpary]|yp|yc)?T)(is|[0-4x][abcd]?|)$")
_NODES = re.compile(r"^(N)([0-3xX+][abc]?|)$")
_FAR = re.compile(r"^(M)([01xX][abc]?|)$")
_TNM = ((_TNM_STAGE, "T"), (_NODES, "N"), (_FAR, "M"))
_BIRTHS = ((re.compile(r"^(G)(\d{1,2}|)$"), "G"), (re.compile(r"^(P)(\d{1,2}|)$"), "P"))
_LIST = frozenset({"et", "ou", "a", "puis", "sur"})
_LARGEST_LABEL = 99


def name_at(line: Line, place: int) -> Found | None:
    """A name with a number inside ("hémoglobine A un C", "vitamine B douze")."""
    for phrase, text in line.rules.numbered_names:
        end = place + len(phrase)
        if not line.said(place, phrase):
            continue
        last = number_at(line, end - 1)
        longer = last is not None and (last.end > end or unit_at(line, last) is not None)
        if longer or line.norm(end) in line.rules.counted:
            return None
        heard = " ".join(item.core for item in line.items[place:end])
        if heard == text:
            return Found(end)
        capital = line.items[place].core[:1].isupper() and text[0].islower()
        return Found(end, (Edit(place, end, text[0].upper() + text[1:] if capital else text, "nom chiffré"),))
    return None


def label_at(line: Line, place: int) -> Found | None:
    """The number, or the list of numbers, that follows "stade", "grade", "type"…"""
    if line.items[place].norm not in line.rules.labels or line.items[place].opaque:
        return None
    if line.items[place].trail == "," and place + 1 < len(line):
        return _parted_label(line, place)
    if not line.goes_on(place + 1):
        return None
    at, end, edits = place + 1, place + 1, list[Edit]()
    while at < len(line):
        number = number_at(line, at)
        if number is None or number.suffix:
            break
        comma = decimal_at(line, number)
        if comma is not None or number.decimal:
            return _decimal_label(line, place, comma or number)
        if not _names(line, number):
            break
        if number.spoken:
            edits.append(Edit(number.start, number.end, number.text, "stade"))
        at = number.end
        end = at
        sum_of = line.norm(at) == "plus" and line.items[place].norm == "gleason"
        if (line.norm(at) not in _LIST and not sum_of) or not line.goes_on(at + 1):
            break
        if sum_of:
            edits.append(Edit(at, at + 1, "+", "stade"))
        at += 1
    return Found(end, tuple(edit for edit in edits if edit.end <= end)) if end > place + 1 else None


def _names(line: Line, number: Number) -> bool:
    """Whether ``number`` belongs to the word before it, and is no quantity of what follows."""
    if not number.sure or number.value is None or number.value > _LARGEST_LABEL:
        return False
    if unit_at(line, number) is not None or line.norm(number.end) in line.rules.counted:
        return False
    if line.goes_on(number.end) and number_at(line, number.end) is not None:
        return False
    letter = line.goes_on(number.end) and line.items[number.end].core in {"A", "B", "C", "D"}
    return not number.article or line.ends(number.end) or letter


def _decimal_label(line: Line, place: int, number: Number) -> Found | None:
    """ "stade deux virgule cinq milligrammes": which of both?"""
    unit = unit_at(line, number)
    if number.comma == "" or (number.comma == "virgule" and unit is None):
        return None
    return doubt(line, place, unit.end if unit else number.end, "virgule à vérifier")


def _parted_label(line: Line, place: int) -> Found | None:
    """ "de stade, deux de la NYHA": the comma is probably the engine's."""
    if line.items[place].norm not in {"stade", "grade", "type", "classe"} or line.items[place + 1].closed:
        return None
    number = number_at(line, place + 1)
    if number is None or number.article or number.suffix or not _names(line, number) or (number.value or 0) > 10:
        return None
    if not line.ends(number.end) or decimal_at(line, number) is not None:
        return None
    offer = f"{line.items[place].core} {number.text}"
    return doubt(line, place, number.end, "stade à vérifier", offer)


@dataclass(frozen=True, slots=True)
class _Level:
    """A letter and its number at items ``start:end``."""

    start: int
    end: int
    letter: str
    number: int
    joined: bool

    @property
    def text(self) -> str:
        return f"{self.letter}{self.number}"


def letters_at(line: Line, place: int) -> Found | None:
    """ "L quatre L cinq" (L4-L5), "T un" (T1), "J deux" (J2): a capital letter with its number."""
    first = _level_at(line, place)
    if first is None:
        return _two_levels(line, place)
    second = _level_at(line, first.end) if first.letter in _SPINE and line.goes_on(first.end) else None
    complement = second is not None and first.letter == second.letter == "C" and not _in_context(line, first)
    if second is not None and second.letter in _SPINE and _descends(first, second) and not complement:
        return Found(second.end, (Edit(place, second.end, f"{first.text}-{second.text}", "niveau"),))
    if first.joined:
        return None
    after = number_at(line, first.end) if line.goes_on(first.end) else None
    if after is not None and first.letter in _SPINE and after.value == first.number + 1 and not unit_at(line, after):
        return doubt(line, place, after.end, "niveau à vérifier", f"{first.text}-{first.letter}{after.value}")
    if not _in_context(line, first):
        return None
    return Found(first.end, (Edit(place, first.end, first.text, "niveau"),))


def _two_levels(line: Line, place: int) -> Found | None:
    """ "L quatre cinq": the disc between both, or a level and a number?"""
    letter = line.items[place].core
    if letter not in _SPINE or not letter or not line.goes_on(place + 1):
        return None
    number = number_at(line, place + 1)
    if number is None or len(number.ways) != 1 or len(number.ways[0]) != 2:
        return None
    upper, lower = number.ways[0]
    if lower != upper + 1 or not _possible(line, _Level(place, number.end, letter, lower, False)):
        return None
    return doubt(line, place, number.end, "niveau à vérifier", f"{letter}{upper}-{letter}{lower}")


def _level_at(line: Line, place: int) -> _Level | None:
    item = line.items[place]
    joined = _LEVEL.match(item.core)
    if joined:
        level = _Level(place, place + 1, joined[1], int(joined[2]), True)
        return level if _possible(line, level) else None
    if len(item.core) != 1 or not item.core.isupper() or not line.goes_on(place + 1):
        return None
    end = run_end(line, place + 1) if line.items[place + 1].words else place + 2
    number = number_at(line, place + 1)
    if number is None or number.value is None or number.suffix or not number.sure or number.end != end:
        return None
    if decimal_at(line, number) is not None and unit_at(line, decimal_at(line, number) or number) is not None:
        return None
    if unit_at(line, number) is not None or line.norm(number.end) in line.rules.counted:
        return None
    level = _Level(place, number.end, item.core, number.value, False)
    return level if _possible(line, level) else None


def _possible(line: Line, level: _Level) -> bool:
    return any(
        rule.letter == level.letter and rule.lowest <= level.number <= rule.highest for rule in line.rules.letters
    )


def _in_context(line: Line, level: _Level) -> bool:
    return any(
        rule.letter == level.letter
        and rule.lowest <= level.number <= rule.highest
        and line.before(level.start) not in rule.not_after
        and line.near(rule.context, level.start, before=15, after=8)
        for rule in line.rules.letters
    )


def _descends(first: _Level, second: _Level) -> bool:
    """Whether the second level lies below the first one."""
    upper, lower = _SPINE_ORDER[first.letter], _SPINE_ORDER[second.letter]
    return (upper, first.number) < (lower, second.number)


def tumour_at(line: Line, place: int) -> Found | None:
    """ "T deux N zéro M zéro" is T2N0M0, "G deux P un" G2P1: the letters in this order are sure by themselves."""
    return _lettered(line, place, _TNM) or _lettered(line, place, _BIRTHS)


def _lettered(line: Line, place: int, letters: tuple[tuple[re.Pattern[str], str], ...]) -> Found | None:
    text, at, spaced = "", place, 0
    for pattern, letter in letters:
        part = _tumour_part(line, at, pattern, letter, first=not text)
        if part is None:
            if letter == "M" and text:
                break
            return None
        text, at, spaced = text + part[1], part[0], spaced + 1
    return Found(at, (Edit(place, at, text, "stade"),)) if spaced > 1 else None


def _tumour_part(
    line: Line, place: int, pattern: re.Pattern[str], letter: str, *, first: bool
) -> tuple[int, str] | None:
    if place >= len(line) or (not first and (line.items[place].closed or line.items[place].lead)):
        return None
    if not first and line.items[place - 1].trail not in {"", ","}:
        return None
    found = pattern.match(line.items[place].core)
    if found is None:
        return None
    if found[2]:
        return place + 1, found[1] + found[2].replace("x", "X")
    if not line.goes_on(place + 1):
        return None
    item = line.items[place + 1]
    if item.norm == "x":
        return place + 2, found[1] + "X"
    end = run_end(line, place + 1) if item.words else place + 2
    value = whole(item.words, line.rules.read) if item.words else None
    if item.digits and not item.suffix and item.digits.isdecimal():
        value = int(item.digits)
    if value is None or value > _TNM_TOP[letter] or end != place + 2:
        return None
    if line.items[place + 1].trail == "" and line.norm(end) in {"a", "b", "c"} and line.norm(end + 1) in {"n", "m"}:
        return end + 1, f"{found[1]}{value}{line.items[end].norm}"
    return end, f"{found[1]}{value}"
