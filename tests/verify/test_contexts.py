"""The reader tells what is said of the patient from what is denied, supposed, past, or a relative's.

In ``context_data`` a line that begins with ``+`` has the context that the file is named for at the word in brackets,
one with ``-`` has not; ``?`` marks those that the rules are known to get wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import LexiconError
from pipeline.model.said import Context, TermKind
from pipeline.verify.edsnlp_contexts import QUALIFIERS, EdsContexts
from pipeline.verify.risks import risk_findings
from pipeline.verify.risks_yaml import load_risk_rules
from tests.verify.conftest import CONTEXTS, LISTS

DATA = Path(__file__).parent / "context_data"
RULES = load_risk_rules(LISTS, CONTEXTS)
GIVEN = "\nJe prescris de l'amoxicilline 1 g trois fois par jour."


def lines(*beginnings: str) -> list[tuple[str, str]]:
    return [
        (name, line)
        for name in QUALIFIERS
        for path in sorted(DATA.glob(f"*{name}.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(beginnings)
    ]


def contexts(marked: str) -> frozenset[Context]:
    """The contexts of the word in brackets."""
    before, rest = marked.replace("\\n", "\n").split("[")
    word, after = rest.split("]")
    (said,) = CONTEXTS.of(before + word + after, [(len(before), len(before) + len(word), TermKind.SIGN)])
    return said.contexts


@pytest.mark.parametrize(("name", "line"), lines("+"))
def test_a_context_is_found(name: str, line: str) -> None:
    assert QUALIFIERS[name] in contexts(line[2:])


@pytest.mark.parametrize(("name", "line"), lines("-"))
def test_a_plain_word_is_left_plain(name: str, line: str) -> None:
    assert QUALIFIERS[name] not in contexts(line[2:])


def test_each_context_has_thirty_sentences_and_few_that_are_known_to_go_wrong() -> None:
    for name in QUALIFIERS:
        assert sum(one == name for one, _ in lines("+", "-")) >= 30
    assert len(lines("?")) <= 4


def test_the_terms_of_a_letter_come_with_section_context_and_cue() -> None:
    text = (
        "Antécédents :\nDiabète de type 2.\nExamen clinique :\nPas de fièvre. Insuffisance cardiaque sous furosémide."
    )
    said = [(text[one.start : one.end], one.kind, one.section, one.contexts, one.cues) for one in CONTEXTS.terms(text)]
    assert said == [
        ("Diabète", TermKind.DISEASE, "antécédents", {Context.HISTORY}, ("Antécédents",)),
        ("fièvre", TermKind.DISEASE, "examens", {Context.NEGATED}, ("Pas",)),
        ("Insuffisance cardiaque", TermKind.SIGN, "examens", set(), ()),
        ("furosémide", TermKind.DRUG, "examens", set(), ()),
    ]


def test_the_longest_term_is_taken_whatever_case_number_or_accents_of_capitals() -> None:
    text = "EMBOLIES PULMONAIRES, fibrillations auriculaires; HTA. Il a été mis en garde."
    assert [text[one.start : one.end] for one in CONTEXTS.terms(text)] == [
        "EMBOLIES PULMONAIRES",
        "fibrillations auriculaires",
        "HTA",
    ]


@pytest.mark.parametrize(
    "stated",
    [
        "Pas de fièvre, allergie à la pénicilline.",
        "Elle est allergique à la pénicilline, sans autre allergie.",
        "HTA, diabète, allergie à la pénicilline dans l'enfance.",
        "Sa mère signale une allergie à la pénicilline.",
        "Possible allergie à la pénicilline.",
        "Il n'a pas d'antécédent hormis une allergie à la pénicilline.",
        "Vit avec son mari, allergique à la pénicilline.",
        "Allergie à la pénicilline, non allergique à l'iode.",
    ],
)
def test_an_allergy_of_the_patient_is_asked_about(stated: str) -> None:
    (finding,) = risk_findings(stated + GIVEN, RULES)
    assert "une allergie est écrite" in finding.message


@pytest.mark.parametrize(
    "stated",
    [
        "Pas d'allergie à la pénicilline.",
        "Allergie à la pénicilline : non.",
        "Il nie toute allergie à la pénicilline.",
        "Indemne d'allergie à la pénicilline.",
        "Aucune notion d'allergie à la pénicilline.",
        "On a éliminé une allergie à la pénicilline.",
        "Allergie à la pénicilline infirmée par les tests.",
        "Ni allergie à la pénicilline ni asthme.",
        "Une tante était allergique à la pénicilline.",
        "Son cousin est allergique à la pénicilline.",
        "Antécédents familiaux : allergie à la pénicilline chez le frère.",
    ],
)
def test_no_allergy_and_a_relatives_allergy_are_none(stated: str) -> None:
    assert risk_findings(stated + GIVEN, RULES) == ()


def test_a_relatives_treatment_is_no_prescription() -> None:
    assert risk_findings("Allergie à la pénicilline.\nSa mère est sous amoxicilline 1 g.", RULES) == ()
    assert risk_findings("Arrêt de l'apixaban.\nSon père poursuit l'apixaban.", RULES) == ()
    assert len(risk_findings("Arrêt de l'apixaban.\nOn poursuit l'apixaban.", RULES)) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=120)
    | st.lists(st.sampled_from(["Pas de", "fièvre", "\n", "?", "mère", "ATCD :", "\0", "e\u0301"])).map(" ".join)
)
def test_any_text_is_read_in_order_and_words_hold_the_terms(text: str) -> None:
    words, terms = CONTEXTS.words(text), CONTEXTS.terms(text)
    assert {(one.start, one.end) for one in terms} <= {(one.start, one.end) for one in words}
    reached = 0
    for one in words:
        assert reached <= one.start < one.end <= len(text)
        reached = one.end


@pytest.mark.parametrize("content", [None, "negation: [", "negation: {source: ''}"])
def test_missing_or_malformed_words_are_told_in_french(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "contexts.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"contexts\.yaml"):
        EdsContexts(tmp_path).of("Fièvre.", [(0, 6, TermKind.SIGN)])
