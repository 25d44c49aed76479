"""What this room needs of a lexicon."""

from __future__ import annotations

from typing import Protocol


class Terms(Protocol):
    """The word lists."""

    def knows(self, word: str) -> bool:
        """Whether the word (any case) stands in a list."""
        ...

    def is_common(self, word: str) -> bool:
        """Whether it is an ordinary word, written without a capital; a name that a list knows is not."""
        ...

    def classes(self, word: str) -> frozenset[str]:
        """The classes of the own lists that hold the word: "title", "unit", "opposite-prefix"…; empty for others."""
        ...

    def is_drug(self, name: str) -> bool:
        """Whether it is the name of a drug (any case, one word or more)."""
        ...
