"""``calame learned``: what was learned, on paper and off."""

from __future__ import annotations

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


def test_what_was_learned_is_listed_and_switched_off(home: Home) -> None:
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

    assert home.run("learned", "off", one.id[:8]).returncode == 0
    assert next(each for each in journal.all_learned() if each.id == one.id).use is Use.OFF
    unknown = home.run("learned", "off", "zzz")
    assert unknown.returncode == 1 and "calame learned list" in unknown.stdout + unknown.stderr


def test_a_dictionary_goes_from_one_practice_to_another_and_bad_lines_are_told(home: Home, tmp_path: Path) -> None:
    journal = home.furnished().journal
    journal.accept_word("zorblaxique", actor="secretariat", author="dr-delorme")
    file = tmp_path / "dictionnaire.csv"
    told = home.run("lexicon", "export", str(file))
    assert told.returncode == 0 and "1 mot(s)" in told.stdout, told.stderr
    with file.open("a", encoding="utf-8", newline="") as lines:
        lines.write("corrigé;dr-delorme;fibrilation;fibrillation;oui;oui;2;2;;;;;\r\n")
        lines.write("corrigé;dr-delorme;apixaban;rivaroxaban;oui;oui;9;9;;;;;\r\n")
        lines.write("corrigé;dr-delorme;calgic;Kardegic;non;oui;9;9;;;;;\r\n")
    [word] = journal.all_accepted()
    journal.change_word(word.id, "erase", actor="secretariat")
    told = home.run("lexicon", "import", str(file))
    assert "3 ajoutée(s)" in told.stdout and "1 refusée(s)" in told.stdout, told.stdout + told.stderr
    assert "Ligne 4" in told.stdout and "médicament" in told.stdout
    assert journal.accepted_words() == {"zorblaxique"}
    assert {one.right: one.use for one in journal.all_learned()} == {
        "fibrillation": Use.WRITTEN,
        "Kardegic": Use.OFFERED,
    }
    assert "0 ajoutée(s) ou complétée(s), 3 déjà là" in home.run("lexicon", "import", str(file)).stdout
    assert home.run("lexicon", "import", str(tmp_path / "rien.csv")).returncode == 1
