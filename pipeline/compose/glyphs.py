"""Asks the fonts of this machine, as WeasyPrint would use them, for characters."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from html import escape
from threading import Lock

from weasyprint import HTML

_LOCK = Lock()
_TOLD = re.compile(r"U\+([0-9A-F]{4,6})")


def undrawable(letters: str) -> str:
    """Those that no font has; each is asked for once in the life of the process."""
    return "".join(letter for letter in letters if not _is_drawn(letter))


@lru_cache(maxsize=4096)
def _is_drawn(letter: str) -> bool:
    heard = _Heard()
    logger = logging.getLogger("weasyprint")
    with _LOCK:
        logger.addHandler(heard)
        try:
            page = f"<html style=\"font-family: Carlito, 'Liberation Sans', sans-serif\"><p>{escape(letter)}"
            HTML(string=page).write_pdf()
        finally:
            logger.removeHandler(heard)
    return ord(letter) not in heard.missing


class _Heard(logging.Handler):
    """The code points that WeasyPrint says it drew as a box, whichever thread it was drawing for."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: set[int] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.missing.update(int(found, 16) for found in _TOLD.findall(record.getMessage()))
