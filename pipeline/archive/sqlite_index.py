"""Search on SQLite FTS5, in a file of its own: it can be deleted and rebuilt from the archive."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any

from pipeline.archive.contexts import affirmed_columns
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
from pipeline.errors import IntegrityBroken, StorageBusy
from pipeline.model.document import Hit, Record, SearchQuery
from pipeline.model.people import Patient

_BUSY_SECONDS = 30.0

_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL, patient_id TEXT NOT NULL,
    kind TEXT NOT NULL, title TEXT NOT NULL, document_date TEXT NOT NULL, version INTEGER NOT NULL, path TEXT NOT NULL,
    sha256 TEXT NOT NULL, filed_at TEXT NOT NULL, replaces TEXT NOT NULL, replaced_by TEXT NOT NULL,
    author TEXT NOT NULL, patient_name TEXT NOT NULL, patient_words TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_patient ON entries (patient_id);
CREATE INDEX IF NOT EXISTS entries_date ON entries (document_date);
CREATE INDEX IF NOT EXISTS entries_replaces ON entries (replaces) WHERE replaces <> '';
CREATE VIRTUAL TABLE IF NOT EXISTS found USING fts5 (
    title, words, stems, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4'
);
CREATE VIRTUAL TABLE IF NOT EXISTS affirmed USING fts5 (
    words, stems, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4'
);
COMMIT;
"""

_COUNT = """
SELECT CASE WHEN asked.value IS NULL THEN 0 ELSE (
    SELECT count(*) FROM (
        SELECT 1 FROM found JOIN entries ON entries.number = found.rowid
        WHERE found MATCH asked.value AND replaced_by = '' LIMIT :most
    )
) END FROM json_each(:asked) AS asked ORDER BY asked.key
"""

_WEIGHTS = "4.0, 1.0, 1.0"
"""A word of the title counts four times."""


