"""Real pages through the real engines: what is read, what is filed, what is left untouched."""

from __future__ import annotations

import hashlib
import io
import socket
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from pipeline.model.case import BlobRef
from pipeline.model.pages import by_key, first_layout, leaves_of
from pipeline.model.text import ScanReading, Token
from pipeline.scan import rapid_engine
from pipeline.scan.arrange import Arranger
from pipeline.scan.ocrmypdf_reader import OcrmypdfReader
from pipeline.scan.pdf_text import text_pages
from pipeline.scan.pikepdf_binder import PikepdfBinder
from pipeline.scan.step import read_scan
from tests import verapdf
from tests.scan import pages

Read = Callable[..., ScanReading]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scan")


@pytest.fixture(scope="module")
def filed() -> list[Path]:
    """Every PDF/A that the tests of this module made; the last test has them all judged at once."""
    return []


@pytest.fixture
def read(folder: Path, filed: list[Path]) -> Read:
    """Read a file; the original must be the same afterwards. No socket may be opened meanwhile."""

    def run(name: str, media_type: str, content: bytes) -> ScanReading:
        original = folder / name
        original.write_bytes(content)
        out = folder / f"{name}.out.pdf"
        shares: list[float] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket.socket, "connect", _no_network)
            reading = read_scan(original, media_type, OcrmypdfReader(), out, shares.append)
        assert original.read_bytes() == content
        assert out.is_file() == reading.rewritten
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        if reading.rewritten:
            filed.append(out)
        return reading

    return run


def _no_network(*_: object) -> None:
    raise AssertionError("the network was asked for")


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _word(reading: ScanReading, text: str) -> Token:
    return next(token for token in reading.transcript.tokens if token.text == text)


def _text_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def test_a_clean_page_is_read_nearly_without_a_fault(read: Read, folder: Path) -> None:
    reading = read("clean.png", "image/png", _bytes(pages.page(150), "PNG", dpi=(150, 150)))
    assert pages.error_rate(reading.transcript.text) < 0.02
    assert (reading.pages, reading.ocr, reading.rewritten) == (1, True, True)
    assert "furosémide" in _text_of(folder / "clean.png.out.pdf")
    assert 0.5 < _word(reading, "furosémide").probability <= 1
    place = _word(reading, "furosémide").box
    assert place is not None
    ink = pages.page(150).crop(
        (int(place.left * 1240), int(place.top * 1754), int(place.right * 1240), int(place.bottom * 1754))
    )
    assert min(ink.getdata()) < 100, "the box of the word holds ink"


def test_a_stained_skewed_page_is_read_with_few_faults(read: Read) -> None:
    reading = read("stained.jpg", "image/jpeg", _bytes(pages.stained(200), "JPEG", quality=60, dpi=(200, 200)))
    assert pages.error_rate(reading.transcript.text) < 0.08
    assert "60 mg" in reading.transcript.text
    assert "2,5 mg" in reading.transcript.text


def test_a_fax_of_two_pages_with_one_upside_down_is_read_in_order(read: Read) -> None:
    first = pages.page(200).rotate(180).convert("1")
    second = pages.page(200, second=True).convert("1")
    content = _bytes(first, "TIFF", compression="group4", dpi=(200, 200), save_all=True, append_images=[second])
    reading = read("fax.tif", "image/tiff", content)
    assert reading.pages == reading.transcript.pages == 2
    on_first = " ".join(token.text for token in reading.transcript.tokens if token.box and token.box.page == 0)
    assert pages.error_rate(on_first) < 0.02
    place = _word(reading, "AUBÉPINE").box
    assert place is not None
    assert place.top < 0.2, "places are those of the upright page"
    beginning = next(token for token in reading.transcript.tokens if token.box and token.box.page == 1)
    assert beginning.before == "\n\n"
    assert "suivante" in reading.transcript.text


def test_a_telephone_picture_that_lies_on_its_side_by_exif_is_read(read: Read) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to view
    lying = pages.page(150).rotate(90, expand=True).convert("RGB")
    reading = read("photo.jpg", "image/jpeg", _bytes(lying, "JPEG", quality=85, exif=exif.tobytes()))
    assert pages.error_rate(reading.transcript.text) < 0.02


