"""Finds the terms that sound or look like some words: a delete index narrows, a weighted distance ranks.

Candidates come from two delete indexes (sound keys and squashed spellings), then a plain scan of all sound keys
when these hold nothing near. Half of a score is the phonetic distance, half the likeness of spelling; both in [0, 1].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel, Levenshtein

from pipeline.errors import LexiconError
from pipeline.model.phonetic import LEAST_CHANGE, distance, sound, sound_of
from pipeline.verify.build import deletes
from pipeline.verify.sorted_lines import CACHED
from pipeline.verify.sources import LISTED
from pipeline.verify.spelling import squash

SHORTLIST = 16
"""So many candidates are compared with the weighted distance."""
EAR = 0.5
"""The share of the sound in a score; of several words more: they were heard, nobody types a space in a term."""
EAR_OF_SEVERAL = 0.7
NEAR_ENOUGH = 0.8
"""Below this best score all keys are scanned: the words were badly heard."""
SCANNED = 0.6
"""Share of common sounds (Indel's likeness) from which a scanned key is of use."""
OPPOSITE_PENALTY = 0.08
_FREQUENT = 0.02  # the bonus of the most used term; falls to 0 at the end of the list
_OWN_BONUS = 0.015  # a practice's words before a nomenclature's rarities

_ROUNDING = 1e-6  # a likeness of exactly the least is one

Numbers = npt.NDArray[np.uint32]


def letters_alike(left: str, right: str) -> float:
    """Levenshtein's likeness of two spellings without accents, spaces and hyphens, in [0, 1]."""
    return Levenshtein.normalized_similarity(squash(left), squash(right))


def perhaps_alike(key: str, keys: Sequence[str], least: float) -> list[int]:
    """The places of those of ``keys`` whose `phonetic.keys_alike` to ``key`` may be ``least``: a change costs
    `phonetic.LEAST_CHANGE` or more, so that more changes than that many are too many."""
    enough = 1 - (1 - least) / LEAST_CHANGE - _ROUNDING
    found = process.extract(key, keys, scorer=Levenshtein.normalized_similarity, score_cutoff=enough, limit=None)
    return sorted(place for _, _, place in found)


@dataclass(frozen=True, slots=True)
class Match:
    """A term near the words. ``opposite`` is true when they differ by a prefix that changes the meaning."""

    term: str
    score: float
    source: str
    opposite: bool = False


class Retrieval:
    """The terms of a built lexicon (`build.build`), opened: about 60,000 terms in a few tens of megabytes.

    ``prefixes`` are the beginnings that change a meaning ("hypo", "hyper", "a"…).
    """

    def __init__(self, built: Path, prefixes: frozenset[str] = frozenset()) -> None:
        try:
            rows = (built / "terms.txt").read_text(encoding="utf-8").split("\n")
            columns = list(zip(*(row.split("\t") for row in rows), strict=True))
            self._terms, self._squashes, self._keys, self._sources = columns
            self._spell = _Index(built / "spell")
            self._sound = _Index(built / "sound")
        except (OSError, ValueError) as error:
            raise LexiconError("Le lexique préparé est illisible ; effacez-le, il sera refait.") from error
        self._split = lru_cache(maxsize=CACHED)(self._parts)
        self._prefixes = sorted({sound(p) or p for p in prefixes} | set(prefixes), key=len, reverse=True)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: number for number, term in enumerate(self._terms)}

    def source(self, term: str) -> str:
        """The list that a term comes from, ``""`` when it is not a term."""
        number = self._places.get(term)
        return "" if number is None else self._sources[number]

    def rank(self, term: str) -> int | None:
        """The place of a term in the order of the list, None when it is none."""
        return self._places.get(term)

    def by_sound(self) -> tuple[Sequence[str], Sequence[str]]:
        """All terms, and the phonetic key of each."""
        return self._terms, self._keys

    def sources(self) -> Counter[str]:
        """How many terms each list gave."""
        return Counter(self._sources)

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, key in enumerate(self._keys):
            found.setdefault(key, []).append(number)
        return found

    def same_sound(self, words: str) -> tuple[str, ...]:
        """The terms whose key is that of ``words``, the most used first."""
        return tuple(self._terms[number] for number in self._by_key.get(sound_of(words), ()))

    def find(self, words: str, limit: int, *, far: bool = True) -> list[Match]:
        """The nearest terms, best first, at most ``limit``, each spelling once; ``far``: all keys may be scanned."""
        spelled, heard = squash(words), sound_of(words)
        if len(spelled) < 2:
            return []
        numbers = set(self._spell.near(spelled)) | (set(self._sound.near(heard)) if heard else set())
        ear = EAR_OF_SEVERAL if " " in words.strip() else EAR
        matches = self._rank(spelled, heard, numbers, ear)
        if far and len(heard) > 4 and (not matches or matches[0].score < NEAR_ENOUGH):
            matches = self._rank(spelled, heard, numbers | self._scan(heard), ear)
        return _each_once(matches)[:limit]

    def _scan(self, heard: str) -> set[int]:
        """The keys most like ``heard`` of all; only those that share enough sounds, in any order, are compared."""
        shared = np.zeros(len(self._keys), np.uint16)
        for letter, times in Counter(heard).items():
            shared += np.minimum(self._sounds_in.get(letter, 0), times, dtype=np.uint16)
        enough = np.flatnonzero(2 * shared >= SCANNED * (self._lengths + len(heard)) - 0.001).tolist()
        found = process.extract(
            heard,
            {number: self._keys[number] for number in enough},
            scorer=Indel.normalized_similarity,
            processor=None,
            limit=SHORTLIST,
            score_cutoff=SCANNED,
        )
        return {number for _, _, number in found}

    @cached_property
    def _lengths(self) -> npt.NDArray[np.int64]:
        return np.fromiter(map(len, self._keys), np.int64, len(self._keys))

    @cached_property
    def _sounds_in(self) -> dict[str, npt.NDArray[np.uint8]]:
        """By sound, how often it is in each key: no more sounds can be common in the same order."""
        sounds = np.array(list("".join(self._keys)))
        numbers = np.repeat(np.arange(len(self._keys)), self._lengths)
        return {
            str(one): np.bincount(numbers[sounds == one], minlength=len(self._keys)).astype(np.uint8)
            for one in np.unique(sounds)
        }

    def _rank(self, spelled: str, heard: str, numbers: set[int], ear: float) -> list[Match]:
        rough: list[tuple[float, int]] = []
        for number in numbers:
            sounds = Levenshtein.normalized_similarity(heard, self._keys[number])
            looks = Levenshtein.normalized_similarity(spelled, self._squashes[number])
            rough.append((sounds + looks, number))
        rough.sort(key=lambda pair: (-pair[0], pair[1]))
        matches = [self._match(spelled, heard, number, ear) for _, number in rough[:SHORTLIST]]
        return sorted(matches, key=lambda match: -match.score)

    def _match(self, spelled: str, heard: str, number: int, ear: float) -> Match:
        key, letters = self._keys[number], self._squashes[number]
        sounds = 1 - distance(heard, key) / max(len(heard), len(key), 1)
        likeness = ear * sounds + (1 - ear) * fuzz.ratio(spelled, letters) / 100
        bonus = _FREQUENT * (1 - number / len(self._terms)) + _OWN_BONUS * (self._sources[number] in LISTED)
        opposite = spelled != letters and self._opposite(heard, key)
        score = min(1.0, likeness * (0.965 + bonus)) - OPPOSITE_PENALTY * opposite
        return Match(self._terms[number], round(max(0.0, score), 4), self._sources[number], opposite)

    def _opposite(self, heard: str, key: str) -> bool:
        """Whether both are one word behind different meaning-changing beginnings (or one beginning and none)."""
        if heard == key:
            return False
        ours, theirs = self._split(heard), self._split(key)
        return any(
            left != right and len(rest) > 3 and _same(rest, other) for left, rest in ours for right, other in theirs
        ) and not any(left == right and left and _same(rest, other) for left, rest in ours for right, other in theirs)

    def _parts(self, key: str) -> list[tuple[str, str]]:
        parts = [(prefix, key[len(prefix) :]) for prefix in self._prefixes if key.startswith(prefix)]
        return [("", key), *parts]


class _Index:
    """A delete index: sorted hashes and the term each belongs to, mapped from disk."""

    def __init__(self, stem: Path) -> None:
        self._hashes: Numbers = np.load(f"{stem}_hash.npy", mmap_mode="r", allow_pickle=False)
        self._terms: Numbers = np.load(f"{stem}_term.npy", mmap_mode="r", allow_pickle=False)

    def near(self, word: str) -> list[int]:
        wanted = np.fromiter(deletes(word), dtype=np.uint32)
        starts = np.searchsorted(self._hashes, wanted, side="left")
        ends = np.searchsorted(self._hashes, wanted, side="right")
        found: list[int] = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if end > start:
                found.extend(self._terms[start:end].tolist())
        return found


def _same(left: str, right: str) -> bool:
    return Levenshtein.normalized_similarity(left, right) >= 0.9


def _each_once(matches: list[Match]) -> list[Match]:
    kept: dict[str, Match] = {}
    for match in matches:
        kept.setdefault(match.term.lower(), match)
    return list(kept.values())
