"""Style sheets and fonts that are read once, not once a document.

Reading them again for each document costs two fifths of its time (``benchmarks/convocations.py``), and Pango does not
give a font configuration back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from weasyprint import CSS
from weasyprint.text.fonts import FontConfiguration

_LINK = re.compile(r'<link rel="stylesheet" href="app:(shared/[\w-]+\.css)">\n?')
_OF_ITS_DOCUMENT = re.compile(r"@(?:font-face|counter-style|color-profile|layer|import)\b")
"""Rules that WeasyPrint keeps with the document and not with the sheet: such a sheet is read each time."""


class Styles:
    """The sheets of ``templates`` and the fonts of one thread (neither may be shared between threads)."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._sheets: dict[str, tuple[str, Any]] = {}
        self.fonts = FontConfiguration()

    def taken_from(self, page: str, fetcher: Any) -> tuple[str, list[Any]]:
        """The page without its links to shared sheets, and these sheets, as they are on the disk now.

        WeasyPrint ranks them below a ``<style>`` of the page itself, which stands after them in any case.
        """
        sheets = []
        for name in _LINK.findall(page):
            sheet = self._sheet(name, fetcher)
            if sheet is None:
                return page, []
            sheets.append(sheet)
        return _LINK.sub("", page), sheets

    def _sheet(self, name: str, fetcher: Any) -> Any:
        try:
            text = (self._templates / name).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return None  # told where WeasyPrint asks for it
        if _OF_ITS_DOCUMENT.search(text):
            return None
        known = self._sheets.get(name)
        if known is None or known[0] != text:
            base = f"app:{name}"
            known = text, CSS(string=text, base_url=base, url_fetcher=fetcher, font_config=self.fonts)
            self._sheets[name] = known
        return known[1]
