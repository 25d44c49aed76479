"""`JobEngine` on DBOS Transact: durable jobs on SQLite (one worker) and PostgreSQL (any number of workers).

What is stored is the job's key and nothing else: no result, no error text, so no patient data. One DBOS workflow
is one attempt; a failed attempt enqueues the next one with a delay, so waiting never occupies a place in a queue.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbos import DBOS, DBOSConfig, EnqueueOptions, WorkflowSerializationFormat
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import CalameError, StorageBusy
from pipeline.jobs.bell import Bell, install
from pipeline.jobs.liveness import Liveness
from pipeline.jobs.lock import WorkerLock
from pipeline.jobs.port import GiveUp, Handler, JobKey

_APPLICATION = "calame"
_VERSION = "1"
"""Pinned: DBOS's own default is a hash of the code, and an update would then orphan every waiting job."""
_SCHEMA = "calame_jobs"
_WORKFLOW = "step"
_URGENT, _ROUTINE = 1, 10  # DBOS: the smaller goes first
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_SET_ASIDE = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
"""Ended without the handler's word: the worker died too often, or the engine itself failed."""
_PRUNE_BATCH = 500
_LONGEST_DELAY = 300.0
"""Seconds between two attempts at most."""
_THOROUGH_EVERY = 12  # rounds of housekeeping: once a minute by default
_FREED_AFTER = (0.02, 0.15, 0.6)
"""Seconds after a handler's end when DBOS has written it down and the place is free: one of them hits."""


