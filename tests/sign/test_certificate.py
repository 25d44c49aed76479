"""The certificate: made once, kept private, and refused in French when it cannot serve."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from pipeline.errors import SettingsError
from pipeline.sign.certificate import LoadedCertificate, ensure_practice_certificate, load_pkcs12
from pipeline.sign.pyhanko_signer import PyhankoSigner
from tests.sign.conftest import NOW


def test_the_practice_certificate_is_made_once_and_found_again(keys: Path, certificate: LoadedCertificate) -> None:
    again = ensure_practice_certificate(keys, "Cabinet médical des Tilleuls", NOW + timedelta(days=30))
    assert again.certificate == certificate.certificate
    assert again.key.private_numbers() == certificate.key.private_numbers()


def test_its_files_can_be_read_by_their_owner_only(keys: Path, certificate: LoadedCertificate) -> None:
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    files = list(keys.iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_it_signs_documents_for_five_years_and_is_no_authority(certificate: LoadedCertificate) -> None:
    usage = certificate.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert certificate.covers(NOW + timedelta(days=4 * 365))
    assert not certificate.covers(NOW + timedelta(days=5 * 365))
    assert certificate.key.key_size == 3072


def test_after_five_years_a_new_one_is_made_and_old_signatures_still_hold(
    keys: Path, certificate: LoadedCertificate, signed: bytes
) -> None:
    later = ensure_practice_certificate(keys, "Cabinet médical des Tilleuls", NOW + timedelta(days=5 * 365))
    assert later.certificate != certificate.certificate
    assert PyhankoSigner(later).verify(signed).valid
    next(keys.glob("signer-2031*.p12")).unlink()


def test_a_lost_passphrase_is_said_and_nothing_is_made_over_it(tmp_path: Path) -> None:
    (tmp_path / "authority.p12").write_bytes(b"kept")
    with pytest.raises(SettingsError, match="phrase secrète"):
        ensure_practice_certificate(tmp_path, "Cabinet", NOW)
    assert (tmp_path / "authority.p12").read_bytes() == b"kept"


def given_file(tmp_path: Path, loaded: LoadedCertificate, *, key: bool = True) -> Path:
    """A PKCS#12 file as a provider gives it; its passphrase is "sésame"."""
    path = tmp_path / "given.p12"
    encryption = BestAvailableEncryption("sésame".encode())
    content = pkcs12.serialize_key_and_certificates(
        b"x", loaded.key if key else None, loaded.certificate, list(loaded.roots), encryption
    )
    path.write_bytes(content)
    return path


def test_a_given_certificate_signs(tmp_path: Path, certificate: LoadedCertificate) -> None:
    loaded = load_pkcs12(given_file(tmp_path, certificate), "sésame", NOW)
    assert loaded.certificate == certificate.certificate
    assert loaded.roots == certificate.roots


@pytest.mark.parametrize(
    ("passphrase", "days", "key", "message"),
    [
        ("sesame", 0, True, "phrase secrète ne correspond pas"),
        ("sésame", 6 * 365, True, "a expiré le"),
        ("sésame", -30, True, "n'est valable qu'à partir du"),
        ("sésame", 0, False, "ne contient pas de clé privée"),
    ],
)
def test_a_given_certificate_that_cannot_serve_is_refused_in_french(
    tmp_path: Path, certificate: LoadedCertificate, passphrase: str, days: int, key: bool, message: str
) -> None:
    path = given_file(tmp_path, certificate, key=key)
    with pytest.raises(SettingsError, match=message):
        load_pkcs12(path, passphrase, NOW + timedelta(days=days))


def test_an_authority_or_a_missing_file_does_not_sign_documents(keys: Path, tmp_path: Path) -> None:
    passphrase = (keys / "passphrase.txt").read_text()
    with pytest.raises(SettingsError, match="pas fait pour signer"):
        load_pkcs12(keys / "authority.p12", passphrase, NOW)
    with pytest.raises(SettingsError, match="introuvable"):
        load_pkcs12(tmp_path / "absent.p12", "x", NOW)
