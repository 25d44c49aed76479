"""Runs work on a stranger's template in a process of its own, with limits, and takes back bytes and nothing else.

The process (`pipeline.compose.cell_inside`) is started at the first job with an empty environment, loads the libraries
once and forks for each job; it ends with whoever started it. Answers are never unpickled.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import struct
import subprocess
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from pipeline.compose.confine import Limits
from pipeline.errors import TemplateFault

HEAD = struct.Struct(">QQQQQ")
"""Bytes of the job that follows, then the limits: cpu, wall, memory, answer."""
LENGTH = struct.Struct(">Q")
DONE, FAULT, DIED, LATE, SWOLLEN = b"+", b"-", b"!", b"t", b"m"
"""The first byte of an answer."""

_ROOT = Path(__file__).resolve().parents[2]
_SIMPLIFY = "Simplifiez le modèle : boucles, tableaux, images. Aucun autre modèle n'est employé à sa place."


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of the template in ``folder``. ``whole``: a drawing that lacks a word is refused; a
    check draws."""

    verb: Literal["pdf", "docx", "check"]
    folder: Path
    arguments: tuple[Any, ...]
    whole: bool = False


class Cell:
    """One job at a time; safe to share between threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def run(self, job: Job, name: str) -> bytes:
        """The answer. ``name`` names the template in errors. Raises `TemplateFault`, also when a limit was reached."""
        content, limits = pickle.dumps(job), self._limits
        head = HEAD.pack(len(content), limits.cpu, limits.wall, limits.memory, limits.answer)
        with self._lock:
            try:
                answer = self._asked(head + content)
            except (OSError, EOFError) as error:
                self.close()
                raise _stopped(name) from error
        mark, rest = answer[:1], answer[1:]
        if mark == DONE:
            return rest
        if mark == FAULT:
            told = json.loads(rest)
            raise TemplateFault(str(told["message"]), advice=str(told["advice"]))
        if mark == LATE:
            raise TemplateFault(f"Le modèle « {name} » demande trop de temps : il a été arrêté.", advice=_SIMPLIFY)
        if mark == SWOLLEN:
            raise TemplateFault(f"Le modèle « {name} » demande trop de mémoire : il a été arrêté.", advice=_SIMPLIFY)
        raise _stopped(name)

    def close(self) -> None:
        """End the process; the next job starts another."""
        if self._process is not None:
            _end(self._process)
            self._process = None

    def _asked(self, request: bytes) -> bytes:
        if self._process is None or self._process.poll() is not None:
            self._process = _started()
            weakref.finalize(self, _end, self._process)
        process = self._process
        assert process.stdin  # noqa: S101  a pipe, as the next
        assert process.stdout  # noqa: S101
        process.stdin.write(request)
        process.stdin.flush()
        (length,) = LENGTH.unpack(_exactly(process.stdout, LENGTH.size))
        return _exactly(process.stdout, min(length, self._limits.answer + 1))


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-s", "-c", "from pipeline.compose.cell_inside import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe:
                pipe.close()


def _exactly(stream: Any, length: int) -> bytes:
    content: bytes = stream.read(length)
    if len(content) != length:
        raise EOFError
    return content


def _stopped(name: str) -> TemplateFault:
    return TemplateFault(f"Le dessin du modèle « {name} » s'est arrêté.", advice=_SIMPLIFY)
