"""PAdES signatures with pyHanko, PAdES-B-B (ETSI EN 319 142-1), with a visible stamp."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
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
from pyhanko.stamp import BaseStampStyle, StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.errors import SigningFailed
from pipeline.model.people import User
from pipeline.sign.certificate import LoadedCertificate
from pipeline.sign.port import SignatureReport
from pipeline.sign.pyhanko_verifier import verify_pdf
from pipeline.sign.stamp import draw_stamp, stamp_lines

_CENTRED = (AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID)  # no margin: the stamp has the size of the field
T = TypeVar("T")
_RETRY = "Le document n'est pas signé et n'a pas changé ; prévenez l'administrateur si cela se répète."


class PyhankoSigner:
    """Signs with one certificate and judges against its roots (and ``trusted`` ones).

    ``field_name`` is the empty signature field that composed documents carry; it is filled with a visible stamp. A PDF
    without that field (a foreign one) is signed invisibly. After the signature nothing may change (field lock All,
    DocMDP NO_CHANGES). ``timezone`` is the one of the stamp's hour.
    """

    def __init__(
        self,
        certificate: LoadedCertificate,
        *,
        field_name: str = "Signature",
        location: str = "",
        trusted: Iterable[x509.Certificate] = (),
        timezone: ZoneInfo | None = None,
    ) -> None:
        self._certificate = certificate
        self._field_name = field_name
        self._location = location
        self._timezone = timezone or ZoneInfo("Europe/Paris")
        self._roots = tuple(_asn1(root) for root in (*certificate.roots, *trusted))
        self._intermediates = tuple(_asn1(link) for link in certificate.intermediates)
        self._signer = _simple_signer(certificate, self._intermediates)
        logging.getLogger("pyhanko").setLevel(logging.ERROR)  # its warnings quote what stands in the file

    def sign(self, pdf: bytes, *, signer: User, at: datetime, reason: str) -> bytes:
        """See `PdfSigner.sign`. Raises `SigningFailed`: expired certificate, unreadable, encrypted or locked PDF."""
        if not self._certificate.covers(at):
            raise SigningFailed(
                "Le certificat de signature n'est pas valable à cette date.",
                advice="Vérifiez l'heure de l'ordinateur, puis la date de fin du certificat avec l'administrateur.",
            )
        try:
            signed = _alone(lambda: self._sign(pdf, signer, at, reason))
        except SigningFailed:
            raise
        except Exception as error:  # whatever the library meets in a foreign file: nothing is signed
            raise SigningFailed(
                "Ce PDF ne peut pas être signé (protégé, abîmé ou verrouillé).", advice=_RETRY
            ) from error
        if signed[: len(pdf)] != pdf or len(signed) <= len(pdf):
            raise SigningFailed("La signature aurait modifié le document relu.", advice=_RETRY)
        return signed

    def verify(self, pdf: bytes) -> SignatureReport:
        """See `PdfSigner.verify`; the judge is pyHanko."""
        return _alone(lambda: verify_pdf(pdf, self._roots, self._intermediates))

    def _sign(self, pdf: bytes, signer: User, at: datetime, reason: str) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        box = self._empty_field(writer)
        metadata = signers.PdfSignatureMetadata(
            field_name=self._field_name if box else self._free_name(writer),
            name=signer.name,
            reason=reason or None,
            location=self._location or None,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )
        output = io.BytesIO()
        with tempfile.TemporaryDirectory(prefix="calame-stamp-") as folder:
            style = self._stamp(Path(folder), signer, at, box) if box else None
            spec = None if box else _invisible_field(str(metadata.field_name))
            dated = _DatedSigner(metadata, self._signer, at=at, stamp_style=style, new_field_spec=spec)
            dated.sign_pdf(writer, existing_fields_only=bool(box), output=output)
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
        form = writer.prev.root.get("/AcroForm", {})
        taken = {str(field.get_object().get("/T", "")) for field in form.get("/Fields", ())}
        names = (f"{self._field_name}{number or ''}" for number in range(len(taken) + 1))
        return next(name for name in names if name not in taken)

    def _stamp(self, folder: Path, signer: User, at: datetime, box: tuple[float, float]) -> BaseStampStyle:
        path = folder / "stamp.pdf"
        path.write_bytes(draw_stamp(stamp_lines(signer, at, self._timezone), *box))
        return StaticStampStyle.from_pdf_file(
            str(path), border_width=0, background_layout=SimpleBoxLayoutRule(*_CENTRED), background_opacity=1.0
        )


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
        stamp_style: BaseStampStyle | None,
        new_field_spec: SigFieldSpec | None,
    ) -> None:
        super().__init__(metadata, signer, stamp_style=stamp_style, new_field_spec=new_field_spec)
        self._at = at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._at
        return session


def _simple_signer(
    certificate: LoadedCertificate, intermediates: tuple[asn1_x509.Certificate, ...]
) -> signers.SimpleSigner:
    key = certificate.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(intermediates)  # the root stays out: a judge brings its own
    return signers.SimpleSigner(
        signing_cert=_asn1(certificate.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=store,
        prefer_pss=False,
    )


def _invisible_field(name: str) -> SigFieldSpec:
    return SigFieldSpec(
        name,
        field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL),
        doc_mdp_update_value=MDPPerm.NO_CHANGES,
        invis_sig_settings=InvisSigSettings(set_print_flag=True, set_hidden_flag=False),
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
