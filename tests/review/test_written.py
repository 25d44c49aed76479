"""What a person typed, or a DOCX brought back, is guarded like what was dictated: no unanswered risk is approved."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.desk import Correction
from pipeline.errors import DocumentIncomplete
from pipeline.model.case import Case, Status
from pipeline.model.document import Section
from pipeline.review.step import Settled
from pipeline.review.written import FIRST, numbered, unanswered
from pipeline.verify.risks import written_risks
from tests.exchange.copies import Office, rewritten
from tests.practice import DOCTOR, LETTER, RISKS, SECRETARY, Cabinet

RISKY = "Lévothyroxine 75 mg par jour."
HARMLESS = "Je la revois dans six mois."


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Cabinet:
    return Cabinet(tmp_path_factory.mktemp("cabinet"))


def write(cabinet: Cabinet, case: Case, *texts: str, title: str = "") -> None:
    """The secretary types these parts over the draft."""
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    sections = tuple(Section("", text) for text in texts)
    cabinet.desk.correct(case.id, Correction(sections, draft.revision.number, title=title), by=SECRETARY)


def approve(cabinet: Cabinet, case: Case) -> Case:
    return cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))


def asked(cabinet: Cabinet, case: Case) -> list[str]:
    return [one.finding.excerpt for one in cabinet.desk.open(case.id).written]


def keep(cabinet: Cabinet, case: Case) -> None:
    for one in cabinet.desk.open(case.id).written:
        cabinet.desk.answer(case.id, one.index, "kept", by=SECRETARY)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (RISKY, "75 mg"),
        ("Allergie à la pénicilline. Amoxicilline 1 g trois fois par jour.", "Amoxicilline"),
        ("Rendez-vous le 30 février 2027.", "30 février 2027"),
    ],
)
def test_a_risk_that_was_typed_stands_in_the_way_until_somebody_keeps_it(
    cabinet: Cabinet, typed: str, named: str
) -> None:
    case = cabinet.dictate()
    write(cabinet, case, f"{HARMLESS} {typed}")
    assert asked(cabinet, case) == [named]
    with pytest.raises(DocumentIncomplete, match="Un risque n'est pas vérifié") as refusal:
        approve(cabinet, case)
    assert "répondez à chaque risque signalé" in str(refusal.value)
    keep(cabinet, case)
    assert approve(cabinet, case).status is Status.TO_SIGN


def test_correcting_the_words_answers_too(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    write(cabinet, case, RISKY)
    [one] = cabinet.desk.open(case.id).written
    cabinet.desk.settle(case.id, one.index, "replaced", by=SECRETARY, text="75 µg")
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and draft.revision.sections[0].text == "Lévothyroxine 75 µg par jour."
    assert approve(cabinet, case).status is Status.TO_SIGN


def test_an_answer_holds_while_its_sentence_does_not_change(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    write(cabinet, case, RISKY)
    keep(cabinet, case)
    write(cabinet, case, HARMLESS, "Lévothyroxine 75\u00a0mg par  jour. Poids stable.")
    assert asked(cabinet, case) == []
    write(cabinet, case, HARMLESS, "Lévothyroxine 75 mg par jour le matin. Poids stable.")
    assert asked(cabinet, case) == ["75 mg"]
    write(cabinet, case, RISKY)
    assert asked(cabinet, case) == []
    write(cabinet, case, RISKY, RISKY)
    assert asked(cabinet, case) == ["75 mg"], "a second one is a second risk"


def test_an_answer_for_a_sentence_that_is_gone_is_not_kept_for_later(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    write(cabinet, case, RISKY)
    [one] = cabinet.desk.open(case.id).written
    write(cabinet, case, HARMLESS)
    cabinet.desk.answer(case.id, one.index, "kept", by=SECRETARY)
    write(cabinet, case, RISKY)
    assert asked(cabinet, case) == ["75 mg"]


def test_a_heard_risk_is_asked_about_once_and_comes_back_when_its_sentence_is_changed(cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("5 mg de bisoprolol", "75 mg de lévothyroxine"))
    [(index, _)] = [one for one in cabinet.desk.open(case.id).asked if one[1].excerpt != "fibrilation"]
    assert index < FIRST
    cabinet.desk.answer(case.id, index, "kept", by=SECRETARY)
    assert asked(cabinet, case) == []
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    write(cabinet, case, *(one.text.replace("75 mg de lévothyroxine", "75 mg de lévothyroxine le soir")
                           for one in draft.revision.sections))  # fmt: skip
    assert asked(cabinet, case) == ["75 mg"]
    with pytest.raises(DocumentIncomplete, match="lévothyroxine"):
        approve(cabinet, case)


def test_a_risk_in_the_title_counts(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    write(cabinet, case, HARMLESS, title="Rendez-vous le 30 février 2027")
    assert asked(cabinet, case) == ["30 février 2027"]


def test_a_correction_of_a_filed_document_asks_only_about_what_is_new(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    write(cabinet, case, RISKY)
    keep(cabinet, case)
    approve(cabinet, case)
    filed = cabinet.run(cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(case)))
    record = cabinet.desk.open(filed.id).record
    assert record is not None
    again = cabinet.run(cabinet.desk.correct_filed(record.id, by=SECRETARY))
    assert asked(cabinet, again) == []
    write(cabinet, again, RISKY, "Rendez-vous le 30 février 2027.")
    assert asked(cabinet, again) == ["30 février 2027"]
    with pytest.raises(DocumentIncomplete, match="30 février"):
        approve(cabinet, again)


def test_a_risk_that_comes_back_in_a_docx_stands_in_the_way(tmp_path: Path) -> None:
    office = Office(tmp_path)
    case = office.dictate(LETTER)
    assert office.drop(rewritten(office.copy(case), ("5 mg", "500 mg"))) == ""
    assert asked(office, case) == ["500 mg"]
    with pytest.raises(DocumentIncomplete, match="Un risque n'est pas vérifié"):
        approve(office, case)
    keep(office, case)
    assert approve(office, case).status is Status.TO_SIGN


SENTENCES = (
    RISKY, HARMLESS, "Bisoprolol 500 mg par jour.", "Méthotrexate 10 mg tous les jours.", "Allergie à la pénicilline.",
    "Amoxicilline 1 g par jour.", "Genou droit douloureux.", "Arthroscopie du genou gauche.", "Né le 3 juin 2030.",
    "Kardégic 75 mg.", "Arrêt du Kardégic.", "Poursuite du Kardégic.",
)  # fmt: skip
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
TYPED = st.one_of(st.lists(st.sampled_from(SENTENCES), max_size=5), st.lists(st.sampled_from(WORDS), max_size=12)).map(
    " ".join
)


@given(texts=st.lists(TYPED, min_size=1, max_size=6), seed=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_what_was_answered_is_exactly_the_same_risk_in_the_same_sentence(texts: list[str], seed: random.Random) -> None:
    """Against a plain memory of sentences: whatever is typed and kept, a risk is open unless just this one was kept."""
    kept: set[tuple[str, str, str, int]] = set()
    settled: list[Settled] = []
    for text in texts:
        risks = numbered(written_risks(text, RISKS))
        names = [(re.sub(r"\s+", " ", one.risk.sentence), one.finding.excerpt, one.finding.message, one.nth)
                 for one in risks]  # fmt: skip
        still = {one.index for one in unanswered(risks, settled)}
        assert still == {one.index for one, name in zip(risks, names, strict=True) if name not in kept}
        for one, name in zip(risks, names, strict=True):
            if seed.random() < 0.5:
                kept.add(name)
                settled.append(Settled(one.index, "kept", "sylvie", datetime(2026, 11, 26, tzinfo=UTC)))


@given(steps=st.lists(st.tuples(TYPED.filter(bool), st.booleans()), min_size=1, max_size=3))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_no_draft_with_an_unanswered_risk_reaches_approval(
    cabinet: Cabinet, steps: list[tuple[str, bool]]
) -> None:
    case = cabinet.dictate()
    answered: set[tuple[str, str]] = set()
    for text, keeps in steps:
        write(cabinet, case, text)
        if keeps:
            answered |= {(one.sentence, one.finding.message) for one in written_risks(text, RISKS)}
            keep(cabinet, case)
        now = {(one.sentence, one.finding.message) for one in written_risks(text, RISKS)}
        if now - answered:
            with pytest.raises(DocumentIncomplete, match="risque"):
                approve(cabinet, case)
            assert cabinet.journal.case(case.id).status is Status.TO_REVIEW
    keep(cabinet, case)
    assert approve(cabinet, case).status is Status.TO_SIGN
