"""Whether a file is whole, as far as its container tells.

Every function takes an open descriptor and the size in bytes, reads with ``pread`` and answers True (whole),
False (cut) or None (this container does not say).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator

from pipeline.model.exchange import DOCX

_TAIL = 2048
_CHUNK = 1 << 20
_MOST_BOXES = 100_000
_MOST_PAGES = 20_000


def is_whole(descriptor: int, size: int, media_type: str) -> bool | None:
    """Whether the file behind ``descriptor`` is whole; None when its container does not say."""
    check = _CHECKS.get(media_type)
    if check is None:
        return None
    try:
        return check(descriptor, size)
    except struct.error:  # the file ends inside a header
        return False


def _riff(descriptor: int, size: int) -> bool | None:
    mark, declared = struct.unpack("<4sI", os.pread(descriptor, 8, 0))
    if mark == b"RF64":  # EBU Tech 3306: the real size stands in the ds64 chunk
        (declared,) = struct.unpack("<Q", os.pread(descriptor, 8, 20))
    elif declared in (0, 0xFFFFFFFF):  # a recorder that streams leaves the size open
        return None
    return bool(size >= declared + 8)


def _form(descriptor: int, size: int) -> bool | None:
    (declared,) = struct.unpack(">I", os.pread(descriptor, 4, 4))
    return bool(size >= declared + 8) if declared else None


def _au(descriptor: int, size: int) -> bool | None:
    start, declared = struct.unpack(">II", os.pread(descriptor, 8, 4))
    return None if declared == 0xFFFFFFFF else bool(size >= start + declared)


def _mp4(descriptor: int, size: int) -> bool | None:
    """ISO/IEC 14496-12: every top-level box ends inside the file, and ``moov`` is among them."""
    position, moov = 0, False
    for _ in range(_MOST_BOXES):
        if position + 8 > size:
            break
        length, kind = struct.unpack(">I4s", os.pread(descriptor, 8, position))
        if length == 1:
            (length,) = struct.unpack(">Q", os.pread(descriptor, 8, position + 8))
        elif length == 0:  # to the end of the file
            length = size - position
        if length < 8:
            return None if moov else False
        moov = moov or kind == b"moov"
        position += length
    return moov and position <= size


def _asf(descriptor: int, size: int) -> bool | None:
    """ASF specification 3.2: the File Properties object holds the file's size unless the broadcast flag is set."""
    head = os.pread(descriptor, 65536, 0)
    at = head.find(bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365"))
    if at < 0:
        return None
    (declared,) = struct.unpack_from("<Q", head, at + 40)
    (flags,) = struct.unpack_from("<I", head, at + 88)
    return None if flags & 1 or not declared else bool(size >= declared)


def _pdf(descriptor: int, size: int) -> bool | None:
    return b"%%EOF" in os.pread(descriptor, _TAIL, max(0, size - _TAIL))


def _zip(descriptor: int, size: int) -> bool | None:
    """APPNOTE 4.3.16: the directory's end stands last, before a comment of at most 65,535 bytes."""
    reach = 22 + 65535
    return b"PK\x05\x06" in os.pread(descriptor, reach, max(0, size - reach))


def _png(descriptor: int, size: int) -> bool | None:
    return b"IEND\xaeB`\x82" in os.pread(descriptor, _TAIL, max(0, size - _TAIL))


def _jpeg(descriptor: int, size: int) -> bool | None:
    """ITU-T T.81: an end mark after the first scan. The marks of an embedded thumbnail lie before it."""
    position = 2
    while position + 4 <= size:
        mark, length = struct.unpack(">HH", os.pread(descriptor, 4, position))
        if mark >> 8 != 0xFF:
            return None
        if mark & 0xFF == 0xFF:  # a fill byte
            position += 1
            continue
        position += 2 + length
        if mark == 0xFFDA:
            return _holds(descriptor, b"\xff\xd9", position, size)
    return False


def _holds(descriptor: int, mark: bytes, start: int, size: int) -> bool:
    carried = b""
    for position in range(start, size, _CHUNK):
        chunk = carried + os.pread(descriptor, _CHUNK, position)
        if mark in chunk:
            return True
        carried = chunk[-1:]
    return False


def _tiff(descriptor: int, size: int) -> bool | None:
    """TIFF 6.0: every directory and every strip or tile ends inside the file."""
    head = os.pread(descriptor, 8, 0)
    order = "<" if head[:2] == b"II" else ">"
    version, offset = struct.unpack(order + "HI", head[2:8])
    if version != 42:  # BigTIFF
        return None
    for _ in range(_MOST_PAGES):
        if offset == 0:
            return True
        if offset + 2 > size:
            return False
        (count,) = struct.unpack(order + "H", os.pread(descriptor, 2, offset))
        table = os.pread(descriptor, count * 12 + 4, offset + 2)
        if any(end > size for end in _strip_ends(descriptor, order, table, count)):
            return False
        (offset,) = struct.unpack_from(order + "I", table, count * 12)
    return None


def _strip_ends(descriptor: int, order: str, table: bytes, count: int) -> Iterator[int]:
    """The end of every strip (tags 273 and 279) or tile (324 and 325) of one directory, in bytes."""
    values: dict[int, tuple[int, ...]] = {}
    for index in range(count):
        tag, kind, number = struct.unpack_from(order + "HHI", table, index * 12)
        if tag not in (273, 279, 324, 325) or kind not in (3, 4):
            continue
        code, width = ("H", 2) if kind == 3 else ("I", 4)
        field = table[index * 12 + 8 : index * 12 + 12]
        if number * width > 4:
            (place,) = struct.unpack(order + "I", field)
            field = os.pread(descriptor, number * width, place)
        values[tag] = struct.unpack(f"{order}{number}{code}", field[: number * width])
    for starts, lengths in ((273, 279), (324, 325)):
        yield from map(sum, zip(values.get(starts, ()), values.get(lengths, ()), strict=False))


_CHECKS: dict[str, Callable[[int, int], bool | None]] = {
    "audio/wav": _riff,
    "audio/aiff": _form,
    "audio/basic": _au,
    "audio/mp4": _mp4,
    "audio/x-ms-wma": _asf,
    "application/pdf": _pdf,
    DOCX: _zip,
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/tiff": _tiff,
}
