"""The journal on SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.journal.audit import Audit
from pipeline.journal.cases import Cases
from pipeline.journal.history import History
from pipeline.journal.records import Records
from pipeline.journal.registers import Registers
from pipeline.journal.users import Users

MIGRATIONS = Path(__file__).parent / "migrations"


class SqlJournal(Cases, History, Audit, Registers, Records, Users):
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
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
