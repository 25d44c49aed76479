"""Which workers are alive: each holds a PostgreSQL advisory lock that the server drops with its session.

No clocks and no timeouts to tune: a killed process loses its session at once, a machine that vanished loses it
when TCP keepalive gives up (`_KEEPALIVE`, about 25 s). A worker that only lost its session is taken for dead:
its jobs may then run twice, which every handler allows. Needs a session of its own, so not a transaction pooler.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

_KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""Server side: how long the session of a machine that vanished is kept."""


class Liveness:
    """``executor_id`` is unique to one start of one worker. Used by one thread at a time."""

    def __init__(self, database_url: str, executor_id: str) -> None:
        self._engine = sa.create_engine(
            database_url,
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            connect_args={"options": _KEEPALIVE, "application_name": "calame-worker"},
        )
        self._executor_id = executor_id
        self._session: sa.Connection | None = None

    def hold(self) -> None:
        """Say that this worker lives; repeated calls check the session and open a new one when it was lost."""
        if self._session is not None:
            try:
                self._session.execute(sa.text("SELECT 1"))
                return
            except SQLAlchemyError:
                self._session.invalidate()
                self._session.close()
                self._session = None
        session = self._engine.connect()
        session.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _key(self._executor_id)})
        self._session = session

    @contextmanager
    def claim_dead(self, executor_id: str) -> Iterator[bool]:
        """True when that worker is dead and nobody else is taking over its jobs; held until the block ends."""
        with self._engine.connect() as session:
            key = {"key": _key(executor_id)}
            dead = bool(session.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
            yield dead  # closing the session (NullPool) drops the lock, also after an error

    def release(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
        self._engine.dispose()


def _key(executor_id: str) -> int:
    digest = hashlib.sha256(f"calame.worker.{executor_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
