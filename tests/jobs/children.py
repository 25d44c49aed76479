"""Real worker processes, to be killed. Forked from a server that has imported the engine once."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from pipeline.jobs.dbos_engine import DbosEngine, EngineOptions
from pipeline.jobs.lock import WorkerLock
from pipeline.jobs.port import JobKey

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.jobs.children"])


def append(path: Path, line: str) -> None:
    """One write of one line: whole or absent, also when killed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def forget(key: JobKey) -> None:
    """What to do with a job that is given up: nothing."""
    del key


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def work(url: str, journal: Path, log: Path, name: str) -> None:
    """A worker whose journal is a file. Like the dispatcher, it submits all that the journal does not show as done."""

    def handler(key: JobKey) -> None:
        append(log, f"begin {key.case_id} {name}")
        time.sleep(0.04)
        append(journal, key.case_id)

    engine = DbosEngine(url, worker_id=name, options=EngineOptions(polling=0.5, housekeeping=0.5))
    engine.start(handler, forget)
    append(log, f"ready {name}")
    wanted = [f"case-{number:02}" for number in range(60)]
    for number, case in enumerate(wanted):
        if case not in lines(journal):
            engine.submit(JobKey(case, "TRANSCRIBING", 3), heavy=number % 3 == 0, urgent=number % 7 == 0)
    while set(lines(journal)) != set(wanted):
        time.sleep(0.02)
    engine.stop()


def take_and_stall(url: str, log: Path, name: str, seconds: float, submit: bool) -> None:
    """A worker that needs ``seconds`` for a job."""

    def handler(key: JobKey) -> None:
        append(log, f"begin {key.id} {name}")
        time.sleep(seconds)
        append(log, f"end {key.id} {name}")

    engine = DbosEngine(url, worker_id=name, options=EngineOptions(polling=0.5, housekeeping=0.2))
    engine.start(handler, forget)
    append(log, f"ready {name}")
    if submit:
        engine.submit(JobKey("long", "TRANSCRIBING", 3), heavy=True, urgent=False)
    time.sleep(600)


def hold(lock: Path, log: Path) -> None:
    WorkerLock(lock).acquire()
    append(log, "held")
    time.sleep(600)


def wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def child(target: object, *arguments: object) -> BaseProcess:
    process = CONTEXT.Process(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
    process.start()
    return process


def end(process: BaseProcess) -> None:
    process.kill()
    process.join()
