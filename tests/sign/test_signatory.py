"""Who signed is whose certificate it is: what a file says of itself proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.model.document import ReviewedDraft
from pipeline.model.people import User
from pipeline.sign.certificate import (
    LoadedCertificate,
    ensure_practice_certificate,
    load_authorities,
    load_stamping_authorities,
)
from pipeline.sign.levels import Level
from pipeline.sign.pen import asn1
from pipeline.sign.port import SignatureReport
from pipeline.sign.pyhanko_signer import PyhankoSigner
from pipeline.sign.signatory import holder_of, is_made_to_sign, same_name
from tests.sign.authorities import Authority
from tests.sign.conftest import DOCTOR, NOW, SECRETARY, signer_of

Reviewed = tuple[ReviewedDraft, bytes]
Judge = Callable[[bytes], SignatureReport]


@pytest.fixture(scope="module")
def judge(certificate: LoadedCertificate, authority: Authority) -> Judge:
    """A practice that trusts an authority, as it does for its doctors' cards."""
    return PyhankoSigner(certificate, trusted=(authority.root,)).verify


@pytest.fixture(scope="module")
def stranger(authority: Authority) -> LoadedCertificate:
    """A certificate of the same authority that belongs to somebody else."""
    return authority.certify("Jean Escroc")


def signed_by(certificate: LoadedCertificate, pdf: bytes, *, claiming: User = DOCTOR) -> bytes:
    """Signed as an installation would that writes any name into the file."""
    return PyhankoSigner(certificate).sign(pdf, signer=claiming, at=datetime.now(UTC), reason="Document relu et validé")


def certified(
    authority: Authority, *uses: x509.ObjectIdentifier, subject: list[x509.NameAttribute] | None = None
) -> LoadedCertificate:
    """A certificate of the authority that signs by its key usage, with these extended key usages."""
    key = rsa.generate_private_key(65537, 2048)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject or [x509.NameAttribute(NameOID.COMMON_NAME, "Hélène Vasseur")]))
        .issuer_name(authority.root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=True)
    certificate = builder.sign(authority._key, hashes.SHA256())
    return LoadedCertificate(key, certificate, (), (authority.root,))


def test_another_persons_certificate_is_named_and_the_doctor_whom_the_file_claims_is_not(
    judge: Judge, stranger: LoadedCertificate, reviewed: Reviewed
) -> None:
    report = judge(signed_by(stranger, reviewed[1]))
    assert (report.valid, report.intact, report.trusted, report.named) == (False, True, True, False)
    assert report.signer == "Jean Escroc"
    assert "se dit signé par « Hélène Vasseur », et le certificat est celui de « Jean Escroc »" in report.message


def test_who_signs_in_the_own_name_is_valid_under_that_name_and_the_documents_author_is_told_apart(
    judge: Judge, stranger: LoadedCertificate, reviewed: Reviewed
) -> None:
    report = judge(signed_by(stranger, reviewed[1], claiming=replace(DOCTOR, name="Jean Escroc")))
    assert report.valid and report.signer == "Jean Escroc"
    author = reviewed[0].revision.author.name
    assert "depuis sa signature par Jean Escroc" in report.message
    assert f"au nom de « {author} »" in report.message


def test_a_review_in_another_name_is_no_proof_of_who_read_it(
    judge: Judge, stranger: LoadedCertificate, certificate: LoadedCertificate, reviewed: Reviewed
) -> None:
    marked = PyhankoSigner(stranger).mark_reviewed(reviewed[1], reviewer=SECRETARY, at=datetime.now(UTC), reason="Relu")
    alone = judge(marked)
    assert not alone.valid and not alone.signed
    assert "n'est pas signé" in alone.message and "c'est ce dernier qui l'a relu" in alone.message
    unknown = PyhankoSigner(certificate).verify(marked)
    assert "relu par" not in unknown.message
    assert "(« Jean Escroc ») n'est pas reconnu par ce cabinet" in unknown.message
    at = datetime.now(UTC)
    both = judge(PyhankoSigner(certificate).sign(marked, signer=DOCTOR, at=at, reason=""))
    assert not both.valid and "se dit relu par « Sylvie Durand »" in both.message


def test_the_practice_is_believed_about_its_own_people_and_it_is_said_whose_certificate_it_was(
    signer: PyhankoSigner, signed: bytes
) -> None:
    report = signer.verify(signed)
    assert report.valid and report.signatures[0].vouched
    assert "par Hélène Vasseur" in report.message
    assert "selon le certificat du cabinet « Cabinet médical des Tilleuls »" in report.message


def test_a_practice_that_changed_its_name_is_believed_about_what_it_signed_before(
    keys: Path, certificate: LoadedCertificate, signed: bytes
) -> None:
    renamed = ensure_practice_certificate(keys, "Maison de santé du Pont", NOW + timedelta(days=5 * 365))
    try:
        assert PyhankoSigner(renamed).verify(signed).valid
    finally:
        next(keys.glob("signer-2031*.p12")).unlink()


def test_another_practice_is_trusted_but_its_word_about_a_person_is_not_a_proof(
    tmp_path: Path, certificate: LoadedCertificate, reviewed: Reviewed
) -> None:
    other = ensure_practice_certificate(tmp_path / "keys", "Cabinet des Lilas", NOW)
    file = PyhankoSigner(other).sign(reviewed[1], signer=DOCTOR, at=NOW, reason="")
    report = PyhankoSigner(certificate, trusted=other.roots).verify(file)
    assert report.trusted and not report.valid and report.signer == "Cabinet des Lilas"


