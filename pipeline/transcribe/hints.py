"""Which of all the words that a practice knows may have been said: those that sound like what was heard in doubt.

A prompt holds some fifty words, a practice knows tens of thousands. So a first hearing is read word by word, and for
each place in doubt the terms of the lexicon, of the author's specialty, of the author's past letters and of what was
learned from corrections are taken that sound alike; names of correspondents wherever they sound alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model.text import Recording, Word
from pipeline.transcribe.candidates import candidates
from pipeline.transcribe.port import Candidate, Hints
from pipeline.transcribe.sound_book import SoundBook

ALIKE = 0.62
"""Likeness of two phonetic keys from which a word of the practice may be meant in a place of doubt."""
NAME_ALIKE = 0.75
"""The same for names, which are looked for everywhere."""
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A place of a heard text that no list knows, with its neighbours, and the terms that the lexicon offers."""

    heard: str
    around: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True)
class PracticeEars:
    """A `Prompter`. Each part is asked for what belongs to a recording (its author) when it is needed.

    ``doubtful``: the places in doubt of a text. ``vocabulary``: terms of the author (specialty, past letters, learned).
    ``correspondents``: names that may be hinted anywhere. ``patients``: names of patients that a text of this recording
    may be about; they are never hinted in the opening.
    """

    doubtful: Callable[[str], Sequence[Doubtful]]
    vocabulary: Callable[[Recording], SoundBook]
    correspondents: Callable[[], SoundBook]
    patients: Callable[[str], Iterable[str]] = lambda _heard: ()
    unlisted: Callable[[Sequence[str], bool], Collection[int]] = lambda _words, _opening: ()
    terms: Callable[[], SoundBook] = lambda: SoundBook(())
    spelled: Callable[[str], Iterable[str]] = lambda _word: ()
    weighty: frozenset[str] = frozenset()
    meant: Callable[[Sequence[Word], bool], Sequence[Sequence[Candidate]]] = lambda _words, _opening: ()

    def likely(self, words: Sequence[Word], *, opening: bool) -> Sequence[Sequence[Candidate]]:
        """See `Suggester.likely`."""
        return self.meant(words, opening)

    def candidates(self, words: Sequence[Word], recording: Recording, *, opening: bool) -> list[Candidate]:
        """See `Prompter.candidates`: terms of the lexicon and of the author."""
        doubtful = self.unlisted([word.text for word in words], opening)
        books = (self.terms(), self.vocabulary(recording))
        found = [candidates(words, doubtful, book, self.spelled, self.weighty) for book in books]
        return list({(one.first, one.last, one.text): one for some in found for one in some}.values())

    def __call__(self, heard: str, recording: Recording) -> Hints:
        book = self.vocabulary(recording)
        terms: list[str] = []
        for place in self.doubtful(heard):
            terms += [*reversed(place.terms), *book.near((place.heard, *place.around), ALIKE)]
        names = self.correspondents().near(_names(heard), NAME_ALIKE)
        return Hints(tuple(dict.fromkeys([*names, *terms])), tuple(self.patients(heard)))


def _names(heard: str) -> list[str]:
    """Words with a capital, alone and with the one after them."""
    words = _WORDS.findall(heard)
    pairs = [f"{one} {two}" for one, two in pairwise(words) if one[0].isupper()]
    return [word for word in words if word[0].isupper()] + pairs
