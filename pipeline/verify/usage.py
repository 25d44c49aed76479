"""Which words stand beside each other in the nomenclatures and in the terms of several words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.verify.spelling import plain, words_of

SMALL = frozenset(
    ("avec", "aux", "chez", "dans", "des", "deux", "elle", "est", "les", "leur", "nos", "notre", "par", "pas", "plus",
     "pour", "que", "qui", "sans", "ses", "son", "sont", "sous", "sur", "très", "une", "vos", "votre")
)  # fmt: skip
"""Link words: what stands on either side of one belongs together ("fracture du col")."""
_BREAK = re.compile(r"[,;:()/]|\bet\b|\bou\b")


def content(word: str) -> bool:
    """Whether it is a word that carries a meaning of its own: of three letters or more, no link word."""
    return len(word) > 2 and plain(word) not in SMALL


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """The word without the endings of gender and number that are only written: "rénales" and "rénal" have one root."""
    text = plain(word)
    text = text[:-1] if len(text) > 4 and text[-1] in "sx" else text
    return text[:-1] if len(text) > 4 and text[-1] == "e" else text


def every_root(words: str) -> list[str]:
    """The roots of all ``words``, link words too, in order."""
    return [root(word) for word in words.split()]


def roots(term: str) -> list[str]:
    """The roots of the words of ``term`` that carry a meaning, in order."""
    return [root(word) for word in words_of(term) if content(word)]


def neighbours(label: str) -> Iterator[tuple[str, str]]:
    """The roots that follow each other in each part of ``label``, link words left out."""
    for part in _BREAK.split(label):
        yield from pairwise(roots(part))
