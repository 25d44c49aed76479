"""The rule of signing: the right person signs exactly the bytes that were reviewed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pipeline.errors import NotAllowed, SignatureInvalid, SigningFailed, StaleDraft
from pipeline.model.document import ReviewedDraft
from pipeline.model.people import Role, User
from pipeline.sign.port import PdfSigner

REASON = "Document relu et validé"
"""What the signature says it means (ISO 32000-2, table 255, ``/Reason``)."""


def may_sign(role: Role, signers: tuple[Role, ...]) -> bool:
    """Whether the role may sign a kind whose catalogue entry names ``signers``."""
    return role in signers


def sign(
    reviewed: ReviewedDraft,
    pdf: bytes,
    signer: User,
    signers: tuple[Role, ...],
    port: PdfSigner,
    at: datetime,
) -> tuple[bytes, str]:
    """Sign the reviewed PDF; returns the signed file and its level, such as ``PAdES-B-B``.

    The result begins with ``pdf`` unchanged and was judged valid before it is returned.

    Raises `NotAllowed` (role), `StaleDraft` (``pdf`` is not what was reviewed), `SigningFailed` (no signature, or one
    that rewrites what was reviewed), `SignatureInvalid` (the signature does not hold).
    """
    if not may_sign(signer.role, signers):
        raise _not_allowed(signers)
    if hashlib.sha256(pdf).hexdigest() != reviewed.pdf.sha256:
        raise StaleDraft("Le document présenté à la signature n'est pas celui qui a été relu.")
    signed = port.sign(pdf, signer=signer, at=at, reason=REASON)
    if not signed.startswith(pdf) or len(signed) == len(pdf):
        raise SigningFailed(
            "La signature aurait modifié le document relu : elle est refusée.",
            advice="Le document relu est conservé ; prévenez l'administrateur.",
        )
    report = port.verify(signed)
    if not report.valid:
        raise SignatureInvalid(
            f"La signature vient d'être faite mais ne se vérifie pas : {report.message}",
            advice="Le document relu est conservé ; prévenez l'administrateur.",
        )
    return signed, report.level


def _not_allowed(signers: tuple[Role, ...]) -> NotAllowed:
    if signers == (Role.DOCTOR,):
        return NotAllowed(
            "Seul le médecin signe ce document : un certificat, une attestation ou un document médical est signé par "
            "le praticien qui l'établit (article R.4127-76 du code de la santé publique).",
            advice="Transmettez-le au médecin, qui le trouvera dans son parapheur.",
        )
    return NotAllowed("Votre rôle ne permet pas de signer ce document.", advice="Transmettez-le à qui peut le signer.")
