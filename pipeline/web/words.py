"""French words for the pages: statuses, ages, dates, roles."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipeline.model.calendar import day_in_words
from pipeline.model.case import Medium, Status
from pipeline.model.identity import DocumentKind
from pipeline.model.learning import Use
from pipeline.model.people import Patient, Role, Sex
from pipeline.model.text import FindingKind

STATUS = {
    Status.RECEIVED: "lecture en cours",
    Status.TRANSCRIBED: "vérification",
    Status.CHECKED: "identification",
    Status.HELD: "identité à préciser",
    Status.IDENTIFIED: "mise en page",
    Status.TO_REVIEW: "à relire",
    Status.SENT_BACK: "renvoyé par le médecin",
    Status.TO_SIGN: "à signer",
    Status.SIGNED: "classement",
    Status.TO_CONFIRM: "courrier à confirmer",
    Status.CONFIRMED: "classement",
    Status.FILED: "classé",
    Status.FAILED: "en échec",
    Status.DISCARDED: "écarté",
}
KIND = {
    DocumentKind.LETTER: "Courrier",
    DocumentKind.CONSULTATION_REPORT: "Compte rendu de consultation",
    DocumentKind.OPERATIVE_REPORT: "Compte rendu opératoire",
    DocumentKind.IMAGING_REPORT: "Compte rendu d'imagerie",
    DocumentKind.DISCHARGE_LETTER: "Lettre de liaison",
    DocumentKind.CERTIFICATE: "Certificat médical",
    DocumentKind.CONVOCATION: "Convocation",
    DocumentKind.RECEIVED_LETTER: "Courrier reçu",
    DocumentKind.ARCHIVE: "Archive",
}
FINDING = {
    FindingKind.UNKNOWN_WORD: "mot inconnu",
    FindingKind.LIKELY_MISHEARD: "sans doute mal entendu",
    FindingKind.LOW_CONFIDENCE: "peu sûr",
    FindingKind.GAP: "passage à écouter",
    FindingKind.DICTATED: "dictée à préciser",
}
USE = {
    Use.WRITTEN: "appliqué",
    Use.OFFERED: "proposé",
    Use.REFUSED: "plus proposé",
    Use.OFF: "désactivé",
}
MEDIUM = {Medium.DICTATION: "dictée", Medium.SCAN: "papier"}
ROLE = {Role.SECRETARY: "secrétariat", Role.DOCTOR: "médecin"}
SEX = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "sexe inconnu"}


def day(value: date | datetime | None) -> str:
    """``22 novembre 2026``; an empty string for None."""
    return day_in_words(value) if value else ""


def moment(value: datetime) -> str:
    """``22 novembre 2026 à 14 h 05``, local time."""
    local = value.astimezone()
    return f"{day(local)} à {local:%H} h {local:%M}"


def age(value: datetime) -> str:
    """How long ago: ``3 min``, ``2 h``, ``4 j``."""
    minutes = int((datetime.now(UTC) - value).total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 0)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} j"


def seconds(value: float | None) -> str:
    """``1:07``."""
    whole = int(value or 0)
    return f"{whole // 60}:{whole % 60:02d}"


def born(patient: Patient) -> str:
    """``née le 3 juin 1946``."""
    if patient.birth_date is None:
        return "date de naissance inconnue"
    verb = {Sex.FEMALE: "née", Sex.MALE: "né"}.get(patient.sex, "né(e)")
    return f"{verb} le {day(patient.birth_date)}"


def grouped_ins(ins: str) -> str:
    """``1 23 45 67 890 123 45``."""
    if len(ins) != 15:
        return ins
    return " ".join((ins[0], ins[1:3], ins[3:5], ins[5:7], ins[7:10], ins[10:13], ins[13:]))
