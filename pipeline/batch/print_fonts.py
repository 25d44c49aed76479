"""One copy of each font for a whole print file, whose documents each hold the part of it that they use.

WeasyPrint keeps the numbers of glyphs when it takes a part of a font, so parts of one font fit together: what stands in
two of them must be the same to the byte, otherwise the part is left as it is. Only the tables that ISO 32000-1, 9.9
asks of a TrueType font in a PDF are kept.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from pipeline.batch.pdf_writer import PdfWriter, stream
from pipeline.batch.sfnt import FontPart, joined

_FONT = {"/Type", "/Subtype", "/BaseFont", "/Encoding", "/DescendantFonts", "/ToUnicode"}
_GLYPHS = {"/Type", "/Subtype", "/BaseFont", "/CIDSystemInfo", "/CIDToGIDMap", "/FontDescriptor", "/W"}
_TEXT = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>\n")
_LINES = 100
"""The most that a block of a CMap may hold."""


@dataclass
class _Whole:
    """What the parts of one font have brought so far, by the number of the glyph."""

    number: int
    descriptor: dict[str, bytes]
    box: list[float]
    name: bytes
    system: bytes
    part: FontPart
    widths: dict[int, bytes] = field(default_factory=dict)
    texts: dict[int, bytes] = field(default_factory=dict)


class Fonts:
    """The fonts of a print file. Memory: what each font holds of glyphs, whatever the number of documents."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._wholes: dict[tuple[Any, ...], _Whole] = {}

    def place(self, font: Any) -> int | None:
        """Where this font will stand; None when it cannot be joined with others of its name."""
        try:
            return self._joined(font)
        except (AttributeError, KeyError, IndexError, ValueError, TypeError, struct.error, pikepdf.PdfError):
            return None  # not a font that WeasyPrint writes this way: it is copied as it is

    def finish(self) -> None:
        for whole in self._wholes.values():
            self._write(whole)

    def _joined(self, font: Any) -> int | None:
        (glyphs,) = font.DescendantFonts
        told = glyphs.FontDescriptor
        usual = set(font.keys()) == _FONT and set(glyphs.keys()) == _GLYPHS and font.Encoding == "/Identity-H"
        if not usual or glyphs.Subtype != "/CIDFontType2" or glyphs.CIDToGIDMap != "/Identity":
            return None
        widths, texts = _widths(glyphs.W), _texts(font.ToUnicode.read_bytes())
        part = FontPart.read(told.FontFile2.read_bytes(), widths)
        if not texts.keys() <= widths.keys():
            return None
        descriptor = {name: value for name, value in _plain(told).items() if name not in ("/FontFile2", "/FontBBox")}
        name = font.BaseFont.unparse()
        system = glyphs.CIDSystemInfo.unparse(resolved=True)
        key = (name, system, tuple(descriptor.items()), part.nature)
        box = [float(edge) for edge in told.FontBBox]
        whole = self._wholes.get(key)
        if whole is None:
            whole = _Whole(self._writer.promise(), descriptor, box, name, system, FontPart.empty(part))
            self._wholes[key] = whole
        if any(whole.widths.get(gid, width) != width for gid, width in widths.items()):
            return None
        if not whole.part.takes(part):
            return None
        whole.widths |= widths
        whole.texts = texts | whole.texts
        whole.box = [*map(min, whole.box[:2], box[:2]), *map(max, whole.box[2:], box[2:])]
        return whole.number

    def _write(self, whole: _Whole) -> None:
        add = self._writer.add
        content = joined(whole.part)
        file = add(stream(b"/Filter /FlateDecode /Length1 %d" % len(content), zlib.compress(content, 9)))
        edges = " ".join(f"{edge:g}" for edge in whole.box).encode("ascii")
        kept = b" ".join(name.encode("ascii") + b" " + value for name, value in whole.descriptor.items())
        told = add(b"<< %b /FontBBox [ %b ] /FontFile2 %d 0 R >>" % (kept, edges, file))
        widths = b" ".join(b"%d [ %b ]" % (gid, width) for gid, width in sorted(whole.widths.items()))
        glyphs = add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont %b /CIDSystemInfo %b /CIDToGIDMap /Identity "
            b"/FontDescriptor %d 0 R /W [ %b ] >>" % (whole.name, whole.system, told, widths)
        )
        texts = add(stream(b"/Filter /FlateDecode", zlib.compress(_cmap(whole.texts), 9)))
        self._writer.put(
            whole.number,
            b"<< /Type /Font /Subtype /Type0 /BaseFont %b /Encoding /Identity-H /DescendantFonts [ %d 0 R ] "
            b"/ToUnicode %d 0 R >>" % (whole.name, glyphs, texts),
        )


def _plain(dictionary: Any) -> dict[str, bytes]:
    return {
        name: value.unparse() if isinstance(value, pikepdf.Object) else str(value).encode("ascii")
        for name, value in dictionary.items()
    }


def _widths(table: Any) -> dict[int, bytes]:
    """By glyph, of a table written as ``first [ width … ]``."""
    found: dict[int, bytes] = {}
    items = list(table)
    for first, row in zip(items[::2], items[1::2], strict=True):
        found |= {int(first) + at: str(width).encode("ascii") for at, width in enumerate(row)}
    return found


def _texts(cmap: bytes) -> dict[int, bytes]:
    """By glyph, what is read where it stands."""
    if b"beginbfrange" in cmap:
        raise ValueError("ranges")
    block = cmap.partition(b"beginbfchar\n")[2]
    return {int(glyph, 16): text for glyph, text in _TEXT.findall(block)}


def _cmap(texts: dict[int, bytes]) -> bytes:
    lines = [b"<%04x> <%b>" % (glyph, text) for glyph, text in sorted(texts.items())]
    blocks = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    written = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n" + written + b"\nendcmap\n"
        b"CMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
