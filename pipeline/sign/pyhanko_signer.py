"""PAdES signatures with pyHanko, B-B to B-LTA (ETSI EN 319 142-1), with a visible stamp."""

from __future__ import annotations

import copy
import io
import logging
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, SimpleBoxLayoutRule
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    InvisSigSettings,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    enumerate_sig_fields,
)
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import BaseStampStyle, StaticStampStyle

from pipeline.errors import CalameError, SigningFailed
from pipeline.model.clock import ZONE
from pipeline.model.people import Role, User
from pipeline.sign.certificate import LoadedCertificate, is_root
from pipeline.sign.levels import Level, Profile
from pipeline.sign.pen import Pen, asn1, pen_of
from pipeline.sign.port import SignatureReport
from pipeline.sign.proofs import long_term, stamper_of, translated
from pipeline.sign.pyhanko_verifier import REVIEW_FIELD, House, verify_pdf
from pipeline.sign.signatory import holder_of
from pipeline.sign.stamp import draw_stamp, stamp_lines

_CENTRED = (AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID)  # no margin: the stamp has the size of the field
T = TypeVar("T")
_RETRY = "Le document n'est pas signé et n'a pas changé ; prévenez l'administrateur si cela se répète."


class PyhankoSigner:
    """Signs with one certificate and judges against its roots (and ``trusted`` ones; ``stamping`` ones give the time).

    ``field_name`` is the empty signature field that composed documents carry; it is filled with a visible stamp. A PDF
    without that field (a foreign one) is signed invisibly. After the signature nothing may change (field lock All,
    DocMDP NO_CHANGES). ``timezone`` is the one of the stamp's hour. ``profile`` says how much proof signatures carry;
    a « relu » is B-B always, for what seals the signature seals it too. ``seal`` is the practice's certificate where
    ``certificate`` is a doctor's own: only that doctor then signs with the latter, and the secretariat with the seal.
    """

    def __init__(
        self,
        certificate: LoadedCertificate,
        *,
        field_name: str = "Signature",
        location: str = "",
        trusted: Iterable[x509.Certificate] = (),
        stamping: Iterable[x509.Certificate] = (),
        timezone: ZoneInfo | None = None,
        profile: Profile | None = None,
        seal: LoadedCertificate | None = None,
    ) -> None:
        trusted, stamping = tuple(trusted), tuple(stamping)
        self._pen = pen_of(certificate, personal=seal is not None)
        self._seal = pen_of(seal) if seal else self._pen
        self._field_name = field_name
        self._location = location
        self._timezone = timezone or ZONE
        self._profile = profile or Profile()
        self._roots = tuple(
            asn1(root) for root in (*certificate.roots, *(seal.roots if seal else ()), *filter(is_root, trusted))
        )
        self._stamping = tuple(asn1(root) for root in stamping if is_root(root))
        self._house = _house(seal or certificate)
        links = (link for link in (*trusted, *stamping) if not is_root(link))
        self._intermediates = tuple(asn1(link) for link in (*certificate.intermediates, *links))
        logging.getLogger("pyhanko").setLevel(logging.ERROR)  # its warnings quote what stands in the file
        logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

    def holding(self, pen: Pen) -> PyhankoSigner:
        """The same with another certificate to sign with."""
        other = copy.copy(self)
        other._pen = pen
        return other

    def sign(self, pdf: bytes, *, signer: User, at: datetime, reason: str, on_behalf_of: str = "") -> bytes:
        """See `PdfSigner.sign`. Raises `SigningFailed` (expired or revoked certificate, unreadable, encrypted or locked
        PDF), `NotAllowed` (another person's card) and `TimestampUnreachable`."""
        pen = self._pen if signer.role is Role.DOCTOR else self._seal
        pen.check(signer, at)
        return self._extended(pdf, lambda: self._sign(pen, pdf, signer, at, reason, on_behalf_of))

    def mark_reviewed(self, pdf: bytes, *, reviewer: User, at: datetime, reason: str) -> bytes:
        """See `PdfSigner.mark_reviewed`."""
        self._seal.check(reviewer, at)
        return self._extended(pdf, lambda: self._mark(pdf, reviewer, at, reason))

    def verify(self, pdf: bytes) -> SignatureReport:
        """See `PdfSigner.verify`; the judge is pyHanko."""
        return _alone(
            lambda: verify_pdf(pdf, self._roots, self._intermediates, stamping=self._stamping, house=self._house)
        )

    def _extended(self, pdf: bytes, work: Callable[[], bytes]) -> bytes:
        try:
            signed = _alone(work)
        except CalameError:
            raise
        except Exception as error:  # whatever the library meets in a foreign file: nothing is signed
            known = translated(error)
            if known is not None:
                raise known from error
            raise SigningFailed(
                "Ce PDF ne peut pas être signé (protégé, abîmé ou verrouillé).", advice=_RETRY
            ) from error
        if signed[: len(pdf)] != pdf or len(signed) <= len(pdf):
            raise SigningFailed("La signature aurait modifié le document relu.", advice=_RETRY)
        return signed

    def _sign(self, pen: Pen, pdf: bytes, signer: User, at: datetime, reason: str, on_behalf_of: str) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        box = self._empty_field(writer)
        profile = self._profile_of(pen, signer)
        metadata = signers.PdfSignatureMetadata(
            field_name=self._field_name if box else self._free_name(writer),
            name=pen.name_of(signer),
            reason=reason or None,
            location=self._location or None,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            **long_term(profile, (*self._roots, *self._stamping), self._intermediates, at),
        )
        stamper = stamper_of(profile) if profile.level.needs_stamp else None
        output = io.BytesIO()
        with tempfile.TemporaryDirectory(prefix="calame-stamp-") as folder:
            style = self._stamp(Path(folder), signer, at, on_behalf_of, box) if box else None
            spec = None if box else _invisible_field(str(metadata.field_name), FieldMDPAction.ALL, MDPPerm.NO_CHANGES)
            dated = _DatedSigner(
                metadata, pen.signer, at=at, stamp_style=style, new_field_spec=spec, timestamper=stamper
            )
            dated.sign_pdf(writer, existing_fields_only=bool(box), output=output)
        return output.getvalue()

    def _profile_of(self, pen: Pen, signer: User) -> Profile:
        """A secretary's signature with a certificate that nobody could revoke goes no further than its time stamp."""
        reachable = signer.role is Role.DOCTOR or pen.tells_revocation or not self._profile.level.needs_revocation
        return self._profile if reachable else replace(self._profile, level=Level.T)

    def _mark(self, pdf: bytes, reviewer: User, at: datetime, reason: str) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        self._empty_field(writer)
        metadata = signers.PdfSignatureMetadata(
            field_name=REVIEW_FIELD,
            name=reviewer.name,
            reason=reason,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )
        spec = _invisible_field(REVIEW_FIELD, FieldMDPAction.INCLUDE, MDPPerm.FILL_FORMS)
        output = io.BytesIO()
        dated = _DatedSigner(metadata, self._seal.signer, at=at, new_field_spec=spec)
        dated.sign_pdf(writer, output=output)
        return output.getvalue()

    def _empty_field(self, writer: IncrementalPdfFileWriter) -> tuple[float, float] | None:
        """The size in points of the field to fill, None when the PDF has none of this name."""
        for name, value, reference in enumerate_sig_fields(writer.prev):
            if name != self._field_name:
                continue
            if value is not None:
                raise SigningFailed("Ce document est déjà signé.", advice="Ouvrez sa version signée.")
            left, bottom, right, top = (float(edge) for edge in reference.get_object()["/Rect"])
            width, height = abs(right - left), abs(top - bottom)
            return (width, height) if width and height else None
        return None

    def _free_name(self, writer: IncrementalPdfFileWriter) -> str:
        try:
            fields = writer.prev.root["/AcroForm"]["/Fields"]
        except KeyError:
            fields = ()
        taken = {str(field.get_object().get("/T", "")) for field in fields}
        names = (f"{self._field_name}{number or ''}" for number in range(len(taken) + 1))
        return next(name for name in names if name not in taken)

    def _stamp(
        self, folder: Path, signer: User, at: datetime, on_behalf_of: str, box: tuple[float, float]
    ) -> BaseStampStyle:
        path = folder / "stamp.pdf"
        path.write_bytes(draw_stamp(stamp_lines(signer, at, self._timezone, on_behalf_of), *box))
        return StaticStampStyle.from_pdf_file(
            str(path), border_width=0, background_layout=SimpleBoxLayoutRule(*_CENTRED), background_opacity=1.0
        )


