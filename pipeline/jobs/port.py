"""What the worker needs of a job engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pipeline.model.case import Case


@dataclass(frozen=True, slots=True)
class JobKey:
    """One step of one case. The same key again is harmless, while it waits, runs, or after it ended."""

    case_id: str
    status: str
    move_no: int

    @property
    def id(self) -> str:
        return f"{self.case_id}:{self.status}:{self.move_no}"

    @staticmethod
    def of(case: Case) -> JobKey:
        return JobKey(case.id, case.status.value, case.move_no)


Handler = Callable[[JobKey], None]
"""Does the step. Must be safe to run twice. Raises only when the step should be tried again."""


GiveUp = Callable[[JobKey], None]
"""Called once when a step failed too often to be tried again; must be safe to run twice."""


class JobEngine(Protocol):
    """Durable jobs: what was submitted is done at least once, across SIGKILL."""

    @property
    def running(self) -> int:
        """How many handlers are at work."""
        ...

    def start(self, handler: Handler, on_give_up: GiveUp) -> None: ...

    def submit(self, key: JobKey, *, heavy: bool, urgent: bool) -> None:
        """``heavy`` jobs (transcription, OCR) run one at a time per worker; urgent ones go first."""
        ...

    def stop(self) -> None: ...
