"""Walks the words of a text and finds those that no list knows, alone or together with their neighbours."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.model.phonetic import likeness
from pipeline.model.text import Proposal
from pipeline.verify.names import names_in
from pipeline.verify.places import Heard, surely
from pipeline.verify.port import Lexicon
from pipeline.verify.spelling import squash
from pipeline.verify.tokens import Piece, pieces
from pipeline.verify.turning import turns
from pipeline.verify.usage import roots

LIKELY = 0.8
"""A best proposal of at least this score makes "likely misheard" of "unknown"."""
OFFERED = 6
"""Proposals of a span, before they are reranked."""
SHOWN = 0.62
"""Proposals below this score are noise and are not shown."""
MERGE_LEAD = 0.03
"""A merge must beat the word alone by so much: it swallows a neighbour."""
LIKELY_PIECES = 0.7
"""Enough for a merge of words that are all unknown: nothing right is swallowed."""
EXACT = 0.95
"""Two known words are only questioned when, put together, they are a term letter for letter."""
UNSURE_PIECES = 0.72
"""Enough for a merge of words that are unknown or were badly heard, beside what the unknown one may be alone."""
LINK_LETTERS = 3
FAR = 0.85
"""For a merge that ends with a known word of so few letters ("de", "et") or is four words long."""
CHANGED = 0.6
"""Likeness by sound of what a term has beside its part to what stands beside it."""
TOLD_EVERY = 500
"""Words between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words ``first`` to ``last`` with what they may be together; ``inner`` is the one of them that no list knows, when
    it may be meant alone as well: the words around it were badly heard."""

    first: int
    last: int
    proposals: tuple[Proposal, ...]
    with_article: bool = False
    inner: Span | None = None

    @property
    def score(self) -> float:
        return self.proposals[0].score if self.proposals else 0.0


@dataclass(frozen=True, slots=True)
class DoubtfulPlace:
    """Words of a text that no list knows, the same with a neighbour on either side, and the terms that may be meant."""

    words: str
    around: tuple[str, ...]
    terms: tuple[str, ...]


def doubtful_places(text: str, lexicon: Lexicon, accepted: frozenset[str] = frozenset()) -> list[DoubtfulPlace]:
    """The places of ``text`` that `check` would ask about, with at most two terms each, best first."""
    words = list(pieces(text))
    reader = Reader(text, words, lexicon, frozenset(word.lower() for word in accepted))
    found = []
    for span in reader.doubts():
        first, last = max(0, span.first - 1), min(len(words) - 1, span.last + 1)
        wider = (text[words[a].start : words[b].end] for a, b in ((first, span.last), (span.first, last)))
        heard = text[words[span.first].start : words[span.last].end]
        found.append(DoubtfulPlace(heard, tuple(wider), tuple(one.text for one in span.proposals[:2])))
    return found


def unlisted_words(
    words: Sequence[str], lexicon: Lexicon, accepted: frozenset[str] = frozenset(), *, opening: bool = True
) -> frozenset[int]:
    """The places of ``words`` (as they follow in a text, at its ``opening`` or not) that hold a word of no list, names
    left out: in an opening any word with a capital that no list knows may be somebody's."""
    before = "" if opening else "\n"  # after a line there is no opening
    text = before + " ".join(words)
    read = list(pieces(text))
    ends = list(accumulate((len(word) + 1 for word in words), initial=len(before)))[1:]
    reader = Reader(text, read, lexicon, frozenset(word.lower() for word in accepted))
    unlisted = (place for place in reader.unlisted() if not (opening and read[place].capitalised))
    return frozenset(bisect_right(ends, read[place].start) for place in unlisted)


def _around(i: int) -> tuple[tuple[int, int], ...]:
    """The groups of two to four words that hold word ``i``, the shortest first."""
    return tuple((first, first + more) for more in (1, 2, 3) for first in range(i - more, i + 1))


def _holds(merged: Span, best: Span, words: Sequence[Piece]) -> bool:
    """Whether a term of several words holds the term that was found for its part: "dyspnée d'effort" for "dyspnée".

    None that has more words than were heard: "filtration glomérulère" is no "débit de filtration glomérulaire"; and
    none whose rest sounds like nothing beside the part: "frakture avec" is no "fracture ouverte".
    """
    if not best.proposals or merged.score < LIKELY_PIECES:
        return False
    if len(roots(merged.proposals[0].text)) > merged.last - merged.first + 1:
        return False
    term, part = merged.proposals[0].text.lower(), best.proposals[0].text.lower()
    rest = re.split(r"[\s'’]+", term)
    if term == part or part not in rest:
        return False
    rest.remove(part)
    places = [i for i in range(merged.first, merged.last + 1) if not best.first <= i <= best.last]
    return likeness(" ".join(words[i].text for i in places), " ".join(rest)) >= CHANGED


def _same_best(one: Span, other: Span) -> bool:
    """Whether both may be one term first of all."""
    return [p.text.lower() for p in one.proposals[:1]] == [p.text.lower() for p in other.proposals[:1]]


