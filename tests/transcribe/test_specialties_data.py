"""The terms of the specialties are a table that anybody may extend."""

from __future__ import annotations

import pytest
import yaml

from pipeline.ears import terms_of
from tests.transcribe.conftest import ROOT

PATH = ROOT / "lexicon" / "specialties.yaml"
TABLE: dict[str, dict[str, list[str]]] = yaml.safe_load(PATH.read_text(encoding="utf-8"))


@pytest.mark.parametrize("specialty", TABLE)
def test_a_specialty_has_many_terms_each_once_and_clean(specialty: str) -> None:
    terms = TABLE[specialty]["terms"]
    assert len(terms) >= 50 and len({str(term).casefold() for term in terms}) == len(terms)
    assert all(isinstance(term, str) and term and term == term.strip() for term in terms)


def test_a_specialty_is_found_by_its_name_and_by_its_person_in_any_case() -> None:
    assert "dyspnée" in terms_of("Cardiologie", PATH) and "dyspnée" in terms_of("cardiologue", PATH)
    assert terms_of("", PATH) == terms_of("astrologie", PATH) == ()


def test_there_are_enough_specialties_and_a_name_means_one() -> None:
    names = [name.casefold() for key, entry in TABLE.items() for name in (key, *entry["also"])]
    assert len(TABLE) >= 25
    assert len(set(names)) == len(names)
