"""Run by Alembic, with the connection that `SqlJournal.upgrade` gives it (inside its transaction)."""

from __future__ import annotations

from alembic import context

from pipeline.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
