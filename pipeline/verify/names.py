"""Which words of a text are names, by where they stand: after a title, or with a capital in the spoken opening."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from pipeline.verify.port import Lexicon
from pipeline.verify.tokens import Piece

OPENING_WORDS = 40
"""The spoken opening ends with the birth date's year, else at the first new line, at the latest after so many words:
a misheard drug with a capital must not pass for a name."""
NAME_WORDS = 4
"""A name after a title has at most so many words."""
LONG, SURE = 12, 0.9
"""Letters of a word that is no name when it is so near a term."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PARTICLES = frozenset({"de", "du", "des", "la", "le", "d", "van", "von", "ben", "el", "et"})


def names_in(text: str, words: Sequence[Piece], lexicon: Lexicon, knows: Callable[[Piece], bool]) -> frozenset[int]:
    """The places of words that are names by where they stand."""
    found: set[int] = set()
    line_end = text.find("\n")
    opening_end = line_end if line_end >= 0 else len(text)
    year = _YEAR.search(text, 0, opening_end)
    opening_end = year.end() if year else opening_end
    for i, word in enumerate(words):
        opens = word.capitalised and i < OPENING_WORDS and word.start < opening_end
        if opens and not _begins(text, words, i) and not knows(word) and not _is_term(word.text, lexicon):
            found.add(i)
        if "title" in lexicon.classes(word.text):
            found.update(_name_after(i, text, words))
    return frozenset(found)


def _is_term(word: str, lexicon: Lexicon) -> bool:
    """Whether a long word is nearly a term: "Staphylococcusauréus" is nobody's name."""
    return len(word) >= LONG and any(one.score >= SURE for one in lexicon.propose(word, 1))


def _begins(text: str, words: Sequence[Piece], i: int) -> bool:
    """Whether a sentence begins with this word and none with a capital follows: the capital says nothing then."""
    before = text[: words[i].start].rstrip()
    if before and before[-1] not in ".!?":
        return False
    after = words[i + 1] if i + 1 < len(words) else None
    return after is None or not after.capitalised or "." in text[words[i].end : after.start]


def _name_after(title: int, text: str, words: Sequence[Piece]) -> Iterator[int]:
    for j in range(title + 1, min(title + 1 + NAME_WORDS, len(words))):
        between = text[words[j - 1].end : words[j].start]
        if between.strip(" \u00a0.-’'dDlL") or "\n" in between:
            return
        if words[j].capitalised:
            yield j
        elif words[j].text.lower() not in _PARTICLES:
            return
