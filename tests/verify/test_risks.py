"""What is written and could harm is asked about, and an ordinary letter is left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import LexiconError
from pipeline.model.text import FindingKind, Token
from pipeline.verify.french_holidays import easter, holiday
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.risk_frequency import read_frequency
from pipeline.verify.risk_text import fold
from pipeline.verify.risks import risk_findings
from pipeline.verify.risks_yaml import load_risk_rules
from pipeline.verify.step import check
from tests.verify.conftest import CONTEXTS, LISTS
from tests.verify.helpers import scanned, spoken
from tests.verify.risk_examples import HARMLESS, RISKY

TODAY = date(2026, 11, 25)
RULES = load_risk_rules(LISTS, CONTEXTS)
DATA = Path(__file__).parent / "risk_data"
LETTERS = (DATA / "clean_letters.txt").read_text(encoding="utf-8").split("\n===\n")
SHORT_HARMLESS = (DATA / "harmless.txt").read_text(encoding="utf-8").splitlines()
SHORT_RISKY = (DATA / "risky.txt").read_text(encoding="utf-8").splitlines()
CLEAN = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "data").glob("*.txt"))]
RISKY_CASES = [(kind, *example) for kind, examples in RISKY.items() for example in examples]
HARMLESS_CASES = [(kind, text) for kind, texts in HARMLESS.items() for text in texts]


@pytest.mark.parametrize(("kind", "text", "excerpt"), RISKY_CASES)
def test_a_risk_is_found_at_its_place(kind: str, text: str, excerpt: str) -> None:
    (finding,) = risk_findings(text, RULES, TODAY)
    assert (finding.kind, finding.excerpt) == (FindingKind.RISK, excerpt)
    assert "érifiez" in finding.message and "\n" not in finding.message


@pytest.mark.parametrize(("kind", "text"), HARMLESS_CASES)
def test_what_only_looks_like_a_risk_is_left_alone(kind: str, text: str) -> None:
    assert [(one.excerpt, one.message) for one in risk_findings(text, RULES, TODAY)] == []


def test_every_kind_of_risk_has_examples_of_both_sorts() -> None:
    assert RISKY.keys() == HARMLESS.keys() and len(RISKY) == 7
    assert all(len(examples) >= 3 for examples in (*RISKY.values(), *HARMLESS.values()))


@pytest.mark.parametrize("text", [*LETTERS, *CLEAN])
def test_an_ordinary_document_has_no_risk(text: str) -> None:
    assert [(one.excerpt, one.message) for one in risk_findings(text, RULES, TODAY)] == []


@pytest.mark.parametrize("text", SHORT_HARMLESS)
def test_a_harmless_sentence_has_no_risk(text: str) -> None:
    assert [(one.excerpt, one.message) for one in risk_findings(text, RULES, TODAY)] == []


@pytest.mark.parametrize("text", SHORT_RISKY)
def test_a_risky_sentence_has_one(text: str) -> None:
    assert len(risk_findings(text.replace("⏎", "\n"), RULES, TODAY)) == 1


def test_there_are_twenty_ordinary_letters() -> None:
    assert len(LETTERS) >= 20


def test_the_unit_is_proposed_where_the_figure_is_a_usual_dose_in_another() -> None:
    (finding,) = risk_findings("Lévothyroxine 75 mg le matin.", RULES, TODAY)
    assert finding.message == "75 mg de Lévothyroxine : la dose usuelle est de 25 à 200 µg. Vérifiez l'unité."
    assert [one.text for one in finding.proposals] == ["75\u00a0µg"]


def test_the_twin_and_the_side_are_proposed() -> None:
    (drug,) = risk_findings("Permixon pour sa fibrillation auriculaire.", RULES, TODAY)
    assert [one.text for one in drug.proposals] == ["Préviscan"]
    (side,) = risk_findings("IRM du genou droit.\nConclusion : rupture du genou gauche.", RULES, TODAY)
    assert [one.text for one in side.proposals] == ["genou droit"]


def test_without_today_the_present_is_not_compared() -> None:
    assert not risk_findings("Prochain rendez-vous le 3 mars 2026.", RULES)


@pytest.mark.parametrize(
    ("words", "times"),
    [
        (" matin et soir", 2),
        (" matin, midi et soir", 3),
        (" trois fois par jour", 3),
        (" 3 fois/jour", 3),
        (" x 3/j", 3),
        (" toutes les 6 heures", 4),
        (" toutes les huit heures", 3),
        (" 1-0-1", 2),
        (" 2/j", 2),
        (" en une prise", 0),
    ],
)
def test_how_often_a_dose_is_taken(words: str, times: float) -> None:
    assert read_frequency(words).times == times


@pytest.mark.parametrize(
    ("year", "day"), [(1961, date(1961, 4, 2)), (2024, date(2024, 3, 31)), (2026, date(2026, 4, 5))]
)
def test_easter(year: int, day: date) -> None:
    assert easter(year) == day
    assert holiday(day + timedelta(days=1)) == "lundi de Pâques"


def test_a_year_has_eleven_holidays_or_ten_when_two_fall_together() -> None:
    for year in range(1990, 2060):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        assert sum(bool(holiday(day)) for day in days) in (10, 11)


_WORDS = st.sampled_from(
    [w for examples in RISKY.values() for text, _ in examples for w in text.split()]
    + ["mg", "1/2", "0", "١", "İ", "ﬁ", "31/02/2024", "\n", "µg/kg", "99999999 g", "toutes les 0 heures", "M."]
)


@given(st.text(max_size=200) | st.lists(_WORDS, max_size=40).map(" ".join), st.none() | st.dates())
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_places_are_true(text: str, today: date | None) -> None:
    assert len(fold(text)) == len(text)
    reached = 0
    for finding in risk_findings(text, RULES, today):
        assert reached <= finding.start < finding.end <= len(text)
        assert finding.excerpt == text[finding.start : finding.end]
        reached = finding.end


def test_a_check_asks_about_risks_with_their_sound(lexicon: FrenchLexicon) -> None:
    transcript = spoken("Courrier au confrère.\nJe poursuis la lévothyroxine 75 mg le matin.")
    (finding,) = check(transcript, lexicon, risks=RULES, today=TODAY).findings
    assert (finding.kind, finding.excerpt) == (FindingKind.RISK, "75 mg")
    assert finding.audio_start == 7.0 and finding.audio_end == 8.9
    assert not check(scanned(transcript.text), lexicon, risks=RULES, today=TODAY).findings


def test_a_risk_joins_the_doubt_of_a_dictated_figure(lexicon: FrenchLexicon) -> None:
    transcript = spoken("Courrier au confrère.\nJe poursuis la lévothyroxine 75 mg le matin.")
    tokens = [
        replace(one, doubt="dose à vérifier", offers=("65 mg",)) if one.text in ("75", "mg") else one
        for one in transcript.tokens
    ]
    assert isinstance(tokens[0], Token)
    (finding,) = check(replace(transcript, tokens=tuple(tokens)), lexicon, risks=RULES).findings
    assert (finding.kind, finding.excerpt) == (FindingKind.RISK, "75 mg")
    assert "l'unité" in finding.message and "dose à vérifier" in finding.message
    assert [one.text for one in finding.proposals] == ["65 mg", "75\u00a0µg"]


def test_missing_or_malformed_tables_are_told_in_french(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="risques"):
        load_risk_rules(tmp_path, RULES.contexts)
    (tmp_path / "risks.yaml").write_text("uses: [", encoding="utf-8")
    with pytest.raises(LexiconError, match="risques"):
        load_risk_rules(tmp_path, RULES.contexts)