log = logging.getLogger("calame.jobs")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Seconds unless named otherwise.

    ``attempts``: how often a raising handler is tried, with ``backoff × 4^n`` between (2, 8, 32, 128 s by default).
    ``crashes``: how often one job may be cut by the death of its worker before it is set aside.
    ``polling``: how often a queue is looked at when nothing woke it (jobs of another worker, retries that are due).
    ``light_jobs``, ``heavy_jobs``: so many at once in this worker.
    ``keep_ended``: how long an ended job is remembered. After that the same key would run once more (harmless).
    """

    attempts: int = 5
    backoff: float = 2.0
    crashes: int = 50
    polling: float = 3.0
    light_jobs: int = 2
    heavy_jobs: int = 1
    housekeeping: float = 5.0
    keep_ended: timedelta = timedelta(days=1)
    stop_grace: int = 5


class DbosEngine:
    """Start it in the worker process only, once per process. See `pipeline.jobs.port.JobEngine`.

    ``database_url``: a SQLAlchemy address. SQLite: ``lock_path`` (default: beside the file) keeps a second worker
    out. PostgreSQL: ``worker_id`` names this worker in the logs; several workers may share a name.
    """

    def __init__(
        self,
        database_url: str,
        *,
        worker_id: str = "local",
        lock_path: Path | None = None,
        options: EngineOptions | None = None,
    ) -> None:
        self._url = make_url(database_url)
        self._options = options or EngineOptions()
        self._on_give_up: GiveUp | None = None
        self._liveness: Liveness | None = None
        self._lock: WorkerLock | None = None
        if self._url.get_backend_name() == "sqlite":
            # the lock says that every job marked as running was left by a dead process: one constant name
            self._executor_id = "local"
            self._lock = WorkerLock(lock_path or Path(f"{self._url.database}.lock"))
        else:
            self._executor_id = f"{worker_id}:{uuid.uuid4().hex[:12]}"
            self._liveness = Liveness(_address(self._url), self._executor_id)
        self._handler: Handler | None = None
        self._running = 0
        self._count = threading.Lock()
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None
        self._reported: set[str] = set()
        self._bell = Bell(self._options.polling)

    @property
    def running(self) -> int:
        """How many handlers are at work. After `stop`, more than 0 means: end the process with ``os._exit``."""
        return self._running

    def start(self, handler: Handler, on_give_up: GiveUp) -> None:
        """Raises `SettingsError` when another worker uses the same SQLite file, `StorageBusy` when the database
        does not answer. What a dead worker left unfinished starts again at once."""
        self._on_give_up = on_give_up
        if self._lock is not None:
            self._lock.acquire()
        try:
            self._launch(handler)
        except SQLAlchemyError as error:
            self.stop()
            raise StorageBusy("La base de données des tâches ne répond pas.") from error
        except BaseException:
            self.stop()
            raise

    def submit(self, key: JobKey, *, heavy: bool, urgent: bool) -> None:
        self._enqueue(key, 1, heavy=heavy, urgent=urgent)
        self._bell.ring("heavy" if heavy else "light")

    def stop(self) -> None:
        """Take nothing new, give running jobs ``stop_grace`` seconds, leave the rest to the next start."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        if self._handler is not None:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=self._options.stop_grace)
            self._handler = None
        if self._liveness is not None:
            self._liveness.release()
        if self._lock is not None:
            self._lock.release()

    def _launch(self, handler: Handler) -> None:
        if self._url.get_backend_name() == "sqlite":
            _prepare_sqlite(str(self._url.database))
        if self._liveness is not None:
            self._liveness.hold()
        _quiet()
        self._handler = handler
        DBOS(config=self._config())
        DBOS.workflow(
            name=_WORKFLOW,
            max_recovery_attempts=self._options.crashes,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
        )(self._attempt())
        install(self._bell)
        DBOS.launch()
        for name, places in (("heavy", self._options.heavy_jobs), ("light", self._options.light_jobs)):
            DBOS.register_queue(
                name,
                worker_concurrency=places,
                polling_interval_sec=self._options.polling,
                on_conflict="always_update",
            )
        self._stopping.clear()
        self._keep_house(thorough=True)
        self._bell.ring()
        self._keeper = threading.Thread(target=self._housekeeping, name="calame-jobs-housekeeping", daemon=True)
        self._keeper.start()

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=_APPLICATION,
            system_database_url=_address(self._url),
            dbos_system_schema=_SCHEMA,
            application_version=_VERSION,
            executor_id=self._executor_id,
            sys_db_pool_size=5,
            log_level="WARNING",
            enable_otlp=False,
            # notifications and schedules of DBOS are not used
            use_listen_notify=False,
            notification_listener_polling_interval_sec=0.5,
            scheduler_polling_interval_sec=3600.0,
        )

    def _enqueue(self, key: JobKey, attempt: int, *, heavy: bool, urgent: bool, delay: float = 0.0) -> None:
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "workflow_id": key.id if attempt == 1 else f"{key.id}~{attempt}",
            "queue_name": "heavy" if heavy else "light",
            "priority": _URGENT if urgent else _ROUTINE,
            "app_version": _VERSION,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        if delay:
            options["delay_seconds"] = delay
        try:
            DBOS.enqueue_workflow_with_options(options, key.case_id, key.status, key.move_no, attempt, heavy, urgent)
        except SQLAlchemyError as error:
            raise StorageBusy("La base de données des tâches ne répond pas.") from error

    def _attempt(self) -> Callable[[str, str, int, int, bool, bool], str]:
        def step(case_id: str, status: str, move_no: int, attempt: int, heavy: bool, urgent: bool) -> str:
            return self._run(JobKey(case_id, status, move_no), attempt, heavy=heavy, urgent=urgent)

        return step

    def _run(self, key: JobKey, attempt: int, *, heavy: bool, urgent: bool) -> str:
        handler = self._handler
        if handler is None:
            raise RuntimeError("the engine was stopped")
        with self._count:
            self._running += 1
        try:
            handler(key)
            return "done"
        except Exception as error:  # whatever the step raised is tried again, a bounded number of times
            code = error.code if isinstance(error, CalameError) else type(error).__name__
        finally:
            with self._count:
                self._running -= 1
            self._bell.ring_after("heavy" if heavy else "light", _FREED_AFTER)
        if attempt >= self._options.attempts and self._give_up(key, code):
            return "given-up"
        delay = min(self._options.backoff * 4 ** (attempt - 1), _LONGEST_DELAY)
        log.warning("job %s attempt=%d error=%s again-in=%gs", key.id, attempt, code, delay)
        self._enqueue(key, attempt + 1, heavy=heavy, urgent=urgent, delay=delay)
        return "again"

    def _give_up(self, key: JobKey, code: str) -> bool:
        """Whether it could be told; when not, the step is tried again, so that no case is forgotten."""
        log.error("job %s given-up error=%s", key.id, code)
        try:
            if self._on_give_up is not None:
                self._on_give_up(key)
        except Exception as error:
            log.error("job %s given-up-not-told error=%s", key.id, type(error).__name__)  # noqa: TRY400 - codes only
            return False
        return True

    def _housekeeping(self) -> None:
        rounds = 0
        while not self._stopping.wait(self._options.housekeeping):
            rounds += 1
            self._keep_house(thorough=rounds % _THOROUGH_EVERY == 0)

    def _keep_house(self, *, thorough: bool) -> None:
        try:
            if self._liveness is not None:
                self._liveness.hold()
                self._take_over_from_the_dead(self._liveness)
            if thorough:
                self._report_set_aside()
                self._prune()
        except Exception as error:  # the next round tries again; a lost database must not end the thread
            log.warning("job housekeeping error=%s", type(error).__name__)

    def _take_over_from_the_dead(self, liveness: Liveness) -> None:
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        for executor in sorted({job.executor_id for job in pending if job.executor_id} - {self._executor_id}):
            with liveness.claim_dead(executor) as dead:
                if dead:
                    taken = DBOS._recover_pending_workflows([executor])
                    self._bell.ring()
                    log.warning("worker %s is gone: %d job(s) taken over", executor, len(taken))

    def _report_set_aside(self) -> None:
        for job in DBOS.list_workflows(status=_SET_ASIDE, load_input=False, load_output=False):
            new = job.workflow_id not in self._reported
            if new and self._give_up(_key_of(job.workflow_id), "worker-crashed"):
                self._reported.add(job.workflow_id)

    def _prune(self) -> None:
        before = (datetime.now(UTC) - self._options.keep_ended).isoformat()
        while not self._stopping.is_set():
            old = DBOS.list_workflows(
                status=_ENDED, completed_before=before, limit=_PRUNE_BATCH, load_input=False, load_output=False
            )
            if not old:
                return
            DBOS.delete_workflows([job.workflow_id for job in old])


def _key_of(workflow_id: str) -> JobKey:
    case_id, status, number = workflow_id.rsplit(":", 2)
    return JobKey(case_id, status, int(number.partition("~")[0]))


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _prepare_sqlite(path: str) -> None:
    """Write-ahead logging stays set in the file: readers then never wait for the writer."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def _quiet() -> None:
    """DBOS adds its own console output unless its logger has a handler; Calame's logging decides instead."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
