"""The listener with doubles for the speech library: windows, prompts, further hearings, times. See test_odd_sounds for
the real model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.model.text import FOREIGN, NO_VOICE, Recording, Word
from pipeline.transcribe import listening
from pipeline.transcribe.audio import RATE, WINDOW_SECONDS, Samples, Window, windows
from pipeline.transcribe.coverage import new_words, uncovered
from pipeline.transcribe.decoder import LONGEST_PIECE, USUAL, Reading, Wishes
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.listening import TEMPERATURES, Listener, Manner
from pipeline.transcribe.port import Heard, Hints, Prompter, Span
from pipeline.transcribe.step import transcribe, with_words
from pipeline.transcribe.twice import MOST_HINTS, NEAR, STYLE
from tests.transcribe.conftest import SAMPLES
from tests.transcribe.sounds import encode, samples_of

MARKED = "<time marks>"
"""Stands in an `Answer` for the prompt of a hearing with time marks."""
Answer = Callable[[Samples, str], Reading]
"""What is read in a sound with a prompt."""


@dataclass
class NotingDecoder:
    """Reads what ``answer`` says; notes the seconds of the opened pieces, the prompts and the temperatures."""

    answer: Answer
    prompt_room: int = 223
    is_large: bool = False
    name: str = "noting"
    opened: list[list[float]] = field(default_factory=list)
    prompts: list[list[str]] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    _sounds: Sequence[Samples] = ()

    def count(self, text: str) -> int:
        return len(text.split())

    def open(self, pieces: Sequence[Samples]) -> NotingDecoder:
        self.opened.append([len(piece) / RATE for piece in pieces])
        return replace(self, _sounds=pieces)

    def read(self, prompt: str | Sequence[str] = "", wishes: Wishes = USUAL) -> list[Reading]:
        prompts = [prompt] * len(self._sounds) if isinstance(prompt, str) else list(prompt)
        self.prompts.append(prompts)
        self.temperatures.append(wishes.temperature)
        return [
            self.answer(sound, MARKED if wishes.marked else one)
            for sound, one in zip(self._sounds, prompts, strict=True)
        ]


def reading(text: str, sure: float = 0.9, start: float = 0.2, **signs: float) -> Reading:
    words = tuple(Word(word, start + 0.3 * n, start + 0.3 * n + 0.3, sure) for n, word in enumerate(text.split()))
    return Reading(words, **signs)


def always(text: str, **signs: float) -> NotingDecoder:
    return NotingDecoder(lambda _sound, _prompt: reading(text, **signs))


def voices(count: int, pause: float) -> list[Samples]:
    """``count`` times 15 s, each less loud than the one before, with ``pause`` seconds of silence after each."""
    return [part for n in range(count) for part in (VOICE * np.float32(1 - 0.02 * n), silence(pause))]


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


VOICE = samples_of(SAMPLES["certificate"].path)
"""15 s of a voice."""
SENTENCE = VOICE[: int(1.6 * RATE)]
"""« Certificat médical. »"""


def written(folder: Path, *sounds: Samples) -> Recording:
    encode(np.concatenate(sounds), folder / "x.wav", "pcm_s16le", RATE, "mono")
    return Recording(str(folder / "x.wav"), "audio/wav")


@pytest.fixture
def short_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a minute whose file does not tell how long it is, as browsers record."""

    def short(path: str, seconds: int = 60) -> Iterator[Window]:
        for window in windows(path, min(seconds, 60)):
            yield replace(window, total=0.0)

    monkeypatch.setattr(listening, "windows", short)


def quiet(_share: float) -> None:
    """No progress is shown."""


# --- prompts ---------------------------------------------------------------------------------------------------------


def names_later(heard: str, recording: Recording) -> Hints:
    del heard, recording
    return Hints(("apixaban",), ("Solange Marchand",))


def test_a_patient_is_never_hinted_in_the_first_piece_and_may_be_afterwards(tmp_path: Path) -> None:
    decoder = always("une dysné")
    recording = written(tmp_path, VOICE, silence(3.5), VOICE, silence(3.5), VOICE)
    Listener(decoder, names_later).hear(recording, quiet)
    first, *others = decoder.prompts[1]
    assert "Marchand" not in first and "apixaban" in first
    assert all("Solange Marchand" in prompt for prompt in others[1:])


