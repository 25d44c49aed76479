"""The certificate that signs: the practice's own, made on first run, or a given PKCS#12 file.

The practice's own certificate proves that a file has not changed since this installation signed it; it is not a
professional's personal certificate (CPS card), which a given PKCS#12 file or a later adapter brings. Keys are
RSA 3072 bits (ANSSI, « Guide des mécanismes cryptographiques », asks for 3072 beyond 2030); the key usage is
digitalSignature + nonRepudiation (ETSI EN 319 412-2).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from pipeline.errors import SettingsError
from pipeline.secret_files import write_once

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_KEY_BITS = 3072
_SIGNER_DAYS = 5 * 365
_AUTHORITY_DAYS = 25 * 365
"""A document is kept 20 years (R.1112-7 CSP) and the last signer lives 5 years."""

_MAX_COMMON_NAME = 64  # X.520, ub-common-name
_CERTIFICATE_FILES = (".pem", ".crt", ".cer", ".der")
STAMPING_FOLDER = "horodatage"
"""The subfolder of the trusted authorities that only give the time: nobody signs with a certificate of theirs."""
_AUTHORITY_FILE = "authority.p12"
_PASSPHRASE_FILE = "passphrase.txt"  # noqa: S105 - a file name


@dataclass(frozen=True, slots=True)
class LoadedCertificate:
    """A private key, its certificate, the certificates between it and a root, and the roots that are trusted.

    ``made_here``: by `ensure_practice_certificate`, whose authority serves this practice only.
    """

    key: SigningKey
    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]
    made_here: bool = False

    def covers(self, at: datetime) -> bool:
        """Whether the certificate is valid at this moment."""
        return self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc


def ensure_practice_certificate(folder: Path, practice_name: str, now: datetime) -> LoadedCertificate:
    """The practice's own certificate, made in ``folder`` (0700) when there is none valid at ``now``.

    The folder holds ``passphrase.txt`` (random, 0600), ``authority.p12`` (a small authority, 25 years) and one
    ``signer-YYYYMMDD.p12`` (0600) for each 5 years; nothing is ever overwritten, and two processes on their first
    run end with the same certificate. Raises `SettingsError` when the folder's files do not fit together.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passphrase = _passphrase(folder)
    authority_path = folder / _AUTHORITY_FILE
    if not authority_path.exists():
        write_once(authority_path, _make_authority(practice_name, now, passphrase))
    authority = load_pkcs12(authority_path, passphrase, now, signs_documents=False)
    for path in sorted(folder.glob("signer-*.p12"), reverse=True):
        if _not_valid_after(path, passphrase) > now:
            return replace(load_pkcs12(path, passphrase, now), made_here=True)
    path = folder / f"signer-{now.astimezone(UTC):%Y%m%d}.p12"
    write_once(path, _make_signer(practice_name, authority, now, passphrase))
    return replace(load_pkcs12(path, passphrase, now), made_here=True)


def load_pkcs12(path: Path, passphrase: str, now: datetime, *, signs_documents: bool = True) -> LoadedCertificate:
    """Read a PKCS#12 file. The trusted root is the self-signed certificate in it, or its last one.

    Raises `SettingsError`: unreadable file, wrong passphrase, no private key, no certificate, unfit key or key usage,
    not yet or no longer valid at ``now``.
    """
    key, certificate, others = _parse(path, passphrase)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SettingsError(
            "Le certificat de signature a un type de clé qui ne convient pas à la signature de PDF.",
            advice="Demandez un certificat avec une clé RSA ou ECDSA.",
        )
    loaded = LoadedCertificate(key, certificate, *_split_chain(certificate, others))
    check_period(certificate, now)
    if signs_documents:
        check_usage(certificate)
    return loaded


