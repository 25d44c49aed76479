"""What the room of lists works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Practitioner, User


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. ``number`` is the line as an editor shows it, or the rank of an event of a calendar.

    ``values`` are by field (`columns.yaml`), ``cells`` as they stand in the file; ``fault`` is why the file itself
    forbids to use the line (a formula, a repeated event), in French.
    """

    number: int
    values: Mapping[str, str]
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns and the kinds are called in lists: folded names to fields and kinds, and French names back."""

    fields: Mapping[str, str]
    french: Mapping[str, str]
    kinds: Mapping[str, DocumentKind]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that makes no convocation, the French name of the column at fault, and why. It quotes no identity."""

    row: Row
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A line that can be used. ``at`` is the local time of the practice; ``warnings`` are French sentences.

    ``replaces`` is the number of the convocation that it cancels, as the list says it, or that there is none.
    """

    row: Row
    patient: Patient
    author: Practitioner
    kind: DocumentKind
    at: datetime
    duration: str = ""
    place: str = ""
    reason: str = ""
    preparation: str = ""
    bring: str = ""
    replaces: str = ""
    warnings: tuple[str, ...] = ()


class Register(Protocol):
    """The part of the journal that says who is who."""

    def patient(self, patient_id: str) -> Patient | None: ...

    def patients_by_ins(self, ins: str) -> list[Patient]: ...

    def patients_born_on(self, day: date) -> list[Patient]: ...

    def find_patients(self, text: str, *, limit: int = 20) -> list[Patient]: ...

    def users(self) -> list[User]: ...
