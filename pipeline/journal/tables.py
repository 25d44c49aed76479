"""Every table of the journal, in one metadata. The migrations must make exactly these (a test compares them)."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

APPEND_ONLY = ("moves", "results", "audit")
"""Tables whose rows a trigger protects against UPDATE and DELETE, on both engines."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC. A naive one is refused with `ValueError`."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime of the journal must know its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


SORTED_BY_BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Sorts alike on both engines."""


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, default="")


def _case() -> sa.Column[str]:
    return sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False)


cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("claim_id", sa.Text, nullable=False, unique=True),
    _text("medium"),
    _text("status"),
    sa.Column("move_no", sa.Integer, nullable=False),
    _text("urgency"),
    _text("author"),
    _text("original_sha256"),
    sa.Column("original_size", sa.BigInteger, nullable=False),
    _text("original_type"),
    _text("original_name"),
    # the unique identity of a received file; NULL for a correction, whose "original" is a filed document
    sa.Column("received_sha256", sa.Text, nullable=True, unique=True),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    _text("kind"),
    _text("patient_id"),
    _text("title"),
    _text("message"),
    _text("replaces"),
    sa.Column("revision_no", sa.Integer, nullable=False, default=0),
    sa.Column("progress", sa.Float, nullable=True),
    sa.Column("assigned", sa.Text, nullable=False, server_default="", default=""),
    sa.Index(None, "status", "received_at"),
    sa.Index(None, "original_sha256"),
    sa.Index(None, "status", "urgency", "received_at", "number"),
    sa.Index(None, "patient_id"),
    sa.Index(None, "updated_at"),
    # all that the pile filters, counts and sorts by, and the id: it is read from here, not from the wide rows
    sa.Index(
        "ix_cases_pile",
        *("status", "author", "kind", "urgency", "patient_id", "received_at", "number", "assigned", "id"),
    ),
)

locks = sa.Table(
    "locks",
    metadata,
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), primary_key=True),
    _text("login"),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
)
"""Who is at work on a case: shown and taken over, not history."""

moves = sa.Table(
    "moves",
    metadata,
    _case(),
    sa.Column("no", sa.Integer, nullable=False, autoincrement=False),
    sa.Column("source", sa.Text, nullable=True),
    _text("target"),
    _text("actor"),
    sa.Column("at", UtcDateTime, nullable=False),
    _text("reason"),
    sa.Column("audit_seq", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("case_id", "no"),
    sa.Index(None, "audit_seq"),
    sa.Index(None, "target", "at"),
)

results = sa.Table(
    "results",
    metadata,
    _case(),
    _text("stage"),
    sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    _text("body"),
    sa.Column("audit_seq", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("case_id", "stage", "sequence"),
    sa.Index(None, "audit_seq"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    _text("actor"),
    _text("action"),
    _text("case_id"),
    _text("details"),
    _text("previous"),
    _text("hash"),
    sa.Index(None, "case_id"),
)

patients = sa.Table(
    "patients",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("birth_name"),
    _text("first_names"),
    sa.Column("birth_date", sa.Date, nullable=True),
    _text("sex"),
    _text("used_name"),
    _text("birthplace"),
    _text("ins"),
    _text("ins_oid"),
    _text("address"),
    _text("identity_status"),
    # " word word …": every name word folded, each preceded by a space (see `folding.name_words`)
    sa.Column("folded", SORTED_BY_BYTES, nullable=False),
    sa.Index(None, "ins"),
    sa.Index(None, "birth_date"),
)

correspondents = sa.Table(
    "correspondents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("last_name"),
    _text("first_name"),
    _text("title"),
    _text("specialty"),
    _text("address"),
    _text("rpps"),
    _text("email"),
    sa.Column("folded", SORTED_BY_BYTES, nullable=False),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("login", sa.Text, primary_key=True),
    _text("name"),
    _text("role"),
    _text("specialty"),
    _text("rpps"),
    _text("password_hash"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("totp_secret", sa.Text, nullable=False, server_default=""),
    sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"),
    # logins separated by spaces
    sa.Column("works_for", sa.Text, nullable=False, server_default=""),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_sha256", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("login", sa.Text, sa.ForeignKey("users.login"), nullable=False),
    _text("level"),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    _text("origin"),
    _text("agent"),
    sa.Index(None, "login"),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("login", sa.Text, sa.ForeignKey("users.login"), nullable=False),
    sa.Column("code_sha256", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("login", "code_sha256"),
)

access_reasons = sa.Table(
    "access_reasons",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, sa.ForeignKey("users.login"), nullable=False),
    _text("subject"),
    _text("code"),
    _text("text"),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index(None, "login", "subject"),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _case(),
    _text("patient_id"),
    _text("kind"),
    _text("title"),
    sa.Column("document_date", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    _text("sha256"),
    sa.Column("filed_at", UtcDateTime, nullable=False),
    # a record is replaced once at most; who replaces it is read from here, so it cannot disagree
    sa.Column("replaces", sa.Text, sa.ForeignKey("records.id"), nullable=True, unique=True),
    _text("author"),
    sa.Index(None, "patient_id", "document_date"),
)

accepted_words = sa.Table(
    "accepted_words",
    metadata,
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=True),
    _text("actor"),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("author", sa.Text, nullable=False, server_default=""),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
)

learned = sa.Table(
    "learned",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("author"),
    _text("key"),
    _text("heard"),
    _text("written"),  # RIGHT is a word of SQL
    _text("reason"),
    sa.Column("active", sa.Boolean, nullable=False, default=True),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("brought", sa.Text, nullable=False, server_default=""),  # the counts of an imported file: `lessons.py`
    sa.UniqueConstraint("author", "key", "written"),
)
"""What was learned of an author. Unlike a case's history it can be forgotten: its rows are changed and deleted."""

sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("learned_id", sa.Text, sa.ForeignKey("learned.id"), nullable=False),
    _case(),
    sa.Column("refused", sa.Boolean, nullable=False),
    sa.Column("proposed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("revision_no", sa.Integer, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("start", sa.Float, nullable=False),
    sa.Column("stop", sa.Float, nullable=False),
    _text("actor"),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.PrimaryKeyConstraint("learned_id", "case_id", "refused"),
    sa.Index(None, "case_id"),
)
"""In which approved revision each correction was made or refused: the evidence, replaced with each approval."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _text("value"),
)
"""``audit-head`` = ``seq:hash`` of the chain's last link; ``number-2026`` = the last case number of that year;
``seq-import-patients`` = the link of the last import, which versions the register."""