def test_an_opening_that_pauses_cut_into_pieces_has_no_patient_in_any_of_them(tmp_path: Path) -> None:
    decoder = always("une dysné")
    opening = [sound for _ in range(4) for sound in (SENTENCE, silence(3.5))]
    Listener(decoder, names_later).hear(written(tmp_path, *opening, VOICE, silence(3.5), VOICE), quiet)
    assert len(decoder.prompts[1]) >= 6
    assert not any("Marchand" in prompt for prompt in decoder.prompts[1][:5])
    assert "Marchand" in decoder.prompts[1][-1]


@pytest.mark.usefixtures("short_windows")
def test_an_opening_after_a_window_of_silence_has_no_patient_either(tmp_path: Path) -> None:
    decoder = always("une dysné")
    Listener(decoder, names_later).hear(written(tmp_path, silence(65), VOICE), quiet)
    assert decoder.prompts[1] and not any("Marchand" in prompt for prompt in decoder.prompts[1])


@pytest.mark.usefixtures("short_windows")
def test_the_second_window_is_no_opening(tmp_path: Path) -> None:
    decoder = always("une dysné")
    Listener(decoder, names_later).hear(written(tmp_path, VOICE, VOICE, silence(70), VOICE), quiet)
    assert len(decoder.opened) == 2
    assert all("Marchand" in prompt for prompt in decoder.prompts[-1])


def test_a_prompt_ends_with_the_hints_of_its_own_piece_after_those_of_its_neighbours(
    tmp_path: Path,
) -> None:
    lengths: dict[float, str] = {}

    def answer(sound: Samples, _prompt: str) -> Reading:
        return reading(lengths.setdefault(len(sound) / RATE, f"mot{len(lengths)}"))

    def prompter(heard: str, recording: Recording) -> Hints:
        del recording
        return Hints((f"terme {heard}", "commun"))

    decoder = NotingDecoder(answer)
    Listener(decoder, prompter).hear(written(tmp_path, *voices(4, 1.2)), quiet)
    assert len(decoder.prompts[1]) == len(lengths) == 3
    for place, prompt in enumerate(decoder.prompts[1]):
        assert prompt.endswith(f"terme mot{place}, commun. {STYLE}")
        assert all(f"terme mot{other}" in prompt for other in range(3)) and prompt.count("commun") == 1


@pytest.mark.parametrize(("pause", "shown"), [(1.2, 2 * NEAR + 1), (3.5, 1)], ids=["one speech", "long silences"])
def test_a_piece_is_shown_the_same_hints_wherever_the_windows_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: float, shown: int
) -> None:
    """Its own, and those near by that no long silence parts from it."""
    recording = written(tmp_path, *voices(12, pause))

    def prompts(seconds: int) -> list[str]:
        monkeypatch.setattr(listening, "windows", lambda path: windows(path, seconds))
        lengths: dict[int, str] = {}
        decoder = NotingDecoder(
            lambda sound, _: reading(lengths.setdefault(round(float(abs(sound).max()) * 1e4), f"mot{len(lengths)}"))
        )
        Listener(decoder, lambda heard, _: Hints((f"terme {heard}",))).hear(recording, quiet)
        return [one for group in decoder.prompts if any(group) for one in group]

    whole = prompts(WINDOW_SECONDS)
    assert len(whole) > 2 * NEAR + 1 and prompts(60) == whole and prompts(90) == whole
    assert whole[4].count("terme") == shown and whole[0].count("terme") == (shown + 1) // 2


def test_a_prompt_holds_no_more_hints_than_fit_and_its_own_first(tmp_path: Path) -> None:
    counted, own = iter(range(10_000)), MOST_HINTS - 10

    def prompter(heard: str, recording: Recording) -> Hints:
        del recording
        return Hints(tuple(f"{heard}{next(counted)}" for _ in range(own)))

    decoder = always("a")
    Listener(decoder, prompter).hear(written(tmp_path, *voices(2, 1.2)), quiet)
    assert len(decoder.prompts[1]) == 2
    for place, prompt in enumerate(decoder.prompts[1]):
        shown = prompt.removesuffix(f". {STYLE}").split(", ")
        assert len(shown) == MOST_HINTS
        assert shown[-own:] == [f"a{own * place + n}" for n in range(own)]


