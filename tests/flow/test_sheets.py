"""The pages of a scan: turned, set aside, split, merged and brought back, and every page stays in exactly one case."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from weasyprint import HTML

from pipeline.errors import MoveForbidden, StaleCase
from pipeline.model.case import Case, Status
from pipeline.model.identity import DocumentKind
from pipeline.model.pages import turned_box
from pipeline.model.text import Box, ScanReading
from pipeline.scan.pdf_text import text_pages
from pipeline.sheets import Sheets
from pipeline.testing import CopyingReader, PrintedReader
from tests.practice import SECRETARY, Cabinet


@cache
def printed(name: str, pages: int) -> bytes:
    """A letter whose page 2 of the file "lot" says ``lot2``."""
    body = "".join(f"<h1>{name}{number}</h1><p>{number} mg</p>" for number in range(1, pages + 1))
    style = "@page{size:A5;margin:15mm}h1{break-before:page;font:20pt 'Liberation Serif'}"
    return bytes(HTML(string=f"<html lang=fr><style>{style}</style>{body}").write_pdf())


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path, reader=PrintedReader())


@pytest.fixture
def sheets(cabinet: Cabinet) -> Sheets:
    return Sheets(cabinet.flow)


def filed_words(cabinet: Cabinet, case: Case) -> list[str]:
    """What is printed on each page of the case's PDF, which is what its text says."""
    path = cabinet.flow.parts.blobs.path(cabinet.desk.scan_pdf(case))
    printed_on = [
        [word.text for line in page.lines for word in line if word.text != "mg"] for _, page in text_pages(path)
    ]
    reading = cabinet.journal.result(case.id, "scan", ScanReading)
    assert reading is not None and reading.pages == len(printed_on)
    named = [token.text for token in reading.transcript.tokens if token.text[0].isalpha() and token.text != "mg"]
    assert sorted(named) == sorted(word for page in printed_on for word in page if word[0].isalpha())
    return [next(word for word in page if word[0].isalpha()) for page in printed_on]


def test_a_page_that_is_set_aside_leaves_the_document_and_undo_brings_it_back(cabinet: Cabinet, sheets: Sheets) -> None:
    case = cabinet.scan(printed("lot", 3))
    original = cabinet.flow.parts.blobs.read(case.original)
    case = cabinet.run(sheets.drop(case.id, 1, by=SECRETARY, move_no=case.move_no))
    assert case.status is Status.TO_CONFIRM
    assert filed_words(cabinet, case) == ["lot1", "lot3"]
    assert [sheet.aside for sheet in sheets.layout(case).sheets] == [False, True, False]
    pdf = cabinet.flow.parts.blobs.path(cabinet.desk.scan_pdf(case))
    with pikepdf.open(pdf) as filed:
        assert sum(one.get("/Type") == "/Page" for one in filed.objects if isinstance(one, pikepdf.Dictionary)) == 2
    case = cabinet.run(sheets.undo(case.id, by=SECRETARY, move_no=case.move_no))
    assert filed_words(cabinet, case) == ["lot1", "lot2", "lot3"]
    assert cabinet.flow.parts.blobs.read(case.original) == original
    assert [entry.action for entry in cabinet.journal.audit_entries(case_id=case.id)].count("page-drop") == 1
    assert cabinet.journal.verify_audit().whole


def test_words_stay_on_their_letters_when_the_page_is_turned(cabinet: Cabinet, sheets: Sheets) -> None:
    case = cabinet.scan(printed("lot", 2))
    case = cabinet.run(sheets.turn(case.id, 1, 90, by=SECRETARY, move_no=case.move_no))
    path = cabinet.flow.parts.blobs.path(cabinet.desk.scan_pdf(case))
    [_, (_, page)] = text_pages(path)
    assert page.width > page.height
    reading = cabinet.journal.result(case.id, "scan", ScanReading)
    assert reading is not None
    [token] = [token for token in reading.transcript.tokens if token.text == "lot2"]
    [word] = [word for line in page.lines for word in line if word.text == "lot2"]
    assert token.box is not None and token.box.page == 1
    assert token.box.left == pytest.approx(word.left / page.width, abs=0.01)
    assert token.box.bottom == pytest.approx(word.bottom / page.height, abs=0.01)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_box_turned_all_the_way_round_is_the_same(turn: int) -> None:
    box = Box(3, 0.1, 0.2, 0.4, 0.25)
    assert turned_box(turned_box(box, turn), 360 - turn) == box
    assert turned_box(box, 90) == Box(3, 0.75, 0.1, 0.8, 0.4)


def test_a_split_makes_two_cases_of_one_original_and_both_are_filed(cabinet: Cabinet, sheets: Sheets) -> None:
    case = cabinet.scan(printed("lot", 3))
    case = cabinet.run(sheets.split(case.id, 0, by=SECRETARY, move_no=case.move_no))
    other = cabinet.run(cabinet.journal.case(sheets.layout(case).other))
    assert filed_words(cabinet, case) == ["lot1"] and filed_words(cabinet, other) == ["lot2", "lot3"]
    assert case.original == other.original and case.number != other.number
    for number, one in enumerate((case, other)):
        cabinet.desk.confirm_scan(
            one.id,
            patient_id=f"p{number + 1}",
            kind=DocumentKind.ARCHIVE,
            title="Lot",
            document_date=None,
            sender="",
            by=SECRETARY,
        )
        assert cabinet.run(one).status is Status.FILED
    assert len(cabinet.journal.records_of("p1")) == len(cabinet.journal.records_of("p2")) == 1