def test_a_pdf_with_text_is_not_recognised_again(read: Read) -> None:
    reading = read("digital.pdf", "application/pdf", pages.letter_pdf())
    assert (reading.ocr, reading.rewritten) == (False, True)
    assert pages.error_rate(reading.transcript.text) == 0
    assert "sans reconnaissance" in reading.note
    line = _word(reading, "furosémide")
    assert line.probability == 1.0
    assert line.box is not None
    assert 0.3 < line.box.top < line.box.bottom < 0.6


def test_in_a_mixed_pdf_only_the_page_without_text_is_recognised(read: Read) -> None:
    out = io.BytesIO()
    with (
        pikepdf.open(io.BytesIO(pages.letter_pdf())) as pdf,
        pikepdf.open(io.BytesIO(pages.image_pdf(pages.page(150, second=True)))) as scanned,
    ):
        pdf.pages.extend(scanned.pages)
        pdf.save(out)
    reading = read("mixed.pdf", "application/pdf", out.getvalue())
    assert (reading.pages, reading.ocr, reading.rewritten) == (2, True, True)
    exact = {token.probability == 1.0 for token in reading.transcript.tokens if token.box and token.box.page == 0}
    assert exact == {True}
    assert "bisoprolol" in " ".join(t.text for t in reading.transcript.tokens if t.box and t.box.page == 1)


def test_when_rapidocr_fails_tesseract_reads_and_the_note_says_so(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(image: object) -> list[object]:
        raise RuntimeError("no memory for the model")

    monkeypatch.setattr(rapid_engine, "read_pieces", fail)
    reading = read("second.png", "image/png", _bytes(pages.page(150), "PNG", dpi=(150, 150)))
    assert pages.error_rate(reading.transcript.text) < 0.02
    assert "tesseract" in reading.note


def test_a_blank_page_is_filed_without_a_word(read: Read) -> None:
    reading = read("blank.png", "image/png", _bytes(Image.new("L", (1240, 1754), 250), "PNG", dpi=(150, 150)))
    assert (reading.pages, reading.transcript.tokens, reading.rewritten) == (1, (), True)


def test_a_page_that_was_read_upside_down_is_turned_and_read_again(folder: Path, filed: list[Path]) -> None:
    lying, read = folder / "lying.pdf", folder / "lying.read.pdf"
    lying.write_bytes(pages.image_pdf(pages.page(150).rotate(180)))
    reader = OcrmypdfReader()
    first = reader.read_again(lying, read, lambda _: None)  # as it lies, like a page whose way up the engine mistook
    assert pages.error_rate(first.transcript.text) > 0.5
    pdf = BlobRef(hashlib.sha256(read.read_bytes()).hexdigest(), read.stat().st_size, "application/pdf")
    kept = {pdf.sha256: read}

    def keep(path: Path, media_type: str) -> BlobRef:
        copy = folder / f"kept-{len(kept)}.pdf"
        copy.write_bytes(path.read_bytes())
        kept[copy.name] = copy
        return BlobRef(copy.name, copy.stat().st_size, media_type)

    arrange = Arranger(reader, PikepdfBinder(), lambda ref: kept[ref.sha256], keep)
    layout, leaves = first_layout(pdf, 1).turned(0, 180), by_key([leaves_of(pdf, first, pdf)])
    out = folder / "turned.out.pdf"
    reading, more = arrange(layout, leaves, out, lambda _: None)
    assert pages.error_rate(reading.transcript.text) < 0.01
    [(_, page)] = text_pages(out)
    assert pages.error_rate(" ".join(word.text for line in page.lines for word in line)) < 0.01
    filed.append(out)
    same = folder / "same.pdf"
    _, nothing = arrange(layout, {**leaves, **by_key([more])}, same, lambda _: None)
    assert not nothing.leaves and same.read_bytes() == out.read_bytes()


def test_verapdf_finds_every_filed_copy_valid(filed: list[Path]) -> None:
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    if not filed:
        pytest.skip("run with the tests above: they make the copies")
    verdicts = verapdf.validate_all([(path, "2b") for path in filed])
    assert {path.name: faults for path, (_, faults) in zip(filed, verdicts, strict=True) if faults} == {}
    assert all(valid for valid, _ in verdicts)
