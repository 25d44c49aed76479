"""Who and what a text is about, with the evidence and the questions that remain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.model.case import Urgency
from pipeline.model.people import Sex

NOBODY = "-"
"""In place of a correspondent's id: a person said that nobody is addressed, whoever the dictation names."""


class DocumentKind(StrEnum):
    """The kinds a text can be. The catalogue (``templates/catalog.yaml``) holds what each requires."""

    LETTER = "letter"
    REFERRAL_LETTER = "referral_letter"
    REFERRAL_ANSWER = "referral_answer"
    DISCHARGE_LETTER = "discharge_letter"
    ADMISSION_LETTER = "admission_letter"
    CONSULTATION_REPORT = "consultation_report"
    OPERATIVE_REPORT = "operative_report"
    IMAGING_REPORT = "imaging_report"
    ENDOSCOPY_REPORT = "endoscopy_report"
    HOSPITAL_REPORT = "hospital_report"
    PATHOLOGY_REPORT = "pathology_report"
    FUNCTIONAL_REPORT = "functional_report"
    CERTIFICATE = "certificate"
    CERTIFICATE_SPORT = "certificate_sport"
    CERTIFICATE_PRESENCE = "certificate_presence"
    CERTIFICATE_GOOD_HEALTH = "certificate_good_health"
    CERTIFICATE_SCHOOL_ABSENCE = "certificate_school_absence"
    CERTIFICATE_INJURIES = "certificate_injuries"
    CERTIFICATE_RETURN_TO_WORK = "certificate_return_to_work"
    CERTIFICATE_PREGNANCY = "certificate_pregnancy"
    CERTIFICATE_CONTRAINDICATION = "certificate_contraindication"
    CONVOCATION = "convocation"
    CONVOCATION_CONSULTATION = "convocation_consultation"
    CONVOCATION_EXAMINATION = "convocation_examination"
    CONVOCATION_ADMISSION = "convocation_admission"
    CONVOCATION_OPERATION = "convocation_operation"
    CONVOCATION_REMINDER = "convocation_reminder"
    CONVOCATION_MISSED = "convocation_missed"
    RESULTS_LETTER = "results_letter"
    DOCUMENT_REQUEST = "document_request"
    INFORMATION_CONSENT = "information_consent"
    RECEIVED_LETTER = "received_letter"  # courrier reçu, a scan
    ARCHIVE = "archive"  # old paper, a scan


@dataclass(frozen=True, slots=True)
class Traits:
    """Identity traits as they were heard or read; empty when absent. ``names`` keeps every name word in order."""

    names: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    ins: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ReadAt:
    """Where something was read on paper: ``what`` is "patient", "sender" or "date", ``start`` and ``end`` are offsets
    in the checked text."""

    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of a register who may be meant. ``score`` in [0, 1]; traits by their French names."""

    id: str
    score: float
    agreeing: tuple[str, ...] = ()
    disagreeing: tuple[str, ...] = ()


class QuestionKind(StrEnum):
    """What a person must answer."""

    PATIENT_UNKNOWN = "patient_unknown"
    PATIENT_DOUBTFUL = "patient_doubtful"
    KIND_UNKNOWN = "kind_unknown"
    RECIPIENT_UNKNOWN = "recipient_unknown"
    RECIPIENT_DOUBTFUL = "recipient_doubtful"


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt for the secretary, in French."""

    kind: QuestionKind
    message: str


@dataclass(frozen=True, slots=True)
class Identification:
    """What the opening says. ``patient_id`` is empty unless at least two traits agree and nobody else is near.

    ``body_start`` is the offset in the checked text where the document's body begins (what stands before it is the
    spoken opening; it stays visible in the review). ``removed`` are further ``(start, end)`` spans that are not
    part of the letter (a note for the secretariat). ``notes`` are those notes' texts. ``recipient_heard`` is the name
    (perhaps with a specialty) of whoever is addressed, ``recipient_evidence`` all the words that name them.
    """

    kind: DocumentKind | None
    kind_evidence: str = ""
    title: str = ""
    traits: Traits = Traits()
    patient_id: str = ""
    patients: tuple[Candidate, ...] = ()
    recipient_heard: str = ""
    recipient_id: str = ""
    recipients: tuple[Candidate, ...] = ()
    urgency: Urgency = Urgency.ROUTINE
    body_start: int = 0
    removed: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    document_date: date | None = None
    sender_heard: str = ""
    read_at: tuple[ReadAt, ...] = ()
    recipient_evidence: str = ""
