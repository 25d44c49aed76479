"""A text as items that can be compared: words, numbers, units and marks, each spelling of the same thing as one key.

Case and punctuation are folded, accents are kept, hyphens and apostrophes are spaces, œ is oe. Numbers in words or
digits become digits ("huit virgule neuf" and "8,9" are ``8.9``; a lone "un" or "une" is ``1``), units have one name
("picogrammes par millilitre" is ``pg/ml``), "112 sur 68" and "112/68" are two numbers, a date in figures has its month
in letters, "Dr" is "docteur". Each item knows its place in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.evaluate.numbers import read_number
from pipeline.transcribe.dictation import plain


class Kind(StrEnum):
    """What an item is."""

    WORD = "word"
    NUMBER = "number"
    UNIT = "unit"
    MARK = "mark"


_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Item:
    """``text[start:end]`` of the text that was read; ``key`` is compared. ``article``: a lone "un" or "une"."""

    key: str
    kind: Kind
    start: int
    end: int
    article: bool = False

    @property
    def plain(self) -> str:
        return plain(self.key)


@dataclass(frozen=True)
class Spellings:
    """The tables of ``lexicon/evaluation.yaml``."""

    units: Mapping[tuple[str, ...], str]
    months: tuple[str, ...]
    titles: Mapping[str, str]
    ordinals: Mapping[str, str]

    @cached_property
    def longest_unit(self) -> int:
        return max(map(len, self.units))


def load_spellings(path: Path) -> Spellings:
    """Raises `LexiconError` when ``path`` is missing or malformed."""
    try:
        data: Any = yaml_text.load(path.read_text(encoding="utf-8"))
        units = {tuple(str(say).split()): str(name) for name, says in data["units"].items() for say in says}
        return Spellings(units, tuple(data["months"]), dict(data["titles"]), dict(data["ordinals"]))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LexiconError(
            f"La liste « {path.name} » est absente ou mal écrite ({type(error).__name__}).",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error


_PIECE = re.compile(
    r"(?P<date>\b\d{1,2}[/.]\d{1,2}[/.]\d{4}\b)"
    r"|(?P<thousands>\b[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+\b)"
    r"|(?P<decimal>\d+[.,]\d+)"
    r"|(?P<ordinal>\b\d+(?:ers?|[eè]re|[eè]me|i[eè]me|nde?|re|e)\b)"
    r"|(?P<number>\d+)"
    r"|(?P<title>\b(?:[DP]r|Mme|Mlle|Mr)\b\.?|\bM\.(?=\s))"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>[%‰°/])"
    r"|(?P<layout>\n+)"
    r"|(?P<mark>…|\.\.\.|[.,;:?!()«»“”]|(?<![^\s])[-–—](?=\s))"
)
_LAYOUT = {1: "\n", 2: "\n\n", 3: "\n\n\n"}
_NO_UNIT = re.compile(r"\w['’]|[Ll]\d")
"""A letter that is no unit: "12 l'été", "T12-L1"."""
_SAME_MARK = {"...": "…", "“": "«", "”": "»", "-": "–", "—": "–"}

Saying = tuple[tuple[str, ...], str]
"""Plain words, and the mark that they are a command for."""


def read(text: str, spellings: Spellings, sayings: Sequence[Saying] = ()) -> list[Item]:
    """The items of ``text``. With ``sayings`` (longest first), spoken commands become marks, and the marks that are
    printed in ``text`` are left out: only what is dictated counts."""
    items = _numbers(_pieces(text, spellings), sayings)
    if sayings:
        items = [item for item in items if item.kind is not Kind.MARK or text[item.start].isalpha()]
    return _units(text, _first_of_month(_without_sur(_decimals(items)), spellings), spellings)


def unhyphenated(text: str) -> str:
    """``text`` with its compounds written together: "artério-veineuse" and "artérioveineuse" are one term (both
    spellings are right since the rectifications of 1990, Journal officiel of 6 December 1990, rule I.1)."""
    return _HYPHEN.sub("", text)


def without_marks(items: Sequence[Item]) -> list[Item]:
    """What counts as words."""
    return [item for item in items if item.kind is not Kind.MARK]


def _pieces(text: str, spellings: Spellings) -> list[Item]:
    items: list[Item] = []
    for found in _PIECE.finditer(text):
        group, piece, (start, end) = found.lastgroup, found.group(), found.span()
        if group == "date":
            day, month, year = re.split(r"[/.]", piece)
            name = spellings.months[int(month) - 1] if 1 <= int(month) <= 12 else month
            items += [
                Item(str(int(day)), Kind.NUMBER, start, start + len(day)),
                Item(name, Kind.WORD, start, end),
                Item(year, Kind.NUMBER, end - len(year), end),
            ]
        elif group in ("thousands", "decimal", "number"):
            key = re.sub(r"\s", "", piece).replace(",", ".")
            items.append(Item(key, Kind.NUMBER, start, end))
        elif group == "ordinal":
            number = re.sub(r"\D", "", piece)
            items.append(Item("1er" if number == "1" else f"{number}e", Kind.WORD, start, end))
        elif group == "layout":
            items.append(Item(_LAYOUT[min(3, len(piece))], Kind.MARK, start, end))
        elif group == "mark":
            items.append(Item(_SAME_MARK.get(piece, piece), Kind.MARK, start, end))
        else:
            key = unicodedata.normalize("NFC", piece.lower().replace("œ", "oe").replace("æ", "ae").replace("μ", "µ"))
            if group == "title":
                key = spellings.titles.get(key, spellings.titles.get(key.rstrip("."), key))
            key = spellings.ordinals.get(plain(key), key)
            items.append(Item(key, Kind.WORD, start, end))
    return items


def _numbers(items: Sequence[Item], sayings: Sequence[Saying]) -> list[Item]:
    """Number words become numbers, and spoken commands become marks."""
    done: list[Item] = []
    place = 0
    while place < len(items):
        words = _run(items, place)
        mark, length = _command(words, done, items[place], sayings)
        if length:
            done.append(Item(mark, Kind.MARK, items[place].start, items[place + length - 1].end))
        else:
            hundred = words[:1] == ["cent"] and bool(done) and done[-1].key == "pour"
            value, length = (0, 0) if hundred else read_number(words)
            if length:
                article = length == 1 and words[0] in ("un", "une")
                key = "0" if words[0] == "zero" else str(value)
                done.append(Item(key, Kind.NUMBER, items[place].start, items[place + length - 1].end, article))
            else:
                length = 1
                done.append(items[place])
        place += length
    return done


def _run(items: Sequence[Item], place: int) -> list[str]:
    """The plain words from ``place`` on, up to the first number or mark (eight words say the longest number)."""
    words: list[str] = []
    for item in items[place : place + 12]:
        if item.kind is not Kind.WORD:
            break
        words.append(item.plain)
    return words


def _command(words: list[str], done: Sequence[Item], first: Item, sayings: Sequence[Saying]) -> tuple[str, int]:
    for say, mark in sayings:
        if tuple(words[: len(say)]) != say:
            continue
        decimal = mark == "," and done and done[-1].kind is Kind.NUMBER and read_number(words[1:])[1]
        if not decimal or done[-1].end < first.start - 1 or not _may_begin_decimal(done):
            return mark, len(say)
    return "", 0


def _may_begin_decimal(items: Sequence[Item]) -> bool:
    """Whether the last item is a whole number of at most three digits that is not itself the end of a decimal."""
    whole = items[-1].key.isdecimal() and len(items[-1].key) <= 3 and items[-1].kind is Kind.NUMBER
    return whole and not (len(items) > 1 and items[-2].key == "virgule")


def _decimals(items: Sequence[Item]) -> list[Item]:
    """ "8 virgule 9" is one number; "zéro virgule zéro cinq" too."""
    done: list[Item] = []
    place = 0
    while place < len(items):
        item = items[place]
        digits, end = "", place + 1
        if item.key == "virgule" and done and _may_begin_decimal(done):
            while end < len(items) and items[end].kind is Kind.NUMBER and items[end].key.isdecimal():
                digits += items[end].key
                end += 1
                if digits.strip("0"):
                    break
        if digits:
            whole = done.pop()
            done.append(Item(f"{whole.key}.{digits}", Kind.NUMBER, whole.start, items[end - 1].end))
        else:
            done.append(item)
            end = place + 1
        place = end
    return done


def _without_sur(items: Sequence[Item]) -> list[Item]:
    """Of "112 sur 68" and "112/68" the two numbers."""
    return [
        item
        for place, item in enumerate(items)
        if not (
            item.key in ("sur", "/")
            and 0 < place < len(items) - 1
            and items[place - 1].kind is Kind.NUMBER
            and items[place + 1].kind is Kind.NUMBER
        )
    ]


def _first_of_month(items: Sequence[Item], spellings: Spellings) -> list[Item]:
    """ "le premier décembre" holds a figure."""
    return [
        replace(item, kind=Kind.NUMBER) if item.key == "1er" and after and after.plain in spellings.months else item
        for item, after in zip_longest(items, items[1:])
    ]


def _units(text: str, items: Sequence[Item], spellings: Spellings) -> list[Item]:
    """What follows a number and is a unit gets its one name, "X par Y" as ``x/y``; other signs are left out."""
    done: list[Item] = []
    place = 0
    while place < len(items):
        after_number = bool(done) and done[-1].kind is Kind.NUMBER
        name, end = _unit_at(items, place, spellings) if after_number else ("", place)
        if name and not _NO_UNIT.match(text, items[end - 1].start):
            done.append(Item(name, Kind.UNIT, items[place].start, items[end - 1].end))
            place = end
            continue
        if items[place].key not in ("/", "‰", "°"):
            done.append(items[place])
        place += 1
    return done


def _unit_at(items: Sequence[Item], place: int, spellings: Spellings) -> tuple[str, int]:
    name, end = _simple_unit(items, place, spellings)
    while end < len(items) and items[end].key in ("par", "/"):
        per, after = _simple_unit(items, end + 1, spellings)
        if not per:
            break
        name, end = f"{name}/{per}", after
    return name, end


def _simple_unit(items: Sequence[Item], place: int, spellings: Spellings) -> tuple[str, int]:
    for length in range(min(spellings.longest_unit, len(items) - place), 0, -1):
        span = items[place : place + length]
        if any(item.kind not in (Kind.WORD, Kind.NUMBER) for item in span):
            continue
        name = spellings.units.get(tuple(item.plain for item in span))
        if name:
            return name, place + length
    return "", place
