"""The practice's dictionary: what was rejected; accepted words get an id for the audit."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; every accepted word gets its id."""
    op.add_column("sightings", sa.Column("proposed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("accepted_words", sa.Column("id", sa.Text(), nullable=True))
    words = sa.table("accepted_words", sa.column("word"), sa.column("id"))
    connection = op.get_bind()
    for word in connection.scalars(sa.select(words.c.word)).all():
        connection.execute(words.update().where(words.c.word == word).values(id=uuid4().hex))
