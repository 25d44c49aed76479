"""How words are compared whatever their case, accents, ligatures and spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pipeline.model.phonetic import sound_of

_SAME = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "‑": "-", "–": "-"})
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’-][^\W\d_]+)*(?!\w|-\d)")
_ELISION = re.compile(r"^(?:[ldjmnstc]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """Lower case, composed accents, "oe" for "œ", straight apostrophe: the form in which known words are kept."""
    return unicodedata.normalize("NFC", word).lower().translate(_SAME)


def ligatured(words: str, like: str) -> str:
    """``words`` in the form of `plain`, with the ligature that ``like`` has: "œdèmes" is a form of "œdème"."""
    return words.replace("oe", "œ") if "œ" in like.lower() else words


def fold(word: str) -> str:
    """`plain` without accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", plain(word))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=50_000)
def squash(words: str) -> str:
    """`fold` without spaces, hyphens and apostrophes: "hypo thyroïdie" and "hypothyroïdie" are the same."""
    return _NOT_LETTERS.sub("", fold(words))


_GREEK = (("ph", "f"), ("th", "t"), ("rh", "r"), ("oe", "e"), ("y", "i"), ("k", "c"))
_DOUBLED = re.compile(r"(.)\1")


_VARIED = 6
"""Letters of a word that two spellings may have: "face" is no "phake"."""


def is_variant(left: str, right: str) -> bool:
    """Whether two spellings are one long word that sounds the same, which is written with or without the letters of its
    Greek ("phaco" and "phako", "estradiol" and "œstradiol") or doubled ones; no name ("pertes", "Perthes")."""
    ours, theirs = squash(left), squash(right)
    if ours == theirs or min(len(ours), len(theirs)) < _VARIED or left[:1].isupper() != right[:1].isupper():
        return False
    return _bare(left) == _bare(right) and sound_of(left) == sound_of(right)


def _bare(word: str) -> str:
    letters = squash(word)
    for written, heard in _GREEK:
        letters = letters.replace(written, heard)
    return _DOUBLED.sub(r"\1", letters)


def words_of(label: str) -> Iterator[str]:
    """The words of a label without their elided article. Words that hold a digit are left out."""
    for match in _WORD.finditer(label):
        word = _ELISION.sub("", match.group())
        if len(word) > 1:
            yield word
