"""What this room needs of the registers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, Patient, Sex


class PatientRegister(Protocol):
    """The practice's patients."""

    def patients_by_ins(self, ins: str) -> list[Patient]: ...

    def patients_born_on(self, day: date) -> list[Patient]: ...

    def all_patients(self) -> Iterable[Patient]: ...


class CorrespondentRegister(Protocol):
    """The practice's correspondents."""

    def all_correspondents(self) -> Iterable[Correspondent]: ...


@runtime_checkable
class VersionedRegister(Protocol):
    """A register that can say cheaply whether it changed; without it the matcher rebuilds its name index by age."""

    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class HeardPatient:
    """What a text says of its patient. Several ``dates`` when the birth date can be read in several ways."""

    names: str = ""
    dates: tuple[date, ...] = ()
    sex: Sex = Sex.UNKNOWN
    ins: str = ""


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """A patient of the register compared with what was heard. Likenesses in [0, 1]; 0 when there is nothing to compare.

    ``alone`` is the likeness of all that was heard with the family name only.
    ``rival_first``: the heard first name is another known first name; ``rival_family``: the same for the family name.
    """

    patient: Patient
    full: float
    family: float
    first: float
    alone: float = 0.0
    date_exact: bool = False
    date_near: bool = False
    ins: bool = False
    rival_first: bool = False
    rival_family: bool = False


class Matcher(Protocol):
    """Compares what was heard with the registers."""

    def ins_in(self, text: str) -> str:
        """The first valid NIR or NIA (15 characters, key checked) in ``text``, or ``""``."""
        ...

    def patients(self, heard: HeardPatient, register: PatientRegister) -> list[PatientMatch]:
        """Patients that may be meant, best first, at most 20. Always sees the latest imports by date and INS."""
        ...

    def correspondents(self, heard: str, register: CorrespondentRegister) -> list[tuple[Correspondent, float]]:
        """Correspondents by sound and spelling of their name, best first, at most 8."""
        ...


@dataclass(frozen=True, slots=True)
class KindRule:
    """How a kind opens: ``cues`` are said forms (compared also by sound at the very start), ``heard`` are known
    mishearings (only at the very start). ``whole``: the rest of the sentence belongs to the
    title (« … d'endocrinologie »); ``keep_cue``: the cue too, as it was said (« IRM du genou »)."""

    kind: DocumentKind
    title: str
    cues: tuple[str, ...]
    heard: tuple[str, ...] = ()
    whole: bool = False
    keep_cue: bool = False


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """The words of ``lexicon/openings.yaml``, plain (lower case, no accents); regular expressions without groups."""

    kinds: tuple[KindRule, ...]
    patient_roles: tuple[str, ...]
    female_roles: tuple[str, ...]
    male_roles: tuple[str, ...]
    birth_cues: tuple[str, ...]
    birth_heard: tuple[str, ...]
    name_fillers: tuple[str, ...]
    kin: tuple[str, ...]
    recipient_cues: tuple[str, ...]
    recipient_roles: tuple[str, ...]
    recipient_ends: tuple[str, ...]
    body_starts: tuple[str, ...]
    urgent: tuple[str, ...]
    not_urgent: tuple[str, ...]
    notes: tuple[str, ...]
    note_ends: tuple[str, ...]
    stops: tuple[str, ...]
    date_cues: tuple[str, ...]
    asks_recipient: frozenset[DocumentKind]
    scan_patient_labels: tuple[str, ...]
    scan_name_labels: tuple[str, ...]
    scan_first_labels: tuple[str, ...]
    scan_senders: tuple[str, ...]
