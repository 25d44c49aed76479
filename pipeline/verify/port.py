"""What this room needs of a lexicon, and of a reader of contexts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from pipeline.model.said import SaidTerm, TermKind
from pipeline.model.text import Proposal
from pipeline.verify.reading import Reading

OWN = "liste Calame"
PRACTICE = "liste du cabinet"
LISTED = frozenset({OWN, PRACTICE})
"""The sources of terms that somebody chose, before a nomenclature's rarities."""
OPPOSITE = "attention : sens opposé"
"""Stands in the source of a proposal that differs by a beginning that turns the meaning."""


class Lexicon(Protocol):
    """The word lists. ``version`` names their content."""

    @property
    def version(self) -> str: ...

    def knows(self, word: str) -> bool:
        """Whether the word (any case) stands in a list."""
        ...

    def classes(self, word: str) -> frozenset[str]:
        """The classes of the own lists that hold the word: "title", "prefix", "unit"…; empty for other words."""
        ...

    def is_drug(self, name: str) -> bool:
        """Whether it is a substance or a brand (any case)."""
        ...

    def by_sound(self) -> tuple[Sequence[str], Sequence[str]]:
        """The terms that can be proposed, and the phonetic key (`model.phonetic.sound_of`) of each."""
        ...

    def propose(self, words: str, limit: int = 3, *, far: bool = True) -> tuple[Proposal, ...]:
        """Terms that sound or look like ``words`` (one to four words), best first; without ``far`` only near ones."""
        ...

    def same_sound(self, words: str) -> tuple[str, ...]:
        """The terms that sound exactly like ``words``, the most used first."""
        ...

    def letters_alike(self, words: str, term: str) -> float:
        """How alike both are spelled (any case, without accents, spaces and hyphens), in [0, 1]."""
        ...

    def perhaps_alike(self, key: str, keys: Sequence[str], least: float) -> list[int]:
        """The places of those of ``keys`` whose `phonetic.keys_alike` to ``key`` may be ``least``: no other can."""
        ...

    def frequency(self, word: str) -> float:
        """The word's Zipf value in general French: 6 is once in a thousand words, 3 once in a million, 0 unknown."""
        ...

    def is_medical(self, word: str) -> bool:
        """Whether a nomenclature or an own list has the word."""
        ...

    def rank(self, word: str) -> int | None:
        """The place of a word (or of its singular) among all terms, from 0, those that stand in most labels first."""
        ...

    def rejects(self, words: str, text: str) -> bool:
        """Whether the practice said that ``text`` is not meant by ``words``."""
        ...

    def together(self, left: str, right: str) -> bool:
        """Whether a label or a term has the two words beside each other, whatever their number."""
        ...

    def readings(self, word: str) -> tuple[Reading, ...]:
        """What the word may be as a noun or an adjective; empty when it is neither."""
        ...

    def inflected(self, stem: str, *, noun: bool, gender: str, number: str) -> tuple[str, ...]:
        """The forms of ``stem`` (`Reading.stem`) of one gender ("m", "f") and number ("s", "p")."""
        ...

    def phrases(self, word: str) -> tuple[Proposal, ...]:
        """The terms of several words that hold ``word``, whatever its number, each with its list."""
        ...


class Contexts(Protocol):
    """Tells "pas de fièvre" from "fièvre"."""

    def terms(self, text: str) -> tuple[SaidTerm, ...]:
        """The medical terms of ``text`` in order, the longest at each place, with their contexts."""
        ...

    def words(self, text: str) -> tuple[SaidTerm, ...]:
        """`terms`, and between them every other word."""
        ...

    def of(self, text: str, spans: Iterable[tuple[int, int, TermKind]]) -> tuple[SaidTerm, ...]:
        """The contexts of the given places, which hold at least one letter each, in order."""
        ...
