"""Words that exist and that the engine hardly heard: the least sure of them are marked, with the terms near them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.model.text import Finding, FindingKind, Proposal, Transcript
from pipeline.verify.kin import same_family
from pipeline.verify.places import Heard, Places
from pipeline.verify.port import OPPOSITE, Lexicon
from pipeline.verify.spelling import squash
from pipeline.verify.tokens import Piece

UNSURE = 0.35
"""A medical word whose probability is lower is marked; probability is a weak sign, so only few are."""
UNSURE_PLAIN = 0.6
"""The same for a word that no nomenclature has: on own dictations two of three of these are wrong."""
UNSURE_RARE = 0.75
RARE_WORD = 4.0
"""Zipf value (ten in a million words) under which such a word is rare."""
UNSURE_LETTERS = 4
UNSURE_SHARE = 0.04
"""At most this share of the words (and at least two) are marked for low confidence."""
NEAR = 0.66
"""Likeness of a term that is shown for a word that was hardly heard."""


def unsure_words(
    transcript: Transcript, words: Sequence[Piece], names: Collection[int], places: Places, lexicon: Lexicon
) -> list[Finding]:
    doubtful = [
        (heard.probability, word)
        for i, word in enumerate(words)
        if i not in names and _hardly_heard(word, heard := places.heard(word.start, word.end), lexicon)
    ]
    doubtful.sort(key=lambda pair: pair[0])
    most = max(2, round(len(words) * UNSURE_SHARE))
    return [
        Finding(
            FindingKind.LOW_CONFIDENCE,
            word.start,
            word.end,
            transcript.text[word.start : word.end],
            _instead(word.text, lexicon),
            round(1 - probability, 4),
            "mot mal entendu : écoutez",
            audio_start=places.said(word.start, word.end)[0],
            audio_end=places.said(word.start, word.end)[1],
        )
        for probability, word in doubtful[:most]
    ]


def _hardly_heard(word: Piece, heard: Heard, lexicon: Lexicon) -> bool:
    """A medical word that exists is rarely made up; another one more often, and a rare one most."""
    if len(word.text) < UNSURE_LETTERS:
        return False
    if lexicon.is_medical(word.text):
        return heard.probability < UNSURE
    rare = lexicon.frequency(word.text) < RARE_WORD
    return heard.probability < (UNSURE_RARE if rare else UNSURE_PLAIN) or (rare and heard.differing)


def _instead(word: str, lexicon: Lexicon) -> tuple[Proposal, ...]:
    """The medical terms near a word that is none and was hardly heard; none for a medical word."""
    if lexicon.is_medical(word):
        return ()
    near = (one for one in lexicon.propose(word, 6) if one.score >= NEAR and OPPOSITE not in one.source)
    medical = (one for one in near if lexicon.is_medical(one.text))
    return tuple(one for one in medical if not same_family(squash(word), squash(one.text)))[:3]
