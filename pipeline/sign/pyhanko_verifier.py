"""Whether a signed PDF still is what was signed: pyHanko is the only judge.

Measured: Poppler's ``pdfsig`` calls a file with an added annotation or page valid; pyHanko rejects it. What no
signature covers at all is checked by `canonical`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pipeline.model.clock import local
from pipeline.sign.canonical import is_written_one_way
from pipeline.sign.embedded_source import source_of
from pipeline.sign.levels import Level
from pipeline.sign.port import REVIEW, SEAL, SIGNATURE, SignatureFacts, SignatureReport
from pipeline.sign.signatory import Holder, holder_of, is_made_to_sign, one_line, same_name

Certificates = tuple[asn1_x509.Certificate, ...]
Status = PdfSignatureStatus | DocumentTimestampStatus

REVIEW_FIELD = "Relecture"
"""The name of the field of a « relu »: such a signature alone does not make a signed document."""
_ASK = "Ne l'utilisez pas ; demandez l'original à l'administrateur."


@dataclass(frozen=True)
class House:
    """The practice's certificate, which signs for all of its people and so is believed about who did.

    ``name`` is its holder's; it is believed under every certificate of that name that leads to ``roots``.
    ``made_here``: its authority is the practice's own, and whatever that issued is the practice's.
    """

    name: str = ""
    roots: Certificates = ()
    made_here: bool = False

    def owns(self, path: Sequence[asn1_x509.Certificate]) -> bool:
        """Whether a chain that was found good ends with a certificate of this practice."""
        known = {root.dump() for root in self.roots}
        if not path or not any(link.dump() in known for link in path):
            return False
        return self.made_here or (bool(self.name) and holder_of(path[-1].subject).name == self.name)


@dataclass(frozen=True)
class _Judged:
    """One signature or time stamp with pyHanko's verdict; ``known``: the signer's own certificate is trusted."""

    signature: EmbeddedPdfSignature
    status: Status
    facts: SignatureFacts
    holder: Holder
    known: bool

    @property
    def accepted(self) -> bool:
        if isinstance(self.status, PdfSignatureStatus):
            return bool(self.status.bottom_line)
        return bool(self.status.intact and self.status.valid and self.status.trusted)


def verify_pdf(
    pdf: bytes,
    roots: Certificates,
    others: Certificates,
    *,
    stamping: Certificates = (),
    house: House | None = None,
) -> SignatureReport:
    """Judge every signature of ``pdf``; the report describes the last one that engages. Never raises.

    Valid: each signature and time stamp is intact and allows what was added after it; the last one covers the whole
    file; all certificates lead to ``roots``, those of time stamps to ``roots`` or ``stamping``; nobody is named but the
    holder of the certificate, except by the practice (``house``). A chain is judged at the hour of its time stamp,
    else at the hour that the signature itself declares, because PAdES-B-B carries no other proof of time and an archive
    outlives its certificates. Revocation is judged by the proofs in the file: patient documents are judged without the
    network.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        found = sorted(reader.embedded_signatures, key=_end)
        if not any(one.sig_object_type == "/Sig" for one in found):
            return _refused("Ce document n'est pas signé.")
        trust = _Trust(reader, roots, others)
        stamps = _Trust(reader, (*roots, *stamping), others)
        judged = [_judge(pdf, one, trust, stamps, house or House()) for one in found]
        return _report(reader, judged)
    except Exception:  # damage takes any form, and a damaged file is an answer here, not a fault
        return _refused(f"Ce fichier est abîmé ou a été modifié : sa signature est illisible. {_ASK}")


class _Trust:
    """Makes validation contexts from the roots and from the proofs that the file carries."""

    def __init__(self, reader: PdfFileReader, roots: Certificates, others: Certificates) -> None:
        self._known: dict[str, Any] = {"trust_roots": list(roots), "other_certs": list(others)}
        try:
            self._store: DocumentSecurityStore | None = DocumentSecurityStore.read_dss(reader)
        except NoDSSFoundError:
            self._store = None

    @property
    def has_proofs(self) -> bool:
        return self._store is not None and bool(self._store.ocsps or self._store.crls)

    def at(self, moment: datetime | None, *, proven: bool = False) -> ValidationContext:
        """``proven``: every certificate below a root must be shown not revoked."""
        more: dict[str, Any] = {
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": "require" if proven else "soft-fail",
            "retroactive_revinfo": True,
        }
        if self._store is not None:
            return self._store.as_validation_context({**self._known, **more})
        return ValidationContext(**self._known, **more)


