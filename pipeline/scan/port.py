"""What this room needs of an OCR engine."""

from __future__ import annotations

from collections.abc import Callable
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
