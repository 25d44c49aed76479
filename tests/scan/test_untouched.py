"""What is filed byte for byte, what is refused, and what never runs."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from pipeline.errors import ScanProtected, ScanUnreadable
from pipeline.scan.images import images_to_pdf
from pipeline.scan.ocrmypdf_reader import OcrmypdfReader
from pipeline.scan.pdf_facts import inspect, without_scripts
from tests.scan import pages


def _made(folder: Path, change: Callable[[pikepdf.Pdf], None], **saving: object) -> Path:
    path = folder / "made.pdf"
    with pikepdf.open(io.BytesIO(pages.letter_pdf())) as pdf:
        change(pdf)
        pdf.save(path, **saving)  # type: ignore[arg-type]
    return path


def _sign(pdf: pikepdf.Pdf) -> None:
    value = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=b"\x30\x00"))
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="Signature1", V=value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)


def _xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["resultats.xml"] = b"<resultats/>"


def _protect(_: pikepdf.Pdf) -> None:
    return


KEPT: dict[str, tuple[Callable[[pikepdf.Pdf], None], dict[str, object], str]] = {
    "signed": (_sign, {}, "PDF signé : conservé tel quel."),
    "dynamic form": (_xfa, {}, "Formulaire PDF dynamique (XFA) : conservé tel quel."),
    "attachments": (_attach, {}, "PDF avec des pièces jointes : conservé tel quel."),
    "owner password": (
        _protect,
        {"encryption": pikepdf.Encryption(owner="secret", user="")},
        "PDF protégé contre la modification : conservé tel quel.",
    ),
}


@pytest.mark.parametrize("kind", KEPT)
def test_is_kept_byte_for_byte_with_its_text(kind: str, tmp_path: Path) -> None:
    change, saving, note = KEPT[kind]
    path = _made(tmp_path, change, **saving)
    before = path.read_bytes()
    out = tmp_path / "out.pdf"
    reading = OcrmypdfReader().read(path, "application/pdf", out, lambda share: None)
    assert path.read_bytes() == before
    assert not out.exists()
    assert (reading.rewritten, reading.ocr, reading.note) == (False, False, note)
    assert pages.error_rate(reading.transcript.text) == 0


def test_a_pdf_with_a_password_is_refused_untouched(tmp_path: Path) -> None:
    path = _made(tmp_path, _protect, encryption=pikepdf.Encryption(owner="secret", user="secret"))
    before = path.read_bytes()
    with pytest.raises(ScanProtected, match="mot de passe") as refusal:
        OcrmypdfReader().read(path, "application/pdf", tmp_path / "out.pdf", lambda share: None)
    assert "Demandez à l'expéditeur une version sans mot de passe" in str(refusal.value)
    assert path.read_bytes() == before


def test_scripts_are_taken_out_of_the_copy(tmp_path: Path) -> None:
    def script(pdf: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.JavaScript, JS="app.launchURL('http://x.test')")
        pdf.Root.OpenAction = action
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", action])))
        pdf.pages[0].obj.AA = Dictionary(O=action)

    copy = tmp_path / "copy.pdf"
    assert without_scripts(_made(tmp_path, script), copy)
    assert b"launchURL" not in copy.read_bytes()
    assert not without_scripts(copy, tmp_path / "again.pdf")


def _giant_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].mediabox = Array([0, 0, 10_000_000, 10_000_000])


def _giant_image(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=100_000, Height=100_000)
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=image)


def _giant_content(pdf: pikepdf.Pdf) -> None:
    packed = zlib.compress(b" " * (80 * 1024 * 1024))
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)


@pytest.mark.parametrize("bomb", [_giant_page, _giant_image, _giant_content])
def test_a_bomb_in_a_pdf_is_refused_unopened(bomb: Callable[[pikepdf.Pdf], None], tmp_path: Path) -> None:
    with pytest.raises(ScanUnreadable, match="dimensions démesurées"):
        inspect(_made(tmp_path, bomb))


def test_a_bomb_in_an_image_is_refused_unopened(tmp_path: Path) -> None:
    path = pages.saved(Image.new("1", (30_000, 30_000)), tmp_path / "bomb.png")
    with pytest.raises(ScanUnreadable, match="dimensions démesurées"):
        images_to_pdf(path, "image/png", tmp_path / "out.pdf")


@pytest.mark.parametrize("media_type", ["application/pdf", "image/jpeg", "image/png", "image/tiff"])
def test_a_damaged_file_is_refused_in_french(media_type: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(b"%PDF-1.7\nII*\x00\xff\xd8" + b"\x07" * 100)
    with pytest.raises(ScanUnreadable, match=r"abîmé") as refusal:
        OcrmypdfReader().read(path, media_type, tmp_path / "out.pdf", lambda share: None)
    assert "Numérisez à nouveau" in str(refusal.value)


def _sixteen_bits() -> Image.Image:
    return Image.new("I;16", (1240, 1754), 65535)


ODD_IMAGES: dict[str, tuple[Image.Image, str, dict[str, object]]] = {
    "transparent": (Image.new("RGBA", (1240, 1754), (0, 0, 0, 0)), "PNG", {"dpi": (150, 150)}),
    "palette": (Image.new("RGB", (1240, 1754), "white").convert("P"), "PNG", {"dpi": (150, 150)}),
    "16 bits": (_sixteen_bits(), "TIFF", {"dpi": (150, 150)}),
    "four inks": (Image.new("CMYK", (1240, 1754), (0, 0, 0, 0)), "JPEG", {"dpi": (150, 150)}),
    "no resolution": (Image.new("L", (1240, 1754), 255), "PNG", {}),
    "absurd resolution": (Image.new("L", (1240, 1754), 255), "JPEG", {"dpi": (3, 3)}),
    "fax": (Image.new("1", (1654, 1146), 1), "TIFF", {"compression": "group4", "dpi": (200, 98)}),
}


@pytest.mark.parametrize("kind", ODD_IMAGES)
def test_an_odd_image_becomes_a_white_page_of_a4(kind: str, tmp_path: Path) -> None:
    image, form, options = ODD_IMAGES[kind]
    path = pages.saved(image, tmp_path / "odd", format=form, **options)
    assert images_to_pdf(path, f"image/{form.lower()}", tmp_path / "out.pdf") == 1
    document = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    width, height = document[0].get_size()
    shown = document[0].render(scale=0.3).to_pil().convert("L")
    document.close()
    assert (width, height) == (pytest.approx(595, abs=4), pytest.approx(842, abs=4))
    assert min(shown.getdata()) > 245


def test_a_worker_without_a_scan_loads_no_page_library() -> None:
    code = (
        "import sys, pipeline.scan.step, pipeline.scan.ocrmypdf_reader as reader; reader.OcrmypdfReader();"
        "heavy = ('ocrmypdf', 'pikepdf', 'pypdfium2', 'rapidocr', 'cv2', 'onnxruntime', 'PIL');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
