"""One contract for both search engines: what a secretary types finds what she means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.archive.port import Index
from pipeline.archive.postgres_index import PostgresIndex
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.archive.words import excerpt, parse
from pipeline.model.document import Record, SearchQuery
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient
from tests.archive.conftest import HUGO, YVONNE, record

TEXTS = {
    "fa": "Fibrillation auriculaire paroxystique, sous apixaban 5 mg matin et soir.",
    "hta": "Suivi de l’hypertension artérielle. Pas d'œdème des membres inférieurs.",
    "genou": "Arthroscopie du genou gauche, ménisque opéré sans complication.",
    "biopsies": "Biopsies œsophagiennes : muqueuse normale. Dose d'oméprazole : 20 mg.",
}


def fill(index: Index) -> None:
    for id_, text in TEXTS.items():
        index.add(record(id_), YVONNE, text)


def found(index: Index, words: str) -> set[str]:
    return {hit.record.id for hit in index.search(SearchQuery(words))}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Fibrillation auriculaire", {"fa"}),
        ("fibrillations auriculaire", {"fa"}),
        ("FIBRILLATION", {"fa"}),
        ("auriculaires fibrillation", {"fa"}),  # in any order
        ("l'hypertension", {"hta"}),
        ("hypertension arterielle", {"hta"}),
        ("hypertensions artérielles", {"hta"}),
        ("oedeme", {"hta"}),
        ("œdèmes", {"hta"}),
        ("biopsie oesophagienne", {"biopsies"}),
        ("ménisques opérés", {"genou"}),
        ("opérée", {"genou"}),
        ("fib", {"fa"}),  # while typing
        ("fibrillation auri", {"fa"}),
        ("fib auriculaire", set()),  # only the last word is unfinished
        ('"fibrillation auriculaire"', {"fa"}),
        ('"auriculaire fibrillation"', set()),
        ("« hypertension artérielle »", {"hta"}),
        ('"hypertension artérielle" oedème', {"hta"}),
        ("5 mg", {"fa"}),
        ("la fibrillation de l'oreille", set()),
        ("suivi de la hypertension", {"hta"}),  # small words do not count
        ("mg", {"fa", "biopsies"}),
        ("appendicite", set()),
    ],
)
def test_what_is_typed_finds_what_is_meant(index: Index, words: str, expected: set[str]) -> None:
    fill(index)
    assert found(index, words) == expected


def test_nothing_typed_shows_the_newest_first(index: Index) -> None:
    for number, day in enumerate((date(2026, 1, 5), date(2026, 3, 1), date(2025, 12, 31))):
        index.add(record(str(number), day=day), YVONNE, "Texte.")
    assert [hit.record.id for hit in index.search(SearchQuery())] == ["1", "0", "2"]
    assert len(index.search(SearchQuery(limit=2))) == 2


def test_the_best_comes_first_and_of_equals_the_newest(index: Index) -> None:
    for number in range(20):  # BM25 weighs a word by how rare it is
        index.add(record(f"other {number}"), YVONNE, "Rien de tel dans ce courrier.")
    index.add(record("passing", day=date(2026, 11, 20)), YVONNE, "Asthme ancien. " + "Autre chose à dire ici. " * 20)
    index.add(record("title", "Asthme sévère", day=date(2020, 1, 1)), YVONNE, "Asthme. " + "Autre chose. " * 20)
    index.add(record("same old", day=date(2024, 1, 1)), YVONNE, "Eczéma des mains.")
    index.add(record("same new", day=date(2025, 1, 1)), YVONNE, "Eczéma des mains.")
    assert [hit.record.id for hit in index.search(SearchQuery("asthme"))] == ["title", "passing"]
    assert [hit.record.id for hit in index.search(SearchQuery("eczema"))] == ["same new", "same old"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (SearchQuery("asthme", patient="lefevre"), {"y"}),
        (SearchQuery("asthme", patient="Carpentier Yv"), {"y"}),
        (SearchQuery("asthme", patient="n'guyen oeuvre"), {"h", "old"}),
        (SearchQuery("asthme", patient="guyen d'œuvre hugo"), {"h", "old"}),
        (SearchQuery("asthme", patient="%"), set()),
        (SearchQuery(patient_id="p2"), {"h", "old"}),
        (SearchQuery("asthme", kind=DocumentKind.ARCHIVE), {"old"}),
        (SearchQuery("asthme", since=date(2026, 1, 1)), {"y", "h"}),
        (SearchQuery("asthme", until=date(2019, 5, 2)), {"old"}),
        (SearchQuery("asthme", since=date(2019, 5, 2), until=date(2019, 5, 2)), {"old"}),
        (SearchQuery("asthme", since=date(2019, 5, 3), until=date(2020, 1, 1)), set()),
    ],
)
def test_filters_narrow_the_search(index: Index, query: SearchQuery, expected: set[str]) -> None:
    index.add(record("y", patient=YVONNE), YVONNE, "Asthme.")
    index.add(record("h", patient=HUGO), HUGO, "Asthme.")
    index.add(record("old", patient=HUGO, kind=DocumentKind.ARCHIVE, day=date(2019, 5, 2)), HUGO, "Asthme.")
    assert {hit.record.id for hit in index.search(query)} == expected


def test_the_excerpt_shows_the_found_words_as_they_are_written(index: Index) -> None:
    index.add(record("long"), YVONNE, "Début. " + "mot " * 200 + "Pas de fibrillations vues. " + "mot " * 200)
    (hit,) = index.search(SearchQuery("fibrillation"))
    assert "Pas de \x02fibrillations\x03 vues." in hit.excerpt
    assert hit.excerpt.startswith("… ")
    assert hit.excerpt.endswith(" …")
    assert len(hit.excerpt) < 400
    assert hit.patient_name == "CARPENTIER Yvonne"


def test_a_text_cannot_forge_the_marks() -> None:
    assert excerpt("un \x02faux\x03 mot vrai", parse("vrai")) == "un faux mot \x02vrai\x03"


@pytest.mark.parametrize("newer_first", [False, True])
def test_a_replaced_record_is_found_after_its_correction_and_says_so(index: Index, newer_first: bool) -> None:
    old, new = record("old", "Asthme asthme"), record("new", replaces="old")
    for one in (new, old) if newer_first else (old, new):
        index.add(one, YVONNE, "Asthme.")
    hits = index.search(SearchQuery("asthme"))
    assert [(hit.record.id, hit.record.replaced_by) for hit in hits] == [("new", ""), ("old", "new")]


def test_adding_again_replaces_the_entry(index: Index) -> None:
    for text in ("Asthme.", "Eczéma.", "Eczéma."):
        index.add(record("one"), YVONNE, text)
    assert found(index, "asthme") == set()
    assert len(index.search(SearchQuery("eczéma"))) == 1


def test_the_index_can_be_rebuilt_from_records_and_texts(index: Index) -> None:
    index.add(record("gone"), YVONNE, "Asthme.")
    assert index.rebuild((record(id_), YVONNE, text) for id_, text in TEXTS.items()) == len(TEXTS)
    assert found(index, "asthme") == set()
    assert found(index, "apixaban") == {"fa"}


def test_a_record_comes_back_as_it_was_filed(index: Index) -> None:
    one = record("one", "Compte rendu d'« échographie »", kind=DocumentKind.IMAGING_REPORT)
    index.add(one, YVONNE, "Échographie.")
    assert index.search(SearchQuery("echo"))[0].record == one


HOSTILE = [
    '"',
    '""""',
    "*",
    'a* OR "',
    "NEAR(",
    "NEAR(a b, 5)",
    "'; DROP TABLE entries; --",
    "title : x",
    "words:fibrillation",
    "{a b} : c",
    "a AND OR NOT",
    "^fib",
    "\\",
    "fib:* & !x | <->",
    "%_%",
    "\x00",
    "é" * 100_000,
    "mot " * 50_000,
    "( " * 1000,
    "😀 ﷽ ʼ ’",
    "«",
    ":limit",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_are_only_words(index: Index, words: str) -> None:
    fill(index)
    index.search(SearchQuery(words))
    index.search(SearchQuery("mg", patient=words, patient_id=words))
    assert found(index, "apixaban") == {"fa"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres_index: PostgresIndex) -> tuple[Index, Index]:
    sqlite = SqliteIndex(tmp_path_factory.mktemp("both") / "index.db")
    for index in (sqlite, postgres_index):
        index.rebuild([])
        fill(index)
    return sqlite, postgres_index


