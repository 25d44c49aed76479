"""Kept files, named by their content."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import IntegrityBroken, StorageBusy
from pipeline.model.case import BlobRef

CHUNK = 1 << 20
"""Bytes in memory at once."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT)


class BlobStore:
    """`Blobs` in a folder: ``ab/abcdef…``, written once, read-only (0o440).

    A file appears under its name whole or not at all, also after a power cut: it is written beside, flushed, renamed,
    and the folder's entry is flushed. A crash may leave a file in ``.partial/``; it is never read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._partial = root / ".partial"

    def put(self, content: bytes, media_type: str) -> BlobRef:
        """Raises `StorageBusy` when the disk is full, `IntegrityBroken` when this name is taken by damaged content."""
        return self._keep(io.BytesIO(content), media_type)

    def put_file(self, source: Path, media_type: str) -> BlobRef:
        """A flushed copy, in bounded memory. Raises as `put`, and `OSError` when ``source`` cannot be read."""
        with source.open("rb") as stream:
            return self._keep(stream, media_type)

    def path(self, ref: BlobRef) -> Path:
        """Where the file is, or would be."""
        if not _SHA256.fullmatch(ref.sha256):
            raise ValueError("not a lower-case hex SHA-256")
        return self.root / ref.sha256[:2] / ref.sha256

    def read(self, ref: BlobRef) -> bytes:
        """Raises `IntegrityBroken` when the file is gone or no longer has its hash."""
        try:
            content = self.path(ref).read_bytes()
        except FileNotFoundError as error:
            raise IntegrityBroken("Un fichier conservé a disparu.") from error
        if hashlib.sha256(content).hexdigest() != ref.sha256:
            raise IntegrityBroken("Un fichier conservé a été modifié.")
        return content

    def _keep(self, stream: BinaryIO, media_type: str) -> BlobRef:
        with _full_disk_told():
            self._partial.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._partial)
            written = Path(name)
            try:
                with os.fdopen(handle, "wb") as target:
                    ref = _copy(stream, target, media_type)
                    os.fchmod(target.fileno(), 0o440)
                    target.flush()
                    os.fsync(target.fileno())
                self._place(written, ref)
            finally:
                written.unlink(missing_ok=True)
        return ref

    def _place(self, written: Path, ref: BlobRef) -> None:
        final = self.path(ref)
        if not final.parent.is_dir():
            final.parent.mkdir(exist_ok=True)
            _flush_folder(self.root)
        if final.exists():
            if _sha256_of(final) != ref.sha256:
                raise IntegrityBroken("Un fichier conservé a été modifié.")
        else:
            written.rename(final)
        _flush_folder(final.parent)


def _copy(stream: BinaryIO, target: BinaryIO, media_type: str) -> BlobRef:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return BlobRef(digest.hexdigest(), size, media_type)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageBusy("Le disque est plein.", advice="Libérez de la place, puis réessayez.") from error
        raise
