"""A document from its first draft to its record."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property

from pipeline.errors import StaleDraft
from pipeline.model.case import BlobRef
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, Patient, Practice, Practitioner


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (may be empty) and its text: paragraphs separated by ``\\n\\n``, lines by ``\\n``."""

    heading: str
    text: str


@dataclass(frozen=True)
class Revision:
    """The structured source of a document: the one truth from which PDF and DOCX are made.

    ``template`` is a path under ``templates/`` and ``template_sha256`` covers it and its partials.
    ``replaces`` is the id of the record that this document cancels and replaces, or ``""``; ``replaces_reference`` is
    the number that people know it by and ``replaces_sha256`` the SHA-256 of its file. ``copy_to`` are the
    correspondents who get a copy, ``copies`` others by name.
    """

    case_id: str
    number: int
    kind: DocumentKind
    title: str
    document_date: date
    sections: tuple[Section, ...]
    patient: Patient
    author: Practitioner
    practice: Practice
    template: str
    template_sha256: str
    recipient: Correspondent | None = None
    copies: tuple[str, ...] = ()
    urgent: bool = False
    replaces: str = ""
    replaces_reference: str = ""
    replaces_sha256: str = ""
    reference: str = ""
    made_by: str = "worker"
    copy_to: tuple[Correspondent, ...] = ()

    @cached_property
    def source(self) -> bytes:
        """Canonical JSON (UTF-8, sorted keys, no spaces, ISO dates): what is hashed and embedded."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso).encode(
            "utf-8"
        )

    @cached_property
    def sha256(self) -> str:
        """Lower-case hex SHA-256 of ``source``."""
        return hashlib.sha256(self.source).hexdigest()


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A revision with its rendered files. It can be approved; it cannot be signed."""

    revision: Revision
    pdf: BlobRef
    docx: BlobRef

    def approve(self, *, by: str, at: datetime, seen_sha256: str) -> ReviewedDraft:
        """Approve exactly what was seen. Raises `StaleDraft` when ``seen_sha256`` is not this PDF's."""
        if seen_sha256 != self.pdf.sha256:
            raise StaleDraft("Ce brouillon a changé depuis que vous l'avez ouvert.")
        return ReviewedDraft(self.revision, self.pdf, self.docx, by, at)


@dataclass(frozen=True, slots=True)
class ReviewedDraft:
    """A draft that a person approved: the only thing that can be signed.

    ``marked`` is the same PDF followed by the secretary's « relu », when she made one.
    """

    revision: Revision
    pdf: BlobRef
    docx: BlobRef
    reviewed_by: str
    reviewed_at: datetime
    marked: BlobRef | None = None

    @property
    def to_sign(self) -> BlobRef:
        return self.marked or self.pdf

    def signed(self, *, pdf: BlobRef, by: str, at: datetime, level: str) -> SignedDocument:
        return SignedDocument(self.revision, self.pdf, pdf, self.reviewed_by, by, at, level)


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A signed PDF whose signed bytes begin with exactly the reviewed PDF. It can be filed."""

    revision: Revision
    reviewed_pdf: BlobRef
    pdf: BlobRef
    reviewed_by: str
    signed_by: str
    signed_at: datetime
    level: str


@dataclass(frozen=True, slots=True)
class ConfirmedScan:
    """A scan whose patient and kind a person confirmed. It can be filed."""

    case_id: str
    patient: Patient
    kind: DocumentKind
    title: str
    document_date: date | None
    sender: str
    pdf: BlobRef
    original: BlobRef
    text: str
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A filed document. ``path`` is relative to the archive's root; never rewritten."""

    id: str
    case_id: str
    patient_id: str
    kind: DocumentKind
    title: str
    document_date: date
    version: int
    path: str
    sha256: str
    filed_at: datetime
    replaces: str = ""
    replaced_by: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for. Dates bound ``document_date``, both included.

    ``affirmed``: only where the words are said of the patient, neither denied nor supposed nor a relative's.
    ``kinds``: any of these, as ``kind`` is one; ``author`` is a login, or who sent a paper.
    """

    words: str = ""
    patient: str = ""
    patient_id: str = ""
    kind: DocumentKind | None = None
    since: date | None = None
    until: date | None = None
    limit: int = 50
    affirmed: bool = False
    kinds: tuple[DocumentKind, ...] | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found. ``excerpt`` and ``title`` are plain text with the found words between U+0002 and U+0003.

    ``contexts`` say what the found words are wherever they stand in it: "nié", "famille", "hypothèse", "antécédent".
    """

    record: Record
    patient_name: str
    excerpt: str
    score: float
    contexts: tuple[str, ...] = ()
    title: str = ""
