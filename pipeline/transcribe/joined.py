"""Pieces of words as Whisper libraries give them become words between spaces, inside their piece and in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from pipeline.model.text import Word

Part: TypeAlias = tuple[str, float, float, float]
"""Text with its space before it (`` d``, ``'effort``), start and end in seconds, probability."""


def joined(parts: Iterable[Part], length: float) -> tuple[Word, ...]:
    """Words of a piece of ``length`` seconds. The least sure part of a word counts; a start never goes back."""
    words: list[Word] = []
    last = 0.0
    for text, start, end, probability in parts:
        first = min(max(start, last), length)
        final, sure = min(max(end, first), length), min(max(probability, 0.0), 1.0)
        if words and not text[:1].isspace():
            word = words[-1]
            words[-1] = Word(word.text + text.strip(), word.start, max(final, word.end), min(word.probability, sure))
        elif text.strip():
            words.append(Word(text.strip(), first, final, sure))
            last = first
    return tuple(words)
