"""Did each dictated command become its mark or layout, at its place? And was a mark invented?

A mark of the truth is *dictated* when the spoken text says its command at the aligned place; a look-alike ("deux points
de suture"), whose words stay in the truth, is none. It is right when the written text has the same mark or layout
between the same words. A written mark is *invented* when the truth has none there; before the first dictated mark (the
opening is spoken freely) none is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.evaluate.align import blocks, partners
from pipeline.evaluate.figures import keys
from pipeline.evaluate.items import Item, Kind, Saying
from pipeline.transcribe.dictation import DictationRules, plain

NAMES = {"\n": "à la ligne", "\n\n": "nouveau paragraphe", "\n\n\n": "nouvelle section"}


@dataclass(frozen=True, slots=True)
class MarkFault:
    """A mark or layout that is missing or was invented, after the words ``after``."""

    mark: str
    after: str


@dataclass(frozen=True)
class Marks:
    """Dictated commands of the truth, those that are right, and the faults.

    ``unwritten``: spoken commands, or look-alikes, that have no mark in the truth itself. Where our own rules made the
    truth they are told, for such a fault of the rules shows nowhere else.
    """

    total: int = 0
    right: int = 0
    missing: tuple[MarkFault, ...] = ()
    invented: tuple[MarkFault, ...] = ()
    unwritten: tuple[MarkFault, ...] = ()

    def __add__(self, other: Marks) -> Marks:
        return Marks(
            self.total + other.total,
            self.right + other.right,
            self.missing + other.missing,
            self.invented + other.invented,
            self.unwritten + other.unwritten,
        )


def sayings(rules: DictationRules) -> tuple[Saying, ...]:
    """What is said for each mark or layout, the longest first. Sound-alikes are no sayings: a truth is well written."""
    found = {
        tuple(word for word in plain(" ".join(say)).replace("'", " ").replace("-", " ").split()): mark
        for command in rules.commands
        for say in command.say
        if (mark := command.text or command.layout) and not command.clause_end
    }
    return tuple(sorted(found.items(), key=lambda saying: -len(saying[0])))


def score_marks(truth: Sequence[Item], written: Sequence[Item], dictated: Sequence[Item]) -> Marks:
    """``dictated``: the spoken text read with its commands as marks."""
    meant = partners(keys(dictated), keys(truth))
    wanted = {at for at in meant.values() if truth[at].kind is Kind.MARK}
    first = min(wanted, default=len(truth))
    right: set[int] = set()
    invented: list[MarkFault] = []
    for block in blocks(keys(truth), keys(written)):
        ours = _marks(truth, range(block.first, block.last))
        theirs = _marks(written, range(block.begin, block.end))
        for inner in blocks([truth[at].key for at in ours], [written[at].key for at in theirs]):
            if inner.same:
                right.update(ours[inner.first : inner.last])
            elif block.last > first:
                more = theirs[inner.begin + inner.last - inner.first : inner.end]
                invented += [_fault(written, at) for at in more]
    missing = tuple(_fault(truth, at) for at in sorted(wanted - right))
    unwritten = tuple(_fault(dictated, at) for at in _marks(dictated, range(len(dictated))) if at not in meant)
    return Marks(len(wanted), len(wanted & right), missing, tuple(invented), unwritten)


def _marks(items: Sequence[Item], places: Iterable[int]) -> list[int]:
    return [at for at in places if items[at].kind is Kind.MARK]


def _fault(items: Sequence[Item], at: int) -> MarkFault:
    before = [item.key for item in items[:at] if item.kind is not Kind.MARK]
    return MarkFault(NAMES.get(items[at].key, items[at].key), " ".join(before[-3:]))
