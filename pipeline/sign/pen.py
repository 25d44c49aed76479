"""What signs: a certificate with the means to use its key, from a PKCS#12 file or on a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.errors import NotAllowed, SigningFailed
from pipeline.model.people import User
from pipeline.sign.certificate import LoadedCertificate
from pipeline.sign.signatory import holder_of, rpps_in, same_name


@dataclass(frozen=True)
class Pen:
    """pyHanko's signer with its certificate. ``personal``: the holder must be the person who signs."""

    signer: signers.Signer
    certificate: x509.Certificate
    personal: bool = False

    @property
    def tells_revocation(self) -> bool:
        """Whether the certificate names an OCSP or CRL service; the practice's own has none."""
        named = (x509.AuthorityInformationAccess.oid, x509.CRLDistributionPoints.oid)
        return any(extension.oid in named for extension in self.certificate.extensions)

    def check(self, user: User, at: datetime) -> None:
        """Raise `SigningFailed` (not valid at ``at``) or `NotAllowed` (somebody else's card)."""
        if not self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc:
            raise SigningFailed(
                "Le certificat de signature n'est pas valable à cette date.",
                advice="Vérifiez l'heure de l'ordinateur, puis la date de fin du certificat avec l'administrateur.",
            )
        numbers = rpps_numbers(self.certificate)
        if self.personal and numbers and user.rpps not in numbers:
            raise NotAllowed(
                "La carte ou le certificat de signature est celui d'un autre praticien : rien n'est signé.",
                advice="Insérez votre carte, ou vérifiez le numéro RPPS de votre compte.",
            )

    def name_of(self, user: User) -> str:
        """The name to write into the signature: the account's, unless a personal certificate has another (a maiden
        name, a legal name), which a judge of the file would find contradicted."""
        holder = holder_of(asn1(self.certificate).subject).name
        return user.name if not self.personal or same_name(user.name, holder) else holder


def rpps_numbers(certificate: x509.Certificate) -> set[str]:
    """The RPPS numbers in the holder's name: one in a professional's certificate, none in a practice's."""
    return rpps_in(str(part.value) for part in certificate.subject)


def pen_of(loaded: LoadedCertificate, *, personal: bool = False) -> Pen:
    """The pen of a PKCS#12 file."""
    key = loaded.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=asn1(loaded.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=chain(asn1(link) for link in loaded.intermediates),
        prefer_pss=False,
    )
    return Pen(signer, loaded.certificate, personal)


def chain(intermediates: Iterable[asn1_x509.Certificate]) -> SimpleCertificateStore:
    """The certificates that go into the signature beside the signer's own: no root, a judge has its own."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(intermediates)
    return store


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
