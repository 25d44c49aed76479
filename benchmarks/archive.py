"""Filings a second, and the time of a search in 20,000 invented documents, on SQLite and on PostgreSQL.

    python benchmarks/archive.py [--documents 20000] [--postgres URL]

Texts are made from a few hundred French words with a fixed seed; nothing is real. Prints a table.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.archive.port import Index
from pipeline.archive.postgres_index import PostgresIndex
from pipeline.archive.shelf import FolderShelf
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.model.document import Record, SearchQuery
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Sex

SYLLABLES = (
    *("ba", "cor", "di", "fé", "go", "hu", "jé", "ka", "lo", "mi"),
    *("né", "o", "pa", "qui", "ra", "sé", "ti", "va", "xé", "zo"),
)
QUESTIONS = {
    "rare word": SearchQuery("fibrillation"),
    "rare phrase": SearchQuery('"fibrillation auriculaire"'),
    "word of every text": SearchQuery("patient"),
    "three words": SearchQuery("fibrillation auriculaire patient"),
    "while typing": SearchQuery("fibr"),
    "word and patient": SearchQuery("patient", patient="lefèvre"),
    "word since 2025": SearchQuery("patient", since=date(2025, 1, 1)),
    "nothing typed": SearchQuery(),
}


def entries(count: int) -> Iterator[tuple[Record, Patient, str]]:
    """``count`` records of 2,000 patients, 250 words each; one in 200 names an atrial fibrillation."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(5000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    patients = [
        Patient(f"p{n}", chance.choice(("LEFÈVRE", *words[:500])).upper(), chance.choice(words), None, Sex.UNKNOWN)
        for n in range(2000)
    ]
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for number in range(count):
        patient = chance.choice(patients)
        text = ["patient", *chance.choices(words, weights, k=250)]
        if number % 200 == 0:
            text[100:100] = ["fibrillation", "auriculaire"]
        record = Record(
            id=f"r{number}",
            case_id=f"c{number}",
            patient_id=patient.id,
            kind=DocumentKind.LETTER,
            title=f"Courrier {number}",
            document_date=date(2016, 1, 1) + timedelta(days=chance.randrange(3900)),
            version=1,
            path=f"{patient.id}/{number}.pdf",
            sha256=hashlib.sha256(str(number).encode()).hexdigest(),
            filed_at=now,
        )
        yield record, patient, " ".join(text)


def measure_filing(folder: Path, count: int = 200, size: int = 60_000) -> float:
    """Filings a second: a file of ``size`` bytes flushed to disk, and its entry in the SQLite index."""
    shelf, index = FolderShelf(folder / "archive"), SqliteIndex(folder / "filing.db")
    content = random.Random(2).randbytes(size)
    start = time.perf_counter()
    for record, patient, text in entries(count):
        shelf.place(record.path, content)
        index.add(record, patient, text)
    return count / (time.perf_counter() - start)


def measure_search(name: str, index: Index, count: int) -> None:
    """Fill the index and print the median and the worst of 15 searches of each kind, in milliseconds."""
    start = time.perf_counter()
    index.rebuild(entries(count))
    print(f"\n{name}: {count} documents indexed in {time.perf_counter() - start:.1f} s")
    for label, query in QUESTIONS.items():
        times = []
        for _ in range(15):
            begin = time.perf_counter()
            hits = index.search(query)
            times.append((time.perf_counter() - begin) * 1000)
        print(f"  {label:20} {len(hits):4} hits  median {statistics.median(times):7.1f} ms  worst {max(times):7.1f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--postgres", default="", help="SQLAlchemy address of an empty PostgreSQL database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"filing: {measure_filing(Path(folder)):.0f} documents a second (60 kB each, flushed, indexed)")
        measure_search("SQLite", SqliteIndex(Path(folder) / "index.db"), options.documents)
    if options.postgres:
        measure_search("PostgreSQL", PostgresIndex(options.postgres), options.documents)


if __name__ == "__main__":
    main()
