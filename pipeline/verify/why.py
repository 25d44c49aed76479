"""Why a word is known or not: every list that holds it, else the terms near it. It reads all lists: some seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from pipeline.model.phonetic import distance, sound_of
from pipeline.verify.build import HUNSPELL_FR
from pipeline.verify.context import RARE
from pipeline.verify.forms import adjective_forms
from pipeline.verify.hunspell import inflected_forms
from pipeline.verify.lexicon import FRENCH, FrenchLexicon
from pipeline.verify.sources import Entry, labels
from pipeline.verify.spelling import fold, plain, squash, words_of

EVEN = 0.05
"""Sound and spelling that differ by less are equally near."""


@dataclass(frozen=True, slots=True)
class Place:
    """A list that holds the word ``form``: ``entry`` is its line in an own list, ``label`` one of a nomenclature."""

    form: str
    source: str
    entry: Entry | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """A term near the word: its score, and how alike both are by sound and by spelling, all in [0, 1]."""

    text: str
    score: float
    source: str
    sound: float
    spelling: float

    @property
    def found_by(self) -> str:
        """French."""
        if abs(self.sound - self.spelling) < EVEN:
            return "par le son et l'orthographe"
        return "par le son" if self.sound > self.spelling else "par l'orthographe"


@dataclass(frozen=True, slots=True)
class Reason:
    """``how`` says in French by which rule another form of a list makes the word known, ``""`` when it stands there.
    A ``surprising`` word is known, rare and no medical one: a near term that fits better is asked about."""

    word: str
    known: bool
    how: str
    places: tuple[Place, ...]
    near: tuple[Near, ...] = ()
    surprising: bool = False


def why(
    word: str, lexicon: FrenchLexicon, listed: Sequence[Entry], dictionary: Path = HUNSPELL_FR, limit: int = 5
) -> Reason:
    """Look ``word`` up everywhere. ``listed`` are the entries of the own lists (`sources.own_entries`).

    Raises `ToolMissing` or `LexiconError` when a source cannot be read.
    """
    text = " ".join(word.split())
    if not lexicon.knows(text):
        return Reason(text, False, "", (), tuple(_near(text, lexicon, limit)))
    rules: dict[str, str] = {}
    for form, rule in _forms(text, lexicon):
        if lexicon.holds(form):
            rules.setdefault(form, rule)
    places = list(_places(frozenset(rules), listed, dictionary))
    order = list(rules)
    first = min(places, key=lambda place: order.index(place.form), default=None)
    rule = rules[first.form] if first else ""
    surprising = lexicon.frequency(text) < RARE and not lexicon.is_medical(text)
    return Reason(text, True, rule, tuple(place for place in places if rules[place.form] == rule), (), surprising)


def _forms(word: str, lexicon: FrenchLexicon) -> Iterator[tuple[str, str]]:
    """The plain forms that may make ``word`` known, with the rule, the nearest first."""
    text = plain(word)
    yield text, ""
    if len(text) > 4 and text[-1] in "sx":
        yield text[:-1], "pluriel"
    for form in lexicon.accented(word):
        yield plain(form), "sans ses accents"
    for form in adjective_forms(text):
        yield form, "forme régulière d'un adjectif"
    for beginning, rest in lexicon.compounds(word):
        yield rest, f"écrit avec le préfixe « {beginning} »"


def _places(forms: frozenset[str], listed: Sequence[Entry], dictionary: Path) -> Iterator[Place]:
    for entry in listed:
        held = {plain(entry.word), *map(plain, words_of(entry.word))}
        yield from (Place(form, entry.source, entry) for form in forms & held)
    seen: set[tuple[str, str]] = set()
    folded = [(fold(form), form) for form in forms]
    for label in labels():
        small = fold(label.text)
        for letters, form in folded:
            if (form, label.source) in seen or letters not in small:
                continue
            words = {fold(one) if label.shouted else plain(one) for one in words_of(label.text)}
            if (letters if label.shouted else form) in words or plain(label.text) == form:
                seen.add((form, label.source))
                yield Place(form, label.source, label=label.text)
    for form in {plain(found) for found, _ in inflected_forms(dictionary)} & forms:
        yield Place(form, FRENCH)


def _near(word: str, lexicon: FrenchLexicon, limit: int) -> Iterator[Near]:
    heard, spelled = sound_of(word), squash(word)
    for one in lexicon.propose(word, limit):
        key, letters = sound_of(one.text), squash(one.text)
        sounds = max(0.0, 1 - distance(heard, key) / max(len(heard), len(key), 1))
        yield Near(one.text, one.score, one.source, round(sounds, 2), round(fuzz.ratio(spelled, letters) / 100, 2))
