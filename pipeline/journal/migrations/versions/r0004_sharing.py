"""The practice's dictionary: corrections that a person shared, and what a file brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing is shared and nothing was brought until now."""
    op.add_column("learned", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("learned", sa.Column("brought", sa.Text(), nullable=False, server_default=""))
