"""Words that all exist, written where a term was said: what is asked about, why, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model.text import Finding, FindingKind
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.step import check
from pipeline.verify.why import why
from tests.verify.helpers import spoken

SECOND = Path(__file__).parent / "clean" / "second"
OPENING = "Courrier au confrère.\n"


def asked(lexicon: FrenchLexicon, text: str, excerpt: str) -> Finding:
    findings = check(spoken(OPENING + text), lexicon).findings
    return next(one for one in findings if one.excerpt == excerpt)


@pytest.mark.parametrize(
    ("text", "excerpt", "right"),
    [
        ("Pose d'un instinctif sur l'IVA.", "instinctif", "stent actif"),
        ("Il prend de la pixaban matin et soir.", "la pixaban", "l'apixaban"),
        ("Traitement : bisoprolol, à pique sabant.", "à pique sabant", "apixaban"),
        ("Elle signale une disponer des forts.", "disponer des forts", "dyspnée d'effort"),
        ("Une polype hectomie a été faite.", "polype hectomie", "polypectomie"),
        ("La colosse copie est normale.", "colosse copie", "coloscopie"),
        ("Suites : à telle pendant six semaines.", "à telle", "attelle"),
        ("Opérée d'une factures du col fémoral.", "factures du col fémoral", "fracture du col fémoral"),
        ("La qu'inésité happy est poursuivie.", "qu'inésité happy", "kinésithérapie"),
        ("Le bilan montre une raid mission complète.", "raid mission", "rémission"),
        ("Les chographies est normale.", "Les chographies", "L'échographie"),
        ("Indication : en torse du genou.", "en torse", "entorse"),
        ("Lésion de la corne en terreur du ménisque.", "corne en terreur", "corne antérieure"),
        ("Elle est à symptomatique depuis six mois.", "à symptomatique", "asymptomatique"),
        ("Pose d'une son de nasogastrique en salle.", "son de nasogastrique", "sonde nasogastrique"),
        ("Créatine ennemi à surveiller.", "Créatine ennemi", "Créatininémie"),
        ("Motif : pied l'on est frite obstructive.", "pied l'on est frite obstructive", "pyélonéphrite obstructive"),
        ("Elle dort assise, sans orthopné.", "orthopné", "orthopnée"),
        ("Elle présente une dyspnée des forts.", "dyspnée des forts", "dyspnée d'effort"),
        ("La protéine c'est réactive est à 12.", "protéine c'est réactive", "protéine C réactive"),
        ("Uroculture : Escherichia colis sensible.", "Escherichia colis", "Escherichia coli"),
    ],
)
def test_real_words_that_sound_like_a_term_are_asked_about_with_the_right_one_first(
    lexicon: FrenchLexicon, text: str, excerpt: str, right: str
) -> None:
    assert asked(lexicon, text, excerpt).proposals[0].text == right


def test_the_question_says_why_a_word_surprises(lexicon: FrenchLexicon) -> None:
    finding = asked(lexicon, "Pose d'un instinctif sur l'IVA.", "instinctif")
    assert finding.kind is FindingKind.LIKELY_MISHEARD
    assert finding.message == (
        "« instinctif » surprend ici : « stent actif » en est proche et va avec « Pose »"
        " et un dispositif est attendu ici"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Son comportement instinctif est noté.",
        "Atteinte des trois zones du visage.",
        "Il marche en traînant la jambe droite.",
        "L'index de masse corporelle est à 31.",
        "Les factures de la clinique sont réglées.",
        "L'examen neurologique est normal et l'abdomen est souple.",
        "Auscultation cardiaque et pulmonaire normale.",
        "Il est porteur d'une valve mécanique, en dehors de toute fièvre.",
        "Ablation des fils et contrôle du plâtre.",
        "Il ne dit pas avoir perdu connaissance.",
        "Douleurs des épaules et de la nuque.",
        "Douleur en regard de la cicatrice, prothèse à double mobilité, retour à domicile.",
    ],
)
def test_words_that_fit_are_left_alone(lexicon: FrenchLexicon, text: str) -> None:
    assert check(spoken(OPENING + text), lexicon).findings == ()


def test_a_rare_word_that_was_hardly_heard_is_marked_with_the_terms_near_it(lexicon: FrenchLexicon) -> None:
    transcript = spoken("On entend des capitans diffus.", unsure=frozenset({"capitans"}))
    (finding,) = check(transcript, lexicon).findings
    assert finding.kind is FindingKind.LOW_CONFIDENCE
    assert "crépitants" in [one.text for one in finding.proposals]


def test_fresh_right_texts_give_at_most_three_alarms_with_proposals_per_thousand_words(lexicon: FrenchLexicon) -> None:
    texts = [path.read_text(encoding="utf-8").strip() for path in sorted(SECOND.glob("*.txt"))]
    findings = [one for text in texts for one in check(spoken(text), lexicon).findings]
    words = sum(len(text.split()) for text in texts)
    assert words > 3500
    assert 1000 * sum(bool(one.proposals) for one in findings) / words <= 3, [one.excerpt for one in findings]
    assert 1000 * len(findings) / words <= 6


_WORDS = [
    "normale",
    "pulmonaire",
    "hypo",
    "thyroïdie",
    "la",
    "est",
    "et",
    "douleur",
    "instinctif",
    "telle",
    "à",
    "pose d'un",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from([*_WORDS, "régénérative", "ictérique", "de", "critique", "tension"]), max_size=9))
def test_no_proposal_turns_a_meaning_by_its_beginning_unless_it_says_so(
    lexicon: FrenchLexicon, words: list[str]
) -> None:
    flips = {"anormale", "anormal", "arégénérative", "anictérique", "hypotension", "hypertension"}
    for finding in check(spoken(OPENING + " ".join(words)), lexicon).findings:
        for one in finding.proposals:
            flipped = one.text.lower() in flips and finding.excerpt.lower().split()[-1] in one.text.lower()
            assert not flipped or "sens opposé" in one.source or finding.excerpt.lower().startswith(("hypo", "à"))


def test_a_beginning_that_was_heard_as_two_small_words_is_offered_as_an_opposite(lexicon: FrenchLexicon) -> None:
    found = check(spoken(OPENING + "une anémie est à régénérative"), lexicon).findings
    offered = [one for finding in found for one in finding.proposals if one.text == "arégénérative"]
    assert all("sens opposé" in one.source for one in offered)


def test_the_lexicon_knows_what_is_frequent_medical_and_said_together(lexicon: FrenchLexicon) -> None:
    assert lexicon.frequency("patient") > 4 > lexicon.frequency("instinctif") > 0 == lexicon.frequency("zorblax")
    assert lexicon.is_medical("sténoses") and not lexicon.is_medical("instinctif")
    assert lexicon.together("fractures", "col") and not lexicon.together("facture", "col")
    assert "murmure vésiculaire" in [one.text for one in lexicon.phrases("vésiculaires")]
    assert lexicon.same_sound("à pique sabant") == ("apixaban",)


def test_why_says_that_a_known_word_may_surprise(lexicon: FrenchLexicon) -> None:
    assert why("instinctif", lexicon, ()).surprising
    assert not why("dyspnée", lexicon, ()).surprising


def test_the_beginning_dés_is_heard_as_an_article(lexicon: FrenchLexicon) -> None:
    found = check(spoken("Conduite à tenir : des obstructions rhinopharyngées."), lexicon).findings
    assert [(one.excerpt, one.proposals[0].text) for one in found] == [
        ("des obstructions rhinopharyngées", "désobstruction rhinopharyngée")
    ]
    assert check(spoken("Le scanner montre des obstructions bronchiques."), lexicon).findings == ()
