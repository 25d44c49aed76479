"""Sorted lines on disk, read where needed."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pipeline.errors import LexiconError

CACHED = 20_000
"""Places that are remembered: a text comes back to its words, and a practice to its texts."""


class SortedLines:
    """Sorted UTF-8 lines in a memory map, searched by bisection: opened at once, read where needed."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise LexiconError("Le lexique préparé est illisible ; effacez-le, il sera refait.") from error
        self._first_from = lru_cache(maxsize=CACHED)(self._search)

    def has(self, line: str) -> bool:
        wanted = line.encode("utf-8") + b"\n"
        place = self._first_from(wanted)
        return self._map[place : place + len(wanted)] == wanted

    def values(self, key: str) -> Iterator[str]:
        """What stands after ``key<TAB>``, in order."""
        wanted = key.encode("utf-8") + b"\t"
        place = self._first_from(wanted)
        while self._map[place : place + len(wanted)] == wanted:
            end = self._map.find(b"\n", place)
            yield self._map[place + len(wanted) : end].decode("utf-8")
            place = end + 1

    def _search(self, wanted: bytes) -> int:
        low, high = 0, len(self._map)
        while low < high:
            middle = (low + high) // 2
            start = self._map.rfind(b"\n", low, middle) + 1 or low
            end = self._map.find(b"\n", middle) + 1 or len(self._map)
            if self._map[start:end] < wanted:
                low = end
            else:
                high = start
        return low