@pytest.mark.parametrize("use", [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING])
def test_a_certificate_made_for_time_stamps_or_revocation_signs_no_document(
    judge: Judge, authority: Authority, reviewed: Reviewed, use: x509.ObjectIdentifier
) -> None:
    report = judge(signed_by(certified(authority, use), reviewed[1]))
    assert (report.valid, report.intact, report.trusted) == (False, True, False)
    assert judge(signed_by(certified(authority, ExtendedKeyUsageOID.EMAIL_PROTECTION), reviewed[1])).valid


def test_an_authority_kept_for_time_stamps_certifies_no_signer(authority: Authority) -> None:
    root, signs = asn1(authority.root), asn1(certified(authority).certificate)
    hours, mails = (
        asn1(certified(authority, use).certificate)
        for use in (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    )
    assert is_made_to_sign((root, mails, signs))
    assert not is_made_to_sign((root, hours, signs)) and not is_made_to_sign((hours, signs))


def test_an_authority_that_is_trusted_for_the_hour_only_certifies_no_signer(
    authority: Authority, certificate: LoadedCertificate, doctor: LoadedCertificate, reviewed: Reviewed, tmp_path: Path
) -> None:
    (tmp_path / "horodatage").mkdir()
    (tmp_path / "horodatage" / "heure.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    assert load_authorities(tmp_path) == ()
    stamping = load_stamping_authorities(tmp_path)
    assert stamping == (authority.root,) and load_stamping_authorities(tmp_path / "horodatage") == ()
    practice = PyhankoSigner(certificate, stamping=stamping, profile=signer_of(authority, doctor, Level.T)._profile)
    dated = practice.sign(reviewed[1], signer=DOCTOR, at=datetime.now(UTC), reason="")
    report = practice.verify(dated)
    assert report.valid and report.level == "PAdES-B-T"
    forged = practice.verify(signed_by(doctor, reviewed[1]))
    assert (forged.valid, forged.intact, forged.trusted) == (False, True, False)


def test_a_doctors_certificate_in_a_legal_name_is_written_into_what_it_signs(
    certificate: LoadedCertificate, authority: Authority, reviewed: Reviewed
) -> None:
    author = reviewed[0].revision.author
    married = authority.certify("MARTIN Hélène", rpps=author.rpps)
    signer = PyhankoSigner(married, seal=certificate)
    doctor = replace(DOCTOR, name=author.name, rpps=author.rpps)
    report = signer.verify(signer.sign(reviewed[1], signer=doctor, at=datetime.now(UTC), reason=""))
    assert report.valid and f"sa signature par MARTIN Hélène (RPPS {author.rpps})" in report.message
    assert report.signatures[0].claimed == report.signer == "MARTIN Hélène"


def test_a_document_of_one_doctor_signed_with_the_card_of_another_is_not_valid(
    judge: Judge, authority: Authority, reviewed: Reviewed
) -> None:
    author = reviewed[0].revision.author
    other = authority.certify("ESCROC Jean", rpps="10009999999")
    for claiming in (replace(DOCTOR, name="Jean Escroc"), replace(DOCTOR, name="")):
        report = judge(signed_by(other, reviewed[1], claiming=claiming))
        assert report.trusted and not report.valid and not report.named
        assert f"au nom de « {author.name} » (RPPS {author.rpps})" in report.message
        assert "le certificat de « ESCROC Jean (RPPS 10009999999) »" in report.message


def test_the_holder_is_named_by_given_name_and_surname_where_the_common_name_is_a_number(authority: Authority) -> None:
    subject = [
        x509.NameAttribute(NameOID.COMMON_NAME, "810001234566"),
        x509.NameAttribute(NameOID.SURNAME, "VASSEUR"),
        x509.NameAttribute(NameOID.GIVEN_NAME, "Hélène"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Essai\n\u202eSignature valide"),
    ]
    holder = holder_of(asn1(certified(authority, subject=subject).certificate).subject)
    assert holder.described == "Hélène VASSEUR (RPPS 10001234566)"
    alone = holder_of(asn1(certified(authority, subject=subject[3:]).certificate).subject)
    assert alone.name == "Essai Signature valide"


@pytest.mark.parametrize(
    "claimed",
    ["", "Dr Hélène Vasseur", "VASSEUR Hélène", "Docteur helene vasseur", "Dr H. Vasseur", "Dr Vasseur",
     "Hélène, Marie Vasseur", "Mme VASSEUR, Hélène"],
)  # fmt: skip
def test_a_name_may_be_written_in_many_ways(claimed: str) -> None:
    assert same_name(claimed, "VASSEUR Hélène")


@pytest.mark.parametrize(
    "claimed",
    ["Dr Jean Escroc", "Hélène Vasseurs", "Hélène Martin", "Marie Vasseur", "J. Vasseur", "Dr", "Ηélène Vasseur",
     "H. V."],
)  # fmt: skip
def test_another_name_stays_another_name(claimed: str) -> None:
    assert not same_name(claimed, "VASSEUR Hélène")
