"""The trail is append-only, and every kind of tampering is found at its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pipeline.journal.chain import GENESIS
from pipeline.journal.port import AuditReport
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import Status
from tests.journal.builders import blob, opened

Tamper = Callable[[str], None]


@pytest.fixture
def story(journal: SqlJournal) -> SqlJournal:
    """Seven entries: open, move with a result, note, two actions, open, move."""
    case = opened(journal)
    case = journal.move(case, Status.TRANSCRIBED, actor="worker", results={"transcript": blob("t")})
    journal.note(case, actor="anne", action="settle", results={"settled": blob("s")})
    journal.record_action(actor="anne", action="search", details={"hits": "2"})
    journal.record_action(actor="luc", action="read", case_id=case.id)
    journal.move(opened(journal, "b"), Status.TRANSCRIBED, actor="worker")
    assert journal.verify_audit() == AuditReport(whole=True, entries=7)
    return journal


@pytest.fixture
def by_hand(story: SqlJournal, url: str) -> Tamper:
    """Run SQL as somebody who owns the database: the guards are lifted first."""

    def run(sql: str) -> None:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                triggers = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
                for name in triggers:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            assert connection.execute(sa.text(sql)).rowcount > 0
        engine.dispose()

    return run


@pytest.mark.parametrize("table", ["audit", "moves", "results"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_history(story: SqlJournal, url: str, table: str, change: str) -> None:
    engine = sa.create_engine(url)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(change.format(table))
    engine.dispose()
    assert story.verify_audit().whole


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        pytest.param("UPDATE audit SET actor = 'luc' WHERE seq = 4", 4, id="an entry's actor changed"),
        pytest.param('UPDATE audit SET details = \'{"hits":"3"}\' WHERE seq = 4', 4, id="details changed"),
        pytest.param("UPDATE audit SET details = 'x' WHERE seq = 4", 4, id="details no longer JSON"),
        pytest.param("DELETE FROM audit WHERE seq = 4", 4, id="an entry removed"),
        pytest.param("DELETE FROM audit WHERE seq = 1", 1, id="the first entry removed"),
        pytest.param("DELETE FROM audit WHERE seq >= 6", 6, id="the tail cut"),
        pytest.param("DELETE FROM audit WHERE seq = 7", 7, id="the last entry cut"),
        pytest.param(
            "INSERT INTO audit SELECT 8, at, actor, action, case_id, details, hash, hash FROM audit WHERE seq = 7",
            8,
            id="an entry added",
        ),
        pytest.param("UPDATE results SET body = '{}' WHERE stage = 'transcript'", 2, id="a result changed"),
        pytest.param("UPDATE results SET stage = 'other' WHERE stage = 'settled'", 3, id="a result renamed"),
        pytest.param("DELETE FROM results WHERE stage = 'settled'", 3, id="a result removed"),
        pytest.param(
            "INSERT INTO results SELECT case_id, stage, 2, at, body, audit_seq FROM results WHERE stage = 'settled'",
            3,
            id="a result added",
        ),
        pytest.param(
            "INSERT INTO results SELECT case_id, stage, 2, at, body, 99 FROM results WHERE stage = 'settled'",
            8,
            id="a result of no entry added",
        ),
        pytest.param("UPDATE moves SET actor = 'luc' WHERE no = 1 AND audit_seq = 2", 2, id="a move's actor changed"),
        pytest.param("UPDATE moves SET target = 'nowhere' WHERE audit_seq = 2", 2, id="a move's target made up"),
        pytest.param("UPDATE cases SET status = 'filed' WHERE number = '2026-000002'", 7, id="a status changed"),
        pytest.param("DELETE FROM meta WHERE key = 'audit-head'", 8, id="the chain's end forgotten"),
    ],
)
def test_tampering_is_found_where_it_is(story: SqlJournal, by_hand: Tamper, sql: str, place: int) -> None:
    by_hand(sql)
    report = story.verify_audit()
    assert (report.whole, report.broken_at) == (False, place)


def test_a_chain_written_anew_from_one_place_is_found_by_its_end(story: SqlJournal, by_hand: Tamper) -> None:
    last = story.audit_entries()[-2]
    by_hand("DELETE FROM audit WHERE seq = 7")
    by_hand("DELETE FROM moves WHERE audit_seq = 7")
    by_hand("UPDATE cases SET status = 'received', move_no = 0 WHERE number = '2026-000002'")
    assert last.seq == 6
    assert story.verify_audit() == AuditReport(whole=False, entries=6, broken_at=7)


def test_a_cut_tail_stays_found_after_new_entries(story: SqlJournal, by_hand: Tamper) -> None:
    by_hand("DELETE FROM audit WHERE seq = 4")
    story.record_action(actor="anne", action="search")
    assert story.verify_audit().broken_at == 4


def test_each_link_is_the_hash_of_the_one_before_and_its_own_canonical_json(story: SqlJournal) -> None:
    previous = GENESIS
    for entry in story.audit_entries():
        own = {
            "seq": entry.seq,
            "at": entry.at.isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "case_id": entry.case_id,
            "details": dict(entry.details),
        }
        text = json.dumps(own, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert entry.previous == previous
        assert entry.hash == hashlib.sha256((previous + text).encode()).hexdigest()
        previous = entry.hash


def test_entries_are_listed_by_case_newest_kept_oldest_first(story: SqlJournal) -> None:
    case = story.case("2026-000001")
    assert [e.action for e in story.audit_entries(case_id=case.id)] == ["open", "move", "settle", "read"]
    assert [e.seq for e in story.audit_entries(limit=2)] == [6, 7]


def test_a_callers_details_cannot_pass_for_the_journals_own(journal: SqlJournal) -> None:
    with pytest.raises(ValueError, match="own"):
        journal.record_action(actor="x", action="y", details={"written.move": "1:00"})
    assert journal.verify_audit() == AuditReport(whole=True, entries=0)


def test_a_reason_or_title_never_enters_the_trail(journal: SqlJournal) -> None:
    journal.move(opened(journal), Status.DISCARDED, actor="anne", reason="doublon de madame Lefèvre")
    assert "Lefèvre" not in str(journal.audit_entries())
