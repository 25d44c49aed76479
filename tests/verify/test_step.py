"""What a secretary is shown as doubtful, and what is left in peace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model.text import FindingKind, Gap
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.step import check
from pipeline.verify.turning import turns
from tests.verify.helpers import scanned, spoken

CLEAN = sorted((Path(__file__).parent / "data").glob("*.txt"))
OPENING = "Courrier au confrère.\n"


@pytest.mark.parametrize(
    ("text", "excerpt", "right"),
    [
        ("Il prend de la pixaban matin et soir.", "la pixaban", "l'apixaban"),
        ("Elle a une hypo thyroïdie substituée.", "hypo thyroïdie", "hypothyroïdie"),
        ("Une disponée de stade 2.", "disponée", "dyspnée"),
        ("Pas d'ortopner ce jour.", "ortopner", "orthopnée"),
        ("Je poursuis le bisoprolole 5 mg.", "bisoprolole", "bisoprolol"),
        ("Arrêt du s'acubitrier hier.", "s'acubitrier", "sacubitril"),
        ("Je poursuis la mette formine 1000 mg.", "mette formine", "metformine"),
        ("Pas d'oedeme des jambes.", "oedeme", "œdème"),
        ("Le sémaglutie est bien toléré.", "sémaglutie", "sémaglutide"),
        ("Une steatose et des hypotiroidies.", "hypotiroidies", "hypothyroïdies"),
    ],
)
def test_a_misheard_term_is_found_with_the_right_one_first(
    lexicon: FrenchLexicon, text: str, excerpt: str, right: str
) -> None:
    findings = check(spoken(OPENING + text), lexicon).findings
    finding = next(f for f in findings if f.excerpt == excerpt)
    assert finding.kind is FindingKind.LIKELY_MISHEARD
    assert finding.proposals[0].text == right
    assert len(finding.proposals) <= 3


@pytest.mark.parametrize(
    ("text", "excerpt", "right"),
    [
        ("On note une frakture avec déplacement.", "frakture", "fracture"),
        ("Une lipothimie avec perte de connaissance.", "lipothimie", "lipothymie"),
        ("Une anomalie carottidienne connue.", "carottidienne", "carotidienne"),
    ],
)
def test_a_proposal_turns_no_denial_and_keeps_the_gender(
    lexicon: FrenchLexicon, text: str, excerpt: str, right: str
) -> None:
    finding = next(f for f in check(spoken(OPENING + text), lexicon).findings if excerpt in f.excerpt)
    assert finding.excerpt == excerpt
    assert finding.proposals[0].text == right
    assert not any(word in proposal.text.split() for proposal in finding.proposals for word in ("sans", "non"))


TURNING = {"sans", "non", "absence", "droite", "gauche", "normal", "bilatérale", "deuxième", "premier", "trois"}


@pytest.mark.parametrize(
    "text",
    [
        "Cela confirme la présence de malinité.",
        "Col anormal au spékulum.",
        "L'hémogram anormal est à refaire.",
        "Défence en fosse iliaque gauche.",
        "Une varicocèl droite, une cruralgi droite.",
        "Échografie du deuxième trimestre.",
        "Troisième orteil en marto.",
        "Cordon à deux vésseaux.",
        "Embolie pulmonaire unilatérale.",
        "Une frakture avec déplacement.",
    ],
)
def test_no_proposal_brings_what_turns_the_sense(lexicon: FrenchLexicon, text: str) -> None:
    said = set(re.findall(r"\w+", text.lower()))
    for finding in check(spoken(OPENING + text), lexicon).findings:
        for proposal in finding.proposals:
            brought = set(re.findall(r"\w+", proposal.text.lower())) - said
            assert not brought & TURNING, (finding.excerpt, proposal.text)


@pytest.mark.parametrize(
    ("words", "proposal", "turned"),
    [
        ("fosse iliaque goche", "fosse iliaque gauche", False),
        ("a normale", "anormale", False),
        ("col anormal", "col normal", True),
        ("exophtalmie unilatérale", "exophtalmie bilatérale", True),
        ("la présence de malinité", "l'absence de malignité", True),
        ("certificat de contrindication", "certificat de non-contre-indication", True),
        ("pas tique", "tique", True),
        ("sans thé", "santé", False),
        ("stésis, antibioprophylaxie par céfazoline", "antibioprophylaxie par céfazoline", True),
        ("disponée d'effort", "dyspnée d'effort", False),
        ("polype sessile du colon", "polype du côlon", True),
        ("protéine c'est réactive", "protéine C réactive", False),
    ],
)
def test_what_turns_is_known_by_its_sound(words: str, proposal: str, turned: bool) -> None:
    assert turns(words, proposal) is turned


def test_a_word_like_nothing_is_unknown_without_a_guess(lexicon: FrenchLexicon) -> None:
    (finding,) = check(spoken(OPENING + "On note un wkzqutrv ce jour."), lexicon).findings
    assert finding.kind is FindingKind.UNKNOWN_WORD
    assert finding.proposals == ()
    assert "absent" in finding.message


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_a_right_text_is_nearly_quiet(lexicon: FrenchLexicon, path: Path) -> None:
    assert len(check(spoken(path.read_text(encoding="utf-8").strip()), lexicon).findings) <= 3


def test_right_texts_give_at_most_six_false_alarms_per_thousand_words(lexicon: FrenchLexicon) -> None:
    texts = [path.read_text(encoding="utf-8").strip() for path in CLEAN]
    words = sum(len(text.split()) for text in texts)
    alarms = [f.excerpt for text in texts for f in check(spoken(text), lexicon).findings]
    assert words > 1200
    assert 1000 * len(alarms) / words <= 6, alarms


@pytest.mark.parametrize(
    "token", ["138/82", "2,5", "14h30", "8,9 %", "T1", "L4-L5", "12/11/2026", "49/51", "HbA1c", "II"]
)
def test_numbers_doses_and_dates_are_never_findings(lexicon: FrenchLexicon, token: str) -> None:
    assert check(spoken(f"{OPENING}Le résultat est {token} ce jour."), lexicon).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "Vu avec le docteur Xantippo Vrkolsky hier.",
        "Je vois Madame Zdravka Kowaltchouk ce jour.",
        "Adressé par le Dr. Etxegarai pour avis.",
        "Le patient Wrzesz Ngbako va bien.",
    ],
)
def test_a_name_after_a_title_is_left_alone(lexicon: FrenchLexicon, text: str) -> None:
    assert check(spoken(OPENING + text), lexicon).findings == ()


def test_capitalised_words_of_the_spoken_opening_are_left_alone(lexicon: FrenchLexicon) -> None:
    text = "Courrier pour Zdravka Kowaltchouk, née le 3 juin 1946.\nCher confrère, tout va bien."
    assert check(spoken(text), lexicon).findings == ()


def test_two_right_words_are_not_questioned_for_making_a_compound(lexicon: FrenchLexicon) -> None:
    assert check(spoken(OPENING + "Patient sous adalimumab, sous contrôle, sous sédation."), lexicon).findings == ()


def test_accepted_words_and_given_names_are_left_alone(lexicon: FrenchLexicon) -> None:
    text = OPENING + "Le zorblax est vu par Vrkolsky."
    assert len(check(spoken(text), lexicon).findings) == 2
    assert check(spoken(text), lexicon, frozenset({"Zorblax"}), frozenset({"VRKOLSKY"})).findings == ()


def test_speech_without_words_is_a_finding_at_its_place(lexicon: FrenchLexicon) -> None:
    checked = check(spoken("Le patient va bien ce jour.", gaps=(Gap(3.95, 5.6),)), lexicon)
    (gap,) = checked.findings
    assert gap.kind is FindingKind.GAP
    assert checked.text[: gap.start] == "Le patient va bien"
    assert (gap.start, gap.audio_start, gap.audio_end) == (gap.end, 3.95, 5.6)
    assert gap.message == "à écouter : 4,0 s à 5,6 s sans texte"


def test_a_known_word_that_was_hardly_heard_is_marked_with_its_seconds(lexicon: FrenchLexicon) -> None:
    (finding,) = check(spoken("Le patient signale une douleur.", unsure=frozenset({"douleur"})), lexicon).findings
    assert (finding.kind, finding.excerpt) == (FindingKind.LOW_CONFIDENCE, "douleur")
    assert (finding.audio_start, finding.audio_end) == (4.0, 4.9)


def test_a_scan_has_findings_without_seconds(lexicon: FrenchLexicon) -> None:
    (finding,) = check(scanned("Courrier reçu.\nTraitement par bisoprolole."), lexicon).findings
    assert (finding.audio_start, finding.audio_end) == (None, None)


def test_the_result_names_the_lexicon(lexicon: FrenchLexicon) -> None:
    assert check(scanned("Bonjour."), lexicon).lexicon == lexicon.version


_WORDS = st.sampled_from(
    [
        "hypo",
        "thyroïdie",
        "la",
        "pixaban",
        "l'oedeme",
        "docteur",
        "Xzw",
        "disponée,",
        "2,5",
        "mg",
        "d'",
        "-",
        "'",
        "s'acubitrier",
        "«",
        "NTPRO",
        "BMP",
        "qu'il",
        "L4-L5",
        "kiss",
        "Le",
        "patient.",
        "œdème",
        "é",
        "‑",
        "…",
        "ski-poir",
        "é@b.fr",
    ]
)
_SPACES = st.sampled_from([" ", " ", "\u00a0", "\n", "\n\n"])
_TEXTS = st.lists(st.tuples(st.one_of(_WORDS, st.text(max_size=8)), _SPACES), max_size=14).map(
    lambda parts: "".join(word + space for word, space in parts)
)
_GAPS = st.lists(st.tuples(st.floats(0, 20), st.floats(0, 5)).map(lambda g: Gap(g[0], g[0] + g[1])), max_size=2)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXTS, gaps=_GAPS)
def test_the_text_is_never_changed_and_findings_are_in_order_inside_it(
    lexicon: FrenchLexicon, text: str, gaps: list[Gap]
) -> None:
    transcript = spoken(text, gaps=tuple(gaps))
    checked = check(transcript, lexicon)
    assert checked.text == transcript.text
    reached = 0
    for finding in checked.findings:
        assert reached <= finding.start <= finding.end <= len(checked.text)
        assert finding.excerpt == checked.text[finding.start : finding.end]
        assert len(finding.proposals) <= 3
        assert all(0 <= proposal.score <= 1 for proposal in finding.proposals)
        reached = finding.end
    assert sum(finding.kind is FindingKind.GAP for finding in checked.findings) == len(gaps)


def test_a_misheard_drug_with_a_capital_after_the_birth_date_is_no_name(lexicon: FrenchLexicon) -> None:
    checked = check(spoken("Patiente Odile Perdrix, née le 2 mai 1960. Elle prend du Prévicsan le soir."), lexicon)
    assert [finding.excerpt for finding in checked.findings] == ["Prévicsan"]


def test_a_long_word_near_a_term_is_no_name_in_the_opening(lexicon: FrenchLexicon) -> None:
    found = check(spoken("Endocardite sur valve native à Staphylococcusauréus, apyrétique."), lexicon).findings
    assert found[0].proposals[0].text == "Staphylococcus aureus"
