"""The same promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dbos import DBOS

from pipeline.errors import SettingsError, StorageBusy
from pipeline.jobs.dbos_engine import DbosEngine, EngineOptions
from pipeline.jobs.port import GiveUp, Handler, JobKey
from tests.jobs.children import forget, wait_for

Start = Callable[..., DbosEngine]


@pytest.fixture
def start(database: str) -> Iterator[Start]:
    engines: list[DbosEngine] = []

    def begin(handler: Handler, options: EngineOptions | None = None, on_give_up: GiveUp = forget) -> DbosEngine:
        engine = DbosEngine(database, options=options)
        engines.append(engine)
        engine.start(handler, on_give_up)
        return engine

    yield begin
    for engine in engines:
        engine.stop()


def key(case: str) -> JobKey:
    return JobKey(case, "COMPOSING", 4)


def ended() -> int:
    return len(DBOS.list_workflows(status="SUCCESS"))


def test_a_key_is_done_once_however_often_it_is_submitted_while_waiting_running_or_ended(start: Start) -> None:
    done: list[str] = []
    going = threading.Event()

    def handler(job: JobKey) -> None:
        done.append(job.id)
        assert going.wait(20)

    # a minute between polls: only the bell can start these in time
    engine = start(handler, EngineOptions(polling=60, light_jobs=1))
    for _ in range(3):
        engine.submit(key("first"), heavy=False, urgent=False)
        engine.submit(key("second"), heavy=False, urgent=False)
    wait_for(lambda: done)
    engine.submit(key("first"), heavy=False, urgent=False)
    going.set()
    wait_for(lambda: ended() == 2, seconds=20)
    engine.submit(key("first"), heavy=False, urgent=True)
    engine.submit(JobKey("first", "COMPOSING", 5), heavy=False, urgent=False)
    wait_for(lambda: ended() == 3, seconds=20)
    # which of two keys submitted together goes first is not promised
    assert sorted(done) == ["first:COMPOSING:4", "first:COMPOSING:5", "second:COMPOSING:4"]


def test_urgent_jobs_go_first_and_heavy_ones_one_at_a_time_beside_light_ones(start: Start) -> None:
    order: list[str] = []
    at_once: dict[str, int] = {"heavy": 0, "light": 0}
    most = dict(at_once)
    counting = threading.Lock()
    going = threading.Event()

    def handler(job: JobKey) -> None:
        kind = job.case_id.split("-")[0]
        with counting:
            order.append(job.case_id)
            at_once[kind] += 1
            most[kind] = max(most[kind], at_once[kind])
        assert going.wait(20)
        time.sleep(0.05)
        with counting:
            at_once[kind] -= 1

    engine = start(handler)
    engine.submit(key("heavy-0"), heavy=True, urgent=False)
    for name in ("light-1", "light-2"):
        engine.submit(key(name), heavy=False, urgent=False)
    wait_for(lambda: len(order) == 3)  # both queues are full: what follows has to wait
    for name, urgent in (("heavy-routine", False), ("heavy-other", False), ("heavy-urgent", True)):
        engine.submit(key(name), heavy=True, urgent=urgent)
    going.set()
    wait_for(lambda: len(order) == 6)
    assert order[3:] == ["heavy-urgent", "heavy-routine", "heavy-other"]
    assert most == {"heavy": 1, "light": 2}


def test_a_worker_told_to_do_two_heavy_jobs_at_once_does_two(start: Start) -> None:
    both = threading.Barrier(2, timeout=20)
    done: list[str] = []

    def handler(job: JobKey) -> None:
        both.wait()
        done.append(job.case_id)

    engine = start(handler, EngineOptions(heavy_jobs=2))
    for name in ("one", "two"):
        engine.submit(key(name), heavy=True, urgent=False)
    wait_for(lambda: sorted(done) == ["one", "two"])


def test_a_step_that_fails_twice_is_tried_again_and_one_that_always_fails_is_given_up_with_codes_only(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    tries: dict[str, int] = {}
    given_up: list[JobKey] = []

    def handler(job: JobKey) -> None:
        tries[job.case_id] = tries.get(job.case_id, 0) + 1
        if job.case_id == "never" or tries[job.case_id] < 3:
            raise StorageBusy("Le dossier de Mme Dupont est occupé.")

    with caplog.at_level(logging.INFO):
        engine = start(
            handler,
            EngineOptions(attempts=3, backoff=0.01, polling=0.1),
            on_give_up=given_up.append,
        )
        engine.submit(key("soon"), heavy=False, urgent=False)
        engine.submit(key("never"), heavy=False, urgent=False)
        wait_for(lambda: given_up and tries.get("soon") == 3 and ended() == 6)
    assert tries == {"soon": 3, "never": 3}
    assert given_up == [key("never")]
    assert "never:COMPOSING:4 given-up error=storage-busy" in caplog.text
    assert "Dupont" not in caplog.text


def test_a_give_up_that_cannot_be_told_is_tried_again_until_it_is(start: Start) -> None:
    told: list[JobKey] = []

    def handler(_: JobKey) -> None:
        raise StorageBusy("Le disque est plein.")

    def tell(job: JobKey) -> None:
        told.append(job)
        if len(told) < 3:
            raise StorageBusy("La base de données ne répond pas.")

    engine = start(handler, EngineOptions(attempts=1, backoff=0.01, polling=0.1), on_give_up=tell)
    engine.submit(key("full"), heavy=False, urgent=False)
    wait_for(lambda: len(told) == 3 and ended() == 3)


def test_ended_jobs_are_remembered_for_their_time_and_then_pruned(start: Start) -> None:
    done: list[str] = []
    for keep, remembered in ((timedelta(days=1), 0), (timedelta(days=1), 1), (timedelta(0), 0)):
        engine = start(lambda job: done.append(job.id), EngineOptions(keep_ended=keep))
        assert ended() == remembered
        engine.submit(key("old"), heavy=False, urgent=False)
        wait_for(lambda: ended() == 1)
        engine.stop()
    assert done == ["old:COMPOSING:4", "old:COMPOSING:4"]


def test_a_job_cut_by_the_stop_is_done_again_after_the_next_start(start: Start) -> None:
    begun: list[str] = []
    release = threading.Event()

    def stuck(job: JobKey) -> None:
        begun.append(job.id)
        release.wait(30)

    first = start(stuck, EngineOptions(stop_grace=1))
    first.submit(key("long"), heavy=True, urgent=False)
    wait_for(lambda: begun)
    first.stop()
    assert first.running == 1
    again: list[str] = []
    start(lambda job: again.append(job.id))
    wait_for(lambda: again)
    release.set()
    assert again == begun == ["long:COMPOSING:4"]


def test_two_workers_on_one_sqlite_file_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    first = DbosEngine(url)
    first.start(lambda job: None, forget)
    try:
        with pytest.raises(SettingsError, match="Un autre processus"):
            DbosEngine(url).start(lambda job: None, forget)
    finally:
        first.stop()
