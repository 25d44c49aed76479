"""Cases: opened once, moved by the table of moves, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa

from pipeline.errors import FileRefused
from pipeline.journal import lessons, records
from pipeline.journal.case_rows import Entry, audited, case_of, changes_of, put, reread, row_of, stale, unknown, update
from pipeline.journal.codec import encode, storable
from pipeline.journal.engine import Store
from pipeline.journal.french import day_and_time
from pipeline.journal.port import CaseChanges
from pipeline.journal.tables import cases, meta
from pipeline.model.case import BlobRef, Case, Medium, Move, Status, Urgency, check_move
from pipeline.model.document import Record
from pipeline.model.learning import Sighting

_NAME: sa.BindParameter[str] = sa.bindparam("name")
_BY_NAME = sa.select(cases).where(sa.or_(cases.c.id == _NAME, cases.c.number == _NAME))


class Cases(Store):
    """The part of `SqlJournal` about cases, their moves and their results."""

    def open_case(
        self,
        *,
        claim_id: str,
        medium: Medium,
        author: str,
        original: BlobRef,
        original_name: str,
        received_at: datetime,
        replaces: str = "",
    ) -> Case:
        """See `Journal.open_case`. A correction (``replaces``) is not a received file: its original may be known."""

        def work(connection: sa.Connection) -> Case:
            known = connection.execute(sa.select(cases).where(cases.c.claim_id == claim_id)).first()
            if known is not None:
                return case_of(known)
            if not replaces:
                self._refuse_duplicate(connection, original)
            number = self._next_number(connection, received_at)
            case = Case(
                id=uuid4().hex,
                number=number,
                medium=medium,
                status=Status.RECEIVED,
                move_no=0,
                urgency=Urgency.ROUTINE,
                author=author,
                original=original,
                original_name=storable(original_name),
                received_at=received_at,
                updated_at=self._now(),
                replaces=replaces,
            )
            received = None if replaces else original.sha256
            connection.execute(cases.insert().values(claim_id=claim_id, received_sha256=received, **row_of(case)))
            first = Move(case.id, 0, None, Status.RECEIVED, "worker", case.updated_at)
            details = {"number": number, "original": original.sha256, "medium": medium.value, "replaces": replaces}
            put(connection, case.id, Entry("worker", "open", case.updated_at, details, {}, first))
            return reread(connection, case.id)

        return self._write(work)

    def case(self, case_id: str) -> Case:
        """By id or by number. Raises `CaseUnknown`."""
        with self._read() as connection:
            row = connection.execute(_BY_NAME, {"name": case_id}).first()
        if row is None:
            raise unknown()
        return case_of(row)

    def pile(self, statuses: Iterable[Status], *, limit: int = 500) -> list[Case]:
        """Urgent first, then oldest first."""
        urgent_first = sa.case((cases.c.urgency == Urgency.URGENT.value, 0), else_=1)
        query = (
            sa.select(cases)
            .where(cases.c.status.in_([status.value for status in statuses]))
            .order_by(urgent_first, cases.c.received_at, cases.c.number)
            .limit(limit)
        )
        with self._read() as connection:
            return [case_of(row) for row in connection.execute(query)]

    def counts(self) -> dict[Status, int]:
        """Cases at each status; a status without cases is there with 0."""
        with self._read() as connection:
            rows = connection.execute(sa.select(cases.c.status, sa.func.count()).group_by(cases.c.status)).all()
        found = {Status(status): int(count) for status, count in rows}
        return {status: found.get(status, 0) for status in Status}

    def move(
        self,
        case: Case,
        target: Status,
        *,
        actor: str,
        reason: str = "",
        results: Mapping[str, object] | None = None,
        changes: CaseChanges | None = None,
        details: Mapping[str, str] | None = None,
        record: Record | None = None,
        learned: Sequence[Sighting] | None = None,
    ) -> Case:
        """See `Journal.move`. A stale case is told before a forbidden move."""
        bodies = {stage: encode(value) for stage, value in (results or {}).items()}
        changed = changes_of(changes)

        def work(connection: sa.Connection) -> Case:
            current = reread(connection, case.id)
            if (current.move_no, current.revision_no) != (case.move_no, case.revision_no):
                raise stale(current)
            check_move(current.status, target)
            at, no = self._now(), current.move_no + 1
            move = Move(case.id, no, current.status, target, storable(actor), at, storable(reason))
            if record is not None:
                records.add(connection, record)
            update(connection, current, {**changed, "status": target.value, "move_no": no, "progress": None}, at)
            said = {"from": current.status.value, "to": target.value, **audited(changed), **(details or {})}
            if learned is not None:
                said["learned"] = str(lessons.replace_sightings(connection, current, learned, actor=actor, at=at))
            put(connection, case.id, Entry(actor, "move", at, said, bodies, move))
            return reread(connection, case.id)

        return self._write(work)

    def note(
        self,
        case: Case,
        *,
        actor: str,
        action: str,
        results: Mapping[str, object] | None = None,
        changes: CaseChanges | None = None,
        details: Mapping[str, str] | None = None,
    ) -> Case:
        """See `Journal.note`."""
        bodies = {stage: encode(value) for stage, value in (results or {}).items()}
        changed = changes_of(changes)

        def work(connection: sa.Connection) -> Case:
            current = reread(connection, case.id)
            if (current.move_no, current.revision_no) != (case.move_no, case.revision_no):
                raise stale(current)
            at = self._now()
            update(connection, current, changed, at)
            said = {**audited(changed), **(details or {})}
            put(connection, case.id, Entry(actor, action, at, said, bodies))
            return reread(connection, case.id)

        return self._write(work)

    def _refuse_duplicate(self, connection: sa.Connection, original: BlobRef) -> None:
        row = connection.execute(
            sa.select(cases)
            .where(cases.c.original_sha256 == original.sha256)
            .order_by(cases.c.received_at, cases.c.number)
        ).first()
        if row is None:
            return
        known = case_of(row)
        when = day_and_time(known.received_at.astimezone(self._zone))
        message = f"Ce fichier a déjà été reçu le {when} (dossier {known.number})."
        if known.status is Status.DISCARDED:
            raise FileRefused(
                f"{message} Ce dossier a été écarté.",
                advice=f"Reprenez le dossier {known.number} au lieu de déposer le fichier à nouveau.",
            )
        raise FileRefused(
            message, advice=f"Ouvrez le dossier {known.number} ; si c'est un autre document, déposez le bon fichier."
        )

    def _next_number(self, connection: sa.Connection, received_at: datetime) -> str:
        """The next ``YYYY-NNNNNN`` of the practice's year. Only a committed case uses one up."""
        year = received_at.astimezone(self._zone).year
        key = f"number-{year}"
        last = connection.scalar(sa.select(meta.c.value).where(meta.c.key == key))
        if last is None:
            connection.execute(meta.insert().values(key=key, value="1"))
            return f"{year}-000001"
        number = int(last) + 1
        connection.execute(meta.update().where(meta.c.key == key).values(value=str(number)))
        return f"{year}-{number:06d}"
