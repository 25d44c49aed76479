"""The structured source that a composed PDF carries, and whether it is the one that was signed."""

from __future__ import annotations

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler

SOURCE_NAME = "source.json"
"""The attachment's name, as composed documents have it."""
_NAMES = ("/UF", "/F")


def source_of(reader: PdfFileReader, signed_revision: int) -> tuple[bytes, bool | None]:
    """``(source, intact)``: the source as the file shows it now, and whether the first signature covered the same.

    ``(b"", None)`` for a file that carries none and never did.
    """
    now = _read(reader)
    then = _read(reader.get_historical_resolver(signed_revision))
    if now is None and then is None:
        return b"", None
    return now or b"", now == then


def _read(handler: PdfHandler) -> bytes | None:
    """The attachment, by the names tree of the catalogue; None when there is not exactly one of that name."""
    node = handler.root
    for key in ("/Names", "/EmbeddedFiles", "/Names"):
        if key not in node:
            return None
        node = node[key]
    specifications = (node[place] for place in range(1, len(node), 2))
    found = [one for one in specifications if any(str(one[key]) == SOURCE_NAME for key in _NAMES if key in one)]
    if len(found) != 1:
        return None
    files = found[0]["/EF"]
    return bytes(files["/UF" if "/UF" in files else "/F"].data)
