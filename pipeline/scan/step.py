"""Reading a scan: what goes in, what must come out."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ScanUnreadable
from pipeline.model.text import ScanReading
from pipeline.scan.port import PageReader, Progress

MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/tiff"})


def read_scan(original: Path, media_type: str, reader: PageReader, out: Path, on_progress: Progress) -> ScanReading:
    """Read ``original`` (never changed); when the reading is ``rewritten``, ``out`` holds the PDF/A.

    Every page is accounted for: a reading without a page, or a rewritten one without its file, is an error.
    Raises `ScanUnreadable`, `ScanProtected`, `ToolMissing` or `StorageBusy`.
    """
    if media_type not in MEDIA_TYPES:
        raise ScanUnreadable("Ce type de fichier n'est pas une numérisation.")
    on_progress(0.0)
    reading = reader.read(original, media_type, out, on_progress)
    if reading.pages < 1 or reading.transcript.pages != reading.pages:
        raise ScanUnreadable("Toutes les pages n'ont pas pu être lues.")
    if reading.rewritten and not out.is_file():
        raise ScanUnreadable("La copie à archiver n'a pas pu être écrite.")
    on_progress(1.0)
    return reading
