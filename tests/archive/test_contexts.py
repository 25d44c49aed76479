""" "Fièvre" is told from "pas de fièvre" by both search engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from pipeline.archive.contexts import NOT_READ, from_json, to_json
from pipeline.archive.port import Index
from pipeline.archive.postgres_index import PostgresIndex
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.model.document import SearchQuery
from pipeline.model.said import Context, SaidTerm, TermKind
from tests.archive.conftest import YVONNE, record
from tests.postgres import PostgresServer
from tests.verify.conftest import CONTEXTS

TEXTS = {
    "has": "Toux grasse et fièvre à 39 depuis trois jours.",
    "not": "Douleur du flanc droit. Pas de fièvre, pas de toux.",
    "family": "Sa mère a eu une embolie pulmonaire.",
    "maybe": "Scanner à la recherche d'une embolie pulmonaire.",
    "past": "Antécédents : embolie pulmonaire en 2010.",
    "both": "Pas de fièvre le matin. Le soir, fièvre à 38,5.",
    "apart": "Insuffisance mitrale, pas de souffle. Hypertrophie cardiaque.",
}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an index is, on each engine."""
    if request.param == "sqlite":
        return str(tmp_path / "index.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.database())


def opened(engine: str, *, reading: bool = True) -> Index:
    read = CONTEXTS.words if reading else None
    return PostgresIndex(engine, read) if engine.startswith("postgresql") else SqliteIndex(Path(engine), read)


def filled(engine: str, texts: dict[str, str] = TEXTS, *, reading: bool = True) -> Index:
    index = opened(engine, reading=reading)
    index.rebuild((record(id_), YVONNE, one) for id_, one in texts.items())
    return index


def answers(index: Index, words: str, *, affirmed: bool) -> dict[str, tuple[str, ...]]:
    return {hit.record.id: hit.contexts for hit in index.search(SearchQuery(words, affirmed=affirmed))}


def test_each_hit_says_in_which_sense_the_word_stands(engine: str) -> None:
    index = filled(engine)
    assert answers(index, "fièvre", affirmed=False) == {"has": (), "not": ("nié",), "both": ()}
    assert answers(index, "embolie pulmonaire", affirmed=False) == {
        "family": ("famille",),
        "maybe": ("hypothèse",),
        "past": ("antécédent",),
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fièvre", {"has", "both"}),
        ("FIEVRES", {"has", "both"}),
        ("fièv", {"has", "both"}),  # while typing
        ("toux fièvre", {"has"}),
        ("douleur", {"not"}),
        ("douleur fièvre", set()),
        ("embolie", {"past"}),  # what the patient once had is his or hers
        ('"embolie pulmonaire"', {"past"}),
        ('"insuffisance cardiaque"', set()),
        ("mère", set()),
        ("39", {"has"}),
        ("", set(TEXTS)),
    ],
)
def test_a_search_for_what_is_affirmed_leaves_out_the_rest(engine: str, words: str, expected: set[str]) -> None:
    assert set(answers(filled(engine), words, affirmed=True)) == expected


def test_no_phrase_is_found_across_a_word_that_is_denied(engine: str) -> None:
    index = filled(engine, {"one": "Douleur sans fièvre. Thoracique droite."})
    assert set(answers(index, '"douleur thoracique"', affirmed=True)) == set()
    assert set(answers(index, '"thoracique droite"', affirmed=True)) == {"one"}


def test_filing_one_document_reads_its_contexts(engine: str) -> None:
    index = opened(engine)
    index.add(record("one"), YVONNE, "Pas de fie\u0300vre\0.\nToux.")
    assert answers(index, "fièvre", affirmed=False) == {"one": ("nié",)}
    assert answers(index, "fièvre", affirmed=True) == {}
    index.add(record("one"), YVONNE, "Fièvre.")
    assert answers(index, "fièvre", affirmed=True) == {"one": ()}


def test_a_document_filed_before_is_not_lost_and_is_read_at_the_next_reindex(engine: str) -> None:
    before = filled(engine, reading=False)
    assert set(answers(before, "fièvre", affirmed=True)) == {"has", "not", "both"}
    assert set(answers(before, "fièvre", affirmed=True).values()) == {(NOT_READ,)}
    after = filled(engine)
    assert set(answers(after, "fièvre", affirmed=True)) == {"has", "both"}


def test_an_index_of_an_earlier_version_is_opened_as_it_is(engine: str) -> None:
    filled(engine, {"old": "Pas de fièvre."})
    if engine.startswith("postgresql"):
        vendor = create_engine(engine)
        with vendor.begin() as connection:
            for column in ("contexts", "affirmed", "affirmed_words", "affirmed_stems"):
                connection.execute(text(f"ALTER TABLE search_entries DROP COLUMN {column}"))
        vendor.dispose()
    else:
        with sqlite3.connect(engine) as connection:
            connection.execute("ALTER TABLE entries DROP COLUMN contexts")
            connection.execute("DROP TABLE affirmed")
    index = opened(engine)
    assert answers(index, "fièvre", affirmed=False) == {"old": ()}
    index.add(record("new"), YVONNE, "Aucune fièvre.")
    assert set(answers(index, "fièvre", affirmed=True)) == {"old"}


TERMS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 9), st.sampled_from(TermKind), st.frozensets(st.sampled_from(Context))),
    max_size=8,
)


def placed(drawn: Iterable[tuple[int, int, TermKind, frozenset[Context]]]) -> list[SaidTerm]:
    reached, said = 0, []
    for gap, length, kind, contexts in drawn:
        said.append(SaidTerm(reached + gap, reached + gap + length, kind, contexts=contexts))
        reached = said[-1].end
    return said


@given(TERMS.map(placed))
def test_what_is_kept_comes_back_but_for_plain_words(said: list[SaidTerm]) -> None:
    kept = [one for one in said if one.contexts or one.kind is not TermKind.WORD]
    assert list(from_json(to_json(said))) == kept
