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
    assert len(terms) >= 50 and len(set(terms)) == len(terms)
    assert all(isinstance(term, str) and term and term == term.strip() for term in terms)


def test_a_specialty_is_found_by_its_name_and_by_its_person_in_any_case() -> None:
    assert "dyspnée" in terms_of("Cardiologie", PATH) and "dyspnée" in terms_of("cardiologue", PATH)
    assert terms_of("", PATH) == terms_of("astrologie", PATH) == ()
