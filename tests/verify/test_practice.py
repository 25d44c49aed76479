"""The practice's own list: what may be added, how it is kept, and that the lexicon reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.model.text import FindingKind
from pipeline.verify import practice
from pipeline.verify.build import lexicon_version
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.plain_text import transcript_of
from pipeline.verify.sources import OWN, PRACTICE, Entry, own_entries
from pipeline.verify.step import check
from tests.verify.conftest import CACHE, LISTS

HEADER = "word,class,gender,number,note\n"


def drug(word: str, note: str = "") -> Entry:
    return Entry(word, "drug", note=note)


def test_words_are_appended_and_read_after_the_projects_lists(tmp_path: Path) -> None:
    path = tmp_path / "var" / "terms.csv"
    practice.add(path, drug("  zorblaxine "), ())
    practice.add(path, drug("tilvécor LP", "a, b « c »"), own_entries(LISTS, path))
    entries = own_entries(LISTS, path)
    assert [(one.word, one.note, one.source) for one in entries[-2:]] == [
        ("zorblaxine", "", PRACTICE),
        ("tilvécor LP", "a, b « c »", PRACTICE),
    ]
    assert {one.source for one in entries[:-2]} == {OWN}


@pytest.mark.parametrize(
    "word",
    ["", "x", "1mot", "-mot", "mot;mot", "a,b", '"mot"', "#mot", "=SOMME", "mot\x07", "mot--mot", "un " * 6, "m" * 61],
)
def test_a_malformed_word_is_refused_and_nothing_is_written(tmp_path: Path, word: str) -> None:
    with pytest.raises(LexiconError, match="mal formé"):
        practice.add(tmp_path / "terms.csv", drug(word), ())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["HbA1c", "CA19-9", "pg/mL", "l'Hôtel-Dieu", "nævus", "diabète de type 2", "bêta-2"])
def test_a_term_may_hold_figures_hyphens_and_apostrophes(tmp_path: Path, word: str) -> None:
    assert practice.add(tmp_path / "terms.csv", drug(word), ()).word == word


def test_a_word_of_the_projects_lists_is_a_duplicate_whatever_its_case(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="liste Calame"):
        practice.add(tmp_path / "terms.csv", drug("bpco"), own_entries(LISTS))


def test_removing_leaves_other_lines_and_comments_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text(f"# à nous\n{HEADER}zorblax,drug,,,\n# fin\ntilvécor,drug-brand,,,", encoding="utf-8")
    assert practice.remove(path, "ZORBLAX", ()).group == "drug"
    assert path.read_text("utf-8") == f"# à nous\n{HEADER}# fin\ntilvécor,drug-brand,,,\n"
    with pytest.raises(LexiconError, match="pas dans la liste du cabinet") as told:
        practice.remove(path, "BPCO", own_entries(LISTS))
    assert "liste Calame" in told.value.advice
    practice.remove(path, "tilvécor", ())
    assert not path.exists()


def test_a_malformed_list_is_named_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text("mot;classe\nzorblax;drug\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"terms\.csv"):
        practice.add(path, drug("tilvécor"), ())
    assert path.read_text("utf-8") == "mot;classe\nzorblax;drug\n"


def test_the_version_names_the_practices_list_and_comes_back_without_it(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    before = lexicon_version(LISTS, practice=path)
    assert before == lexicon_version(LISTS)
    practice.add(path, drug("zorblaxine"), ())
    assert lexicon_version(LISTS, practice=path) != before
    practice.remove(path, "zorblaxine", ())
    assert lexicon_version(LISTS, practice=path) == before


def test_a_word_of_the_practice_is_known_and_proposed(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text(f"{HEADER}zorblaxine,drug,f,,\n", encoding="utf-8")
    ours = FrenchLexicon(LISTS, CACHE, practice=path)  # built once: named by its content
    assert ours.knows("Zorblaxine") and ours.is_drug("zorblaxine")
    assert ours.sources()[PRACTICE] == 1
    assert check(transcript_of("Courrier.\nSous zorblaxine."), ours).findings == ()
    (finding,) = check(transcript_of("Courrier.\nSous zorblaxsine."), ours).findings
    assert finding.kind is FindingKind.LIKELY_MISHEARD
    assert (finding.proposals[0].text, finding.proposals[0].source) == ("zorblaxine", PRACTICE)
