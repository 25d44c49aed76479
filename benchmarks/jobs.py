"""What the job engine costs: ``python -m benchmarks.jobs [postgresql+psycopg://…]`` (SQLite always; an EMPTY database).

Prints start time, idle processor time, delay from submit to begin, jobs a second and time to recover after SIGKILL.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from pipeline.jobs.dbos_engine import DbosEngine
from pipeline.jobs.port import JobKey

IDLE_SECONDS = 15
JOBS = 300
CONTEXT = multiprocessing.get_context("spawn")


def key(name: str) -> JobKey:
    return JobKey(name, "COMPOSING", 1)


def forget(job: JobKey) -> None:
    """What to do with a job that is given up: nothing."""
    del job


def stall(url: str, begun: multiprocessing.synchronize.Event) -> None:  # type: ignore[name-defined]
    def handler(_: JobKey) -> None:
        begun.set()
        time.sleep(600)

    engine = DbosEngine(url)
    engine.start(handler, forget)
    engine.submit(key("cut"), heavy=True, urgent=False)
    time.sleep(600)


def recovery_seconds(url: str) -> float:
    """From the start of a new worker to the begin of the job that the killed one had begun."""
    begun = CONTEXT.Event()
    doomed = CONTEXT.Process(target=stall, args=(url, begun))
    doomed.start()
    begun.wait()
    doomed.kill()
    doomed.join()
    again = threading.Event()
    engine = DbosEngine(url)
    started = time.perf_counter()
    engine.start(lambda _: again.set(), forget)
    again.wait()
    taken = time.perf_counter() - started
    engine.stop()
    return taken


def delays(engine: DbosEngine, begun: dict[str, float]) -> list[float]:
    found = []
    for number in range(30):
        name = f"delay-{number}"
        submitted = time.perf_counter()
        engine.submit(key(name), heavy=False, urgent=False)
        while name not in begun:
            time.sleep(0.001)
        found.append(begun[name] - submitted)
        time.sleep(0.1)
    return found


def measure(url: str) -> None:
    begun: dict[str, float] = {}
    engine = DbosEngine(url)
    at = time.perf_counter()
    engine.start(lambda job: begun.setdefault(job.case_id, time.perf_counter()) and None, forget)
    print(f"  first start (tables made)  {time.perf_counter() - at:6.2f} s")
    time.sleep(1)
    spent, at = time.process_time(), time.perf_counter()
    time.sleep(IDLE_SECONDS)
    used = (time.process_time() - spent) / (time.perf_counter() - at)
    print(f"  idle, this process         {100 * used:6.2f} % of a core")
    found = delays(engine, begun)
    print(f"  submit to begin            {statistics.median(found):6.3f} s median, {max(found):.3f} s worst")
    at, spent = time.perf_counter(), time.process_time()
    for number in range(JOBS):
        engine.submit(key(f"many-{number}"), heavy=False, urgent=False)
    submitted = time.perf_counter() - at
    while sum(name.startswith("many-") for name in list(begun)) < JOBS:
        time.sleep(0.01)
    taken, burnt = time.perf_counter() - at, time.process_time() - spent
    print(f"  submits                    {JOBS / submitted:6.0f} /s while working")
    print(f"  jobs done                  {JOBS / taken:6.0f} /s, {1000 * burnt / JOBS:.1f} ms CPU each")
    at = time.perf_counter()
    engine.stop()
    print(f"  stop                       {time.perf_counter() - at:6.2f} s")
    print(f"  start to resumed job       {recovery_seconds(url):6.2f} s after SIGKILL")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{Path(folder) / 'jobs.db'}", *sys.argv[1:]):
            print(url.split(":")[0])
            measure(url)


if __name__ == "__main__":
    main()
