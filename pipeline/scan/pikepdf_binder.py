"""Binds pages of PDF/A files into one PDF/A (pikepdf)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from pipeline.errors import ScanUnreadable
from pipeline.scan.port import BoundPage

_LEADS_ELSEWHERE = ("/Annots", "/StructParents", "/B", "/AA", "/PieceInfo", "/Metadata", "/Tabs")
"""Keys of a page that may hold on to another page: what is set aside must not stay inside the filed file."""
_OF_PDFA = ("/OutputIntents", "/Metadata")


class PikepdfBinder:
    """Implements `pipeline.scan.port.PageBinder`."""

    def bind(self, pages: Sequence[BoundPage], out: Path) -> None:
        """The same pages give the same bytes. Form fields and notes become part of their page.

        Raises `ScanUnreadable`.
        """
        import pikepdf  # here: only when pages are bound

        try:
            with ExitStack() as stack:
                made = stack.enter_context(pikepdf.new())
                sources = {one.path: stack.enter_context(pikepdf.open(one.path)) for one in pages}
                for source in sources.values():
                    source.flatten_annotations("screen")
                for one in pages:
                    made.pages.append(sources[one.path].pages[one.at])
                    page = made.pages[-1]
                    for key in _LEADS_ELSEWHERE:
                        if key in page.obj:
                            del page.obj[key]
                    if one.turn:
                        page.rotate(one.turn, relative=True)
                first = sources[pages[0].path]
                for key in _OF_PDFA:
                    if key in first.Root:
                        made.Root[key] = made.copy_foreign(first.make_indirect(first.Root[key]))
                made.remove_unreferenced_resources()
                made.save(out, deterministic_id=True, linearize=False)
        except (pikepdf.PdfError, IndexError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ScanUnreadable("Les pages n'ont pas pu être réunies en un document.") from error
