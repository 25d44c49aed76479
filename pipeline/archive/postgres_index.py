"""Search on PostgreSQL, for several machines: the same words as on SQLite, in ``tsvector`` columns.

The words and their French stems are made by `words`, not by a text search configuration of the server. So no
extension (``unaccent``) has to be allowed, and both engines give the same answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.archive.contexts import BREAK, affirmed_columns
from pipeline.archive.entries import (
    COLUMNS,
    conditions,
    counted_words,
    hit_of,
    limit_of,
    read_query,
    row_of,
    searched_words,
)
from pipeline.archive.port import Contexts
from pipeline.archive.words import Term
from pipeline.errors import StorageBusy
from pipeline.model.document import Hit, Record, SearchQuery
from pipeline.model.people import Patient

_TABLES = (
    "SELECT pg_advisory_xact_lock(7203651)",  # CREATE … IF NOT EXISTS of two processes may collide
    """CREATE TABLE IF NOT EXISTS search_entries (
        id text COLLATE "C" PRIMARY KEY, case_id text NOT NULL, patient_id text NOT NULL, kind text NOT NULL,
        title text NOT NULL, document_date text COLLATE "C" NOT NULL, version integer NOT NULL, path text NOT NULL,
        sha256 text NOT NULL, filed_at text COLLATE "C" NOT NULL, replaces text NOT NULL, replaced_by text NOT NULL,
        author text NOT NULL, patient_name text NOT NULL, patient_words text NOT NULL, body text NOT NULL,
        words text NOT NULL, found_words tsvector NOT NULL, found_stems tsvector NOT NULL)""",
    """DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
            AND table_name = 'search_entries' AND column_name = 'contexts') THEN
            ALTER TABLE search_entries ADD COLUMN contexts text NOT NULL DEFAULT '',
                ADD COLUMN affirmed text NOT NULL DEFAULT '', ADD COLUMN affirmed_words tsvector NOT NULL DEFAULT '',
                ADD COLUMN affirmed_stems tsvector NOT NULL DEFAULT '';
        END IF; END $$""",
    "CREATE INDEX IF NOT EXISTS search_entries_patient ON search_entries (patient_id)",
    "CREATE INDEX IF NOT EXISTS search_entries_date ON search_entries (document_date)",
    "CREATE INDEX IF NOT EXISTS search_entries_replaces ON search_entries (replaces) WHERE replaces <> ''",
    "CREATE INDEX IF NOT EXISTS search_entries_words ON search_entries USING gin (found_words)",
    "CREATE INDEX IF NOT EXISTS search_entries_stems ON search_entries USING gin (found_stems)",
)

_NAMES = ", ".join(COLUMNS)
_VECTORS = ("found_words", "found_stems", "affirmed_words", "affirmed_stems")
_ADD = text(
    f"INSERT INTO search_entries ({_NAMES}, words, affirmed, {', '.join(_VECTORS)}) "  # noqa: S608 - fixed names
    f"VALUES ({', '.join(':' + name for name in COLUMNS)}, :words, :affirmed, "
    f"{', '.join(f'CAST(:{name} AS tsvector)' for name in _VECTORS)}) ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS[1:], "words", "affirmed", *_VECTORS))
)

_COUNT = text("""
SELECT (SELECT count(*) FROM (
    SELECT 1 FROM search_entries
    WHERE replaced_by = '' AND found_words @@ CAST(asked.query AS tsquery) AND words LIKE asked.phrase LIMIT :most
) AS held)
FROM unnest(CAST(:queries AS text[]), CAST(:phrases AS text[])) WITH ORDINALITY AS asked (query, phrase, place)
ORDER BY asked.place
""")

_MAX_POSITIONS = 255  # PostgreSQL keeps 256 positions of a lexeme, the last at 16383
_LAST_POSITION = 16_383


class PostgresIndex:
    """See `Index`. ``url`` is SQLAlchemy's (``postgresql+psycopg://…``). Safe for several machines.

    ``read`` tells in what sense the words of an added text are said. An index made before that was kept is opened as
    it is: `rebuild` reads its contexts.
    """

    def __init__(self, url: str, read: Contexts | None = None) -> None:
        self._read = read
        self._engine: Engine = create_engine(url, pool_pre_ping=True)
        with self._transaction() as connection:
            for statement in _TABLES:
                connection.execute(text(statement))

    def add(self, record: Record, patient: Patient, text: str) -> None:
        """See `Index.add`. Raises `StorageBusy`."""
        row = row_of(record, patient, text, self._read)
        with self._transaction() as connection:
            _add(connection, record, row)

    def kept(self) -> AbstractContextManager[None]:
        """See `Index.kept`. Connections are kept in any case."""
        return nullcontext()

    def rebuild(self, entries: Iterable[tuple[Record, Patient, str]]) -> int:
        """See `Index.rebuild`. Raises `StorageBusy`."""
        count = 0
        with self._transaction() as connection:
            connection.execute(text("DELETE FROM search_entries"))
            for record, patient, body in entries:
                _add(connection, record, row_of(record, patient, body, self._read))
                count += 1
        return count

    def search(self, query: SearchQuery) -> list[Hit]:
        """See `Index.search`. ``Hit.score`` is ``ts_rank`` times ten: higher is better. Raises `StorageBusy`."""
        terms = read_query(query)
        if terms is None:
            return []
        sql, values = _select(query, terms)
        with self._transaction() as connection:
            rows = connection.execute(text(sql), values).fetchall()
        return [hit_of(row, query, terms, float(row[-1])) for row in rows]

    def met(self, words: Sequence[str], most: int) -> list[int]:
        """See `Index.met`. Raises `StorageBusy`."""
        asked = counted_words(words)
        queries = [" & ".join(f"'{part}'" for part in parts) for parts in asked]
        phrases = [f"% {' '.join(parts)} %" if len(parts) > 1 else "%" for parts in asked]
        with self._transaction() as connection:
            found = connection.execute(_COUNT, {"queries": queries, "phrases": phrases, "most": most}).fetchall()
        return [int(count) for (count,) in found]

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError:
            message = "L'index de recherche ne répond pas."
            # the driver's error quotes the row, which is a patient's: it is not passed on
            raise StorageBusy(message, advice="Réessayez dans un instant.") from None


def _add(connection: Connection, record: Record, row: dict[str, Any]) -> None:
    for name, value in row.items():
        row[name] = value.replace("\0", "") if isinstance(value, str) else value
    # the second condition lets the partial index serve
    correction = text("SELECT id FROM search_entries WHERE replaces = :id AND replaces <> ''")
    later = connection.execute(correction, {"id": record.id}).first()
    row["replaced_by"] = row["replaced_by"] or (later[0] if later else "")
    title, words, stems = searched_words(record, row["body"])
    row["words"] = f" {words} "
    row["found_words"] = _vector(words.split())
    row["found_stems"] = _vector(stems.split(), heavy=frozenset(title.split()))
    affirmed, affirmed_stems = affirmed_columns(record.title, row["body"], row["contexts"])
    row["affirmed"] = f" {affirmed} "
    row["affirmed_words"] = _vector([word for word in affirmed.split() if word != BREAK])
    row["affirmed_stems"] = _vector([word for word in affirmed_stems.split() if word != BREAK])
    connection.execute(_ADD, row)
    if record.replaces:
        mark = text("UPDATE search_entries SET replaced_by = :new WHERE id = :old")
        connection.execute(mark, {"new": record.id, "old": record.replaces})


def _vector(words: list[str], heavy: frozenset[str] = frozenset()) -> str:
    """A ``tsvector`` literal; words of the title weigh A, the others D (PostgreSQL's 1.0 and 0.1)."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words, start=1):
        if len(places[word]) < _MAX_POSITIONS and len(word) < 500:
            places[word].append(min(number, _LAST_POSITION))
    return " ".join(
        f"'{word}':" + ",".join(f"{place}{'A' if word in heavy else ''}" for place in dict.fromkeys(found))
        for word, found in places.items()
        if found
    )


def _select(query: SearchQuery, terms: tuple[Term, ...]) -> tuple[str, dict[str, Any]]:
    where = ["1 = 1"]
    values: dict[str, Any] = {"limit": limit_of(query)}
    for condition, named in conditions(query):
        where.append(condition)
        values.update(named)
    score = "0.0"
    for number, term in enumerate(terms):
        condition, rank, named = _match(term, number, affirmed=query.affirmed)
        where.append(condition)
        score += f" + {rank}"
        values.update(named)
    sql = (
        f"SELECT {_NAMES}, 10 * ({score}) AS score FROM search_entries "  # noqa: S608 - values are bound
        f"WHERE {' AND '.join(where)} ORDER BY replaced_by <> '', round(CAST(10 * ({score}) AS numeric), 1) DESC, "
        "document_date DESC, filed_at DESC, id LIMIT :limit"
    )
    return sql, values


def _match(term: Term, number: int, *, affirmed: bool) -> tuple[str, str, dict[str, Any]]:
    """``(condition, rank, values)``. Words hold letters and digits only, quoted: nothing typed is read as syntax."""
    word, stem, phrase = f"word{number}", f"stem{number}", f"phrase{number}"
    suffix = ":*" if term.prefix else ""
    values = {word: " & ".join(f"'{one}'{suffix}" for one in term.words)}
    rank = f"ts_rank(found_words, CAST(:{word} AS tsquery))"
    if len(term.words) > 1:
        values[phrase] = f"% {' '.join(term.words)} %"
    elif term.stem:
        values[stem] = f"'{term.stem}'"
        rank = f"greatest({rank}, ts_rank(found_stems, CAST(:{stem} AS tsquery)))"

    def condition(text: str, words: str, stems: str) -> str:
        found = f"{words} @@ CAST(:{word} AS tsquery)"
        if phrase in values:
            return f"({found} AND {text} LIKE :{phrase})"
        return f"({found} OR {stems} @@ CAST(:{stem} AS tsquery))" if stem in values else f"({found})"

    where = condition("words", "found_words", "found_stems")
    if affirmed:
        where += f" AND (contexts = '' OR {condition('affirmed', 'affirmed_words', 'affirmed_stems')})"
    return where, rank, values
