"""``calame transcribe`` and ``calame evaluate``: what they say and write, and that they touch nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.bootstrap import Calame
from pipeline.cli import app
from pipeline.errors import AudioUnreadable, CalameError
from pipeline.model.text import Recording
from pipeline.testing import ScriptedEngine, WordListLexicon
from pipeline.transcribe.port import Heard, Progress
from tests.road.home import ROOT, Home

HEARD = "Motif deux points toux. point. | Fièvre point."


class DeafToOne(ScriptedEngine):
    """Hears a gap, and cannot decode a file named ``bad.mp3``."""

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        if recording.path.endswith("bad.mp3"):
            raise AudioUnreadable("Ce fichier audio ne peut pas être lu.")
        heard = super().hear(recording, on_progress)
        return Heard(heard.words, 20.0, (*heard.speech, (12.0, 15.2)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with two recordings, and a scripted engine."""
    for name in [name for name in os.environ if name.startswith("CALAME_")]:
        monkeypatch.delenv(name)
    engine = DeafToOne(HEARD.replace(" | ", " "))
    monkeypatch.setattr(Calame, "engine_for", lambda _self, _recording: engine)
    monkeypatch.chdir(tmp_path)
    for name in ("one.mp3", "two.wav"):
        (tmp_path / name).write_bytes(b"sound")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_one_file_comes_out_as_text_and_nothing_else_is_made(folder: Path) -> None:
    told = run("transcribe", "one.mp3")
    assert told.exit_code == 0, told.output
    assert told.stdout == "Motif\u00a0: toux. Fièvre.\n"
    assert told.stderr == "passages à écouter : 12,0 à 15,2 s\n"
    assert sorted(path.name for path in folder.iterdir()) == ["one.mp3", "two.wav"]


def test_several_files_come_out_one_after_the_other_with_their_names(folder: Path) -> None:
    told = run("transcribe", "one.mp3", "two.wav")
    assert told.stdout.startswith("== one.mp3 ==\nMotif") and "\n\n== two.wav ==\nMotif" in told.stdout


@pytest.mark.parametrize("kind", ["txt", "json", "srt", "vtt"])
def test_a_folder_gets_one_file_each(folder: Path, kind: str) -> None:
    told = run("transcribe", "one.mp3", "two.wav", "--format", kind, "-o", "texts")
    assert told.exit_code == 0, told.output
    assert sorted(path.name for path in (folder / "texts").iterdir()) == [f"one.{kind}", f"two.{kind}"]
    assert "toux." in (folder / "texts" / f"one.{kind}").read_text("utf-8")


def test_a_file_that_exists_is_never_replaced_silently(folder: Path) -> None:
    (folder / "one.txt").write_text("mine", encoding="utf-8")
    told = run("transcribe", "one.mp3", "two.wav", "-o", ".")
    assert told.exit_code == 1 and "one.txt existe déjà" in told.stderr and "--force" in told.stderr
    assert (folder / "one.txt").read_text("utf-8") == "mine" and (folder / "two.txt").is_file()
    assert run("transcribe", "one.mp3", "-o", ".", "--force").exit_code == 0
    assert (folder / "one.txt").read_text("utf-8").startswith("Motif")


def test_two_recordings_of_one_name_keep_their_suffix(folder: Path) -> None:
    (folder / "one.wav").write_bytes(b"sound")
    assert run("transcribe", "one.mp3", "one.wav", "-o", "texts").exit_code == 0
    assert sorted(path.name for path in (folder / "texts").iterdir()) == ["one.mp3.txt", "one.wav.txt"]


@pytest.mark.parametrize(
    ("bad", "says"), [("bad.mp3", "ne peut pas être lu"), ("no.mp3", "n'existe pas"), (".", "dossier")]
)
def test_a_bad_file_is_told_in_one_sentence_and_the_others_go_on(folder: Path, bad: str, says: str) -> None:
    (folder / "bad.mp3").write_bytes(b"noise")
    told = run("transcribe", bad, "two.wav")
    assert told.exit_code == 1 and "Traceback" not in told.output
    assert f"{bad} : " in told.stderr and says in told.stderr
    assert "== two.wav ==" in told.stdout