def _end(signature: EmbeddedPdfSignature) -> int:
    """Where the bytes that it covers end."""
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


def _judge(pdf: bytes, signature: EmbeddedPdfSignature, trust: _Trust, stamps: _Trust, house: House) -> _Judged:
    if signature.sig_object_type == "/DocTimeStamp":
        return _judge_seal(pdf, signature, stamps)
    stamped_at = _hour_of(next(extract_tst_data_iter(signature.signer_info, signed=False), None))
    moment = stamped_at or signature.self_reported_timestamp
    status = validate_pdf_signature(signature, trust.at(moment), stamps.at(stamped_at))
    stamping = status.timestamp_validity
    proven = False
    if stamping is not None and trust.has_proofs:
        again = validate_pdf_signature(
            signature, trust.at(moment, proven=True), stamps.at(stamped_at, proven=True), skip_diff=True
        )
        proven = bool(again.trusted and again.timestamp_validity and again.timestamp_validity.trusted)
    path = tuple(status.validation_path.iter_certs(include_root=True)) if status.validation_path else ()
    known = bool(status.trusted) and is_made_to_sign(path)
    holder = holder_of(status.signing_cert.subject)
    claimed = one_line(signature.sig_object.get("/Name") or "")
    vouched = known and house.owns(path)
    facts = SignatureFacts(
        role=REVIEW if signature.field_name == REVIEW_FIELD else SIGNATURE,
        signer=claimed if vouched and claimed else holder.name,
        holder=holder.name,
        issuer=holder_of(status.signing_cert.issuer).name,
        reason=one_line(signature.sig_object.get("/Reason", "")),
        claimed_at=signature.self_reported_timestamp,
        stamped_at=stamped_at if stamping is not None else None,
        stamped_by=holder_of(stamping.signing_cert.subject).name if stamping is not None else "",
        level=_level(signature, stamped=stamping is not None, proven=proven),
        intact=_is_intact(pdf, signature, status) and (stamping is None or bool(stamping.intact and stamping.valid)),
        trusted=known and (stamping is None or bool(stamping.trusted)),
        claimed=claimed,
        numbers=holder.numbers,
        vouched=vouched,
        named=vouched or same_name(claimed, holder.name),
    )
    return _Judged(signature, status, facts, holder, known)


def _judge_seal(pdf: bytes, signature: EmbeddedPdfSignature, stamps: _Trust) -> _Judged:
    at = _hour_of(signature.signed_data)
    status = validate_pdf_timestamp(signature, stamps.at(at))
    holder = holder_of(status.signing_cert.subject)
    facts = SignatureFacts(
        role=SEAL,
        signer="",
        holder=holder.name,
        issuer=holder_of(status.signing_cert.issuer).name,
        reason="",
        claimed_at=None,
        stamped_at=status.timestamp,
        stamped_by=holder.name,
        level="",
        intact=_is_intact(pdf, signature, status),
        trusted=bool(status.trusted),
    )
    return _Judged(signature, status, facts, holder, True)


def _hour_of(token: Any) -> datetime | None:
    """The hour in a time-stamp token (RFC 3161, 2.4.2); it counts only once the token is judged."""
    if token is None:
        return None
    at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return at


def _report(reader: PdfFileReader, judged: list[_Judged]) -> SignatureReport:
    engaging = [one for one in judged if one.facts.role == SIGNATURE]
    last = judged[-1]
    intact = all(one.facts.intact for one in judged)
    whole_file = last.status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    trusted = all(one.facts.trusted for one in judged)
    accepted = all(one.accepted for one in judged)
    source, source_intact = source_of(reader, judged[0].signature.signed_revision)
    said = engaging[-1] if engaging else judged[0]
    level = said.facts.level
    if engaging and level == _PADES.format(Level.LT) and last.facts.role == SEAL and last.facts.trusted:
        level = _PADES.format(Level.LTA)
    changed = _changed(intact, whole_file, source_intact)
    author = _author_of(source)
    doubt = "" if changed else _doubt(judged) or _dispute(judged, author)
    return SignatureReport(
        valid=bool(engaging) and accepted and intact and whole_file and trusted and not (changed or doubt),
        intact=intact and source_intact is not False,
        trusted=trusted,
        whole_file=whole_file,
        signer=said.facts.signer,
        signed_at=said.facts.stamped_at or said.facts.claimed_at,
        level=level,
        message=changed or _unsigned(said, doubt) or doubt or _says(said, author, accepted=accepted),
        signatures=tuple(one.facts for one in judged),
        source=source,
        source_intact=source_intact,
        named=not _dispute(judged, author),
    )


