"""Cases are opened once, numbered without holes, and moved by the table of moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.errors import CaseUnknown, FileRefused, MoveForbidden, StaleCase
from pipeline.journal.port import CaseChanges
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import BlobRef, Case, Status, Urgency
from pipeline.model.text import Token, Transcript
from tests.journal.builders import RECEIVED, blob, opened, record

HEARD = Transcript((Token("Cher", "", "cher"), Token("œdème", " ", "œdème", probability=0.1 + 0.2)), duration=3.25)


def filed(journal: SqlJournal, name: str, record_id: str, replaces: str = "") -> None:
    case = opened(journal, name, replaces=replaces)
    for status in (Status.IDENTIFIED, Status.TO_REVIEW, Status.TO_SIGN, Status.SIGNED):
        case = journal.move(case, status, actor="worker")
    journal.move(case, Status.FILED, actor="worker", record=record(case, record_id, replaces))


def received_again(journal: SqlJournal, first: Case, replaces: str = "") -> Case:
    """The same content under another claim."""
    return journal.open_case(
        claim_id="another",
        medium=first.medium,
        author="",
        original=first.original,
        original_name="copie.ogg",
        received_at=RECEIVED,
        replaces=replaces,
    )


def test_a_new_case_is_received_and_found_by_id_and_by_number(journal: SqlJournal) -> None:
    case = opened(journal)
    assert (case.number, case.status, case.move_no) == ("2026-000001", Status.RECEIVED, 0)
    assert case.original == blob("lettre")
    assert case.received_at == RECEIVED
    assert case.received_at.tzinfo is UTC
    assert journal.case(case.id) == journal.case("2026-000001") == case
    assert [(m.no, m.source, m.target) for m in journal.moves(case.id)] == [(0, None, Status.RECEIVED)]


def test_an_unknown_case_is_told_in_french(journal: SqlJournal) -> None:
    with pytest.raises(CaseUnknown, match="n'existe pas"):
        journal.case("2026-000404")


def test_the_same_claim_again_gives_the_same_case(journal: SqlJournal) -> None:
    assert opened(journal) == opened(journal)
    assert journal.counts()[Status.RECEIVED] == 1


def test_the_same_file_again_is_refused_with_the_date_and_number_of_the_first(journal: SqlJournal) -> None:
    first = opened(journal)
    with pytest.raises(FileRefused) as refused:
        received_again(journal, first)
    assert refused.value.message == "Ce fichier a déjà été reçu le 3 novembre 2026 à 14 h 05 (dossier 2026-000001)."
    assert "2026-000001" in refused.value.advice
    # the refusal used no number up
    assert opened(journal, "autre").number == "2026-000002"


def test_the_file_of_a_discarded_case_is_refused_and_the_message_says_so(journal: SqlJournal) -> None:
    first = opened(journal)
    journal.move(first, Status.DISCARDED, actor="anne", reason="essai")
    with pytest.raises(FileRefused, match=r"\(dossier 2026-000001\)\. Ce dossier a été écarté\. Reprenez le dossier"):
        received_again(journal, first)


def test_a_correction_may_start_from_a_document_that_was_once_received(journal: SqlJournal) -> None:
    first = opened(journal)
    correction = received_again(journal, first, replaces="r1")
    assert (correction.replaces, correction.number) == ("r1", "2026-000002")


def test_the_years_number_begins_at_the_practices_midnight(journal: SqlJournal) -> None:
    assert opened(journal, "a", datetime(2026, 12, 31, 22, 59, tzinfo=UTC)).number == "2026-000001"
    assert opened(journal, "b", datetime(2026, 12, 31, 23, 0, tzinfo=UTC)).number == "2027-000001"


def test_a_move_writes_its_results_its_changes_and_its_line_together(journal: SqlJournal) -> None:
    case = opened(journal)
    changes = CaseChanges(title="Cardiologie", patient_id="p1", urgency=Urgency.URGENT)
    moved = journal.move(
        case, Status.TRANSCRIBED, actor="worker", reason="lu", results={"transcript": HEARD}, changes=changes
    )
    assert (moved.status, moved.move_no, moved.title, moved.patient_id) == (Status.TRANSCRIBED, 1, "Cardiologie", "p1")
    assert moved.urgency is Urgency.URGENT
    assert journal.case(case.id) == moved
    assert journal.result(case.id, "transcript", Transcript) == HEARD
    assert [(m.no, m.target, m.actor, m.reason) for m in journal.moves(case.id)][1:] == [
        (1, Status.TRANSCRIBED, "worker", "lu")
    ]


def test_a_move_that_the_table_does_not_hold_writes_nothing(journal: SqlJournal) -> None:
    case = opened(journal)
    with pytest.raises(MoveForbidden):
        journal.move(case, Status.FILED, actor="worker", results={"x": blob("x")}, record=record(case))
    assert journal.case(case.id) == case
    assert journal.result(case.id, "x", BlobRef) is None
    assert journal.record("r1") is None
    assert len(journal.audit_entries()) == 1


def test_a_stale_case_writes_nothing(journal: SqlJournal) -> None:
    case = opened(journal)
    moved = journal.move(case, Status.TRANSCRIBED, actor="worker")
    with pytest.raises(StaleCase, match="2026-000001"):
        journal.move(case, Status.TRANSCRIBED, actor="worker", results={"x": blob("x")})
    with pytest.raises(StaleCase):
        journal.note(case, actor="anne", action="settle", results={"x": blob("x")})
    assert journal.case(case.id) == moved
    assert journal.results(case.id, "x", BlobRef) == []


def test_a_result_that_would_not_come_back_equal_is_refused_before_the_move(journal: SqlJournal) -> None:
    case = opened(journal)
    broken = Transcript((), duration=float("nan"))
    with pytest.raises(TypeError):
        journal.move(case, Status.TRANSCRIBED, actor="worker", results={"transcript": broken})
    assert journal.case(case.id) == case


def test_notes_keep_every_result_in_order_and_compare_the_revision(journal: SqlJournal) -> None:
    case = opened(journal)
    first = journal.note(
        case, actor="anne", action="revise", results={"draft": blob("1")}, changes=CaseChanges(revision_no=1)
    )
    with pytest.raises(StaleCase):
        journal.note(case, actor="luc", action="revise", results={"draft": blob("x")})
    journal.note(first, actor="anne", action="revise", results={"draft": blob("2")})
    assert journal.results(case.id, "draft", BlobRef) == [blob("1"), blob("2")]
    assert journal.result(case.id, "draft", BlobRef) == blob("2")
    assert journal.result(case.id, "nothing", BlobRef) is None


def test_the_pile_shows_urgent_first_then_oldest(journal: SqlJournal) -> None:
    new, old, urgent = (opened(journal, n, RECEIVED + timedelta(hours=h)) for n, h in (("n", 2), ("o", 0), ("u", 3)))
    urgent = journal.note(urgent, actor="anne", action="urgency", changes=CaseChanges(urgency=Urgency.URGENT))
    assert journal.pile([Status.RECEIVED]) == [urgent, old, new]
    assert journal.pile([Status.RECEIVED], limit=1) == [urgent]
    assert journal.pile([]) == []
    journal.move(old, Status.TRANSCRIBED, actor="worker")
    assert journal.counts()[Status.RECEIVED] == 2
    assert journal.counts()[Status.TRANSCRIBED] == 1


def test_a_record_is_filed_with_its_move_and_replaced_once_only(journal: SqlJournal) -> None:
    filed(journal, "a", "r1")
    filed(journal, "b", "r2", replaces="r1")
    assert [r.id for r in journal.all_records()] == ["r1", "r2"]
    old = journal.record("r1")
    assert old is not None
    assert old.replaced_by == "r2"
    assert {r.id: r.replaces for r in journal.records_of("p1")} == {"r1": "", "r2": "r1"}
    assert journal.records_of("p2") == []
    with pytest.raises(MoveForbidden, match="déjà été remplacé"):
        filed(journal, "c", "r3", replaces="r1")
    assert journal.record("r3") is None


def test_progress_is_shown_while_the_machine_works_and_gone_after_the_move(journal: SqlJournal) -> None:
    case = opened(journal)
    journal.set_progress(case.id, 0.25)
    journal.set_progress(case.id, 0.5)  # at once after: skipped
    assert journal.progress() == {case.id: 0.25}
    journal.move(case, Status.TRANSCRIBED, actor="worker")
    assert journal.progress() == {}


def test_times_of_other_zones_come_back_as_the_same_moment_in_utc(journal: SqlJournal) -> None:
    reunion = datetime(2026, 11, 3, 17, 5, 0, 123456, tzinfo=timezone(timedelta(hours=4)))
    case = opened(journal, at=reunion)
    assert case.received_at == reunion
    assert case.received_at.utcoffset() == timedelta(0)


def test_what_a_database_cannot_hold_is_replaced_in_free_text(journal: SqlJournal) -> None:
    case = opened(journal)
    journal.move(case, Status.FAILED, actor="worker", reason="octet \0 et \udcff", changes=CaseChanges(message="a\0b"))
    assert journal.case(case.id).message == "a\ufffdb"
    assert journal.moves(case.id)[-1].reason.startswith("octet \ufffd et \ufffd")
    assert journal.verify_audit().whole
