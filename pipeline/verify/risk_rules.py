"""What the guard on risk knows: usual doses, names that look alike, allergies, ages, words of one sex, paired organs.

Names are folded (`pipeline.verify.risk_text.fold`): lower case, no accents. Masses are in µg, units of activity in UI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.verify.port import Contexts

MICROGRAMS = {"ng": 0.001, "µg": 1.0, "mg": 1_000.0, "g": 1_000_000.0}
"""Micrograms in one unit of mass."""


@dataclass(frozen=True, slots=True)
class UsualDose:
    """The usual doses of adults: ``low`` and ``high`` of one take, ``day`` the most in 24 h, all in ``unit``.

    ``per`` is ``"semaine"`` for a drug that is taken once a week, ``"heure"`` for one that is also given by the hour.
    """

    substance: str
    unit: str
    low: float
    high: float
    day: float
    per: str = ""
    source: str = ""

    @property
    def is_mass(self) -> bool:
        return self.unit in MICROGRAMS

    @property
    def scale(self) -> float:
        """Base units (µg or UI) in one ``unit``."""
        return MICROGRAMS.get(self.unit, 1.0)


@dataclass(frozen=True, slots=True)
class Use:
    """What a drug is given for: its words as one pattern over folded text."""

    name: str
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Twin:
    """A name that may be heard or read for another; ``use`` is the one's, ``other_use`` the other's."""

    other: str
    use: Use
    other_use: Use


@dataclass(frozen=True, slots=True)
class AllergyClass:
    """Drugs that must not follow an allergy; ``stated`` finds the allergen as it is said."""

    name: str
    stated: re.Pattern[str]
    drugs: frozenset[str]


@dataclass(frozen=True)
class RiskRules:
    """All tables. ``substances`` gives the substance of each drug name; a name of no table stands for itself.

    ``contexts`` tells an allergy from "pas d'allergie".
    """

    contexts: Contexts
    doses: dict[str, tuple[UsualDose, ...]]
    substances: dict[str, str]
    written: dict[str, str]
    twins: dict[str, tuple[Twin, ...]]
    allergies: tuple[AllergyClass, ...]
    ages: dict[str, int]
    women_only: re.Pattern[str]
    men_only: re.Pattern[str]
    paired: tuple[str, ...]
    drug: re.Pattern[str] = field(repr=False, default_factory=lambda: re.compile(r"(?!)"))
    """Finds any drug name in folded text."""