class SqliteIndex:
    """See `Index`. Safe for several processes and threads (WAL, a connection for each call, but see `kept`).

    ``read`` tells in what sense the words of an added text are said. An index made before that was kept is opened as
    it is: `rebuild` reads its contexts.
    """

    def __init__(self, path: Path, read: Contexts | None = None) -> None:
        self._path, self._read = path, read
        self._own = local()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)
            _add_contexts(connection)

    def add(self, record: Record, patient: Patient, text: str) -> None:
        """See `Index.add`. Raises `StorageBusy`."""
        row = row_of(record, patient, text, self._read)  # before the lock: reading contexts takes a moment
        with self._transaction() as connection:
            _add(connection, record, row)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """See `Index.kept`. SQLite copies its log into the file, and waits for the disk each time it does, when the
        last connection closes."""
        with self._connection() as connection:
            connection.execute("PRAGMA synchronous = FULL")  # an entry is on the disk although nothing closes
            self._own.kept = connection
            try:
                yield
            finally:
                self._own.kept = None

    def rebuild(self, entries: Iterable[tuple[Record, Patient, str]]) -> int:
        """See `Index.rebuild`. Raises `StorageBusy`."""
        count = 0
        with self._transaction() as connection:
            for table in ("found", "affirmed", "entries"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names
            for record, patient, text in entries:
                _add(connection, record, row_of(record, patient, text, self._read))
                count += 1
        return count

    def search(self, query: SearchQuery) -> list[Hit]:
        """See `Index.search`. ``Hit.score`` is the negated BM25 of FTS5: higher is better. Raises `StorageBusy`."""
        terms = read_query(query)
        if terms is None:
            return []
        sql, values = _select(query, terms)
        with self._connection() as connection:
            rows = connection.execute(sql, values).fetchall()
        return [hit_of(row, query, terms, row[-1]) for row in rows]

    def met(self, words: Sequence[str], most: int) -> list[int]:
        """See `Index.met`. Raises `StorageBusy`."""
        asked = [_match(Term(parts)) if parts else None for parts in counted_words(words)]
        with self._connection() as connection:
            found = connection.execute(_COUNT, {"asked": json.dumps(asked), "most": most}).fetchall()
        return [int(count) for (count,) in found]

    @property
    def _kept(self) -> sqlite3.Connection | None:
        kept: sqlite3.Connection | None = getattr(self._own, "kept", None)
        return kept

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        kept = connection = self._kept
        try:
            connection = kept or sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            yield connection
        except sqlite3.OperationalError as error:
            raise StorageBusy("L'index de recherche ne répond pas.", advice="Réessayez dans un instant.") from error
        except sqlite3.DatabaseError as error:
            raise IntegrityBroken(
                "L'index de recherche est abîmé ; les documents eux-mêmes ne sont pas touchés.",
                advice="Reconstruisez l'index à partir de l'archive.",
            ) from error
        finally:
            if kept:
                kept.rollback()  # what a fault left half done
            elif connection:
                connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            if connection is not self._kept:
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")  # an error before this rolls back


def _add_contexts(connection: sqlite3.Connection) -> None:
    """The column of contexts, in an index made before it was kept."""
    connection.execute("BEGIN IMMEDIATE")
    names = {name for _, name, *_ in connection.execute("PRAGMA table_info(entries)")}
    if "contexts" not in names:
        connection.execute("ALTER TABLE entries ADD COLUMN contexts TEXT NOT NULL DEFAULT ''")
    connection.execute("COMMIT")


def _add(connection: sqlite3.Connection, record: Record, row: dict[str, Any]) -> None:
    later = connection.execute("SELECT id FROM entries WHERE replaces = ? AND replaces <> ''", (record.id,)).fetchone()
    row["replaced_by"] = row["replaced_by"] or (later[0] if later else "")
    old = connection.execute("SELECT number FROM entries WHERE id = ?", (record.id,)).fetchone()
    if old:
        connection.execute("DELETE FROM found WHERE rowid = ?", old)
        connection.execute("DELETE FROM affirmed WHERE rowid = ?", old)
        connection.execute("DELETE FROM entries WHERE number = ?", old)
    names = ", ".join(COLUMNS)
    marks = ", ".join(f":{name}" for name in COLUMNS)
    cursor = connection.execute(f"INSERT INTO entries ({names}) VALUES ({marks})", row)  # noqa: S608 - fixed names
    connection.execute(
        "INSERT INTO found (rowid, title, words, stems) VALUES (?, ?, ?, ?)",
        (cursor.lastrowid, *searched_words(record, row["body"])),
    )
    connection.execute(
        "INSERT INTO affirmed (rowid, words, stems) VALUES (?, ?, ?)",
        (cursor.lastrowid, *affirmed_columns(record.title, row["body"], row["contexts"])),
    )
    if record.replaces:
        connection.execute("UPDATE entries SET replaced_by = ? WHERE id = ?", (record.id, record.replaces))


def _select(query: SearchQuery, terms: tuple[Term, ...]) -> tuple[str, dict[str, Any]]:
    where = ["1 = 1"]
    values: dict[str, Any] = {"limit": limit_of(query)}
    for condition, named in conditions(query):
        where.append(condition)
        values.update(named)
    names = ", ".join(COLUMNS)
    if terms:
        source = "found JOIN entries ON entries.number = found.rowid"
        where.append("found MATCH :match")
        values["match"] = " AND ".join(_match(term) for term in terms)
        score = f"-bm25(found, {_WEIGHTS})"
        if query.affirmed:
            where.append("(contexts = '' OR number IN (SELECT rowid FROM affirmed WHERE affirmed MATCH :affirmed))")
            values["affirmed"] = " AND ".join(_match(term, "stems") for term in terms)
    else:
        source, score = "entries", "0.0"
    order = "replaced_by <> '', round(score, 1) DESC, document_date DESC, filed_at DESC, id"
    # chosen by number, so that only the texts of these few are read
    sql = (
        f"SELECT {names}, score FROM entries JOIN (SELECT number AS chosen, {score} AS score FROM {source} "  # noqa: S608
        f"WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit) ON number = chosen ORDER BY {order}"
    )
    return sql, values


def _match(term: Term, stems: str = "title stems") -> str:
    """An FTS5 expression. Words hold letters and digits only, and are quoted: nothing typed is read as syntax."""
    exact = f'{{words}} : "{" ".join(term.words)}"' + (" *" if term.prefix else "")
    return f'({exact} OR {{{stems}}} : "{term.stem}")' if term.stem else f"({exact})"