class Reader:
    """Walks the words of one text."""

    def __init__(
        self,
        text: str,
        words: Sequence[Piece],
        lexicon: Lexicon,
        free: frozenset[str],
        heard: Callable[[int, int], Heard] = surely,
    ) -> None:
        self._text, self._words, self._lexicon, self._free, self._heard = text, words, lexicon, free, heard
        self.names = names_in(text, words, lexicon, self.knows)
        self._known = [i in self.names or self.knows(word) for i, word in enumerate(words)]

    def unlisted(self) -> Iterator[int]:
        """The places of the words that are in no list."""
        return (place for place, known in enumerate(self._known) if not known)

    def doubts(self, on_progress: Callable[[float], None] = lambda _: None) -> Iterator[Span]:
        """The doubtful spans, in order, none touching another."""
        reached = 0
        for i in range(len(self._words)):
            if i < reached:
                continue
            if i % TOLD_EVERY == 0:
                on_progress(i / len(self._words))
            span = self._divided(i) if self._known[i] else self._best(i, reached)
            if span is not None:
                reached = span.last + 1
                yield span

    def may_be_questioned(self, i: int) -> bool:
        """Whether word ``i`` is known and no name: only a known word is looked at by the company it keeps."""
        return self._known[i] and i not in self.names

    def _best(self, i: int, reached: int) -> Span:
        best = Span(i, i, self._propose(i, i))
        if self._words[i].elided:
            whole = Span(i, i, self._propose(i, i, with_article=True), with_article=True)
            best = whole if whole.score > best.score else best
        alone, wider = best, best
        for first, last in _around(i):
            if first < reached or best.score >= EXACT or not self._mergeable(first, last):
                continue
            for with_article in {False, bool(self._words[first].elided)}:
                merged = Span(first, last, self._propose(first, last, with_article=with_article), with_article)
                if merged.score >= max(self._enough(first, last), best.score + MERGE_LEAD) or _holds(
                    merged, best, self._words
                ):
                    best = merged
                elif merged.score >= max(UNSURE_PIECES, wider.score if wider is not alone else 0.0):
                    wider = merged if self._badly_heard(first, last) else wider
        if best is not alone or wider is alone or _same_best(alone, wider):
            return best
        return replace(wider, inner=alone)

    def _badly_heard(self, first: int, last: int) -> bool:
        """Whether each word that is known, links apart, was heard badly: nothing right is swallowed."""
        if not self._heard(self._words[first].start, self._words[last].end).unsure:
            return False
        link = len(self._words[last].text) <= LINK_LETTERS and self._known[last]
        return not link and all(
            not self._known[j] or len(word.text) <= LINK_LETTERS or self._heard(word.start, word.end).unsure
            for j, word in enumerate(self._words[first : last + 1], first)
        )

    def _enough(self, first: int, last: int) -> float:
        if last - first > 2 or (len(self._words[last].text) <= LINK_LETTERS and self._known[last]):
            return FAR
        return LIKELY if any(self._known[first : last + 1]) else LIKELY_PIECES

    def _divided(self, i: int) -> Span | None:
        """ "hypo thyroïdie": a beginning and a word that make a term together, each known alone."""
        if i + 1 >= len(self._words) or not self._mergeable(i, i + 1) or not self._known[i + 1]:
            return None
        here, after = self._words[i].text, self._words[i + 1].text
        if len(here) < 4 or "prefix" not in self._lexicon.classes(here) or not self._lexicon.knows(here + after):
            return None
        if self._lexicon.knows(here) and len(after) < 5:
            return None
        joined = self._propose(i, i + 1)
        return Span(i, i + 1, joined) if joined and squash(joined[0].text) == squash(here + after) else None

    def _propose(self, first: int, last: int, with_article: bool = False) -> tuple[Proposal, ...]:
        """ "s'acubitrier": what looks like an elided article may be the word's first letter."""
        start = self._words[first].start - (len(self._words[first].elided) if with_article else 0)
        words = self._text[start : self._words[last].end]
        return tuple(
            p
            for p in self._lexicon.propose(words, OFFERED)
            if p.score >= SHOWN and p.text != words and not turns(words, p.text)
        )

    def _mergeable(self, first: int, last: int) -> bool:
        """Neighbours with only spaces between (a comma where they were badly heard), none of them a name."""
        if first < 0 or last >= len(self._words):
            return False
        commas = "," if self._heard(self._words[first].start, self._words[last].end).unsure else ""
        gaps = (self._text[self._words[j].end : self._words[j + 1].start] for j in range(first, last))
        return all(
            gap.strip().strip(commas) in ("", "l'", "d'", "s'", "-") and "\n" not in gap for gap in gaps
        ) and self.names.isdisjoint(range(first, last + 1))

    def knows(self, word: Piece) -> bool:
        """Whether a list has it, whole or part by part, or it is free."""
        text = word.text
        whole = word.elided + text
        if len(text) < 2 or text.lower() in self._free or self._lexicon.knows(text) or self._lexicon.knows(whole):
            return True
        if text.endswith(("-là", "-ci", "-t-il", "-t-elle", "-vous", "-je", "-il", "-elle")):
            text = text.split("-")[0]
        parts = [part for part in text.replace("‑", "-").split("-") if part]
        if len(parts) > 1 and self._lexicon.knows("".join(parts)):
            return True  # "micro-albuminurie"
        return all(self._part_known(part) for part in parts) and (len(parts) > 1 or text != word.text)

    def _part_known(self, part: str) -> bool:
        known = self._lexicon.knows(part) or "prefix" in self._lexicon.classes(part)
        return known or len(part) < 2 or part.lower() in self._free
