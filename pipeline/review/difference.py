"""Two texts word by word: what was taken out, what was put in, what stayed. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from pipeline.model.document import Section
from pipeline.model.exchange import alike

_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_MOST_WORDS = 4000
"""Words of a changed passage on one side; a longer one is shown whole, taken out and put in."""


class Change(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row with the same fate, with the white space that follows them."""

    change: Change
    text: str


def difference(before: Sequence[Section], after: Sequence[Section]) -> list[list[Piece]]:
    """The paragraphs that changed, in order; a heading is one of them. The kept and added pieces of all are ``after``,
    the kept and removed ones ``before``."""
    old, new = _paragraphs(before), _paragraphs(after)
    changed: list[list[Piece]] = []
    for tag, start, end, at, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        pairs = max(end - start, until - at)
        for index in range(pairs):
            one = old[start + index] if start + index < end else ""
            other = new[at + index] if at + index < until else ""
            changed.append(list(words(one, other)))
    return changed


def words(before: str, after: str) -> Iterator[Piece]:
    """One paragraph."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = [before], [after]
    same = SequenceMatcher(None, [alike(word) for word in old], [alike(word) for word in new], autojunk=False)
    for tag, start, end, at, until in same.get_opcodes():
        if tag == "equal":
            yield Piece(Change.KEPT, "".join(new[at:until]))
            continue
        if end > start:
            yield Piece(Change.REMOVED, "".join(old[start:end]))
        if until > at:
            yield Piece(Change.ADDED, "".join(new[at:until]))


def _paragraphs(sections: Sequence[Section]) -> list[str]:
    parts = (part for section in sections for part in (section.heading, *re.split(r"\n{2,}", section.text)))
    return [part for part in parts if part.strip()]
