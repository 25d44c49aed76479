"""What the practice knows, as hints for the ear: the lexicon, the author's specialty and past letters, what was learned
from corrections, correspondents, and patients born on the day that was heard.

Patients' names are never hinted in the opening of a dictation: there they are evidence of who is meant, and evidence
must not come from the register that it is compared with.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.identify.french import find_dates
from pipeline.journal.port import Journal
from pipeline.model.people import Role
from pipeline.model.text import Recording, Word
from pipeline.transcribe.dictation import plain
from pipeline.transcribe.hints import Doubtful, PracticeEars
from pipeline.transcribe.learned import vocabulary
from pipeline.transcribe.port import Candidate
from pipeline.transcribe.sound_book import SoundBook
from pipeline.transcribe.two_hearings import SPOKEN_MARKS
from pipeline.verify.likely import likely_places, likely_terms
from pipeline.verify.port import Lexicon
from pipeline.verify.reader import doubtful_places, unlisted_words

FRESH = 600.0
"""Seconds for which the register and the past letters are not read again."""
LETTERS = 200
"""Past letters of an author that are read."""
IN_LETTERS = 2
"""A word must stand in so many letters: what is said once is more often about one patient."""
MOST_WORDS = 2000
MOST_BORN = 6
"""More patients born on one day are a day that stands for an unknown one (the first of January): none is hinted."""
MOST_LIKELY = 2
"""Terms of the lexicon that are hinted for one doubtful place."""
MOST_COMPARED = 6
"""Terms of one doubtful place that are compared with its sound."""
SPELLED = 0.8
"""Score of a proposal of the lexicon from which it is weighed by its sound."""
_WORD = re.compile(r"(?<![\w'’-])[^\W\d_A-ZÀ-ÞŒ][^\W\d_]{4,}(?![\w-])")
"""Words of five letters and more that begin small: names do not."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What a specialty says most. ``names``: the specialty's own first, then its person's and other names."""

    names: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass
class Ears:
    """Builds the hints. ``journal`` None: only what the lexicon knows. ``weighty``: see `weighty_words`."""

    lexicon: Callable[[], Lexicon]
    specialties: Path
    journal: Journal | None = None
    letters: Callable[[str, int], Iterable[str]] = lambda _author, _most: ()
    weighty: frozenset[str] = frozenset()
    _kept: dict[str, tuple[float, object]] = field(default_factory=dict)

    def prompter(self) -> PracticeEars:
        return PracticeEars(
            self._doubtful,
            self._vocabulary,
            self._correspondents,
            self._patients,
            self._unlisted,
            self._terms,
            self._spelled,
            self.weighty,
            self._likely,
        )

    def _spelled(self, word: str) -> list[str]:
        return [one.text for one in self.lexicon().propose(word) if one.score >= SPELLED]

    def _unlisted(self, words: Sequence[str], opening: bool) -> frozenset[int]:
        return unlisted_words(words, self.lexicon(), self._accepted(), opening=opening)

    def _terms(self) -> SoundBook:
        book = self._fresh("terms", lambda: SoundBook(*self.lexicon().by_sound()))
        assert isinstance(book, SoundBook)  # noqa: S101 - told to mypy
        return book

    def _accepted(self) -> frozenset[str]:
        return self.journal.accepted_words() if self.journal else frozenset()

    def _doubtful(self, heard: str) -> list[Doubtful]:
        places = doubtful_places(heard, self.lexicon(), self._accepted())
        found = [Doubtful(place.words, place.around, place.terms) for place in places]
        likely = likely_terms(heard, self.lexicon(), self._accepted(), MOST_LIKELY, SPOKEN_MARKS)
        return [*found, *(Doubtful("", (), terms) for terms in likely)]

    def _likely(self, words: Sequence[Word], opening: bool) -> list[list[Candidate]]:
        places = likely_places(words, self.lexicon(), self._accepted(), MOST_COMPARED, SPOKEN_MARKS, opening=opening)
        return [[Candidate(first, last, text, 1.0) for first, last, text in place] for place in places]

    def _vocabulary(self, recording: Recording) -> SoundBook:
        learned = vocabulary(recording.learned)
        book = self._fresh(
            f"{recording.author} {recording.specialty} {hash(learned)}", lambda: self._book(recording, learned)
        )
        assert isinstance(book, SoundBook)  # noqa: S101 - told to mypy
        return book

    def _book(self, recording: Recording, learned: Iterable[str]) -> SoundBook:
        expected = terms_of(recording.specialty, self.specialties)
        names = (pack.names[0] for pack in packs(self.specialties))
        return SoundBook([*learned, *expected, *names, *self._past_words(recording.author)])

    def _past_words(self, author: str) -> list[str]:
        counted: Counter[str] = Counter()
        for text in self.letters(author, LETTERS):
            counted.update(set(_WORD.findall(text)))
        return [word for word, times in counted.most_common(MOST_WORDS) if times >= IN_LETTERS]

    def _correspondents(self) -> SoundBook:
        book = self._fresh("correspondents", lambda: SoundBook(self._names()))
        assert isinstance(book, SoundBook)  # noqa: S101 - told to mypy
        return book

    def _names(self) -> Iterable[str]:
        if self.journal is None:
            return
        for person in self.journal.all_correspondents():
            yield from (f"{person.first_name} {person.last_name.title()}".strip(), person.last_name.title())
        for user in self.journal.users():
            if user.role is Role.DOCTOR:
                yield from (user.name, user.name.rpartition(" ")[2])

    def _patients(self, heard: str) -> tuple[str, ...]:
        """Names (at birth and in use) of the patients who were born on a day that was heard."""
        if self.journal is None:
            return ()
        days = sorted({day for found in find_dates(heard) for day in found.days})
        born = [found for day in days if len(found := self.journal.patients_born_on(day)) <= MOST_BORN]
        return tuple(
            f"{patient.first_names.partition(' ')[0]} {name.title()}".strip()
            for patient in chain.from_iterable(born)
            for name in dict.fromkeys((patient.birth_name, patient.used_name))
            if name
        )

    def _fresh(self, key: str, make: Callable[[], object]) -> object:
        now = time.monotonic()
        made, value = self._kept.get(key, (0.0, None))
        if value is None or now - made > FRESH:
            value = make()
            fresh = {one: kept for one, kept in self._kept.items() if now - kept[0] <= FRESH}
            self._kept = {**fresh, key: (now, value)}
        return value


def terms_of(specialty: str, path: Path) -> tuple[str, ...]:
    """The terms that a specialty says most, none for a specialty that is not there. Raises as `packs`."""
    wanted = plain(specialty).strip()
    return next((pack.terms for pack in packs(path) if wanted in map(plain, pack.names)), ()) if wanted else ()


def packs(path: Path) -> tuple[Pack, ...]:
    """Every specialty of ``lexicon/specialties.yaml``. Raises `LexiconError` when it is missing or malformed."""
    try:
        table: dict[str, dict[str, list[str]]] = yaml_text.load(path.read_text(encoding="utf-8"))
        return tuple(
            Pack(
                (name.strip(), *(other.strip() for other in _list(entry.get("also", [])))),
                tuple(map(str, _list(entry["terms"]))),
            )
            for name, entry in table.items()
        )
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise LexiconError(
            f"La liste des spécialités « {path.name} » est absente ou mal écrite ({type(error).__name__}).",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error


def _list(value: list[str]) -> list[str]:
    if not isinstance(value, list):
        raise TypeError("no list")  # a word alone would be taken for its letters
    return value
