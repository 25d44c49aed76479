"""Cuts a window of sound into pieces that a speech model hears at once: speech only, cut in silence, at most 28 s.

A silence of more than a second inside a piece is shortened to one, for models invent words in long silences; each
piece knows where its parts stand in the window, so that times stay true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.decoder import LONGEST_PIECE
from pipeline.transcribe.port import Span

KEPT_SILENCE = 1.0
"""Seconds of a silence that stay between two stretches of speech."""
BREAK = 3.0
"""Seconds of silence that always end a piece: after it somebody else may speak, or another language."""
CUT_FROM = 20.0
"""Seconds from which a piece may end: at the longest silence before it would be too long."""


@dataclass(frozen=True, slots=True)
class Part:
    """``start`` to ``end`` of the window stand at ``offset`` of the piece (seconds)."""

    offset: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples (float32, mono, 16 kHz) and where they come from."""

    samples: Samples
    parts: tuple[Part, ...]

    @property
    def start(self) -> float:
        return self.parts[0].start

    @property
    def end(self) -> float:
        return self.parts[-1].end

    def at(self, second: float) -> float:
        """The second of the window for a second of the piece."""
        part = next((part for part in reversed(self.parts) if part.offset <= second), self.parts[0])
        return min(max(part.start, part.start + second - part.offset), part.end)


def cut_pieces(samples: Samples, speech: Sequence[Span]) -> list[Piece]:
    """Pieces that hold all ``speech`` (seconds, in order, each at most ``LONGEST_PIECE``) of ``samples``, in order."""
    pieces: list[Piece] = []
    waiting = list(speech)
    while waiting:
        count = _fitting(waiting)
        pieces.append(_piece(samples, waiting[:count]))
        del waiting[:count]
    return pieces


def _fitting(spans: Sequence[Span]) -> int:
    """How many spans the next piece takes: all that fit, or up to the longest silence near its end."""
    length = spans[0][1] - spans[0][0]
    best, silence = 1, -1.0
    for place in range(1, len(spans)):
        gap = spans[place][0] - spans[place - 1][1]
        if gap >= BREAK:
            return place
        if length >= CUT_FROM and gap >= silence:
            best, silence = place, gap
        length += min(gap, KEPT_SILENCE) + spans[place][1] - spans[place][0]
        if length > LONGEST_PIECE:
            return best if silence >= 0 else place
    return len(spans)


def _piece(samples: Samples, spans: Sequence[Span]) -> Piece:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= KEPT_SILENCE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    half = KEPT_SILENCE / 2
    parts: list[Part] = []
    sounds: list[Samples] = []
    offset = 0.0
    for place, (start, end) in enumerate(joined):
        first = round((start - (half if place else 0.0)) * RATE)
        last = round((end + (half if place + 1 < len(joined) else 0.0)) * RATE)
        sound = samples[max(first, 0) : last]
        parts.append(Part(offset, max(first, 0) / RATE, min(last, len(samples)) / RATE))
        sounds.append(sound)
        offset += len(sound) / RATE
    return Piece(np.concatenate(sounds), tuple(parts))
