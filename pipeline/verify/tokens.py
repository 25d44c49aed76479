"""Cuts a text into words with their places, by a regular expression.

spaCy's French tokeniser (`spacy_words.spacy_words`) gives the same words on the project's texts, but importing spaCy
and making a blank French pipeline takes 3 to 9 s, and a worker is started often: it stands beside for comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+(?:['’‑-][^\W_]+)*")
_ELISION = re.compile(r"(?:[ldjmnstc]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu)['’](?=\w)", re.IGNORECASE)
_NUMERAL = re.compile(r"[IVXLC]+(?:er|e|ème)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word at ``text[start:end]``, without its elided article; ``elided`` is that article ("l'"), or ``""``."""

    text: str
    start: int
    end: int
    elided: str = ""

    @property
    def capitalised(self) -> bool:
        return self.text[:1].isupper()


def pieces(text: str) -> Iterator[Piece]:
    """Every word in order. Numbers, doses, dates, addresses of the net and words that hold a digit are left out."""
    for chunk in _CHUNK.finditer(text):
        if "@" in chunk.group() or "://" in chunk.group() or chunk.group().startswith("www."):
            continue
        for match in _WORD.finditer(chunk.group()):
            word, start = match.group(), chunk.start() + match.start()
            if not any(letter.isdigit() for letter in word) and not _NUMERAL.fullmatch(word):
                yield from _without_elision(word, start)


def _without_elision(word: str, start: int) -> Iterator[Piece]:
    elision = _ELISION.match(word)
    skip = elision.end() if elision else 0
    yield Piece(word[skip:], start + skip, start + len(word), word[:skip])
