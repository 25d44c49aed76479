"""A proposal finds its words in the draft although white space was tidied, or a person broke a line there."""

from __future__ import annotations

import pytest

from pipeline.model.document import Section
from pipeline.review.step import replace_excerpt


def replaced(heard: str, excerpt: str, new: str, *written: str, at: int = -1) -> list[str] | None:
    sections = [Section("", text) for text in written or (heard,)]
    done = replace_excerpt(sections, excerpt, new, heard=heard, at=heard.index(excerpt) if at < 0 else at)
    return None if done is None else [section.text for section in done]


@pytest.mark.parametrize(
    "written",
    [
        "Contrôle dans six mois. Corrigez\u00a0: «\u00a0trois mois\u00a0». Merci.",
        "Contrôle dans six mois.\nCorrigez : « trois mois ». Merci.",
        "Contrôle dans  six mois.\n\nCorrigez: «trois mois». Merci.",
        "Contrôle dans six\u202fmois. Corrigez\u202f: « trois\nmois ». Merci.",
    ],
)
def test_a_whole_sentence_is_replaced_whatever_its_white_space(written: str) -> None:
    heard = "Contrôle dans six mois. Corrigez\u00a0: « trois mois ». Merci."
    excerpt = heard.removesuffix(" Merci.")
    assert replaced(heard, excerpt, "Contrôle dans trois mois.", written) == ["Contrôle dans trois mois. Merci."]


def test_an_excerpt_that_begins_with_white_space_is_the_same_place() -> None:
    heard = "le 5 mai, puis le 5 juin"
    assert replaced(heard, " 5", "15", at=heard.rindex(" 5")) == ["le 5 mai, puis le 15 juin"]


def test_either_apostrophe_is_the_same_word() -> None:
    assert replaced("traitement d'entretien", "d'entretien", "initial", "traitement d’entretien") == [
        "traitement initial"
    ]


def test_part_of_a_word_or_figure_is_left_alone() -> None:
    assert replaced("5 mg", "5 mg", "6 mg", "15 mg") is None
    assert replaced("la la", "la", "le", "palace", at=0) is None
    assert replaced("a.c", "a.c", "x", "abc") is None


@pytest.mark.parametrize("excerpt", ["", " ", "\n"])
def test_nothing_is_put_for_an_empty_excerpt(excerpt: str) -> None:
    assert replaced("un mot", excerpt, "x", at=2) is None


def test_of_equal_places_over_two_lines_the_one_in_doubt_is_replaced() -> None:
    heard = "pas de fièvre. pas de fièvre. pas de fièvre."
    written = "pas de\nfièvre. pas\u00a0de fièvre. pas de fièvre."
    assert replaced(heard, "pas de fièvre", "fièvre", written, at=15) == ["pas de\nfièvre. fièvre. pas de fièvre."]
