"""The audit chain's links: how one is hashed and appended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from pipeline.errors import IntegrityBroken
from pipeline.journal.codec import canonical, sha256, storable
from pipeline.journal.tables import audit, meta

GENESIS = "0" * 64
HEAD = "audit-head"
WRITTEN = "written."
"""Details that the journal adds itself: ``written.move`` and ``written.result.<stage>`` hold ``number:sha256`` of what
the same transaction wrote. Callers may not use the prefix."""

_HEAD = sa.select(meta.c.value).where(meta.c.key == HEAD)
_ADD = audit.insert()
_MOVE_HEAD = meta.update().where(meta.c.key == HEAD)


def link_hash(previous: str, entry: Mapping[str, object]) -> str:
    """SHA-256 over the previous hash (hex) and the entry's canonical JSON."""
    return sha256(previous + canonical(entry))


def hashed(
    seq: int, at: datetime, actor: str, action: str, case_id: str, details: Mapping[str, str]
) -> dict[str, object]:
    """What a link's hash covers."""
    return {
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "case_id": case_id,
        "details": dict(details),
    }


def head(connection: sa.Connection) -> tuple[int, str]:
    """``(seq, hash)`` of the last link, from `meta`. Raises `IntegrityBroken` when the row is gone."""
    value = connection.scalar(_HEAD)
    if value is None:
        raise IntegrityBroken("La fin de la chaîne d'audit n'est plus connue.")
    seq, _, hash_ = value.partition(":")
    return int(seq), hash_


def append(
    connection: sa.Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    case_id: str = "",
    details: Mapping[str, str] | None = None,
    written: Mapping[str, str] | None = None,
) -> int:
    """Add a link inside a writer's transaction and return its ``seq`` (consecutive, from 1).

    ``details`` must hold no patient's name or other identity trait: the chain can never be cleaned. Ids, hashes,
    counts and codes only; this is the caller's duty.
    """
    given = {storable(key): storable(value) for key, value in (details or {}).items()}
    if any(key.startswith(WRITTEN) for key in given):
        raise ValueError(f"details beginning with {WRITTEN!r} are the journal's own")
    all_details = given | {WRITTEN + key: value for key, value in (written or {}).items()}
    last, previous = head(connection)
    seq = last + 1
    entry = hashed(seq, at, storable(actor), storable(action), case_id, all_details)
    hash_ = link_hash(previous, entry)
    row = {
        "seq": seq,
        "at": at,
        "actor": storable(actor),
        "action": storable(action),
        "case_id": case_id,
        "details": canonical(all_details),
        "previous": previous,
        "hash": hash_,
    }
    connection.execute(_ADD, row)
    connection.execute(_MOVE_HEAD, {"value": f"{seq}:{hash_}"})
    return seq
