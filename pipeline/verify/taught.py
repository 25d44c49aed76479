"""A lexicon without the proposals that an author rejected."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.learning import plain
from pipeline.model.text import Proposal
from pipeline.verify.port import Lexicon


@dataclass(frozen=True, slots=True)
class TaughtLexicon:
    """``base``, which no longer proposes a text for words with which it stands in ``rejected`` (plain words, text)."""

    base: Lexicon
    rejected: frozenset[tuple[str, str]]

    @property
    def version(self) -> str:
        return self.base.version

    def knows(self, word: str) -> bool:
        return self.base.knows(word)

    def classes(self, word: str) -> frozenset[str]:
        return self.base.classes(word)

    def is_drug(self, name: str) -> bool:
        return self.base.is_drug(name)

    def propose(self, words: str, limit: int = 3) -> tuple[Proposal, ...]:
        gone = {text for key, text in self.rejected if key == plain(words)}
        if not gone:
            return self.base.propose(words, limit)
        found = self.base.propose(words, limit + len(gone))
        return tuple(one for one in found if one.text not in gone)[:limit]
