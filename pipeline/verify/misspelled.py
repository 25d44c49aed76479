"""Slips of the nomenclatures themselves: a word of a label or two that is a usual word with a letter more or less."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from pipeline.model.phonetic import sound_of
from pipeline.verify.spelling import squash

SLIPS = frozenset(("exéma", "exémas"))
"""CIM-11 writes "exéma" in more labels than "eczéma"."""
LETTERS = 5
USUAL = 5
"""Times as many labels as have the slip have the right word at least, and so many labels in all."""
_SAME = ((re.compile("th"), "t"), (re.compile("ph"), "f"), (re.compile(r"(.)\1"), r"\1"))


def misspelled(uses: Counter[str], right: Collection[str]) -> frozenset[str]:
    """The words of ``uses``, each with how many labels have it, that are slips for another one: none of the words that
    are known to be ``right``. "nourisson" is one for "nourrisson"."""
    usual: dict[str, list[str]] = {}
    for word, count in uses.items():
        if count >= USUAL and len(word) >= LETTERS:
            usual.setdefault(_skeleton(word), []).append(word)
    return SLIPS | frozenset(
        word
        for word, count in uses.items()
        if word not in right and len(word) >= LETTERS and _is_slip(word, count, uses, usual.get(_skeleton(word), ()))
    )


def _is_slip(word: str, count: int, uses: Counter[str], usual: Collection[str]) -> bool:
    return any(
        uses[other] >= USUAL * count and squash(other) != squash(word) and sound_of(other) == sound_of(word)
        for other in usual
    )


def _skeleton(word: str) -> str:
    letters = squash(word)
    for pattern, one in _SAME:
        letters = pattern.sub(one, letters)
    return letters
