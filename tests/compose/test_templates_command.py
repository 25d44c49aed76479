"""« calame templates »: the catalogue and its examples, by the real command."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli_templates import app
from pipeline.errors import FileRefused


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> str:
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    assert answer.exit_code == 0
    return " ".join(answer.output.split())


def test_the_list_names_every_kind_with_its_code_and_signer() -> None:
    shown = run("list")
    assert "discharge_letter │ 11490-0 │ médecin" in shown
    assert "convocation_missed" in shown


def test_a_kind_is_shown_with_what_the_law_asks_of_it() -> None:
    shown = run("show", "discharge_letter")
    for article in ("R.1112-1-2", "R.1112-7"):
        assert article in shown


def test_a_preview_writes_both_files_of_the_chosen_kind(tmp_path: Path) -> None:
    run("preview", "certificate_sport", "-o", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "certificate_sport.docx",
        "certificate_sport.pdf",
    ]


def test_a_kind_that_does_not_exist_is_named() -> None:
    with pytest.raises(FileRefused, match="carte-postale"):
        run("show", "carte-postale")


def test_a_template_of_the_practice_from_its_making_to_its_retirement(tmp_path: Path) -> None:
    assert "modele.html" in run("new", "lettre-maison", "--from", "letter")
    page = tmp_path / "var" / "modeles" / "lettre-maison" / "modele.html"
    page.write_text(page.read_text("utf-8") + "{% block close %}{{ patient.nom }}{% endblock %}", "utf-8")
    wrong = CliRunner().invoke(app, ["use", "lettre-maison"])
    assert wrong.exit_code == 1
    assert "« patient.nom » champ inconnu" in wrong.output
    assert "Vouliez-vous écrire « patient.name » ?" in wrong.output

    page.write_text(page.read_text("utf-8").partition("{% block close %}")[0], "utf-8")
    assert "lettre-maison : aucune faute" in run("check")
    assert "en préparation" in run("list")
    assert "est en service pour : letter" in run("use", "lettre-maison")
    assert "« lettre-maison » : en service" in run("list")
    run("preview", "lettre-maison", "--png", "-o", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "lettre-maison-letter-1.png",
        "lettre-maison-letter.docx",
        "lettre-maison-letter.pdf",
    ]
    assert "n'est plus en service" in run("retire", "lettre-maison")


def test_a_single_file_from_an_unknown_hand_is_checked(tmp_path: Path) -> None:
    (tmp_path / "recu.docx").write_bytes(b"PK not a package")
    answer = CliRunner().invoke(app, ["check", str(tmp_path / "recu.docx")])
    assert answer.exit_code == 1
    assert "abîmé" in answer.output
