"""The audit trail: what was done, and the proof that nothing was changed, removed or inserted since."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.errors import IntegrityBroken
from pipeline.journal import chain
from pipeline.journal.case_rows import move_digest, result_digest
from pipeline.journal.engine import Store
from pipeline.journal.history import move_of
from pipeline.journal.port import AuditEntry, AuditReport, AuditSearch
from pipeline.journal.tables import audit, cases, moves, results

_AT_ONCE = 100
"""Rows in memory at once while the whole trail is verified."""


class Audit(Store):
    """The part of `SqlJournal` about the audit trail."""

    def record_action(
        self, *, actor: str, action: str, case_id: str = "", details: Mapping[str, str] | None = None
    ) -> None:
        """Append an entry. ``details`` must never hold a patient's name or birth date (the trail cannot be cleaned):
        ids, hashes, counts and codes only. That is the caller's duty."""
        self._write(
            lambda connection: chain.append(
                connection, at=self._now(), actor=actor, action=action, case_id=case_id, details=details
            )
        )

    def audit_entries(self, *, case_id: str = "", limit: int = 1000) -> list[AuditEntry]:
        """The newest ``limit`` entries, of one case or of all, oldest of them first."""
        query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if case_id:
            query = query.where(audit.c.case_id == case_id)
        with self._read() as connection:
            rows = connection.execute(query).all()
        return [_entry_of(row) for row in reversed(rows)]

    def search_audit(self, asked: AuditSearch) -> list[AuditEntry]:
        """The newest first. ``text`` is looked for in the details (ids and codes) and is the case's id."""
        query = sa.select(audit).order_by(audit.c.seq.desc()).limit(asked.limit)
        if asked.actor:
            query = query.where(audit.c.actor == asked.actor)
        if asked.action:
            query = query.where(audit.c.action == asked.action)
        if asked.text:
            in_details = audit.c.details.contains(asked.text, autoescape=True)
            query = query.where(sa.or_(audit.c.case_id == asked.text, in_details))
        if asked.since:
            query = query.where(audit.c.at >= asked.since)
        if asked.until:
            query = query.where(audit.c.at < asked.until)
        if asked.before:
            query = query.where(audit.c.seq < asked.before)
        with self._read() as connection:
            rows = connection.execute(query).all()
        return [_entry_of(row) for row in rows]

    def audit_actions(self) -> list[str]:
        """Every kind of action that was ever recorded, by name."""
        with self._read() as connection:
            return sorted(connection.scalars(sa.select(audit.c.action).distinct()))

    def verify_audit(self) -> AuditReport:
        """Read everything once, in bounded memory, from one snapshot. ``broken_at`` is the first ``seq`` at which

        - a link is changed, missing or too many (its hash, its place, or the end noted in ``meta``);
        - a move or a result that was written with it is changed, missing or too many;
        - a case's status is not where its last move left it.
        """
        with self._read(snapshot=True) as connection:
            entries = connection.scalar(sa.select(sa.func.count()).select_from(audit)) or 0
            places = (_broken_chain(connection), _misplaced_case(connection))
            broken = min((place for place in places if place is not None), default=None)
        return AuditReport(whole=broken is None, entries=entries, broken_at=broken)


def _broken_chain(connection: sa.Connection) -> int | None:
    """The ``seq`` of the first link that does not hold, or None."""
    seq, previous = 0, chain.GENESIS
    written = _Written(connection)
    for row in _stream(connection, sa.select(audit).order_by(audit.c.seq)):
        seq += 1
        if row.seq != seq or row.previous != previous:
            return seq
        try:
            details = _entry_of(row).details
            entry = chain.hashed(seq, row.at, row.actor, row.action, row.case_id, details)
        except (ValueError, TypeError, AttributeError):
            return seq
        previous = chain.link_hash(row.previous, entry)
        promised = {key: value for key, value in details.items() if key.startswith(chain.WRITTEN)}
        if previous != row.hash or written.of(seq, row.case_id) != promised:
            return seq
    if written.left_over:
        return seq + 1
    try:
        head = chain.head(connection)
    except (IntegrityBroken, ValueError):
        return seq + 1
    if head != (seq, previous):
        return seq + 1 if head[0] > seq else max(head[0], 1)
    return None


class _Written:
    """Digests of moves and results, met in the order of the entries that wrote them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = heapq.merge(_moves(connection), _results(connection), key=lambda item: item[0])
        self._next = next(self._rows, None)

    def of(self, seq: int, case_id: str) -> dict[str, str]:
        """What is there of entry ``seq``; a row of another case or of no entry shows up as a key never promised."""
        found: dict[str, str] = {}
        while self._next is not None and self._next[0] <= seq:
            place, owner, key, digest = self._next
            strange = place != seq or owner != case_id or key in found
            found["strange" if strange else key] = digest
            self._next = next(self._rows, None)
        return found

    @property
    def left_over(self) -> bool:
        return self._next is not None


def _moves(connection: sa.Connection) -> Iterator[tuple[int, str, str, str]]:
    for row in _stream(connection, sa.select(moves).order_by(moves.c.audit_seq)):
        try:
            digest = move_digest(move_of(row))
        except ValueError:  # a status that does not exist
            digest = ""
        yield row.audit_seq, row.case_id, f"{chain.WRITTEN}move", digest


def _results(connection: sa.Connection) -> Iterator[tuple[int, str, str, str]]:
    for row in _stream(connection, sa.select(results).order_by(results.c.audit_seq)):
        yield row.audit_seq, row.case_id, f"{chain.WRITTEN}result.{row.stage}", result_digest(row.sequence, row.body)


def _stream(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    yield from connection.execution_options(stream_results=True, yield_per=_AT_ONCE).execute(query)


def _misplaced_case(connection: sa.Connection) -> int | None:
    """The entry of the last move of a case that does not stand where that move left it."""
    last = sa.select(moves.c.case_id, sa.func.max(moves.c.no).label("no")).group_by(moves.c.case_id).subquery()
    query = (
        sa.select(sa.func.min(moves.c.audit_seq))
        .join_from(last, moves, sa.and_(moves.c.case_id == last.c.case_id, moves.c.no == last.c.no))
        .outerjoin(cases, cases.c.id == last.c.case_id)
        .where(sa.or_(cases.c.id.is_(None), cases.c.status != moves.c.target, cases.c.move_no != moves.c.no))
    )
    place: int | None = connection.scalar(query)
    return place


def _entry_of(row: sa.Row[Any]) -> AuditEntry:
    values = dict(row._mapping)
    values["details"] = json.loads(row.details)
    return AuditEntry(**values)
