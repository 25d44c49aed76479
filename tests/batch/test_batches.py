"""Whole lists: filed once, printed in order, cut anywhere, dropped again."""

from __future__ import annotations

import csv
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pipeline.batch.port import Refusal, Row
from pipeline.batch.step import key_of
from pipeline.batches import Plan
from pipeline.bootstrap import Calame
from pipeline.model.case import Status
from pipeline.model.document import SearchQuery
from pipeline.model.people import Patient, Role, Sex, User
from tests.road.home import Home

HEADER = ("Nom", "Prénom", "Date de naissance", "Date", "Heure", "Type", "Examen")
DAY = date.today() + timedelta(days=30)
COUNT = 6


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "cabinet")
    yield made
    made.end()


def people(count: int = COUNT) -> list[Patient]:
    return [Patient(f"p{n}", f"FICTIF{chr(65 + n)}", "ALICE", date(1960, 1, 1 + n), Sex.FEMALE) for n in range(count)]


def practice(home: Home) -> Calame:
    calame = home.calame()
    calame.journal.import_patients(people(), actor="test")
    calame.journal.save_user(User("dr", "Dr Hélène Vasseur", Role.DOCTOR), "x", actor="test")
    return calame


def write_list(home: Home, name: str = "liste.csv", *, hour: str = "9h00", wrong: int = -1) -> Path:
    file = home.root / name
    with file.open("w", encoding="cp1252", newline="") as lines:
        rows = csv.writer(lines, delimiter=";")
        rows.writerow(HEADER)
        for n, one in enumerate(people()):
            born = one.birth_date if n != wrong else date(1961, 1, 1)
            rows.writerow((one.birth_name, "Alice", f"{born:%d/%m/%Y}", f"{DAY:%d/%m/%Y}", hour, "examen", "Scanner"))
    return file


def archive(calame: Calame) -> list[str]:
    return [record.patient_id for record in calame.journal.all_records()]


def page_texts(sheet: Path) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(sheet)]


def run_here(calame: Calame, file: Path) -> tuple[Plan, int]:
    plan = calame.batches.plan(calame.read_list(file))
    return plan, calame.batches.make(plan, by="test", duplex=False, on_filed=lambda: None).filed


def printed(calame: Calame) -> list[Path]:
    return sorted(calame.settings.outbox.glob("convocations-*.pdf"))


def test_a_list_is_filed_by_patient_and_printed_in_its_order_and_dropped_again_does_nothing(home: Home) -> None:
    calame = practice(home)
    index = calame.batches.parts.flow.parts.index
    file = write_list(home, wrong=3)
    told = home.run("batch", str(file), "--yes", "--duplex")
    assert told.returncode == 1, (told.stdout, told.stderr)
    assert "5 convocation(s) faite(s) et classée(s), 0 déjà faite(s), 1 ligne(s) refusée(s)" in told.stdout
    assert "FICTIF" not in told.stdout + told.stderr
    assert sorted(archive(calame)) == sorted(one.id for n, one in enumerate(people()) if n != 3)
    assert calame.check_archive().whole
    assert len(index.search(SearchQuery(words="scanner"))) == 5

    (sheet,) = printed(calame)
    with pikepdf.open(sheet) as joined:
        assert len(joined.pages) == 9  # each begins on an odd page
    texts = page_texts(sheet)
    wanted = [one.birth_name for n, one in enumerate(people()) if n != 3]
    assert [name in text for name, text in zip(wanted, texts[::2], strict=True)] == [True] * 5

    refusals = home.root / "outbox" / "liste-refus.csv"
    rows = list(csv.DictReader(refusals.open(encoding="utf-8-sig"), delimiter=";"))
    assert [(row["n° de ligne"], row["colonne en cause"]) for row in rows] == [("5", "date de naissance")]

    again = home.run("batch", str(file), "--yes")
    assert "5 convocation(s) déjà faite(s) le" in again.stdout
    assert len(archive(calame)) == 5
    assert printed(calame) == [sheet]

    corrected = refusals.read_text("utf-8-sig").replace("01/01/1961", "04/01/1960")
    (home.root / "corrigee.csv").write_text(corrected, encoding="utf-8-sig")
    plan, filed = run_here(calame, home.root / "corrigee.csv")
    assert (len(plan.refused), filed) == (0, 1)
    assert sorted(archive(calame)) == sorted(one.id for one in people())
    trail = " ".join(str(entry) for entry in calame.journal.audit_entries())
    assert "FICTIF" not in trail
    assert "print-list" in trail
    assert calame.journal.verify_audit().whole
    assert index.rebuild(calame.desk.indexed_texts()) == COUNT

    plan, filed = run_here(calame, write_list(home, "autre.csv", hour="14h30"))
    told = [one for one in plan.lines if "a déjà une convocation à venir" in " ".join(one.warnings)]
    assert (plan.moved, len(told), filed) == ({}, COUNT, COUNT)
    assert len(archive(calame)) == 2 * COUNT


