"""How often a dose is taken, as letters say it: "matin et soir", "3 fois/jour", "toutes les 6 heures"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "une": 1, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10,
    "douze": 12, "demi": 0.5, "quart": 0.25,
}  # fmt: skip
_COUNT = r"(?P<{}>\d{{1,2}}|un|une|deux|trois|quatre|cinq|six|sept|huit|dix|douze)"
_A_DAY = r"\s?(?:/|par )\s?(?:24\s?h\w*|jours?\b|j\b)"
_TIMES = re.compile(rf"(?:\b{_COUNT.format('times')} (?:fois|prises?|injections?)|x\s?(?P<cross>\d{{1,2}})){_A_DAY}")
_SLASH = re.compile(r"(?<![\d/])(?P<times>\d)\s?/\s?(?:jour|j)\b")
_EVERY = re.compile(rf"\btou(?:te)?s les {_COUNT.format('hours')} ?h(?:eures?)?\b")
_SCHEME = re.compile(r"(?<![\d/-])(\d)\s?-\s?(\d)\s?-\s?(\d)(?:\s?-\s?(\d))?(?![\d/-])")
_MOMENTS = re.compile(r"\b(?:matin|midi|soir|coucher)\b")
_DAILY = re.compile(
    r"\b(?:par jour|chaque jour|quotidien\w*|tous les jours|journalier\w*|chaque (?:matin|soir)|par 24 ?h\w*)\b"
    r"|/ ?(?:24 ?h\w*|jour\b|j\b)"
)
_WEEKLY = re.compile(
    r"\b(?:par semaine|hebdomadaire\w*|chaque semaine|semaine|par mois|mensuel\w*|mois|"
    r"(?:les?|du|chaque|tous les) (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?)\b|/ ?(?:sem|mois)\w*"
)
_TABLETS = re.compile(
    r"\b(?P<many>\d{1,2}(?:[.,]\d)?|un demi|1/2|un quart|1/4|un|une|deux|trois|quatre|six)[ -]?"
    r"(?:comprimes?|cps?|gelules?|sachets?|capsules?|ampoules?)\b"
)


@dataclass(frozen=True, slots=True)
class Frequency:
    """``times`` takes a day (0: not said); ``whole_day``: the amount is said for the day ("75 mg par jour").

    ``weekly`` when a week or a month is named; ``tablets`` multiplies the amount of one take.
    """

    times: float = 0.0
    whole_day: bool = False
    weekly: bool = False
    tablets: float = 1.0

    @property
    def daily(self) -> bool:
        return (self.times > 0 or self.whole_day) and not self.weekly


def read_frequency(words: str) -> Frequency:
    """From the folded ``words`` that follow a dose, up to the next dose or drug or the end of the sentence."""
    weekly = bool(_WEEKLY.search(words))
    tablets = _tablets(words)
    times = _times(words)
    daily = _DAILY.search(words)
    whole_day = bool(daily) and times == 0 and tablets == 1.0
    if daily and times == 0 and tablets != 1.0:
        times = 1.0
    return Frequency(times, whole_day, weekly, tablets)


def _times(words: str) -> float:
    if found := _TIMES.search(words):
        return _number(found["times"] or found["cross"])
    if found := _SLASH.search(words):
        return _number(found["times"])
    if found := _EVERY.search(words):
        hours = _number(found["hours"])
        return 24 / hours if 0 < hours <= 24 else 0.0
    if found := _SCHEME.search(words):
        return float(sum(int(part) for part in found.groups() if part))
    return float(len(set(_MOMENTS.findall(words))))


def _tablets(words: str) -> float:
    found = _TABLETS.search(words)
    if not found:
        return 1.0
    many = found["many"].replace(",", ".")
    if many in ("1/2", "un demi"):
        return 0.5
    if many in ("1/4", "un quart"):
        return 0.25
    return _number(many) or 1.0


def _number(word: str) -> float:
    return float(_WORDS[word]) if word in _WORDS else float(word)
