"""What of a drawn page a reader can see: letters that differ from what is behind them, large enough, on the sheet.

It looks at the picture of the page, not at the style sheet: white on white, a transparent or covered text, one beside
the sheet or a hair high are all the same on paper.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from PIL import Image

SCALE = 3
"""Pixels for a point (1/72 inch)."""
LEAST_HEIGHT = 4.0
"""Points from a letter's foot to its head, ascenders and descenders included: smaller is no text for a reader."""
LEAST_CONTRAST = 48
"""Of 255 grey levels, between the darkest and the lightest pixel of a letter's box: #cfcfcf on white is the limit."""

_CELL = 8.0
_APOSTROPHES = "'’"
"""They hang over the slope of an A, and hide nothing."""


def text_of(pdf: bytes) -> str:
    """All text of the file, seen or not, page by page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the foot of the page."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A printed letter on a page (from 0); ``apart``: a space or a new line stands before it."""

    sign: str
    page: int = 0
    box: Box = (0.0, 0.0, 0.0, 0.0)
    seen: bool = True
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn page: its height in points, its letters in the order of the file, its QR codes, the signature's box."""

    height: float
    letters: tuple[Letter, ...]
    codes: tuple[str, ...] = ()
    field: Box | None = None


def sheets_of(pdf: bytes) -> list[Sheet]:
    """Every page as it is seen."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_sheet(page, number, ends=number in (0, len(document) - 1)) for number, page in enumerate(document)]


def visible_text(sheets: list[Sheet]) -> str:
    """The letters that can be seen, in the order of the file."""
    return "".join(letter.sign for sheet in sheets for letter in sheet.letters if letter.seen)


def _sheet(page: pypdfium2.PdfPage, number: int, *, ends: bool) -> Sheet:
    """QR codes are looked for on the first and the last page (``ends``): that takes longer than all the rest."""
    picture, height = page.render(scale=SCALE, grayscale=True).to_pil().convert("L"), page.get_height()
    letters = list(_letters(page.get_textpage()))
    middles: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
    for index, (sign, (left, bottom, right, top), _apart) in enumerate(letters):
        if sign in _APOSTROPHES:
            continue
        x, y = (left + right) / 2, (bottom + top) / 2
        middles.setdefault((int(x // _CELL), int(y // _CELL)), []).append((index, x, y))
    found = [
        Letter(sign, number, box, _differs(picture, box, height) and not _written_over(index, box, middles), apart)
        for index, (sign, box, apart) in enumerate(letters)
    ]
    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    codes = tuple(code.text for code in zxingcpp.read_barcodes(picture, formats=kinds)) if ends else ()
    return Sheet(height, tuple(found), codes, _field(page))


def _field(page: pypdfium2.PdfPage) -> Box | None:
    """Where the form field of the page is (a document has one: the signature)."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        box = pdfium.FS_RECTF()
        is_field = pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET
        pdfium.FPDFAnnot_GetRect(annotation, box)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if is_field:
            return box.left, box.bottom, box.right, box.top
    return None


def _letters(text: pypdfium2.PdfTextPage) -> Iterator[tuple[str, Box, bool]]:
    """Those that are large enough, with the box of their ink, and whether they begin a word."""
    line = pdfium.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    apart = True
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace() or pdfium.FPDFText_IsGenerated(text, index) == 1:
            apart = True
            continue
        pdfium.FPDFText_GetLooseCharBox(text, index, line)
        if abs(line.top - line.bottom) >= LEAST_HEIGHT:
            pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
            yield letter, (left.value, bottom.value, right.value, top.value), apart
            apart = False


def _differs(picture: Image.Image, box: Box, height: float) -> bool:
    """Whether there is anything to see in the box; nothing is beside the sheet."""
    left, bottom, right, top = box
    pixels = (
        max(0, int(left * SCALE) - 1),
        max(0, int((height - top) * SCALE) - 1),
        min(picture.width, int(right * SCALE) + 2),
        min(picture.height, int((height - bottom) * SCALE) + 2),
    )
    if pixels[0] >= pixels[2] or pixels[1] >= pixels[3]:
        return False
    darkest, lightest = cast("tuple[int, int]", picture.crop(pixels).getextrema())  # of one grey channel
    return lightest - darkest >= LEAST_CONTRAST


def _written_over(index: int, box: Box, middles: dict[tuple[int, int], list[tuple[int, float, float]]]) -> bool:
    """Whether the middle of another letter lies in this one: what is seen there may be that one."""
    left, bottom, right, top = box
    cells = (
        (across, up)
        for across in range(int(left // _CELL), int(right // _CELL) + 1)
        for up in range(int(bottom // _CELL), int(top // _CELL) + 1)
    )
    return any(
        other != index and left < x < right and bottom < y < top
        for cell in cells
        for other, x, y in middles.get(cell, ())
    )
