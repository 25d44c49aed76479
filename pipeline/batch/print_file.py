"""One file to print: every convocation in the order of the list, in memory that does not grow with their number."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

import pikepdf

from pipeline.batch.pdf_writer import Copier, PdfWriter
from pipeline.batch.print_fonts import Fonts

_PRINTED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Contents", "/Group", "/UserUnit")
"""What a printer needs of a page: signature fields, tags and sources stay in the filed documents."""


def write_print_file(target: Path, documents: Iterable[bytes], *, duplex: bool) -> int:
    """Join the PDFs; returns how many pages. With ``duplex`` each begins on an odd page, a blank one before if need be.

    The file appears whole or not at all. Documents are read one after the other; each goes to the disk before the next,
    and what is the same in several (colour profile, pictures) stands there once, so do the fonts.
    """
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as file:
            pages = _join(PdfWriter(file), documents, duplex)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return pages


def _join(writer: PdfWriter, documents: Iterable[bytes], duplex: bool) -> int:
    fonts = Fonts(writer)
    for content in documents:
        with pikepdf.open(io.BytesIO(content)) as one:
            if duplex and writer.pages % 2:
                size = one.pages[0].mediabox.unparse(resolved=True)
                writer.add_page(b"/MediaBox %b /Resources << >>" % size)
            _copy(writer, fonts, one)
    fonts.finish()
    writer.finish()
    return writer.pages


def _copy(writer: PdfWriter, fonts: Fonts, one: pikepdf.Pdf) -> None:
    """pikepdf has told each page, as it opened the file, what it takes from the page tree above it."""
    numbers: dict[tuple[int, int], int] = {}
    for page in one.pages:
        kept = {name: page.obj[name] for name in _PRINTED if name in page.obj}
        for font in kept.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary()).values():
            if font.is_indirect and font.objgen not in numbers:
                place = fonts.place(font)
                if place is not None:
                    numbers[font.objgen] = place
        writer.add_page(Copier(writer, numbers).entries(kept))
