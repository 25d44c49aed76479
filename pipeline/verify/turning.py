"""Words that turn what a sentence says: denials, sides, normal or not, ordinals. No proposal brings or takes one
unheard."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.model.phonetic import likeness, sound_of
from pipeline.verify.spelling import fold, plain, squash
from pipeline.verify.usage import root

ALIKE = 0.9
"""Likeness by sound from which a turning word was said ("goche", "drouate"): "anormal" and "normal" have 0.86."""
ALIKE_WHOLE = 0.8
"""The same of all words together, where one of them seems to turn and is a part of a term that was cut."""
_KEYS = (
    (r"gauches?", "gauche"), (r"droite?s?", "droit"), (r"bilatéra(?:le?s?|ux)", "bilatéral"),
    (r"unilatéra(?:le?s?|ux)", "unilatéral"), (r"norma(?:le?s?|ux)", "normal"), (r"anorma(?:le?s?|ux)", "anormal"),
    (r"(?:séro)?positi(?:fs?|ves?)", "positif"), (r"(?:séro)?négati(?:fs?|ves?)", "négatif"),
    (r"premi(?:ère?s?|ers?)", "premier"),
    (r"second(?:e?s?)|deuxièmes?", "deuxième"), (r"aucune?", "aucun"),
    (
        r"(?:sans|avec|non|pas|ni|absence|présence|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|"
        r"(?:trois|quatr|cinqu|six|sept|huit|neuv|dix)ièmes?)",
        "",
    ),
)  # fmt: skip
_TURNING = tuple((re.compile(pattern), key) for pattern, key in _KEYS)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 2
_PRIVATIVE = ("a", "an", "non", "in", "im", "ir")
"""Beginnings that say that something is not there: "lithiasique", "alithiasique"."""
_NEGATED = 5
"""Letters of a word before which they say so."""


def turns(words: str, proposal: str) -> bool:
    """Whether ``proposal`` says that something is there, is on a side or is normal where ``words`` do not, or the other
    way round, and it does not sound so; or has nothing but words that were heard, and loses the sound of another one
    ("achène stésis, antibioprophylaxie" is not mended by "antibioprophylaxie")."""
    if _only_drops(words, proposal) or _negates(words, proposal):
        return True
    said, meant = _turning(words), _turning(proposal)
    new, lost = meant.keys() - said.keys(), said.keys() - meant.keys()
    if any(not _sounds_in(words, meant[key]) for key in new):
        return True
    return any(not _sounds_in(proposal, said[key]) for key in lost) and likeness(words, proposal) < ALIKE_WHOLE


def _only_drops(words: str, proposal: str) -> bool:
    heard, kept = (list(map(root, _WORD.findall(fold(text)))) for text in (words, proposal))
    return len(kept) < len(heard) and set(kept) <= set(heard) and sound_of(words) != sound_of(proposal)


def _negates(words: str, proposal: str) -> bool:
    """Whether ``proposal`` has a word of ``words`` behind a privative that was not heard before it."""
    heard, joined = _WORD.findall(fold(words)), squash(words)
    meant = _WORD.findall(fold(proposal))
    return any(
        len(word) >= _NEGATED and beginning + word in meant and word not in meant and beginning + word not in joined
        for word in heard
        for beginning in _PRIVATIVE
    )


@lru_cache(maxsize=4096)
def _turning(text: str) -> dict[str, str]:
    """The turning words of ``text`` by what they say."""
    found: dict[str, str] = {}
    for word in _WORD.findall(plain(text)):
        for pattern, key in _TURNING:
            if pattern.fullmatch(word):
                found[key or re.sub("ièmes$", "ième", word)] = word
    return found


def _sounds_in(text: str, word: str) -> bool:
    """Whether one or two neighbours of ``text`` sound like ``word``."""
    parts = _WORD.findall(text)
    runs = (" ".join(parts[i : i + size]) for size in range(1, _LONGEST + 1) for i in range(len(parts) - size + 1))
    return any(likeness(run, word) >= ALIKE for run in runs)
