"""A plain text is checked as it is: nothing in it changes, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.verify.facts import facts
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.plain_text import Lines, transcript_of
from pipeline.verify.sources import OWN, own_entries
from pipeline.verify.spelling import plain
from pipeline.verify.step import check
from pipeline.verify.why import why
from tests.verify.conftest import LISTS

CLEAN = sorted((Path(__file__).parent / "clean").glob("*.txt"))
_BITS = ["la pixaban", "hypo thyroïdie", "l'", "s'acubitrier", "disponée", "Dr", "12 mg", "œ", "é@b.fr", "-", "’", "́"]
_BLANKS = " \n\t\r\u00a0\u2028"
_TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(_BITS), st.text(max_size=4), st.sampled_from(_BLANKS)), max_size=20)
    .map("".join),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXT)
def test_the_text_out_is_the_text_in_and_findings_lie_in_it_in_order(lexicon: FrenchLexicon, text: str) -> None:
    checked = check(transcript_of(text), lexicon)
    assert checked.text == text
    reached = 0
    for finding in checked.findings:
        assert reached <= finding.start < finding.end <= len(text)
        assert finding.excerpt == text[finding.start : finding.end]
        reached = finding.end


@given(st.text(alphabet="ab\n\r é", max_size=30), st.data())
def test_a_line_and_a_column_lead_back_to_the_place(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = Lines(text).place(offset)
    assert sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1 == offset


def test_progress_rises_to_the_end_of_a_long_text(lexicon: FrenchLexicon) -> None:
    told: list[float] = []
    check(transcript_of("Toux sèche et fièvre. " * 1000), lexicon, on_progress=told.append)
    assert told == sorted(told) and len(told) == 8 and told[-1] < 1


def test_the_carried_clean_texts_are_nearly_quiet(lexicon: FrenchLexicon) -> None:
    texts = [path.read_text(encoding="utf-8").strip() for path in CLEAN]
    assert len(texts) == 12 and all(len(text.split()) >= 250 for text in texts)
    words = sum(len(text.split()) for text in texts)
    found = [finding for text in texts for finding in check(transcript_of(text), lexicon).findings]
    assert 1000 * len(found) / words <= 6, [one.excerpt for one in found]
    assert 1000 * sum(bool(one.proposals) for one in found) / words <= 3, [one.excerpt for one in found]


@pytest.mark.parametrize(
    ("word", "how", "form"),
    [
        ("dyspnée", "", "dyspnée"),
        ("antéversés", "pluriel", "antéversé"),
        ("Echographie", "sans ses accents", "échographie"),
        ("rétrotympaniques", "pluriel", "rétrotympanique"),
    ],
)
def test_why_says_by_which_form_a_word_is_known(lexicon: FrenchLexicon, word: str, how: str, form: str) -> None:
    reason = why(word, lexicon, own_entries(LISTS))
    assert reason.known and reason.how == how and form in {place.form for place in reason.places}


def test_why_tells_sound_from_spelling(lexicon: FrenchLexicon) -> None:
    reason = why("disponée", lexicon, own_entries(LISTS))
    assert not reason.known and reason.places == ()
    assert [(one.text, one.found_by) for one in reason.near[:2]] == [
        ("dyspnée", "par le son"),
        ("disponible", "par l'orthographe"),
    ]


def test_facts_count_what_the_lists_hold(lexicon: FrenchLexicon) -> None:
    entries = own_entries(LISTS)
    found = facts(lexicon, entries)
    assert found.classes["drug", OWN].terms == len({plain(one.word) for one in entries if one.group == "drug"})
    assert found.terms["CIM-10"] > 1000 and found.known > 100_000 and 5 < found.megabytes < 100
