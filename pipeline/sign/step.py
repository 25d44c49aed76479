"""The rule of signing: the right person signs exactly the bytes that were reviewed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pipeline.errors import NotAllowed, SignatureInvalid, SigningFailed, StaleDraft
from pipeline.model.document import Draft, ReviewedDraft
from pipeline.model.people import Role, User, titled
from pipeline.sign.port import PdfSigner

REASON = "Document relu et validé"
"""What the signature says it means (ISO 32000-2, table 255, ``/Reason``)."""
REVIEWED = "Relu et corrigé avant signature"
_KEPT = "Le document relu est conservé ; prévenez l'administrateur."


def may_sign(role: Role, signers: tuple[Role, ...]) -> bool:
    """Whether the role may sign a kind whose catalogue entry names ``signers``."""
    return role in signers


def delegating(reviewed: ReviewedDraft, signer: User, *, delegation: bool) -> str:
    """The name of the doctor by whose delegation ``signer`` signs, or ``""`` when it is in their own name.

    Only a secretary signs by delegation, and only a kind whose catalogue entry says ``delegation: true``; the doctor
    is the one who dictated, and must be a known account.
    """
    author = reviewed.revision.author
    return author.name if delegation and signer.role is Role.SECRETARY and author.login else ""


def mark_reviewed(draft: Draft, pdf: bytes, reviewer: User, port: PdfSigner, at: datetime) -> bytes | None:
    """The reviewed PDF with the secretary's « relu », or None for a doctor, whose signature says it.

    Raises `StaleDraft` (``pdf`` is not the draft's) and `SigningFailed`.
    """
    if reviewer.role is not Role.SECRETARY:
        return None
    _check_content(pdf, draft.pdf.sha256)
    marked = port.mark_reviewed(pdf, reviewer=reviewer, at=at, reason=REVIEWED)
    _check_begins_with(marked, pdf)
    return marked


def sign(
    reviewed: ReviewedDraft,
    pdf: bytes,
    signer: User,
    signers: tuple[Role, ...],
    port: PdfSigner,
    at: datetime,
    *,
    delegation: bool = False,
) -> tuple[bytes, str]:
    """Sign the reviewed PDF; returns the signed file and its level, such as ``PAdES-B-B``.

    ``pdf`` is ``reviewed.to_sign``: the reviewed PDF, followed by the « relu » when there is one. The result begins
    with it unchanged and was judged valid before it is returned.

    Raises `NotAllowed` (role), `StaleDraft` (``pdf`` is not what was reviewed), `SigningFailed` (no signature, or one
    that rewrites what was reviewed), `TimestampUnreachable`, `SignatureInvalid` (the signature does not hold).
    """
    if not may_sign(signer.role, signers):
        raise _not_allowed(signers)
    _check_content(pdf, reviewed.to_sign.sha256)
    _check_content(pdf[: reviewed.pdf.size], reviewed.pdf.sha256)
    doctor = delegating(reviewed, signer, delegation=delegation)
    reason = f"Signé par délégation du {titled(doctor)}. {REASON}" if doctor else REASON
    signed = port.sign(pdf, signer=signer, at=at, reason=reason, on_behalf_of=doctor)
    _check_begins_with(signed, pdf)
    report = port.verify(signed)
    if not report.valid:
        raise SignatureInvalid(
            f"La signature vient d'être faite mais ne se vérifie pas : {report.message}", advice=_KEPT
        )
    return signed, report.level


def _check_content(pdf: bytes, sha256: str) -> None:
    if hashlib.sha256(pdf).hexdigest() != sha256:
        raise StaleDraft("Le document présenté à la signature n'est pas celui qui a été relu.")


def _check_begins_with(signed: bytes, pdf: bytes) -> None:
    if not signed.startswith(pdf) or len(signed) == len(pdf):
        raise SigningFailed("La signature aurait modifié le document relu : elle est refusée.", advice=_KEPT)


def _not_allowed(signers: tuple[Role, ...]) -> NotAllowed:
    if signers == (Role.DOCTOR,):
        return NotAllowed(
            "Seul le médecin signe ce document : un certificat, une attestation ou un document médical est signé par "
            "le praticien qui l'établit (article R.4127-76 du code de la santé publique).",
            advice="Transmettez-le au médecin, qui le trouvera dans son parapheur.",
        )
    return NotAllowed("Votre rôle ne permet pas de signer ce document.", advice="Transmettez-le à qui peut le signer.")
