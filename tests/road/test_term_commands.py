"""``calame check`` and ``calame lexicon …``: what they say, their exit codes, and that they touch nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.bootstrap import Calame
from pipeline.cli import app
from pipeline.errors import LexiconError
from pipeline.verify.lexicon import FrenchLexicon
from tests.verify.conftest import CACHE, LISTS

DOUBTFUL = "Courrier reçu.\nElle prend de la pixaban.\n\nUne disponée, un [b]wkzqutrv[/b].\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder; the project's lexicon, built once for all tests."""
    for name in [name for name in os.environ if name.startswith("CALAME_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(Calame, "lexicon", FrenchLexicon(LISTS, CACHE))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, typed: bytes = b"") -> Result:
    return CliRunner().invoke(app, words, input=typed)


def test_findings_are_numbered_in_the_text_and_listed_with_their_proposals(folder: Path) -> None:
    (folder / "note.txt").write_text(DOUBTFUL, encoding="utf-8")
    told = run("check", "note.txt")
    assert told.exit_code == 1, told.output
    text, listed = told.stdout.split("\n\n[1] ")
    assert text == "Courrier reçu.\nElle prend de la pixaban[1].\n\nUne disponée[2], un [b]wkzqutrv[3][/b]."
    assert listed.startswith("2:15 la pixaban · sans doute mal entendu · terme proche")
    assert "→ l'apixaban 1,00 (liste Calame)" in listed
    assert " apixaban 0," not in listed  # what replaces "la pixaban" has its article
    assert "[2] 4:5 disponée" in listed and "[3] 4:21 wkzqutrv · mot inconnu" in listed
    assert listed.endswith("3 passage(s) à vérifier.\n")
    assert sorted(path.name for path in folder.iterdir()) == ["note.txt"]


def test_the_standard_input_comes_out_as_json_with_places_in_the_text(folder: Path) -> None:
    told = run("check", "-", "--json", typed=DOUBTFUL.encode())
    assert told.exit_code == 1
    first = json.loads(told.stdout)["findings"][0]
    assert DOUBTFUL[first["start"] : first["end"]] == first["excerpt"] == "la pixaban"
    assert (first["line"], first["column"], first["kind"]) == (2, 15, "likely_misheard")
    assert first["proposals"][0]["text"] == "l'apixaban" and first["message"]


def test_a_right_text_gives_exit_code_0(folder: Path) -> None:
    told = run("check", "-", typed="Courrier reçu.\r\nL'examen est normal.".encode())
    assert told.exit_code == 0 and told.stdout.endswith("Rien à vérifier.\n")
    assert json.loads(run("check", "-", "--json", typed=b"Bonjour.").stdout)["findings"] == []


@pytest.mark.parametrize(
    ("file", "typed", "says"),
    [
        ("absent.txt", b"", "n'existe pas"),
        (".", b"", "dossier"),
        ("latin.txt", b"", "UTF-8"),
        ("empty.txt", b"", "vide"),
        ("-", b"\xff\xfe\x00", "UTF-8"),
        ("-", b" \n", "Aucun texte"),
    ],
)
def test_what_cannot_be_read_is_told_in_french_with_exit_code_2(
    folder: Path, file: str, typed: bytes, says: str
) -> None:
    (folder / "latin.txt").write_bytes("Créatinine élevée.".encode("latin-1"))
    (folder / "empty.txt").write_bytes(b"")
    told = run("check", file, typed=typed)
    assert told.exit_code == 2 and says in told.stderr and told.stdout == ""
    assert "Traceback" not in told.output and "Créatinine" not in told.output


def test_a_text_never_drives_the_terminal(folder: Path) -> None:
    told = run("check", "-", typed=b"Courrier.\nUn \x1b[31mwkzqutrv\x07 net.")
    assert "\x1b" not in told.stdout and "\x07" not in told.stdout and "␛[31m" in told.stdout


def test_a_lexicon_that_cannot_be_read_is_exit_code_2(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Calame) -> FrenchLexicon:
        raise LexiconError("Le lexique préparé est illisible.")

    monkeypatch.setattr(Calame, "lexicon", property(broken))
    told = run("check", "-", typed=b"Bonjour.")
    assert told.exit_code == 2 and "illisible" in told.stderr


def test_several_words_are_looked_up_at_once(folder: Path) -> None:
    told = run("lexicon", "lookup", "dyspnée", "ortopner")
    assert "dyspnée : connu\n" in told.stdout and "ortopner : inconnu\n  orthopnée  0." in told.stdout


def test_why_names_the_lists_of_a_known_word_and_what_is_near_an_unknown_one(folder: Path) -> None:
    known = run("lexicon", "why", "bpco").stdout
    assert "liste Calame : « BPCO », abréviation\n" in known
    assert "  = bronchopneumopathie chronique obstructive\n  Peut s'écrire en toutes lettres." in known
    unknown = run("lexicon", "why", "ortopner").stdout
    assert "inconnu" in unknown and "orthopnée" in unknown and "par le son" in unknown


def test_a_word_of_the_practice_is_added_told_refused_twice_and_removed(folder: Path) -> None:
    told = run("lexicon", "add", "zorblaxine", "--class", "drug", "--gender", "f", "--note", "essai")
    assert told.exit_code == 0 and "Ajouté : zorblaxine (substance)" in told.stdout
    assert (folder / "var" / "terms.csv").read_text("utf-8").endswith("\nzorblaxine,drug,f,,essai\n")
    again = run("lexicon", "add", "Zorblaxine", "--class", "drug").exception
    assert isinstance(again, LexiconError) and "liste du cabinet" in again.message
    assert "Retiré : zorblaxine" in run("lexicon", "remove", "ZORBLAXINE").stdout
    assert not (folder / "var" / "terms.csv").exists()
    assert isinstance(run("lexicon", "remove", "zorblaxine").exception, LexiconError)


def test_an_unknown_class_is_refused(folder: Path) -> None:
    assert run("lexicon", "add", "zorblax", "--class", "prefix").exit_code == 2
    assert not (folder / "var").exists()


def test_what_could_hurt_is_told_with_its_reason(folder: Path) -> None:
    typed = "Allergie à la pénicilline. Je prescris amoxicilline 1 g matin et soir. Lévothyroxine 75 mg le matin."
    told = run("check", "-", typed=typed.encode())
    assert told.exit_code == 1
    assert "« amoxicilline » est prescrit" in told.stdout and "→ 75 µg" in told.stdout.replace("\u00a0", " ")