VOCABULARY = st.sampled_from(
    [*" ".join(TEXTS.values()).split(), '"', "mg", "l'", "op", "oe", "*", "-", "\N{NBSP}", "(", "d’"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(VOCABULARY | st.text(max_size=5), max_size=6).map(" ".join))
def test_both_engines_give_the_same_answers(both: tuple[Index, Index], words: str) -> None:
    answers = [{(hit.record.id, hit.excerpt) for hit in index.search(SearchQuery(words))} for index in both]
    assert answers[0] == answers[1]


def test_two_processes_may_use_one_sqlite_index(tmp_path: Path) -> None:
    first, second = SqliteIndex(tmp_path / "index.db"), SqliteIndex(tmp_path / "index.db")
    first.add(record("a"), YVONNE, "Asthme.")
    second.add(record("b"), YVONNE, "Asthme.")
    assert found(first, "asthme") == found(second, "asthme") == {"a", "b"}


def test_entries_added_in_a_row_are_there_at_once_for_others_and_a_fault_leaves_none_half_done(tmp_path: Path) -> None:
    one, other = SqliteIndex(tmp_path / "index.db"), SqliteIndex(tmp_path / "index.db")

    def cut_short() -> Iterator[tuple[Record, Patient, str]]:
        yield record("hta"), YVONNE, TEXTS["hta"]
        raise RuntimeError

    with one.kept():
        one.add(record("fa"), YVONNE, TEXTS["fa"])
        assert found(other, "apixaban") == {"fa"}
        with pytest.raises(RuntimeError):
            one.rebuild(cut_short())
        other.add(record("genou"), YVONNE, TEXTS["genou"])  # nobody holds the lock
        one.add(record("biopsies"), YVONNE, TEXTS["biopsies"])
    one.add(record("hta"), YVONNE, TEXTS["hta"])
    assert {hit.record.id for hit in other.search(SearchQuery(""))} == set(TEXTS)


def test_words_are_counted_in_current_documents_all_at_once(index: Index) -> None:
    index.add(record("un", "Suivi"), YVONNE, "Contrôle du zorblaxique.")
    index.add(record("deux", "Zorblaxique"), YVONNE, "Rien d'autre.")
    index.add(record("trois", "Suivi", replaces="un"), YVONNE, "Contrôle du Zorblaxique, inter-brumal.")
    index.add(record("quatre", "Suivi"), YVONNE, "Un brumal inter, deux zorblaxiques.")
    asked = ["zorblaxique", "inter-brumal", "ZORBLAXIQUE", "absent", "zorbla", "'\"", "brumal"]
    assert index.met(asked, 20) == [2, 1, 2, 0, 0, 0, 2]
    assert index.met(["brumal"], 1) == [1]
    assert index.met([], 20) == []
