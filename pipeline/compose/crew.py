"""Renders many revisions on every core, each worker with its own renderer."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from pipeline.compose.own import OwnTemplates
from pipeline.compose.port import Renderer
from pipeline.compose.practice_renderer import PracticeRenderer
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Revision

_AHEAD = 4
"""Revisions given to each worker ahead of its answer: it never waits, and memory holds no more than these."""

_renderer: Renderer | None = None


def render_all(
    revisions: Iterable[Revision], templates: Path, own: OwnTemplates | None = None, workers: int = 0
) -> Iterator[bytes]:
    """PDFs in the order of ``revisions``, which is read only as they are drawn.

    ``own``: the practice's templates. ``workers`` 0: one a core.

    Raises `TemplateFault`. Workers are started afresh (a fork would share the journal's connections).
    """
    count = workers or len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _begin, (templates, own)) as pool:
        waiting: deque[Future[bytes]] = deque()
        for revision in revisions:
            waiting.append(pool.submit(_pdf, revision))
            if len(waiting) >= count * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin(templates: Path, own: OwnTemplates | None) -> None:
    global _renderer
    _renderer = PracticeRenderer(templates, own) if own else TemplateRenderer(templates)


def _pdf(revision: Revision) -> bytes:
    assert _renderer is not None  # noqa: S101  `_begin` ran first
    return _renderer.pdf(revision)
