"""A case's PDF made anew from its pages, as a person arranged them; what a turn made unreadable is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ScanUnreadable
from pipeline.model.case import BlobRef
from pipeline.model.pages import Key, Layout, Leaf, Leaves, Sheet, leaves_of, standing, transcript_of
from pipeline.model.text import ScanReading
from pipeline.scan.port import BoundPage, PageBinder, PageReader, Progress


@dataclass(frozen=True, slots=True)
class Arranger:
    """Keeps and finds files by content (``keep``, ``path``); the libraries are behind the two ports."""

    reader: PageReader
    binder: PageBinder
    path: Callable[[BlobRef], Path]
    keep: Callable[[Path, str], BlobRef]

    def __call__(
        self, layout: Layout, leaves: Mapping[Key, Leaf], out: Path, on_progress: Progress
    ) -> tuple[ScanReading, Leaves]:
        """Write ``out`` from the pages that are filed; the pages that were read again come back to be remembered.

        The same pages give the same bytes. Raises `ScanUnreadable`, `ToolMissing` or `StorageBusy`.
        """
        on_progress(0.0)
        again = [sheet for sheet in layout.filed if _must_be_read(sheet, leaves)]
        more = self._read_again(again, leaves, out.with_suffix(".again.pdf"), on_progress) if again else Leaves(())
        known = {**leaves, **{(leaf.original, leaf.page, leaf.turn): leaf for leaf in more.leaves}}
        parts = [standing(sheet, known) for sheet in layout.filed]
        self.binder.bind([self._bound(leaf, turn) for leaf, turn in parts], out)
        on_progress(1.0)
        recognised = any(leaf.recognised for leaf, _ in parts)
        transcript = transcript_of(parts, "pages")
        return ScanReading(transcript, transcript.pages, ocr=recognised, rewritten=True), more

    def _read_again(
        self, sheets: Sequence[Sheet], leaves: Mapping[Key, Leaf], turned: Path, on_progress: Progress
    ) -> Leaves:
        """All turned pages in one PDF, recognised as they stand now."""
        self.binder.bind([self._bound(*standing(sheet, leaves)) for sheet in sheets], turned)
        read = turned.with_suffix(".read.pdf")
        reading = self.reader.read_again(turned, read, on_progress)
        if reading.pages != len(sheets) or not read.is_file():
            raise ScanUnreadable("Toutes les pages tournées n'ont pas pu être relues.")
        pdf = self.keep(read, "application/pdf")
        found = leaves_of(pdf, reading, pdf).leaves
        return Leaves(
            tuple(
                Leaf(sheet.original, sheet.page, sheet.turn, pdf, leaf.at, leaf.tokens, recognised=True)
                for sheet, leaf in zip(sheets, found, strict=True)
            )
        )

    def _bound(self, leaf: Leaf, turn: int) -> BoundPage:
        return BoundPage(self.path(leaf.pdf), leaf.at, turn)


def _must_be_read(sheet: Sheet, leaves: Mapping[Key, Leaf]) -> bool:
    leaf, turn = standing(sheet, leaves)
    return bool(turn) and leaf.recognised
