"""The tables of ``lexicon/figures.yaml``: units, contexts, stages, combinations of drugs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.transcribe.numbers import Reader

Phrase = tuple[str, ...]
"""Plain words in a row."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit. ``symbol`` is what is written, empty when the word that was heard stays ("unités").

    ``kind`` is ``mass``, ``volume``, ``length``, ``laboratory``, ``percent``, ``degree`` or ``kept``. ``context`` names
    the context without which a small spoken number before it stays a word ("deux unités de soins").
    """

    symbol: str
    say: tuple[Phrase, ...]
    spelt: tuple[str, ...] = ()
    kind: str = "laboratory"
    rule: str = "unité"
    not_before: frozenset[str] = frozenset()
    context: str = ""


@dataclass(frozen=True, slots=True)
class Per:
    """What stands after "par" or "/": ``say`` and ``spelt`` as in `Measure`.

    ``only_after`` holds the symbols before it without which the words stay ("5 mg par jour", but mg/kg/j); ``bare``
    says that it may follow a number without a unit (150 000/mm³).
    """

    symbol: str
    say: tuple[Phrase, ...]
    spelt: tuple[str, ...] = ()
    only_after: frozenset[str] = frozenset()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A capital letter that is written together with its number: ``L`` and 4 give L4, in the ``context`` named."""

    letter: str
    lowest: int
    highest: int
    context: str
    not_after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Combination:
    """Strengths of a fixed combination, as they are written ("49/51"), and names by which it is recognised.

    ``alone``: its strengths are so odd that no name is needed.
    """

    pairs: frozenset[tuple[str, str]]
    drugs: re.Pattern[str]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Pressure:
    """Plausible blood pressures: lowest and highest systolic, then diastolic."""

    systolic: tuple[int, int]
    diastolic: tuple[int, int]

    def fits(self, upper: float, lower: float) -> bool:
        return (
            self.systolic[0] <= upper <= self.systolic[1]
            and self.diastolic[0] <= lower <= self.diastolic[1]
            and upper > lower
        )


@dataclass(frozen=True, slots=True)
class FigureRules:
    """The tables, every word plain (see `dictation.plain`). ``read`` reads number words, see `numbers.whole`.

    ``pause`` in seconds: a silence after which a spoken comma may part two figures. ``digits_from``: the smallest
    number in running text that is written with digits.
    """

    read: Reader
    pause: float
    digits_from: int
    measures: tuple[Measure, ...]
    per: tuple[Per, ...]
    letters: tuple[Letter, ...]
    labels: frozenset[str]
    numbered_names: tuple[tuple[Phrase, str], ...]
    combinations: tuple[Combination, ...]
    pressures: tuple[Pressure, ...]
    score_totals: frozenset[int]
    contexts: Mapping[str, re.Pattern[str]]
    counted: frozenset[str]
    closers: frozenset[str]
    commas: frozenset[str]
    headings: frozenset[str]
    clock_before: frozenset[str]
    clock_not_before: frozenset[str]
    idioms: tuple[Phrase, ...]
    words_after: frozenset[str]
    value_before: frozenset[str]

    def measure_spelt(self, text: str) -> Measure | None:
        """The unit that is spelt exactly so: "mg", never "Mg"."""
        return next((measure for measure in self.measures if text in measure.spelt), None)

    def per_spelt(self, text: str) -> Per | None:
        return next((per for per in self.per if text in per.spelt), None)
