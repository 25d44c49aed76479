"""The rule of filing: one document, one place, one record; the same again after a crash, never another.

A record's id comes from its case, and its path from the document alone, so that filing twice is harmless. A
correction is a new version that names the old record; nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from datetime import date, datetime

from pipeline.archive.port import Shelf
from pipeline.errors import ArchiveConflict, IntegrityBroken
from pipeline.model.case import BlobRef
from pipeline.model.clock import local
from pipeline.model.document import ConfirmedScan, Record, SignedDocument
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient

RECORDS = uuid.UUID("6e0f5a0c-3b1d-5f0e-9c55-0d2a3f6c7b41")
"""The namespace of record ids (RFC 9562, version 5)."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l"})
_MAX_NAME, _MAX_TITLE = 30, 40
"""Letters: a whole path stays under 200, because Windows shares stop at 260 with their own prefix."""


def record_id(case_id: str) -> str:
    """The id of the record that a case ends in."""
    return str(uuid.uuid5(RECORDS, case_id))


def file_document(
    signed: SignedDocument, pdf: bytes, shelf: Shelf, previous: Record | None = None, *, at: datetime | None = None
) -> Record:
    """File a signed document, its bytes unchanged. ``previous`` is the record that it corrects.

    ``at`` is when it is filed; by default when it was signed, so that a repeat gives the same record.

    Raises `IntegrityBroken` (``pdf`` is not what was signed), `ArchiveConflict` (the correction does not fit
    ``previous``: another record, another patient, or one already replaced; or the place is taken).
    """
    revision = signed.revision
    _check_content(pdf, signed.pdf)
    _check_previous(revision.replaces, revision.patient, revision.case_id, previous)
    record = _record(
        case_id=revision.case_id,
        patient=revision.patient,
        kind=revision.kind,
        title=revision.title,
        document_date=revision.document_date,
        pdf=signed.pdf,
        filed_at=at or signed.signed_at,
        version=previous.version + 1 if previous else 1,
        replaces=previous.id if previous else "",
        author=revision.author.login,
    )
    shelf.place(record.path, pdf)
    return record


def file_scan(
    confirmed: ConfirmedScan, pdf: bytes, shelf: Shelf, previous: Record | None = None, *, at: datetime | None = None
) -> Record:
    """File a confirmed scan. Without a date of its own it stands under the day of its confirmation.

    ``previous`` is the record that it cancels: of an appointment that was changed.

    Raises `IntegrityBroken` (``pdf`` is not what was confirmed) or `ArchiveConflict` (it does not fit ``previous``, or
    the place is taken).
    """
    _check_content(pdf, confirmed.pdf)
    _check_previous(previous.id if previous else "", confirmed.patient, confirmed.case_id, previous)
    record = _record(
        case_id=confirmed.case_id,
        patient=confirmed.patient,
        kind=confirmed.kind,
        title=confirmed.title,
        document_date=confirmed.document_date or local(confirmed.confirmed_at).date(),
        pdf=confirmed.pdf,
        filed_at=at or confirmed.confirmed_at,
        version=previous.version + 1 if previous else 1,
        replaces=previous.id if previous else "",
        author=confirmed.sender,
    )
    shelf.place(record.path, pdf)
    return record


def patient_folder(patient: Patient) -> str:
    """``NOM_Prenom_1954-03-12_1a2b3c4d``: birth name and first birth name, because these INS traits do not change."""
    family = _safe(patient.birth_name or patient.used_name, _MAX_NAME).upper() or "SANS-NOM"
    first = _safe(patient.first_names.split()[0] if patient.first_names.split() else "", _MAX_NAME).title()
    born = patient.birth_date.isoformat() if patient.birth_date else "date-inconnue"
    return f"{family}_{first or 'Sans-Prenom'}_{born}_{_short(hashlib.sha256(patient.id.encode()).hexdigest())}"


def _record(
    *,
    case_id: str,
    patient: Patient,
    kind: DocumentKind,
    title: str,
    document_date: date,
    pdf: BlobRef,
    filed_at: datetime,
    version: int,
    replaces: str,
    author: str,
) -> Record:
    id_ = record_id(case_id)
    slug = _safe(title, _MAX_TITLE).lower() or "sans-titre"
    name = f"{document_date.isoformat()}_{kind.value}_{slug}_{_short(id_)}_v{version}.pdf"
    return Record(
        id=id_,
        case_id=case_id,
        patient_id=patient.id,
        kind=kind,
        title=title,
        document_date=document_date,
        version=version,
        path=f"{patient_folder(patient)}/{document_date.year:04d}/{name}",
        sha256=pdf.sha256,
        filed_at=filed_at,
        replaces=replaces,
        author=author,
    )


def _check_content(pdf: bytes, ref: BlobRef) -> None:
    if hashlib.sha256(pdf).hexdigest() != ref.sha256:
        raise IntegrityBroken("Le fichier à archiver n'est pas celui qui a été validé.")


def _check_previous(replaces: str, patient: Patient, case_id: str, previous: Record | None) -> None:
    if (previous.id if previous else "") != replaces:
        raise ArchiveConflict("Ce document remplace un document qui n'est pas celui de l'archive.")
    if previous is None:
        return
    if previous.patient_id != patient.id:
        raise ArchiveConflict(
            "Cette correction est au nom d'un autre patient que le document qu'elle remplace ; rien n'a été archivé.",
            advice="Faites un nouveau document pour ce patient et signalez l'erreur d'identité à l'administrateur.",
        )
    if previous.replaced_by not in ("", record_id(case_id)):
        raise ArchiveConflict(
            "Ce document a déjà été remplacé par une autre correction ; rien n'a été archivé.",
            advice="Corrigez sa dernière version.",
        )


def _safe(text: str, length: int) -> str:
    """ASCII letters, digits and single hyphens only: valid on Linux, Windows and SMB."""
    apart = unicodedata.normalize("NFKD", text.translate(_LIGATURES).replace("'", " ").replace("’", " "))
    plain = apart.encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:length].strip("-")


def _short(identifier: str) -> str:
    return identifier[:8]
