"""Words and terms that are found by their sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.model.phonetic import distance, sound_of

SHORTEST_KEY = 3
MOST_OF_ONE = 2
"""Hints taken from one book for one place."""
ROUGH = 0.5
"""Plain likeness of two keys from which they are compared with care."""
_ROUNDING = 1e-9
ROUGHLY = 30
"""Entries that are compared with care."""


class SoundBook:
    """Words and terms by their sound."""

    def __init__(self, entries: Iterable[str], keys: Iterable[str] | None = None) -> None:
        """``keys`` (`model.phonetic.sound_of` of each entry), where they are known."""
        keyed = list(zip(keys, entries, strict=True)) if keys is not None else _keyed(entries)
        kept = [(key, entry) for key, entry in keyed if len(key) >= SHORTEST_KEY]
        self._keys = [key for key, _ in kept]
        self.entries = [entry for _, entry in kept]

    def alike(self, heard: Sequence[str], least: float, most: int) -> list[list[tuple[str, float]]]:
        """For each of ``heard`` the entries that sound so much alike (`model.phonetic.likeness`), best first."""
        keys = [sound_of(one) for one in heard]
        if not keys or not self._keys:
            return [[] for _ in keys]
        rough = process.cdist(keys, self._keys, scorer=Levenshtein.normalized_similarity, score_cutoff=ROUGH)
        found = []
        for key, row in zip(keys, rough, strict=True):
            near = np.flatnonzero(row)
            places = near[np.argsort(-row[near], kind="stable")][:ROUGHLY].tolist()
            scored = [(self.entries[place], _likeness(key, self._keys[place], least)) for place in places]
            found.append(sorted((one for one in scored if one[1] >= least), key=lambda one: -one[1])[:most])
        return found

    def near(self, heard: Sequence[str], least: float) -> tuple[str, ...]:
        """Entries that sound like one of ``heard``, the most alike last; at most `MOST_OF_ONE` for each."""
        keys = [key for key in map(sound_of, heard) if len(key) >= SHORTEST_KEY]
        if not keys or not self._keys:
            return ()
        scores = process.cdist(keys, self._keys, scorer=Levenshtein.normalized_similarity, score_cutoff=least)
        found: dict[str, float] = {}
        for row in scores:
            for place in np.argsort(row)[::-1][:MOST_OF_ONE]:
                if row[place] > 0:
                    entry = self.entries[int(place)]
                    found[entry] = max(found.get(entry, 0.0), float(row[place]))
        return tuple(sorted(found, key=lambda entry: found[entry]))


def _likeness(key: str, other: str, least: float) -> float:
    """How much two keys are alike; below ``least`` perhaps less than they are, which is told sooner."""
    longest = max(len(key), len(other))
    return 1 - distance(key, other, (1 - least) * longest + _ROUNDING) / longest


def _keyed(entries: Iterable[str]) -> list[tuple[str, str]]:
    return [(sound_of(entry), entry) for entry in dict.fromkeys(entries)]
