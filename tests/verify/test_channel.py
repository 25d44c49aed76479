"""What was meant where words are in doubt, in one measure: what it costs to say a term and to hear it so."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model.text import Finding, FindingKind, Fit
from pipeline.verify.channel import term_cost, word_cost
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.likely import likely_terms
from pipeline.verify.step import check
from pipeline.verify.taught import TaughtLexicon
from tests.verify.helpers import spoken


def asked(text: str, lexicon: FrenchLexicon, *unsure: str) -> dict[str, list[str]]:
    found = check(spoken(text, unsure=frozenset(unsure)), lexicon).findings
    return {one.excerpt: [proposal.text for proposal in one.proposals] for one in found}


def test_what_everybody_says_costs_less_than_a_rarity_and_what_no_list_has_costs_most(lexicon: FrenchLexicon) -> None:
    usual, rare, unknown = (word_cost(word, lexicon) for word in ("patient", "moustache", "hétéhoïdeux"))
    assert usual < rare < unknown


def test_a_listed_term_of_several_words_costs_less_than_its_words(lexicon: FrenchLexicon) -> None:
    term = "débit de filtration glomérulaire"
    assert term_cost(term, "", lexicon) < sum(word_cost(word, lexicon) for word in term.split())


@pytest.mark.parametrize(
    ("text", "unsure", "excerpt", "first"),
    [
        ("Extrémités chaudes, poupées dieux perçus.", ("poupées", "dieux"), "poupées dieux", "pouls pédieux"),
        (
            "Le débile de filtration glomérulère est normal.",
            (),
            "débile de filtration glomérulère",
            "débit de filtration",
        ),
        ("Une rétention égudurine dans la nuit.", ("égudurine",), "rétention égudurine", "rétention aiguë d'urine"),
        ("Le bilan montre une fabricationne auriculaire.", (), "fabricationne", "fibrillation"),
    ],
)
def test_a_place_that_is_a_part_of_a_term_is_asked_about_as_a_whole(
    text: str, unsure: tuple[str, ...], excerpt: str, first: str, lexicon: FrenchLexicon
) -> None:
    found = asked(text, lexicon, *unsure)
    assert excerpt in found and found[excerpt][0].startswith(first), found


def test_of_two_terms_that_are_near_the_one_that_fits_the_sound_comes_first(lexicon: FrenchLexicon) -> None:
    heard = spoken("Biologie : calémie ce matin.")
    first, second, *_ = (one.text for one in check(heard, lexicon).findings[0].proposals)
    fits = (Fit(2.0, 2.9, second, -1.0), Fit(2.0, 2.9, first, -26.0))
    found = check(replace(heard, fits=fits), lexicon).findings[0].proposals
    assert {first, second} == {"calcémie", "kaliémie"} and found[0].text == second


def test_a_fit_of_other_seconds_says_nothing(lexicon: FrenchLexicon) -> None:
    heard = spoken("Biologie : calémie ce matin.")
    proposals = check(heard, lexicon).findings[0].proposals
    fits = tuple(Fit(0.0, 0.9, one.text, -20.0 * n) for n, one in enumerate(reversed(proposals)))
    assert check(replace(heard, fits=fits), lexicon).findings[0].proposals == proposals


def test_two_analyses_that_sound_alike_are_both_offered(lexicon: FrenchLexicon) -> None:
    offered = next(iter(asked("Biologie : calémie normale.", lexicon).values()))
    assert any("calcémie" in one for one in offered) and any("kaliémie" in one for one in offered)


def test_a_word_that_sounds_exactly_so_comes_first(lexicon: FrenchLexicon) -> None:
    assert asked("Une syndactilie des orteils.", lexicon)["syndactilie"][0] == "syndactylie"


def test_no_article_is_lost_with_a_term_that_was_misheard(lexicon: FrenchLexicon) -> None:
    assert asked("Pose d'un drain thorasique.", lexicon)["drain thorasique"] == ["drain thoracique"]


def test_no_term_takes_a_word_that_was_surely_heard_beside_it(lexicon: FrenchLexicon) -> None:
    assert list(asked("Elle a une hypo thyroïdie substituée.", lexicon)) == ["hypo thyroïdie"]
    assert list(asked("Une anomalie carottidienne connue.", lexicon)) == ["carottidienne"]


def test_no_word_that_nobody_said_comes_first(lexicon: FrenchLexicon) -> None:
    first = next(iter(asked("La filtration glomérulère est normale.", lexicon).values()))[0]
    assert "débit" not in first and "glomérulaire" in first


def test_two_errors_side_by_side_are_two_questions(lexicon: FrenchLexicon) -> None:
    found = asked("Une steatose et des hypotiroidies.", lexicon)
    assert list(found) == ["steatose", "hypotiroidies"]


def test_a_word_that_was_surely_heard_is_not_drawn_into_a_question(lexicon: FrenchLexicon) -> None:
    assert list(asked("Arrêt du s'acubitrier hier.", lexicon)) == ["s'acubitrier"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Association dorzolamide timolol matin et soir.", "dorzolamide"),
        ("Fracture du condyle fémoral latéral.", "condyle"),
    ],
)
def test_a_medical_word_that_was_hardly_heard_is_not_replaced_by_its_neighbour_in_a_list(
    text: str, word: str, lexicon: FrenchLexicon
) -> None:
    offered = [one for texts in asked(text, lexicon, word).values() for one in texts]
    assert not offered


def test_what_the_practice_rejected_does_not_come_back_with_other_words_around_it(lexicon: FrenchLexicon) -> None:
    text = "Le bilan montre une fabricationne auriculaire."
    taught = TaughtLexicon(lexicon, frozenset({("fabricationne", "fibrillation")}))
    offered = [one.text for finding in check(spoken(text), taught).findings for one in finding.proposals]
    assert "fibrillation" not in offered


def test_a_term_written_by_its_sound_stays_the_first_to_confirm_after_an_article(lexicon: FrenchLexicon) -> None:
    (finding,) = check(spoken("Sous mettonidazole."), lexicon).findings
    assert finding.kind is FindingKind.LIKELY_MISHEARD and finding.proposals[0].text == "métronidazole"


def test_the_terms_likely_meant_in_a_first_hearing_are_found_between_its_spoken_marks(lexicon: FrenchLexicon) -> None:
    heard = "sous mettonidazole virgule hémocultur négative point"
    found = likely_terms(heard, lexicon, frozenset(), 2, frozenset({"virgule", "point"}))
    terms = [term for place in found for term in place]
    assert {"métronidazole", "hémoculture"} <= set(terms)
    assert not any("virgule" in term or "point" in term for term in terms)


def test_no_everyday_word_is_hinted_for_it_may_be_a_name(lexicon: FrenchLexicon) -> None:
    heard = "patiente de se l'ange marchant n'éleent le 12 avril 1954 pour une fibrilation auriculaire"
    terms = [term for place in likely_terms(heard, lexicon, frozenset(), 2) for term in place]
    assert "fibrillation auriculaire" in terms and not {"marchand", "marchant"} & set(terms)


def test_nothing_is_hinted_for_the_name_before_a_birth(lexicon: FrenchLexicon) -> None:
    heard = "patiente de se l'ange marchant n'éleent le 12 avril 1954 pour une fibrilation auriculaire"
    terms = [term for place in likely_terms(heard, lexicon, frozenset(), 2) for term in place]
    assert terms[0] == "fibrillation auriculaire" and not any("march" in term or "élém" in term for term in terms)


def test_no_proposal_keeps_half_of_what_was_misheard(lexicon: FrenchLexicon) -> None:
    offered = [one for texts in asked("Elle a une dyspné d'effor.", lexicon).values() for one in texts]
    assert offered[0] == "dyspnée d'effort" and not any(one.endswith("d'effor") for one in offered)


def test_no_proposal_stands_behind_an_article_that_it_would_elide(lexicon: FrenchLexicon) -> None:
    offered = [one for texts in asked("Elle prend de la pixaban le soir.", lexicon).values() for one in texts]
    assert offered[0] == "l'apixaban" and not any("la a" in one or one.startswith("apixaban") for one in offered)


_WORDS = ["pied", "l'on", "est", "frite", "obstructive,", "mettre", "fourmin", "et", "moustache", "du", "la", "pixaban",
          "5", "mg", "sans", "gauche", "débile", "de", "filtration", "glomérulère", "hypo", "thyroïdie."]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=14), st.sets(st.sampled_from(_WORDS), max_size=6))
def test_the_text_stays_and_no_two_questions_share_a_letter(
    lexicon: FrenchLexicon, words: list[str], unsure: set[str]
) -> None:
    transcript = spoken(" ".join(words), unsure=frozenset(unsure))
    checked = check(transcript, lexicon)
    assert checked.text == transcript.text
    found: list[Finding] = sorted(checked.findings, key=lambda one: one.start)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(checked.text[one.start : one.end] == one.excerpt for one in found)
    assert "fourmin" not in words or any("fourmin" in one.excerpt for one in found)
