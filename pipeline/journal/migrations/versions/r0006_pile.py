"""The pile: whom a case is given to, who is at work on it, and the orders in which it is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, the table and the indexes."""
    op.add_column("cases", sa.Column("assigned", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "locks",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_locks_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_locks")),
    )
    op.create_index(
        op.f("ix_cases_status_urgency_received_at_number"), "cases", ["status", "urgency", "received_at", "number"]
    )
    op.create_index(op.f("ix_cases_patient_id"), "cases", ["patient_id"])
    op.create_index(op.f("ix_cases_updated_at"), "cases", ["updated_at"])
    op.create_index(op.f("ix_moves_target_at"), "moves", ["target", "at"])
    op.drop_index(op.f("ix_records_patient_id"), "records")
    op.create_index(op.f("ix_records_patient_id_document_date"), "records", ["patient_id", "document_date"])
