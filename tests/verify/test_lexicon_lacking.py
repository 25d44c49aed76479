"""What the own lists hold and no installed package does."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ears import Pack, packs
from pipeline.verify.facts import facts
from pipeline.verify.lacking import lacking
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.sources import OWN, Label, own_entries
from pipeline.verify.spelling import plain, words_of
from pipeline.verify.tokens import pieces
from tests.verify.conftest import LISTS

SENTENCE = Label("Maladie de Crohn du côlon, sans complication", "CIM-10")
PACKS = packs(LISTS / "specialties.yaml")


@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("crohn", SENTENCE),
        ("maladie de crohn", SENTENCE),
        ("child-pugh", Label("Score de Child Pugh", "CIM-11")),
        ("complications", SENTENCE),
        ("colique", Label("Artère colique", "CIM-10")),
        ("méniscale", Label("Lésion méniscal", "CIM-10")),
        ("méniscal", Label("LESION MENISCALE", "ADICAP", shouted=True)),
    ],
)
def test_a_term_that_a_label_holds_is_not_lacking(term: str, label: Label) -> None:
    assert lacking({term}, set(), [label]) == frozenset()


def test_a_form_of_the_general_dictionary_is_not_lacking() -> None:
    assert lacking({"bistouri", "tirzépatide"}, {"bistouri"}, []) == {"tirzépatide"}


def test_words_that_stand_apart_in_a_label_do_not_hold_a_term() -> None:
    assert lacking({"maladie du côlon", "crohnien"}, {"maladie", "du", "côlon"}, [SENTENCE]) == {
        "maladie du côlon",
        "crohnien",
    }


@given(st.lists(st.text("abc é", min_size=1, max_size=6).map(str.strip).filter(bool), min_size=1, max_size=8))
def test_a_term_is_never_lacking_beside_its_own_label(words: list[str]) -> None:
    terms = {" ".join(plain(word).split()) for word in words}
    assert lacking(terms, set(), [Label(term, "CIM-10") for term in terms]) == frozenset()


def test_the_own_lists_add_more_than_two_thousand_terms(lexicon: FrenchLexicon) -> None:
    found = facts(lexicon, own_entries(LISTS))
    assert found.own.lacking >= found.own.single >= 2000
    for group in ("drug", "drug-brand", "procedure", "lab-test", "imaging", "device", "sign", "abbreviation"):
        assert found.classes[group, OWN].lacking >= 200, group


def test_words_that_hold_a_digit_leave_no_fragment() -> None:
    assert list(words_of("HER2, Ki-67, CA19-9 et anticorps anti-Ku")) == ["et", "anticorps", "anti-Ku"]


def test_no_list_says_a_word_of_one_class_twice() -> None:
    for path in sorted(LISTS.glob("*.csv")):
        rows = list(csv.reader(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")))[1:]
        lines = [tuple(row[:2]) if len(row) == 5 else (row[0], row[4]) for row in rows]
        assert len(set(lines)) == len(lines), [line for line in lines if lines.count(line) > 1]
        assert all(word == " ".join(word.split()) and word.isprintable() for word, _ in lines)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.names[0])
def test_the_lexicon_knows_every_term_of_a_specialty(lexicon: FrenchLexicon, pack: Pack) -> None:
    assert [(term, one.text) for term in pack.terms for one in pieces(term) if not lexicon.knows(one.text)] == []


def test_there_are_packs_for_twenty_five_specialties() -> None:
    assert len(PACKS) >= 25
