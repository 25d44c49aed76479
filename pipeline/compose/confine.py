"""Takes away from this process what drawing a stranger's template does not need. There is no way back.

Linux only, like Calame. Sources: setrlimit(2), landlock(7), prctl(2), PEP 578.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_SYSCALL_CREATE, _SYSCALL_ADD, _SYSCALL_RESTRICT = 444, 445, 446
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14
"""Write a file, take out a folder or a file, make a folder or a file, truncate."""
LARGEST_SCRATCH = 8 * 1024 * 1024
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights over files each version of Landlock knows; 16 from the fifth on."""
_BIND_AND_CONNECT = 0b11
_RUNTIME = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/var/cache/fontconfig",
    "/dev/null",
    "/dev/urandom",
)
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.",
    "ctypes.dlopen",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take: seconds of processor, seconds of clock, bytes of address space, bytes of its answer."""

    cpu: int = 20
    wall: int = 60
    memory: int = 1024 * 1024 * 1024
    answer: int = 64 * 1024 * 1024


def confine(folder: Path, scratch: Path, limits: Limits) -> None:
    """From here on: the given time and memory, no file read but the runtime's and those of ``folder``, none written but
    in ``scratch`` (WeasyPrint lays fonts there), no network, no other program."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.environ.clear()
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.cpu
    for what, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, limits.memory, limits.memory),
        (resource.RLIMIT_FSIZE, LARGEST_SCRATCH, LARGEST_SCRATCH),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 128, 128),
    ):
        resource.setrlimit(what, (soft, hard))
    package = Path(__file__).resolve().parent.parent
    tempfile.tempdir = str(scratch)
    _landlock((*_RUNTIME, sys.prefix, sys.base_prefix, str(package), str(folder)), str(scratch))
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: object) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(event)


def landlock_version() -> int:
    """Of the kernel; 0 when it has none: then the sandbox, the fetcher and the limits are the walls."""
    return max(0, int(_LIBC.syscall(_SYSCALL_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _landlock(readable: Iterable[str], writable: str) -> None:
    version = landlock_version()
    if not version:
        return
    handled = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    words = [handled] if version < 4 else [handled, _BIND_AND_CONNECT]
    asked = (ctypes.c_uint64 * len(words))(*words)
    rules = _done(_LIBC.syscall(_SYSCALL_CREATE, asked, ctypes.c_size_t(8 * len(words)), ctypes.c_uint32(0)))
    for path in (*readable, writable):
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = _READ_FILE | (_READ_DIR if Path(path).is_dir() else 0) | (_WRITE & handled if path == writable else 0)
        beneath = _Beneath(rights, parent)
        _done(_LIBC.syscall(_SYSCALL_ADD, rules, 1, ctypes.byref(beneath), ctypes.c_uint32(0)))
        os.close(parent)
    _done(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _done(_LIBC.syscall(_SYSCALL_RESTRICT, rules, ctypes.c_uint32(0)))
    os.close(rules)


def _done(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
