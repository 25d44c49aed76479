"""What this room needs of the registers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from pipeline.model.people import Correspondent, Patient


class PatientRegister(Protocol):
    """The practice's patients."""

    def patients_by_ins(self, ins: str) -> list[Patient]: ...

    def patients_born_on(self, day: date) -> list[Patient]: ...

    def all_patients(self) -> Iterable[Patient]: ...


class CorrespondentRegister(Protocol):
    """The practice's correspondents."""

    def all_correspondents(self) -> Iterable[Correspondent]: ...
