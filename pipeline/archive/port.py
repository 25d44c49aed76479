"""What this room needs of the shelf (files) and the index (search)."""

from __future__ import annotations

from typing import Protocol

from pipeline.model.document import Hit, Record, SearchQuery
from pipeline.model.people import Patient


class Shelf(Protocol):
    """The archive's files. Paths are relative to its root."""

    def place(self, path: str, content: bytes) -> None:
        """Write once: atomic, flushed to disk, read-only. Same content again is harmless; other content raises
        `ArchiveConflict`."""
        ...

    def read(self, path: str) -> bytes: ...


class Index(Protocol):
    """Full-text search, on SQLite FTS5 or PostgreSQL: the same answers."""

    def add(self, record: Record, patient: Patient, text: str) -> None:
        """Add or replace the entry of ``record.id``."""
        ...

    def search(self, query: SearchQuery) -> list[Hit]: ...
