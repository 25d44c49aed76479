"""The text that a PDF already holds, word by word with its place (pypdfium2)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.errors import ScanUnreadable
from pipeline.scan.lines import Line, Piece, ReadPage

_HYPHEN = "\x02"  # what pdfium makes of a hyphen at a line's end


def text_pages(path: Path, wanted: set[int] | None = None) -> Iterator[tuple[int, ReadPage]]:
    """``(0-based number, page)`` of the ``wanted`` pages (None: all), in points. Raises `ScanUnreadable`."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ScanUnreadable("Le texte de ce PDF ne peut pas être lu.") from error
    try:
        for number in range(len(document)):
            if wanted is None or number in wanted:
                page = document[number]
                yield number, _read(page)
                page.close()
    finally:
        document.close()


def _read(page: Any) -> ReadPage:
    width, height = page.get_size()
    text = page.get_textpage()
    to_view = _Viewer(page, width, height)
    lines: list[Line] = []
    words: list[Piece] = []
    letters: list[tuple[str, tuple[float, float, float, float]]] = []

    def end_word() -> None:
        if letters:
            words.append(_word(letters))
            letters.clear()

    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text.raw, index))
        if letter == _HYPHEN:
            letter = "-"
        if letter in "\r\n":
            end_word()
            if words:
                lines.append(tuple(words))
                words = []
        elif letter.isspace() or letter in "\0\ufffe":
            end_word()
        else:
            letters.append((letter, to_view(text.get_charbox(index, loose=True))))
    end_word()
    if words:
        lines.append(tuple(words))
    text.close()
    return ReadPage(width, height, tuple(lines))


def _word(letters: list[tuple[str, tuple[float, float, float, float]]]) -> Piece:
    boxes = [box for _, box in letters]
    return Piece(
        "".join(letter for letter, _ in letters),
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


class _Viewer:
    """From the page's own coordinates to points from the upper left corner of the page as it is seen."""

    def __init__(self, page: Any, width: float, height: float) -> None:
        self._page = page
        self._size = (int(width * 8), int(height * 8))

    def __call__(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        one, other = self._point(box[0], box[1]), self._point(box[2], box[3])
        return (
            min(one[0], other[0]) / 8,
            min(one[1], other[1]) / 8,
            max(one[0], other[0]) / 8,
            max(one[1], other[1]) / 8,
        )

    def _point(self, across: float, up: float) -> tuple[int, int]:
        x, y = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self._page.raw, 0, 0, *self._size, 0, across, up, x, y)
        return x.value, y.value
