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
