"""The journal on SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from pipeline.journal.account_rows import AccountRows
from pipeline.journal.audit import Audit
from pipeline.journal.history import History
from pipeline.journal.lessons import Lessons
from pipeline.journal.lists import Lists
from pipeline.journal.locks import Locks
from pipeline.journal.piles import Piles
from pipeline.journal.records import Records
from pipeline.journal.registers import Registers
from pipeline.journal.together import Together
from pipeline.journal.users import Users

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0007"
"""The newest revision in ``migrations/versions``: a database that has it does not need Alembic at all."""


class SqlJournal(Together, History, Audit, Registers, Records, Users, AccountRows, Lessons, Lists, Piles, Locks):
    """`Journal` over SQLAlchemy. ``url`` is ``sqlite:////path/calame.db`` or ``postgresql+psycopg://…``.

    Safe for threads; each process makes its own (never share one across a fork). Call `upgrade` once before use.
    ``timezone`` is the practice's: it decides a case number's year and the times in messages. Every method raises
    `StorageBusy` when the database stays locked for 30 s or cannot be reached, and `IntegrityBroken` when its file is
    damaged.
    """

    def upgrade(self) -> None:
        """Make or update the tables. Harmless when they are up to date, and when several processes call it at once:
        it is one writer's transaction, on both engines."""
        self._write(_upgrade)


def _upgrade(connection: sa.Connection) -> None:
    if _is_current(connection):
        return
    # Alembic is loaded only when there is something to do: every command and every restart of a worker passes here
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _is_current(connection: sa.Connection) -> bool:
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    versions = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    return list(versions) == [HEAD]
