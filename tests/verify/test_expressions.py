"""Expressions of every day that are heard as other real words, and proposals in both numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model.text import Finding, FindingKind, Proposal, Transcript, Weighed, Word
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.other_number import with_other_number
from pipeline.verify.step import check
from pipeline.verify.turning import turns
from tests.verify.helpers import scanned, spoken


def asked(lexicon: FrenchLexicon, transcript: Transcript) -> dict[str, list[str]]:
    return {one.excerpt: [proposal.text for proposal in one.proposals] for one in check(transcript, lexicon).findings}


@pytest.mark.parametrize(
    ("text", "heard", "meant"),
    [
        (
            "Le débile de filtration glomérulaire est normal.",
            "débile de filtration glomérulaire",
            "débit de filtration ",
        ),
        ("Venir à jeune depuis minuit.", "à jeune", "à jeun"),
        ("Reprise de l'appuie complet immédiat.", "appuie complet", "appui complet"),
        ("Sous anesthésie général, le malade dort.", "anesthésie général", "anesthésie générale"),
        ("Il existe un hyper calcémie modérée.", "hyper calcémie", "hypercalcémie"),
        ("Fonds d'œil annuel chez l'ophtalmologue.", "Fonds d'œil", "Fond d'œil"),
        ("Pose d'une sonde double g à gauche.", "sonde double g", "sonde double J"),
    ],
)
def test_an_expression_heard_as_other_real_words_is_asked_about(
    lexicon: FrenchLexicon, text: str, heard: str, meant: str
) -> None:
    found = asked(lexicon, spoken(text))
    assert heard in found and found[heard][0].startswith(meant)


@pytest.mark.parametrize(
    "text",
    [
        "Le débit de filtration glomérulaire est normal.",
        "Venir à jeun depuis minuit. Une jeune patiente est venue. Le jeune patient appuie complètement le pied.",
        "Reprise de l'appui complet immédiat.",
        "Fond d'œil normal. La sonde double J est en place. Les fonds sont débloqués. Il suit des cours de natation.",
        "Il a des expectorations purulentes.",
        "Sous anesthésie générale, le malade dort. Douleur abdominale et douleurs abdominales.",
        "Absence d'engainement périnerveux. La filtration glomérulaire est conservée. Fibrillation auriculaire.",
    ],
)
def test_the_same_expressions_written_right_are_no_question(lexicon: FrenchLexicon, text: str) -> None:
    assert asked(lexicon, spoken(text)) == {}


def test_a_listed_expression_is_not_ousted_by_what_sounds_like_the_first_hearing(lexicon: FrenchLexicon) -> None:
    heard = spoken("Traité pour une fabrication auriculaire ancienne.", unsure=frozenset({"fabrication"}))
    words = tuple(
        Word(one.text, one.start or 0.0, one.end or 0.0, one.probability, "figuration" * (one.text == "fabrication"))
        for one in heard.tokens
    )
    found = asked(lexicon, replace(heard, words=words))
    assert found["fabrication auriculaire"][0] == "fibrillation auriculaire"


def test_letters_that_were_hardly_heard_are_asked_about(lexicon: FrenchLexicon) -> None:
    found = asked(lexicon, spoken("Dyspnée de stade 2 de la NIA, sans orthopnée.", unsure=frozenset({"NIA"})))
    assert found["NIA"][0] == "NYHA"
    assert "NIA" not in asked(lexicon, spoken("Dyspnée de stade 2 de la NIA, sans orthopnée."))


def test_an_abbreviation_that_only_the_first_hearing_had_is_offered_alone(lexicon: FrenchLexicon) -> None:
    heard = spoken("\nMicroalbuminurie négative, THH à 2,1.", unsure=frozenset({"négative", "THH"}))
    words = tuple(
        Word(one.text, one.start or 0.0, one.end or 0.0, one.probability, "TSH" * (one.text == "THH"))
        for one in heard.tokens
    )
    assert asked(lexicon, replace(heard, words=words))["THH"][0] == "TSH"


def test_half_a_listed_expression_that_was_hardly_heard_is_asked_about(lexicon: FrenchLexicon) -> None:
    heard = spoken("Pas de kits du poplitée ce jour.")
    hardly = tuple(replace(one, probability=0.1) if one.text == "kits" else one for one in heard.tokens)
    assert asked(lexicon, replace(heard, tokens=hardly))["kits du poplitée"][0] == "kyste poplité"
    assert "kits du poplitée" not in asked(lexicon, heard)


def test_a_term_is_offered_in_both_numbers_where_no_ear_can_tell_them_apart(lexicon: FrenchLexicon) -> None:
    finding = Finding(FindingKind.UNKNOWN_WORD, 0, 8, "toitocar", (Proposal("trocart", 0.7, "liste Calame"),))
    assert [one.text for one in with_other_number(finding, "de", lexicon).proposals] == ["trocart", "trocarts"]


def test_a_term_of_two_words_is_offered_in_both_numbers(lexicon: FrenchLexicon) -> None:
    proposals = tuple(
        Proposal(text, score, "") for text, score in (("lésions méniscales", 0.9), ("x", 0.7), ("y", 0.6))
    )
    finding = Finding(FindingKind.LIKELY_MISHEARD, 0, 18, "lesions méniscales", proposals)
    assert [one.text for one in with_other_number(finding, "", lexicon).proposals] == [
        "lésions méniscales",
        "x",
        "lésion méniscale",
    ]


@pytest.mark.parametrize(
    ("said", "meant"), [("les", "trocarts"), ("un", "trocart"), ("des", "trocarts"), ("trois", "trocarts")]
)
def test_a_proposal_has_the_number_that_is_said_before_it(lexicon: FrenchLexicon, said: str, meant: str) -> None:
    finding = Finding(FindingKind.UNKNOWN_WORD, 0, 8, "toitocar", (Proposal("trocart", 0.7, "liste Calame"),))
    assert [one.text for one in with_other_number(finding, said, lexicon).proposals] == [meant]


def test_a_form_that_cannot_stand_behind_its_article_is_not_offered(lexicon: FrenchLexicon) -> None:
    finding = Finding(FindingKind.LIKELY_MISHEARD, 0, 8, "acariens", (Proposal("acarien", 0.9, "son"),))
    assert with_other_number(finding, "aux", lexicon).proposals == ()
    assert with_other_number(finding, "de", lexicon).proposals[0].text == "acarien"


def test_a_term_of_several_words_has_the_number_that_is_said_and_then_its_own(lexicon: FrenchLexicon) -> None:
    proposal = Proposal("épanchement pleural", 0.9, "liste Calame")
    finding = Finding(FindingKind.UNKNOWN_WORD, 0, 19, "épenchemens pleural", (proposal,))
    assert [one.text for one in with_other_number(finding, "aux", lexicon).proposals] == [
        "épanchements pleuraux",
        "épanchement pleural",
    ]


@pytest.mark.parametrize(
    ("before", "heard", "offered"),
    [
        ("", "œdèmes", ["œdème", "œdèmes"]),
        ("", "nodules", ["nodules", "nodule"]),
        ("orthopnée ni", "œdèmes", ["œdème", "œdèmes"]),
        ("absence de", "contre-indications", ["contre-indication", "contre-indications"]),
        ("pas de", "kyste", ["kyste", "kystes"]),
        ("aux", "œdèmes", []),
        ("par", "voie", []),
        ("des", "lésions", []),
        ("lésion", "méniscale", []),
    ],
)
def test_a_noun_that_was_hardly_heard_is_offered_in_both_numbers_unless_its_number_is_said(
    lexicon: FrenchLexicon, before: str, heard: str, offered: list[str]
) -> None:
    finding = Finding(FindingKind.LOW_CONFIDENCE, 0, len(heard), heard)
    assert [one.text for one in with_other_number(finding, before, lexicon).proposals] == offered


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("réduit test", "réduite"), ("inde huit test", "induite"), ("des christ test", "décrite"), ("induitt", "induit")],
)
def test_an_adjective_is_offered_in_the_gender_that_is_heard(lexicon: FrenchLexicon, heard: str, meant: str) -> None:
    assert lexicon.propose(heard)[0].text == meant


@pytest.mark.parametrize(
    ("heard", "meant"), [("sousgenglionaire", "sous ganglionnaire"), ("unecerpaliques", "une céphaliques")]
)
def test_a_small_word_written_together_with_a_term_is_taken_off(lexicon: FrenchLexicon, heard: str, meant: str) -> None:
    assert lexicon.propose(heard)[0].text == meant


def test_a_divided_word_is_offered_in_the_singular(lexicon: FrenchLexicon) -> None:
    assert "Entorse" in [one.text for one in lexicon.propose("En tors", 5)]
    assert "entorses" in [one.text for one in lexicon.propose("entorsses", 5)]


@pytest.mark.parametrize(
    ("words", "proposal"),
    [
        ("cholécystite gaine lithiasique", "cholécystite alithiasique"),
        ("dorsal, jambs", "dorsale"),
        ("kératoses actiniques déquirent", "kératose actinique"),
        ("polyarthrite rhumatoïde c'est positive", "polyarthrite rhumatoïde séronégative"),
    ],
)
def test_no_proposal_turns_a_word_or_drops_one_for_another_form_of_its_neighbour(words: str, proposal: str) -> None:
    assert turns(words, proposal)


@pytest.mark.parametrize(
    ("words", "proposal"),
    [
        ("a symptomatique", "asymptomatique"),
        ("lithiasique", "lithiasiques"),
        ("gaine lithiasique", "aiguë lithiasique"),
    ],
)
def test_a_term_that_was_heard_in_two_words_turns_nothing(words: str, proposal: str) -> None:
    assert not turns(words, proposal)


def test_an_adjective_of_the_noun_that_is_written_is_no_other_term(lexicon: FrenchLexicon) -> None:
    assert not asked(lexicon, spoken("L'examen en dermoscopie montre un réseau pigmentaire."))


@pytest.mark.parametrize("heard", ["desobstructtion", "parastrenale", "lanugoe"])
def test_a_term_that_begins_like_a_small_word_stays_whole(lexicon: FrenchLexicon, heard: str) -> None:
    assert " " not in lexicon.propose(heard)[0].text


def test_near_terms_are_not_ousted_by_a_number(lexicon: FrenchLexicon) -> None:
    proposals = tuple(Proposal(text, 0.85, "") for text in ("trocart", "toxocara", "Torecan"))
    finding = Finding(FindingKind.UNKNOWN_WORD, 0, 8, "toitocar", proposals)
    assert with_other_number(finding, "de", lexicon) == finding


def test_words_that_became_a_mark_are_no_question(lexicon: FrenchLexicon) -> None:
    mark = spoken("La voie biliaire est libre. Suites simples.")
    tokens = list(mark.tokens)
    # the sound "poê." is the full stop behind "libre": no letters of the text are its own
    tokens[4] = type(tokens[4])("libre", " ", "libre", "", 0.95, 4.0, 4.9)
    tokens.insert(5, type(tokens[4])(".", "", "poê.", "", 0.5, 4.9, 5.0))
    transcript = Transcript(
        tuple(tokens), duration=mark.duration, weighed=(Weighed(4.9, 5.0, "poê", ("poêle", "Potter")),)
    )
    found: list[Finding] = list(check(transcript, lexicon).findings)
    assert [one for one in found if not one.excerpt] == []


def test_a_doubt_of_the_dictation_offers_the_term_that_its_words_are_and_keeps_the_others(
    lexicon: FrenchLexicon,
) -> None:
    heard = spoken("On retrouve un quiste au variant droit.", unsure=frozenset({"quiste", "au", "variant", "droit."}))
    doubtful = ("quiste", "au", "variant", "droit.")
    tokens = tuple(replace(one, doubt="sens à vérifier") if one.text in doubtful else one for one in heard.tokens)
    (finding,) = [one for one in check(replace(heard, tokens=tokens), lexicon).findings if "quiste" in one.excerpt]
    assert finding.kind is FindingKind.DICTATED
    assert finding.proposals[0].text == "kyste ovarien droit."


@pytest.mark.parametrize(
    ("text", "excerpt", "usual"),
    [
        ("Sérologie négative, transaminase à contrôler.", "transaminase", "transaminases"),
        ("Biologie : hémoglobines glyquées à 8,9 %.", "hémoglobines glyquées", "hémoglobine glyquée"),
        ("Conclusion : embolies pulmonaires bilatérales.", "embolies pulmonaires", "embolie pulmonaire"),
    ],
)
def test_a_noun_heard_in_the_number_that_is_hardly_used_is_asked_about(
    lexicon: FrenchLexicon, text: str, excerpt: str, usual: str
) -> None:
    hardly = frozenset(excerpt.split())
    found = asked(lexicon, spoken(text, unsure=hardly))
    assert next(offered[0] for words, offered in found.items() if words.startswith(excerpt)).startswith(usual)
    assert asked(lexicon, scanned(text)) == {}


@pytest.mark.parametrize(
    "text", ["Aucune transaminase à contrôler.", "Ni convulsion, ni fièvre.", "Les suites sont simples."]
)
def test_a_number_that_is_said_or_usual_is_no_question(lexicon: FrenchLexicon, text: str) -> None:
    unsure = frozenset({"transaminase", "convulsion,", "suites"})
    found = [one.message for one in check(spoken(text, unsure=unsure), lexicon).findings]
    assert not any("plus courant" in message for message in found)


def test_an_agreement_is_offered_in_a_doubt_of_the_dictation_that_offers_nothing(lexicon: FrenchLexicon) -> None:
    heard = spoken("Pas d'adénopathie inguinal palpable.")
    tokens = tuple(replace(one, doubt="sens à vérifier") if "al" in one.text else one for one in heard.tokens)
    (finding,) = check(replace(heard, tokens=tokens), lexicon).findings
    assert finding.kind is FindingKind.DICTATED
    assert "sens à vérifier" in finding.message
    assert (finding.excerpt, finding.proposals[0].text) == (
        "adénopathie inguinal palpable.",
        "adénopathie inguinale palpable.",
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Touché rectale normal.", "Toucher rectal"),
        ("Sa maladie de basse d'eau est stable.", "maladie de Basedow"),
    ],
)
def test_a_term_of_the_same_sound_is_the_first_one_offered(lexicon: FrenchLexicon, text: str, meant: str) -> None:
    assert meant in [offered[0] for offered in asked(lexicon, spoken(text)).values()]
