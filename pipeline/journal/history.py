"""What a case went through (moves, results), and how far a long step is."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline.errors import StorageBusy
from pipeline.journal.codec import decode
from pipeline.journal.engine import Store
from pipeline.journal.tables import cases, moves, results
from pipeline.model.case import WORKER_STATUSES, Move, Status

T = TypeVar("T")

PROGRESS_EVERY = 0.5
"""Seconds between two writes of one case's progress."""

_RESULTS = sa.select(results.c.body).where(
    results.c.case_id == sa.bindparam("of_case"), results.c.stage == sa.bindparam("of_stage")
)
_NEWEST = _RESULTS.order_by(results.c.sequence.desc()).limit(1)
_OLDEST_FIRST = _RESULTS.order_by(results.c.sequence)

_AT_WORK = sorted(status.value for status in WORKER_STATUSES)


class History(Store):
    """The part of `SqlJournal` that reads a case's history and keeps the progress of long steps."""

    def moves(self, case_id: str) -> list[Move]:
        """Oldest first; the first one has no source."""
        with self._read() as connection:
            rows = connection.execute(sa.select(moves).where(moves.c.case_id == case_id).order_by(moves.c.no)).all()
        return [move_of(row) for row in rows]

    def result(self, case_id: str, stage: str, type_: type[T]) -> T | None:
        """The newest result of a stage. Raises `IntegrityBroken` when it cannot be decoded as ``type_``."""
        with self._read() as connection:
            body = connection.scalar(_NEWEST, {"of_case": case_id, "of_stage": stage})
        return None if body is None else decode(body, type_)

    def results(self, case_id: str, stage: str, type_: type[T]) -> list[T]:
        """All of them, oldest first."""
        with self._read() as connection:
            bodies = connection.scalars(_OLDEST_FIRST, {"of_case": case_id, "of_stage": stage}).all()
        return [decode(body, type_) for body in bodies]

    def set_progress(self, case_id: str, share: float) -> None:
        """``share`` in [0, 1]. Shown, not history: skipped when written less than `PROGRESS_EVERY` seconds ago, or when
        the database is busy, and no step ever fails for it."""
        now = time.monotonic()
        if now - self._progress_at.get(case_id, -PROGRESS_EVERY) < PROGRESS_EVERY:
            return
        if len(self._progress_at) > 1000:
            self._progress_at.clear()
        self._progress_at[case_id] = now
        at_work = cases.update().where(cases.c.id == case_id, cases.c.status.in_(_AT_WORK))
        with suppress(StorageBusy):
            self._write(lambda connection: connection.execute(at_work.values(progress=min(max(share, 0.0), 1.0))))

    def progress(self) -> dict[str, float]:
        """Shares in [0, 1] by case id, of the cases at a worker's status only."""
        query = sa.select(cases.c.id, cases.c.progress).where(
            cases.c.status.in_(_AT_WORK), cases.c.progress.is_not(None)
        )
        with self._read() as connection:
            return {row.id: row.progress for row in connection.execute(query)}


def move_of(row: sa.Row[Any]) -> Move:
    """A row of `moves` as a `Move`."""
    source = Status(row.source) if row.source else None
    return Move(row.case_id, row.no, source, Status(row.target), row.actor, row.at, row.reason)