def test_a_moved_appointment_cancels_the_convocation_that_its_line_names_on_paper_and_in_the_archive(
    home: Home,
) -> None:
    calame = practice(home)
    plan, _ = run_here(calame, write_list(home))
    olds = list(calame.journal.listed([key_of(one) for one in plan.lines]).values())
    other = write_list(home, "autre.csv", hour="14h30")
    numbers = [calame.journal.listed([key_of(one)])[key_of(one)].number for one in plan.lines]
    with_column(other, "Remplace", *numbers)
    plan, filed = run_here(calame, other)
    assert filed == COUNT
    assert {calame.journal.case(one.id).status for one in olds} == {Status.REPLACED}
    records = list(calame.journal.all_records())
    assert sum(bool(one.replaced_by) for one in records) == sum(bool(one.replaces) for one in records) == COUNT
    (sheet,) = [one for one in printed(calame) if any("annule" in text for text in page_texts(one))]
    words = {word.strip(".") for word in " ".join(page_texts(sheet)).split()}
    assert set(numbers) <= words
    assert calame.check_archive().whole

    again, filed = run_here(calame, home.root / "liste.csv")  # the list of before, by mistake
    assert (filed, len(again.refused)) == (0, COUNT)
    assert "a été annulée et remplacée" in again.refused[0].reason
    assert run_here(calame, other)[1] == 0


def test_a_second_appointment_cancels_nothing_unasked_and_is_told(home: Home) -> None:
    calame = practice(home)
    run_here(calame, write_list(home))
    extra = write_list(home, "plus.csv", hour="14h30")
    plan, filed = run_here(calame, extra)
    assert (plan.moved, plan.refused, filed) == ({}, (), COUNT)
    assert all("a déjà une convocation à venir" in " ".join(one.warnings) for one in plan.lines)
    assert {case.status for case in calame.journal.listed([key_of(one) for one in plan.lines]).values()} == {
        Status.FILED
    }
    third = write_list(home, "encore.csv", hour="16h00")
    with_column(third, "Remplace", *["aucune"] * COUNT)
    plan, filed = run_here(calame, third)
    assert filed == COUNT and not any("déjà" in " ".join(one.warnings) for one in plan.lines)


def test_a_number_that_is_no_convocation_to_come_of_the_patient_is_refused(home: Home) -> None:
    calame = practice(home)
    other = write_list(home, "autre.csv", hour="14h30")
    with_column(other, "Remplace", *["2020-000001"] * COUNT)
    plan, filed = run_here(calame, other)
    assert (filed, [no.column for no in plan.refused]) == (0, ["remplace"] * COUNT)


def with_column(file: Path, name: str, *values: str) -> None:
    head, *lines = file.read_text("cp1252").splitlines()
    rows = [f"{line};{value}" for line, value in zip(lines, values, strict=True)]
    file.write_text("\n".join([f"{head};{name}", *rows]), encoding="cp1252")


