"""The process that `pipeline.compose.cell` starts: it loads the libraries once, then forks for each job.

Only the fork, once confined, opens anything of a template. This process passes bytes on, ends the fork when its time is
up, and ends itself when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from PIL import Image
from weasyprint import HTML

from pipeline.compose.cell import DIED, DONE, FAULT, HEAD, LATE, LENGTH, SWOLLEN, Job
from pipeline.compose.confine import Limits, confine
from pipeline.compose.docx_renderer import inspected
from pipeline.compose.drawing import Drawing, qr_text
from pipeline.compose.own import COPY, PAGE
from pipeline.compose.own_check import mistakes_inside
from pipeline.compose.own_proof import refuse_flaws
from pipeline.errors import TemplateFault


def main() -> None:
    HTML(string="<p>a").render()  # fonts are looked for once, here, as are Pillow's formats
    Image.init()
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        while len(head := sys.stdin.buffer.read(HEAD.size)) == HEAD.size:
            length, *numbers = HEAD.unpack(head)
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
                answer = _answer(sys.stdin.buffer.read(length), Limits(*numbers), Path(scratch))
            answers.write(LENGTH.pack(len(answer)) + answer)
            answers.flush()


def _answer(request: bytes, limits: Limits, scratch: Path) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(request, limits, scratch, writing)
    os.close(writing)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    content, in_time = _read(reading, limits)
    os.close(reading)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    stopped = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if not in_time or (not content and stopped == signal.SIGXCPU):
        return LATE
    return content if 0 < len(content) <= limits.answer else DIED


def _read(pipe: int, limits: Limits) -> tuple[bytes, bool]:
    """What was written until the other side closed, and whether that was in time."""
    pieces: list[bytes] = []
    size, end = 0, time.monotonic() + limits.wall
    while (left := end - time.monotonic()) > 0 and size <= limits.answer:
        if select.select([pipe], [], [], left)[0]:
            piece = os.read(pipe, 1 << 20)
            if not piece:
                return b"".join(pieces), True
            pieces.append(piece)
            size += len(piece)
    return b"", size > limits.answer


def _work(request: bytes, limits: Limits, scratch: Path, pipe: int) -> None:
    """In the fork. Never returns."""
    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        job: Job = pickle.loads(request)  # noqa: S301  written by the process that started this one
        confine(job.folder, scratch, limits)
        with os.fdopen(pipe, "wb") as answer:
            answer.write(_done(job))
    except BaseException:
        os._exit(1)
    os._exit(0)


def _done(job: Job) -> bytes:
    try:
        if job.verb in ("pdf", "docx"):
            return DONE + _drawn(job)
        return (
            DONE
            + json.dumps([asdict(one) for one in mistakes_inside(job.folder, *job.arguments, drawn=job.whole)]).encode()
        )
    except TemplateFault as fault:
        return _told(fault.message, fault.advice)
    except OSError:  # the kernel's answer
        return _told(
            "Le modèle veut lire ou écrire un fichier hors de son dossier.", "Copiez ce fichier dans son dossier."
        )
    except MemoryError:
        return SWOLLEN


def _drawn(job: Job) -> bytes:
    shown, revision = job.arguments
    drawing, file = Drawing(job.folder), PAGE if job.verb == "pdf" else COPY
    if file == PAGE:
        content = drawing.pdf(PAGE, shown, revision)
    else:
        content = drawing.docx(COPY, shown, revision, comes_back=True)
        inspected(content, COPY)  # what Jinja wrote into it
    if job.whole:
        refuse_flaws(file, content, shown, qr_text(revision), PurePosixPath(revision.template).parent.name)
    return content


def _told(message: str, advice: str) -> bytes:
    return FAULT + json.dumps({"message": message, "advice": advice}).encode()
