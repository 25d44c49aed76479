"""Sound a browser can play, and pictures of PDF pages."""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import os
import re
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

import av
import numpy as np
import pypdfium2 as pdfium
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from starlette.responses import FileResponse, Response

from pipeline.errors import AudioUnreadable, ScanUnreadable

PLAYABLE = frozenset({"audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus", "audio/flac"})
"""Media types that current browsers play as they are."""

MOST_PIXELS = 12_000_000
"""Of one picture. An A4 page 1100 wide has 1.7 million; one of 1 by 14400 points, 17 thousand million."""

LONGEST = 300.0
"""Seconds of a spoken remark."""

_pdfium_lock = threading.Lock()  # PDFium is not safe for threads
_copying_lock = threading.Lock()


def playable(path: Path, media_type: str, cache: Path) -> tuple[Path, str]:
    """The file itself, or an Ogg Opus copy kept in ``cache`` under a name without patient data. Raises
    `AudioUnreadable`."""
    if media_type in PLAYABLE and not _mulaw(path, media_type):
        return path, media_type
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = cache / f"{hashlib.sha256(str(path).encode()).hexdigest()[:32]}.ogg"
    with _copying_lock:  # a player asks several times at once: the copy is made once
        if not copy.exists():
            part = copy.with_suffix(f".{os.getpid()}.part")
            try:
                _to_opus(path, part)
                part.replace(copy)
            except av.error.FFmpegError as error:
                raise AudioUnreadable("Cet enregistrement ne peut pas être lu.") from error
            finally:
                part.unlink(missing_ok=True)
    return copy, "audio/ogg"


def _mulaw(path: Path, media_type: str) -> bool:
    """Browsers refuse µ-law WAV: format code 7 in the fmt chunk (RFC 2361)."""
    if "wav" not in media_type:
        return False
    with path.open("rb") as file:
        head = file.read(64)
    place = head.find(b"fmt ")
    return place > 0 and int.from_bytes(head[place + 8 : place + 10], "little") not in (1, 3, 0xFFFE)


def _to_opus(source: Path, target: Path, longest: float = math.inf) -> None:
    with av.open(str(source)) as read, av.open(str(target), "w", format="ogg") as write:
        out: AudioStream = write.add_stream("libopus", rate=48_000, layout="mono")
        resampler = AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=960)
        heard = 0.0
        for frame in read.decode(audio=0):
            heard += frame.samples / frame.sample_rate
            if heard > longest:
                raise AudioUnreadable(
                    f"Cet enregistrement dépasse {longest / 60:.0f} minutes.", advice="Dites-le en moins de mots."
                )
            frame.pts = None
            for piece in resampler.resample(frame):
                write.mux(out.encode(piece))
        for piece in resampler.resample(None):
            write.mux(out.encode(piece))
        write.mux(out.encode(None))


PEAKS_A_SECOND = 20
MOST_PEAKS = 24_000
"""Of one recording, so that an hour stays some twenty kilobytes: more than a screen has points."""
_RATE = 8_000


def peaks(path: Path, cache: Path) -> bytes:
    """The loudest sample of each of equal stretches, 0 to 255, at most `MOST_PEAKS` of them.

    Computed once and kept in ``cache`` under a name without patient data. Raises `AudioUnreadable`.
    """
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = cache / f"{hashlib.sha256(str(path).encode()).hexdigest()[:32]}.peaks"
    with _copying_lock:
        if not kept.exists():
            part = kept.with_suffix(f".{os.getpid()}.part")
            try:
                part.write_bytes(_peaks(path))
            except av.error.FFmpegError as error:
                part.unlink(missing_ok=True)
                raise AudioUnreadable("Cet enregistrement ne peut pas être lu.") from error
            part.replace(kept)
    return kept.read_bytes()


