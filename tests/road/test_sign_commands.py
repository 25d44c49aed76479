"""``calame sign`` and ``calame verify`` as they are typed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner, Result

from pipeline.archive.shelf import FolderShelf
from pipeline.cli import app
from pipeline.errors import CalameError
from pipeline.model.case import Status
from pipeline.sign.pyhanko_signer import PyhankoSigner
from tests.practice import CERTIFICATE, DOCTOR, LETTER, PASSWORD, SECRETARY, SOLANGE, Cabinet, practice_keys
from tests.sign.authorities import Authority
from tests.sign.conftest import authority as authority
from tests.sign.forgeries import add_an_annotation, cut_all_signatures_off


@pytest.fixture
def cabinet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cabinet:
    """A small practice that the commands find by their settings."""
    home = tmp_path / "var"
    home.mkdir()
    for name, folder in (("HOME", home), ("INBOX", tmp_path / "inbox"), ("OUTBOX", tmp_path / "outbox")):
        monkeypatch.setenv(f"CALAME_{name}", str(folder))
    monkeypatch.setenv("CALAME_PRACTICE__NAME", "Cabinet d'essai")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(practice_keys(), home / "keys")
    return Cabinet(home)


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, words, input=typed)


def filed(cabinet: Cabinet, tmp_path: Path) -> Path:
    cabinet.filed()
    record = cabinet.journal.records_of(SOLANGE.id)[0]
    file = tmp_path / "courrier.pdf"
    file.write_bytes(cabinet.flow.parts.shelf.read(record.path))
    return file


def test_verify_says_who_signed_what_and_when(cabinet: Cabinet, tmp_path: Path) -> None:
    told = run("verify", str(filed(cabinet, tmp_path)))
    assert told.exit_code == 0, told.output
    assert "Signature valide" in told.output and DOCTOR.name in told.output
    assert "heure de l'ordinateur, non attestée" in told.output
    assert "Niveau : PAdES-B-B" in told.output and "Source structurée jointe : intacte" in told.output
    assert "version 1" in told.output


def test_verify_refuses_a_changed_or_unsigned_file(cabinet: Cabinet, tmp_path: Path) -> None:
    file = filed(cabinet, tmp_path)
    signed = file.read_bytes()
    for forge, message in ((add_an_annotation, "modifié"), (cut_all_signatures_off, "n'est pas signé")):
        file.write_bytes(forge(signed))
        told = run("verify", str(file))
        assert told.exit_code == 1 and message in told.output


def test_verify_cannot_judge_a_signer_whom_this_practice_does_not_know(
    cabinet: Cabinet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filed(cabinet, tmp_path)
    monkeypatch.setenv("CALAME_HOME", str(tmp_path / "elsewhere"))
    told = run("verify", str(file))
    assert told.exit_code == 2 and "pas reconnu" in told.output


def test_verify_warns_of_a_document_that_was_replaced(cabinet: Cabinet, tmp_path: Path) -> None:
    file = filed(cabinet, tmp_path)
    [old] = cabinet.journal.records_of(SOLANGE.id)
    case = cabinet.run(cabinet.desk.correct_filed(old.id, by=SECRETARY))
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    cabinet.run(cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(case)))
    told = run("verify", str(file))
    assert told.exit_code == 0 and "annulé et remplacé par la version 2" in told.output
    said = json.loads(run("verify", "--json", str(file)).output)
    assert said["verdict"] == "valid" and said["archive"]["same_file"]
    assert said["archive"]["replaced_by"] == cabinet.journal.record(old.id).replaced_by  # type: ignore[union-attr]
    assert [one["role"] for one in said["signatures"]] == ["signature"]


def test_verify_asks_for_a_file_when_a_folder_is_given(cabinet: Cabinet, tmp_path: Path) -> None:
    assert "est un dossier" in str(run("verify", str(tmp_path)).exception)


def test_verify_names_whose_certificate_it_is_and_not_whom_the_file_claims(
    cabinet: Cabinet, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "ca.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    monkeypatch.setenv("CALAME_SIGNATURE__TRUST", str(tmp_path / "trust"))
    file = tmp_path / "courrier.pdf"
    unsigned = cut_all_signatures_off(filed(cabinet, tmp_path).read_bytes())
    other = PyhankoSigner(authority.certify("Jean Escroc"))
    file.write_bytes(other.sign(unsigned, signer=DOCTOR, at=datetime.now(UTC), reason=""))
    told = run("verify", str(file))
    assert told.exit_code == 2 and "Signature valide" not in told.output
    assert f"se dit signé par « {DOCTOR.name} », et le certificat est celui de « Jean Escroc »" in told.output
    assert f"Signé par Jean Escroc, ET NON PAR « {DOCTOR.name} » que le fichier nomme," in told.output
    said = json.loads(run("verify", "--json", str(file)).output)
    assert (said["verdict"], said["valid"], said["signer"]) == ("unsure", False, "Jean Escroc")
    file.write_bytes(other.mark_reviewed(unsigned, reviewer=SECRETARY, at=datetime.now(UTC), reason=""))
    assert run("verify", str(file)).exit_code == 1


def test_verify_says_when_a_valid_file_is_not_the_one_that_was_kept(
    cabinet: Cabinet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filed(cabinet, tmp_path)
    unsigned = cut_all_signatures_off(file.read_bytes())
    file.write_bytes(cabinet.flow.parts.signer.sign(unsigned, signer=DOCTOR, at=datetime.now(UTC), reason=""))
    told = run("verify", str(file))
    assert told.exit_code == 2 and "n'est pas celui que ce cabinet a classé" in told.output
    assert "ils diffèrent" in told.output
    monkeypatch.setattr(FolderShelf, "read", lambda *_: file.read_bytes() + b"a seal over all of it")
    assert "il lui manque la fin" in run("verify", str(file)).output
    said = json.loads(run("verify", "--json", str(file)).output)
    assert (said["verdict"], said["archive"]["same_file"]) == ("unsure", False)


def test_a_pile_is_signed_after_one_password(cabinet: Cabinet) -> None:
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    told = run("sign", "--pile", "--as", DOCTOR.login, "--yes", "--secret-stdin", typed=f"{PASSWORD}\n")
    assert told.exit_code == 0, told.output
    assert "2 document(s) signé(s)" in told.output and PASSWORD not in told.output
    assert all(cabinet.pdf_of(case) in told.output for case in cases)
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.SIGNED}


def test_nothing_is_signed_with_a_wrong_password_or_without_an_assent(cabinet: Cabinet) -> None:
    case = cabinet.approved(LETTER)
    told = run("sign", "--pile", "--as", DOCTOR.login, "--yes", "--secret-stdin", typed="faux\n")
    assert isinstance(told.exception, CalameError) and "rien n'est signé" in str(told.exception)
    assert run("sign", case.number, "--as", DOCTOR.login, typed="n\n").exit_code == 1
    told = run("sign", "2020-000999", "--as", DOCTOR.login)
    assert case.number in str(told.exception)
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN


def test_a_level_without_its_authority_is_refused_at_the_start(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALAME_SIGNATURE__LEVEL", "B-LTA")
    assert "tsa_url" in str(run("verify", __file__).exception)
    monkeypatch.setenv("CALAME_SIGNATURE__LEVEL", "B-X")
    assert "B-LTA" in str(run("verify", __file__).exception)