def test_several_json_do_not_run_together(folder: Path) -> None:
    told = run("transcribe", "one.mp3", "two.wav", "--format", "json")
    assert isinstance(told.exception, CalameError) and "-o" in told.exception.advice


def test_evaluate_scores_a_folder_and_writes_the_details(folder: Path) -> None:
    entry = {"spoken": "Motif deux points toux point. Fièvre point.", "terms": ["fièvre", "dyspnée"]}
    listing = [{"id": "one", **entry}, {"id": "bad", **entry}]
    (folder / "dictations.json").write_text(json.dumps(listing), encoding="utf-8")
    (folder / "bad.mp3").write_bytes(b"noise")
    told = run("evaluate", ".", "--json", "scores.json")
    assert told.exit_code == 1 and "bad.mp3" in told.stderr  # one of the two could not be read
    assert "Passages à écouter one" in told.stdout and "nos propres règles" in told.stdout
    scores = json.loads((folder / "scores.json").read_text("utf-8"))["calame"]
    assert scores["overall"]["terms_right"] == [1, 2] and scores["overall"]["commands_right"] == [3, 3]
    assert scores["overall"]["written_rate"] == 0.0
    assert scores["dictations"][0]["terms"]["missing"] == ["dyspnée"]


def test_evaluate_tells_what_the_proposals_repair(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = WordListLexicon({"toux": ("touche", "douche")})
    monkeypatch.setattr(Calame, "lexicon", lexicon)
    spoken = "Motif deux points touche point. Fièvre point."
    listing = [{"id": "one", "spoken": spoken, "terms": ["fièvre", "touche"]}]
    (folder / "dictations.json").write_text(json.dumps(listing), encoding="utf-8")
    told = run("evaluate", ".", "--terms", "--json", "scores.json")
    assert told.exit_code == 0, told.output
    assert "proposition 1" in told.stdout and "Signalés" in told.stdout
    terms = json.loads((folder / "scores.json").read_text("utf-8"))["calame"]["terms"]
    assert terms["overall"] == {"total": 2, "right": 1, "first": 2, "top3": 2, "flagged": 1, "wrong_flagged": 1}
    assert terms["dictations"][0]["results"][1]["heard"] == "toux"


def test_evaluate_says_what_is_wrong_with_a_folder(folder: Path) -> None:
    told = run("evaluate", ".")
    assert isinstance(told.exception, CalameError) and "dictations.json" in told.exception.message


def test_a_model_folder_that_is_not_there_is_told_at_once(folder: Path) -> None:
    told = run("transcribe", "one.mp3", "--model-folder", "absent")
    assert isinstance(told.exception, CalameError) and "absent" in told.exception.message


def test_a_real_recording_from_any_folder_becomes_subtitles(tmp_path: Path) -> None:
    home = Home(tmp_path / "cabinet")
    sound = ROOT / "tests" / "audio" / "convocation.opus"
    told = home.run("transcribe", str(sound), "--format", "srt")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("1\n00:00:0") and "Fontaine" in told.stdout
    assert [path.name for path in home.root.iterdir()] == ["calame.toml"]


def test_a_carried_sample_is_scored_for_real_against_the_plain_engine(tmp_path: Path) -> None:
    home = Home(tmp_path / "cabinet")
    words = ("--only", "lookalikes", "--against-plain", "--json", "scores.json")
    told = home.run("evaluate", str(ROOT / "tests" / "audio"), *words)
    assert told.returncode == 0, told.stderr
    scores = json.loads((home.root / "scores.json").read_text("utf-8"))
    ours, plain = scores["calame"]["overall"], scores["plain"]["overall"]
    assert ours["written_rate"] < 0.35 and ours["written_rate"] < plain["written_rate"] - 0.1
    right, total = ours["commands_right"]
    assert right >= total - 2 and plain["commands_right"][0] < right
    assert ours["speech_explained"] > 0.9 and ours["processor_seconds"] > 0
    assert "Par rapport au moteur tel quel" in told.stdout
