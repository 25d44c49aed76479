"""The archive as a folder of files that are written once."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.errors import ArchiveConflict, IntegrityBroken

_INCOMING = ".incoming"
_STALE_SECONDS = 24 * 3600
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What shares without hard links (SMB, exFAT) answer to ``link``."""


class FolderShelf:
    """Files under ``root``: each is 0440, in folders of 0750, whole or absent after a power cut.

    A file is written under ``.incoming/``, flushed, and linked to its place, which fails when something is already
    there; then the folders are flushed. What a crash leaves in ``.incoming/`` is removed a day later.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
        self._sweep()

    def place(self, path: str, content: bytes) -> None:
        """See `Shelf.place`. Raises `ArchiveConflict` (other content is there, or the path leaves the archive)."""
        target = self._resolve(path)
        if os.path.lexists(target):
            return self._compare(target, content)
        self._make_folders(target.parent)
        descriptor, name = tempfile.mkstemp(dir=self._incoming, suffix=".part")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), 0o440)
                os.fsync(file.fileno())
            try:
                self._link(temporary, target)
            except FileExistsError:
                self._compare(target, content)
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(target.parent)

    def read(self, path: str) -> bytes:
        """See `Shelf.read`."""
        try:
            return self._resolve(path).read_bytes()
        except OSError as error:
            raise IntegrityBroken("Un document de l'archive est absent ou illisible.") from error

    def paths(self) -> Iterator[str]:
        """See `Shelf.paths`; a link or a special file counts too."""
        for folder, folders, files in os.walk(self.root):
            here = Path(folder)
            if here == self.root:
                folders[:] = [name for name in folders if name != _INCOMING]
            folders.sort()
            links = [name for name in folders if (here / name).is_symlink()]
            for name in sorted(files + links):
                yield (here / name).relative_to(self.root).as_posix()

    def _resolve(self, path: str) -> Path:
        pure = PurePosixPath(path)
        parts = pure.parts
        unsafe = not parts or pure.is_absolute() or parts[0] == _INCOMING or "\\" in path or "\0" in path
        if unsafe or any(part in ("..", ".") for part in path.split("/")):
            raise ArchiveConflict("Ce chemin sort de l'archive : rien n'a été écrit.")
        target = self.root.joinpath(*parts)
        if not target.parent.resolve().is_relative_to(self.root.resolve()):
            raise ArchiveConflict("Ce chemin sort de l'archive par un lien : rien n'a été écrit.")
        return target

    def _compare(self, target: Path, content: bytes) -> None:
        if target.is_symlink() or not target.is_file() or target.read_bytes() != content:
            raise ArchiveConflict(
                "L'archive contient déjà un autre fichier à cet endroit ; il n'a pas été touché.",
                advice="Prévenez l'administrateur : il comparera les deux fichiers.",
            )
        _flush_folder(target.parent)  # a crash may have come between the link and the flush

    def _make_folders(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if one.is_relative_to(self.root) and not one.is_dir()]
        for one in reversed(missing):
            one.mkdir(mode=0o750, exist_ok=True)
            _flush_folder(one.parent)

    @staticmethod
    def _link(temporary: Path, target: Path) -> None:
        """Raises `FileExistsError`. Without hard links: a rename after a look, which is enough because a record's path
        belongs to one case, whose content is one."""
        try:
            target.hardlink_to(temporary)
        except FileExistsError:
            raise
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
            temporary.rename(target)

    def _sweep(self) -> None:
        for leftover in self._incoming.glob("*.part"):
            try:
                if time.time() - leftover.stat().st_mtime > _STALE_SECONDS:
                    leftover.unlink()
            except FileNotFoundError:  # another process swept it
                continue


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
