"""The terms of an indexed text with the sense in which they are said, as one column of JSON, and what is read from it.

Each item is ``[start, end, kind, contexts]``: every medical term, and every other word that is not plainly said of the
patient. ``""`` stands for a text whose contexts were never read (filed before they were, or without a reader).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pipeline.archive.words import Term, Word, found_places, stem, words_of
from pipeline.model.said import Context, SaidTerm, TermKind

BREAK = "\ue000"
"""Stands for a word that is not affirmed, so that no phrase is found across it; no typed word holds it."""
NOT_READ = "contexte non lu"
"""Of an entry without contexts that a search for what is affirmed shows rather than loses."""


def to_json(said: Iterable[SaidTerm]) -> str:
    """The column; contexts in the order of `Context`."""
    kept = [one for one in said if one.contexts or one.kind is not TermKind.WORD]
    rows = [(one.start, one.end, one.kind, [context for context in Context if context in one.contexts]) for one in kept]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_json(column: str) -> tuple[SaidTerm, ...]:
    """The terms of a column, in order."""
    rows = json.loads(column) if column else []
    return tuple(
        SaidTerm(start, end, TermKind(kind), contexts=frozenset(map(Context, contexts)))
        for start, end, kind, contexts in rows
    )


def affirmed_columns(title: str, body: str, column: str) -> tuple[str, str]:
    """``(words, stems)`` of title and text, `BREAK` at the place of each word that is not affirmed."""
    doubtful = _Places(one for one in from_json(column) if not one.affirmed)
    folded = [word.folded for word in words_of(title)]
    folded += [BREAK if doubtful.at(word.start) else word.folded for word in words_of(body)]
    return " ".join(folded), " ".join(word if word == BREAK else stem(word) for word in folded)


def labels(column: str, words: list[Word], terms: tuple[Term, ...]) -> tuple[str, ...]:
    """In which senses the found ``words`` of the body are said, for a word that is nowhere plainly said of the
    patient."""
    if not column or not terms:
        return ()
    said = _Places(from_json(column))
    senses: dict[int, list[frozenset[Context]]] = {}
    for place, number in sorted(found_places(words, terms).items()):
        one = said.at(words[place].start)
        senses.setdefault(number, []).append(one.contexts if one else frozenset())
    told = frozenset(context for places in senses.values() if all(places) for one in places for context in one)
    return tuple(context.value for context in Context if context in told)


class _Places:
    """Terms in order, asked for by places in order."""

    def __init__(self, said: Iterable[SaidTerm]) -> None:
        self._left = list(said)[::-1]

    def at(self, place: int) -> SaidTerm | None:
        """The term that holds the character; a later question is never about an earlier place."""
        while self._left and self._left[-1].end <= place:
            self._left.pop()
        return self._left[-1] if self._left and self._left[-1].start <= place else None
