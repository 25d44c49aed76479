"""Which item of one sequence stands at the place of which item of another: Levenshtein's edits, by rapidfuzz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Block:
    """``one[first:last]`` stands where ``other[begin:end]`` does. ``same``: they are equal, item by item."""

    same: bool
    first: int
    last: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Edits that turn what was heard into the truth, and the words of the truth."""

    substituted: int = 0
    missing: int = 0
    added: int = 0
    total: int = 0

    @property
    def errors(self) -> int:
        return self.substituted + self.missing + self.added

    @property
    def rate(self) -> float:
        """The word error rate; 0 for no words at all. Above 1 when much was added."""
        return self.errors / self.total if self.total else float(self.errors > 0)

    def __add__(self, other: WordErrors) -> WordErrors:
        return WordErrors(
            self.substituted + other.substituted,
            self.missing + other.missing,
            self.added + other.added,
            self.total + other.total,
        )


def word_errors(truth: Sequence[str], heard: Sequence[str]) -> WordErrors:
    substituted = missing = added = 0
    for edit in Levenshtein.editops(list(truth), list(heard)):
        substituted += edit.tag == "replace"
        missing += edit.tag == "delete"
        added += edit.tag == "insert"
    return WordErrors(substituted, missing, added, len(truth))


def blocks(one: Sequence[str], other: Sequence[str]) -> list[Block]:
    """Equal blocks and, between two of them, one block of all that differs."""
    found: list[Block] = []
    for edit in Levenshtein.opcodes(list(one), list(other)):
        block = Block(edit.tag == "equal", edit.src_start, edit.src_end, edit.dest_start, edit.dest_end)
        last = found[-1] if found else None
        if last and not last.same and not block.same:
            found[-1] = Block(False, last.first, block.last, last.begin, block.end)
        else:
            found.append(block)
    return found


def partners(one: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """The places in ``other`` of the items of ``one`` that are equal there."""
    return {
        block.first + step: block.begin + step
        for block in blocks(one, other)
        if block.same
        for step in range(block.last - block.first)
    }


def body_start(truth: Sequence[str], heard: Sequence[str], most: int) -> int:
    """Where in ``heard`` a truth that lacks the spoken opening begins: up to ``most`` words before it cost nothing.

    The place of the fewest errors; of equal ones the first.
    """
    starts = range(min(len(heard), most) + 1)
    wanted = list(truth)
    return min(starts, key=lambda start: (Levenshtein.distance(wanted, list(heard[start:])), start))
