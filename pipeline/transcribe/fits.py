"""How well the likely terms of a doubtful place fit its sound, as the speech model judges: nothing is written.

All terms of one place are put into the same few words around them, however many words each stands for, so that their
probabilities can be compared (`verify.meant`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.text import Fit, Word
from pipeline.transcribe.decoder import Question, WeighingSounds
from pipeline.transcribe.port import Candidate
from pipeline.transcribe.weighing import AFTER, BEFORE, shaped

AROUND = 1
"""Words of the sentence on either side that a term must fit too."""
_BEFORE = re.compile(r"^[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Places:
    """The words of one piece of sound, and for each of its doubtful places the terms that may be meant."""

    words: tuple[Word, ...]
    terms: Sequence[Sequence[Candidate]]


def fits(pieces: Sequence[Places], sounds: WeighingSounds) -> list[tuple[Fit, ...]]:
    """For each piece how well its terms fit; seconds of the piece."""
    asked = [(number, terms) for number, piece in enumerate(pieces) for terms in piece.terms if terms]
    answers = sounds.weigh([_question(number, pieces[number].words, terms) for number, terms in asked])
    found: list[list[Fit]] = [[] for _ in pieces]
    for (number, terms), (heard, *others) in zip(asked, answers, strict=True):
        words = pieces[number].words
        found[number] += (
            Fit(words[one.first].start, words[one.last - 1].end, _bare(one.text), round(weight - heard, 2))
            for one, weight in zip(terms, others, strict=True)
        )
    return [tuple(some) for some in found]


def _question(number: int, words: Sequence[Word], terms: Sequence[Candidate]) -> Question:
    start = max(0, min(one.first for one in terms) - AROUND)
    end = min(len(words), max(one.last for one in terms) + AROUND)
    heard = [word.text for word in words]
    texts = ([*heard[start : one.first], shaped(one, words), *heard[one.last : end]] for one in terms)
    return Question(
        number,
        max(0.0, words[start].start - BEFORE),
        words[end - 1].end + AFTER,
        (" ".join(heard[start:end]), *map(" ".join, texts)),
    )


def _bare(text: str) -> str:
    """``text`` without the mark or figure that the engine wrote into its first word: "2.rectorragie"."""
    return _BEFORE.sub("", text)
