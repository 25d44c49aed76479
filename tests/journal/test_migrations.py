"""The migrations make exactly the tables of `tables.py`, with durable settings."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.errors import IntegrityBroken
from pipeline.journal.sql import HEAD, MIGRATIONS, SqlJournal
from pipeline.journal.tables import metadata


def test_migrations_and_models_agree(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_revision_that_needs_no_upgrade_is_the_newest_one() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(journal: SqlJournal) -> None:
    journal.record_action(actor="x", action="y")
    journal.upgrade()
    assert journal.verify_audit().entries == 1


def test_sqlite_flushes_every_commit_and_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    journal = SqlJournal(f"sqlite:///{tmp_path / 'home' / 'calame.db'}")
    journal.upgrade()
    with journal._read() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    journal.close()
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    assert (tmp_path / "home" / "calame.db").stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_database_is_told_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "calame.db").write_bytes(b"not a database, but long enough to be taken for one" * 40)
    with pytest.raises(IntegrityBroken, match="abîmé"):
        SqlJournal(f"sqlite:///{tmp_path / 'calame.db'}").counts()
