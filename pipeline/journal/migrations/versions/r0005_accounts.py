"""Accounts: closed ones, second factor, sessions that say where they are, reasons of access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Users keep what they have; sessions begin anew: everybody logs in once more."""
    op.add_column("users", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("users", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("totp_secret", sa.Text(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("works_for", sa.Text(), nullable=False, server_default=""))
    op.drop_table("sessions")
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["users.login"], name=op.f("fk_sessions_login")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_sessions_id")),
    )
    op.create_index(op.f("ix_sessions_login"), "sessions", ["login"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("code_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["users.login"], name=op.f("fk_recovery_codes_login")),
        sa.PrimaryKeyConstraint("login", "code_sha256", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "access_reasons",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["users.login"], name=op.f("fk_access_reasons_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_reasons")),
    )
    op.create_index(op.f("ix_access_reasons_login_subject"), "access_reasons", ["login", "subject"], unique=False)
