"""Are the figures right? Each number with its unit, at its place.

A figure is every number of the truth but a lone "un" or "une" without a unit. It is right when the number aligned with
it has the same value and the same unit. It was *heard* when the engine's raw words carry that number and unit at its
place in what was spoken. Where another value or unit stands it is *wrong*, and these hurt; one that is simply not there
is missing, one that nobody said is *added*. Where the text carries a doubt (the secretary is asked), each is *flagged*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

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


@dataclass(frozen=True, slots=True)
class _Pair:
    """Places of a number of the truth and of the one in its stead; ``span``: the written items of that block."""

    ours: int | None
    theirs: int | None
    span: range


def score_figures(texts: Texts, transcript: Transcript) -> Figures:
    truth, written = without_marks(texts.truth), without_marks(texts.written)
    figures = {place for place in range(len(truth)) if is_figure(truth, place)}
    heard = figures & _heard(truth, without_marks(texts.spoken), without_marks(texts.raw))
    right = set(figures)
    faults: list[FigureFault] = []
    for pair in _pairs(truth, written):
        outcome = _outcome(pair, truth, written)
        if outcome is None:
            continue
        right.discard(-1 if pair.ours is None else pair.ours)
        said = _shown(truth, pair.ours) if pair.ours in figures else ""
        faults.append(_fault(outcome, said, pair, written, transcript, heard=pair.ours in heard))
    return Figures(len(figures), len(right), len(heard), len(right & heard), tuple(faults))


def is_figure(items: Sequence[Item], place: int) -> bool:
    return items[place].kind is Kind.NUMBER and (not items[place].article or bool(unit_of(items, place)))


def unit_of(items: Sequence[Item], place: int) -> str:
    """The unit that follows, or ``""``."""
    following = items[place + 1 : place + 2]
    return following[0].key if following and following[0].kind is Kind.UNIT else ""


def same(truth: Sequence[Item], place: int, written: Sequence[Item], other: int) -> bool:
    return truth[place].key == written[other].key and unit_of(truth, place) == unit_of(written, other)


def _pairs(truth: Sequence[Item], written: Sequence[Item]) -> Iterator[_Pair]:
    """Every number of both with its partner: the equal one at its place, else the one in its stead, else none."""
    for block in blocks(keys(truth), keys(written)):
        span = range(block.begin, block.end)
        ours = [at for at in range(block.first, block.last) if truth[at].kind is Kind.NUMBER]
        theirs = [at for at in span if written[at].kind is Kind.NUMBER]
        for inner in blocks([truth[at].key for at in ours], [written[at].key for at in theirs]):
            both = zip_longest(ours[inner.first : inner.last], theirs[inner.begin : inner.end])
            yield from (_Pair(mine, other, span) for mine, other in both)


def _outcome(pair: _Pair, truth: Sequence[Item], written: Sequence[Item]) -> Outcome | None:
    meant = pair.ours is not None and is_figure(truth, pair.ours)
    if pair.theirs is None:
        return Outcome.MISSING if meant else None
    if pair.ours is not None and same(truth, pair.ours, written, pair.theirs):
        return None
    if meant:
        return Outcome.WRONG
    return Outcome.ADDED if is_figure(written, pair.theirs) else None


def _heard(truth: Sequence[Item], spoken: Sequence[Item], raw: Sequence[Item]) -> set[int]:
    """Places of the truth's items that the engine heard: equal in what was spoken, and there in the raw words."""
    said, caught = partners(keys(truth), keys(spoken)), partners(keys(spoken), keys(raw))
    return {place for place, at in said.items() if at in caught and same(spoken, at, raw, caught[at])}


def _shown(items: Sequence[Item], place: int | None) -> str:
    return "" if place is None else f"{items[place].key} {unit_of(items, place)}".strip().replace(".", ",")


def _fault(
    outcome: Outcome, said: str, pair: _Pair, written: Sequence[Item], transcript: Transcript, *, heard: bool
) -> FigureFault:
    at = pair.theirs
    places = pair.span if at is None else range(at, at + 1 + bool(unit_of(written, at)))
    tokens = tokens_at(transcript, written[places[0]].start, written[places[-1]].end) if places else []
    if any(token.doubt for token in tokens):
        outcome = Outcome.FLAGGED
    start = next((token.start for token in tokens if token.start is not None), None)
    return FigureFault(outcome, said, _shown(written, at), heard, start)


def tokens_at(transcript: Transcript, start: int, end: int) -> list[Token]:
    """The tokens that write ``text[start:end]``."""
    places = zip(transcript.tokens, transcript.offsets, strict=True)
    return [token for token, (first, last) in places if first < end and start < last]
