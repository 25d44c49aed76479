"""Small things to write into a journal."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from pipeline.journal.sql import SqlJournal
from pipeline.model.case import BlobRef, Case, Medium
from pipeline.model.document import Record
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Sex

RECEIVED = datetime(2026, 11, 3, 13, 5, tzinfo=UTC)  # 14 h 05 in Paris

JEANNE = Patient("p1", "Lefèvre", "Jeanne Marie", date(1954, 3, 12), Sex.FEMALE, "Dœuvre-Martin")
JEAN = Patient("p2", "Martin", "Jean-Pierre", date(1954, 3, 12), Sex.MALE)
ZOE = Patient("p3", "D'Hérault", "Zoé", date(1988, 12, 1), Sex.FEMALE)


def blob(seed: str) -> BlobRef:
    return BlobRef(hashlib.sha256(seed.encode()).hexdigest(), len(seed), "audio/ogg")


def opened(journal: SqlJournal, name: str = "lettre", at: datetime = RECEIVED, replaces: str = "") -> Case:
    """A case whose claim and original are made of ``name``."""
    return journal.open_case(
        claim_id=f"claim-{name}",
        medium=Medium.DICTATION,
        author="dr.martin",
        original=blob(name),
        original_name=f"{name}.ogg",
        received_at=at,
        replaces=replaces,
    )


def record(case: Case, id_: str = "r1", replaces: str = "", version: int = 1) -> Record:
    return Record(
        id=id_,
        case_id=case.id,
        patient_id="p1",
        kind=DocumentKind.LETTER,
        title="Courrier",
        document_date=date(2026, 11, 3),
        version=version,
        path=f"p1/{id_}.pdf",
        sha256="ab" * 32,
        filed_at=RECEIVED,
        replaces=replaces,
    )
