"""French typography: dates, no-break spaces, the groups of an INS number. Standard library only.

Rules: Imprimerie nationale, *Lexique des règles typographiques* (narrow no-break space before ``; ! ?`` and ``%`` or a
unit, no-break space before ``:`` and inside ``« »``). A space is only ever exchanged for a no-break space where one
stands already: no character is added to what was dictated and none is taken away, but for pairs of quotation marks,
which become French ones (`quotes`).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from itertools import pairwise

from pipeline.model.calendar import MONTHS, day_in_words

NO_BREAK = "\u00a0"
NARROW = "\u202f"
_SPACES = f"[ {NO_BREAK}{NARROW}]"

_RANKED = ("grade", "Grade", "stade", "Stade", "type", "Type", "classe", "Classe", "niveau", "Niveau", "score", "Score")
_TITLES = ("Dr", "Dr.", "Pr", "Pr.", "M.", "MM.", "Mme", "Mmes", "Mlle")


def _behind(*words: str) -> str:
    """Looks for one of ``words`` before a space."""
    return "|".join(rf"(?<=\b{re.escape(word)} )" for word in words)


_RULES = (
    (re.compile(f"{_SPACES}(?=[;!?])"), NARROW),
    (re.compile(f"{_SPACES}(?=[:»])"), NO_BREAK),
    (re.compile(f"(?<=«){_SPACES}"), NO_BREAK),
    (re.compile(rf"(?<=\d){_SPACES}(?=[%°‰])"), NARROW),
    # full width between digits: "2 500 mg" must stay as ambiguous to the eye as it was dictated, but never be cut
    (re.compile(r"(?<=\d) (?=\d)"), NO_BREAK),
    (re.compile(r"(?<=\d) (?=[^\W\d])"), NO_BREAK),
    (re.compile(rf"(?:{'|'.join(rf'(?<=[ {NO_BREAK}]{month})' for month in MONTHS)}) (?=\d{{4}}\b)"), NO_BREAK),
    (re.compile(rf" (?=\d\d\b)(?<=\d[ {NO_BREAK}]h )"), NO_BREAK),
    (re.compile(r" (?=[€$£×±])(?<=\d )"), NO_BREAK),
    (re.compile(rf" (?=[x×][ {NO_BREAK}]\d)"), NO_BREAK),
    (re.compile(rf" (?=\d)(?:(?<=[≥≤<>≈~±−+=×°§] )|(?<=[ {NO_BREAK}]x )|(?<=\s[-–] )|(?<=\A[-–] ))"), NO_BREAK),
    (re.compile(rf" (?=\d)(?:{_behind('p.', 'pp.', 'art.', 'fig.', 'vol.', 'tél.', 'J', 'H', 'T')})"), NO_BREAK),
    (re.compile(rf" (?=\d|[IVX]+\b)(?:{_behind(*_RANKED)})"), NO_BREAK),
    (re.compile(rf" (?=[^\W\d])(?:{_behind(*_TITLES)})"), NO_BREAK),
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W_])"), "’"),
)


def no_break(text: str) -> str:
    """``text`` with no-break spaces where French typography wants them and curly apostrophes: same length and words."""
    for pattern, space in _RULES:
        text = pattern.sub(space, text)
    return text


_QUOTED = re.compile(r"(?:(?<=[\s(’'])|^)[\"“](?=\S)([^\"“”«»\n]*[^\s\"“”«»])[\"”](?![\w\"])")


def quotes(text: str) -> str:
    """``text`` with pairs of straight or English quotes as « French » ones; a lone mark (5" of arc) stays."""
    return _QUOTED.sub(rf"«{NO_BREAK}\1{NO_BREAK}»", text)


def french_date(day: date) -> str:
    """ "1er novembre 2026", "22 novembre 2026", with no-break spaces."""
    return day_in_words(day).replace(" ", NO_BREAK)


def short_date(day: date) -> str:
    """ "03/06/1946": the form of identity blocks (INS user guide)."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def ins_groups(ins: str) -> str:
    """An INS number in its usual groups, "2 79 03 51 215 189 89"; anything else is returned as it is."""
    if len(ins) != 15:
        return ins
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return NO_BREAK.join(ins[start:end] for start, end in pairwise(cuts))


_SMALL = frozenset(["le", "la", "un", "du", "de", "au", "en", "on", "il", "je", "ne", "se", "si", "ce", "sa", "à"])
_FIRST = re.compile(r"(?:(?P<elided>[cdjlmnst]|qu)['’](?=[^\W\d_])|(?P<word>[^\W\d_]+)(?![\w/]))")


def capital(text: str) -> str:
    """``text`` with a capital first letter when its first word is a plain lower-case word ("pH", "mm", "mmHg" stay)."""
    first = _FIRST.match(text)
    if first is None:
        return text
    word = first["word"] or ""
    plain = word.islower() and (len(word) > 2 or word in _SMALL)
    return text[0].upper() + text[1:] if first["elided"] or plain else text


def fold(text: str) -> str:
    """Lower case without accents, character by character: the result has the same length and offsets."""
    return "".join(_fold(character) for character in text)


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return {"’": "'", NO_BREAK: " ", NARROW: " "}.get(base, base if len(base) == 1 else character)
