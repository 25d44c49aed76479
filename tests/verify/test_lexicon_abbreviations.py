"""What abbreviations stand for, and which may be written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.verify.abbreviations import Expansion, abbreviations
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.sources import PRACTICE, SENSE_COLUMNS, Entry, own_entries
from tests.verify.conftest import LISTS

LISTED = tuple(entry for entry in own_entries(LISTS) if entry.group == "abbreviation")


def test_an_abbreviation_of_one_sense_may_be_written_out(lexicon: FrenchLexicon) -> None:
    assert lexicon.expansions("HTA") == (Expansion("hypertension artérielle", "", True),)


@pytest.mark.parametrize("word", ["IVA", "IRC", "TS", "PAC", "RCP", "TVP", "SEP", "PTH", "TCA", "IVG", "OD", "OG"])
def test_an_abbreviation_of_several_senses_is_never_written_out(lexicon: FrenchLexicon, word: str) -> None:
    senses = lexicon.expansions(word)
    assert len(senses) > 1 and not any(sense.may_expand for sense in senses)
    assert len({sense.text for sense in senses}) == len(senses)


def test_each_sense_says_its_specialty(lexicon: FrenchLexicon) -> None:
    assert {(one.text, one.specialty) for one in lexicon.expansions("PTH")} == {
        ("parathormone", "endocrinologie-diabétologie"),
        ("prothèse totale de hanche", "chirurgie orthopédique"),
    }


def test_a_word_is_no_abbreviation_in_another_case_or_when_it_is_none(lexicon: FrenchLexicon) -> None:
    assert lexicon.expansions("sep") == lexicon.expansions("dyspnée") == lexicon.expansions("") == ()


def test_every_abbreviation_has_a_sense_and_several_senses_are_not_allowed_to_expand() -> None:
    found = abbreviations(LISTED)
    assert len(found) >= 400 and {entry.word for entry in LISTED} == set(found)
    for entry in LISTED:
        assert not (entry.may_expand and len(found[entry.word]) > 1), entry.word
    assert len({(entry.word, entry.note) for entry in LISTED}) == len(LISTED)


def test_what_a_practice_adds_is_told_and_never_written_out() -> None:
    ours = Entry("ZBX", "abbreviation", note="zorblaxine", source=PRACTICE)
    assert abbreviations([ours]) == {"ZBX": (Expansion("zorblaxine"),)}
    known = Entry("HTA", "abbreviation", note="haute teneur en air", source=PRACTICE)
    assert not any(one.may_expand for one in abbreviations([*LISTED, known])["HTA"])


@pytest.mark.parametrize("flag", ["", "oui", "Yes"])
def test_a_flag_that_is_neither_yes_nor_no_is_refused(tmp_path: Path, flag: str) -> None:
    (tmp_path / "abrégés.csv").write_text(
        f"{','.join(SENSE_COLUMNS)}\nHTA,abbreviation,,,hypertension artérielle,,{flag}\n", encoding="utf-8"
    )
    with pytest.raises(LexiconError, match=r"abrégés\.csv.*entrée 2"):
        own_entries(tmp_path)


def test_the_practices_list_keeps_its_five_columns(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text(f"{','.join(SENSE_COLUMNS)}\nZBX,abbreviation,,,zorblaxine,,yes\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"terms\.csv.*colonnes"):
        own_entries(LISTS, path)
