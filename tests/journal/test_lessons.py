"""What was learned, on both engines: kept with its evidence, taken back, switched off, forgotten."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.errors import RegisterError, StaleCase
from pipeline.journal.sql import MIGRATIONS, SqlJournal
from pipeline.journal.tables import learned, sightings
from pipeline.model.case import Case, Status
from pipeline.model.learning import Learned, Sighting, Use
from tests.journal.builders import opened

FIBRILLATION = Sighting("dr-vial", "fibrilation", "fibrillation", 3.0, 3.4)
STENT = Sighting("dr-vial", "instinctif", "stent actif", 8.0, 9.2, times=2, reason="mots connus")
ROAD = (
    Status.TRANSCRIBED,
    Status.CHECKED,
    Status.IDENTIFIED,
    Status.TO_REVIEW,
)


def reviewed(journal: SqlJournal, name: str) -> Case:
    case = opened(journal, name)
    for status in ROAD:
        case = journal.move(case, status, actor="worker")
    return case


def approved(journal: SqlJournal, name: str, *seen: Sighting) -> Case:
    return journal.move(reviewed(journal, name), Status.TO_SIGN, actor="sylvie", learned=seen)


def only(journal: SqlJournal) -> Learned:
    [one] = journal.all_learned()
    return one


def test_an_approval_teaches_with_its_sound_and_its_case(journal: SqlJournal) -> None:
    case = approved(journal, "a", FIBRILLATION)
    one = only(journal)
    assert (one.author, one.key, one.heard, one.right) == ("dr-vial", "fibrilation", "fibrilation", "fibrillation")
    assert (one.case_id, one.case_number, one.original_sha256) == (case.id, case.number, case.original.sha256)
    assert (one.start, one.end, one.times, one.cases, one.refused, one.by) == (3.0, 3.4, 1, 1, 0, "sylvie")
    assert one.first_seen == one.last_seen is not None
    assert one.use is Use.OFFERED


def test_the_same_correction_in_two_cases_is_sure(journal: SqlJournal) -> None:
    approved(journal, "a", FIBRILLATION, STENT)
    last = approved(journal, "b", FIBRILLATION, STENT)
    stent, fibrillation = sorted(journal.learned("dr-vial"), key=lambda one: one.times, reverse=True)
    assert (fibrillation.cases, fibrillation.times, fibrillation.case_id) == (2, 2, last.id)
    assert fibrillation.use is Use.WRITTEN
    assert (stent.times, stent.use, stent.reason) == (4, Use.OFFERED, "mots connus")


def test_each_author_has_the_own_corrections(journal: SqlJournal) -> None:
    approved(journal, "a", FIBRILLATION)
    assert journal.learned("dr-roche") == journal.learned("") == ()
    assert len(journal.learned("dr-vial")) == 1


def test_an_approval_that_is_taken_back_takes_its_teaching_back(journal: SqlJournal) -> None:
    approved(journal, "a", FIBRILLATION)
    second = approved(journal, "b", FIBRILLATION)
    back = journal.move(second, Status.TO_REVIEW, actor="sylvie", learned=())
    assert only(journal).cases == 1
    journal.move(back, Status.TO_SIGN, actor="sylvie", learned=(STENT,))
    assert {one.right for one in journal.all_learned()} == {"fibrillation", "stent actif"}


def test_a_correction_without_evidence_is_gone(journal: SqlJournal) -> None:
    case = approved(journal, "a", FIBRILLATION)
    journal.move(case, Status.TO_REVIEW, actor="sylvie", learned=())
    assert journal.all_learned() == ()


def test_a_move_that_says_nothing_of_learning_changes_nothing(journal: SqlJournal) -> None:
    case = approved(journal, "a", FIBRILLATION)
    journal.move(case, Status.SIGNED, actor="dr-vial")
    assert only(journal).cases == 1


def test_a_stale_approval_teaches_nothing(journal: SqlJournal) -> None:
    case = reviewed(journal, "a")
    journal.move(case, Status.DISCARDED, actor="sylvie")
    with pytest.raises(StaleCase):
        journal.move(case, Status.TO_SIGN, actor="sylvie", learned=(FIBRILLATION,))
    assert journal.all_learned() == ()


def test_a_refusal_is_counted_and_a_refusal_of_nothing_is_not(journal: SqlJournal) -> None:
    approved(journal, "a", FIBRILLATION)
    approved(journal, "b", FIBRILLATION)
    no = Sighting("dr-vial", "fibrilation", "fibrillation", 1.0, 1.4, refused=True)
    approved(journal, "c", no, Sighting("dr-vial", "jamais", "vu", 0, 1, refused=True))
    one = only(journal)
    assert (one.cases, one.refused, one.use) == (2, 1, Use.OFFERED)
    approved(journal, "d", no)
    assert only(journal).use is Use.REFUSED


def test_what_is_switched_off_stays_off_when_it_is_seen_again(journal: SqlJournal) -> None:
    case = approved(journal, "a", FIBRILLATION)
    journal.switch_learned(only(journal).id, False, actor="sylvie")
    journal.move(case, Status.TO_REVIEW, actor="sylvie", learned=())
    assert (only(journal).cases, only(journal).use) == (0, Use.OFF)
    for name in ("b", "c"):
        approved(journal, name, FIBRILLATION)
    assert (only(journal).cases, only(journal).use) == (2, Use.OFF)
    journal.switch_learned(only(journal).id, True, actor="sylvie")
    assert only(journal).use is Use.WRITTEN


def test_what_is_forgotten_leaves_no_row_and_no_word(journal: SqlJournal) -> None:
    approved(journal, "a", FIBRILLATION, STENT)
    gone = next(one for one in journal.all_learned() if one.right == "fibrillation")
    journal.forget_learned(gone.id, actor="sylvie")
    assert [one.right for one in journal.all_learned()] == ["stent actif"]
    with journal._read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sightings)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(learned)) == 1
    for verb in (journal.forget_learned, lambda id_, actor: journal.switch_learned(id_, True, actor=actor)):
        with pytest.raises(RegisterError, match="plus là"):
            verb(gone.id, actor="sylvie")


def test_the_audit_tells_who_did_what_but_never_the_words(journal: SqlJournal) -> None:
    approved(journal, "a", FIBRILLATION)
    id_ = only(journal).id
    journal.switch_learned(id_, False, actor="sylvie")
    journal.switch_learned(id_, False, actor="sylvie")
    journal.switch_learned(id_, True, actor="sylvie")
    journal.forget_learned(id_, actor="dr-vial")
    entries = journal.audit_entries()
    told = [(one.actor, one.action, one.details) for one in entries if one.action.startswith("learned-")]
    assert told == [
        ("sylvie", "learned-off", {"learned": id_}),
        ("sylvie", "learned-on", {"learned": id_}),
        ("dr-vial", "learned-forgotten", {"learned": id_}),
    ]
    assert any(one.details.get("learned") == "1" for one in entries if one.action == "move")
    assert not any("fibril" in str(one) for one in entries)
    assert journal.verify_audit().whole


def copy_common_columns(source: Path, target: Path) -> None:
    """What both schemas hold, as if it had been written by the older program."""
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS source", (str(source),))
        tables = {name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        for table in sorted(tables - {"alembic_version", "sqlite_sequence"}):
            columns = [
                {row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")}
                for schema in ("main", "source")
            ]
            names = ", ".join(sorted(columns[0] & columns[1]))
            if names:
                connection.execute(f"INSERT OR REPLACE INTO main.{table} ({names}) SELECT {names} FROM source.{table}")


def test_a_journal_of_before_keeps_its_cases_and_begins_to_learn(tmp_path: Path) -> None:
    journal = SqlJournal(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def as_before(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    journal._write(as_before)
    today = SqlJournal(f"sqlite:///{tmp_path / 'today.db'}")
    today.upgrade()
    old = reviewed(today, "a")
    today.close()
    copy_common_columns(tmp_path / "today.db", tmp_path / "old.db")
    journal.upgrade()
    journal.move(journal.case(old.id), Status.TO_SIGN, actor="sylvie", learned=(FIBRILLATION,))
    assert only(journal).case_id == old.id and journal.verify_audit().whole
    journal.close()


def test_a_dictionary_of_before_is_kept_whole_and_can_then_be_shared_and_forgotten(tmp_path: Path) -> None:
    journal = SqlJournal(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def as_before(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        insert = "INSERT INTO accepted_words (word, actor, at) VALUES (?, ?, ?)"
        connection.exec_driver_sql(insert, ("disponée", "sylvie", "2026-01-05 08:00:00.000000"))
        command.upgrade(config, "0003")
        insert = "INSERT INTO accepted_words (word, id, actor, at) VALUES (?, ?, ?, ?)"
        connection.exec_driver_sql(insert, ("octopusine", "f00d", "marc", "2026-01-06 08:00:00.000000"))
        values = ("cafe", "dr-vial", "fibrilation", "fibrilation", "fibrillation", "", True)
        insert = "INSERT INTO learned (id, author, key, heard, written, reason, active) VALUES (?, ?, ?, ?, ?, ?, ?)"
        connection.exec_driver_sql(insert, values)

    journal._write(as_before)
    journal.upgrade()
    first, second = journal.all_accepted()
    assert (first.word, first.by, first.at.year, second.id) == ("disponée", "sylvie", 2026, "f00d")
    assert first.id and first.id != second.id
    assert all(one.shared and one.active and not one.author for one in (first, second))
    assert journal.accepted_words("dr-vial") == journal.accepted_words() == {"disponée", "octopusine"}
    with pytest.raises(RegisterError, match="dans la dictée de qui"):
        journal.change_word(first.id, "unshare", actor="sylvie")
    journal.forget_word("disponée", actor="sylvie")
    assert journal.accepted_words() == {"octopusine"}
    assert journal.audit_entries()[-1].details == {"word": first.id}
    one = only(journal)
    assert (one.id, one.right, one.shared, one.active) == ("cafe", "fibrillation", False, True)
    journal.share_learned("cafe", True, actor="sylvie")
    assert only(journal).shared and journal.verify_audit().whole
    journal.close()
