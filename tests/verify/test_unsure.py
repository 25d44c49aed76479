"""Words that exist and were hardly heard: which are asked about, and what is proposed for them."""

from __future__ import annotations

import pytest

from pipeline.model.text import Finding, FindingKind, Token, Transcript, Word
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.step import check


def hardly_heard(text: str, word: str, lexicon: FrenchLexicon, probability: float = 0.4) -> list[Finding]:
    """The findings of ``text``, in which only ``word`` was heard badly."""
    words = [Word(one, n, n + 1, probability if one == word else 0.98) for n, one in enumerate(text.split())]
    tokens = tuple(
        Token(w.text, " " if n else "", w.text, "", w.probability, w.start, w.end) for n, w in enumerate(words)
    )
    transcript = Transcript(tokens, tuple(words), duration=len(words), speech=len(words))
    return [one for one in check(transcript, lexicon).findings if one.kind is FindingKind.LOW_CONFIDENCE]


LETTER = (
    "Bonjour , je revois votre patiente sans fièvre ce matin avec la famille réunie au cabinet confrère cordialement"
)


@pytest.mark.parametrize("word", ["votre", "confrère", "cordialement"])
def test_what_every_letter_says_is_not_asked_about(lexicon: FrenchLexicon, word: str) -> None:
    assert hardly_heard(LETTER, word, lexicon) == []


@pytest.mark.parametrize("word", ["sans", "famille"])
def test_a_word_that_could_turn_the_meaning_is(lexicon: FrenchLexicon, word: str) -> None:
    assert [one.excerpt for one in hardly_heard(LETTER, word, lexicon)] == [word]


def test_what_everybody_says_is_no_proposal_for_it(lexicon: FrenchLexicon) -> None:
    for word in LETTER.split():
        proposed = [one.text for found in hardly_heard(LETTER, word, lexicon) for one in found.proposals]
        assert not {"chez", "contraire", "chef"} & {text.lower() for text in proposed}


def test_a_right_medical_word_is_not_exchanged_for_its_neighbour_in_the_nomenclature(lexicon: FrenchLexicon) -> None:
    text = "L'électrocardiogramme est normal ce jour et la patiente va bien"
    words = [Word(one, n, n + 1, 0.6 if n == 0 else 0.98) for n, one in enumerate(text.split())]
    tokens = tuple(
        Token(w.text, " " if n else "", w.text, "", w.probability, w.start, w.end) for n, w in enumerate(words)
    )
    found = check(Transcript(tokens, tuple(words), duration=12, speech=12), lexicon).findings
    assert not any("électrorétinogramme" in proposal.text for one in found for proposal in one.proposals)