def _peaks(path: Path) -> bytes:
    """Read in pieces of a second, so that an hour of sound is never in memory."""
    found: list[np.ndarray] = []
    rest = np.zeros(0, dtype=np.int16)
    width = _RATE // PEAKS_A_SECOND
    with av.open(str(path)) as read:
        resampler = AudioResampler(format="s16", layout="mono", rate=_RATE)
        for frame in itertools.chain(read.decode(audio=0), (None,)):
            for piece in resampler.resample(frame):
                rest = np.concatenate((rest, piece.to_ndarray().reshape(-1)))
            if len(rest) >= _RATE or frame is None:
                whole = len(rest) // width * width
                found.append(np.abs(rest[:whole].astype(np.int32)).reshape(-1, width).max(axis=1, initial=0))
                rest = rest[whole:]
    levels = np.concatenate(found) if found else np.zeros(0, dtype=np.int32)
    if len(levels) > MOST_PEAKS:
        edges = np.linspace(0, len(levels), MOST_PEAKS, endpoint=False).astype(int)
        levels = np.maximum.reduceat(levels, edges)
    return bytes((levels * 255 // 32_768).astype(np.uint8))


def spoken(content: bytes) -> bytes:
    """A recording of a browser as Ogg Opus without its metadata. Raises `AudioUnreadable`, also beyond `LONGEST`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "sent", Path(folder) / "kept.ogg"
        source.write_bytes(content)
        try:
            _to_opus(source, target, LONGEST)
        except (av.error.FFmpegError, IndexError, ValueError) as error:
            raise AudioUnreadable(
                "Cet enregistrement ne peut pas être lu.", advice="Recommencez, ou écrivez la remarque."
            ) from error
        return target.read_bytes()


def ranged(path: Path, media_type: str, header: str) -> Response:
    """The file, or the part of it that ``Range`` asks for, so that a player can seek."""
    size = path.stat().st_size
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip()) if header else None
    if not found or not any(found.groups()):
        return FileResponse(path, media_type=media_type, headers={"Accept-Ranges": "bytes"})
    if found[1]:
        start, end = int(found[1]), min(int(found[2]) if found[2] else size - 1, size - 1)
    else:
        start, end = max(size - int(found[2]), 0), size - 1
    if start > end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    end = min(end, start + 4 * 1024 * 1024 - 1)
    with path.open("rb") as file:
        file.seek(start)
        content = file.read(end - start + 1)
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{end}/{size}"}
    return Response(content, status_code=206, media_type=media_type, headers=headers)


class PagePictures:
    """PNG pictures of PDF pages; the newest ``keep`` stay in memory, never on disk."""

    def __init__(self, keep: int = 64) -> None:
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._keep = keep

    def count(self, pdf: Path) -> int:
        with _pdfium_lock:
            document = _open(pdf)
            try:
                return len(document)
            finally:
                document.close()

    def sizes(self, pdf: Path) -> list[tuple[float, float]]:
        """Width and height of each page as it is shown, in points, at least 1."""
        with _pdfium_lock:
            document = _open(pdf)
            try:
                found = [document.get_page_size(number) for number in range(len(document))]
            finally:
                document.close()
        return [(max(1.0, across), max(1.0, down)) for across, down in found]

    def png(self, pdf: Path, sha256: str, page: int, width: int = 1100) -> bytes:
        """``page`` is 0-based, ``width`` in pixels. Raises `ScanUnreadable` when there is no such page."""
        key = (sha256, page, width)
        with _pdfium_lock:  # guards what is kept, too
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            document = _open(pdf)
            try:
                if not 0 <= page < len(document):
                    raise ScanUnreadable("Cette page n'existe pas.")
                sheet = document[page]
                scale = _scale(sheet.get_width(), sheet.get_height(), width)
                image = sheet.render(scale=scale, may_draw_forms=True).to_pil()
            finally:
                document.close()
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "PNG", optimize=False, compress_level=3)
        with _pdfium_lock:
            self._kept[key] = buffer.getvalue()
            while len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        return buffer.getvalue()


def _scale(across: float, down: float, width: int) -> float:
    """Pixels per point for a picture ``width`` wide, or smaller when it would have more than `MOST_PIXELS`."""
    across, down = max(across, 1.0), max(down, 1.0)
    return min(width / across, math.sqrt(MOST_PIXELS / (across * down)))


def _open(pdf: Path) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(pdf)
        document.init_forms()
    except pdfium.PdfiumError as error:
        raise ScanUnreadable("Ce PDF ne peut pas être affiché.") from error
    return document
