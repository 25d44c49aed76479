"""The hard terms of a dictation: right as transcribed, right with the proposals, flagged at their place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from pipeline.evaluate.terms import TermResult, TermScore, as_json, overall, score_terms, table
from pipeline.evaluate.truth import Truth
from pipeline.model.text import CheckedText, Finding, FindingKind, Proposal
from tests.evaluate.hands import SPELLINGS, transcript_of


def checked(text: str, **proposals: str) -> CheckedText:
    """``text`` with a finding at each name (``_`` for a space), whose proposals are parted by ``|``."""
    findings = []
    for name, offered in proposals.items():
        excerpt = name.replace("_", " ").strip()
        start = text.index(excerpt)
        offers = tuple(Proposal(one, 0.9) for one in offered.split("|") if one)
        findings.append(Finding(FindingKind.UNKNOWN_WORD, start, start + len(excerpt), excerpt, offers))
    return CheckedText(transcript_of(text), tuple(sorted(findings, key=lambda one: one.start)))


def scored(written: str, found: CheckedText, *terms: str, spoken: str = "") -> TermScore:
    return score_terms(Truth("x", Path("x"), spoken or written, written, terms), found, SPELLINGS)


def result(written: str, found: CheckedText, term: str) -> TermResult:
    return scored(written, found, term).results[0]


TYPED = "Elle a une dyspnée d'effort et une hypothyroïdie."

CASES = [
    # text, proposals, term, (right, first, top, flagged), heard
    ("Elle a une dyspnée d'effort et une toux.", {}, "dyspnée d'effort", (True, True, True, False), "dyspnée d'effort"),
    ("Elle a une disponée d'effort et x.", {}, "dyspnée d'effort", (False, False, False, False), "disponée d'effort"),
    (
        "Elle a une disponée d'effort et une x.",
        {"disponée": "dyspnée|disponible"},
        "dyspnée d'effort",
        (False, True, True, True),
        "disponée d'effort",
    ),
    (
        "Elle a une disponée d'effort et une x.",
        {"disponée": "disponible|dysphonie|dyspnée"},
        "dyspnée d'effort",
        (False, False, True, True),
        "disponée d'effort",
    ),
    (
        "Elle a une disponée d'effort et une x.",
        {"disponée": "a|b|c|dyspnée"},
        "dyspnée d'effort",
        (False, False, False, True),
        "disponée d'effort",
    ),
    (
        "Elle a une dyspnée d'effort et une hypo tiroïdi.",
        {"hypo_tiroïdi": "hypothyroïdie"},
        "hypothyroïdie",
        (False, True, True, True),
        "hypo tiroïdi",
    ),
    (
        "Elle a une dyspnée d'effort et une hypo tiroïdi.",
        {"tiroïdi": "thyroïdie"},
        "hypothyroïdie",
        (False, False, False, True),
        "hypo tiroïdi",
    ),
    ("Elle a une dyspnée d'effort et une.", {"effort": "effet"}, "hypothyroïdie", (False, False, False, False), ""),
]


@pytest.mark.parametrize(("text", "proposals", "term", "wanted", "heard"), CASES)
def test_a_term_is_scored_at_its_place(
    text: str, proposals: dict[str, str], term: str, wanted: tuple[bool, ...], heard: str
) -> None:
    found = result(TYPED, checked(text, **proposals), term)
    assert (found.right, found.first, found.top, found.flagged) == wanted
    assert found.heard == heard


def test_a_compound_is_one_term_with_its_hyphen_and_without() -> None:
    for written, text in (
        ("Une fistule artério-veineuse.", "Une fistule artérioveineuse."),
        ("Des anticorps antirécepteurs.", "Des anticorps anti-récepteurs."),
    ):
        term = written.split()[-1].rstrip(".")
        assert result(written, checked(text), term).right
    assert not result("Un examen anormal.", checked("Un examen a normal."), "anormal").right


def test_two_findings_in_one_term_are_repaired_together() -> None:
    text = checked("Une fibrilation oriculaire.", fibrilation="x|fibrillation", oriculaire="auriculaire")
    found = result("Une fibrillation auriculaire.", text, "fibrillation auriculaire")
    assert (found.right, found.first, found.top) == (False, False, True)


def test_a_wrong_first_proposal_on_a_right_word_costs_the_term() -> None:
    found = result(TYPED, checked(TYPED, dyspnée="dysphonie"), "dyspnée d'effort")
    assert (found.right, found.first, found.top, found.flagged) == (True, False, True, True)


def test_a_finding_elsewhere_does_not_flag_a_term() -> None:
    text = checked("La toux et la disponée. Le bizoprolol.", disponée="dyspnée")
    score = scored("La toux et la dyspnée. Le bisoprolol.", text, "dyspnée", "bisoprolol")
    assert [one.flagged for one in score.results] == [True, False]
    assert (score.right, score.first, score.top, score.flagged, score.wrong_flagged) == (0, 1, 1, 1, 1)


def test_a_gap_where_the_term_was_lost_flags_it() -> None:
    text = "Elle a une dyspnée d'effort et une."
    gap = Finding(FindingKind.GAP, len(text) - 1, len(text) - 1, "")
    found = result(TYPED, replace(checked(text), findings=(gap,)), "hypothyroïdie")
    assert (found.right, found.flagged, found.heard) == (False, True, "")


def test_a_term_that_only_the_spoken_truth_holds_has_its_place_there() -> None:
    text = checked("Consultation de kardiologi. Toux.", kardiologi="cardiologie")
    score = scored("Toux.", text, "cardiologie", spoken="Consultation de cardiologie point. Toux point.")
    assert score.results[0].flagged and score.results[0].first


def test_a_term_that_no_truth_holds_and_an_empty_text_give_no_error() -> None:
    assert scored("Toux.", checked("Toux."), "zorblax").results[0] == TermResult("zorblax", *[False] * 4, "")
    assert scored("Toux.", CheckedText(transcript_of("")), "toux").results[0].heard == ""


def test_the_table_and_json_sum_all_together() -> None:
    one = TermScore("un", (TermResult("a", True, True, True, False), TermResult("b", False, False, True, True)))
    two = TermScore("deux", (TermResult("c", False, True, True, False),))
    both = overall([one, two])
    assert (len(both.results), both.right, both.first, both.top, both.wrong_flagged) == (3, 1, 2, 3, 1)
    console = Console(width=120, record=True)
    console.print(table([one, two, TermScore("sans", ())]))
    shown = console.export_text()
    assert "ensemble" in shown and "1/2" in shown and "sans" not in shown.replace("sans\n", "")
    told = as_json([one, two])
    assert told["overall"] == {"total": 3, "right": 1, "first": 2, "top3": 3, "flagged": 1, "wrong_flagged": 1}
    assert told["dictations"][0]["results"][1]["term"] == "b"


WORDS = st.lists(st.sampled_from(["toux", "fièvre", "dyspnée", "le", "12"]), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(written=WORDS, heard=WORDS, term=st.sampled_from(["toux", "dyspnée le", "fièvre"]))
def test_right_implies_top_and_the_heard_text_is_of_the_text(written: list[str], heard: list[str], term: str) -> None:
    text = CheckedText(transcript_of(" ".join(heard)))
    found = result(" ".join(written), text, term)
    assert found.right == found.first and found.top == found.right and not found.flagged
    assert found.heard in text.text
    if written == heard and found.heard:
        assert found.heard == term