def test_the_next_scan_of_the_batch_is_merged_and_given_back(cabinet: Cabinet, sheets: Sheets) -> None:
    case, other = cabinet.scan(printed("un", 1)), cabinet.scan(printed("deux", 2))
    case = cabinet.run(sheets.merge(case.id, by=SECRETARY, move_no=case.move_no))
    assert filed_words(cabinet, case) == ["un1", "deux1", "deux2"]
    assert cabinet.journal.case(other.id).status is Status.DISCARDED
    with pytest.raises(MoveForbidden, match=case.number):
        cabinet.desk.restore(other.id, by=SECRETARY)
    case = cabinet.run(sheets.undo(case.id, by=SECRETARY, move_no=case.move_no))
    assert filed_words(cabinet, case) == ["un1"]
    other = cabinet.journal.case(other.id)
    assert other.status is Status.TO_CONFIRM and filed_words(cabinet, other) == ["deux1", "deux2"]


def test_a_signed_or_protected_original_says_why_its_pages_stay(cabinet: Cabinet, sheets: Sheets) -> None:
    class Kept(CopyingReader):
        def read(self, original, media_type, out, on_progress):  # type: ignore[no-untyped-def]
            reading = super().read(original, media_type, out, on_progress)
            out.unlink()
            return ScanReading(reading.transcript, 1, False, False, "PDF signé : conservé tel quel.")

    cabinet.reader = Kept("un mot")
    case = cabinet.scan(printed("lot", 2))
    with pytest.raises(MoveForbidden, match="PDF signé : conservé tel quel"):
        sheets.turn(case.id, 0, 90, by=SECRETARY, move_no=case.move_no)
    assert cabinet.journal.case(case.id) == case


def test_what_makes_no_sense_is_refused_and_changes_nothing(cabinet: Cabinet, sheets: Sheets) -> None:
    case = cabinet.scan(printed("lot", 2))
    now = {"by": SECRETARY, "move_no": case.move_no}
    for wrong in (
        lambda: sheets.turn(case.id, 2, 90, **now),
        lambda: sheets.turn(case.id, -1, 90, **now),
        lambda: sheets.turn(case.id, 0, 45, **now),
        lambda: sheets.bring_back(case.id, 0, **now),
        lambda: sheets.split(case.id, 1, **now),
        lambda: sheets.merge(case.id, **now),
        lambda: sheets.undo(case.id, **now),
    ):
        with pytest.raises(MoveForbidden):
            wrong()
    assert cabinet.journal.case(case.id) == case
    moved = cabinet.run(sheets.drop(case.id, 0, **now))
    with pytest.raises(MoveForbidden, match="seule page"):
        sheets.drop(case.id, 1, by=SECRETARY, move_no=moved.move_no)
    with pytest.raises(StaleCase):
        sheets.turn(case.id, 1, 90, **now)


def machine(cabinet: Cabinet) -> type[RuleBasedStateMachine]:
    made = itertools.count()

    class Pages(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.cabinet, self.sheets = cabinet, Sheets(cabinet.flow)
            other_bytes = b"%% %d" % next(made)  # the same pages in another file
            first, second = (cabinet.scan(printed(*letter) + other_bytes) for letter in (("a", 3), ("b", 2)))
            self.all = sorted((one.original.sha256, page) for one, n in ((first, 3), (second, 2)) for page in range(n))
            self.ids = [first.id, second.id]

        @rule(
            verb=st.sampled_from(
                ["turn", "drop", "bring_back", "split", "merge", "undo", "undo", "discard", "restore"]
            ),
            which=st.integers(0, 9),
            place=st.integers(0, 4),
        )
        def somebody_arranges(self, verb: str, which: int, place: int) -> None:
            case = self.cabinet.journal.case(self.ids[which % len(self.ids)])
            now = {"by": SECRETARY, "move_no": case.move_no}
            place %= max(1, len(self.sheets.layout(case).sheets))
            try:
                if verb in ("merge", "undo"):
                    getattr(self.sheets, verb)(case.id, **now)
                elif verb == "turn":
                    self.sheets.turn(case.id, place, 90, **now)
                elif verb == "discard":
                    self.cabinet.desk.discard(case.id, "essai", by=SECRETARY)
                elif verb == "restore":
                    self.cabinet.desk.restore(case.id, by=SECRETARY)
                else:
                    getattr(self.sheets, verb)(case.id, place, **now)
            except MoveForbidden:
                assert self.cabinet.journal.case(case.id) == case
                return
            layout = self.sheets.layout(case)
            if layout.did == "split" and layout.other not in self.ids:
                self.ids.append(layout.other)
            for one in self.ids:
                self.cabinet.run(self.cabinet.journal.case(one))

        @invariant()
        def every_page_stands_in_exactly_one_case(self) -> None:
            standing = [
                (sheet.original, sheet.page)
                for one in self.ids
                for sheet in self.sheets.layout(self.cabinet.journal.case(one)).sheets
            ]
            assert sorted(standing) == self.all

        @invariant()
        def each_pdf_holds_the_pages_of_its_case(self) -> None:
            for case in map(self.cabinet.journal.case, self.ids):
                assert case.status in (Status.TO_CONFIRM, Status.DISCARDED)
                if filed := self.sheets.layout(case).filed:
                    assert len(filed_words(self.cabinet, case)) == len(filed)

        def teardown(self) -> None:
            assert self.cabinet.journal.verify_audit().whole
            for case in map(self.cabinet.journal.case, self.ids):  # the next two scans are a batch of their own
                if case.status is not Status.DISCARDED:
                    self.cabinet.desk.discard(case.id, "essai", by=SECRETARY)

    return Pages


def test_every_page_stands_in_one_case_whatever_is_done(cabinet: Cabinet) -> None:
    calm = settings(
        max_examples=10, stateful_step_count=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine(cabinet), settings=calm)
