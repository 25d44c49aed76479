"""The process that `pipeline.compose.crew` starts: it loads the libraries once, then forks the workers."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from multiprocessing.connection import Connection

from pipeline.compose.drawing import warm_up
from pipeline.compose.port import Renderer
from pipeline.compose.practice_renderer import PracticeRenderer
from pipeline.compose.weasyprint_renderer import TemplateRenderer


def main() -> None:
    templates, own, numbers = pickle.load(sys.stdin.buffer)  # noqa: S301  written by the process that started this one
    renderer: Renderer = PracticeRenderer(templates, own) if own else TemplateRenderer(templates)
    warm_up()
    gc.collect()
    gc.freeze()  # the libraries are not looked through again and again for what may be dropped
    for number in numbers:
        if not os.fork():
            for other in numbers:
                if other != number:
                    os.close(other)
            _serve(Connection(number), renderer)
    for number in numbers:
        os.close(number)
    for _ in numbers:
        os.wait()


def _serve(asker: Connection, renderer: Renderer) -> None:
    """In the fork. Never returns: it ends when nobody asks any more."""
    gc.disable()  # what a document leaves behind is looked for once, after it, not many times while it is drawn
    try:
        asker.send(_answer(renderer, asker.recv()))
        gc.collect()
        gc.freeze()  # the templates and sheets that the first one read
        while True:
            asker.send(_answer(renderer, asker.recv()))
            gc.collect()
    except (OSError, EOFError):
        os._exit(0)
    except BaseException:
        os._exit(1)


def _answer(renderer: Renderer, revision: object) -> bytes | Exception:
    try:
        return renderer.pdf(revision)  # type: ignore[arg-type]  # what `crew` sends
    except Exception as error:
        return error