def _house(certificate: LoadedCertificate) -> House:
    """Whom the practice's certificate names; it signs for the secretariat, and for a doctor without one."""
    name = holder_of(asn1(certificate.certificate).subject).name
    return House(name, tuple(asn1(root) for root in certificate.roots), certificate.made_here)


def _alone(work: Callable[[], T]) -> T:
    """In a thread of its own: pyHanko runs an event loop, which a thread that already has one refuses."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


class _DatedSigner(signers.PdfSigner):
    """pyHanko takes the hour from the clock; the hour of a signature here is the flow's."""

    def __init__(
        self,
        metadata: signers.PdfSignatureMetadata,
        signer: signers.Signer,
        *,
        at: datetime,
        stamp_style: BaseStampStyle | None = None,
        new_field_spec: SigFieldSpec | None = None,
        timestamper: TimeStamper | None = None,
    ) -> None:
        super().__init__(
            metadata, signer, timestamper=timestamper, stamp_style=stamp_style, new_field_spec=new_field_spec
        )
        self._at = at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._at
        return session


def _invisible_field(name: str, locks: FieldMDPAction, then: MDPPerm) -> SigFieldSpec:
    """Outside the page, so that PDF/UA asks for no structure element (ISO 14289-1, 7.18.4); locks itself or all."""
    fields = [name] if locks is FieldMDPAction.INCLUDE else None
    return SigFieldSpec(
        name,
        field_mdp_spec=FieldMDPSpec(locks, fields=fields),
        doc_mdp_update_value=then,
        invis_sig_settings=InvisSigSettings(set_print_flag=True, set_hidden_flag=False),
    )
