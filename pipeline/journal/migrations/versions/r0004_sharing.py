"""The practice's dictionary: what a person shared or forgot, and what a file brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """No correction is shared and nothing was brought until now; every accepted word is the whole practice's."""
    op.add_column("learned", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("learned", sa.Column("brought", sa.Text(), nullable=False, server_default=""))
    op.add_column("accepted_words", sa.Column("author", sa.Text(), nullable=False, server_default=""))
    for name in ("shared", "active"):
        op.add_column("accepted_words", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true()))
