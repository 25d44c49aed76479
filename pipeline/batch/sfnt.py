"""The glyphs of TrueType fonts (OpenType, "Font file", "glyf", "loca", "hmtx"): taken apart and put together again."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

_HEAD = struct.Struct(">4sHHHH")
_ENTRY = struct.Struct(">4sLLL")
_ROW = 4
"""Bytes of ``hmtx`` for each glyph."""
_TRUETYPE = b"\0\1\0\0"
_MAGIC = 0xB1B0AFBA
_HINTS = (b"cvt ", b"fpgm", b"prep")


@dataclass
class FontPart:
    """Some glyphs of a font under their own numbers. ``outlines`` are empty for a space."""

    count: int
    """How many numbers there are, with or without a glyph."""
    tables: dict[bytes, bytes]
    """Those that do not depend on which glyphs there are; counts and checksums are zero."""
    outlines: dict[int, bytes] = field(default_factory=dict)
    metrics: dict[int, bytes] = field(default_factory=dict)
    """Its row of ``hmtx``, for every glyph that is drawn, be it empty."""

    @property
    def nature(self) -> tuple[tuple[bytes, bytes], ...]:
        """The same for every part of one font."""
        return tuple(sorted(self.tables.items()))

    @classmethod
    def empty(cls, like: FontPart) -> FontPart:
        return replace(like, count=0, outlines={}, metrics={})

    @classmethod
    def read(cls, content: bytes, used: Iterable[int] = ()) -> FontPart:
        """With the glyphs that have an outline, and the ``used``, which may be empty.

        Raises `ValueError` or `struct.error` for what is not a whole TrueType font with each of these.
        """
        kind, number, *_ = _HEAD.unpack_from(content)
        if kind != _TRUETYPE:
            raise ValueError("not TrueType")
        found = {}
        for at in range(number):
            tag, _, start, length = _ENTRY.unpack_from(content, _HEAD.size + at * _ENTRY.size)
            found[tag] = content[start : start + length]
        head, hhea, maxp, hmtx, glyf = (found[tag] for tag in (b"head", b"hhea", b"maxp", b"hmtx", b"glyf"))
        (count,) = struct.unpack_from(">H", maxp, 4)
        (long,) = struct.unpack_from(">h", head, 50)
        places = struct.unpack(f">{count + 1}{'L' if long else 'H'}", found[b"loca"])
        scale = 1 if long else 2
        (wide,) = struct.unpack_from(">H", hhea, 34)
        if wide != count or len(hmtx) != count * _ROW or any(gid >= count for gid in used):
            raise ValueError("glyphs or widths left out")
        tables = {tag: found[tag] for tag in _HINTS if tag in found}
        tables[b"head"] = head[:8] + bytes(4) + head[12:50] + bytes(2) + head[52:]
        tables[b"hhea"] = hhea[:34] + bytes(2)
        tables[b"maxp"] = maxp[:4] + bytes(2) + maxp[6:]
        outlines = {
            gid: glyf[start * scale : end * scale] for gid, (start, end) in enumerate(pairwise(places)) if start != end
        }
        metrics = {gid: hmtx[gid * _ROW : (gid + 1) * _ROW] for gid in {*outlines, *used}}
        return cls(count, tables, outlines, metrics)

    def takes(self, other: FontPart) -> bool:
        """Take over the glyphs of ``other``; False, and nothing is taken, when one differs from the one known here."""
        for gid in self.metrics.keys() & other.metrics.keys():
            ours = self.metrics[gid], self.outlines.get(gid)
            if ours != (other.metrics[gid], other.outlines.get(gid)):
                return False
        self.metrics |= other.metrics
        self.outlines |= other.outlines
        self.count = max(self.count, other.count)
        return True


def joined(part: FontPart) -> bytes:
    """The font file."""
    glyf, places = bytearray(), [0]
    for gid in range(part.count):
        outline = part.outlines.get(gid, b"")
        glyf += outline + bytes(-len(outline) % 4)
        places.append(len(glyf))
    tables = part.tables | {
        b"glyf": bytes(glyf),
        b"loca": struct.pack(f">{len(places)}L", *places),
        b"hmtx": b"".join(part.metrics.get(gid, bytes(_ROW)) for gid in range(part.count)),
    }
    count = struct.pack(">H", part.count)
    tables[b"head"] = tables[b"head"][:50] + struct.pack(">h", 1) + tables[b"head"][52:]
    tables[b"hhea"] = tables[b"hhea"][:34] + count
    tables[b"maxp"] = tables[b"maxp"][:4] + count + tables[b"maxp"][6:]
    content = _file(tables)
    total = struct.pack(">L", (_MAGIC - _checksum(content)) & 0xFFFFFFFF)
    tables[b"head"] = tables[b"head"][:8] + total + tables[b"head"][12:]
    return _file(tables)


def _file(tables: dict[bytes, bytes]) -> bytes:
    power = len(tables).bit_length() - 1
    head = _HEAD.pack(_TRUETYPE, len(tables), 16 << power, power, 16 * len(tables) - (16 << power))
    entries, bodies = b"", b""
    start = _HEAD.size + _ENTRY.size * len(tables)
    for tag, content in sorted(tables.items()):
        bare = content[:8] + bytes(4) + content[12:] if tag == b"head" else content
        entries += _ENTRY.pack(tag, _checksum(bare), start + len(bodies), len(content))
        bodies += content + bytes(-len(content) % 4)
    return head + entries + bodies


def _checksum(content: bytes) -> int:
    whole = content + bytes(-len(content) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(whole) // 4}L", whole)
    return sum(words) & 0xFFFFFFFF
