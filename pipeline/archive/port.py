"""What this room needs of the shelf (files) and the index (search)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pipeline.model.document import Hit, Record, SearchQuery
from pipeline.model.people import Patient
from pipeline.model.said import SaidTerm

Contexts = Callable[[str], Iterable[SaidTerm]]
"""Every word and term of a text with the sense in which it is said, in order."""


class Shelf(Protocol):
    """The archive's files. Paths are relative to its root."""

    def place(self, path: str, content: bytes) -> None:
        """Write once: atomic, flushed to disk, read-only. Same content again is harmless; other content raises
        `ArchiveConflict`."""
        ...

    def read(self, path: str) -> bytes:
        """Raises `IntegrityBroken` when the file is not there or cannot be read."""
        ...

    def paths(self) -> Iterable[str]:
        """Every file of the archive, in order."""
        ...


class Index(Protocol):
    """Full-text search, on SQLite FTS5 or PostgreSQL: the same answers."""

    def add(self, record: Record, patient: Patient, text: str) -> None:
        """Add or replace the entry of ``record.id``. When it names an older record (``replaces``), that one is marked
        as replaced, in whatever order the two are added."""
        ...

    def search(self, query: SearchQuery) -> list[Hit]:
        """Current records before replaced ones, then the best, then the newest. Never raises on what is typed."""
        ...

    def met(self, words: Sequence[str], most: int) -> list[int]:
        """How many current records hold each of ``words``, whole, whatever its case and accents; ``most`` stands for
        more as well. One query, however many words."""
        ...

    def kept(self) -> AbstractContextManager[None]:
        """For many `add` in a row by this thread: what each needs stays open meanwhile. Each is on the disk when it
        returns."""
        ...

    def rebuild(self, entries: Iterable[tuple[Record, Patient, str]]) -> int:
        """Replace the whole index by these entries, in one transaction; returns how many."""
        ...
