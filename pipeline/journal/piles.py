"""The pile as people see it: filtered, sorted, counted and timed by the database."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.journal.case_rows import case_of
from pipeline.journal.engine import Store
from pipeline.journal.registers import named_like, patient_of
from pipeline.journal.tables import cases, locks, moves, patients
from pipeline.model.case import WORKER_STATUSES, Case, Medium, Status
from pipeline.model.pile import Facets, Lock, Order, PileQuery, PileRow, Span, Week

_AT_WORK = sorted(status.value for status in WORKER_STATUSES)
_NUMBER = re.compile(r"\s*(\d{4})-(\d{1,6})\s*")
_OLDEST = (cases.c.received_at, cases.c.number)
_ORDERS: dict[Order, tuple[sa.ColumnElement[Any], ...]] = {
    Order.WAITING: (cases.c.urgency.desc(), *_OLDEST),  # "urgent" stands after "routine"
    Order.NEWEST: (cases.c.received_at.desc(), cases.c.number.desc()),
    Order.PATIENT: (patients.c.folded.is_(None), patients.c.folded, *_OLDEST),
    Order.AUTHOR: (cases.c.author, *_OLDEST),
    Order.KIND: (cases.c.kind, *_OLDEST),
}


class Piles(Store):
    """The part of `SqlJournal` that shows the pile."""

    def pile_rows(self, query: PileQuery) -> list[PileRow]:
        """See `Journal.pile_rows`. The page is chosen by ids alone; only its lines are read whole."""
        chosen = _found(sa.select(cases.c.id), query, joined=query.order is Order.PATIENT)
        chosen = chosen.where(_of(query.statuses)).order_by(*_ORDERS[query.order])
        page = chosen.limit(query.size).offset((max(query.page, 1) - 1) * query.size)
        with self._read() as connection:
            ids = list(connection.scalars(page))
            place = {id_: number for number, id_ in enumerate(ids)}
            rows = connection.execute(sa.select(cases).where(cases.c.id.in_(ids))).all()
            named = {row.patient_id for row in rows} - {""}
            people = {
                row.id: patient_of(row)
                for row in connection.execute(sa.select(patients).where(patients.c.id.in_(named)))
            }
            held = {
                row.case_id: Lock(row.case_id, row.login, row.since, row.until)
                for row in connection.execute(
                    sa.select(locks).where(locks.c.case_id.in_(ids), locks.c.until > self._now())
                )
            }
        return [
            PileRow(
                case_of(row),
                people.get(row.patient_id),
                held.get(row.id),
                row.progress if row.status in _AT_WORK else None,
            )
            for row in sorted(rows, key=lambda row: place[row.id])
        ]

    def following(self, statuses: Sequence[Status], *, but: str, authors: Sequence[str] = ()) -> Case | None:
        """See `Journal.following`."""
        first = sa.select(cases.c.id).where(_of(statuses), cases.c.id != but).order_by(*_ORDERS[Order.WAITING]).limit(1)
        if authors:
            first = first.where(cases.c.author.in_(authors))
        with self._read() as connection:
            row = connection.execute(sa.select(cases).where(cases.c.id == first.scalar_subquery())).first()
        return None if row is None else case_of(row)

    def facets(self, query: PileQuery) -> Facets:
        """See `Facets`."""
        counted = _found(sa.select(cases.c.status, sa.func.count()), query).group_by(cases.c.status)
        columns = sa.select(cases.c.author, cases.c.kind, sa.func.count())
        spread = _found(columns, query).where(_of(query.statuses)).group_by(cases.c.author, cases.c.kind)
        authors: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        with self._read() as connection:
            statuses = {Status(status): int(count) for status, count in connection.execute(counted)}
            for author, kind, count in connection.execute(spread):
                authors[author] += count
                kinds[kind] += count
        return Facets({status: statuses.get(status, 0) for status in Status}, dict(authors), dict(kinds))

    def pile_stamp(self) -> tuple[str, str, str]:
        """See `Journal.pile_stamp`. Read from the ends of indexes: its cost does not grow with the pile."""
        alive = locks.c.until > self._now()
        with self._read() as connection:
            last = connection.scalar(sa.select(sa.func.max(cases.c.updated_at)))
            held = connection.execute(sa.select(sa.func.count(), sa.func.max(locks.c.since)).where(alive)).one()
            shares = connection.execute(
                sa.select(sa.func.count(cases.c.progress), sa.func.sum(cases.c.progress)).where(
                    cases.c.status.in_(_AT_WORK)
                )
            ).one()
        return str(last), f"{held[0]}/{held[1]}", f"{shares[0]}/{shares[1]}"

    def turnaround(self, weeks: int = 4) -> list[Week]:
        """See `Journal.turnaround`. A correction and paper are left out: nobody dictated them when they were opened."""
        today = self._now().astimezone(self._zone).date()
        firsts = [today - timedelta(days=7 * number - 1) for number in range(weeks, 0, -1)]
        begins = [datetime.combine(first, time(), self._zone).astimezone(UTC) for first in firsts]
        query = (
            sa.select(moves.c.target, moves.c.at, cases.c.received_at)
            .join_from(moves, cases, cases.c.id == moves.c.case_id)
            .where(moves.c.target.in_((Status.SIGNED.value, Status.FILED.value)), moves.c.at >= begins[0])
            .where(cases.c.medium == Medium.DICTATION.value, cases.c.replaces == "")
        )
        hours: dict[tuple[str, int], list[float]] = {}
        with self._read() as connection:
            for target, at, received in connection.execute(query):
                week = bisect_right(begins, at) - 1
                hours.setdefault((target, week), []).append((at - received).total_seconds() / 3600)
        return [
            Week(first, *(_span(hours.get((status.value, n), [])) for status in (Status.SIGNED, Status.FILED)))
            for n, first in enumerate(firsts)
        ]


def _of(statuses: Sequence[Status]) -> sa.ColumnElement[bool]:
    return cases.c.status.in_([status.value for status in statuses])


def _found(select: sa.Select[Any], query: PileQuery, *, joined: bool = False) -> sa.Select[Any]:
    """The filters but the statuses."""
    number = _NUMBER.fullmatch(query.patient)
    named = query.patient.strip() if not number else ""
    if joined or named:
        select = select.outerjoin_from(cases, patients, patients.c.id == cases.c.patient_id)
    if number:
        select = select.where(cases.c.number == f"{number[1]}-{int(number[2]):06d}")
    if named:
        select = select.where(*(named_like(named) or [sa.false()]))
    equal = {"author": query.author, "assigned": query.assigned, "kind": query.kind, "patient_id": query.patient_id}
    equal["urgency"] = query.urgency.value if query.urgency else ""
    select = select.where(*(cases.c[name] == value for name, value in equal.items() if value))
    return select.where(cases.c.received_at <= query.before) if query.before else select


def _span(hours: list[float]) -> Span:
    return Span(len(hours), _quantile(hours, 0.5), _quantile(hours, 0.9))


def _quantile(values: list[float], share: float) -> float | None:
    """Linear between the two nearest values (type 7 of Hyndman and Fan 1996); None without values."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
