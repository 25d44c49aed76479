"""Folders and entries, always relative to an open folder and never through a symbolic link."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

DEEPEST = 8
"""Levels of folders under the inbox that are looked at."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Mark:
    """What must stay the same while a file settles and is taken."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @staticmethod
    def of(status: os.stat_result) -> Mark:
        return Mark(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name found in the inbox: its folder's parts, its name, and its own status (not a link's target)."""

    parts: tuple[str, ...]
    name: str
    status: os.stat_result

    @property
    def key(self) -> tuple[tuple[str, ...], str]:
        return self.parts, self.name

    @property
    def mark(self) -> Mark:
        return Mark.of(self.status)

    @property
    def author(self) -> str:
        return self.parts[0] if self.parts else ""

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)


def open_folder(parent: int, *parts: str) -> int:
    """A descriptor of the folder ``parts`` below ``parent``; every step refuses a symbolic link (OSError)."""
    current = os.open(".", _FOLDER, dir_fd=parent)
    for part in parts:
        try:
            below = os.open(part, _FOLDER, dir_fd=current)
        finally:
            os.close(current)
        current = below
    return current


@contextmanager
def folder(parent: int, *parts: str) -> Iterator[int]:
    """`open_folder`, closed at the end."""
    descriptor = open_folder(parent, *parts)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def regular_file(parent: int, name: str) -> Iterator[int]:
    """A descriptor of ``name`` for reading: never follows a link and never blocks on a pipe (OSError instead)."""
    descriptor = os.open(name, _FILE, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def entries(descriptor: int, parts: tuple[str, ...]) -> list[Entry]:
    """What stands in the open folder, oldest first, so that what came first is taken first."""
    found = []
    with os.scandir(descriptor) as listing:
        for item in listing:
            try:
                found.append(Entry(parts, item.name, item.stat(follow_symlinks=False)))
            except FileNotFoundError:  # renamed or removed meanwhile
                continue
    return sorted(found, key=lambda entry: (entry.status.st_mtime_ns, entry.name))


def make_folder(parent: int, name: str) -> None:
    """Make ``name`` (0750) unless it is there. Raises OSError when something else bears the name."""
    try:
        os.mkdir(name, 0o750, dir_fd=parent)
    except FileExistsError:
        if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise


def exists(parent: int, name: str) -> bool:
    """Whether anything bears this name, a dangling link too."""
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def write_durably(parent: int, name: str, content: bytes) -> None:
    """Write a new file and see it on the disk. Raises OSError, FileExistsError when the name is taken."""
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640, dir_fd=parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def lock(descriptor: int) -> bool:
    """Take the lock of an open file until it is closed; False when another process holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def being_written(descriptor: int) -> bool:
    """Whether another process has this file open for writing (Linux, local file systems; otherwise False).

    A read lease is refused while anybody has the file open for writing (fcntl(2), F_SETLEASE). Should somebody open
    it during the lease, the kernel tells us by SIGURG, which is ignored by default, and not by SIGIO, which kills.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except (AttributeError, OSError):  # not Linux, another owner's file, a file system without leases
        return False
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