@pytest.mark.parametrize(("room", "prompter", "hearings"), [(0, names_later, 2), (223, None, 2), (223, names_later, 1)])
def test_without_prompts_a_piece_is_read_once(
    tmp_path: Path, room: int, prompter: Prompter | None, hearings: int
) -> None:
    decoder = always("une toux")
    decoder.prompt_room = room
    heard = Listener(decoder, prompter, Manner(hearings)).hear(written(tmp_path, VOICE), quiet)
    assert decoder.prompts == [[""] * len(decoder.opened[0])]
    assert [word.text for word in heard.words[:2]] == ["une", "toux"]


def test_a_piece_in_which_nothing_was_heard_has_no_hints_of_its_own(tmp_path: Path) -> None:
    asked: list[str] = []

    def prompter(heard: str, recording: Recording) -> Hints:
        del recording
        asked.append(heard)
        return Hints(("apixaban",))

    decoder = always("")
    Listener(decoder, prompter).hear(written(tmp_path, VOICE), quiet)
    assert asked == [] and decoder.prompts[1] == [STYLE] * len(decoder.opened[0])


def test_a_piece_that_loops_over_its_hints_is_read_again_with_the_style_alone(tmp_path: Path) -> None:
    def answer(_sound: Samples, prompt: str) -> Reading:
        return reading("apixaban " * 6 if "apixaban" in prompt else "une toux sèche" if prompt else "une toux")

    decoder = NotingDecoder(answer)
    heard = Listener(decoder, names_later).hear(written(tmp_path, SENTENCE), quiet)
    assert decoder.prompts[-1] == [STYLE]
    assert [word.text for word in heard.words] == ["une", "toux", "sèche"]


def test_a_first_hearing_that_loops_is_heard_once_more_to_bear_witness(tmp_path: Path) -> None:
    unprompted = iter(["une " + "de la sphère " * 9, "sous apixa bande le soir"])
    decoder = NotingDecoder(lambda _, prompt: reading("sous apixaban le soir" if prompt else next(unprompted)))
    heard = Listener(decoder, names_later).hear(written(tmp_path, SENTENCE), quiet)
    assert [word.text for word in heard.words] == ["sous", "apixaban", "le", "soir"]
    assert heard.words[1].first == "apixa bande"


def test_hints_of_another_piece_do_not_leak_into_a_piece_where_nothing_was_heard(tmp_path: Path) -> None:
    def answer(sound: Samples, prompt: str) -> Reading:
        if len(sound) > 4 * RATE:
            return reading("une dysné")
        return reading("sous apixaban" if prompt else "")

    decoder = NotingDecoder(answer)
    recording = written(tmp_path, VOICE, silence(1.2), VOICE[: 12 * RATE], silence(1.2), SENTENCE)
    heard = Listener(decoder, names_later).hear(recording, quiet)
    assert "apixaban" in decoder.prompts[1][1] and "dysné" in [word.text for word in heard.words]
    assert "apixaban" not in [word.text for word in heard.words]


# --- other languages, nobody -----------------------------------------------------------------------------------------


def test_a_piece_in_another_language_and_one_without_a_voice_are_set_aside(tmp_path: Path) -> None:
    def answer(sound: Samples, _prompt: str) -> Reading:
        if len(sound) > 12 * RATE:
            return reading("good morning", french=0.01)
        return reading("merci", silent=0.9, sure=0.2) if len(sound) < 4 * RATE else reading("une toux")

    decoder = NotingDecoder(lambda s, p: replace(r := answer(s, p), sure=-1.0 if r.silent else -0.1))
    recording = written(tmp_path, VOICE, silence(3.5), SENTENCE, silence(3.5), VOICE[: 8 * RATE])
    heard = Listener(decoder).hear(recording, quiet)
    rules = {heard.words[place].text: rule for place, rule in heard.aside}
    assert rules == {"good": FOREIGN, "morning": FOREIGN, "merci": NO_VOICE}


