"""An index from which the pile is filtered, counted and sorted without reading the cases themselves."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the index."""
    columns = ["status", "author", "kind", "urgency", "patient_id", "received_at", "number", "assigned", "id"]
    op.create_index("ix_cases_pile", "cases", columns)
