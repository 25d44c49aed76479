"""`FrenchLexicon`: the `Lexicon` port over a built lexicon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline.model.phonetic import likeness, sound, sound_of
from pipeline.model.text import Proposal
from pipeline.verify.abbreviations import Expansion, abbreviations
from pipeline.verify.build import HUNSPELL_FR, build
from pipeline.verify.port import OPPOSITE
from pipeline.verify.reading import GENDERS, Reading
from pipeline.verify.retrieve import Match, Retrieval, letters_alike, perhaps_alike
from pipeline.verify.sorted_lines import CACHED, SortedLines
from pipeline.verify.sources import OWN, drug_names, own_entries
from pipeline.verify.spelling import fold, plain, squash
from pipeline.verify.usage import root

FRENCH = "français courant"
_ARTICLE = re.compile(r"^(?P<article>l|d)['’]?(?:[ea]s?)?\s+", re.IGNORECASE)
_HEARD_E = re.compile(r"^es\s+", re.IGNORECASE)  # "les chographies" is "l'échographie"
_GLUED = re.compile(r"^(?:une?|les?|la|des?|du|sous|avec|sans|pour|par)(?=[^\W\d_]{6,}$)", re.IGNORECASE)
"""Small words that are written together with the next one: "sousgenglionaire"."""
_NEAR_WHOLE, _APART = 0.8, 0.03
"""Score of a term from which they are not taken off, and what a term behind one of them loses."""
_BEGINNING = 4  # letters of a compound's beginning, at least
_REMAINDER = 6  # and of what follows: shorter ones make accidental compounds
_SHORT = 4  # letters of a word of documents that is never looked for by its sound
_HOMOPHONE_SCORE = 0.86
_UNACCENTED_SCORE = 0.97


class FrenchLexicon:
    """French and medical words; built at first use, then opened in well under a second.

    ``folder`` holds the project's lists (``lexicon/``), ``cache`` the built forms, ``practice`` is the practice's own
    list, a file that may be absent. Raises `ToolMissing` when the
    French dictionary or a package is absent and `LexiconError` when a list is malformed.
    """

    def __init__(self, folder: Path, cache: Path, dictionary: Path = HUNSPELL_FR, practice: Path | None = None) -> None:
        built = build(folder, cache, dictionary, practice)
        self._version = built.name.removeprefix("lexicon-")
        self._groups: dict[str, set[str]] = {}
        listed = own_entries(folder, practice)
        for entry in listed:
            self._groups.setdefault(plain(entry.word), set()).add(entry.group)
        self._abbreviations = abbreviations(listed)
        self._known = SortedLines(built / "known.txt")
        self._accents = SortedLines(built / "accents.txt")
        self._sounds = SortedLines(built / "sounds.txt")
        self._medical = SortedLines(built / "medical.txt")
        self._usage = SortedLines(built / "usage.txt")
        self._pairs = SortedLines(built / "pairs.txt")
        self._phrases = SortedLines(built / "phrases.txt")
        self._grammar = SortedLines(built / "grammar.txt")
        self._inflections = SortedLines(built / "inflections.txt")
        self._built = built

    @cached_property
    def _retrieval(self) -> Retrieval:
        prefixes = frozenset(word for word, groups in self._groups.items() if "opposite-prefix" in groups)
        return Retrieval(self._built, prefixes)

    @property
    def version(self) -> str:
        return self._version

    @property
    def built(self) -> Path:
        """The folder of the built forms (`build`)."""
        return self._built

    def by_sound(self) -> tuple[Sequence[str], Sequence[str]]:
        """The terms that can be proposed and the words of documents, and the phonetic key of each."""
        terms, keys = self._retrieval.by_sound()
        own = sorted(word for word, groups in self._groups.items() if "document" in groups and len(word) > _SHORT)
        return [*terms, *own], [*keys, *map(sound_of, own)]

    def sources(self) -> Counter[str]:
        """How many terms that can be proposed each list gave."""
        return self._retrieval.sources()

    def knows(self, word: str) -> bool:
        """Any case, "oe" for "œ", a plural in s or x of a known word, no drug; capitals may lack their accents."""
        text = plain(word)
        if self._known.has(text):
            return True
        if len(text) > 4 and text[-1] in "sx" and self._known.has(text[:-1]) and not self._is_substance(text[:-1]):
            return True
        if self._compound(text):
            return True
        if len(word) > 1 and word.isupper():
            return any(True for _ in self._accents.values(fold(text)))
        return word[:1] in "AECIOU" and any(plain(form)[1:] == text[1:] for form in self._accents.values(fold(text)))

    def is_common(self, word: str) -> bool:
        """Whether it is an ordinary French word of four letters or more, or a term, written without a capital."""
        text = plain(word)
        forms = {text, text.removesuffix("s"), text.removesuffix("x"), text.removesuffix("es")}
        return any(form in self._sounds.values(sound(form)) or self._retrieval.source(form) for form in forms)

    def is_drug(self, name: str) -> bool:
        """Whether it is a substance or a brand (any case, capitals may lack their accents)."""
        return not self.classes(name).isdisjoint(("drug", "drug-brand")) or fold(name) in self._drugs

    def _is_substance(self, name: str) -> bool:
        """Whether it is a drug's name, which has no plural; that of a class of drugs ("statines") is listed itself."""
        return not {"drug", "drug-brand"}.isdisjoint(self._groups.get(name, ()))

    @cached_property
    def _drugs(self) -> frozenset[str]:
        return frozenset(fold(name) for name in drug_names())

    def frequency(self, word: str) -> float:
        """The word's Zipf value in general French (`sources.frequencies`), 0 when it is not used there."""
        return float(next(self._usage.values(plain(word)), 0.0))

    def is_medical(self, word: str) -> bool:
        """Whether a nomenclature or an own list has it, as a plural or another regular form too."""
        text = plain(word)
        return self._medical.has(text) or (len(text) > 4 and text[-1] in "sx" and self._medical.has(text[:-1]))

    def rank(self, word: str) -> int | None:
        """The place of a word (or of its singular) among all terms, from 0, those that stand in most labels first."""
        text = word.lower()
        found = (self._retrieval.rank(form) for form in (text, text[:-1] if text[-1:] in "sx" else text))
        return min((place for place in found if place is not None), default=None)

    def rejects(self, words: str, text: str) -> bool:
        """Nothing: lists say what there is (see `taught.TaughtLexicon`)."""
        del words, text
        return False

    def together(self, left: str, right: str) -> bool:
        """Whether a label or a term has the two words beside each other, whatever their number."""
        return self._pairs.has(f"{root(left)}\t{root(right)}")

    def readings(self, word: str) -> tuple[Reading, ...]:
        """What the word may be as a noun or an adjective; empty when it is neither. The reading of a compound is that
        of its end, its stem says so ("ostéo+tendineux", "jugulo-+carotidien")."""
        text = plain(word)
        if found := self._readings(text):
            return found
        compound, hyphened = next(self.compounds(text), None), self._hyphened(text)
        beginning, end = compound or hyphened or ("", "")
        return tuple(
            replace(one, stem=f"{beginning}+{one.stem}")
            for one in (self._readings(end) if end else ())
            if compound or not one.noun
        )

    @cached_property
    def _readings(self) -> Callable[[str], tuple[Reading, ...]]:
        return lru_cache(maxsize=CACHED)(self._read)

    def _read(self, text: str) -> tuple[Reading, ...]:
        found = (line.partition(" ") for line in self._grammar.values(text))
        return tuple(Reading.of(code, stem) for code, _, stem in found)

    def inflected(self, stem: str, *, noun: bool, gender: str, number: str) -> tuple[str, ...]:
        """The forms of ``stem`` (`Reading.stem`) of one gender and number."""
        beginning, _, end = stem.rpartition("+")
        found = (line.partition(" ") for line in self._inflections.values(end))
        read = ((Reading.of(code, stem), form) for code, _, form in found)
        return tuple(
            beginning + form
            for one, form in read
            if one.noun == noun and gender in one.genders and number in one.numbers
        )

    def phrases(self, word: str) -> tuple[Proposal, ...]:
        """The terms of several words that hold ``word``, whatever its number, each with its list."""
        return self._phrases_of(root(word))

    @cached_property
    def _phrases_of(self) -> Callable[[str], tuple[Proposal, ...]]:
        return lru_cache(maxsize=CACHED)(
            lambda wanted: tuple(Proposal(term, 1.0, OWN) for term in self._phrases.values(wanted))
        )

    def same_sound(self, words: str) -> tuple[str, ...]:
        """The terms that sound exactly like ``words``."""
        return self._retrieval.same_sound(words)

    def perhaps_alike(self, key: str, keys: Sequence[str], least: float) -> list[int]:
        """By Levenshtein's distance, which is at most two for each unit of `phonetic.distance`."""
        return perhaps_alike(key, keys, least)

    def letters_alike(self, words: str, term: str) -> float:
        """Levenshtein's likeness of both spellings, squashed, in [0, 1]."""
        return letters_alike(words, term)

    def _compound(self, text: str) -> bool:
        """A listed beginning and a known word written together ("endo" + "vaginale")."""
        return any(True for _ in self.compounds(text))

    def compounds(self, word: str) -> Iterator[tuple[str, str]]:
        """The listed beginning and the known word that may be written together in ``word``."""
        text = plain(word)
        for cut in range(_BEGINNING, len(text) - _REMAINDER + 1):
            if "prefix" in self._groups.get(text[:cut], ()) and self._known.has(text[cut:]):
                yield text[:cut], text[cut:]

    def _hyphened(self, text: str) -> tuple[str, str] | None:
        """The beginning and the word of "sous-muqueux" or "jugulo-carotidien"; it is read as an adjective only, for
        "anti-douleur" has not the gender of "douleur"."""
        beginning, hyphen, end = text.rpartition("-")
        learned = beginning.endswith("o") or "prefix" in self._groups.get(beginning, ())
        return (beginning + hyphen, end) if learned else None

    def holds(self, form: str) -> bool:
        """Whether exactly this form (`spelling.plain`) was built in."""
        return self._known.has(form)

    def accented(self, word: str) -> tuple[str, ...]:
        """The known words that have these letters and accents."""
        return tuple(self._accents.values(fold(word)))

    def classes(self, word: str) -> frozenset[str]:
        """The classes of the own lists that hold the word ("title", "prefix", "unit"…)."""
        return frozenset(self._groups.get(plain(word), ()))

    def expansions(self, word: str) -> tuple[Expansion, ...]:
        """What the abbreviation ``word`` (in its own case) stands for, each sense once; empty for other words."""
        return self._abbreviations.get(word, ())

    def propose(self, words: str, limit: int = 3, *, far: bool = True) -> tuple[Proposal, ...]:
        """Terms that sound or look like ``words``, in the words' case and number, best first. Without ``far`` only
        those that begin nearly the same: ten times as fast. The last answers are kept: a hearing and the check of its
        text ask about the same words."""
        return self._proposals(words, limit, far)

    @cached_property
    def _proposals(self) -> Callable[[str, int, bool], tuple[Proposal, ...]]:
        return lru_cache(maxsize=CACHED)(self._propose)

    def _propose(self, words: str, limit: int, far: bool) -> tuple[Proposal, ...]:
        text = " ".join(words.split())
        found = self._general(text)
        found += [_proposal(match) for match in self._retrieval.find(text, limit + 2, far=far)]
        article, whole = _ARTICLE.match(text), set[str]()
        if article and text[article.end() :]:
            rest = _HEARD_E.sub("é", text[article.end("article") :])
            elided = self._elided(article["article"].lower(), rest, limit, far=far)
            whole = {plain(one.text).partition("'")[2] for one in elided}
            found += elided
        if (glued := _GLUED.match(text)) and max((one.score for one in found), default=0.0) < _NEAR_WHOLE:
            found += self._behind(glued.group(), text[glued.end() :], limit, far=far)
        best: dict[str, Proposal] = {}
        for proposal in sorted(found, key=lambda p: -p.score):
            shaped = self._shape(text, proposal)
            if plain(shaped.text) not in whole:  # with its article, a term does not lose it
                best.setdefault(plain(shaped.text), shaped)
        return tuple(list(best.values())[:limit])

    def _behind(self, small: str, rest: str, limit: int, *, far: bool) -> list[Proposal]:
        """The terms near ``rest``, each behind the ``small`` word that was written together with it."""
        found = self._retrieval.find(rest, limit, far=far)
        return [
            Proposal(f"{small} {one.term}", round(one.score - _APART, 4), _proposal(one).source)
            for one in found
            if " " not in one.term
        ]

    def _elided(self, article: str, rest: str, limit: int, *, far: bool) -> list[Proposal]:
        """ "la pixaban" is "l'apixaban": the article's vowel belongs to the term."""
        joined = squash(rest)
        found = self._retrieval.find(joined, limit, far=far)
        return [
            Proposal(f"{article}'{match.term}", match.score, _proposal(match).source)
            for match in found
            if fold(match.term)[:1] in "aeiouyh" and squash(match.term)[:1] == joined[:1] and match.score > 0.8
        ]

    def _general(self, text: str) -> list[Proposal]:
        """The word with its accents, and general words of the same sound."""
        if " " in text or len(text) < 3:
            return []
        word = plain(text)
        found = [Proposal(form, _UNACCENTED_SCORE, FRENCH) for form in self._accents.values(fold(word))]
        found = [proposal for proposal in found if plain(proposal.text) != word]
        if len(word) > 3:
            homophones = [form for form in self._sounds.values(sound(word)) if form != word]
            near = sorted(homophones, key=lambda form: (form[:1] != word[:1], abs(len(form) - len(word)), form))
            found += [Proposal(form, _HOMOPHONE_SCORE, FRENCH) for form in near[:2]]
        return found

    def _shape(self, text: str, proposal: Proposal) -> Proposal:
        shaped = proposal.text
        plural = (
            text[-1:] in "sx" and " " not in text and len(text) > 4 and shaped[-1:] not in "sxz" and " " not in shaped
        )
        end = plain(shaped).rpartition("-")[2] if self._hyphened(plain(shaped)) else plain(shaped)
        if plural and shaped.islower() and self._known.has(end + "s"):
            shaped += "s"
        elif text[-1:] not in "sx" and len(shaped) > 5 and shaped.islower() and shaped.endswith("s"):
            shaped = shaped[:-1] if self._known.has(plain(shaped[:-1])) else shaped
        if " " not in shaped:
            shaped = self._gendered(text, shaped)
        if text.isupper() and len(text) > 1 and shaped[1:].islower():
            shaped = shaped.upper()
        elif text[:1].isupper() and shaped[:1].islower():
            shaped = shaped[:1].upper() + shaped[1:]
        return Proposal(shaped, proposal.score, proposal.source)

    def _gendered(self, text: str, adjective: str) -> str:
        """``adjective`` in the gender that sounds most like ``text``, or is written most like its last word where both
        sound alike; other words as they are."""
        readings = self.readings(adjective)
        if not readings or any(one.noun or not one.genders for one in readings):
            return adjective
        forms = {
            form
            for one in readings
            for gender in GENDERS
            for form in self.inflected(one.stem, noun=False, gender=gender, number=one.numbers[:1])
        }
        end = text.split()[-1]
        return max((adjective, *sorted(forms)), key=lambda form: (likeness(text, form), letters_alike(end, form)))


def _proposal(match: Match) -> Proposal:
    return Proposal(match.term, match.score, f"{match.source} ; {OPPOSITE}" if match.opposite else match.source)