def test_what_was_set_aside_stays_aside_when_words_are_found_around_it() -> None:
    words = tuple(reading("a b c d").words)
    heard = Heard(words, 10, ((0, 10),), aside=((1, FOREIGN), (2, NO_VOICE)))
    more = with_words(heard, [Word("x", 0.0, 0.1, 0.9), Word("y", 0.55, 0.6, 0.9), Word("z", 9, 9.1, 0.9)])
    assert [word.text for word in more.words] == ["x", "a", "b", "y", "c", "d", "z"]
    assert more.aside == ((2, FOREIGN), (4, NO_VOICE))


# --- hearing again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(len(TEMPERATURES)))
def test_a_lost_stretch_is_heard_wider_each_time_with_its_words_at_their_time(tmp_path: Path, attempt: int) -> None:
    decoder = NotingDecoder(lambda sound, _: Reading((Word("fièvre", len(sound) / RATE / 2, 3.0, 0.9),)))
    recording = written(tmp_path, VOICE)
    ((word,),) = Listener(decoder).hear_spans(recording, [(4.0, 6.0)], attempt)
    assert decoder.opened[0][0] == pytest.approx(2 + 2 * listening.WIDER[attempt], abs=0.01)
    assert decoder.temperatures == [TEMPERATURES[attempt]]
    assert word.start == pytest.approx(5.0, abs=0.01)


@pytest.mark.usefixtures("short_windows")
def test_stretches_of_several_windows_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    recording = written(tmp_path, *([VOICE, silence(2)] * 8))
    cut = [window.start for window in windows(recording.path, 60)]
    assert len(cut) >= 2
    decoder = NotingDecoder(lambda sound, _: Reading((Word(f"{len(sound) / RATE:.1f}", 0.3, 0.7, 0.9),)))
    spans = [(cut[1] + 30, cut[1] + 33.0), (cut[1], cut[1] + 1.5), (1.0, 3.0), (cut[1] - 2.0, cut[1])]
    found = Listener(decoder).hear_spans(recording, spans, 0)
    assert [words[0].text for words in found] == ["3.4", "1.7", "2.4", "2.2"]  # nothing is cut wider than its window
    late = [round(words[0].start - span[0], 1) for words, span in zip(found, spans, strict=True)]
    assert late == [0.1, 0.3, 0.1, 0.1]


def test_a_stretch_that_is_longer_than_a_model_hears_is_heard_at_its_beginning(tmp_path: Path) -> None:
    decoder = always("fièvre")
    Listener(decoder).hear_spans(written(tmp_path, silence(80)), [(5.0, 70.0)], 2)
    assert LONGEST_PIECE <= decoder.opened[0][0] <= 30.0


def test_after_the_last_attempt_nothing_is_heard(tmp_path: Path) -> None:
    decoder = always("fièvre")
    assert Listener(decoder).hear_spans(written(tmp_path, VOICE), [(1.0, 3.0)], len(TEMPERATURES)) == ((),)
    assert decoder.opened == []


@pytest.mark.parametrize(
    ("read", "believed"),
    [
        (reading("pas de fièvre"), ["pas", "de", "fièvre"]),
        (reading("pas de fièvre", start=2.6), []),
        (reading("pas de fièvre", sure=0.2), []),
        (reading("va bien " * 4), []),
        (reading("pas de fièvre", french=0.01), []),
        (reading("pas de fièvre", french=0.06), ["pas", "de", "fièvre"]),
        (Reading(reading("merci").words, -1.2, 0.9), []),
    ],
)
def test_what_a_further_hearing_finds_is_believed_when_it_lies_there_is_sure_and_french(
    tmp_path: Path, read: Reading, believed: list[str]
) -> None:
    decoder = NotingDecoder(lambda _sound, _prompt: read)
    ((*words,),) = Listener(decoder).hear_spans(written(tmp_path, VOICE), [(4.0, 5.5)], 0)
    assert [word.text for word in words] == believed


@pytest.mark.parametrize("change", [{"prompt_room": 0}, {"is_large": True}])
def test_an_opening_is_not_heard_again_where_that_is_no_help(tmp_path: Path, change: dict[str, int]) -> None:
    decoder = replace(always("certificat"), **change)  # type: ignore[arg-type]
    assert Listener(decoder).hear_again(written(tmp_path, VOICE), 9, ["Certificat."]) == ()
    assert decoder.opened == []


