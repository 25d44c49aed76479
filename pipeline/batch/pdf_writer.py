"""Writes a PDF object by object, so that memory does not grow with its pages; what is identical is written once.

Of what was written, only the place of each object (8 bytes) and the hash of each object that may come again are kept.
pikepdf and pypdf hold every object of a file until it is saved. The form of the file follows ISO 32000-1, 7.5.
"""

from __future__ import annotations

import hashlib
from array import array
from decimal import Decimal
from typing import Any, BinaryIO

import pikepdf

CATALOG, TREE = 1, 2
_BINARY = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfWriter:
    """Objects are written as they are added; `finish` writes the page tree and the table of places."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0
        self._places = array("Q", [0, 0])
        """Of object n at n - 1; 0 while it is promised."""
        self._known: dict[bytes, int] = {}
        self._pages = array("L")
        self._write(_BINARY)

    @property
    def pages(self) -> int:
        return len(self._pages)

    def promise(self) -> int:
        """The number of an object that is written later, by `put`."""
        self._places.append(0)
        return len(self._places)

    def put(self, number: int, body: bytes) -> None:
        self._places[number - 1] = self._size
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def add(self, body: bytes) -> int:
        """The number of an object that will not come again."""
        number = self.promise()
        self.put(number, body)
        return number

    def share(self, body: bytes) -> int:
        """The number of an object that is written at its first coming only."""
        digest = hashlib.sha256(body).digest()[:16]
        number = self._known.get(digest)
        if number is None:
            number = self._known[digest] = self.add(body)
        return number

    def add_page(self, entries: bytes) -> None:
        """``entries`` of the page's dictionary, without its type and parent."""
        self._pages.append(self.add(b"<< /Type /Page /Parent %d 0 R %b >>" % (TREE, entries)))

    def finish(self) -> None:
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        self.put(TREE, b"<< /Type /Pages /Count %d /Kids [ %b ] >>" % (self.pages, kids))
        self.put(CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % TREE)
        start, count = self._size, len(self._places) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for place in self._places:
            self._write(b"%010d 00000 n \n" % place)
        name = self._hash.hexdigest()[:32].encode("ascii")
        self._write(b"trailer\n<< /Size %d /Root %d 0 R /ID [ <%b> <%b> ] >>\n" % (count, CATALOG, name, name))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._hash.update(content)
        self._size += len(content)


def stream(entries: bytes, content: bytes) -> bytes:
    """The body of a stream whose ``content`` stands as it is given (its filter is told in ``entries``)."""
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(content), content)


class Copier:
    """Copies objects of one document into ``writer``, each with all that it leads to.

    ``numbers``: where objects of the document (by number and generation) already stand.
    """

    def __init__(self, writer: PdfWriter, numbers: dict[tuple[int, int], int]) -> None:
        self._writer = writer
        self._numbers = numbers
        self._open: dict[tuple[int, int], int | None] = {}
        """Objects that are being copied, with the number promised to one that leads back to itself."""

    def text(self, value: Any) -> bytes:
        """``value`` as it is written inside another object."""
        if isinstance(value, pikepdf.Object):
            return b"%d 0 R" % self._number(value) if value.is_indirect else self._direct(value)
        if value is None:
            return b"null"
        if isinstance(value, bool):
            return b"true" if value else b"false"
        return (f"{value:f}" if isinstance(value, Decimal) else str(value)).encode("ascii")

    def entries(self, dictionary: Any, without: tuple[str, ...] = ()) -> bytes:
        pairs = [
            pikepdf.Name(name).unparse() + b" " + self.text(value)
            for name, value in dictionary.items()
            if name not in without
        ]
        return b" ".join(pairs)

    def _direct(self, value: Any) -> bytes:
        if isinstance(value, pikepdf.Stream):
            entries = self.entries(value.stream_dict, without=("/Length",))
            return stream(entries, value.read_raw_bytes())
        plain: bytes = value.unparse(resolved=True)
        if not isinstance(value, pikepdf.Array | pikepdf.Dictionary) or b" R" not in plain:
            return plain
        if isinstance(value, pikepdf.Array):
            return b"[ " + b" ".join(self.text(item) for item in value) + b" ]"
        return b"<< " + self.entries(value) + b" >>"

    def _number(self, value: Any) -> int:
        key = value.objgen
        if key in self._numbers:
            return self._numbers[key]
        if key in self._open:
            promised = self._open[key]
            if promised is None:
                promised = self._open[key] = self._writer.promise()
            return promised
        self._open[key] = None
        body = self._direct(value)
        promised = self._open.pop(key)
        if promised is None:
            promised = self._writer.share(body)
        else:
            self._writer.put(promised, body)
        self._numbers[key] = promised
        return promised
