"""Which terms say something else than the words heard, and sound enough like them to be what was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.model.phonetic import likeness
from pipeline.model.text import Proposal
from pipeline.verify.port import OPPOSITE, Lexicon
from pipeline.verify.spelling import plain, squash
from pipeline.verify.usage import content, root

SHARED = 4
"""Letters that two forms of one word have in common at least."""
STEM = 0.6
"""The share of the longer word that two forms of one word have in common at least."""
ENDING = 4
"""Letters of the longest ending that makes another form of a word."""
CHANGED = 0.6
"""Least likeness of a word of a term to the word that it would replace: the sound must bear the change."""
CHANGED_MEDICAL = 0.8
CHANGED_HARDLY = 0.45
"""The same where the words were hardly heard and the rest of a listed term stands beside them."""


def same_family(heard: str, meant: str) -> bool:
    """Whether both are forms of one word: only the ending differs ("stimulés", "stimuler"), or the first holds it."""
    shared = next(
        (i for i, (a, b) in enumerate(zip(heard, meant, strict=False)) if a != b), min(len(heard), len(meant))
    )
    longest = max(len(heard), len(meant))
    ending = shared >= max(SHARED, STEM * longest) and longest - shared <= ENDING
    return ending or (len(meant) >= SHARED and heard.endswith(meant))


def _prefixed(heard: str, meant: str) -> bool:
    """Whether one is the other behind a beginning, which may turn its meaning: "normale", "anormal"."""
    short, long = sorted((root(heard), root(meant)), key=len)
    return len(short) >= SHARED and short != long and long.endswith(short)


def says_other(
    one: Proposal, words: str, lexicon: Lexicon, *, exact: bool = False, phrase: bool = False, hardly: bool = False
) -> bool:
    """Whether ``one`` is neither ``words``, nor other forms of them, nor their opposite; its new words sound so.

    ``exact``: it sounds exactly like them. ``phrase``: it is a listed term of several words, one of which was heard, so
    that a word of another stem ("débile" for "débit") is another word. ``hardly``: the words were hardly heard.
    """
    heard, meant = content_words(words), content_words(one.text)
    if OPPOSITE in one.source or not heard:
        return False
    if list(map(root, heard)) == list(map(root, meant)):
        if exact and not _letters(one.text) <= _letters(words):
            return True  # "protéine c'est réactive"
        return exact and " " in one.text and any(_no_form(a, b, lexicon) for a, b in zip(heard, meant, strict=True))
    cut = phrase and len(words.split()) > len(one.text.split())  # "son de nasogastrique"
    if squash(words) == squash(one.text) and not cut and (len(heard) <= len(meant) or heard[0].lower() == "non"):
        return False
    parts = _runs(heard)
    own = [squash(part) for part in parts if len(words.split()) == 1 or squash(part) != squash(words)]
    if len(heard) > 1 and not exact and any(_prefixed(squash(a), squash(b)) for a in heard for b in meant):
        return False
    if exact and len(heard) > 1:
        return True
    new = [word for word in meant or [one.text] if not any(same_family(part, squash(word)) for part in own)]
    if phrase:
        new += [word for word in meant if word not in new and any(_other_stem(part, word, lexicon) for part in heard)]
    if len(new) in (0, len(meant)):
        return bool(new)
    if phrase:  # "insuffisance rénale est que": small words may be what was written for a part of a term
        parts += _runs(re.split(r"[\s'’]+", words))
    return all(_bears((*parts, words), word, lexicon, hardly=hardly) for word in new)


def _letters(words: str) -> set[str]:
    """The letters that stand for themselves: "protéine C"."""
    return set(re.findall(r"\b[B-Z]\b(?!['’])", words))


def _other_stem(heard: str, meant: str, lexicon: Lexicon) -> bool:
    """Whether the two begin alike and are forms of two words, as far as both are nouns or adjectives."""
    if (
        root(heard) == root(meant)
        or _derived(heard) == _derived(meant)
        or not same_family(squash(heard), squash(meant))
    ):
        return False
    stems, others = ({one.stem for one in lexicon.readings(word)} for word in (heard, meant))
    return bool(stems) and bool(others) and stems.isdisjoint(others)


_DERIVED = re.compile(r"iqu$")


def _derived(word: str) -> str:
    """What a noun in -ie and its adjective in -ique have in common: "dermoscopie", "dermoscopique"."""
    return _DERIVED.sub("i", root(word))


def _no_form(heard: str, meant: str, lexicon: Lexicon) -> bool:
    """Whether one of two words that are written nearly alike is a noun or an adjective, and the other is none: "à jeun"
    for "à jeune", "appui complet" for "appuie complet", "Escherichia coli" for "Escherichia colis"; or the one heard is
    a singular of its own: "fond d'œil" for "fonds d'œil"."""
    left, right = lexicon.readings(heard), lexicon.readings(meant)
    if squash(heard).rstrip("sx") != squash(meant).rstrip("sx"):
        return bool(left) != bool(right)
    own = [one.stem == plain(heard) for one in left]
    if right:
        return len(heard) > len(meant) and any(mine and "s" in one.numbers for mine, one in zip(own, left, strict=True))
    return len(heard) > len(meant) and bool(left) and all(own)


def _bears(parts: Sequence[str], word: str, lexicon: Lexicon, *, hardly: bool) -> bool:
    """A medical word is only questioned for one that sounds nearly the same: it rarely comes of mishearing."""
    least = CHANGED_HARDLY if hardly else CHANGED
    alike, part = max((likeness(part, word, least), part) for part in parts)
    if hardly:
        return alike >= CHANGED_HARDLY
    return alike >= (CHANGED_MEDICAL if lexicon.is_medical(part) else CHANGED)


def _runs(words: Sequence[str]) -> list[str]:
    """Every run of neighbours."""
    return [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]


def content_words(words: str) -> list[str]:
    """The words that carry a meaning, in order."""
    return [word for word in re.split(r"[\s'’-]+", words) if content(word)]