def test_an_opening_is_heard_again_with_each_prompt_and_each_text_once(tmp_path: Path) -> None:
    heard = {"": "certificat", MARKED: "certificats", "certificat": "certificat", "courrier": "courrier"}
    decoder = NotingDecoder(lambda _, prompt: reading(heard[prompt]))
    texts = Listener(decoder).hear_again(written(tmp_path, VOICE), 9, ["certificat", "courrier"])
    assert texts == ("certificat", "certificats", "courrier")
    assert decoder.opened == [[pytest.approx(9.2, abs=0.01)]]


def test_a_hearing_of_the_opening_that_loops_is_no_evidence(tmp_path: Path) -> None:
    decoder = NotingDecoder(lambda _, prompt: reading("1954" + ",1" * 30 if prompt == MARKED else "certificat"))
    assert Listener(decoder).hear_again(written(tmp_path, VOICE), 9, ["Certificat."]) == ("certificat",)


def test_an_opening_longer_than_the_file_is_the_whole_file(tmp_path: Path) -> None:
    decoder = always("certificat")
    assert Listener(decoder).hear_again(written(tmp_path, SENTENCE), 18, ["Certificat."]) == ("certificat",)
    assert decoder.opened == [[pytest.approx(len(SENTENCE) / RATE)]]


@pytest.mark.parametrize("read", [reading("good morning", french=0.0), Reading(reading("merci").words, -1.2, 0.9)])
def test_an_opening_in_another_language_or_without_a_voice_is_no_evidence(tmp_path: Path, read: Reading) -> None:
    decoder = NotingDecoder(lambda _sound, _prompt: read)
    assert Listener(decoder).hear_again(written(tmp_path, VOICE), 9, ["Certificat."]) == ()


# --- long recordings -------------------------------------------------------------------------------------------------


@dataclass
class PlaceDecoder(NotingDecoder):
    """Reads in each second of a piece the second of ``whole`` at which just this sound stands."""

    answer: Answer = field(init=False)
    whole: Samples = field(default_factory=lambda: silence(0))

    def __post_init__(self) -> None:
        self.answer = lambda sound, _prompt: Reading(tuple(self._words(sound)))

    def _words(self, sound: Samples) -> Iterator[Word]:
        for second in np.arange(0.1, len(sound) / RATE - 0.1, 1.0):
            part = sound[int(second * RATE) :][:800]
            place = int(np.abs(part).argmax())
            found = [at for at in np.flatnonzero(self.whole == part[place]) if self._is_at(part, int(at) - place)]
            if len(found) == 1:
                yield Word(f"{(found[0] - place) / RATE:.2f}", float(second), float(second) + 0.2, 0.9)

    def _is_at(self, part: Samples, start: int) -> bool:
        return bool(start >= 0 and np.array_equal(self.whole[start : start + len(part)], part))


def test_ten_minutes_are_heard_window_by_window_and_every_word_stands_at_its_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [sound for n in range(33) for sound in (VOICE * np.float32(1 - 0.01 * n), silence(3.5))]
    recording = written(tmp_path, *parts)
    whole = samples_of(Path(recording.path))
    seen: list[int] = []

    def spied(path: str) -> Iterator[Window]:
        for window in windows(path):
            seen.append(len(window.samples))
            yield window

    monkeypatch.setattr(listening, "windows", spied)
    decoder = PlaceDecoder(whole=whole)
    shares: list[float] = []
    heard = Listener(decoder, manner=Manner(1)).hear(recording, shares.append)

    assert len(whole) > 600 * RATE and heard.duration == pytest.approx(len(whole) / RATE, abs=0.1)
    assert len(seen) >= 3 and max(seen) <= (WINDOW_SECONDS + 1) * RATE
    assert all(sum(lengths) <= WINDOW_SECONDS + 1 and max(lengths) <= LONGEST_PIECE for lengths in decoder.opened)
    assert shares == sorted(shares) and shares[-1] == 1.0 and max(shares[:-1]) < 1.0 and len(shares) > 6
    assert len(heard.words) > 300
    assert all(abs(float(word.text) - word.start) < 0.05 for word in heard.words)
    assert all(one.start <= other.start for one, other in pairwise(heard.words))
    assert heard.speech[-1][1] == pytest.approx(len(whole) / RATE - 3.5, abs=1)


