"""Renders many revisions on every core, each worker with its own renderer.

The workers (`pipeline.compose.crew_inside`) are forks of one process that loads the libraries once and knows nothing of
the program that asks: a fork of that one would share the journal's connections, and `multiprocessing` would load its
main module again in each. They end with whoever asked, however it ended.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from pipeline.compose.own import OwnTemplates
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision

R = TypeVar("R")

_AHEAD = 4
"""Revisions given to each worker ahead of its answer: it never waits, and memory holds no more than these."""

_ROOT = Path(__file__).resolve().parents[2]


def render_all(
    revisions: Iterable[Revision],
    keep: Callable[[bytes], R],
    templates: Path,
    own: OwnTemplates | None = None,
    workers: int = 0,
) -> Iterator[R]:
    """What ``keep`` gives for each PDF, in the order of ``revisions``, which is read only as they are drawn.

    ``keep`` is called in threads: it may wait for the disk, and holds nobody up. ``own``: the practice's templates.
    ``workers`` 0: one a core.

    Raises `TemplateFault`, also when a worker died, and what ``keep`` raises.
    """
    count = workers or len(os.sched_getaffinity(0))
    with _crew(count, templates, own) as idle, ThreadPoolExecutor(2 * count) as askers:
        waiting: deque[Future[R]] = deque()
        try:
            for revision in revisions:
                waiting.append(askers.submit(_kept, idle, revision, keep))
                if len(waiting) >= count * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            askers.shutdown(cancel_futures=True)


@contextmanager
def _crew(count: int, templates: Path, own: OwnTemplates | None) -> Iterator[SimpleQueue[Connection]]:
    """One connection to each worker."""
    ours, theirs = zip(*(Pipe() for _ in range(count)), strict=True)
    numbers = tuple(one.fileno() for one in theirs)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", "from pipeline.compose.crew_inside import main; main()"],
        stdin=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        pass_fds=numbers,
        start_new_session=True,
    )
    for one in theirs:
        one.close()
    try:
        assert process.stdin  # noqa: S101  a pipe
        with process.stdin as told:
            told.write(pickle.dumps((templates, own, numbers)))
        idle: SimpleQueue[Connection] = SimpleQueue()
        for one in ours:
            idle.put(one)
        yield idle
    finally:
        for one in ours:
            one.close()
        process.wait()


def _kept(idle: SimpleQueue[Connection], revision: Revision, keep: Callable[[bytes], R]) -> R:
    return keep(_pdf(idle, revision))


def _pdf(idle: SimpleQueue[Connection], revision: Revision) -> bytes:
    worker = idle.get()
    try:
        worker.send(revision)
        answer = worker.recv()
    except (OSError, EOFError) as error:
        raise TemplateFault(
            "Le dessin des documents s'est arrêté.",
            advice="Relancez : ce qui est fait n'est pas refait. Si cela revient, fermez d'autres programmes.",
        ) from error
    finally:
        idle.put(worker)
    if isinstance(answer, Exception):
        raise answer
    pdf: bytes = answer
    return pdf
