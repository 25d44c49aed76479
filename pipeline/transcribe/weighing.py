"""Terms weighed by their sound: which of the practice's words fits a doubtful stretch, as the speech model judges.

A model writes the likeliest spelling of what it heard, and often has never seen the term. So each term that sounds
alike is put into its sentence, and the model tells how probable that text is over those seconds: "glomérulaire" is
hardly less probable than "glomérulère", and only one of them is in a list. A term is taken where the words heard are in
none, it sounds nearly the same, fits nearly as well, and no negation, side, number or unit goes with them; every other
one is only offered. What was heard is kept in ``first``.

The limits were chosen on thirteen own dictations with Whisper base; gains are differences of natural log probability.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.model.text import Weighed, Word
from pipeline.transcribe.decoder import Question, WeighingSounds
from pipeline.transcribe.port import Candidate

AROUND = 3
"""Words of the sentence on either side that are weighed with a term: it must fit them too."""
BEFORE, AFTER = 0.3, 0.5
"""Seconds of sound around these words: times are accurate to a few tenths."""
OTHER_NUMBER = 3.0
"""What a term loses for an ending in s or x that the words heard have not, or the other way round: it is silent, and
the model prefers what is frequent."""
UNLIKE = 20.0
"""What a term loses for sounding otherwise: the model forgives a wrong letter more easily than a reader does."""
ALIKE = 0.85
"""Likeness from which a term may be written."""
WRITTEN = -5.0
"""Score from which it is, where the words heard are in no list."""
BETTER = 0.5
"""Gain from which a term is offered where the words heard are in a list; it is never written there."""
OFFERED = -12.0
"""Score from which a term is worth a look where they are in none."""
MOST = 3
"""Terms of one place."""
_MARK = re.compile(r"[.,;:?!…]+$")


@dataclass(frozen=True, slots=True)
class Told:
    """The words heard in one piece of sound, and the terms that may be meant by some of them."""

    words: tuple[Word, ...]
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class _Choice:
    candidate: Candidate
    gain: float
    other_number: bool

    @property
    def score(self) -> float:
        return self.gain + UNLIKE * (self.candidate.likeness - 1) - OTHER_NUMBER * self.other_number

    @property
    def is_written(self) -> bool:
        kept = not (self.candidate.listed or self.candidate.drops)
        return kept and self.candidate.likeness >= ALIKE and self.score >= WRITTEN

    @property
    def is_offered(self) -> bool:
        return self.gain >= BETTER if self.candidate.listed else self.score >= OFFERED


def weigh(pieces: Sequence[Told], sounds: WeighingSounds) -> list[tuple[tuple[Word, ...], tuple[Weighed, ...]]]:
    """The words of each piece, some of them now terms, and its places with their terms (seconds of the piece)."""
    asked = [(number, place) for number, piece in enumerate(pieces) for place in _places(piece)]
    answers = sounds.weigh([_question(pieces[number], number, place) for number, place in asked])
    found: list[list[list[_Choice]]] = [[] for _ in pieces]
    for (number, place), (heard, *others) in zip(asked, answers, strict=True):
        plural = _is_plural(pieces[number].words[place[0].last - 1].text)
        choices = [
            _Choice(one, weight - heard, _is_plural(one.text) != plural)
            for one, weight in zip(place, others, strict=True)
        ]
        choices = sorted((one for one in choices if one.is_offered), key=lambda one: -one.score)
        if choices:
            found[number].append(choices[:MOST])
    return [_settled(piece.words, places) for piece, places in zip(pieces, found, strict=True)]


def _is_plural(text: str) -> bool:
    return _MARK.sub("", text).endswith(("s", "x"))


def _places(piece: Told) -> list[list[Candidate]]:
    ordered = sorted(piece.candidates, key=lambda one: (one.first, one.last))
    return [list(group) for _, group in groupby(ordered, key=lambda one: (one.first, one.last))]


def _question(piece: Told, number: int, place: Sequence[Candidate]) -> Question:
    words, first, last = piece.words, place[0].first, place[0].last
    start, end = max(0, first - AROUND), min(len(words), last + AROUND)
    texts = ([word.text for word in words[first:last]], *([shaped(one, words)] for one in place))
    before, after = ([word.text for word in some] for some in (words[start:first], words[last:end]))
    return Question(
        number,
        max(0.0, words[start].start - BEFORE),
        words[end - 1].end + AFTER,
        tuple(" ".join([*before, *text, *after]) for text in texts),
    )


def shaped(candidate: Candidate, words: Sequence[Word]) -> str:
    """The term as it stands in the sentence: with the capital and the mark of the words that it would replace."""
    text = candidate.text
    if words[candidate.first].text[:1].isupper():
        text = text[:1].upper() + text[1:]
    mark = _MARK.search(words[candidate.last - 1].text)
    return text + (mark[0] if mark else "")


def _settled(words: tuple[Word, ...], places: Sequence[list[_Choice]]) -> tuple[tuple[Word, ...], tuple[Weighed, ...]]:
    """The best places that do not touch each other; those whose term is written change the words."""
    free = [True] * len(words)
    settled: list[tuple[int, list[_Choice]]] = []
    for choices in sorted(places, key=lambda some: -some[0].score):
        best = choices[0].candidate
        if all(free[best.first : best.last]):
            free[best.first : best.last] = [False] * (best.last - best.first)
            settled.append((best.first, choices))
    made, reached, weighed = list[Word](), 0, list[Weighed]()
    for first, choices in sorted(settled, key=lambda one: one[0]):
        taken, last = choices[0], choices[0].candidate.last
        said = words[first:last]
        made += words[reached:first]
        made += _written(taken.candidate, said, words) if taken.is_written else said
        heard = " ".join(word.text for word in said)
        terms = tuple(one.candidate.text for one in choices)
        weighed.append(Weighed(said[0].start, said[-1].end, heard, terms, taken.is_written))
        reached = last
    return (*made, *words[reached:]), tuple(weighed)


def _written(candidate: Candidate, said: Sequence[Word], words: Sequence[Word]) -> list[Word]:
    """The words of the term, their times shared out by letters; what was heard stays with each."""
    parts = shaped(candidate, words).split()
    heard = " ".join(word.text for word in said)
    start, length = said[0].start, said[-1].end - said[0].start
    sure = sum(word.probability for word in said) / len(said)
    letters, reached = sum(map(len, parts)), 0
    made: list[Word] = []
    for part in parts:
        begin = start + length * reached / letters
        reached += len(part)
        made.append(
            replace(
                said[0], text=part, start=begin, end=start + length * reached / letters, probability=sure, first=heard
            )
        )
    return made
