"""What this room needs of an OCR engine and of a PDF library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.model.text import ScanReading

Progress = Callable[[float], None]


class PageReader(Protocol):
    """Reads PDF, JPEG, PNG or TIFF."""

    def read(self, original: Path, media_type: str, out: Path, on_progress: Progress) -> ScanReading:
        """Read ``original`` (never changed). When the reading is ``rewritten``, ``out`` holds the PDF/A with its text.

        Raises `ScanUnreadable` or `ScanProtected`.
        """
        ...

    def read_again(self, pdf: Path, out: Path, on_progress: Progress) -> ScanReading:
        """Recognise the pages of our own ``pdf`` as they stand, whatever text they carry; ``out`` is a PDF/A."""
        ...


@dataclass(frozen=True, slots=True)
class BoundPage:
    """The 0-based page ``at`` of the PDF at ``path``, turned clockwise by ``turn`` degrees."""

    path: Path
    at: int
    turn: int = 0


class PageBinder(Protocol):
    """Makes one PDF of pages of others."""

    def bind(self, pages: Sequence[BoundPage], out: Path) -> None:
        """Write ``out``: these pages and nothing of any other. Raises `ScanUnreadable`."""
        ...
