"""Who is at work on a case. A lock is advice to people: what they write is guarded by move and revision numbers."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from pipeline.journal import chain
from pipeline.journal.case_rows import reread
from pipeline.journal.engine import Store
from pipeline.journal.tables import locks
from pipeline.model.pile import LEAVE_SECONDS, LOCK_SECONDS, Lock


class Locks(Store):
    """The part of `SqlJournal` about locks: one a case, over `LOCK_SECONDS` after the last sign of life."""

    def lock(self, case_id: str, login: str, *, take_over: bool = False) -> Lock:
        """See `Journal.lock`. Raises `CaseUnknown`. Who already has it keeps its ``since``."""

        def work(connection: sa.Connection) -> Lock:
            now = self._now()
            reread(connection, case_id)
            holds = _live(connection, case_id, self)
            if holds and holds.login != login:
                if not take_over:
                    return holds
                details = {"from": holds.login}
                chain.append(connection, at=now, actor=login, action="take-over", case_id=case_id, details=details)
            since = holds.since if holds and holds.login == login else now
            mine = Lock(case_id, login, since, now + timedelta(seconds=LOCK_SECONDS))
            connection.execute(locks.delete().where(locks.c.case_id == case_id))
            connection.execute(locks.insert().values(case_id=case_id, login=login, since=since, until=mine.until))
            return mine

        return self._write(work)

    def unlock(self, case_id: str, login: str) -> None:
        """See `Journal.unlock`."""
        soon = self._now() + timedelta(seconds=LEAVE_SECONDS)
        mine = locks.update().where(locks.c.case_id == case_id, locks.c.login == login, locks.c.until > soon)
        self._write(lambda connection: connection.execute(mine.values(until=soon)))

    def locked(self, case_id: str) -> Lock | None:
        """The lock that holds now."""
        with self._read() as connection:
            return _live(connection, case_id, self)


def _live(connection: sa.Connection, case_id: str, store: Store) -> Lock | None:
    row = connection.execute(sa.select(locks).where(locks.c.case_id == case_id, locks.c.until > store._now())).first()
    return Lock(row.case_id, row.login, row.since, row.until) if row else None
