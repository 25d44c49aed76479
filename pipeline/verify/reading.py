"""What a form may be as a noun or an adjective."""

from __future__ import annotations

from dataclasses import dataclass

GENDERS, NUMBERS = "mf", "sp"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form may be: a noun or an adjective (``noun``), of genders in "mf" and numbers in "sp"; ``stem`` names the
    word. A form that may be something else too (a verb) has a reading without genders."""

    noun: bool
    genders: str
    numbers: str
    stem: str

    @property
    def code(self) -> str:
        return f"{'N' if self.noun else 'A'}{self.genders or '-'}{self.numbers or '-'}"

    @staticmethod
    def of(code: str, stem: str) -> Reading:
        """The reading that `code` was made of."""
        genders, numbers = ("".join(mark for mark in code[1:] if mark in group) for group in (GENDERS, NUMBERS))
        return Reading(code[0] == "N", genders, numbers, stem)
