"""What a write of a case does inside its transaction: read the row, change it, append what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.errors import CaseUnknown, StaleCase
from pipeline.journal import chain
from pipeline.journal.codec import canonical, sha256, storable
from pipeline.journal.port import CaseChanges
from pipeline.journal.tables import cases, moves, results
from pipeline.model.case import BlobRef, Case, Medium, Move, Status, Urgency

_AUDITED_CHANGES = ("kind", "patient_id", "urgency", "revision_no", "author", "assigned")
"""Changes named in the audit entry. A title or a message may name a patient: these are not."""

_COLUMNS = tuple(one.name for one in fields(Case) if one.name != "original")

# Statements of every write, made once: SQLAlchemy takes longer to make one than SQLite to run it.
_CASE = sa.select(cases).where(cases.c.id == sa.bindparam("of_case"))
_UPDATE = cases.update().where(cases.c.id == sa.bindparam("of_case"), cases.c.move_no == sa.bindparam("at_move"))
_ADD_MOVE, _ADD_RESULT = moves.insert(), results.insert()
_LAST = sa.select(sa.func.max(results.c.sequence)).where(
    results.c.case_id == sa.bindparam("of_case"), results.c.stage == sa.bindparam("of_stage")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one write of a case says to the audit chain."""

    actor: str
    action: str
    at: datetime
    details: Mapping[str, str]
    bodies: Mapping[str, str]
    move: Move | None = None


def case_of(row: sa.Row[Any]) -> Case:
    """A row of `cases` as a `Case`."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    values["original"] = BlobRef(row.original_sha256, row.original_size, row.original_type)
    for name, enum in (("medium", Medium), ("status", Status), ("urgency", Urgency)):
        values[name] = enum(values[name])
    return Case(**values)


def row_of(case: Case) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(case, name) for name in _COLUMNS}
    original = case.original
    return values | {
        "original_sha256": original.sha256,
        "original_size": original.size,
        "original_type": original.media_type,
    }


def move_digest(move: Move) -> str:
    """``no:sha256`` of a move: what its audit entry holds of it (a reason itself may name a patient)."""
    source = move.source.value if move.source else None
    values = {"case": move.case_id, "no": move.no, "source": source, "target": move.target.value, "actor": move.actor}
    values |= {"at": move.at.astimezone(UTC).isoformat(timespec="microseconds"), "reason": move.reason}
    return f"{move.no}:{sha256(canonical(values))}"


def result_digest(sequence: int, body: str) -> str:
    """``sequence:sha256`` of a result: what its audit entry holds of it."""
    return f"{sequence}:{sha256(body)}"


def put(connection: sa.Connection, case_id: str, entry: Entry) -> None:
    """Append the audit entry with what it covers: the move and each result."""
    numbers = {stage: _next_sequence(connection, case_id, stage) for stage in entry.bodies}
    written = {f"result.{stage}": result_digest(numbers[stage], body) for stage, body in entry.bodies.items()}
    if entry.move is not None:
        written["move"] = move_digest(entry.move)
    seq = chain.append(
        connection,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        case_id=case_id,
        details=entry.details,
        written=written,
    )
    if entry.move is not None:
        values = {f.name: getattr(entry.move, f.name) for f in fields(Move)}
        connection.execute(_ADD_MOVE, {"audit_seq": seq, **values})
    for stage, body in entry.bodies.items():
        row = {"case_id": case_id, "stage": stage, "sequence": numbers[stage], "at": entry.at, "body": body}
        connection.execute(_ADD_RESULT, {"audit_seq": seq, **row})


def _next_sequence(connection: sa.Connection, case_id: str, stage: str) -> int:
    return (connection.scalar(_LAST, {"of_case": case_id, "of_stage": stage}) or 0) + 1


def changes_of(changes: CaseChanges | None) -> dict[str, object]:
    """The columns to change; None leaves one as it is."""
    given = {f.name: getattr(changes, f.name) for f in fields(CaseChanges)} if changes else {}
    return {name: storable(v) if isinstance(v, str) else v for name, v in given.items() if v is not None}


def audited(changed: Mapping[str, object]) -> dict[str, str]:
    return {name: str(changed[name]) for name in _AUDITED_CHANGES if name in changed}


def update(connection: sa.Connection, current: Case, values: Mapping[str, object], at: datetime) -> None:
    """Compare-and-set, although writers are alone: nothing rests on one guard."""
    which = {"of_case": current.id, "at_move": current.move_no}
    done = connection.execute(_UPDATE, {**values, "updated_at": at, **which})
    if done.rowcount != 1:
        raise stale(current)


def reread(connection: sa.Connection, case_id: str) -> Case:
    row = connection.execute(_CASE, {"of_case": case_id}).first()
    if row is None:
        raise unknown()
    return case_of(row)


def unknown() -> CaseUnknown:
    return CaseUnknown("Ce dossier n'existe pas.", advice="Vérifiez son numéro (par exemple 2026-000123).")


def stale(current: Case) -> StaleCase:
    return StaleCase(f"Le dossier {current.number} a changé entre-temps.")
