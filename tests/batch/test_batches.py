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

from pipeline.batches import Plan
from pipeline.bootstrap import Calame
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
    assert (len(plan.moved), filed) == (COUNT, COUNT)
    assert len(archive(calame)) == 2 * COUNT


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
