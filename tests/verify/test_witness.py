"""What the first hearing wrote, where the text has other words, as a second witness of the term that was said."""

from __future__ import annotations

import pytest

from pipeline.model.text import Finding, Token, Transcript, Word
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.step import check
from pipeline.verify.witness import Witness, both


def twice_heard(text: str, first: dict[str, str], probability: float = 0.9) -> Transcript:
    """``text`` with what the first hearing had instead of some of its words; those were heard with ``probability``."""
    words = [
        Word(one, n, n + 1, probability if one in first else 0.98, first.get(one, ""))
        for n, one in enumerate(text.split())
    ]
    tokens = tuple(
        Token(w.text, " " if n else "", w.text, "", w.probability, w.start, w.end) for n, w in enumerate(words)
    )
    return Transcript(tokens, tuple(words), duration=len(words), speech=len(words))


def instead(transcript: Transcript, excerpt: str) -> str:
    start = transcript.text.index(excerpt)
    return Witness(transcript).instead(start, start + len(excerpt))


def proposed(transcript: Transcript, excerpt: str, lexicon: FrenchLexicon) -> list[str]:
    found: list[Finding] = [one for one in check(transcript, lexicon).findings if excerpt in one.excerpt]
    return [proposal.text for one in found for proposal in one.proposals]


def test_a_word_that_both_hearings_have_is_no_other_witness() -> None:
    heard = twice_heard("une dyspnée depuis hier", {})
    assert instead(heard, "dyspnée") == ""
    assert instead(twice_heard("une dyspnée depuis hier", {"dyspnée": "Dyspnée."}), "dyspnée") == ""


def test_the_words_of_the_first_hearing_stand_where_it_differs() -> None:
    heard = twice_heard("elle décrit une disponible depuis hier", {"disponible": "dysponée"})
    assert instead(heard, "disponible") == "dysponée"
    assert instead(heard, "une disponible") == "une dysponée"
    assert instead(heard, "depuis") == ""


def test_a_figure_or_another_place_is_no_witness() -> None:
    assert instead(twice_heard("une dose de bisoprolol", {"bisoprolol": "10 mg"}), "bisoprolol") == ""
    assert instead(twice_heard("une dose de bisoprolol", {"bisoprolol": "cheval"}), "bisoprolol") == ""


def test_a_term_that_is_near_both_hearings_comes_first(lexicon: FrenchLexicon) -> None:
    alone = lexicon.propose("disponible effort", 6)
    assert alone[0].text != "dyspnée d'effort"
    assert both("disponible effort", "dyspnée des forts", alone, lexicon)[0].text == "dyspnée d'effort"
    assert both("disponible effort", "", alone, lexicon) == alone


@pytest.mark.parametrize(
    ("text", "word", "first"),
    [
        ("On retrouve une dysponible ce matin", "dysponible", "dyspnée"),
        ("Le bilan montre une fabricationne ce jour", "fabricationne", "fibrillation"),
    ],
)
def test_a_medical_word_that_the_first_hearing_wrote_is_proposed_first(
    lexicon: FrenchLexicon, text: str, word: str, first: str
) -> None:
    assert proposed(twice_heard(text, {}), word, lexicon)[0] != first
    assert proposed(twice_heard(text, {word: first}), word, lexicon)[0] == first


def test_the_text_stays_as_it_was_heard(lexicon: FrenchLexicon) -> None:
    heard = twice_heard("Elle décrit une disponible depuis hier", {"disponible": "dyspnée"}, 0.4)
    assert check(heard, lexicon).text == heard.text


def test_what_was_first_heard_keeps_its_article(lexicon: FrenchLexicon) -> None:
    assert both("d'efforts", "d'effort", (), lexicon)[0].text == "d'effort"
    heard = twice_heard("Elle décrit une disponible d'efforts depuis hier", {"d'efforts": "d'effort"})
    offered = [one.text for finding in check(heard, lexicon).findings for one in finding.proposals]
    assert not any(text.startswith(("effort", "disponible effort", "disponible fort")) for text in offered)
