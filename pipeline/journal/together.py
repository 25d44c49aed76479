"""Several cases moved at once: pages that leave one case and enter another do both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from pipeline.journal.case_rows import Entry, put, reread, row_of, stale, update
from pipeline.journal.cases import Cases
from pipeline.journal.codec import encode, storable
from pipeline.journal.port import CaseMove, CaseOpening
from pipeline.journal.tables import cases
from pipeline.model.case import Case, Move, Status, Urgency, check_move


class Together(Cases):
    """The part of `SqlJournal` about moves of several cases."""

    def move_together(
        self, moves: Sequence[CaseMove], *, actor: str, action: str, opening: CaseOpening | None = None
    ) -> list[Case]:
        """See `Journal.move_together`. Every case has its own link of the chain."""
        bodies = [{stage: encode(value) for stage, value in one.results.items()} for one in moves]
        opened = {stage: encode(value) for stage, value in opening.results.items()} if opening else {}

        def work(connection: sa.Connection) -> list[Case]:
            at = self._now()
            current = [reread(connection, one.case.id) for one in moves]
            for now, one in zip(current, moves, strict=True):
                if (now.move_no, now.revision_no) != (one.case.move_no, one.case.revision_no):
                    raise stale(now)
                check_move(now.status, one.target)
            for now, one, body in zip(current, moves, bodies, strict=True):
                no = now.move_no + 1
                move = Move(now.id, no, now.status, one.target, storable(actor), at, storable(one.reason))
                values = {"status": one.target.value, "move_no": no, "progress": None, "message": ""}
                update(connection, now, values, at)
                said = {"from": now.status.value, "to": one.target.value}
                put(connection, now.id, Entry(actor, action, at, said, body, move))
            if opening:
                self._open_beside(connection, opening, opened, actor, action, at)
            ids = [*(one.case.id for one in moves), *([opening.id] if opening else [])]
            return [reread(connection, each) for each in ids]

        return self._write(work)

    def _open_beside(
        self,
        connection: sa.Connection,
        opening: CaseOpening,
        bodies: dict[str, str],
        actor: str,
        action: str,
        at: datetime,
    ) -> None:
        parent = opening.parent
        number = self._next_number(connection, at)
        case = Case(
            id=opening.id,
            number=number,
            medium=parent.medium,
            status=Status.RECEIVED,
            move_no=0,
            urgency=Urgency.ROUTINE,
            author=parent.author,
            original=parent.original,
            original_name=parent.original_name,
            received_at=parent.received_at,
            updated_at=at,
        )
        connection.execute(cases.insert().values(claim_id=f"pages-{opening.id}", received_sha256=None, **row_of(case)))
        first = Move(case.id, 0, None, Status.RECEIVED, storable(actor), at, storable(opening.reason))
        details = {"number": number, "original": parent.original.sha256, "split_from": parent.id}
        put(connection, case.id, Entry(actor, action, at, details, bodies, first))
