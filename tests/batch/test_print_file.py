"""The file to print: the pages of the filed documents, each thing once, in memory that does not grow."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from pipeline.batch.print_file import write_print_file
from pipeline.batch.sfnt import FontPart, joined
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.identity import DocumentKind
from tests.compose import samples

NAMES = ("ABRIEUX", "KOWALCZYK", "QUÉFFÉLEC", "WÜRTZ")
"""Invented, with letters that the others lack: each document holds another part of its fonts."""


@cache
def filed() -> tuple[bytes, ...]:
    """Convocations as they are filed."""
    renderer = TemplateRenderer(samples.TEMPLATES)
    people = [replace(samples.PATIENT, id=f"p{n}", birth_name=name, used_name="") for n, name in enumerate(NAMES)]
    drawn = [samples.revision(renderer, DocumentKind.CONVOCATION, patient=one, made_by="list") for one in people]
    return tuple(renderer.pdf(one) for one in drawn)


def printed(folder: Path, *documents: bytes, duplex: bool = False) -> Path:
    target = folder / "convocations.pdf"
    pages = write_print_file(target, iter(documents), duplex=duplex)
    with pikepdf.open(target) as file:
        assert file.check_pdf_syntax() == []
        assert len(file.pages) == pages
    assert list(folder.iterdir()) == [target]
    return target


def looks(pdf: Path | bytes) -> list[bytes]:
    """The pixels of each page, without the fields for signatures, which are not printed."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=2, may_draw_forms=False).to_numpy().tobytes() for page in document]


def texts(pdf: Path | bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def changed(pdf: bytes, change: Any) -> bytes:
    """The same document after ``change`` of it."""
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(saved)
    return saved.getvalue()


def streams(file: Path) -> list[bytes]:
    with pikepdf.open(file) as document:
        return [one.read_raw_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)]


def fonts(file: Path) -> list[str]:
    """The names of the fonts that stand in the file, one for each copy."""
    with pikepdf.open(file) as document:
        return sorted(str(one.FontName) for one in document.objects if _is_descriptor(one))


def _is_descriptor(one: Any) -> bool:
    return isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one


def test_pages_look_and_read_as_those_of_the_filed_documents_in_their_order(tmp_path: Path) -> None:
    file = printed(tmp_path, *filed())
    assert looks(file) == [page for document in filed() for page in looks(document)]
    assert texts(file) == [text for document in filed() for text in texts(document)]
    assert [name in text for name, text in zip(NAMES, texts(file), strict=True)] == [True] * len(NAMES)


def test_with_two_sides_each_convocation_begins_on_a_new_sheet(tmp_path: Path) -> None:
    file = printed(tmp_path, *filed()[:3], duplex=True)
    pages = looks(file)
    assert pages[::2] == [page for document in filed()[:3] for page in looks(document)]
    assert len(pages) == 5
    assert [set(page) for page in pages[1::2]] == [{255}, {255}]
    with pikepdf.open(file) as document:
        assert {tuple(page.mediabox) for page in document.pages} == {tuple(document.pages[0].mediabox)}


def test_a_font_and_a_colour_profile_stand_in_the_file_once_whatever_part_each_document_holds(tmp_path: Path) -> None:
    own = {stream for document in filed() for stream in _font_files(document)}
    assert len(own) > 2  # the documents do hold different parts
    file = printed(tmp_path, *filed())
    assert [name.partition("+")[2] for name in fonts(file)] == ["Carlito", "Carlito-Bold"]
    assert len(set(streams(file))) == len(streams(file))
    assert file.stat().st_size < len(filed()[0])


def _font_files(document: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(document)) as opened:
        return [one.FontFile2.read_bytes() for one in opened.objects if _is_descriptor(one)]


def test_a_font_that_only_bears_the_same_name_is_kept_apart(tmp_path: Path) -> None:
    def mix_up_the_letters(document: pikepdf.Pdf) -> None:
        for one in document.objects:
            if _is_descriptor(one):
                part = FontPart.read(one.FontFile2.read_bytes())
                letters = sorted(part.outlines)
                part.outlines = dict(zip(letters, (part.outlines[gid] for gid in reversed(letters)), strict=True))
                one.FontFile2.write(joined(part))

    other = changed(filed()[1], mix_up_the_letters)
    file = printed(tmp_path, filed()[0], other, filed()[2])
    assert looks(file) == [page for document in (filed()[0], other, filed()[2]) for page in looks(document)]
    assert looks(other) != looks(filed()[1])
    assert len(fonts(file)) == 4


