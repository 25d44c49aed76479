"""What every speech library must do, on real speech: faster-whisper, openai-whisper on its weights, and a server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from pipeline.errors import ModelDamaged, ModelMissing, ToolMissing
from pipeline.model.text import Recording, Word
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.decoder import Decoder, Question, Reading, WeighingSounds, Wishes
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.models import ModelStore
from pipeline.transcribe.openai_whisper_decoder import OpenaiWhisperDecoder
from pipeline.transcribe.remote_decoder import Endpoint, RemoteDecoder
from tests.transcribe.conftest import SAMPLES
from tests.transcribe.sounds import encode, samples_of
from tests.transcribe.speech_server import Asked, served, transcribing

KINDS = ("faster-whisper", "openai-whisper", "remote")
NEARLY = 0.15
"""Share of the words that may differ between two libraries with the same weights."""


@pytest.fixture(scope="module")
def folder(store: ModelStore) -> Path:
    return store.path("base")


@pytest.fixture(scope="module")
def reference(folder: Path) -> FasterWhisperDecoder:
    return FasterWhisperDecoder(folder)


@pytest.fixture(scope="module", params=KINDS)
def decoder(request: pytest.FixtureRequest, folder: Path, reference: FasterWhisperDecoder) -> Iterator[Decoder]:
    if request.param == "faster-whisper":
        yield reference
    elif request.param == "openai-whisper":
        pytest.importorskip("whisper", reason="openai-whisper is an extra; scripts/setup test installs it")
        yield OpenaiWhisperDecoder(folder)
    else:
        with served(transcribing(reference, Asked())) as url:
            yield RemoteDecoder(Endpoint(url, model="base"))


@pytest.fixture(scope="module")
def pieces() -> list[Samples]:
    """A dictation of 15 s, cut in the silence after its heading and its first sentence."""
    sound = samples_of(SAMPLES["certificate"].path)
    return [sound[: int(9.4 * RATE)], sound[int(9.4 * RATE) :]]


@pytest.fixture(scope="module")
def readings(decoder: Decoder, pieces: list[Samples]) -> list[Reading]:
    return decoder.open(pieces).read()


def words(reading: Reading) -> list[str]:
    return [word.text.strip(".,;:!?").casefold() for word in reading.words]


def differ(one: Reading, other: Reading) -> float:
    return float(Levenshtein.normalized_distance(words(one), words(other)))


def test_each_piece_has_its_reading_in_order(readings: list[Reading]) -> None:
    assert len(readings) == 2
    assert "certificat" in readings[0].text.lower() and "2012" in readings[0].text
    assert "judo" in readings[1].text.lower() and "certificat" not in readings[1].text.lower()


def test_what_was_said_weighs_more_than_what_only_sounds_like_it(decoder: Decoder, pieces: list[Samples]) -> None:
    sounds = decoder.open(pieces)
    if not isinstance(sounds, WeighingSounds):
        pytest.skip("a server only writes")
    words = sounds.read()[1].words
    place = next(at for at, word in enumerate(words) if word.text.lower().startswith("judo"))
    around = words[max(0, place - 3) : place + 3]
    right = " ".join(word.text for word in around)
    texts = (right, right.replace(words[place].text, "radio"), right.replace(words[place].text, "fièvre"))
    (weights,) = sounds.weigh([Question(1, around[0].start - 0.2, around[-1].end + 0.3, texts)])
    assert 0 > weights[0] > max(weights[1:])


def test_words_are_nearly_those_of_faster_whisper(
    readings: list[Reading], reference: FasterWhisperDecoder, pieces: list[Samples]
) -> None:
    expected = reference.open(pieces).read()
    assert all(differ(got, wanted) < NEARLY for got, wanted in zip(readings, expected, strict=True))


def test_words_come_nearly_at_the_times_of_faster_whisper(
    readings: list[Reading], reference: FasterWhisperDecoder, pieces: list[Samples]
) -> None:
    for got, wanted in zip(readings, reference.open(pieces).read(), strict=True):
        times = {word.text: word.start for word in wanted.words}
        late = [abs(word.start - times[word.text]) for word in got.words if word.text in times]
        assert len(late) > 5 and float(np.median(late)) < 0.2


def test_a_word_has_no_space_and_a_time_inside_its_piece(readings: list[Reading], pieces: list[Samples]) -> None:
    for reading, piece in zip(readings, pieces, strict=True):
        assert_well_formed(reading.words, len(piece) / RATE)


def assert_well_formed(found: Sequence[Word], seconds: float) -> None:
    starts = [word.start for word in found]
    assert starts == sorted(starts)
    assert all(0 <= word.start <= word.end <= seconds + 0.01 for word in found)
    assert all(word.text and not any(letter.isspace() for letter in word.text) for word in found)
    assert all(0 <= word.probability <= 1 for word in found)


def test_the_library_says_how_sure_it_is_in_its_range(readings: list[Reading]) -> None:
    assert all(reading.sure <= 0 and 0 <= reading.silent <= 1 and 0 <= reading.french <= 1 for reading in readings)
    assert all(reading.french > 0.5 and reading.silent < 0.6 for reading in readings)


def test_the_same_sound_gives_the_same_words(decoder: Decoder, pieces: list[Samples], readings: list[Reading]) -> None:
    sounds = decoder.open(pieces)
    assert [words(reading) for reading in sounds.read()] == [words(reading) for reading in readings]


def test_a_piece_beside_others_is_read_as_if_alone(
    decoder: Decoder, pieces: list[Samples], readings: list[Reading]
) -> None:
    alone = decoder.open(pieces[1:]).read()[0]
    assert differ(alone, readings[1]) <= 0.1


@pytest.mark.parametrize(("beam", "prompt"), [(1, ""), (3, "Bisoprolol, apixaban, fibrillation auriculaire. " * 12)])
def test_pieces_that_are_written_side_by_side_are_read_as_if_alone(
    decoder: Decoder, pieces: list[Samples], beam: int, prompt: str
) -> None:
    many = [pieces[0], pieces[1], pieces[0][: len(pieces[0]) // 2], pieces[1], pieces[0]]
    together = decoder.open(many).read(prompt, Wishes(beam))
    alone = [decoder.open([one]).read(prompt, Wishes(beam))[0] for one in many]
    assert all(differ(one, other) <= 0.1 for one, other in zip(together, alone, strict=True))
    for reading, piece in zip(together, many, strict=True):
        assert_well_formed(reading.words, len(piece) / RATE)


def test_no_piece_gives_no_reading(decoder: Decoder) -> None:
    assert decoder.open([]).read() == []


@pytest.mark.parametrize("seconds", [0.05, 5.0, 28.0])
def test_where_nobody_speaks_there_are_few_words_and_no_error(decoder: Decoder, seconds: float) -> None:
    count = int(seconds * RATE)
    noise = np.random.default_rng(3).normal(0, 0.003, count).astype(np.float32)
    silence, hiss = decoder.open([np.zeros(count, np.float32), noise]).read(wishes=Wishes(beam=1))
    for reading in (silence, hiss):
        assert len(reading.words) <= 12
        assert_well_formed(reading.words, seconds)


def test_a_prompt_guides_and_one_that_is_too_long_is_cut(decoder: Decoder, pieces: list[Samples]) -> None:
    sounds = decoder.open(pieces[1:])
    long = "La patiente va bien. " * 100 + "Aptitude à la pratique du judo."
    assert decoder.count(long) > decoder.prompt_room > 100
    assert "judo" in sounds.read(long, Wishes(beam=1))[0].text.lower()


def test_each_piece_may_have_a_prompt_of_its_own(decoder: Decoder, pieces: list[Samples]) -> None:
    found = decoder.open(pieces).read(["", "Certificat de non contre-indication au judo."], Wishes(beam=1))
    assert [len(reading.words) > 5 for reading in found] == [True, True]


def test_a_prompt_may_hold_what_looks_like_a_control_word(decoder: Decoder, pieces: list[Samples]) -> None:
    assert decoder.count("<|endoftext|>") > 0
    assert decoder.open(pieces[1:]).read("Note <|endoftext|> <|fr|> judo.", Wishes(beam=1))[0].words


def test_a_temperature_is_a_wish(decoder: Decoder, pieces: list[Samples]) -> None:
    reading = decoder.open(pieces[1:]).read(wishes=Wishes(1, 0.2))[0]
    assert len(reading.words) > 5


def test_tokens_are_counted(decoder: Decoder) -> None:
    assert 0 < decoder.count("fièvre") < decoder.count("fibrillation auriculaire paroxystique sous apixaban")


def test_the_name_is_always_the_same_and_says_the_model(decoder: Decoder) -> None:
    assert decoder.name == decoder.name
    assert "base" in decoder.name and not decoder.is_large


def test_another_thread_may_read(decoder: Decoder, pieces: list[Samples], readings: list[Reading]) -> None:
    sounds = decoder.open(pieces[1:])
    found: list[Reading] = []
    thread = threading.Thread(target=lambda: found.extend(sounds.read()))
    thread.start()
    thread.join()
    assert words(found[0]) == words(readings[1])


def test_openai_whisper_without_its_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("pipeline.transcribe.openai_whisper_decoder.importlib.import_module", absent)
    with pytest.raises(ToolMissing, match=r"pip install 'calame\[openai-whisper\]'"):
        OpenaiWhisperDecoder(folder).open([np.zeros(RATE, np.float32)])


def test_openai_whisper_reads_a_checkpoint_of_its_own(folder: Path, tmp_path: Path, pieces: list[Samples]) -> None:
    torch = pytest.importorskip("torch", reason="openai-whisper is an extra")
    from pipeline.transcribe.ct2_weights import read_weights

    weights = read_weights(folder)
    state = {name: torch.from_numpy(array.copy()) for name, array in weights.state.items()}
    torch.save({"dims": dict(weights.dims), "model_state_dict": state}, tmp_path / "base.pt")
    own = OpenaiWhisperDecoder(tmp_path).open(pieces[1:]).read(wishes=Wishes(beam=1))
    converted = OpenaiWhisperDecoder(folder).open(pieces[1:]).read(wishes=Wishes(beam=1))
    assert own == converted


def test_openai_whisper_names_a_folder_without_a_model(tmp_path: Path) -> None:
    pytest.importorskip("whisper", reason="openai-whisper is an extra")
    with pytest.raises(ModelMissing, match=r"model\.bin"):
        OpenaiWhisperDecoder(tmp_path).open([np.zeros(RATE, np.float32)])
    (tmp_path / "base.pt").write_bytes(b"no checkpoint")
    with pytest.raises(ModelDamaged):
        OpenaiWhisperDecoder(tmp_path).open([np.zeros(RATE, np.float32)])


def test_openai_whisper_can_be_measured_as_it_comes(folder: Path, tmp_path: Path, pieces: list[Samples]) -> None:
    pytest.importorskip("whisper", reason="openai-whisper is an extra")
    from pipeline.evaluate.plain import PlainOpenaiWhisper

    encode(pieces[1], tmp_path / "x.wav", "pcm_s16le", RATE, "mono")
    transcript = PlainOpenaiWhisper(folder)(Recording(str(tmp_path / "x.wav"), "audio/wav"), lambda _: None)
    assert "judo" in transcript.text.lower() and transcript.engine == "openai-whisper base, tel quel"
    assert_well_formed(transcript.words, transcript.duration)
