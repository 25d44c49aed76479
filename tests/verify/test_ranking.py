"""Proposals in the order in which they fit where they stand."""

from __future__ import annotations

from pipeline.model.text import Finding, Proposal
from pipeline.verify.context import Context
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.ranking import best_of, fitting
from pipeline.verify.step import check
from pipeline.verify.tokens import pieces
from tests.verify.helpers import spoken

OPENING = "Courrier.\n"


def ordered(
    lexicon: FrenchLexicon, text: str, word: str, *offers: str, expected: frozenset[str] = frozenset()
) -> list[str]:
    """What is offered for ``word``, all of one likeness, as the place orders it."""
    words = list(pieces(text))
    place = next(i for i, piece in enumerate(words) if piece.text == word)
    context = Context(text, words, lexicon, expected)
    return [one.text for one in best_of(fitting([Proposal(o, 0.8) for o in offers], place, place, context), 3)]


def asked(lexicon: FrenchLexicon, text: str, unsure: frozenset[str]) -> list[Finding]:
    return list(check(spoken(OPENING + text, unsure=unsure), lexicon).findings)


def test_the_form_that_agrees_with_the_noun_before_comes_first(lexicon: FrenchLexicon) -> None:
    assert ordered(lexicon, "une sténose mitralle serrée", "mitralle", "mitral", "mitrale")[0] == "mitrale"


def test_the_number_that_the_determiner_asks_comes_first(lexicon: FrenchLexicon) -> None:
    assert ordered(lexicon, "une tigroïdite aiguë", "tigroïdite", "thyroïdites", "thyroïdite")[0] == "thyroïdite"


def test_a_drug_comes_first_before_a_dose(lexicon: FrenchLexicon) -> None:
    assert ordered(lexicon, "du ramiprile 5 mg le soir", "ramiprile", "rachis", "ramipril")[0] == "ramipril"


def test_a_term_that_goes_with_its_neighbour_comes_first(lexicon: FrenchLexicon) -> None:
    assert ordered(lexicon, "une turgessence jugulaire", "turgessence", "urgence", "turgescence")[0] == "turgescence"


def test_a_term_of_the_specialty_comes_first(lexicon: FrenchLexicon) -> None:
    mine = frozenset({"ascite"})
    assert ordered(lexicon, "pas d'acit ce jour", "acit", "acide", "ascite", expected=mine)[0] == "ascite"


def test_a_neighbour_that_was_badly_heard_is_asked_about_with_an_unknown_word(lexicon: FrenchLexicon) -> None:
    found = asked(lexicon, "Sténose de l'artère mais antéhique ce jour.", frozenset({"mais", "antéhique"}))
    assert any("mésentérique" in offer.text for one in found for offer in one.proposals)


def test_a_learned_word_is_not_given_up_for_a_term_that_sounds_like_it(lexicon: FrenchLexicon) -> None:
    found = asked(lexicon, "Par laparoscopie pôle inférieur.", frozenset({"laparoscopie", "pôle"}))
    offers = [(one.excerpt, offer.text) for one in found for offer in one.proposals if "laparoscopie" in one.excerpt]
    assert all("laparoscopie" in text for _, text in offers)


def test_words_already_asked_about_do_not_use_up_the_marks_of_badly_heard_ones(lexicon: FrenchLexicon) -> None:
    wrong = "hothoove hothaave hathoove"
    found = asked(lexicon, f"On note {wrong} avec des capitans.", frozenset({*wrong.split(), "capitans"}))
    assert "capitans" in {one.excerpt for one in found}


def test_a_fixed_expression_is_no_mangled_term(lexicon: FrenchLexicon) -> None:
    assert asked(lexicon, "La douleur augmente, à telle enseigne que le sommeil manque.", frozenset()) == []


def test_a_capital_after_a_full_stop_makes_no_name(lexicon: FrenchLexicon) -> None:
    found = check(spoken("Consultation pour dysphonie. Acophène et vertiges."), lexicon).findings
    assert "Acophène" in {one.excerpt for one in found}
