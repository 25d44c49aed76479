"""Invented records and texts, and both search engines behind one fixture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archive.port import Index
from pipeline.archive.postgres_index import PostgresIndex
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.model.case import BlobRef
from pipeline.model.document import Record, Revision, Section, SignedDocument
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Practice, Practitioner, Sex
from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
YVONNE = Patient("p1", "LEFÈVRE", "YVONNE MARIE", date(1946, 6, 3), Sex.FEMALE, used_name="CARPENTIER")
HUGO = Patient("p2", "N'GUYEN-D'ŒUVRE", "Hugo", date(2012, 5, 15), Sex.MALE)
PDF = b"%PDF-1.7 an invented signed file"


def ref(content: bytes) -> BlobRef:
    return BlobRef(hashlib.sha256(content).hexdigest(), len(content), "application/pdf")


def signed_document(
    case_id: str = "case-1", *, pdf: bytes = PDF, patient: Patient = YVONNE, replaces: str = "", title: str = ""
) -> SignedDocument:
    revision = Revision(
        case_id=case_id,
        number=1,
        kind=DocumentKind.LETTER,
        title=title or "Suivi d'une insuffisance cardiaque",
        document_date=date(2026, 11, 22),
        sections=(Section("", "Texte."),),
        patient=patient,
        author=Practitioner("helene.vasseur", "Dr Hélène Vasseur"),
        practice=Practice(),
        template="letters/letter",
        template_sha256="0" * 64,
        replaces=replaces,
    )
    return SignedDocument(revision, ref(b"reviewed"), ref(pdf), "sylvie", "helene.vasseur", NOW, "PAdES-B-B")


def record(
    id_: str,
    title: str = "Courrier",
    *,
    patient: Patient = YVONNE,
    kind: DocumentKind = DocumentKind.LETTER,
    day: date = date(2026, 11, 22),
    replaces: str = "",
) -> Record:
    return Record(
        id=id_,
        case_id=f"case-{id_}",
        patient_id=patient.id,
        kind=kind,
        title=title,
        document_date=day,
        version=2 if replaces else 1,
        path=f"x/{id_}.pdf",
        sha256="0" * 64,
        filed_at=NOW + timedelta(seconds=1),
        replaces=replaces,
    )


@pytest.fixture(scope="session")
def postgres_index(postgres: PostgresServer) -> Iterator[PostgresIndex]:
    index = PostgresIndex(postgres.url(postgres.database()))
    yield index
    index.close()


@pytest.fixture(params=["sqlite", "postgres"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    """An empty index on each engine: the contract is the same."""
    if request.param == "sqlite":
        return SqliteIndex(tmp_path / "index.db")
    shared: PostgresIndex = request.getfixturevalue("postgres_index")
    shared.rebuild([])
    return shared