def test_two_lines_that_would_cancel_the_same_convocation_are_both_refused(home: Home) -> None:
    calame = practice(home)
    plan, _ = run_here(calame, write_list(home))
    numbers = [calame.journal.listed([key_of(one)])[key_of(one)].number for one in plan.lines]
    one, other = write_list(home, "a.csv", hour="14h30"), write_list(home, "b.csv", hour="15h30")
    one.write_text(one.read_text("cp1252") + other.read_text("cp1252").partition("\n")[2], encoding="cp1252")
    with_column(one, "Remplace", *numbers, *numbers)
    plan, filed = run_here(calame, one)
    assert (filed, len(plan.refused)) == (0, 2 * COUNT)
    assert "Plusieurs lignes remplaceraient" in plan.refused[0].reason


def test_an_appointment_that_is_past_is_not_cancelled_by_the_next_one(home: Home) -> None:
    calame = practice(home)
    run_here(calame, write_list(home))
    flow = calame.batches.parts.flow
    later = flow.parts.now() + timedelta(days=40)
    flow.parts = replace(flow.parts, now=lambda: later)
    file = write_list(home, "suite.csv")
    day = DAY + timedelta(days=60)
    file.write_text(file.read_text("cp1252").replace(f"{DAY:%d/%m/%Y}", f"{day:%d/%m/%Y}"), encoding="cp1252")
    plan, filed = run_here(calame, file)
    assert (plan.moved, filed) == ({}, COUNT)


def test_what_a_convocation_lacks_is_told_before_it_is_made(home: Home) -> None:
    practice(home)
    file = write_list(home)
    told = " ".join(home.run("batch", str(file), "--yes").stdout.split())
    assert "L'adresse du patient" in told
    assert f"({COUNT} lignes)" in told
    assert "attention" not in home.run("batch", str(file), "--yes").stdout  # nothing is made


def test_each_list_has_its_own_file_of_refusals_and_none_once_it_is_clean(home: Home) -> None:
    calame, row = practice(home), Row(2, {}, {"Nom": "X"})
    bad = Plan((), {}, {}, (Refusal(row, "", "Non."),))
    clean = replace(bad, refused=())
    files = [calame.batches.refusals(bad, Path(name)) for name in ("x.csv", "x.ics", "x.xlsx")]
    assert len({file.name for file in files if file and file.is_file()}) == 3
    assert [calame.batches.refusals(clean, Path(name)) for name in ("x.csv", "x.ics", "x.xlsx")] == [None] * 3
    assert not any(file and file.exists() for file in files)


def test_a_line_whose_address_no_window_holds_is_refused_with_the_reason(home: Home) -> None:
    calame = practice(home)
    endless = "\n".join([f"Résidence des Grandes Arcades, bâtiment {n}, escalier 4, appartement 12" for n in range(9)])
    people_with_address = [replace(one, address=f"{endless}\n49000 Angers") for one in people()[:1]]
    calame.journal.import_patients(people_with_address, actor="test")
    plan = calame.batches.plan(calame.read_list(write_list(home)))
    assert [(one.row.number, "ne tient pas dans la fenêtre" in one.reason) for one in plan.refused] == [(2, True)]
    assert len(plan.lines) == COUNT - 1


def test_killed_at_any_moment_and_run_again_nobody_is_forgotten_and_nobody_convoked_twice(home: Home) -> None:
    calame = practice(home)
    file = write_list(home)
    chance = random.Random(26)
    for _ in range(3):
        child = home.start("batch", str(file), "--yes")
        wanted = len(archive(calame)) + chance.choice((0, 1, 2))
        while child.poll() is None and len(archive(calame)) < wanted:
            time.sleep(chance.choice((0.001, 0.01)))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    told = home.run("batch", str(file), "--yes")
    assert told.returncode == 0, (told.stdout, told.stderr)
    assert sorted(archive(calame)) == sorted(one.id for one in people())
    assert calame.check_archive().whole
    texts = [text for sheet in printed(calame) for text in page_texts(sheet)]
    assert [sum(one.birth_name in text for text in texts) for one in people()] == [1] * COUNT
