"""Speech is cut into pieces that a model hears at once, and each second of a piece knows where it was said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.transcribe import stream
from pipeline.transcribe.audio import FRAME, RATE, Samples, windows
from pipeline.transcribe.decoder import LONGEST_PIECE
from pipeline.transcribe.pieces import BREAK, CUT_FROM, KEPT_SILENCE, Piece, cut_pieces
from pipeline.transcribe.port import Span
from pipeline.transcribe.stream import speech_in, stretches
from tests.transcribe.conftest import SAMPLES
from tests.transcribe.sounds import encode, samples_of

A_SAMPLE = 2 / RATE


def spans_of(drawn: list[tuple[float, float]]) -> list[Span]:
    """Speech from lengths of a silence and of the stretch after it."""
    spans, time = [], 0.0
    for silence, length in drawn:
        spans.append((time + silence, time + silence + length))
        time += silence + length
    return spans


def counting(seconds: float) -> Samples:
    """A sound whose samples say where they stand, in seconds."""
    return (np.arange(int(seconds * RATE) + RATE) / RATE).astype(np.float32)


SPEECH = st.lists(st.tuples(st.floats(0.05, 6), st.floats(0.2, LONGEST_PIECE - 0.5)), min_size=1, max_size=15).map(
    spans_of
)


@given(SPEECH)
@settings(max_examples=60, deadline=None)
def test_every_stretch_lies_wholly_in_one_piece_and_no_piece_is_too_long(speech: list[Span]) -> None:
    pieces = cut_pieces(counting(speech[-1][1]), speech)
    for start, end in speech:
        assert sum(any(covers(part, start, end) for part in spans(piece)) for piece in pieces) == 1
    assert all(len(piece.samples) / RATE <= LONGEST_PIECE + 0.01 for piece in pieces)
    assert all(one.end <= other.start + A_SAMPLE for one, other in pairwise(pieces))


@given(SPEECH)
@settings(max_examples=60, deadline=None)
def test_each_second_of_a_piece_is_where_its_sound_was(speech: list[Span]) -> None:
    for piece in cut_pieces(counting(speech[-1][1]), speech):
        length = len(piece.samples) / RATE
        times = np.linspace(0, length - 0.001, 400)
        places = [piece.at(float(time)) for time in times]
        assert places == sorted(places)
        assert piece.start <= places[0] and places[-1] <= piece.end
        told = piece.samples[(times * RATE).astype(int)]
        assert np.abs(told - np.array(places)).max() < 0.002
        assert piece.at(-1) == piece.start and piece.at(length + 5) == piece.end


@given(SPEECH)
@settings(max_examples=60, deadline=None)
def test_long_silences_are_shortened_and_very_long_ones_cut(speech: list[Span]) -> None:
    pieces = cut_pieces(counting(speech[-1][1]), speech)
    for piece in pieces:
        inside = [span for span in speech if piece.start - A_SAMPLE <= span[0] < piece.end]
        silences = [after[0] - before[1] for before, after in pairwise(inside)]
        assert all(silence < BREAK for silence in silences)
        spoken = sum(end - start for start, end in inside)
        kept = sum(min(silence, KEPT_SILENCE) for silence in silences)
        assert len(piece.samples) / RATE == pytest.approx(spoken + kept, abs=0.01)


def test_a_silence_of_two_seconds_keeps_one_and_the_words_after_it_keep_their_time() -> None:
    (piece,) = cut_pieces(counting(10), [(1.0, 3.0), (5.0, 7.0)])
    assert len(piece.samples) / RATE == pytest.approx(5.0, abs=0.001)
    assert piece.at(2.2) == pytest.approx(3.2) and piece.at(2.8) == pytest.approx(4.8)
    assert piece.at(3.0) == pytest.approx(5.0) and piece.at(5.0) == pytest.approx(7.0)


def test_a_silence_of_three_seconds_always_ends_a_piece() -> None:
    pieces = cut_pieces(counting(12), [(0.0, 1.0), (4.0, 5.0), (7.9, 9.0)])
    assert [(round(piece.start, 2), round(piece.end, 2)) for piece in pieces] == [(0.0, 1.0), (4.0, 9.0)]


def test_a_long_dictation_is_cut_at_the_longest_silence_after_twenty_seconds() -> None:
    speech = [(0.0, 10.0), (10.5, 21.0), (21.9, 24.0), (24.4, 30.0)]
    first, second = cut_pieces(counting(31), speech)
    assert CUT_FROM <= first.end == pytest.approx(21.0) and second.start == pytest.approx(21.9, abs=A_SAMPLE)


def test_no_speech_is_no_piece_and_speech_to_the_last_sample_is_whole() -> None:
    assert cut_pieces(counting(3), []) == []
    sound = counting(4)
    (piece,) = cut_pieces(sound, [(0.0, len(sound) / RATE)])
    assert len(piece.samples) == len(sound)


def test_speech_without_any_pause_is_cut_by_voice_activity_before_it_is_too_long() -> None:
    sound = samples_of(SAMPLES["certificate"].path)
    voice = np.concatenate([sound[int(start * RATE) : int(end * RATE)] for start, end in speech_in(sound)] * 8)
    loud = np.abs(voice.reshape(-1)[: len(voice) // 800 * 800].reshape(-1, 800)).max(axis=1) > 0.03
    endless = voice[: len(loud) * 800].reshape(-1, 800)[loud].reshape(-1)
    speech = speech_in(endless)
    pieces = cut_pieces(endless, speech)
    assert len(endless) > 60 * RATE and max(end - start for start, end in speech) <= LONGEST_PIECE
    assert all(len(piece.samples) / RATE <= LONGEST_PIECE for piece in pieces)


def spans(piece: Piece) -> list[Span]:
    return [(part.start, part.end) for part in piece.parts]


def covers(span: Span, start: float, end: float) -> bool:
    return span[0] <= start + A_SAMPLE and end - A_SAMPLE <= span[1]


def test_a_long_sound_is_cut_into_the_same_pieces_wherever_its_windows_end(tmp_path: Path) -> None:
    """To a frame of voice activity, which hears a stretch a little otherwise after another past."""
    voice = samples_of(SAMPLES["certificate"].path)
    pauses = [np.zeros(int(seconds * RATE), np.float32) for seconds in (0.5, 1.2, 0.0, 3.6, 0.8)]
    parts = [part for n in range(14) for part in (voice * np.float32(1 - 0.03 * n), pauses[n % 5])]
    encode(np.concatenate(parts), tmp_path / "x.wav", "pcm_s16le", RATE, "mono")

    def edges(seconds: int) -> list[tuple[float, float]]:
        found = list(stretches(windows(str(tmp_path / "x.wav"), seconds)))
        assert [part.last for part in found] == [False] * (len(found) - 1) + [True]
        return [(part.start + piece.start, part.start + piece.end) for part in found for piece in part.pieces]

    whole = edges(3600)
    assert len(whole) > 8
    for seconds in (60, 90, 240):
        assert len(edges(seconds)) == len(whole)
        for one, other in zip(edges(seconds), whole, strict=True):
            assert one == pytest.approx(other, abs=1.01 * FRAME / RATE)


def test_no_speech_is_lost_where_voice_activity_does_not_find_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = samples_of(SAMPLES["certificate"].path)
    twice = [[(0.5, 3.0), (4.0, 6.0)], [(0.5, 3.0)]]
    monkeypatch.setattr(stream, "_speech", lambda _samples, _offset: twice.pop(0))
    assert speech_in(sound) == [(0.5, 3.0), (4.0, 6.0)]
