"""Are the figures right? Each number with its unit, at its place.

A figure is every number of the truth but a lone "un" or "une" without a unit. It is right when the number aligned with
it has the same value and the same unit. It was *heard* when the engine's raw words carry the number at that place of
what was spoken. Where another value or unit stands it is *wrong*, and these hurt, unless it carries a doubt (the
secretary is asked): then it is *flagged*. One that is simply not there is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.evaluate.align import blocks, partners
from pipeline.evaluate.items import Item, Kind, without_marks
from pipeline.model.text import Token, Transcript


class Outcome(StrEnum):
    """What became of a figure that is not right."""

    WRONG = "wrong"
    FLAGGED = "flagged"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class FigureFault:
    """``said`` is the figure of the truth (empty when added), ``written`` what stands there (empty when missing)."""

    outcome: Outcome
    said: str
    written: str
    heard: bool = False
    start: float | None = None


@dataclass(frozen=True)
class Figures:
    """Counts over the figures of the truth, and every fault. ``heard_right``: right ones among those heard."""

    total: int = 0
    right: int = 0
    heard: int = 0
    heard_right: int = 0
    faults: tuple[FigureFault, ...] = ()

    def of(self, outcome: Outcome) -> list[FigureFault]:
        return [fault for fault in self.faults if fault.outcome is outcome]

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.total + other.total,
            self.right + other.right,
            self.heard + other.heard,
            self.heard_right + other.heard_right,
            self.faults + other.faults,
        )


@dataclass(frozen=True, slots=True)
class Texts:
    """The four texts of one dictation, read. ``written`` and ``truth`` are the text and what it must be."""

    truth: Sequence[Item]
    written: Sequence[Item]
    spoken: Sequence[Item]
    raw: Sequence[Item]


def keys(items: Sequence[Item]) -> list[str]:
    return [item.key for item in items]


def score_figures(texts: Texts, transcript: Transcript) -> Figures:
    truth, written = without_marks(texts.truth), without_marks(texts.written)
    heard = _heard(truth, without_marks(texts.spoken), without_marks(texts.raw))
    total = right = heard_right = 0
    faults: list[FigureFault] = []
    for place, other in _pairs(truth, written):
        figure = place is not None and is_figure(truth, place)
        if place is None or not figure:
            if (
                other is not None
                and is_figure(written, other)
                and not (place is not None and same(truth, place, written, other))
            ):
                faults.append(_fault(Outcome.ADDED, "", written, other, transcript))
            continue
        total += 1
        if other is not None and same(truth, place, written, other):
            right += 1
            heard_right += place in heard
            continue
        said = _shown(truth, place)
        was_heard = place in heard
        if other is None:
            faults.append(FigureFault(Outcome.MISSING, said, "", was_heard, None))
        else:
            faults.append(_fault(Outcome.WRONG, said, written, other, transcript, was_heard))
    figures = [place for place in range(len(truth)) if is_figure(truth, place)]
    return Figures(total, right, sum(place in heard for place in figures), heard_right, tuple(faults))


def is_figure(items: Sequence[Item], place: int) -> bool:
    return items[place].kind is Kind.NUMBER and (not items[place].article or bool(unit_of(items, place)))


def unit_of(items: Sequence[Item], place: int) -> str:
    """The unit that follows, or ``""``."""
    following = items[place + 1 : place + 2]
    return following[0].key if following and following[0].kind is Kind.UNIT else ""


def same(truth: Sequence[Item], place: int, written: Sequence[Item], other: int) -> bool:
    return truth[place].key == written[other].key and unit_of(truth, place) == unit_of(written, other)


def _pairs(truth: Sequence[Item], written: Sequence[Item]) -> list[tuple[int | None, int | None]]:
    """Every number of both with its partner: the equal one at its place, else the one in its stead, else none."""
    pairs: list[tuple[int | None, int | None]] = []
    for block in blocks(keys(truth), keys(written)):
        ours = [at for at in range(block.first, block.last) if truth[at].kind is Kind.NUMBER]
        theirs = [at for at in range(block.begin, block.end) if written[at].kind is Kind.NUMBER]
        for inner in blocks([truth[at].key for at in ours], [written[at].key for at in theirs]):
            mine, other = ours[inner.first : inner.last], theirs[inner.begin : inner.end]
            length = max(len(mine), len(other))
            pairs += zip(
                [*mine, *[None] * (length - len(mine))], [*other, *[None] * (length - len(other))], strict=True
            )
    return pairs


def _heard(truth: Sequence[Item], spoken: Sequence[Item], raw: Sequence[Item]) -> set[int]:
    """Places of the truth's items that the engine heard: equal in what was spoken, and there in the raw words."""
    said, caught = partners(keys(truth), keys(spoken)), partners(keys(spoken), keys(raw))
    return {place for place, at in said.items() if at in caught}


def _shown(items: Sequence[Item], place: int) -> str:
    return f"{items[place].key} {unit_of(items, place)}".strip().replace(".", ",")


def _fault(
    outcome: Outcome, said: str, written: Sequence[Item], at: int, transcript: Transcript, heard: bool = False
) -> FigureFault:
    last = written[at + 1] if unit_of(written, at) else written[at]
    tokens = tokens_at(transcript, written[at].start, last.end)
    if any(token.doubt for token in tokens):
        outcome = Outcome.FLAGGED
    start = next((token.start for token in tokens if token.start is not None), None)
    return FigureFault(outcome, said, _shown(written, at), heard, start)


def tokens_at(transcript: Transcript, start: int, end: int) -> list[Token]:
    """The tokens that write ``text[start:end]``."""
    places = zip(transcript.tokens, transcript.offsets, strict=True)
    return [token for token, (first, last) in places if first < end and start < last]
