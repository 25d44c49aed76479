"""What this room needs of a lexicon, and of a reader of contexts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from pipeline.model.said import SaidTerm, TermKind
from pipeline.model.text import Proposal


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

    def propose(self, words: str, limit: int = 3) -> tuple[Proposal, ...]:
        """Terms that sound or look like ``words`` (one to four words), best first."""
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