def test_only_what_is_printed_of_a_document_is_in_the_file(tmp_path: Path) -> None:
    with pikepdf.open(printed(tmp_path, *filed())) as file:
        assert set(file.Root.keys()) == {"/Type", "/Pages"}
        assert all({"/Annots", "/StructParents", "/Tabs"}.isdisjoint(page.obj.keys()) for page in file.pages)
        kinds = {str(one.get("/Type")) for one in file.objects if isinstance(one, pikepdf.Dictionary)}
        assert kinds == {"None", "/Catalog", "/Pages", "/Page", "/Font", "/FontDescriptor"}


def test_the_same_convocations_make_the_same_bytes(tmp_path: Path) -> None:
    first = printed(tmp_path, *filed()).read_bytes()
    assert printed(tmp_path, *filed()).read_bytes() == first


def test_cut_in_the_middle_the_file_of_before_stays_and_nothing_else(tmp_path: Path) -> None:
    def cut() -> Iterator[bytes]:
        yield filed()[0]
        raise OSError("the disk is full")

    target = tmp_path / "convocations.pdf"
    with pytest.raises(OSError, match="full"):
        write_print_file(target, cut(), duplex=False)
    assert list(tmp_path.iterdir()) == []

    before = printed(tmp_path, filed()[1]).read_bytes()
    with pytest.raises(OSError, match="full"):
        write_print_file(target, cut(), duplex=False)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]

    target.with_suffix(".part").write_bytes(b"left by a power cut")
    assert looks(printed(tmp_path, filed()[2])) == looks(filed()[2])


def test_pages_of_another_make_come_out_too(tmp_path: Path) -> None:
    """Size and turn told once for all pages, a picture that leads back to itself, contents in pieces."""
    with pikepdf.new() as document:
        form = document.make_stream(
            b"0 0 1 rg 5 5 60 20 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 100, 100]
        )
        form.PieceInfo = pikepdf.Dictionary({"/A R": pikepdf.Dictionary(Again=form, Said=pikepdf.String("(R) \\ é"))})
        text = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for word in (b"un", b"deux"):
            pieces = [b"q 1 0 0 1 9 9 cm /X Do Q", b"BT /F 20 Tf 30 90 Td (%b) Tj ET" % word]
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form), Font=pikepdf.Dictionary(F=text)),
                Contents=pikepdf.Array([document.make_stream(piece) for piece in pieces]),
            )
            document.pages.append(pikepdf.Page(document.make_indirect(page)))
        document.Root.Pages.MediaBox = pikepdf.Array([0, 0, 300, 200.5])
        document.Root.Pages.Rotate = 90
        saved = io.BytesIO()
        document.save(saved)
    file = printed(tmp_path, saved.getvalue(), filed()[0])
    assert texts(file) == ["un", "deux", *texts(filed()[0])]
    assert looks(file) == looks(saved.getvalue()) + looks(filed()[0])
    assert pypdfium2.PdfDocument(file)[0].get_size() == (200.5, 300)


def test_memory_does_not_grow_with_the_number_of_documents(tmp_path: Path) -> None:
    """Each document holds 2 MB that no other one holds; all together 80 MB."""
    held = []

    def documents() -> Iterator[bytes]:
        for _ in range(40):
            held.append(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6)
            yield changed(filed()[0], _fill)

    write_print_file(tmp_path / "convocations.pdf", documents(), duplex=False)
    assert (tmp_path / "convocations.pdf").stat().st_size > 80_000_000
    assert max(held) - held[5] < 30


def _fill(document: pikepdf.Pdf) -> None:
    noise = document.make_stream(
        os.urandom(2_000_000),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=1000,
        Height=2000,
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8,
    )
    document.pages[0].obj.Resources.XObject.Noise = noise
    document.pages[0].contents_add(b"q 9 0 0 9 9 9 cm /Noise Do Q")
