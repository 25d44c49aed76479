"""Which of all the words that a practice knows may have been said: those that sound like what was heard in doubt.

A prompt holds some fifty words, a practice knows tens of thousands. So a first hearing is read word by word, and for
each place in doubt the terms of the lexicon, of the author's specialty, of the author's past letters and of what was
learned from corrections are taken that sound alike; names of correspondents wherever they sound alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.model.phonetic import sound_of
from pipeline.model.text import Recording
from pipeline.transcribe.port import Hints

ALIKE = 0.62
"""Likeness of two phonetic keys from which a word of the practice may be meant in a place of doubt."""
NAME_ALIKE = 0.75
"""The same for names, which are looked for everywhere."""
SHORTEST_KEY = 3
MOST_OF_ONE = 2
"""Hints taken from one book for one place."""
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A place of a heard text that no list knows, with its neighbours, and the terms that the lexicon offers."""

    heard: str
    around: tuple[str, ...]
    terms: tuple[str, ...]


class SoundBook:
    """Words and terms by their sound."""

    def __init__(self, entries: Iterable[str]) -> None:
        keyed = [(sound_of(entry), entry) for entry in dict.fromkeys(entries)]
        kept = [(key, entry) for key, entry in keyed if len(key) >= SHORTEST_KEY]
        self._keys = [key for key, _ in kept]
        self.entries = [entry for _, entry in kept]

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


@dataclass(frozen=True)
class PracticeEars:
    """A `Prompter`. Each part is asked for what belongs to a recording (its author) when it is needed.

    ``doubtful``: the places in doubt of a text. ``vocabulary``: terms of the author (specialty, past letters, learned).
    ``correspondents``: names that may be hinted anywhere. ``patients``: names of patients that a text of this recording
    may be about; they are never hinted in the opening.
    """

    doubtful: Callable[[str], Sequence[Doubtful]]
    vocabulary: Callable[[Recording], SoundBook]
    correspondents: Callable[[], SoundBook]
    patients: Callable[[str], Iterable[str]] = lambda _heard: ()

    def __call__(self, heard: str, recording: Recording) -> Hints:
        book = self.vocabulary(recording)
        terms: list[str] = []
        for place in self.doubtful(heard):
            terms += [*reversed(place.terms), *book.near((place.heard, *place.around), ALIKE)]
        names = self.correspondents().near(_names(heard), NAME_ALIKE)
        return Hints(tuple(dict.fromkeys([*names, *terms])), tuple(self.patients(heard)))


def _names(heard: str) -> list[str]:
    """Words with a capital, alone and with the one after them."""
    words = _WORDS.findall(heard)
    pairs = [f"{one} {two}" for one, two in pairwise(words) if one[0].isupper()]
    return [word for word in words if word[0].isupper()] + pairs
