"""Which engine hears whom, as it stands in calame.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette

from pipeline.bootstrap import Calame
from pipeline.errors import SettingsError
from pipeline.model.text import Recording
from pipeline.selfcheck import engine_checks
from pipeline.settings import Settings, read_settings
from pipeline.transcribe.choice import EngineChoice, EngineChoices
from tests.transcribe.speech_server import served

TWO_ENGINES = """
model = "small"
[speech.authors.dr-vasseur]
engine = "openai-whisper"
model = "large-v3-turbo"
[speech.authors."dr-vasseur/longues"]
engine = "remote"
remote_url = "https://voix.cabinet.lan:8000"
remote_token = "secret-key"
[speech.authors.dr-lemoine]
model_folder = "/srv/models/adapted"
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "calame.toml"
    monkeypatch.setenv("CALAME_CONFIG", str(file))
    return file


def settings_of(file: Path, text: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    return read_settings()


def test_without_a_setting_faster_whisper_hears_everybody(written: Path) -> None:
    engines = settings_of(written, "").engines
    assert list(engines) == [EngineChoice("faster-whisper", "base")]
    assert engines.of("dr-vasseur") == engines.of("") == engines.usual


def test_a_doctor_has_an_engine_and_a_folder_of_the_doctor_has_another(written: Path) -> None:
    engines = settings_of(written, TWO_ENGINES).engines
    assert engines.usual == EngineChoice("faster-whisper", "small")
    assert engines.of("dr-vasseur") == EngineChoice("openai-whisper", "large-v3-turbo")
    assert engines.of("dr-vasseur/courtes") == engines.of("Dr-Vasseur/") == engines.of("dr-vasseur")
    assert engines.of("dr-vasseur/longues/2026").url == "https://voix.cabinet.lan:8000"
    assert engines.of("dr-lemoine") == EngineChoice("faster-whisper", "adapted", Path("/srv/models/adapted"))
    assert engines.of("dr-vass") == engines.usual
    assert len(list(engines)) == 4


def test_the_token_is_never_shown(written: Path) -> None:
    settings = settings_of(written, TWO_ENGINES)
    remote = settings.engines.of("dr-vasseur/longues")
    assert remote.token == "secret-key"
    assert "secret-key" not in repr(settings) + repr(remote) + remote.says


def test_all_may_be_heard_by_the_server_but_one(written: Path) -> None:
    engines = settings_of(
        written,
        """
        [speech]
        engine = "remote"
        remote_url = "https://10.0.0.5"
        remote_model = "large-v3"
        [speech.authors.dr-a]
        engine = "faster-whisper"
        [speech.authors.dr-b]
        model = "medium"
        """,
    ).engines
    assert engines.usual == EngineChoice("remote", "large-v3", url="https://10.0.0.5")
    assert engines.of("dr-a") == EngineChoice("faster-whisper", "base")
    assert engines.of("dr-b").model == "medium"


def test_the_environment_chooses_too(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALAME_SPEECH__ENGINE", "openai-whisper")
    assert settings_of(written, "").engines.usual == EngineChoice("openai-whisper", "base")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[speech]\nengine = "google"', "speech.engine.*attendu : 'faster-whisper', 'openai-whisper' ou 'remote'"),
        ('[speech]\nmodell = "base"', "speech.modell.*n'existe pas"),
        ('[speech.authors.dr-a]\nengine = "siri"', "speech.authors.dr-a.engine"),
        ('[speech]\nengine = "remote"', "remote_url manque"),
        ('[speech.authors.dr-a]\nengine = "remote"', "remote_url manque .*dr-a"),
        ('[speech]\nremote_url = "voix.lan:8000"', "une adresse comme https"),
        ('[speech]\nremote_url = "https://moi:secret@voix.lan"', "une adresse comme https"),
    ],
)
def test_a_wrong_setting_is_named(written: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as told:
        settings_of(written, text)
    assert "secret" not in str(told.value)


def test_equal_choices_are_one_engine() -> None:
    usual = EngineChoice("faster-whisper", "base")
    assert list(EngineChoices(usual, {"a": EngineChoice("faster-whisper", "base")})) == [usual]


def test_the_folder_decides_before_the_author() -> None:
    usual, folder, author = (EngineChoice("faster-whisper", name) for name in ("base", "small", "medium"))
    engines = EngineChoices(usual, {"urgences": folder, "dr-vasseur": author})
    assert engines.of("urgences", "dr-vasseur") == folder
    assert engines.of("", "dr-vasseur") == engines.of("ailleurs", "dr-vasseur") == author


def test_who_shares_a_choice_shares_a_loaded_engine(written: Path, tmp_path: Path) -> None:
    settings = settings_of(
        written,
        """
        [speech.authors.dr-a]
        engine = "remote"
        remote_url = "https://10.0.0.5"
        [speech.authors.dr-b]
        engine = "remote"
        remote_url = "https://10.0.0.5"
        [speech.authors.dr-c]
        engine = "openai-whisper"
        model_folder = "FOLDER"
        """.replace("FOLDER", str(tmp_path)),
    )
    calame = Calame(settings)
    a, b, c = (calame.decoder_of(settings.engines.of(who)) for who in ("dr-a", "dr-b", "dr-c"))
    assert a is b and a is not c
    assert (a.name, c.name) == ("remote whisper-1", f"openai-whisper {tmp_path.name}")
    assert calame.engine_for(Recording("", "", "dr-a")).name == "remote whisper-1"
    assert calame.engine_for(Recording("", "", "", folder="dr-c")).name == c.name


def test_doctor_says_which_engines_are_ready(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with served(Starlette()) as url:
        settings = settings_of(
            written,
            f"""
            models = "{tmp_path}"
            home = "{tmp_path}"
            [speech.authors.here]
            engine = "remote"
            remote_url = "{url}"
            [speech.authors.outside]
            engine = "remote"
            remote_url = "https://8.8.8.8"
            [speech.authors.absent]
            model_folder = "/no/such/folder"
            [speech.authors.openai]
            engine = "openai-whisper"
            model_folder = "{tmp_path}"
            """,
        )
        told = {check.name: check for check in engine_checks(Calame(settings))}
    assert [check.good for check in told.values()] == [False, True, False, False, False]
    says = [check.says for check in told.values()]
    assert "calame models get base" in says[0]
    assert "pas sur le réseau du cabinet" in says[2]
    assert "/no/such/folder" in says[3]
    assert "pip install 'calame[openai-whisper]'" in says[4]
