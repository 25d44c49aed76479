"""What the first hearing, without any hint, wrote where a text has other words: a second witness of what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.model.phonetic import likeness
from pipeline.model.text import Proposal, Transcript
from pipeline.verify.port import Lexicon
from pipeline.verify.spelling import fold, squash

LONGEST = 4
"""Words of the first hearing that may be one place of the text."""
SAME_PLACE = 0.5
"""Likeness by sound of what both hearings have at one place; two words by chance are mostly below."""
NAMED = 0.9
"""Score of a medical word that the first hearing wrote, before the other witness is asked."""
SOURCE = "première écoute"
"""Where such a word comes from."""
AGREED = 0.5
"""What the likeness to the less near witness counts, from `FAR` on."""
FAR = 0.6
OFFERED = 6
"""Terms near what was first heard."""
NEAR = 0.62
"""Likeness from which they are looked at."""
_MARKS = re.compile(r"[.,;:?!…]+")
_FIGURE = re.compile(r"\d")
_ELIDED = re.compile(r"^(?:[ldsnmjtc]|qu)['’]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """A written token: its letters, and its seconds."""

    start: int
    end: int
    begun: float
    ended: float


@dataclass(frozen=True, slots=True)
class _Block:
    """Words that replaced others: their seconds, and what was heard first."""

    start: float
    end: float
    first: tuple[str, ...]

    def holds(self, token: _Said) -> bool:
        return self.start < token.ended and token.begun < self.end


class Witness:
    """The first hearing of one transcript."""

    def __init__(self, transcript: Transcript) -> None:
        self._text = transcript.text
        self._timed = [
            _Said(*place, token.start, token.end)
            for token, place in zip(transcript.tokens, transcript.offsets, strict=True)
            if token.start is not None and token.end is not None and token.text
        ]
        self._blocks = list(_blocks(transcript))

    def instead(self, start: int, end: int) -> str:
        """What was first heard at the place of the letters ``start`` to ``end``; ``""`` where it was the same."""
        begun, ended, first = self.changed(start, end)
        return self._text[start:begun] + first + self._text[ended:end] if first else ""

    def changed(self, start: int, end: int) -> tuple[int, int, str]:
        """The part of these letters at which the first hearing had something else, and what; ``""`` for nothing."""
        inside = [one for one in self._timed if one.start < end and start < one.end] if self._blocks else []
        changed = [(one, block) for one in inside for block in self._blocks if block.holds(one)]
        if not changed:
            return start, end, ""
        begun, ended = max(start, changed[0][0].start), min(end, changed[-1][0].end)
        said = [word for block in dict.fromkeys(block for _, block in changed) for word in block.first]
        runs = [" ".join(said[a:b]) for a in range(len(said)) for b in range(a + 1, min(a + LONGEST, len(said)) + 1)]
        words = self._text[begun:ended]
        alike, _, best = max(((likeness(run, words), -len(run), run) for run in runs), default=(0.0, 0, ""))
        if alike < SAME_PLACE or squash(best) == squash(words) or _FIGURE.search(best):
            return start, end, ""
        return begun, ended, best


def both(heard: str, first: str, proposals: tuple[Proposal, ...], lexicon: Lexicon) -> tuple[Proposal, ...]:
    """``proposals`` for ``heard`` and those for what was ``first`` heard there, scored by both, best first.

    A term that is near one witness keeps that score; one that is near both gains on the others.
    """
    if not first:
        return proposals
    bare = _ELIDED.sub("", first)
    found = {one.text: one for one in proposals}
    if lexicon.is_medical(bare) and squash(bare) != squash(heard):
        listed = found.get(bare, Proposal(bare, 0.0, SOURCE))
        found[bare] = replace(listed, score=max(listed.score, NAMED))
    for one in lexicon.propose(bare, OFFERED):
        if one.score >= NEAR and squash(one.text) != squash(heard):
            found.setdefault(one.text, one)
    scored = [
        Proposal(with_article(heard, one.text), round(min(1.0, _score(one, heard, bare, lexicon)), 4), one.source)
        for one in found.values()
    ]
    return tuple(sorted(scored, key=lambda one: -one.score))


def with_article(heard: str, text: str) -> str:
    """``text`` with the elided article that ``heard`` begins with, before a vowel: "d'effort" for "d'efforts"."""
    article = _ELIDED.match(heard)
    return article[0] + text if article and fold(text)[:1] in "aeiouyh" else text


def is_elided(text: str) -> bool:
    """Whether ``text`` begins with an elided article or pronoun."""
    return _ELIDED.match(text) is not None


def _score(one: Proposal, heard: str, first: str, lexicon: Lexicon) -> float:
    near = sorted((likeness(words, one.text) + lexicon.letters_alike(words, one.text)) / 2 for words in (heard, first))
    return one.score + AGREED * max(0.0, near[0] - FAR)


def _blocks(transcript: Transcript) -> Iterator[_Block]:
    for first, group in groupby(transcript.words, key=lambda word: word.first):
        words = list(group)
        if first:
            yield _Block(words[0].start, words[-1].end, _words(first))


def _words(first: str) -> tuple[str, ...]:
    return tuple(_MARKS.sub("", first.replace("-", " ")).split())
