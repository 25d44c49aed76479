"""The real Whisper base where nobody speaks, where another language is spoken, and with hints that nobody said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.model.text import FOREIGN, NO_VOICE, Recording, Transcript
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.decoder import Wishes
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.listening import Listener, Manner
from pipeline.transcribe.port import Hints
from pipeline.transcribe.step import transcribe
from pipeline.transcribe.twice import prompt, shown
from pipeline.transcribe.two_hearings import norms, one_text, parts_of
from tests.transcribe.conftest import AUDIO, SAMPLES
from tests.transcribe.sounds import encode, samples_of

ODD = {entry["id"]: AUDIO / entry["file"] for entry in json.loads((AUDIO / "odd.json").read_text(encoding="utf-8"))}
SECONDS = 12
DRUGS = (
    "amiodarone",
    "apixaban",
    "bisoprolol",
    "furosémide",
    "lévothyroxine",
    "metformine",
    "rivaroxaban",
    "prednisone",
    "tramadol",
    "méthotrexate",
    "insuline glargine",
    "acide zolédronique",
)
NAMES = ("Solange Marchand", "Antoine Lescure")


def plausible(heard: str, recording: Recording) -> Hints:
    """What a practice might hint: some terms in any case, the names after the opening."""
    del heard, recording
    return Hints(DRUGS[:6], NAMES)


def heard_by(decoder: FasterWhisperDecoder, hearings: int) -> Listener:
    return Listener(decoder, plausible, Manner(hearings))


# --- nobody speaks ---------------------------------------------------------------------------------------------------


def modulated_noise(time: Samples) -> Any:
    """Noise that swells three times a second, as syllables do."""
    return np.abs(np.sin(2 * np.pi * 3 * time)) * np.random.default_rng(3).normal(0, 0.2, len(time))


def music(time: Samples) -> Any:
    """A melody of struck notes over held chords."""
    sound = np.zeros_like(time)
    for place, note in enumerate([261.6, 329.6, 392, 523.3, 392, 329.6, 440, 349.2, 293.7, 392] * 3):
        after = time - 0.4 * place
        struck = sum(np.sin(2 * np.pi * note * part * after) / part for part in (1, 2, 3, 4))
        sound += np.where(after > 0, struck * np.exp(-2 * np.clip(after, 0, None)), 0)
        chord = sum(np.sin(2 * np.pi * note * part * after) for part in (0.5, 0.625, 0.75))
        sound += np.where((after > 0) & (after < 1.6), 0.2 * chord, 0)
    return 0.4 * sound / np.abs(sound).max()


def coughs(time: Samples) -> Any:
    sound = np.zeros_like(time)
    noise = np.random.default_rng(4).normal(0, 0.4, len(time))
    for start in np.arange(1, SECONDS - 1, 1.7):
        burst = (time >= start) & (time < start + 0.3)
        sound[burst] = noise[burst] * np.exp(-8 * (time[burst] - start))
    return sound


SOUNDS: dict[str, Callable[[Any], Any]] = {
    "silence": np.zeros_like,
    "noise": lambda time: np.random.default_rng(1).normal(0, 0.2, len(time)),
    "modulated noise": modulated_noise,
    "tone": lambda time: 0.3 * np.sin(2 * np.pi * 440 * time),
    "hum": lambda time: 0.2 * np.sin(2 * np.pi * 50 * time) + 0.05 * np.sin(2 * np.pi * 150 * time),
    "music": music,
    "coughs": coughs,
}


@pytest.mark.parametrize("hearings", [1, 2])
@pytest.mark.parametrize("kind", SOUNDS)
def test_nothing_is_written_where_nobody_speaks(
    decoder: FasterWhisperDecoder, rules: DictationRules, tmp_path: Path, kind: str, hearings: int
) -> None:
    recording = sounding(tmp_path, kind)
    assert transcribe(recording, heard_by(decoder, hearings), rules, lambda _: None).text == ""


@pytest.mark.parametrize("kind", ["silence", "modulated noise", "music", "coughs"])
def test_nothing_is_written_where_nobody_speaks_even_if_voice_activity_is_deceived(
    decoder: FasterWhisperDecoder, rules: DictationRules, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The whole sound is taken for speech: Whisper's own signs of silence and of French are all that is left."""
    monkeypatch.setattr("pipeline.transcribe.stream.speech_in", lambda samples, _before: [(0.0, len(samples) / RATE)])
    transcript = transcribe(sounding(tmp_path, kind), heard_by(decoder, 2), rules, lambda _: None)
    assert transcript.text == "" and transcript.gaps
    assert {token.rule for token in transcript.set_aside} <= {NO_VOICE, FOREIGN}


