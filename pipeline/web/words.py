"""French words for the pages: statuses, ages, dates, roles."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from pipeline.model.calendar import day_in_words
from pipeline.model.case import Medium, Status
from pipeline.model.clock import local
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.learning import Use
from pipeline.model.people import Patient, Role, Sex
from pipeline.model.text import FOREIGN, INSTRUCTION, LOOP, NO_VOICE, STOCK_PHRASE, TAKEN_BACK, FindingKind

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
    Status.REPLACED: "annulé et remplacé",
    Status.FAILED: "en échec",
    Status.DISCARDED: "écarté",
}
KIND_GROUPS = {
    "Courriers": {
        DocumentKind.LETTER: "Courrier",
        DocumentKind.REFERRAL_LETTER: "Lettre d'adressage",
        DocumentKind.REFERRAL_ANSWER: "Réponse à une demande d'avis",
        DocumentKind.DISCHARGE_LETTER: "Lettre de liaison (sortie)",
        DocumentKind.ADMISSION_LETTER: "Lettre de liaison (entrée)",
    },
    "Comptes rendus": {
        DocumentKind.CONSULTATION_REPORT: "Compte rendu de consultation",
        DocumentKind.OPERATIVE_REPORT: "Compte rendu opératoire",
        DocumentKind.IMAGING_REPORT: "Compte rendu d'imagerie",
        DocumentKind.ENDOSCOPY_REPORT: "Compte rendu d'endoscopie",
        DocumentKind.HOSPITAL_REPORT: "Compte rendu d'hospitalisation",
        DocumentKind.PATHOLOGY_REPORT: "Compte rendu d'anatomie pathologique",
        DocumentKind.FUNCTIONAL_REPORT: "Compte rendu d'exploration fonctionnelle",
    },
    "Certificats": {
        DocumentKind.CERTIFICATE: "Certificat médical",
        DocumentKind.CERTIFICATE_SPORT: "Certificat de sport",
        DocumentKind.CERTIFICATE_PRESENCE: "Certificat de présence",
        DocumentKind.CERTIFICATE_GOOD_HEALTH: "Certificat de bonne santé",
        DocumentKind.CERTIFICATE_SCHOOL_ABSENCE: "Certificat d'absence scolaire",
        DocumentKind.CERTIFICATE_INJURIES: "Certificat de coups et blessures (ITT)",
        DocumentKind.CERTIFICATE_RETURN_TO_WORK: "Certificat de reprise du travail",
        DocumentKind.CERTIFICATE_PREGNANCY: "Certificat de grossesse",
        DocumentKind.CERTIFICATE_CONTRAINDICATION: "Certificat de contre-indication",
    },
    "Convocations": {
        DocumentKind.CONVOCATION: "Convocation",
        DocumentKind.CONVOCATION_CONSULTATION: "Convocation à une consultation",
        DocumentKind.CONVOCATION_EXAMINATION: "Convocation à un examen (préparation)",
        DocumentKind.CONVOCATION_ADMISSION: "Convocation à une hospitalisation",
        DocumentKind.CONVOCATION_OPERATION: "Convocation à une intervention",
        DocumentKind.CONVOCATION_REMINDER: "Rappel de rendez-vous",
        DocumentKind.CONVOCATION_MISSED: "Rendez-vous manqué",
    },
    "Patient et secrétariat": {
        DocumentKind.RESULTS_LETTER: "Résultats au patient",
        DocumentKind.DOCUMENT_REQUEST: "Demande de documents",
        DocumentKind.INFORMATION_CONSENT: "Information et consentement",
    },
    "Papier": {
        DocumentKind.RECEIVED_LETTER: "Courrier reçu",
        DocumentKind.ARCHIVE: "Archive",
    },
}
"""Kinds as the lists of a page show them (a test holds the groups against ``templates/catalog.yaml``, which is not read
here: pages are shown before the renderer and its libraries are loaded)."""
KIND = {kind: label for group in KIND_GROUPS.values() for kind, label in group.items()}
FINDING = {
    FindingKind.UNKNOWN_WORD: "mot inconnu",
    FindingKind.LIKELY_MISHEARD: "sans doute mal entendu",
    FindingKind.LOW_CONFIDENCE: "peu sûr",
    FindingKind.GAP: "passage à écouter",
    FindingKind.DICTATED: "dictée à préciser",
    FindingKind.RISK: "risque",
}
RISK = "risque à vérifier"
"""The name of what is written and could harm: counted before all other doubts."""
_FIGURES = ("chiffre", "dose", "nombre", "tension", "virgule", "date", "stade", "niveau")
GRAVE = {**dict.fromkeys(_FIGURES, "chiffre à vérifier"), "médicament": "médicament à vérifier"}
"""Doubts that could harm when they are passed over, by the first word of their message."""
SET_ASIDE = {
    LOOP: "répétition du moteur, pas de la voix",
    STOCK_PHRASE: "phrase toute faite du moteur, sur un silence",
    NO_VOICE: "sans voix : écrit par le moteur sur un bruit",
    FOREIGN: "dit dans une autre langue",
    TAKEN_BACK: "effacé à la demande de l'auteur",
    INSTRUCTION: "consigne dictée, appliquée",
}
"""Why words were heard and are not written."""
USE = {
    Use.WRITTEN: "appliqué",
    Use.OFFERED: "proposé",
    Use.REFUSED: "plus proposé",
    Use.REJECTED: "proposition laissée",
    Use.OFF: "désactivé",
}
MEDIUM = {Medium.DICTATION: "dictée", Medium.SCAN: "papier"}
ROLE = {
    Role.SECRETARY: "secrétariat",
    Role.DOCTOR: "médecin",
    Role.ARCHIVIST: "archiviste",
    Role.ADMINISTRATOR: "administration",
}
SEX = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "sexe inconnu"}


def day(value: date | datetime | None) -> str:
    """``22 novembre 2026``; an empty string for None."""
    return day_in_words(value) if value else ""


def heads_line(heads: Revision, author: str) -> str:
    """The heads of a draft in one line: title, day, recipient and author."""
    to = f"à {heads.recipient.display_name}" if heads.recipient else ""
    return " · ".join(part for part in (heads.title, day(heads.document_date), to, author) if part)


def moment(value: datetime) -> str:
    """``22 novembre 2026 à 14 h 05``, in the practice's zone."""
    here = local(value)
    return f"{day(here)} à {here:%H} h {here:%M}"


def clock(value: datetime) -> str:
    """``14:02``, in the practice's zone."""
    return f"{local(value):%H:%M}"


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


def span(start: float | None, end: float | None) -> str:
    """``0:12–0:15``: whole seconds that hold all of it."""
    return f"{seconds(start)}–{seconds(math.ceil(end or 0))}"


def duration(value: float) -> str:
    """``58 s``, ``1 min 02 s``, ``1 h 05 min``."""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def counted(number: int, name: str) -> str:
    """``1 chiffre à vérifier``, ``3 autres doutes``, an empty string for none: the words before "à" take the plural."""
    noun, preposition, rest = name.partition(" à ")
    noun = " ".join(f"{word}s" for word in noun.split()) if number > 1 else noun
    return f"{number} {noun}{preposition}{rest}" if number else ""


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
