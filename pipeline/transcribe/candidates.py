"""Which terms may be meant where a heard word is in no list: those that sound like it, alone or with its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.model.phonetic import likeness
from pipeline.model.text import Word
from pipeline.transcribe.dictation import plain
from pipeline.transcribe.numbers import NUMBER_WORDS
from pipeline.transcribe.port import Candidate
from pipeline.transcribe.sound_book import SoundBook

ALIKE = 0.55
"""Likeness by sound from which a term is worth weighing."""
LISTED_ALIKE = 0.85
"""The same for a listed word that a hint put there: only a near twin of it may be meant."""
WIDEST = 3
"""Words that may be one term: "à pique sabant"."""
MOST = 4
"""Terms of one stretch of words."""
MOST_AROUND = 5
"""Terms of all stretches around one word in doubt."""
LONG = 6
"""Letters of a listed word from which it has few twins."""
_MARK = re.compile(r"[.,;:?!…]+$")
_ELIDED = re.compile(r"^(?:[ldsnmjtc]|qu)['’]", re.IGNORECASE)
_FIGURE = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"[aeiouyhœæàâéèêîôû]", re.IGNORECASE)

_Span = tuple[int, int]


def candidates(
    words: Sequence[Word],
    doubtful: Collection[int],
    book: SoundBook,
    spelled: Callable[[str], Iterable[str]],
    weighty: Collection[str] = (),
) -> list[Candidate]:
    """Terms of ``book`` for the words at the places ``doubtful``, and twins of listed words that only a hint brought.

    ``spelled`` gives other spellings of one word that is in no list. ``weighty``: plain words that may not go unnoticed
    (`weighty_words`).

    A stretch is never longer than `WIDEST` words, never holds a figure and never goes over a mark.
    """
    spans = [span for place in sorted(doubtful) for span in _spans(words, place)]
    hinted = [(at, at + 1) for at, word in enumerate(words) if at not in doubtful and _is_hinted(word)]
    near = [*_spelled(words, doubtful, spelled), *_near(words, list(dict.fromkeys(spans)), book, ALIKE)]
    near += [one for one in _near(words, hinted, book, LISTED_ALIKE) if one.likeness < 1]
    likeliest = sorted(near, key=lambda one: -one.likeness)
    chosen = [one for one in near if (one.first, one.last) in hinted]
    for place in doubtful:
        chosen += [one for one in likeliest if one.first <= place < one.last][:MOST_AROUND]
    return [
        replace(one, listed=(one.first, one.last) in hinted, drops=_drops(one, words, weighty))
        for one in dict.fromkeys(chosen)
    ]


def _drops(candidate: Candidate, words: Sequence[Word], weighty: Collection[str]) -> bool:
    """Whether a word that may not go unnoticed would go, or come, with the term."""
    said = " ".join(word.text for word in words[candidate.first : candidate.last])
    return bool((_parts(said) ^ _parts(candidate.text)) & set(weighty))


def _parts(text: str) -> set[str]:
    return set(_LETTERS.findall(plain(text)))


def _spans(words: Sequence[Word], place: int) -> Iterator[_Span]:
    for first in range(max(0, place - WIDEST + 1), place + 1):
        for last in range(place + 1, min(first + WIDEST, len(words)) + 1):
            inside = [word.text for word in words[first:last]]
            if not any(map(_MARK.search, inside[:-1])) and not any(map(_FIGURE.search, inside)):
                yield first, last


def _spelled(
    words: Sequence[Word], doubtful: Collection[int], spelled: Callable[[str], Iterable[str]]
) -> Iterator[Candidate]:
    for place in sorted(doubtful):
        text = _MARK.sub("", words[place].text)
        if not _FIGURE.search(text):
            yield from (
                Candidate(place, place + 1, other, likeness(text, other)) for other in spelled(text) if other != text
            )


def _is_hinted(word: Word) -> bool:
    """Whether a hint put ``word`` there; short words are left, and figures: no sound decides about these."""
    text = plain(_MARK.sub("", word.text))
    before = {_MARK.sub("", one) for one in plain(word.first).split()}
    apart = bool(word.first) and text not in before and not _FIGURE.search(word.first)
    return apart and len(text) >= LONG and text not in NUMBER_WORDS


def _near(words: Sequence[Word], spans: Sequence[_Span], book: SoundBook, least: float) -> list[Candidate]:
    said = [_MARK.sub("", " ".join(word.text for word in words[first:last])) for first, last in spans]
    articles = [text[: len(text) - len(_bare(text))] for text in said]
    bare = book.alike([_bare(text) for text, article in zip(said, articles, strict=True) if article], least, MOST)
    after_article = iter(bare)
    found = []
    for span, text, article, terms in zip(spans, said, articles, book.alike(said, least, MOST), strict=True):
        meant = list(terms)
        if article:
            meant = [(term, alike) for term, alike in terms if not _VOWEL.match(term)]
            meant += [(article + term, alike) for term, alike in next(after_article) if _VOWEL.match(term)]
        heard = plain(text)
        found += [Candidate(*span, term, alike) for term, alike in meant if plain(term) != heard]
    return found


def _bare(text: str) -> str:
    """``text`` without the elided article that it begins with."""
    return _ELIDED.sub("", text, count=1)
