"""Documents drawn by several processes at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import pytest

from pipeline.compose.crew import render_all
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from tests.compose.samples import PATIENT, ROOT, TEMPLATES, revision

_ENDLESS = """
import sys
from tests.compose.test_crew import convocations, render_all, TEMPLATES
for _ in render_all(convocations(), bytes, TEMPLATES, workers=2):
    print("drawn", flush=True)
"""


def convocations() -> Iterator[Revision]:
    """One after the other, without end."""
    renderer = TemplateRenderer(TEMPLATES)
    for number in count(1):
        patient = replace(PATIENT, id=f"p{number}", birth_name="FICTIF" + "A" * number)
        yield revision(renderer, DocumentKind.CONVOCATION, patient=patient)


def workers_of(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    found = [int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()]
    return [pid for one in found for pid in (one, *workers_of(one))]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_end(processes: list[int]) -> bool:
    for _ in range(300):
        if not any(map(is_running, processes)):
            return True
        time.sleep(0.1)
    return False


def test_documents_come_in_their_order_with_the_bytes_that_one_renderer_gives() -> None:
    asked = list(islice(convocations(), 5))
    renderer = TemplateRenderer(TEMPLATES)
    assert list(render_all(asked, bytes, TEMPLATES, workers=2)) == [renderer.pdf(one) for one in asked]
    assert workers_of(os.getpid()) == []


def test_a_document_that_cannot_be_drawn_stops_the_list_and_says_why() -> None:
    first, second = islice(convocations(), 2)
    drawn = render_all([first, replace(second, template_sha256="0" * 64), first], bytes, TEMPLATES, workers=1)
    assert next(drawn).startswith(b"%PDF")
    with pytest.raises(TemplateFault, match="a changé depuis"):
        next(drawn)
    assert workers_of(os.getpid()) == []


def test_when_a_worker_dies_the_list_stops_and_does_not_wait_for_it() -> None:
    drawn = render_all(convocations(), bytes, TEMPLATES, workers=1)
    next(drawn)
    for worker in workers_of(os.getpid()):
        os.kill(worker, signal.SIGKILL)
    with pytest.raises(TemplateFault, match="s'est arrêté"):
        list(drawn)


def test_no_worker_stays_when_the_program_that_asked_is_killed() -> None:
    asker = subprocess.Popen([sys.executable, "-c", _ENDLESS], cwd=ROOT, stdout=subprocess.PIPE)
    assert asker.stdout
    assert asker.stdout.readline() == b"drawn\n"
    workers = workers_of(asker.pid)
    assert len(workers) == 3  # two, and the one whose forks they are
    asker.kill()
    asker.wait()
    asker.stdout.close()
    assert all_end(workers)
