"""One text from two hearings of the same piece: the first unprompted, the second with likely words in its ear.

The second hearing is better at terms, but a model may write a word of its prompt that nobody said, lose a stretch or
run into a loop. So the first hearing is the witness: a word of the second is taken where it sounds like what the first
heard there, a stretch that only the first heard is kept, and a word of the prompt that stands for nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.model.phonetic import likeness
from pipeline.model.text import Word
from pipeline.transcribe.coverage import loops
from pipeline.transcribe.dictation import plain

ALIKE = 0.45
"""Likeness by sound from which the second hearing of a place is believed. Ways to hear one word are mostly above 0.5,
two words of the lexicon by chance below 0.4."""
LOST_WORDS = 3
"""So many words that only the first hearing has are a lost stretch, not a stutter."""
SHARE_KEPT = 0.5
"""A second hearing with a smaller share of the first one's letters has lost something."""
LESS_SURE = 0.1
"""So much less sure than the first hearing may the second be of words that it was not shown."""
SURE = 0.5
"""Mean probability from which a word that only one hearing has is believed."""


def norms(words: Sequence[Word]) -> list[str]:
    """Plain words without their marks."""
    return [plain(word.text).strip(" .,;:!?…«»\"'()-") for word in words]


def is_looping(words: Sequence[Word]) -> bool:
    return bool(loops(norms(words)))


def one_text(first: Sequence[Word], second: Sequence[Word], prompted: frozenset[str]) -> tuple[Word, ...]:
    """The words of both hearings of one piece, in order of time.

    ``prompted`` are the plain words that the second hearing was shown. A word of the second that replaces another one
    of the first has what the first heard in ``first``.
    """
    if not second or is_looping(second):
        return tuple(first)
    if not first or is_looping(first):
        return tuple(word for word, norm in zip(second, norms(second), strict=True) if norm not in prompted)
    ours, theirs = norms(first), norms(second)
    taken: list[Word] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        left, right = first[a:b], second[c:d]
        if kind == "equal":
            taken += right
        elif kind == "replace":
            taken += _replaced(left, right, prompted)
        elif kind == "delete":
            taken += left if _is_lost(left, ours[a:b]) else ()
        else:
            taken += _added(right, prompted)
    return tuple(sorted(taken, key=lambda word: word.start))


def _replaced(left: Sequence[Word], right: Sequence[Word], prompted: frozenset[str]) -> Sequence[Word]:
    heard, again = _text(left), _text(right)
    if _letters(right) < SHARE_KEPT * _letters(left) and len(left) >= LOST_WORDS:
        return left
    believed = not prompted & set(norms(right)) and _mean(right) >= _mean(left) - LESS_SURE
    if believed or likeness(heard, again) >= ALIKE:
        return [replace(word, first=heard) for word in right]
    return left


def _is_lost(words: Sequence[Word], plain_words: Sequence[str]) -> bool:
    """Whether words that the second hearing left out were said: many, or surely heard, and no stutter."""
    if len(words) >= LOST_WORDS:
        return True
    return any(plain_words) and _mean(words) >= SURE


def _added(words: Sequence[Word], prompted: frozenset[str]) -> Sequence[Word]:
    return [word for word in words if not prompted & set(norms([word])) and word.probability >= SURE]


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _letters(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words)


def _mean(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / max(len(words), 1)
