"""Patients, correspondents, practitioners, users and the practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Sex(StrEnum):
    """The INS trait "sexe"."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "I"


class Role(StrEnum):
    """What a user may do: a doctor signs medical documents, a secretary does not (R.4127-76 CSP); an archivist files
    paper; an administrator keeps the accounts and sees no patient. `pipeline/web/rights.py` is the table."""

    SECRETARY = "secretary"
    DOCTOR = "doctor"
    ARCHIVIST = "archivist"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient's identity: the five strict INS traits, and what a letter needs.

    ``first_names`` is the birth first names separated by spaces; ``birth_date`` may be None when unknown;
    ``birthplace`` is an INSEE code; ``ins`` the 15 characters of the NIR or NIA and ``ins_oid`` its OID.
    ``address`` is lines separated by ``\\n``.
    """

    id: str
    birth_name: str
    first_names: str
    birth_date: date | None
    sex: Sex = Sex.UNKNOWN
    used_name: str = ""
    birthplace: str = ""
    ins: str = ""
    ins_oid: str = ""
    address: str = ""
    identity_status: str = "PROV"

    @property
    def display_name(self) -> str:
        """``NOM Prénom``, the used name when there is one."""
        first = self.first_names.split()[0].title() if self.first_names else ""
        return f"{(self.used_name or self.birth_name).upper()} {first}".strip()


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody a letter is sent to. ``title`` is "Dr", "Pr", "Mme"… ``address`` is lines separated by ``\\n``."""

    id: str
    last_name: str
    first_name: str = ""
    title: str = "Dr"
    specialty: str = ""
    address: str = ""
    rpps: str = ""
    email: str = ""

    @property
    def display_name(self) -> str:
        return " ".join(part for part in (self.title, self.first_name, self.last_name.upper()) if part)


@dataclass(frozen=True, slots=True)
class Practitioner:
    """The doctor who dictated. ``login`` is also the name of the inbox subfolder."""

    login: str
    name: str
    specialty: str = ""
    rpps: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    login: str
    name: str
    role: Role
    specialty: str = ""
    rpps: str = ""


@dataclass(frozen=True, slots=True)
class Practice:
    """What the letterhead says."""

    name: str = "Cabinet médical"
    address: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    finess: str = ""


def titled(doctor: str) -> str:
    """A doctor's name with « Dr » before it, unless a title is there already."""
    has_title = doctor.startswith(("Dr ", "Dr. ", "Pr ", "Pr. ", "Docteur ", "Professeur "))
    return doctor if has_title else f"Dr {doctor}"
