"""A lexicon without the proposals that an author rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.learning import plain
from pipeline.model.text import Proposal
from pipeline.verify.port import Lexicon
from pipeline.verify.reading import Reading


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

    def by_sound(self) -> tuple[Sequence[str], Sequence[str]]:
        return self.base.by_sound()

    def same_sound(self, words: str) -> tuple[str, ...]:
        gone = self._gone(words)
        return tuple(text for text in self.base.same_sound(words) if text not in gone)

    def letters_alike(self, words: str, term: str) -> float:
        return self.base.letters_alike(words, term)

    def perhaps_alike(self, key: str, keys: Sequence[str], least: float) -> list[int]:
        return self.base.perhaps_alike(key, keys, least)

    def frequency(self, word: str) -> float:
        return self.base.frequency(word)

    def is_medical(self, word: str) -> bool:
        return self.base.is_medical(word)

    def rank(self, word: str) -> int | None:
        return self.base.rank(word)

    def rejects(self, words: str, text: str) -> bool:
        return text in self._gone(words)

    def together(self, left: str, right: str) -> bool:
        return self.base.together(left, right)

    def readings(self, word: str) -> tuple[Reading, ...]:
        return self.base.readings(word)

    def inflected(self, stem: str, *, noun: bool, gender: str, number: str) -> tuple[str, ...]:
        return self.base.inflected(stem, noun=noun, gender=gender, number=number)

    def phrases(self, word: str) -> tuple[Proposal, ...]:
        return self.base.phrases(word)

    def propose(self, words: str, limit: int = 3, *, far: bool = True) -> tuple[Proposal, ...]:
        gone = self._gone(words)
        found = self.base.propose(words, limit + len(gone), far=far)
        return tuple(one for one in found if one.text not in gone)[:limit]

    def _gone(self, words: str) -> frozenset[str]:
        return frozenset(text for key, text in self.rejected if key == plain(words))
