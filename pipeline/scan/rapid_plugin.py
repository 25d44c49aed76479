"""OCRmyPDF plugin: RapidOCR reads the pages, tesseract those where it fails; what was read is kept for the transcript.

OCRmyPDF loads this module by its name. A job is known by its output file, which every page's options carry.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine
from ocrmypdf.hocrtransform import BoundingBox, HocrParser, OcrClass, OcrElement
from ocrmypdf.pluginspec import OrientationConfidence
from PIL import Image

from pipeline.scan import rapid_engine
from pipeline.scan.lines import Line, Piece, ReadPage, reading_order, words_of

log = logging.getLogger("calame.scan")

_SURE = 0.15
"""Least lead of the better way up. Under it the page stays as it was scanned."""


@dataclass(slots=True)
class Job:
    """What one run of OCRmyPDF reads, by 0-based page; ``fallbacks`` counts the pages that tesseract read."""

    on_progress: Callable[[float], None]
    pages: dict[int, ReadPage] = field(default_factory=dict)
    fallbacks: int = 0


_TESSERACT: Any = TesseractOcrEngine  # untyped vendor
_jobs: dict[str, Job] = {}
_current: ContextVar[Job | None] = ContextVar("scan_job", default=None)


@contextmanager
def job(out: Path, on_progress: Callable[[float], None]) -> Iterator[Job]:
    """Gather what is read while OCRmyPDF writes ``out``."""
    one = _jobs[os.fspath(out)] = Job(on_progress)
    token = _current.set(one)
    try:
        yield one
    finally:
        _current.reset(token)
        del _jobs[os.fspath(out)]


class RapidEngine(TesseractOcrEngine):
    """RapidOCR as OCRmyPDF sees an engine; what it does not do itself (hOCR) stays tesseract's."""

    def __str__(self) -> str:
        return rapid_engine.NAME

    @staticmethod
    def creator_tag(options: Any) -> str:  # noqa: ARG004 - OCRmyPDF's signature
        return rapid_engine.NAME

    @staticmethod
    def supports_generate_ocr() -> bool:
        return True

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        try:
            with Image.open(input_file) as image:
                angle, lead = rapid_engine.turn_needed(image)
        except Exception as error:
            log.warning("scan: orientation by tesseract: %s", type(error).__name__)
            return _TESSERACT.get_orientation(input_file, options)  # type: ignore[no-any-return]
        # OCRmyPDF wants to know which way the page faces: a quarter turn the other way sets it upright
        return OrientationConfidence((360 - angle) % 360, 15.0 if lead >= _SURE else 0.0)

    @staticmethod
    def generate_ocr(input_file: Path, options: Any, page_number: int = 0) -> tuple[OcrElement, str]:
        with Image.open(input_file) as image:
            size = image.size
            dpi = float(image.info.get("dpi", (300, 300))[0])
            try:
                lines = _read_by_rapid(image)
            except Exception as error:
                log.warning("scan: one page is read by tesseract: %s", type(error).__name__)
                lines = _read_by_tesseract(input_file, options)
                _note_fallback(options)
        page = ReadPage(size[0], size[1], tuple(lines))
        known = _jobs.get(os.fspath(options.output_file))
        if known is not None:
            known.pages[page_number] = page
        return _tree(page, dpi, page_number), "\n".join(" ".join(word.text for word in line) for line in lines)


def _note_fallback(options: Any) -> None:
    known = _jobs.get(os.fspath(options.output_file))
    if known is not None:
        known.fallbacks += 1


def _read_by_rapid(image: Image.Image) -> list[Line]:
    pieces = rapid_engine.read_pieces(image)
    rows = reading_order(pieces, image.width, image.height)
    return [tuple(word for piece in row for word in words_of(piece)) for row in rows]


def _read_by_tesseract(input_file: Path, options: Any) -> list[Line]:
    """Raises what OCRmyPDF raises for tesseract."""
    with tempfile.TemporaryDirectory() as folder:
        hocr, text = Path(folder, "page.hocr"), Path(folder, "page.txt")
        _TESSERACT.generate_hocr(input_file, hocr, text, options)
        page = HocrParser(hocr).parse()
    lines = (_line_of(element) for element in page.iter_by_class(*OcrClass.LINE_TYPES))
    return [line for line in lines if line]


def _line_of(element: OcrElement) -> Line:
    return tuple(
        Piece(
            word.text,
            word.bbox.left,
            word.bbox.top,
            word.bbox.right,
            word.bbox.bottom,
            word.confidence if word.confidence is not None else 0.5,
        )
        for word in element.iter_by_class(OcrClass.WORD)
        if word.text.strip() and word.bbox is not None
    )


def _tree(page: ReadPage, dpi: float, page_number: int) -> OcrElement:
    whole = BoundingBox(0, 0, page.width, page.height)
    paragraph = OcrElement(ocr_class=OcrClass.PARAGRAPH, bbox=whole, language="fra")
    for line in page.lines:
        boxes = [_bbox(word, page) for word in line]
        words = [
            OcrElement(ocr_class=OcrClass.WORD, bbox=box, text=word.text) for word, box in zip(line, boxes, strict=True)
        ]
        box = BoundingBox(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )
        paragraph.children.append(OcrElement(ocr_class=OcrClass.LINE, bbox=box, children=words))
    root = OcrElement(ocr_class=OcrClass.PAGE, bbox=whole, dpi=dpi, page_number=page_number)
    if paragraph.children:
        root.children.append(paragraph)
    return root


def _bbox(word: Piece, page: ReadPage) -> BoundingBox:
    left = min(max(0.0, word.left), page.width - 1)
    top = min(max(0.0, word.top), page.height - 1)
    return BoundingBox(
        left, top, min(page.width, max(word.right, left + 1)), min(page.height, max(word.bottom, top + 1))
    )


class _Bar:
    """OCRmyPDF's progress bar, turned into shares of the job."""

    def __init__(self, *, total: float | None = None, desc: str | None = None, **_: Any) -> None:
        self._total = total
        self._done = 0.0
        self._job = _current.get() if desc == "OCR" else None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, n: float = 1, *, completed: float | None = None) -> None:
        self._done = self._done + n if completed is None else completed
        if self._job is not None and self._total:
            self._job.on_progress(min(0.95, 0.95 * self._done / self._total))


@hookimpl(tryfirst=True)
def get_progressbar_class() -> type[_Bar]:
    return _Bar


@hookimpl(tryfirst=True)
def get_ocr_engine(options: Any) -> RapidEngine:  # noqa: ARG001 - OCRmyPDF's signature
    return RapidEngine()
