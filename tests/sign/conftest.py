"""One certificate, one composed document and one signature for all tests of this room: each costs CPU."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.compose.fields import SIGNATURE_FIELD
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.case import BlobRef
from pipeline.model.document import ReviewedDraft
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role, User
from pipeline.sign.certificate import LoadedCertificate, ensure_practice_certificate
from pipeline.sign.pyhanko_signer import PyhankoSigner
from tests.compose.samples import TEMPLATES, revision

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
DOCTOR = User("helene.vasseur", "Hélène Vasseur", Role.DOCTOR, "cardiologie", "10001234566")
SECRETARY = User("sylvie", "Sylvie Durand", Role.SECRETARY)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "own"


@pytest.fixture(scope="session")
def certificate(keys: Path) -> LoadedCertificate:
    return ensure_practice_certificate(keys, "Cabinet médical des Tilleuls", NOW)


@pytest.fixture(scope="session")
def signer(certificate: LoadedCertificate) -> PyhankoSigner:
    return PyhankoSigner(certificate, field_name=SIGNATURE_FIELD, location="Angers")


@pytest.fixture(scope="session")
def reviewed() -> tuple[ReviewedDraft, bytes]:
    """A medical certificate made by the composing room, approved by the secretary."""
    renderer = TemplateRenderer(TEMPLATES)
    made = revision(renderer, DocumentKind.CERTIFICATE)
    pdf = renderer.pdf(made)
    ref = BlobRef(hashlib.sha256(pdf).hexdigest(), len(pdf), "application/pdf")
    return ReviewedDraft(made, ref, ref, "sylvie", NOW), pdf


@pytest.fixture(scope="session")
def signed(reviewed: tuple[ReviewedDraft, bytes], signer: PyhankoSigner) -> bytes:
    return signer.sign(reviewed[1], signer=DOCTOR, at=NOW, reason="Document relu et validé")
