"""A text as the guard on risk reads it: folded letter by letter, in sentences, with its drugs and doses in place."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.model.said import Context, TermKind
from pipeline.model.text import Finding, FindingKind, Proposal
from pipeline.verify.risk_rules import MICROGRAMS, RiskRules

SENTENCE_LETTERS = 600
"""A dictation without marks is one sentence: more letters on either side of a place say nothing about it."""
_SPACES = dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " ")
_LETTERS = {**_SPACES, "’": "'", "μ": "µ", "‑": "-", "–": "-"}
_SENTENCE_END = re.compile(r"(?<!\bdr)(?<!\bmme)(?<!\bm)(?<!\bpr)(?<!\bst)[.!?](?=\s|$)|;|\n")
_NUMBER = r"(?:\d{1,3}(?: \d{3})+|\d{1,9})(?:[.,]\d{1,6})?"
_DOSE = re.compile(
    rf"(?<![\w,./+-])(?P<number>{_NUMBER})\s?(?P<unit>mg|milligrammes?|g|gr|grammes?|µg|ug|mcg|microgrammes?|gammas?|ng"
    r"|ui|unites?(?: internationales?)?|u)(?![\w²])"
)
_UNIT = {"gr": "g", "ug": "µg", "mcg": "µg", "u": "UI", "ui": "UI"}
_RATIO = re.compile(
    r"\s?(?:/|par )\s?(?:kg|kilo\w*|m2|m²|metre|l\b|litre|ml\b|dl\b|min\b|minute|mmol|mol|g\b|mg\b|ampoule|dose|"
    r"bouffee)"
)
_HOURLY = re.compile(r"\s?(?:/|par |de l')\s?(?:h\b|heure)")


def fold(text: str) -> str:
    """Lower case, no accents, plain spaces and apostrophes; each letter keeps its place, so offsets stay true."""
    return "".join(map(_folded, text))


def _folded(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter < "\x80":
        return letter.lower()
    return unicodedata.normalize("NFD", letter.lower())[:1] or letter


@dataclass(frozen=True, slots=True)
class Named:
    """A drug name at ``[start:end]``: as folded, and its substance."""

    start: int
    end: int
    name: str
    substance: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A written amount: ``value`` in ``unit`` (ng, µg, mg, g, UI); ``amount`` in base units (µg or UI)."""

    start: int
    end: int
    value: float
    unit: str
    hourly: bool = False

    @property
    def is_mass(self) -> bool:
        return self.unit in MICROGRAMS

    @property
    def amount(self) -> float:
        return self.value * MICROGRAMS.get(self.unit, 1.0)


class RiskText:
    """``text`` as written, ``plain`` folded, of the same length."""

    def __init__(self, text: str, rules: RiskRules) -> None:
        self.text, self.rules = text, rules
        self.plain = fold(text)

    @cached_property
    def _cuts(self) -> list[int]:
        return [0, *(found.end() for found in _SENTENCE_END.finditer(self.plain)), len(self.plain)]

    def bounds(self, place: int) -> tuple[int, int]:
        """Where the sentence around ``place`` begins and ends; a line, a full stop or a semicolon ends one.

        Of a sentence without end, `SENTENCE_LETTERS` on either side.
        """
        at = bisect_right(self._cuts, place, hi=max(1, len(self._cuts) - 1))
        start, end = self._cuts[at - 1], self._cuts[min(at, len(self._cuts) - 1)]
        return max(start, place - SENTENCE_LETTERS), min(end, place + SENTENCE_LETTERS)

    def sentence(self, place: int) -> str:
        start, end = self.bounds(place)
        return self.plain[start:end]

    def said(self, start: int, end: int) -> frozenset[Context]:
        """In what sense ``text[start:end]`` is said: denied, of a relative…"""
        (one,) = self.rules.contexts.of(self.text, [(start, end, TermKind.WORD)])
        return one.contexts

    @cached_property
    def drugs(self) -> list[Named]:
        """Every drug name, in order; an accented or capital form is the same name."""
        found = []
        for match in self.rules.drug.finditer(self.plain):
            name = re.sub(r"\s+", " ", match[0])
            found.append(Named(match.start(), match.end(), name, self.rules.substances.get(name, name)))
        return found

    @cached_property
    def _drug_starts(self) -> list[int]:
        return [one.start for one in self.drugs]

    def drugs_in(self, start: int, end: int) -> list[Named]:
        """The drug names that begin in ``[start:end]``."""
        return self.drugs[bisect_left(self._drug_starts, start) : bisect_left(self._drug_starts, end)]

    @cached_property
    def doses(self) -> list[Dose]:
        """Amounts of mass or activity, in order; never a ratio (mg/kg, g/L) nor the second of "1 g/125 mg"."""
        return list(self._doses())

    def _doses(self) -> Iterator[Dose]:
        for match in _DOSE.finditer(self.plain):
            if _RATIO.match(self.plain, match.end()):
                continue
            word = match["unit"]
            unit = _UNIT.get(word) or _spelt(word)
            value = float(match["number"].replace(" ", "").replace(",", "."))
            hourly = bool(_HOURLY.match(self.plain, match.end()))
            yield Dose(match.start(), match.end(), value, unit, hourly)

    def finding(self, start: int, end: int, message: str, *proposals: str) -> Finding:
        """A risk at ``[start:end]`` with its French reason and what may be meant."""
        offers = tuple(Proposal(one, 1.0, "risque") for one in proposals)
        return Finding(FindingKind.RISK, start, end, self.text[start:end], offers, 1.0, message)


def _spelt(word: str) -> str:
    for beginning, unit in (("milli", "mg"), ("micro", "µg"), ("gamma", "µg"), ("gramme", "g"), ("unite", "UI")):
        if word.startswith(beginning):
            return unit
    return word
