"""Words that exist and that the engine hardly heard: the least sure of them are marked, with the terms near them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model.text import Finding, FindingKind, Proposal, Transcript
from pipeline.verify.kin import same_family
from pipeline.verify.places import Heard, Places
from pipeline.verify.port import OPPOSITE, Lexicon
from pipeline.verify.spelling import squash
from pipeline.verify.tokens import Piece

UNSURE = 0.3
"""A rare medical word whose probability is lower is marked: it is hardly ever made up, whatever its probability."""
UNSURE_COMMON = 0.6
"""The same for a medical word in general use: on own dictations two of five of these are wrong."""
UNSURE_PLAIN = 0.75
"""The same for a word that no nomenclature has: about half are wrong."""
UNSURE_RARE = 0.85
"""The same for such a word that is rare: two of three are wrong."""
RARE_WORD = 4.0
"""Zipf value (ten in a million words) under which a word is rare."""
UNSURE_LETTERS = 4
UNSURE_SHARE = 0.06
"""At most this share of the words (and at least two) are marked for low confidence."""
LITTLE = frozenset({"votre", "notre", "leur", "leurs", "cette", "elle", "elles", "nous", "vous"})
"""Words by which nothing is lost when they are misheard; "sans", "avec" and "deux" are none of them."""
NEAR = 0.66
"""Likeness of a term that is shown for a word that was hardly heard."""


def unsure_words(
    transcript: Transcript, words: Sequence[Piece], free: Sequence[bool], places: Places, lexicon: Lexicon
) -> list[Finding]:
    """The ``free`` words that were heard worst for their kind, at most a share of all (`UNSURE_SHARE`)."""
    doubtful = [
        (heard.probability / enough, word, heard)
        for i, word in enumerate(words)
        if free[i]
        and (len(word.text) >= UNSURE_LETTERS or _is_acronym(word.text))
        and word.text.lower() not in LITTLE
        and (heard := places.heard(word.start, word.end)).probability < (enough := _enough(word, heard, lexicon))
    ]
    doubtful.sort(key=lambda one: one[0])
    most = max(2, round(len(words) * UNSURE_SHARE))
    return [_marked(transcript.text, word, heard, places, lexicon) for _, word, heard in doubtful[:most]]


def _marked(text: str, word: Piece, heard: Heard, places: Places, lexicon: Lexicon) -> Finding:
    return Finding(
        FindingKind.LOW_CONFIDENCE,
        word.start,
        word.end,
        text[word.start : word.end],
        _instead(word.text, lexicon),
        round(1 - heard.probability, 4),
        "mot mal entendu : écoutez",
        *places.said(word.start, word.end),
    )


def _is_acronym(text: str) -> bool:
    """Three capitals or more: letters that were spelled, or a word that the ear took for some ("NIA" for "NYHA")."""
    return len(text) > 2 and text.isupper()


def _enough(word: Piece, heard: Heard, lexicon: Lexicon) -> float:
    """The probability from which ``word`` is trusted."""
    rare = lexicon.frequency(word.text) < RARE_WORD
    if "document" in lexicon.classes(word.text):
        return UNSURE  # "confrère", "cordialement": every letter says them
    if lexicon.is_medical(word.text):
        return UNSURE if rare else UNSURE_COMMON
    if rare:
        return 1.0 if heard.differing else UNSURE_RARE
    return UNSURE_PLAIN


def _instead(word: str, lexicon: Lexicon) -> tuple[Proposal, ...]:
    """The rare medical terms near a word that is none and was hardly heard; none for a medical word.

    What everybody says ("chez" for "cher") is written right or lost in the sound: it is no proposal.
    """
    if lexicon.is_medical(word):
        return ()
    near = (one for one in lexicon.propose(word, 6) if one.score >= NEAR and OPPOSITE not in one.source)
    medical = (one for one in near if lexicon.is_medical(one.text) and lexicon.frequency(one.text) < RARE_WORD)
    return tuple(one for one in medical if not same_family(squash(word), squash(one.text)))[:3]
