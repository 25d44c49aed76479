"""A recording of any length as pieces of sound, cut as if it were in memory at once.

It is decoded window by window. A window may end anywhere; the piece that it ends in is not finished, so its sound is
put before the next window, and voice activity hears that stretch again, warmed by the sound before it.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    first = len(before)
    found = get_speech_timestamps(np.concatenate([before, samples]), _VAD)
    spans = ((max(0, span["start"] - first) / RATE, (span["end"] - first) / RATE) for span in found)
    return [span for span in spans if span[1] > 0]


def _finished(samples: Samples, speech: list[Span], pieces: list[Piece]) -> int:
    """Samples up to which nothing can change any more, at a frame of voice activity.

    The last piece may go on, unless a silence that ends every piece follows it; and so may those before it that no
    silence parts from it.
    """
    if not pieces:
        return max(0, len(samples) - RATE) // FRAME * FRAME
    if len(samples) / RATE - speech[-1][1] >= 2 * BREAK:
        return int((speech[-1][1] + BREAK) * RATE) // FRAME * FRAME
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
