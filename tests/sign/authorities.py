"""A real authority on loopback: it certifies, gives the time (RFC 3161), and tells revoked certificates (OCSP, CRL)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.sign.certificate import LoadedCertificate
from pipeline.sign.pen import asn1

SIGNING, STAMPING, AUTHORITY = "signing", "stamping", "authority"


@dataclass
class Authority:
    """``revoked`` and ``down`` (parts of a path such as "tsa") may be changed while it serves; ``asked`` counts."""

    port: int = 0
    revoked: set[int] = field(default_factory=set)
    down: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = _key()
        self.root = self._certify("Autorité d'essai", self._key, AUTHORITY, self._key)
        self._stamp_key = _key()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def certify(self, name: str, *, rpps: str = "", ocsp: bool = False) -> LoadedCertificate:
        """A signing certificate that names the CRL, or the OCSP responder, of this authority."""
        key = _key()
        certificate = self._certify(name, key, SIGNING, self._key, rpps=rpps, ocsp=ocsp)
        return LoadedCertificate(key, certificate, (), (self.root,))

    def open(self) -> None:
        """Once the port is known: certificates name it."""
        stamp = self._certify("Horodatage d'essai", self._stamp_key, STAMPING, self._key)
        der = self._stamp_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        chain = SimpleCertificateStore()
        chain.register(asn1(self.root))
        self._stamper = DummyTimeStamper(asn1(stamp), asn1_keys.PrivateKeyInfo.load(der), certs_to_embed=chain)

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        part = path.strip("/")
        self.asked.append(part)
        if part in self.down:
            return 503, "text/plain", b"down"
        if part == "tsa":
            response = asyncio.run(self._stamper.async_request_tsa_response(tsp.TimeStampReq.load(body)))
            return 200, "application/timestamp-reply", response.dump()
        if part == "ocsp":
            return 200, "application/ocsp-response", self._ocsp(body)
        return 200, "application/pkix-crl", self._crl()

    def _crl(self) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(now - timedelta(days=30))
            .next_update(now + timedelta(days=30))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - timedelta(days=20))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _ocsp(self, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body)
        now = datetime.now(UTC)
        revoked = asked.serial_number in self.revoked
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now - timedelta(days=30),
            next_update=now + timedelta(days=30),
            revocation_time=now - timedelta(days=20) if revoked else None,
            revocation_reason=None,
        )
        for extension in asked.extensions:
            builder = builder.add_extension(extension.value, critical=False)
        signed = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root).sign(self._key, hashes.SHA256())
        return signed.public_bytes(Encoding.DER)

    def _certify(
        self,
        name: str,
        key: rsa.RSAPrivateKey,
        use: str,
        issuer_key: rsa.RSAPrivateKey,
        *,
        rpps: str = "",
        ocsp: bool = False,
    ) -> x509.Certificate:
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Essai"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
        if rpps:
            subject.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"8{rpps}"))
        now = datetime.now(UTC)
        is_authority = use == AUTHORITY
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(x509.Name(subject) if is_authority else self.root.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=700))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
            .add_extension(_usage(use), critical=True)
        )
        if use == STAMPING:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        if ocsp:
            responder = x509.UniformResourceIdentifier(f"{self.address}/ocsp")
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, responder)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        elif not is_authority:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{self.address}/crl")], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return builder.sign(issuer_key, hashes.SHA256())


@contextmanager
def serving() -> Iterator[Authority]:
    """An authority on a free port."""
    authority = Authority()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["Content-Length"])))

        def _reply(self, body: bytes) -> None:
            status, media_type, content = authority.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.port = server.server_port
    authority.open()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _usage(use: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=use != AUTHORITY,
        content_commitment=use == SIGNING,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=use == AUTHORITY,
        crl_sign=use == AUTHORITY,
        encipher_only=False,
        decipher_only=False,
    )