def load_authorities(folder: Path) -> tuple[x509.Certificate, ...]:
    """The authorities that the practice trusts: each .pem, .crt, .cer and .der file of a folder.

    Self-signed ones are roots; the others only help to find the way to a root. Raises `SettingsError` when there is no
    folder or a file is no certificate.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"Le dossier des autorités de confiance {folder} n'existe pas.",
            advice="Créez-le et déposez-y les certificats (.pem, .crt, .cer ou .der) de vos autorités.",
        )
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _CERTIFICATE_FILES)
    return tuple(certificate for file in files for certificate in _read_certificates(file))


def load_stamping_authorities(folder: Path) -> tuple[x509.Certificate, ...]:
    """Those of its subfolder ``horodatage``, trusted for time stamps only; none without it. Raises `SettingsError`."""
    inside = folder / STAMPING_FOLDER
    return load_authorities(inside) if inside.is_dir() else ()


def is_root(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer


def _read_certificates(file: Path) -> list[x509.Certificate]:
    try:
        content = file.read_bytes()
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"Le certificat d'autorité « {file.name} » est illisible.",
            advice="Remplacez ce fichier par un certificat au format PEM ou DER, ou retirez-le du dossier.",
        ) from error


def _parse(path: Path, passphrase: str) -> tuple[object, x509.Certificate, list[x509.Certificate]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            "Le fichier du certificat de signature est introuvable ou illisible.",
            advice="Vérifiez son chemin et ses droits dans les réglages.",
        ) from error
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase.encode("utf-8"))
    except ValueError as error:
        raise SettingsError(
            "La phrase secrète ne correspond pas au certificat de signature, ou ce fichier est abîmé.",
            advice="Vérifiez la phrase secrète dans les réglages, puis le fichier PKCS#12 (.p12 ou .pfx).",
        ) from error
    if key is None:
        raise SettingsError(
            "Le fichier du certificat de signature ne contient pas de clé privée.",
            advice="Exportez à nouveau le certificat « avec la clé privée » au format PKCS#12.",
        )
    if certificate is None:
        raise SettingsError(
            "Le fichier PKCS#12 contient une clé mais pas le certificat qui lui correspond.",
            advice="Exportez à nouveau le certificat avec sa clé privée.",
        )
    return key, certificate, list(others)


def _split_chain(
    certificate: x509.Certificate, others: list[x509.Certificate]
) -> tuple[tuple[x509.Certificate, ...], tuple[x509.Certificate, ...]]:
    """``(intermediates, roots)``: without any other certificate the signer's own is the root."""
    roots = tuple(other for other in others if is_root(other))
    if not roots:
        roots = (others[-1],) if others else (certificate,)
    return tuple(other for other in others if other not in roots), roots


def check_period(certificate: x509.Certificate, now: datetime) -> None:
    """Raise `SettingsError` unless the certificate is valid at ``now``."""
    if certificate.not_valid_after_utc < now:
        raise SettingsError(
            f"Le certificat de signature a expiré le {certificate.not_valid_after_utc:%d/%m/%Y}.",
            advice="Renouvelez-le auprès de votre fournisseur, puis indiquez le nouveau fichier dans les réglages.",
        )
    if certificate.not_valid_before_utc > now:
        raise SettingsError(
            f"Le certificat de signature n'est valable qu'à partir du {certificate.not_valid_before_utc:%d/%m/%Y}.",
            advice="Vérifiez la date de l'ordinateur.",
        )


def check_usage(certificate: x509.Certificate) -> None:
    """Raise `SettingsError` for a certificate that authenticates or encrypts, but does not sign documents."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.content_commitment:
        raise SettingsError(
            "Ce certificat n'est pas fait pour signer des documents (usage « non-répudiation » absent).",
            advice="Demandez un certificat de signature, et non d'authentification ou de chiffrement.",
        )


def _not_valid_after(path: Path, passphrase: str) -> datetime:
    return _parse(path, passphrase)[1].not_valid_after_utc


def _passphrase(folder: Path) -> str:
    path = folder / _PASSPHRASE_FILE
    if not path.exists():
        if any(folder.glob("*.p12")):
            raise SettingsError(
                "La phrase secrète du certificat du cabinet a disparu.",
                advice=f"Remettez « {_PASSPHRASE_FILE} » depuis la sauvegarde, à côté du certificat.",
            )
        write_once(path, secrets.token_urlsafe(32).encode("ascii"))
    return path.read_text("ascii").strip()


def _make_authority(practice_name: str, now: datetime, passphrase: str) -> bytes:
    key = rsa.generate_private_key(65537, _KEY_BITS)
    name = _name(practice_name, f"Autorité de {practice_name}")
    builder = _builder(name, name, key.public_key(), key.public_key(), now, _AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    return _pack(key, certificate, None, passphrase)


def _make_signer(practice_name: str, authority: LoadedCertificate, now: datetime, passphrase: str) -> bytes:
    key = rsa.generate_private_key(65537, _KEY_BITS)
    issuer = authority.certificate
    name = _name(practice_name, practice_name)
    builder = _builder(name, issuer.subject, key.public_key(), authority.key.public_key(), now, _SIGNER_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    return _pack(key, builder.sign(authority.key, hashes.SHA256()), [issuer], passphrase)


def _name(practice_name: str, common_name: str) -> x509.Name:
    organisation = practice_name[:_MAX_COMMON_NAME] or "Cabinet médical"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_MAX_COMMON_NAME] or organisation),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPublicKey,
    issuer_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    start = now.astimezone(UTC) - timedelta(days=1)  # a workstation's clock may be a little behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pack(
    key: rsa.RSAPrivateKey, certificate: x509.Certificate, others: list[x509.Certificate] | None, passphrase: str
) -> bytes:
    encryption = BestAvailableEncryption(passphrase.encode("utf-8"))
    return pkcs12.serialize_key_and_certificates(b"calame", key, certificate, others, encryption)
