"""The right person signs exactly what was reviewed, and the file stays an archive file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest

from pipeline.errors import NotAllowed, SignatureInvalid, SigningFailed, StaleDraft
from pipeline.model.document import ReviewedDraft
from pipeline.model.people import Role
from pipeline.sign.pyhanko_signer import PyhankoSigner
from pipeline.sign.step import may_sign, sign
from pipeline.testing import SpoiltSigner
from tests import verapdf
from tests.sign.conftest import DOCTOR, NOW, SECRETARY

DOCTOR_ONLY = (Role.DOCTOR,)
Reviewed = tuple[ReviewedDraft, bytes]


def foreign_pdf(**options: object) -> bytes:
    """A PDF that this practice did not compose."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        output = io.BytesIO()
        document.save(output, **options)
    return output.getvalue()


def test_the_doctor_signs_and_the_signature_is_valid(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    draft, pdf = reviewed
    signed, level = sign(draft, pdf, DOCTOR, DOCTOR_ONLY, signer, NOW)
    report = signer.verify(signed)
    assert level == "PAdES-B-B"
    assert (report.valid, report.intact, report.trusted, report.whole_file) == (True, True, True, True)
    assert report.signer == "Hélène Vasseur"
    assert report.signed_at == NOW
    assert report.message.startswith("Signature valide")


def test_the_signed_file_begins_with_the_reviewed_bytes(reviewed: Reviewed, signed: bytes) -> None:
    assert signed[: len(reviewed[1])] == reviewed[1]


def test_the_signed_file_is_still_pdf_a_3a_and_pdf_ua_1(signed: bytes) -> None:
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    assert verapdf.validate_bytes(signed, "3a", "ua1") == [(True, []), (True, [])]


def test_the_stamp_says_who_signed_and_when_on_the_clock_of_the_practice(signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        text = _text_of_stamp(field)
    assert "Signé électroniquement par" in text
    assert "Dr Hélène Vasseur" in text
    assert "RPPS 10001234566" in text
    assert "le 22 novembre 2026 à 14:05" in text


def _text_of_stamp(field: pikepdf.Object) -> str:
    """The text of the widget's appearance, read back by drawing it on a page of its own."""
    with pikepdf.new() as page_only:
        box = [float(edge) for edge in field.Rect]
        page = page_only.add_blank_page(page_size=(box[2] - box[0], box[3] - box[1]))
        stamp = page_only.copy_foreign(field.AP.N)
        page.add_resource(stamp, pikepdf.Name.XObject, pikepdf.Name.Stamp)
        page.contents_add(b"q /Stamp Do Q")
        output = io.BytesIO()
        page_only.save(output)
    return str(pypdfium2.PdfDocument(output.getvalue())[0].get_textpage().get_text_bounded())


def test_a_secretary_cannot_sign_a_certificate(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    draft, pdf = reviewed
    assert not may_sign(Role.SECRETARY, DOCTOR_ONLY)
    with pytest.raises(NotAllowed, match=r"R\.4127-76"):
        sign(draft, pdf, SECRETARY, DOCTOR_ONLY, signer, NOW)


def test_a_secretary_signs_what_the_catalogue_lets_her_sign(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    draft, pdf = reviewed
    signed, _ = sign(draft, pdf, SECRETARY, (Role.DOCTOR, Role.SECRETARY), signer, NOW)
    assert signer.verify(signed).signer == "Sylvie Durand"


def test_what_was_not_reviewed_is_not_signed(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    draft, pdf = reviewed
    other = replace(draft, pdf=replace(draft.pdf, sha256=hashlib.sha256(b"another").hexdigest()))
    with pytest.raises(StaleDraft):
        sign(other, pdf, DOCTOR, DOCTOR_ONLY, signer, NOW)
    with pytest.raises(StaleDraft):
        sign(draft, pdf + b"\n", DOCTOR, DOCTOR_ONLY, signer, NOW)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda signed: b"%PDF-1.4" + signed[8:], SigningFailed),
        (lambda signed: signed[:-1], SignatureInvalid),
        (lambda signed: signed + b"\n", SignatureInvalid),
    ],
    ids=["begins otherwise", "cut", "longer"],
)
def test_a_signature_that_spoils_the_file_is_never_returned(
    reviewed: Reviewed, signer: PyhankoSigner, spoil: Callable[[bytes], bytes], error: type[Exception]
) -> None:
    draft, pdf = reviewed
    with pytest.raises(error):
        sign(draft, pdf, DOCTOR, DOCTOR_ONLY, SpoiltSigner(signer, spoil), NOW)


def test_a_library_that_returns_the_file_unsigned_is_noticed(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    draft, pdf = reviewed
    unsigned = SpoiltSigner(signer, lambda signed: signed[: len(pdf)])
    with pytest.raises(SigningFailed):
        sign(draft, pdf, DOCTOR, DOCTOR_ONLY, unsigned, NOW)


def test_a_foreign_pdf_is_signed_without_a_stamp(signer: PyhankoSigner) -> None:
    pdf = foreign_pdf()
    signed = signer.sign(pdf, signer=DOCTOR, at=NOW, reason="")
    assert signed.startswith(pdf)
    assert signer.verify(signed).valid
    with pikepdf.open(io.BytesIO(signed)) as document:
        (field,) = document.Root.AcroForm.Fields
        assert [float(edge) for edge in field.Rect] == [0, 0, 0, 0]


def test_a_signed_document_is_not_signed_twice(signed: bytes, signer: PyhankoSigner) -> None:
    with pytest.raises(SigningFailed, match="déjà signé"):
        signer.sign(signed, signer=DOCTOR, at=NOW, reason="")


@pytest.mark.parametrize("pdf", [b"", b"not a PDF", foreign_pdf()[:200]], ids=["empty", "text", "cut"])
def test_what_is_not_a_pdf_is_refused_in_french(pdf: bytes, signer: PyhankoSigner) -> None:
    with pytest.raises(SigningFailed, match="ne peut pas être signé"):
        signer.sign(pdf, signer=DOCTOR, at=NOW, reason="")


def test_an_encrypted_pdf_is_refused(signer: PyhankoSigner) -> None:
    pdf = foreign_pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(SigningFailed):
        signer.sign(pdf, signer=DOCTOR, at=NOW, reason="")


def test_nothing_is_signed_with_an_expired_certificate(reviewed: Reviewed, signer: PyhankoSigner) -> None:
    with pytest.raises(SigningFailed, match="pas valable à cette date"):
        signer.sign(reviewed[1], signer=DOCTOR, at=NOW + timedelta(days=6 * 365), reason="")
