"""A recording of any length as pieces of sound, cut as if it were in memory at once.

It is decoded window by window. A window may end anywhere; the piece that it ends in is not finished, so its sound is
put before the next window, and voice activity hears that stretch again, warmed by the sound before it.

What follows a long silence is cut as if the recording began there: several dictations in one file are heard as each
alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from pipeline.transcribe.audio import FRAME, RATE, Samples, Window
from pipeline.transcribe.decoder import LONGEST_PIECE
from pipeline.transcribe.pieces import BREAK, Piece, cut_pieces
from pipeline.transcribe.port import Span

_VAD = VadOptions(
    threshold=0.5,
    min_speech_duration_ms=200,
    min_silence_duration_ms=400,
    speech_pad_ms=150,
    max_speech_duration_s=LONGEST_PIECE - 1,
)
NOTHING: Samples = np.zeros(0, np.float32)
LONGEST_HELD = 120.0
"""Seconds that wait for the next window; somebody who never pauses for so long is cut anyhow."""
WARMING = 640 * FRAME
"""Samples (20 s) after which voice activity hears as if it had heard all before."""
LEAD = BREAK / 2
"""Seconds of silence that voice activity hears before speech that follows a long one, whatever was said before."""
EARLIER = 0.3
"""Seconds before the speech that it found, in which the first loud sample is looked for."""
LOUD = 0.05
"""Share of the loudest sample of a second from which a sample is one of a voice."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """``pieces`` and ``speech`` in seconds from ``start``, itself in seconds of the recording.

    ``end`` and ``total`` (0 when unknown): seconds that were decoded, and that the header tells. ``last``: no further
    one comes.
    """

    pieces: tuple[Piece, ...]
    speech: tuple[Span, ...]
    start: float
    end: float
    total: float
    last: bool


def stretches(windows: Iterator[Window]) -> Iterator[Stretch]:
    """One for each window, with the pieces that are finished."""
    held, before = NOTHING, NOTHING
    for window, last in _with_last(windows):
        start = window.start - len(held) / RATE
        samples = np.concatenate([held, window.samples])
        speech = speech_in(samples, before)
        pieces = cut_pieces(samples, speech)
        cut = len(samples) if last else _finished(samples, speech, pieces)
        ready = tuple(piece for piece in pieces if last or piece.start * RATE < cut)
        said = tuple(span for span in speech if last or span[0] * RATE < cut)
        yield Stretch(ready, said, start, window.start + len(window.samples) / RATE, window.total, last)
        heard = np.concatenate([before, samples[:cut]])
        held, before = samples[cut:], heard[max(0, len(heard) - WARMING) :]


def speech_in(samples: Samples, before: Samples = NOTHING) -> list[Span]:
    """Where somebody speaks, in seconds of ``samples``; ``before`` is the sound before them."""
    spans = [span for span in _speech(np.concatenate([before, samples]), -len(before)) if span[1] > 0]
    spans = [(max(0.0, start), end) for start, end in spans]
    return [span for island in islands(spans) for span in _as_alone(samples, island, begins=not len(before))]


def islands(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans, parted where a silence of `BREAK` or more lies between two of them."""
    parted: list[list[Span]] = []
    for span in spans:
        if parted and span[0] - parted[-1][-1][1] < BREAK:
            parted[-1].append(span)
        else:
            parted.append([span])
    return parted


def _as_alone(samples: Samples, island: list[Span], *, begins: bool) -> list[Span]:
    """The spans as voice activity hears them after silence alone, counted from the first loud sample: its own steps and
    what was said before move a cut by some hundredths of a second, and a small model hears what is cut elsewhere in
    another way. ``begins``: the recording does at ``samples``; where it does not, speech may have begun before them.
    No speech is lost so: where a span is not found again, all stay as they were.
    """
    first = _first_loud(samples, island[0]) - int(LEAD * RATE)
    if first < 0 and not begins:
        return island
    last = int((island[-1][1] + LEAD) * RATE)
    lacking = np.zeros(max(0, -first), np.float32)
    found = _speech(np.concatenate([lacking, samples[max(0, first) : last]]), first)
    again = all(any(start < one[1] and one[0] < end for one in found) for start, end in island)
    return [(max(0.0, start), end) for start, end in found] if again else island


def _first_loud(samples: Samples, span: Span) -> int:
    first = max(0, int((span[0] - EARLIER) * RATE))
    sound = np.abs(samples[first : first + RATE])
    return first + int((sound >= LOUD * sound.max()).argmax())


def _speech(samples: Samples, offset: int) -> list[Span]:
    """Spans of voice activity in seconds, ``offset`` samples later."""
    found = get_speech_timestamps(samples, _VAD)
    return [((span["start"] + offset) / RATE, (span["end"] + offset) / RATE) for span in found]


def _finished(samples: Samples, speech: list[Span], pieces: list[Piece]) -> int:
    """Samples up to which nothing can change any more, at a frame of voice activity.

    The last piece may go on, unless a silence that ends every piece follows it, and so may those before it. All since
    the last such silence wait, or, when that is long ago, those that no silence parts from the last.
    """
    if not pieces:
        return max(0, len(samples) - RATE) // FRAME * FRAME
    if len(samples) / RATE - speech[-1][1] >= 2 * BREAK:
        return int((speech[-1][1] + BREAK) * RATE) // FRAME * FRAME
    begun = islands(speech)[-1][0][0]
    if len(samples) / RATE - begun <= LONGEST_HELD:
        return max(0, int((begun - LEAD) * RATE)) // FRAME * FRAME
    parted = (piece for piece in reversed(pieces) if _silence_before(speech, piece) > 0)
    piece = next(parted, pieces[0])
    if len(samples) / RATE - piece.start > LONGEST_HELD:
        piece = pieces[-1]
    return int((piece.start - _silence_before(speech, piece) / 2) * RATE) // FRAME * FRAME


def _silence_before(speech: list[Span], piece: Piece) -> float:
    """Seconds between ``piece`` and the speech before it. None: voice activity cut long speech at no silence, by what
    came before."""
    return piece.start - max((end for _, end in speech if end <= piece.start), default=0.0)


def _with_last(found: Iterator[Window]) -> Iterator[tuple[Window, bool]]:
    """Each window, and whether it is the last."""
    window = next(found, None)
    while window is not None:
        after = next(found, None)
        yield window, after is None
        window = after
