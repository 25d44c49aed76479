"""Records: what the archive holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from pipeline.errors import MoveForbidden
from pipeline.journal.codec import storable
from pipeline.journal.engine import Store
from pipeline.journal.tables import records
from pipeline.model.document import Record
from pipeline.model.identity import DocumentKind

CHUNK = 500
"""Rows read at once where a whole table is walked."""

_newer = records.alias("newer")
_SELECT = sa.select(records, _newer.c.id.label("replaced_by")).outerjoin_from(
    records, _newer, _newer.c.replaces == records.c.id
)

_REPLACING = sa.select(records.c.id).where(records.c.replaces == sa.bindparam("replaced"))
_ADD = records.insert()

_NEWEST = (records.c.document_date.desc(), records.c.filed_at.desc(), records.c.id)


class Records(Store):
    """The part of `SqlJournal` about filed documents."""

    def records_of(self, patient_id: str) -> list[Record]:
        """Newest document first."""
        query = _SELECT.where(records.c.patient_id == patient_id).order_by(*_NEWEST)
        with self._read() as connection:
            return [_record_of(row) for row in connection.execute(query)]

    def timeline(
        self, patient_id: str, *, year: int | None = None, kinds: Sequence[str] = (), page: int = 1, size: int = 50
    ) -> list[Record]:
        """See `Journal.timeline`. The page is chosen by ids alone; only its records are read whole."""
        chosen = sa.select(records.c.id).where(records.c.patient_id == patient_id)
        if year is not None:
            chosen = chosen.where(records.c.document_date.between(date(year, 1, 1), date(year, 12, 31)))
        if kinds:
            chosen = chosen.where(records.c.kind.in_(kinds))
        chosen = chosen.order_by(*_NEWEST).limit(size).offset((max(page, 1) - 1) * size)
        with self._read() as connection:
            ids = list(connection.scalars(chosen))
            query = _SELECT.where(records.c.id.in_(ids)).order_by(*_NEWEST)
            return [_record_of(row) for row in connection.execute(query)]

    def years_of(self, patient_id: str) -> dict[int, dict[str, int]]:
        """See `Journal.years_of`."""
        year = sa.extract("year", records.c.document_date)
        query = (
            sa.select(year.label("year"), records.c.kind, sa.func.count())
            .where(records.c.patient_id == patient_id)
            .group_by(year, records.c.kind)
            .order_by(year.desc(), records.c.kind)
        )
        found: dict[int, dict[str, int]] = {}
        with self._read() as connection:
            for each, kind, count in connection.execute(query):
                found.setdefault(int(each), {})[kind] = count
        return found

    def record(self, record_id: str) -> Record | None:
        with self._read() as connection:
            row = connection.execute(_SELECT.where(records.c.id == record_id)).first()
        return None if row is None else _record_of(row)

    def all_records(self) -> Iterable[Record]:
        """By id, read in pieces: memory stays small, and nothing is kept open between two pieces."""
        return self._walk_records()

    def _walk_records(self) -> Iterator[Record]:
        last = ""
        while True:
            query = _SELECT.where(records.c.id > last).order_by(records.c.id).limit(CHUNK)
            with self._read() as connection:
                found = [_record_of(row) for row in connection.execute(query)]
            yield from found
            if len(found) < CHUNK:
                return
            last = found[-1].id


def add(connection: sa.Connection, record: Record) -> None:
    """Add a record in a writer's transaction. Raises `MoveForbidden` when the one it replaces has been replaced."""
    if record.replaces and connection.scalar(_REPLACING, {"replaced": record.replaces}) is not None:
        raise MoveForbidden("Ce document a déjà été remplacé.", advice="Corrigez sa dernière version.")
    values = {f.name: getattr(record, f.name) for f in fields(Record) if f.name != "replaced_by"}
    values |= {"kind": record.kind.value, "title": storable(record.title), "replaces": record.replaces or None}
    connection.execute(_ADD, values)


def _record_of(row: sa.Row[Any]) -> Record:
    values = {f.name: getattr(row, f.name) for f in fields(Record)}
    values |= {
        "kind": DocumentKind(row.kind),
        "replaces": row.replaces or "",
        "replaced_by": row.replaced_by or "",
    }
    return Record(**values)
