"""The pile as the database answers it, against the same asked of plain lists; and who is at work on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import CaseUnknown
from pipeline.journal.folding import folded
from pipeline.journal.port import CaseChanges
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import Case, Status, Urgency
from pipeline.model.identity import DocumentKind
from pipeline.model.pile import LEAVE_SECONDS, LOCK_SECONDS, Lock, Order, PileQuery
from tests.journal.builders import JEAN, JEANNE, RECEIVED, opened, record

AT_PEOPLE = (Status.HELD, Status.TO_REVIEW, Status.FAILED)
PEOPLE = {"": None, "p1": JEANNE, "p2": JEAN}


def practice(journal: SqlJournal) -> list[Case]:
    """36 cases of three authors, two patients and nobody, two kinds, at four statuses."""
    journal.import_patients([JEANNE, JEAN], actor="x")
    made = []
    for n in range(36):
        case = opened(journal, f"case{n}", at=RECEIVED - timedelta(hours=n * 7 % 100))
        changes = CaseChanges(
            author=("", "dr-a", "dr-b")[n % 3],
            kind=(DocumentKind.LETTER, DocumentKind.CERTIFICATE)[n % 2].value,
            patient_id=("", "p1", "p2")[n // 3 % 3],
            urgency=Urgency.URGENT if n % 5 == 0 else Urgency.ROUTINE,
            assigned="sylvie" if n % 4 == 0 else "",
        )
        case = journal.note(case, actor="x", action="set", changes=changes)
        if n % 4:
            case = journal.move(case, Status.FAILED, actor="x")
        if n % 4 == 2:
            case = journal.move(case, Status.DISCARDED, actor="x")
        made.append(case)
    return made


def expected(made: list[Case], query: PileQuery) -> list[Case]:
    def holds(case: Case) -> bool:
        who = PEOPLE[case.patient_id]
        words = f" {folded(who.birth_name)} {folded(who.used_name)} {folded(who.first_names)}" if who else ""
        wanted = (query.urgency, query.author, query.assigned, query.kind, query.patient_id)
        given = (case.urgency, case.author, case.assigned, case.kind, case.patient_id)
        return (
            all(not want or want == have for want, have in zip(wanted, given, strict=True))
            and all(f" {word}" in words for word in folded(query.patient).split())
            and (query.before is None or case.received_at <= query.before)
        )

    return [case for case in made if holds(case)]


QUERIES = st.builds(
    PileQuery,
    statuses=st.sets(st.sampled_from([*AT_PEOPLE, Status.RECEIVED, Status.DISCARDED])).map(tuple),
    urgency=st.sampled_from([None, *Urgency]),
    author=st.sampled_from(["", "", "dr-a", "dr-b"]),
    assigned=st.sampled_from(["", "", "sylvie"]),
    kind=st.sampled_from(["", "", DocumentKind.LETTER.value]),
    patient=st.sampled_from(["", "", "mart", "LEFÈVRE jeanne", "nobody"]),
    patient_id=st.sampled_from(["", "", "p1"]),
    before=st.sampled_from([None, RECEIVED - timedelta(hours=40)]),
    order=st.sampled_from(Order),
)


def test_every_filter_order_page_and_count_is_that_of_a_plain_list(journal: SqlJournal) -> None:
    made = practice(journal)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(QUERIES, st.integers(1, 4))
    def compare(query: PileQuery, size: int) -> None:
        found = expected(made, query)
        shown = [case for case in found if case.status in query.statuses]
        pages: list[Case] = []
        for page in range(1, 40 // size + 2):
            pages += [row.case for row in journal.pile_rows(replace(query, page=page, size=size))]
        assert Counter(case.id for case in pages) == Counter(case.id for case in shown)
        oldest = [(case.received_at, case.number) for case in pages]
        if query.order is Order.WAITING:
            first = [case.urgency is not Urgency.URGENT for case in pages]
            assert list(zip(first, oldest, strict=True)) == sorted(zip(first, oldest, strict=True))
        if query.order is Order.NEWEST:
            assert oldest == sorted(oldest, reverse=True)
        facets = journal.facets(query)
        assert Counter(facets.statuses) == Counter(case.status for case in found)
        assert Counter(facets.authors) == Counter(case.author for case in shown)
        assert Counter(facets.kinds) == Counter(case.kind for case in shown)

    compare()


def test_a_line_shows_the_patient_and_who_is_at_work(journal: SqlJournal) -> None:
    made = practice(journal)
    case = next(case for case in made if case.patient_id == "p1" and case.status is Status.FAILED)
    journal.lock(case.id, "sylvie")
    [row] = journal.pile_rows(PileQuery(tuple(Status), patient=case.number))
    assert row.case == case and row.patient == JEANNE
    assert row.lock is not None and row.lock.login == "sylvie"


def test_the_stamp_of_the_pile_changes_with_what_is_shown_and_only_then(url: str) -> None:
    now = RECEIVED
    journal = SqlJournal(url, now=lambda: now)
    case = opened(journal)
    seen = {journal.pile_stamp()[:2]}
    assert journal.pile_stamp()[:2] in seen

    def changed() -> bool:
        before = len(seen)
        seen.add(journal.pile_stamp()[:2])
        return len(seen) > before

    now += timedelta(seconds=1)
    journal.lock(case.id, "sylvie")
    assert changed()
    now += timedelta(seconds=30)
    journal.lock(case.id, "sylvie")
    journal.record_action(actor="x", action="login")
    assert not changed()
    journal.lock(case.id, "anne", take_over=True)
    assert changed()
    machine = journal.pile_stamp()[2]
    journal.set_progress(case.id, 0.5)
    assert not changed() and journal.pile_stamp()[2] != machine
    journal.move(case, Status.FAILED, actor="x")
    assert changed()
    journal.close()


def test_a_lock_expires_is_kept_given_back_and_taken_over_as_people_would_expect(
    new_database: Callable[[], str],
) -> None:
    now = RECEIVED
    journal = SqlJournal(new_database(), now=lambda: now)
    number = 0
    deeds = st.tuples(st.sampled_from(["lock", "take", "unlock", "wait"]), st.sampled_from("ab"), st.integers(1, 120))

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(deeds, max_size=12))
    def play(script: list[tuple[str, str, int]]) -> None:
        nonlocal now, number
        number += 1
        case = opened(journal, f"locked{number}")
        holder, since, until, taken = "", now, now, 0
        for deed, login, seconds in script:
            now += timedelta(seconds=seconds if deed == "wait" else 1)
            if now >= until:
                holder = ""
            if deed == "unlock":
                journal.unlock(case.id, login)
                until = min(until, now + timedelta(seconds=LEAVE_SECONDS)) if holder == login else until
            elif deed != "wait":
                got = journal.lock(case.id, login, take_over=deed == "take")
                if holder in ("", login) or deed == "take":
                    taken += holder not in ("", login)
                    since = since if holder == login else now
                    holder, until = login, now + timedelta(seconds=LOCK_SECONDS)
                assert got == Lock(case.id, holder, since, until)
            held = journal.locked(case.id)
            assert (held.login if held else "") == holder
        audited = [one for one in journal.audit_entries(case_id=case.id) if one.action == "take-over"]
        assert len(audited) == taken and all(one.details["from"] != one.actor for one in audited)

    play()
    journal.close()


def test_a_case_that_is_not_there_cannot_be_locked(journal: SqlJournal) -> None:
    with pytest.raises(CaseUnknown):
        journal.lock("nowhere", "sylvie")


def test_turnaround_is_the_median_and_the_ninth_tenth_of_each_week(url: str) -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    journal = SqlJournal(url, now=lambda: now)
    today = now
    road = [Status.TRANSCRIBED, Status.CHECKED, Status.IDENTIFIED, Status.TO_REVIEW, Status.TO_SIGN]
    for n, hours in enumerate((1, 2, 3, 4, 100)):
        received = today - timedelta(hours=hours)
        now = received
        case = opened(journal, f"t{n}", at=received)
        for status in road:
            case = journal.move(case, status, actor="x")
        now = received + timedelta(hours=hours / 2)
        case = journal.move(case, Status.SIGNED, actor="x")
        now = received + timedelta(hours=hours)
        journal.move(case, Status.FILED, actor="x")
    now = today - timedelta(days=27)
    before = opened(journal, "older", at=now - timedelta(hours=10))
    for status in [*road, Status.SIGNED]:
        before = journal.move(before, status, actor="x")
    now = today
    weeks = journal.turnaround()
    assert [week.first for week in weeks] == [date(2026, 10, 30) + timedelta(days=7 * n) for n in range(4)]
    assert (weeks[3].filed.count, weeks[3].filed.median) == (5, 3)
    assert weeks[3].filed.ninth == pytest.approx(4 + 0.6 * 96)
    assert weeks[3].signed.median == 1.5
    assert (weeks[0].signed.count, weeks[0].signed.median, weeks[0].filed.count) == (1, 10, 0)
    assert weeks[1].filed.median is None
    journal.close()


def test_a_patients_documents_come_by_year_kind_and_page_newest_first(journal: SqlJournal) -> None:
    for n in range(12):
        case = opened(journal, f"d{n}")
        for status in (Status.TRANSCRIBED, Status.CHECKED, Status.TO_CONFIRM, Status.CONFIRMED):
            case = journal.move(case, status, actor="x")
        kind = DocumentKind.CERTIFICATE if n % 3 == 0 else DocumentKind.LETTER
        day = date(2020 + n // 4, 1 + n % 4, 1)
        filed = replace(record(case, f"r{n:02}"), document_date=day, kind=kind)
        journal.move(case, Status.FILED, actor="x", record=filed)
    assert [one.id for one in journal.timeline("p1", size=5)] == ["r11", "r10", "r09", "r08", "r07"]
    assert [one.id for one in journal.timeline("p1", page=3, size=5)] == ["r01", "r00"]
    assert [one.id for one in journal.timeline("p1", year=2021, kinds=["letter"])] == ["r07", "r05", "r04"]
    assert journal.years_of("p1") == {
        2022: {"certificate": 1, "letter": 3},
        2021: {"certificate": 1, "letter": 3},
        2020: {"certificate": 2, "letter": 2},
    }
    assert journal.years_of("p2") == {} and journal.timeline("p2") == []


def test_the_next_case_is_the_first_of_the_pile_that_is_another_and_of_these_authors(journal: SqlJournal) -> None:
    made = practice(journal)
    for authors in ((), ("", "dr-a"), ("dr-b",), ("nobody",)):
        for current in (made[0], made[1], made[7]):
            left = [
                case
                for case in journal.pile(AT_PEOPLE)
                if case.id != current.id and (not authors or case.author in authors)
            ]
            following = journal.following(AT_PEOPLE, but=current.id, authors=authors)
            assert following == (left[0] if left else None)
