"""An entry of the search index as a row of columns, the same for both engines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pipeline.archive.contexts import NOT_READ, labels, to_json
from pipeline.archive.port import Contexts
from pipeline.archive.words import MAX_LETTERS, MAX_WORDS, Term, columns, excerpt, parse, words_of
from pipeline.model.document import Hit, Record, SearchQuery
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient

COLUMNS = (
    *("id", "case_id", "patient_id", "kind", "title", "document_date", "version", "path", "sha256", "filed_at"),
    *("replaces", "replaced_by", "author", "patient_name", "patient_words", "body", "contexts"),
)
"""The columns of an entry, all text but ``version``; dates are ISO, so that their order is the order of text."""

MAX_HITS = 500
_MAX_NAME = 200


def row_of(record: Record, patient: Patient, text: str, read: Contexts | None) -> dict[str, Any]:
    """The values of `COLUMNS`. ``patient_words`` is the folded names, each after a space; ``contexts`` is ``""`` when
    there is no ``read``."""
    body = unicodedata.normalize("NFC", text.replace("\0", " "))
    names = words_of(f"{patient.birth_name} {patient.used_name} {patient.first_names}")
    return {
        "id": record.id,
        "case_id": record.case_id,
        "patient_id": record.patient_id,
        "kind": record.kind.value,
        "title": record.title,
        "document_date": record.document_date.isoformat(),
        "version": record.version,
        "path": record.path,
        "sha256": record.sha256,
        "filed_at": record.filed_at.isoformat(),
        "replaces": record.replaces,
        "replaced_by": record.replaced_by,
        "author": record.author,
        "patient_name": patient.display_name,
        "patient_words": "".join(f" {word.folded}" for word in names),
        "body": body,
        "contexts": to_json(read(body)) if read else "",
    }


def searched_words(record: Record, text: str) -> tuple[str, str, str]:
    """``(title stems, words, stems)``; words and stems are of the title and the text together."""
    words, stems = columns(f"{record.title}\n{text}")
    return columns(record.title)[1], words, stems


def hit_of(row: Sequence[Any], query: SearchQuery, terms: tuple[Term, ...], score: float) -> Hit:
    """A hit from the values of `COLUMNS`."""
    values = dict(zip(COLUMNS, row, strict=False))
    record = Record(
        id=values["id"],
        case_id=values["case_id"],
        patient_id=values["patient_id"],
        kind=DocumentKind(values["kind"]),
        title=values["title"],
        document_date=date.fromisoformat(values["document_date"]),
        version=values["version"],
        path=values["path"],
        sha256=values["sha256"],
        filed_at=datetime.fromisoformat(values["filed_at"]),
        replaces=values["replaces"],
        replaced_by=values["replaced_by"],
        author=values["author"],
    )
    words = words_of(values["body"])
    said = labels(values["contexts"], words, terms)
    if terms and query.affirmed and not values["contexts"]:
        said = (NOT_READ,)
    shown = excerpt(values["body"], terms, words)
    return Hit(record, values["patient_name"], shown, score, said, excerpt(record.title, terms))


def read_query(query: SearchQuery) -> tuple[Term, ...] | None:
    """The terms to find; None when something was typed that holds no word: nothing can be found."""
    terms = parse(query.words)
    return None if query.words.strip() and not terms else terms


def counted_words(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The folded words of each of ``words``, which are no questions: empty where one holds no letter or figure."""
    return [tuple(word.folded for word in words_of(text))[:MAX_WORDS] for text in words]


def conditions(query: SearchQuery) -> list[tuple[str, dict[str, Any]]]:
    """The filters, as SQL that both engines read, with named values."""
    found: list[tuple[str, dict[str, Any]]] = []
    for number, word in enumerate(words_of(query.patient[:_MAX_NAME])[:8]):
        name = f"name{number}"
        found.append((f"patient_words LIKE :{name}", {name: f"% {word.folded[:MAX_LETTERS]}%"}))
    if query.patient.strip() and not found:
        found.append(("1 = 0", {}))
    if query.patient_id:
        found.append(("patient_id = :patient_id", {"patient_id": query.patient_id.replace("\0", "")}))
    if query.kind is not None:
        found.append(("kind = :kind", {"kind": query.kind.value}))
    if query.kinds is not None:
        names = {f"kind{number}": kind.value for number, kind in enumerate(query.kinds)}
        found.append((f"kind IN ({', '.join(':' + name for name in names)})" if names else "1 = 0", names))
    if query.author:
        found.append(("author = :author", {"author": query.author.replace("\0", "")}))
    if query.since is not None:
        found.append(("document_date >= :since", {"since": query.since.isoformat()}))
    if query.until is not None:
        found.append(("document_date <= :until", {"until": query.until.isoformat()}))
    return found


def limit_of(query: SearchQuery) -> int:
    return max(0, min(query.limit, MAX_HITS))