def sounding(folder: Path, kind: str) -> Recording:
    time = np.arange(SECONDS * RATE) / RATE
    encode(SOUNDS[kind](time).astype(np.float32), folder / "x.wav", "pcm_s16le", RATE, "mono")
    return Recording(str(folder / "x.wav"), "audio/wav")


# --- another language ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hearings", [1, 2])
def test_english_is_set_aside_and_must_be_listened_to(
    decoder: FasterWhisperDecoder, rules: DictationRules, hearings: int
) -> None:
    transcript = transcribe(Recording(str(ODD["english"]), ""), heard_by(decoder, hearings), rules, lambda _: None)
    assert transcript.text == ""
    assert {token.rule for token in transcript.set_aside} == {FOREIGN}
    assert sum(gap.end - gap.start for gap in transcript.gaps) > 0.9 * transcript.speech
    assert transcript.alternatives == ()


@pytest.fixture(scope="module", params=[1, 2])
def two_languages(request: pytest.FixtureRequest, decoder: FasterWhisperDecoder, rules: DictationRules) -> Transcript:
    listener = heard_by(decoder, request.param)
    return transcribe(Recording(str(ODD["two_languages"]), ""), listener, rules, lambda _: None)


def test_french_around_english_is_written(two_languages: Transcript) -> None:
    assert two_languages.text.startswith("La patiente décrit une douleur thoracique depuis trois semaines.")
    assert "L'électrocardiogramme est normal." in two_languages.text
    assert "traitement anticoagulant." in two_languages.text


def test_english_within_french_is_set_aside_between_its_times(two_languages: Transcript) -> None:
    aside = two_languages.set_aside
    assert aside and {token.rule for token in aside} == {FOREIGN}
    assert all(token.start is not None and 7 < token.start < 13 for token in aside)
    written = [token for token in two_languages.tokens if token.text]
    assert not any(token.start is not None and 7 < token.start < 13 for token in written)


def test_english_within_french_is_a_gap_to_listen_to(two_languages: Transcript) -> None:
    assert two_languages.gaps
    assert all(7 < gap.start < gap.end < 13.5 for gap in two_languages.gaps)
    assert sum(gap.end - gap.start for gap in two_languages.gaps) > 5


# --- hints that nobody said ------------------------------------------------------------------------------------------


def unsaid(words: list[str]) -> set[str]:
    """The words of `DRUGS` and `NAMES`, as they are written, that stand in ``words``; none of them is ever spoken."""
    hinted = frozenset().union(*map(parts_of, (*DRUGS, *NAMES)))
    said = frozenset().union(*map(parts_of, words)) if words else frozenset()
    return set(hinted & said)


@pytest.mark.parametrize("padding", [0.0, 2.9])
@pytest.mark.parametrize("sample", ["certificate", "consultation", "lookalikes"])
def test_no_hint_that_nobody_said_is_written(
    decoder: FasterWhisperDecoder, tmp_path: Path, sample: str, padding: float
) -> None:
    def unspoken(heard: str, recording: Recording) -> Hints:
        del heard, recording
        return Hints(DRUGS, NAMES)

    quiet = np.zeros(int(padding * RATE), np.float32)
    sound = samples_of(SAMPLES[sample].path)
    encode(np.concatenate([quiet, sound, quiet]), tmp_path / "x.wav", "pcm_s16le", RATE, "mono")
    heard = Listener(decoder, unspoken).hear(Recording(str(tmp_path / "x.wav"), ""), lambda _: None)
    assert len(heard.words) > 10
    assert unsaid([word.text for word in heard.words]) == set()


@pytest.mark.parametrize("drugs", [DRUGS, DRUGS[6:] * 3])
@pytest.mark.parametrize("pad", [(3.0, 0.0), (0.0, 8.0), (12.0, 12.0)])
def test_no_hint_leaks_into_a_piece_that_is_mostly_silence(
    decoder: FasterWhisperDecoder, drugs: tuple[str, ...], pad: tuple[float, float]
) -> None:
    """What voice activity would cut off is left in: models write out their prompt in silence."""
    sentence = samples_of(SAMPLES["certificate"].path)[: int(1.6 * RATE)]
    silences = [np.zeros(int(seconds * RATE), np.float32) for seconds in pad]
    sounds = decoder.open([np.concatenate([silences[0], sentence, silences[1]]), silences[1][:RATE]])
    hints = [Hints(drugs, NAMES), Hints()]
    first = sounds.read(wishes=Wishes(beam=1))
    second = sounds.read([prompt([hints[1 - place], hints[place]], opening=False) for place in range(2)])
    for before, after in zip(first, second, strict=True):
        words = one_text(before.words, after.words, shown(hints))
        assert unsaid([word.text for word in words]) == set()
        assert norms(words) or not before.words