def _changed(intact: bool, whole_file: bool, source_intact: bool | None) -> str:
    """How the file is not what was signed."""
    if not intact:
        return f"Ce fichier a été modifié après sa signature. {_ASK}"
    if not whole_file:
        return f"Quelque chose a été ajouté à ce fichier après sa signature. {_ASK}"
    if source_intact is False:
        return f"La source jointe à ce fichier n'est pas celle qui a été signée. {_ASK}"
    return ""


def _doubt(judged: Sequence[_Judged]) -> str:
    """Whose certificate this practice does not trust."""
    if all(one.facts.trusted for one in judged):
        return ""
    stranger = next((one for one in judged if not one.known), None)
    if stranger is None:
        return "Le fichier est intact, mais le certificat du service d'horodatage n'est pas reconnu par ce cabinet."
    whose = "de sa relecture" if stranger.facts.role == REVIEW else "de son signataire"
    return (
        f"Le fichier est intact, mais le certificat {whose} (« {stranger.holder.name} ») n'est pas reconnu par ce "
        "cabinet."
    )


def _dispute(judged: Sequence[_Judged], author: tuple[str, str]) -> str:
    """Who is named in the file, or in the signed document, though the certificate is somebody else's."""
    for one in judged:
        did = "relu" if one.facts.role == REVIEW else "signé"
        if not one.facts.named:
            return (
                f"Le fichier est intact, mais il se dit {did} par « {one.facts.claimed} », et le certificat est celui "
                f"de « {one.holder.described} » : c'est ce dernier qui l'a {did}. {_ASK}"
            )
        if one.facts.role == SIGNATURE and not one.facts.vouched and author[1] and one.holder.rpps - {author[1]}:
            return (
                f"Le fichier est intact, mais ce document est au nom de « {author[0]} » (RPPS {author[1]}), et il a "
                f"été signé avec le certificat de « {one.holder.described} ». {_ASK}"
            )
    return ""


def _unsigned(said: _Judged, doubt: str) -> str:
    """For a file with a review only."""
    if said.facts.role != REVIEW:
        return ""
    if doubt:
        return f"Ce document n'est pas signé : il ne porte qu'une relecture. {doubt}"
    return f"Ce document est relu par {said.facts.signer}, mais sa signature manque. {_ASK}"


def _says(said: _Judged, author: tuple[str, str], *, accepted: bool) -> str:
    if not accepted:
        return f"La signature de ce fichier ne respecte pas les règles attendues. {_ASK}"
    facts = said.facts
    at = facts.stamped_at or facts.claimed_at
    when = f" le {local(at):%d/%m/%Y à %H h %M} (heure de Paris)" if at else ""
    who = facts.signer if facts.vouched else said.holder.described
    by = (
        f", selon le certificat du cabinet « {facts.holder} »" if facts.vouched and facts.signer != facts.holder else ""
    )
    other = (
        f" Le document est au nom de « {author[0]} »."
        if author[0] and not (facts.vouched or _same(said, author))
        else ""
    )
    return f"Signature valide : le fichier entier est intact depuis sa signature par {who}{when}{by}.{other}"


def _same(said: _Judged, author: tuple[str, str]) -> bool:
    return author[1] in said.holder.rpps or same_name(author[0], said.holder.name)


def _author_of(source: bytes) -> tuple[str, str]:
    """The name and RPPS number of the doctor whose document the signed source says it is; "" where it says none."""
    try:
        author = json.loads(source)["author"]
        return one_line(author["name"]), one_line(author["rpps"])
    except (ValueError, KeyError, TypeError):
        return "", ""


_PADES = "PAdES-{}"


def _level(signature: EmbeddedPdfSignature, *, stamped: bool, proven: bool) -> str:
    """ETSI EN 319 142-1, of one signature; "CMS" outside PAdES. LTA is a matter of the whole file."""
    if signature.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
        return "CMS"
    return _PADES.format(Level.LT if proven else Level.T if stamped else Level.B)


def _is_intact(pdf: bytes, signature: EmbeddedPdfSignature, status: Status) -> bool:
    """What it covers is unchanged, and what was added after it is allowed: after a time stamp, further proofs only."""
    if isinstance(status, PdfSignatureStatus):
        kept = bool(status.docmdp_ok)
    else:
        kept = status.modification_level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    return bool(status.intact and status.valid) and kept and is_written_one_way(pdf, signature)


def _refused(message: str) -> SignatureReport:
    return SignatureReport(valid=False, intact=False, trusted=False, whole_file=False, message=message)
