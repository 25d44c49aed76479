"""Where the written tokens are, when they were said, and how sure the ear was."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from pipeline.model.text import Fit, Transcript

DOUBT = 0.75
"""Probability of a word below which its neighbours are looked at too."""
SLACK = 0.05
"""Seconds by which the times of written tokens may differ from those of the words that they came of."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear knows of a stretch of the text: the least probability, and whether two hearings differ there."""

    probability: float = 1.0
    differing: bool = False

    @property
    def unsure(self) -> bool:
        """Whether its neighbours may be put in question too."""
        return self.probability < DOUBT or self.differing


def surely(_start: int, _end: int) -> Heard:
    """What is typed or read was heard for sure."""
    return Heard()


class Places:
    """The tokens of one transcript."""

    def __init__(self, transcript: Transcript) -> None:
        self._tokens = transcript.tokens
        self._fits: dict[str, list[Fit]] = {}
        for fit in transcript.fits:
            self._fits.setdefault(fit.text.lower(), []).append(fit)
        self._differing = {(word.start, word.end) for word in transcript.words if word.first}
        self._starts = [start for start, _ in transcript.offsets]
        self._ends = [end for _, end in transcript.offsets]
        self._heard: dict[tuple[int, int], Heard] = {}

    def said(self, start: int, end: int) -> tuple[float | None, float | None]:
        """The seconds of ``text[start:end]``; None for a scan."""
        tokens = self._tokens[self._from(start, end)]
        starts = [token.start for token in tokens if token.start is not None]
        ends = [token.end for token in tokens if token.end is not None]
        return (min(starts), max(ends)) if starts and ends else (None, None)

    def fit(self, start: int, end: int, text: str) -> float | None:
        """How well ``text`` fits the sound in place of the tokens at these letters (`Fit.gain`); None: not compared."""
        begun, ended = self.said(start, end) if self._fits else (None, None)
        if begun is None or ended is None:
            return None
        alike = self._fits.get(text.lower(), ())
        return next((one.gain for one in alike if abs(one.start - begun) + abs(one.end - ended) < SLACK), None)

    def probability(self, start: int, end: int) -> float:
        tokens = self._tokens[self._from(start, end)]
        return min((token.probability for token in tokens), default=1.0)

    def heard(self, start: int, end: int) -> Heard:
        """What the ear knows of ``text[start:end]``."""
        known = self._heard.get((start, end))
        if known is None:
            known = self._heard[start, end] = self._hears(start, end)
        return known

    def _hears(self, start: int, end: int) -> Heard:
        tokens = self._tokens[self._from(start, end)]
        differing = any((token.start, token.end) in self._differing for token in tokens)
        return Heard(min((token.probability for token in tokens), default=1.0), differing)

    def after(self, second: float) -> int:
        """The offset behind the last token that was said before ``second``."""
        ends = [self._ends[i] for i, t in enumerate(self._tokens) if t.end is not None and t.end <= second + 0.05]
        return max(ends, default=0)

    def _from(self, start: int, end: int) -> slice:
        return slice(bisect_right(self._ends, start), bisect_left(self._starts, end))
