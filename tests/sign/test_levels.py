"""Time stamps, proofs of non-revocation and seals, from a real authority on loopback."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import NotAllowed, SettingsError, SigningFailed, TimestampUnreachable
from pipeline.model.document import Draft, ReviewedDraft
from pipeline.sign.certificate import LoadedCertificate, load_authorities
from pipeline.sign.levels import Level, Profile
from pipeline.sign.port import REVIEW, SEAL, SIGNATURE
from pipeline.sign.pyhanko_signer import PyhankoSigner
from pipeline.sign.step import mark_reviewed
from tests import verapdf
from tests.sign.authorities import Authority
from tests.sign.conftest import DOCTOR, SECRETARY, signed_at, signer_of

Reviewed = tuple[ReviewedDraft, bytes]
NOBODY = "http://127.0.0.1:9/tsa"  # the discard port: nobody listens


@pytest.fixture(autouse=True)
def _all_well(authority: Authority) -> Iterator[None]:
    yield
    authority.down.clear()
    authority.revoked.clear()


@pytest.mark.parametrize("level", list(Level))
def test_each_level_is_reached_and_recognised_without_the_network(
    files: dict[Level, bytes], authority: Authority, doctor: LoadedCertificate, level: Level
) -> None:
    authority.asked.clear()
    report = signer_of(authority, doctor, Level.B).verify(files[level])
    assert report.valid, report.message
    assert report.level == f"PAdES-{level}"
    assert authority.asked == []
    assert [one.role for one in report.signatures] == [REVIEW, SIGNATURE] + [SEAL] * (level is Level.LTA)
    assert [one.signer for one in report.signatures[:2]] == ["Sylvie Durand", "Hélène Vasseur"]


def test_a_stamped_signature_tells_the_authoritys_hour_from_the_computers(
    files: dict[Level, bytes], authority: Authority, doctor: LoadedCertificate
) -> None:
    judge = signer_of(authority, doctor, Level.B)
    plain, stamped = (judge.verify(files[level]).signatures[1] for level in (Level.B, Level.T))
    assert (plain.stamped_at, plain.stamped_by) == (None, "") and plain.claimed_at
    assert stamped.stamped_by == "Horodatage d'essai"
    assert stamped.stamped_at and stamped.claimed_at and stamped.stamped_at >= stamped.claimed_at


def test_every_level_stays_pdf_a_3a_and_pdf_ua_1_after_two_signatures(
    files: dict[Level, bytes], reviewed: Reviewed, tmp_path: Path
) -> None:
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    asked = []
    for name, pdf in (("unsigned", reviewed[1]), *files.items()):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(pdf)
        asked += [(path, "3a"), (path, "ua1")]
    assert verapdf.validate_all(asked) == [(True, [])] * 10


def test_the_doctors_signature_locks_the_whole_document(files: dict[Level, bytes]) -> None:
    with pikepdf.open(io.BytesIO(files[Level.LTA])) as pdf:
        locks = {str(field.T): field.Lock for field in pdf.Root.AcroForm.Fields if "/Lock" in field}
        assert (locks["Signature"].Action, locks["Signature"].P) == ("/All", 1)
        assert (locks["Relecture"].Action, locks["Relecture"].P) == ("/Include", 2)
        assert list(locks["Relecture"].Fields) == ["Relecture"]


def test_ocsp_is_asked_where_the_certificate_names_it(authority: Authority, reviewed: Reviewed) -> None:
    certificate = authority.certify("VASSEUR Hélène", ocsp=True)
    authority.asked.clear()
    signed = signed_at(Level.LT, authority, certificate, reviewed[1])
    assert "ocsp" in authority.asked
    assert signer_of(authority, certificate, Level.B).verify(signed).level == "PAdES-B-LT"


def test_an_authority_that_does_not_answer_leaves_the_document_unsigned_and_it_can_be_tried_again(
    authority: Authority, doctor: LoadedCertificate, reviewed: Reviewed
) -> None:
    authority.down.add("tsa")
    signer = signer_of(authority, doctor, Level.T)
    with pytest.raises(TimestampUnreachable, match=r"horodatage n'a pas daté.*Réessayez") as refused:
        signer.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")
    assert refused.value.retryable
    authority.down.clear()
    assert signer.verify(signer.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")).valid


def test_an_address_where_nobody_listens_is_said_in_french(doctor: LoadedCertificate, reviewed: Reviewed) -> None:
    signer = PyhankoSigner(doctor, profile=Profile(Level.T, NOBODY, timeout=1))
    with pytest.raises(TimestampUnreachable, match="ne répond pas"):
        signer.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")


@settings(max_examples=15, deadline=None)
@given(answer=st.binary(max_size=300))
def test_an_authority_that_answers_nonsense_signs_nothing(
    answer: bytes, doctor: LoadedCertificate, reviewed: Reviewed
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        asked = httpx.Request("POST", NOBODY)
        patch.setattr(httpx, "post", lambda *_, **__: httpx.Response(200, content=answer, request=asked))
        signer = PyhankoSigner(doctor, profile=Profile(Level.T, NOBODY))
        with pytest.raises(TimestampUnreachable):
            signer.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")


def test_a_silent_revocation_service_leaves_the_document_unsigned(
    authority: Authority, doctor: LoadedCertificate, reviewed: Reviewed
) -> None:
    authority.down.add("crl")
    with pytest.raises(TimestampUnreachable, match="révoqué"):
        signer_of(authority, doctor, Level.LT).sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")


def test_a_revoked_certificate_signs_nothing(authority: Authority, reviewed: Reviewed) -> None:
    certificate = authority.certify("VASSEUR Hélène")
    authority.revoked.add(certificate.certificate.serial_number)
    with pytest.raises(SigningFailed, match="est révoqué"):
        signer_of(authority, certificate, Level.LT).sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")


def test_a_time_stamp_from_an_unknown_authority_is_not_trusted(
    certificate: LoadedCertificate, authority: Authority, reviewed: Reviewed
) -> None:
    signer = PyhankoSigner(certificate, profile=Profile(Level.T, f"{authority.address}/tsa"))
    report = signer.verify(signer.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason=""))
    assert (report.valid, report.intact, report.trusted) == (False, True, False)
    assert "horodatage n'est pas reconnu" in report.message
    known = PyhankoSigner(certificate, trusted=(authority.root,), profile=Profile(Level.T, f"{authority.address}/tsa"))
    assert known.verify(known.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")).valid


def test_a_doctors_own_certificate_signs_for_nobody_else(
    certificate: LoadedCertificate, doctor: LoadedCertificate, reviewed: Reviewed
) -> None:
    signer = PyhankoSigner(doctor, seal=certificate)
    at = datetime.now(UTC)
    marked = signer.mark_reviewed(reviewed[1], reviewer=SECRETARY, at=at, reason="Relu")
    report = signer.verify(signer.sign(marked, signer=DOCTOR, at=at, reason="Signé"))
    assert report.valid
    assert [one.holder for one in report.signatures] == ["Cabinet médical des Tilleuls", "VASSEUR Hélène"]
    with pytest.raises(NotAllowed, match="autre praticien"):
        signer.sign(marked, signer=replace(DOCTOR, rpps="10009999999"), at=at, reason="")


def test_what_the_secretariat_signs_with_the_practices_certificate_is_time_stamped_at_most(
    certificate: LoadedCertificate, authority: Authority, reviewed: Reviewed
) -> None:
    signer = PyhankoSigner(
        certificate, trusted=(authority.root,), profile=Profile(Level.LTA, f"{authority.address}/tsa")
    )
    report = signer.verify(signer.sign(reviewed[1], signer=SECRETARY, at=datetime.now(UTC), reason=""))
    assert (report.valid, report.level) == (True, "PAdES-B-T")
    with pytest.raises(TimestampUnreachable, match=r'level = "B-T"'):
        signer.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")


def test_trusted_authorities_are_read_from_a_folder(authority: Authority, tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "a.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    (folder / "b.cer").write_bytes(authority.root.public_bytes(Encoding.DER))
    (folder / "notes.txt").write_text("rien")
    assert load_authorities(folder) == (authority.root, authority.root)
    (folder / "c.crt").write_bytes(b"abc")
    with pytest.raises(SettingsError, match=r"c\.crt"):
        load_authorities(folder)
    with pytest.raises(SettingsError, match="n'existe pas"):
        load_authorities(folder / "absent")


def test_what_is_read_but_not_signed_by_the_doctor_is_not_a_signed_document(
    reviewed: Reviewed, signer: PyhankoSigner
) -> None:
    draft, pdf = reviewed
    marked = mark_reviewed(Draft(draft.revision, draft.pdf, draft.docx), pdf, SECRETARY, signer, draft.reviewed_at)
    assert marked is not None
    report = signer.verify(marked)
    assert not report.valid and report.intact
    assert "relu par Sylvie Durand, mais sa signature manque" in report.message


def test_a_doctor_who_approves_needs_no_mark_of_review(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    draft, pdf = reviewed
    assert mark_reviewed(Draft(draft.revision, draft.pdf, draft.docx), pdf, DOCTOR, signer, draft.reviewed_at) is None
