"""The real Whisper base on the carried samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import AudioUnreadable, ModelDamaged
from pipeline.model.text import Recording, Transcript
from pipeline.testing import ForgetfulDecoder, LosingEngine
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.coverage import spoken_share
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.listening import Listener, Manner
from pipeline.transcribe.port import Heard
from pipeline.transcribe.step import transcribe
from tests.transcribe.conftest import SAMPLES
from tests.transcribe.sounds import encode, samples_of


def hear(engine: Listener, path: Path) -> Heard:
    return engine.hear(Recording(str(path), "audio/ogg"), lambda _: None)


@pytest.fixture(scope="module")
def lookalikes(engine: Listener, rules: DictationRules) -> Transcript:
    recording = Recording(str(SAMPLES["lookalikes"].path), "audio/ogg")
    return transcribe(recording, engine, rules, lambda _: None)


def test_commands_and_their_look_alikes_are_told_apart_in_a_real_recording(lookalikes: Transcript) -> None:
    text = lookalikes.text.replace("2 points", "deux points")
    assert text.startswith("Motif\u00a0:")
    assert "deux points de suture, sous anesthésie" in text
    assert "au point de ne plus dormir, avec un point de côté à l'effort.\n" in text
    assert "en virgule flottante. Faire le point" in text
    assert "à la ligne" not in text.lower()


def test_each_word_has_a_time_and_a_probability(lookalikes: Transcript) -> None:
    starts = [word.start for word in lookalikes.words]
    assert starts == sorted(starts) and starts[-1] < lookalikes.duration
    assert all(word.start <= word.end <= lookalikes.duration + 0.5 for word in lookalikes.words)
    assert all(0 < word.probability <= 1 for word in lookalikes.words)
    assert len({round(word.probability, 3) for word in lookalikes.words}) > 10


def test_all_speech_is_covered_by_words(lookalikes: Transcript) -> None:
    assert lookalikes.gaps == ()
    assert 0.6 * lookalikes.duration < lookalikes.speech <= lookalikes.duration


def test_what_was_heard_is_kept_in_the_tokens(lookalikes: Transcript) -> None:
    raws = "".join(token.raw for token in lookalikes.tokens).replace(" ", "")
    assert raws == "".join(word.text for word in lookalikes.words)


def test_the_terms_of_a_convocation_are_heard_and_progress_only_grows(engine: Listener) -> None:
    shares: list[float] = []
    heard = engine.hear(Recording(str(SAMPLES["convocation"].path), "audio/ogg"), shares.append)
    text = " ".join(word.text for word in heard.words).lower()
    assert "fontaine" in text and "carte vitale" in text and "coloscop" in text
    assert shares == sorted(shares) and shares[-1] == 1.0


@pytest.mark.parametrize("kind", ["silence", "noise", "tone", "hum"])
def test_no_word_is_invented_where_nobody_speaks(engine: Listener, tmp_path: Path, kind: str) -> None:
    encode(quiet_sound(kind), tmp_path / "x.wav", "pcm_s16le", RATE, "mono")
    heard = hear(engine, tmp_path / "x.wav")
    assert heard.words == () and heard.speech == ()
    assert heard.duration == pytest.approx(20, abs=0.1)


def quiet_sound(kind: str) -> Samples:
    time = np.arange(20 * RATE) / RATE
    sounds = {
        "silence": np.zeros_like(time),
        "noise": np.random.default_rng(1).normal(0, 0.05, len(time)),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * time),
        "hum": 0.2 * np.sin(2 * np.pi * 50 * time) + 0.05 * np.sin(2 * np.pi * 150 * time),
    }
    return sounds[kind].astype(np.float32)


def test_a_telephone_recording_after_a_long_silence_is_heard_at_its_time(engine: Listener, tmp_path: Path) -> None:
    sound = samples_of(SAMPLES["certificate"].path)
    encode(np.concatenate([np.zeros(20 * RATE, np.float32), sound]), tmp_path / "x.au", "pcm_mulaw", 8000, "mono")
    heard = hear(engine, tmp_path / "x.au")
    assert heard.words[0].start > 19
    assert "judo" in " ".join(word.text for word in heard.words)
    assert all(spoken_share((w.start - 0.3, w.end + 0.3), heard.speech) > 0 for w in heard.words)


def test_what_is_not_sound_is_unreadable(engine: Listener, tmp_path: Path) -> None:
    (tmp_path / "x.mp3").write_bytes(b"no sound")
    with pytest.raises(AudioUnreadable):
        hear(engine, tmp_path / "x.mp3")


def test_a_folder_that_holds_no_model_is_damage(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged):
        hear(Listener(FasterWhisperDecoder(tmp_path)), SAMPLES["certificate"].path)


@pytest.mark.parametrize(("probability", "kept"), [(0.9, True), (0.2, False)])
def test_a_lost_stretch_is_heard_again_alone_and_believed_when_it_is_sure(
    rules: DictationRules, probability: float, kept: bool
) -> None:
    decoder = ForgetfulDecoder(probability)
    recording = Recording(str(SAMPLES["certificate"].path), "")
    transcript = transcribe(recording, Listener(decoder, manner=Manner(1)), rules, lambda _: None)
    assert len(decoder.heard) > 1 and max(decoder.heard[1]) < max(decoder.heard[0])
    assert bool(transcript.words) is kept
    assert transcript.gaps


@pytest.mark.parametrize(("start", "end"), [(4.0, 8.0), (9.0, 14.0)])
def test_a_lost_sentence_is_found_and_recovered(
    engine: Listener, rules: DictationRules, start: float, end: float
) -> None:
    recording = Recording(str(SAMPLES["consultation"].path), "")
    whole = transcribe(recording, engine, rules, lambda _: None)
    lost = [word.text.strip(".,") for word in whole.words if start <= word.start < end]
    mended = transcribe(recording, LosingEngine(engine, start, end), rules, lambda _: None)
    again = [word.text.strip(".,") for word in mended.words if start - 0.5 <= word.start < end + 0.5]
    assert len(lost) >= 5 and mended.gaps == ()
    assert len(set(lost) & set(again)) >= 0.6 * len(set(lost))


def test_a_sentence_that_stays_lost_is_a_gap_with_its_times(engine: Listener, rules: DictationRules) -> None:
    recording = Recording(str(SAMPLES["consultation"].path), "")
    transcript = transcribe(recording, LosingEngine(engine, 4.0, 8.0, for_good=True), rules, lambda _: None)
    assert len(transcript.gaps) >= 1
    assert all(gap.start >= 3.5 and gap.end <= 8.8 for gap in transcript.gaps)
    missing = transcript.speech - transcript.explained
    assert missing == pytest.approx(sum(gap.end - gap.start for gap in transcript.gaps))
