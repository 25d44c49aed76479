"""``calame learned``: what was learned, on paper and off."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.model.case import Status
from pipeline.model.learning import Sighting, Use
from tests.journal.builders import opened
from tests.road.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "cabinet")
    yield made
    made.end()


def test_what_was_learned_is_listed_exported_and_switched_off(home: Home, tmp_path: Path) -> None:
    journal = home.furnished().journal
    case = opened(journal)
    for status in (Status.TRANSCRIBED, Status.CHECKED, Status.IDENTIFIED, Status.TO_REVIEW):
        case = journal.move(case, status, actor="worker")
    seen = (
        Sighting("dr-delorme", "fibrilation", "fibrillation", 1.0, 1.4),
        Sighting("dr-rousselin", "calgic", "Kardegic", 2.0, 2.4, reason="médicament"),
    )
    journal.move(case, Status.TO_SIGN, actor="secretariat", learned=seen)
    one = next(one for one in journal.all_learned() if one.right == "fibrillation")

    told = home.run("learned", "list", "--author", "dr-delorme")
    assert told.returncode == 0, told.stderr
    assert "fibrillation" in told.stdout and "proposé" in told.stdout and "Kardegic" not in told.stdout

    file = tmp_path / "appris.csv"
    assert home.run("learned", "export", str(file)).returncode == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8"), delimiter=";"))
    assert {(row["entendu"], row["écrit"], row["seulement proposé"]) for row in rows} == {
        ("fibrilation", "fibrillation", ""),
        ("calgic", "Kardegic", "médicament"),
    }

    assert home.run("learned", "off", one.id[:8]).returncode == 0
    assert next(each for each in journal.all_learned() if each.id == one.id).use is Use.OFF
    unknown = home.run("learned", "off", "zzz")
    assert unknown.returncode == 1 and "calame learned list" in unknown.stdout + unknown.stderr
