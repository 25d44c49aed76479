"""One certificate, one composed document and one signature for all tests of this room: each costs CPU."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
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
from pipeline.sign.levels import Level, Profile
from pipeline.sign.pyhanko_signer import PyhankoSigner
from tests.compose.samples import TEMPLATES, revision
from tests.sign.authorities import Authority, serving

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


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    with serving() as authority:
        yield authority


@pytest.fixture(scope="session")
def doctor(authority: Authority) -> LoadedCertificate:
    """A doctor's own certificate."""
    return authority.certify("VASSEUR Hélène", rpps=DOCTOR.rpps)


def signer_of(authority: Authority, certificate: LoadedCertificate, level: Level, url: str = "") -> PyhankoSigner:
    return PyhankoSigner(certificate, profile=Profile(level, url or f"{authority.address}/tsa", timeout=2))


def signed_at(level: Level, authority: Authority, certificate: LoadedCertificate, pdf: bytes) -> bytes:
    """Read by the secretary, then signed by the doctor."""
    signer = signer_of(authority, certificate, level)
    marked = signer.mark_reviewed(pdf, reviewer=SECRETARY, at=datetime.now(UTC), reason="Relu et corrigé")
    return signer.sign(marked, signer=DOCTOR, at=datetime.now(UTC), reason="Document relu et validé")


@pytest.fixture(scope="session")
def files(authority: Authority, doctor: LoadedCertificate, reviewed: tuple[ReviewedDraft, bytes]) -> dict[Level, bytes]:
    return {level: signed_at(level, authority, doctor, reviewed[1]) for level in Level}
