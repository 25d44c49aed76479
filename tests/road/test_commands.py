"""What the commands say when something is wrong: one French sentence, what to do, and exit code 1."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.road.home import ROOT, Home, wait_for

HEAVY = ("faster_whisper", "av", "ocrmypdf", "onnxruntime", "weasyprint", "pyhanko", "spacy", "edsnlp", "alembic")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "cabinet")
    yield made
    made.end()


def sentence(told: subprocess.CompletedProcess[str]) -> str:
    """What the user reads of a failure, on one line."""
    assert told.returncode == 1, (told.returncode, told.stdout, told.stderr)
    assert "Traceback" not in told.stderr and "Traceback" not in told.stdout
    return " ".join((told.stdout + " " + told.stderr).split())


def test_a_missing_model_names_the_command_that_installs_it(home: Home, tmp_path: Path) -> None:
    (tmp_path / "no-models").mkdir()
    told = home.run("models", "path", more={"CALAME_MODELS": str(tmp_path / "no-models")})
    assert "calame models get base" in sentence(told)


def test_a_missing_model_waits_at_the_case_with_the_command_that_installs_it(home: Home, tmp_path: Path) -> None:
    (tmp_path / "no-models").mkdir()
    home.environment["CALAME_MODELS"] = str(tmp_path / "no-models")
    calame = home.furnished()
    home.start("watch")
    home.start("work")
    (home.inbox / "dictee.opus").write_bytes((ROOT / "tests" / "audio" / "letter.opus").read_bytes())
    wait_for(lambda: "failed" in [case.status.value for case in calame.desk.pile()], lambda: home.said("work"), 120)
    (case,) = calame.desk.pile()
    assert "calame models get base" in case.message


def test_where_the_model_is(home: Home) -> None:
    told = home.run("models", "path")
    assert told.returncode == 0, told.stderr
    assert (Path(told.stdout.strip()) / "model.bin").is_file()


def test_an_inbox_that_anybody_may_write_is_refused(home: Home) -> None:
    home.inbox.mkdir()
    home.inbox.chmod(0o777)
    said = sentence(home.run("cases"))
    assert "modifiable par tout le monde" in said and f"chmod o-w {home.inbox}" in said


def test_an_inbox_inside_the_outbox_is_refused(home: Home) -> None:
    said = sentence(home.run("cases", more={"CALAME_INBOX": str(home.root / "outbox" / "inbox")}))
    assert "se trouve dans" in said and "calame.toml" in said


def test_a_symbolic_link_as_inbox_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    home.inbox.symlink_to(tmp_path / "elsewhere")
    assert "lien symbolique" in sentence(home.run("cases"))


@pytest.mark.parametrize("line", ["port = 'abc'", "settle_seconds = 'long'", "inbocs = 'x'"])
def test_a_wrong_setting_is_named(home: Home, line: str) -> None:
    file = home.root / "calame.toml"
    kept = [one for one in file.read_text("utf-8").splitlines() if not one.startswith(line.split()[0])]
    file.write_text("\n".join([line, *kept]), encoding="utf-8")
    said = sentence(home.run("cases"))
    assert line.split()[0] in said and "calame.toml" in said


def test_a_settings_file_that_is_not_toml_is_told(home: Home) -> None:
    (home.root / "calame.toml").write_text("port : 8420\n", encoding="utf-8")
    assert "calame.toml" in sentence(home.run("cases"))


def test_a_settings_file_that_is_not_there_is_told(home: Home) -> None:
    said = sentence(home.run("cases", more={"CALAME_CONFIG": str(home.root / "absent.toml")}))
    assert "absent.toml" in said


def test_an_address_open_to_the_network_needs_tls(home: Home) -> None:
    said = sentence(home.run("serve", more={"CALAME_HOST": "0.0.0.0"}))
    assert "en clair" in said and "tls_certificate" in said


@pytest.mark.parametrize("words", [("verify",), ("patients", "import"), ("correspondents", "import")])
def test_a_file_that_is_not_there_is_told(home: Home, words: tuple[str, ...]) -> None:
    said = sentence(home.run(*words, "absent.pdf"))
    assert "absent.pdf" in said and "n'existe pas" in said


def test_a_file_that_is_no_signed_pdf_is_told(home: Home) -> None:
    (home.root / "note.txt").write_text("rien", encoding="utf-8")
    assert sentence(home.run("verify", "note.txt"))


def test_a_second_worker_on_one_home_is_refused_with_the_number_of_the_first(home: Home) -> None:
    first = home.start("work")
    lock = home.root / "var" / "jobs.db.lock"
    wait_for(lambda: lock.exists() and lock.read_text() == str(first.pid), lambda: home.said("work"), 120)
    said = sentence(home.run("work"))
    assert str(first.pid) in said and "utilise déjà" in said and "PostgreSQL" in said
    assert first.poll() is None


def test_bad_lines_of_a_register_are_told_one_by_one_and_the_good_ones_are_kept(home: Home) -> None:
    header, first, second, *_ = (ROOT / "samples" / "patients.csv").read_text("utf-8").splitlines()
    columns = second.split(";")
    columns[0], columns[4] = "P9999", "1968-13-45"
    (home.root / "patients.csv").write_text("\n".join([header, first, ";".join(columns), second]), encoding="utf-8")
    told = home.run("patients", "import", "patients.csv")
    said = sentence(told)
    assert "2 patient(s) ajouté(s)" in said and "1 ligne(s) refusée(s)" in said
    reasons = (home.root / "patients-refus.csv").read_text("utf-8").splitlines()
    assert reasons[0] == "ligne;raison" and len(reasons) == 2
    assert reasons[1].startswith("3;") and "naissance" in reasons[1]
    assert {p.birth_name for p in home.calame().journal.all_patients()} == {"MARCHAND", "MOREAU"}
    again = home.run("patients", "import", str(ROOT / "samples" / "patients.csv"))
    assert again.returncode == 0 and "2 inchangé(s)" in again.stdout


def test_a_short_password_is_refused_and_a_good_one_makes_the_account(home: Home) -> None:
    words = ("users", "add", "dr-vial", "--name", "Dr Anne Vial", "--role", "doctor", "--password-stdin")
    assert "caractères" in sentence(home.run(*words, typed="court\n"))
    assert home.run("users", "list").stdout == ""
    assert home.run(*words, typed="un-mot-de-passe-long\n").returncode == 0
    assert "Dr Anne Vial" in home.run("users", "list").stdout
    assert (home.inbox / "dr-vial").is_dir()


def test_an_entry_changed_by_hand_breaks_the_chain(home: Home) -> None:
    home.furnished()
    assert home.run("audit", "verify").returncode == 0
    with closing(sqlite3.connect(home.root / "var" / "calame.db")) as database, database:
        guards = database.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit'").fetchall()
        assert guards
        with pytest.raises(sqlite3.DatabaseError):
            database.execute("UPDATE audit SET actor='autre' WHERE seq=2")
        for (name,) in guards:
            database.execute(f'DROP TRIGGER "{name}"')
        assert database.execute("UPDATE audit SET actor='autre' WHERE seq=2").rowcount == 1
    said = sentence(home.run("audit", "verify"))
    assert "rompue" in said and "2" in said


def test_a_database_that_is_no_database_is_told(home: Home) -> None:
    (home.root / "var").mkdir()
    (home.root / "var" / "calame.db").write_bytes(b"this is not a database, but a note of some length" * 50)
    assert "base de données" in sentence(home.run("cases"))


def test_a_demonstration_never_empties_a_folder_of_yours(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years", encoding="utf-8")
    said = sentence(home.run("demo", "--folder", str(tmp_path / "mine")))
    assert "rien n'y a été touché" in said
    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "ten years"


def test_a_worker_starts_without_the_libraries_that_take_seconds_to_load(home: Home) -> None:
    home.calame().journal.upgrade()
    code = (
        "import sys; from pipeline.cli import calame; c = calame(); c.worker; c.watcher; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], env=home.environment, cwd=home.root, capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == "[]", told.stderr
