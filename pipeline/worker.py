"""The worker: hands every case at which the machine must act to the job engine, once."""

from __future__ import annotations

import logging
import threading

from pipeline.errors import CalameError
from pipeline.flow import Flow
from pipeline.jobs.port import JobEngine, JobKey
from pipeline.model.case import Case, Status, Urgency

log = logging.getLogger("calame.worker")


class Worker:
    """Polls the journal (the truth) and submits job keys; the engine makes them durable and bounded.

    ``poll_seconds`` is the longest a case waits before its next step is submitted.
    """

    def __init__(self, flow: Flow, engine: JobEngine, *, poll_seconds: float = 0.2) -> None:
        self._flow = flow
        self._engine = engine
        self._poll = poll_seconds
        self._submitted: set[JobKey] = set()

    @property
    def running(self) -> int:
        """How many steps are at work; after `run` returned, more than 0 means that they did not end in time."""
        return self._engine.running

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. A storage that does not answer is asked again later."""
        self._engine.start(self._flow.work, self._flow.give_up)
        try:
            while not stop.is_set():
                try:
                    self.dispatch()
                except CalameError as error:
                    log.warning("dispatch: %s", error.code)
                    stop.wait(5 * self._poll)
                stop.wait(self._poll)
        finally:
            self._engine.stop()

    def dispatch(self) -> int:
        """Submit what is new; returns how many."""
        waiting = {JobKey.of(case): case for case in self._flow.waiting()}
        fresh = [key for key in waiting if key not in self._submitted]
        for key in fresh:
            case = waiting[key]
            self._engine.submit(key, heavy=_heavy(case), urgent=case.urgency is Urgency.URGENT)
        self._submitted = set(waiting)
        return len(fresh)


def _heavy(case: Case) -> bool:
    return case.status is Status.RECEIVED and not case.replaces
