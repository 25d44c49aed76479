"""The real model, the carried samples and the shipped rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.model.text import Word
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.listening import Listener, Manner
from pipeline.transcribe.models import ModelStore
from pipeline.transcribe.rules_yaml import load_dictation_rules

ROOT = Path(__file__).resolve().parents[2]
AUDIO = ROOT / "tests" / "audio"


@dataclass(frozen=True)
class Sample:
    """One carried dictation: what is spoken, and the terms a person would listen for."""

    id: str
    path: Path
    spoken: str
    terms: tuple[str, ...]


def load_samples() -> dict[str, Sample]:
    entries = json.loads((AUDIO / "samples.json").read_text(encoding="utf-8"))
    return {e["id"]: Sample(e["id"], (AUDIO / e["file"]).resolve(), e["spoken"], tuple(e["terms"])) for e in entries}


SAMPLES = load_samples()


@pytest.fixture(scope="session")
def rules() -> DictationRules:
    return load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    made = ModelStore(tmp_path_factory.mktemp("models"))
    made.get("base", lambda _: None)
    return made


@pytest.fixture(scope="session")
def decoder(store: ModelStore) -> FasterWhisperDecoder:
    return FasterWhisperDecoder(store.path("base"))


@pytest.fixture(scope="session")
def engine(decoder: FasterWhisperDecoder) -> Listener:
    return Listener(decoder, manner=Manner(hearings=1, beam=1))


@pytest.fixture
def said() -> Callable[[str], tuple[Word, ...]]:
    return words_of


def words_of(text: str) -> tuple[Word, ...]:
    """Raw words 0.4 s apart without a pause; ``|`` is a pause of half a second."""
    words: list[Word] = []
    time = 0.0
    for part in text.split():
        if part == "|":
            time += 0.5
            continue
        words.append(Word(part, time, time + 0.4, 0.9))
        time += 0.4
    return tuple(words)