@pytest.mark.usefixtures("short_windows")
def test_progress_never_goes_back_when_the_file_does_not_tell_its_length(tmp_path: Path) -> None:
    shares: list[float] = []
    Listener(always("une toux"), names_later).hear(written(tmp_path, *([VOICE, silence(3)] * 10)), shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0 and max(shares[:-1]) < 1.0


# --- is every second of speech accounted for -------------------------------------------------------------------------

LINE = [Word("pas", 1.0, 1.3, 0.9), Word("de", 1.3, 1.5, 0.9), Word("fièvre,", 1.5, 2.0, 0.9)]


@pytest.mark.parametrize(
    ("speech", "words", "left"),
    [
        ([(0.0, 5.0)], [], [(0.0, 5.0)]),
        ([(0.0, 0.9)], [], []),  # under a second nobody must listen
        ([(0.8, 2.2)], LINE, []),
        ([(0.8, 5.0)], LINE, [(2.3, 5.0)]),
        ([(0.0, 5.0)], [Word("mot", 2.0, 9.0, 0.9)], [(0.0, 1.7)]),  # a stretched word hides at most two seconds
        ([(0.0, 2.0), (4.0, 6.0)], [Word("mot", 0.8, 1.2, 0.9)], [(4.0, 6.0)]),
        ([], LINE, []),
    ],
)
def test_speech_without_words(speech: list[Span], words: list[Word], left: list[Span]) -> None:
    assert [(round(start, 2), round(end, 2)) for start, end in uncovered(speech, words)] == left


def test_words_where_voice_activity_heard_nobody_are_kept_and_leave_no_gap() -> None:
    """Voice activity has false negatives: a word outside of all speech is no reason to take it out."""
    assert uncovered([(3.0, 3.5)], LINE) == ()
    heard = Heard(tuple(LINE), 5.0, ((3.0, 3.5),))
    assert with_words(heard, new_words(LINE, LINE)) == heard


@pytest.mark.parametrize(
    ("found", "is_new"),
    [
        (Word("fièvre", 1.5, 2.0, 0.8), False),  # the same word, its mark aside
        (Word("Fièvre", 2.05, 2.4, 0.8), False),  # near
        (Word("fièvre", 3.0, 3.4, 0.8), True),  # said again later
        (Word("neige", 1.55, 1.95, 0.8), False),  # in the same place
        (Word("fièvres", 2.05, 2.4, 0.8), False),  # near, and written otherwise
        (Word("élevée", 2.0, 2.5, 0.8), True),
        (Word("élevée", 1.9, 2.5, 0.8), True),  # times are accurate to a few tenths
    ],
)
def test_what_a_further_hearing_heard_before_is_not_written_twice(found: Word, is_new: bool) -> None:
    assert new_words([found], LINE) == ([found] if is_new else [])


def test_a_stretched_word_does_not_hide_a_word_found_under_its_end() -> None:
    found = Word("toux", 5.0, 5.4, 0.9)
    assert new_words([found], [Word("fièvre", 1.0, 9.0, 0.9)]) == [found]


def test_a_stretch_heard_again_enters_the_text_once(tmp_path: Path, rules: DictationRules) -> None:
    def answer(sound: Samples, _prompt: str) -> Reading:
        if len(sound) > 12 * RATE:
            return reading("une toux sèche", start=0.3)
        return Reading((Word("sèche", 0.1, 0.4, 0.9), Word("fièvre", 1.5, 1.9, 0.9)))

    recording = written(tmp_path, VOICE)
    transcript = transcribe(recording, Listener(NotingDecoder(answer), manner=Manner(1)), rules, quiet)
    texts = [word.text for word in transcript.words]
    assert texts[:3] == ["une", "toux", "sèche"] and "fièvre" in texts
    starts = [word.start for word in transcript.words]
    assert starts == sorted(starts) and transcript.gaps
