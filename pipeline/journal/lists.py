"""Convocations made from lists: each is a case that is opened with its confirmed document, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from pipeline.journal import chain
from pipeline.journal.case_rows import Entry, case_of, put, reread, row_of
from pipeline.journal.codec import encode
from pipeline.journal.engine import Store
from pipeline.journal.tables import cases
from pipeline.model.case import Case, Medium, Move, Status, Urgency
from pipeline.model.document import ConfirmedScan

_CLAIM, _NAME = "list-", "liste "
_MANY = 500
_BY_CLAIM = sa.select(cases).where(cases.c.claim_id == sa.bindparam("claim"))
_OPEN = cases.insert()


class Lists(Store):
    """The part of `SqlJournal` about lists. ``key`` is of the appointment, ``subject`` of what it is about."""

    def listed(self, keys: Sequence[str]) -> dict[str, Case]:
        """The cases of these keys that are there, by key."""
        found = self._listed(cases.c.claim_id, _CLAIM, keys)
        return {claim.removeprefix(_CLAIM): case for claim, case in found}

    def listed_subjects(self, subjects: Sequence[str]) -> dict[str, list[tuple[str, Case]]]:
        """``(key, case)`` of every earlier convocation about these, oldest first, by subject."""
        by_subject: dict[str, list[tuple[str, Case]]] = {}
        for claim, case in self._listed(cases.c.original_name, _NAME, subjects):
            subject = case.original_name.removeprefix(_NAME)
            by_subject.setdefault(subject, []).append((claim.removeprefix(_CLAIM), case))
        return by_subject

    def open_listed(self, key: str, subject: str, number: str, confirmed: ConfirmedScan, *, replaces: str = "") -> Case:
        """Open a case that waits to be filed, with its document, in one transaction; the one there is, if any.

        ``replaces`` is the id of the record that it cancels.
        """
        body = encode(confirmed)

        def work(connection: sa.Connection) -> Case:
            claim = f"{_CLAIM}{key}"
            known = connection.execute(_BY_CLAIM, {"claim": claim}).first()
            if known is not None:
                return case_of(known)
            at = self._now()
            case = Case(
                id=confirmed.case_id,
                number=number,
                medium=Medium.SCAN,
                status=Status.CONFIRMED,
                move_no=0,
                urgency=Urgency.ROUTINE,
                author="",
                original=confirmed.original,
                original_name=f"{_NAME}{subject}",
                received_at=confirmed.confirmed_at,
                updated_at=at,
                kind=confirmed.kind.value,
                patient_id=confirmed.patient.id,
                title=confirmed.title,
                replaces=replaces,
            )
            connection.execute(_OPEN, {"claim_id": claim, "received_sha256": None, **row_of(case)})
            actor = confirmed.confirmed_by
            first = Move(case.id, 0, None, Status.CONFIRMED, actor, at)
            details = {"number": number, "pdf": confirmed.pdf.sha256, "kind": case.kind}
            bodies = {"confirmed": body, "scan_pdf": encode(confirmed.pdf)}
            put(connection, case.id, Entry(actor, "convocation", at, details, bodies, first))
            return reread(connection, case.id)

        return self._write(work)

    def mark_printed(self, ids: Sequence[str], message: str, *, actor: str, details: Mapping[str, str]) -> None:
        """These cases stand in a print file: one transaction, one audit entry with ``details``."""

        def work(connection: sa.Connection) -> None:
            at = self._now()
            for start in range(0, len(ids), _MANY):
                some = cases.c.id.in_(ids[start : start + _MANY])
                connection.execute(cases.update().where(some).values(message=message, updated_at=at))
            chain.append(connection, at=at, actor=actor, action="print-list", details=details)

        self._write(work)

    def _listed(self, column: sa.Column[str], prefix: str, values: Sequence[str]) -> list[tuple[str, Case]]:
        found: list[tuple[str, Case]] = []
        with self._read() as connection:
            for start in range(0, len(values), _MANY):
                wanted = [f"{prefix}{value}" for value in values[start : start + _MANY]]
                query = sa.select(cases).where(column.in_(wanted)).order_by(cases.c.received_at, cases.c.id)
                found += [(row.claim_id, case_of(row)) for row in connection.execute(query)]
        return found
