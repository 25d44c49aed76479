"""One way to read and one way to write, alike on SQLite and PostgreSQL.

Writers are serialised: on SQLite by ``BEGIN IMMEDIATE``, on PostgreSQL by one advisory lock held until the commit.
That is what gives consecutive case numbers and one audit chain. Lock and connection troubles reach a caller as
`StorageBusy` only.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import exc

from pipeline.errors import CalameError, IntegrityBroken, StorageBusy

R = TypeVar("R")

PATIENCE = 30.0
"""Seconds that a writer waits for the others before it gives up with `StorageBusy`."""

WRITERS_LOCK = 0x43414C414D45
"""The advisory lock's key on PostgreSQL: "CALAME" in ASCII."""

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_DISK = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_TRY_AGAIN = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


class Store:
    """An engine and its transactions. ``now`` gives aware datetimes; ``timezone`` is the practice's."""

    def __init__(
        self,
        url: str,
        *,
        timezone: str = "Europe/Paris",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = PATIENCE,
    ) -> None:
        self._now = now
        self._zone = ZoneInfo(timezone)
        self._patience = patience
        self._engine = make_engine(url, patience)
        self._writer = self._engine.execution_options(journal_write=True)
        self._progress_at: dict[str, float] = {}

    def close(self) -> None:
        """Give the connections back. The journal can be used again afterwards."""
        self._engine.dispose()

    @contextmanager
    def _read(self, *, snapshot: bool = False) -> Iterator[sa.Connection]:
        """A transaction that writes nothing; a ``snapshot`` sees one state throughout. Raises `StorageBusy`."""
        try:
            with self._engine.connect() as connection:
                if snapshot and connection.dialect.name == "postgresql":
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                yield connection
        except exc.SQLAlchemyError as error:
            raise _told(error) from error

    def _wipe(self) -> None:
        """Leave nothing of what was overwritten in SQLite's journal (the pages zero it, see `_prepare_sqlite`)."""
        if self._engine.dialect.name == "sqlite":
            with self._read() as connection:
                connection.rollback()  # a checkpoint is for between transactions
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def _write(self, work: Callable[[sa.Connection], R]) -> R:
        """Run ``work`` in one transaction, alone among the writers; run it again when the engine asks for it.

        Raises `StorageBusy` when the others kept the database for `PATIENCE` seconds, or it cannot be reached.
        """
        deadline = time.monotonic() + self._patience
        while True:
            try:
                with self._writer.begin() as connection:
                    if connection.dialect.name == "postgresql":
                        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS_LOCK)))
                    return work(connection)
            except exc.SQLAlchemyError as error:
                if not _worth_another_try(error) or time.monotonic() >= deadline:
                    raise _told(error) from error
            time.sleep(random.uniform(0.005, 0.05))  # noqa: S311  a pause, not a secret


def make_engine(url: str, patience: float = PATIENCE) -> sa.Engine:
    """An engine for ``sqlite:///…`` or ``postgresql[+psycopg]://…``, with durable settings.

    SQLite: WAL, ``synchronous=FULL`` (a committed move survives a power cut), foreign keys, a new file is readable
    by its owner only. PostgreSQL: 30 s of patience for locks, no transaction left open by a frozen process.
    """
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            file = Path(address.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
        engine = sa.create_engine(address, connect_args={"timeout": patience}, pool_size=8, max_overflow=24)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    waits = int(patience * 1000)
    options = f"-c timezone=UTC -c lock_timeout={waits} -c idle_in_transaction_session_timeout={2 * waits}"
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args={"options": options, "connect_timeout": 10},
        pool_pre_ping=True,
        max_overflow=24,
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:  # the DBAPI connection has no common type
    connection.isolation_level = None  # transactions are begun below, by us
    cursor = connection.cursor()
    _to_wal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=FAST"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _to_wal(cursor: Any) -> None:
    """Switch to WAL. SQLite does not wait here when another process switches too, so we do."""
    deadline = time.monotonic() + PATIENCE
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if _sqlite_code(error) not in _BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("journal_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite_code(error: BaseException | None) -> int:
    """The primary result code (the low byte of the extended one), or -1."""
    code = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else int(code) & 0xFF


def _worth_another_try(error: exc.SQLAlchemyError) -> bool:
    """The transaction was surely rolled back, and the next one may pass."""
    original = getattr(error, "orig", None)
    return _sqlite_code(original) in _BUSY or getattr(original, "sqlstate", None) in _TRY_AGAIN


def _told(error: exc.SQLAlchemyError) -> CalameError | exc.SQLAlchemyError:
    """What a caller may see. A programming error (an unknown table, a broken constraint) stays what it is."""
    original = getattr(error, "orig", None)
    code = _sqlite_code(original)
    if code in _DAMAGED:
        return IntegrityBroken("Le fichier de la base de données est abîmé.")
    if code in _DISK:
        return StorageBusy(
            "La base de données ne peut pas être lue ou écrite.",
            advice="Vérifiez la place libre et les droits du dossier de données, puis réessayez.",
        )
    unreachable = code == -1 and isinstance(error, exc.OperationalError | exc.InterfaceError)
    if code in _BUSY or unreachable or isinstance(error, exc.TimeoutError):
        return StorageBusy(
            "La base de données est occupée ou ne répond pas.",
            advice="Réessayez dans un instant ; si cela dure, prévenez l'administrateur.",
        )
    return error
