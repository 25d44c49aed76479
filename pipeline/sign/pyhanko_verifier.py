"""Whether a signed PDF still is what was signed: pyHanko is the only judge.

Measured: Poppler's ``pdfsig`` calls a file with an added annotation or page valid; pyHanko rejects it. Some bytes
inside the signature container are covered by no signature at all (padding, the case of its hexadecimal digits,
redundant fields of the CMS structure): pyHanko passes over them. They cannot change what a reader sees, but an
archived file must be the file that was made, so `_is_written_one_way` refuses those too.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pipeline.sign.port import SignatureReport

Certificates = tuple[asn1_x509.Certificate, ...]

_HEX_STRING = re.compile(rb"<(?:[0-9A-F]+|[0-9a-f]+)>")
_INTEGER_1, _INTEGER_3 = b"\x02\x01\x01", b"\x02\x01\x03"
_NO_PARAMETERS = (b"", b"\x05\x00")  # RFC 5754, 2: absent, or NULL
_PARIS = ZoneInfo("Europe/Paris")
_ASK = "Ne l'utilisez pas ; demandez l'original à l'administrateur."


def verify_pdf(pdf: bytes, roots: Certificates, others: Certificates) -> SignatureReport:
    """Judge every signature of ``pdf``; the report describes the last one. Never raises.

    Valid: each signature is intact and allows what was added after it; the last one covers the whole file and its
    certificate leads to ``roots``. The chain is judged at the time that the signature itself declares, because
    PAdES-B-B carries no other proof of time and an archive outlives its certificates.
    """
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return _refused("Ce document n'est pas signé.")
        signatures = sorted(found, key=_end)
        judged = [(one, _judge(one, roots, others)) for one in signatures]
        earlier_hold = all(_is_intact(pdf, *pair) and pair[1].docmdp_ok for pair in judged[:-1])
        return _report(pdf, *judged[-1], earlier_hold)
    except Exception:  # damage takes any form, and a damaged file is an answer here, not a fault
        return _refused(f"Ce fichier est abîmé ou a été modifié : sa signature est illisible. {_ASK}")


def _end(signature: EmbeddedPdfSignature) -> int:
    """Where the bytes that it covers end."""
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


def _judge(signature: EmbeddedPdfSignature, roots: Certificates, others: Certificates) -> PdfSignatureStatus:
    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=list(others),
        allow_fetching=False,  # patient documents are judged without the network
        revocation_mode="soft-fail",
        moment=signature.self_reported_timestamp,
    )
    return validate_pdf_signature(signature, context)


def _report(
    pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, earlier_hold: bool
) -> SignatureReport:
    intact = _is_intact(pdf, signature, status) and earlier_hold
    whole_file = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    trusted = bool(status.trusted)
    name = signature.sig_object.get("/Name") or status.signing_cert.subject.native.get("common_name", "")
    at = signature.self_reported_timestamp
    return SignatureReport(
        valid=bool(status.bottom_line) and intact and whole_file and trusted,
        intact=intact,
        trusted=trusted,
        whole_file=whole_file,
        signer=str(name),
        signed_at=at,
        level=_level(signature, status),
        message=_message(intact, whole_file, trusted, bool(status.bottom_line), str(name), at),
    )


def _message(intact: bool, whole_file: bool, trusted: bool, accepted: bool, name: str, at: datetime | None) -> str:
    if not intact:
        return f"Ce fichier a été modifié après sa signature. {_ASK}"
    if not whole_file:
        return f"Quelque chose a été ajouté à ce fichier après sa signature. {_ASK}"
    if not trusted:
        return "Le fichier est intact, mais le certificat de son signataire n'est pas reconnu par ce cabinet."
    if not accepted:
        return f"La signature de ce fichier ne respecte pas les règles attendues. {_ASK}"
    when = f" le {at.astimezone(_PARIS):%d/%m/%Y à %H h %M} (heure de Paris)" if at else ""
    return f"Signature valide : le fichier entier est intact depuis sa signature par {name}{when}."


def _level(signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> str:
    """ETSI EN 319 142-1: baseline B, or T with a time stamp; "CMS" for a signature outside PAdES."""
    if signature.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
        return "CMS"
    return "PAdES-B-T" if status.timestamp_validity is not None else "PAdES-B-B"


def _is_intact(pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> bool:
    return bool(status.intact and status.valid) and _is_written_one_way(pdf, signature)


def _is_written_one_way(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the container is written the only way that DER, RFC 5652 (5.1, 5.3) and ISO 32000 leave open."""
    _, before, after, _ = (int(edge) for edge in signature.byte_range)
    written = pdf[before:after]
    if not _HEX_STRING.fullmatch(written):
        return False
    container = bytes.fromhex(written[1:-1].decode("ascii"))
    content = cms.ContentInfo.load(container).copy()
    der = content.dump(force=True)
    signed_data = content["content"]
    (signer_info,) = signed_data["signer_infos"]
    by_issuer = signer_info["sid"].name == "issuer_and_serial_number"
    algorithm = signer_info["digest_algorithm"]
    return (
        container == der + bytes(len(container) - len(der))
        and (not by_issuer or signer_info["sid"].chosen["issuer"].dump() == signature.signer_cert.issuer.dump())
        and signer_info["version"].dump() == (_INTEGER_1 if by_issuer else _INTEGER_3)
        and signed_data["version"].dump() == (_INTEGER_1 if by_issuer else _INTEGER_3)
        and algorithm["parameters"].dump() in _NO_PARAMETERS
        and [one.dump() for one in signed_data["digest_algorithms"]] == [algorithm.dump()]
    )


def _refused(message: str) -> SignatureReport:
    return SignatureReport(valid=False, intact=False, trusted=False, whole_file=False, message=message)
