"""What of a drawn page a reader can see: letters that differ from what is behind them, large enough, on the sheet.

It looks at the picture of the page, not at the style sheet: white on white, a transparent or covered text, one beside
the sheet or a hair high are all the same on paper.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import cast

import pypdfium2
import pypdfium2.raw as pdfium
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


def visible_text(pdf: bytes) -> str:
    """The letters that can be seen, in the order of the file."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(letter for page in document for letter in _seen(page))


Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the foot of the page."""


def _seen(page: pypdfium2.PdfPage) -> Iterator[str]:
    text = page.get_textpage()
    picture = page.render(scale=SCALE, grayscale=True).to_pil().convert("L")
    letters = list(_letters(text))
    middles: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
    for index, (letter, (left, bottom, right, top)) in enumerate(letters):
        if letter in _APOSTROPHES:
            continue
        x, y = (left + right) / 2, (bottom + top) / 2
        middles.setdefault((int(x // _CELL), int(y // _CELL)), []).append((index, x, y))
    for index, (letter, box) in enumerate(letters):
        if _differs(picture, box, page.get_height()) and not _written_over(index, box, middles):
            yield letter


def _letters(text: pypdfium2.PdfTextPage) -> Iterator[tuple[str, Box]]:
    """Those that are large enough, with the box of their ink."""
    line = pdfium.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace() or pdfium.FPDFText_IsGenerated(text, index) == 1:
            continue
        pdfium.FPDFText_GetLooseCharBox(text, index, line)
        if abs(line.top - line.bottom) >= LEAST_HEIGHT:
            pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
            yield letter, (left.value, bottom.value, right.value, top.value)


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
