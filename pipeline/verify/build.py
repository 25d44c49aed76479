"""Builds the lexicon once into a folder of the cache, in forms that are opened, not loaded.

A built lexicon holds sorted UTF-8 lines (searched by bisection in a memory map) and NumPy arrays (mapped, never
pickled). Its folder is named by a hash of everything that went in: the versions of the packages, the
content of the French dictionary, of the own lists and of the practice's list, the phonetic rules and `FORMAT`.

- ``known.txt``: every known word (`spelling.plain`).
- ``accents.txt``: ``fold<TAB>word`` for every known word whose fold differs.
- ``sounds.txt``: ``key<TAB>word`` for the stems of the general dictionary (four letters or more).
- ``lacking.txt``: the own terms that no package has (`lacking`).
- ``terms.txt``: ``term<TAB>squash<TAB>key<TAB>source`` for what can be proposed, the most used first.
- ``medical.txt``: every word of the nomenclatures and own lists, with the regular forms of adjectives.
- ``usage.txt``: ``word<TAB>Zipf value`` of the known words in general French.
- ``pairs.txt``: ``root<TAB>root`` of words that stand beside each other in a label or term (`usage`).
- ``phrases.txt``: ``root<TAB>term`` for each word of the terms of several words.
- ``grammar.txt``: ``form<TAB>code stem`` of the nouns and adjectives, ``inflections.txt``: ``stem<TAB>code form``
  (`grammar`).
- ``sound_*.npy``, ``spell_*.npy``: delete indexes over keys and squashed spellings (`retrieve`).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from zlib import crc32

import numpy as np

from pipeline.errors import ToolMissing
from pipeline.model.phonetic import RULES, sound, sound_of
from pipeline.verify.forms import adjective_forms
from pipeline.verify.grammar import readings
from pipeline.verify.hunspell import inflected_forms
from pipeline.verify.lacking import lacking
from pipeline.verify.misspelled import misspelled
from pipeline.verify.reading import Reading
from pipeline.verify.sources import (
    BEGINNINGS,
    LISTED,
    OWN,
    SPECIALTIES,
    Entry,
    frequencies,
    labels,
    own_entries,
    spoken_terms,
    versions,
)
from pipeline.verify.spelling import fold, plain, squash, words_of
from pipeline.verify.usage import neighbours, roots

FORMAT = "21"
HUNSPELL_FR = Path("/usr/share/hunspell/fr.dic")
PREFIX = 8
"""Deletes are made in the first characters only (SymSpell's idea): memory is bounded, the rest is compared later."""
EDITS = 2
PHRASE_WORDS = 4
"""Longer terms are kept as neighbours only."""
SHORT = 5
"""A word of at most so many characters is indexed with one delete: two would leave nothing of it."""


_BRAND = re.compile(r"[A-Z]\w*")
"""A name of one word, which is written as its maker writes it."""
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class _Gathered:
    """What was read, before it is written. ``terms`` maps a term to its source; ``uses`` counts it in the labels;
    ``written`` gives back the "œ" of a known word, ``lacking`` are own terms that no package has."""

    known: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    terms: dict[str, str] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)
    written: dict[str, str] = field(default_factory=dict)
    lacking: frozenset[str] = frozenset()
    medical: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)
    grammar: list[tuple[str, Reading]] = field(default_factory=list)


def lexicon_version(folder: Path, dictionary: Path = HUNSPELL_FR, practice: Path | None = None) -> str:
    """Twelve hexadecimal digits that name the content. Raises `ToolMissing` when a source is absent."""
    affixes = dictionary.with_suffix(".aff")
    if not dictionary.is_file() or not affixes.is_file():
        raise ToolMissing("Le dictionnaire français (paquet Debian hunspell-fr-classical) est absent.")
    digest = hashlib.sha256(f"{FORMAT} {sorted(versions().items())} {RULES}".encode())
    own = [practice] if practice and practice.is_file() else []
    for path in (dictionary, affixes, *sorted(folder.glob("*.csv")), *sorted(folder.glob(SPECIALTIES)), *own):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def build(folder: Path, cache: Path, dictionary: Path = HUNSPELL_FR, practice: Path | None = None) -> Path:
    """Return the built folder ``cache/lexicon-<version>``, made when it is not there (about 20 s).

    Two processes may build at once: each writes apart and the first rename wins. Raises `ToolMissing` or
    `LexiconError`.
    """
    target = cache / f"lexicon-{lexicon_version(folder, dictionary, practice)}"
    if target.is_dir():
        return target
    gathered = _gather(own_entries(folder, practice), spoken_terms(folder), dictionary)
    cache.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="lexicon-", suffix=".part", dir=cache))
    try:
        _write(gathered, scratch)
        scratch.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def deletes(word: str) -> set[int]:
    """CRC-32 of the word's beginning and of what remains of it after one or two deletions."""
    start = word[:PREFIX]
    edits = EDITS if len(word) > SHORT else 1
    found = {start}
    for count in range(1, min(edits, len(start) - 1) + 1):
        for places in combinations(range(len(start)), len(start) - count):
            found.add("".join([start[i] for i in places]))
    return {crc32(text.encode()) for text in found}


def _gather(entries: Sequence[Entry], spoken: Iterable[str], dictionary: Path) -> _Gathered:
    gathered = _Gathered()
    for form, is_stem in inflected_forms(dictionary):
        gathered.known.add(plain(form))
        if "œ" in form:
            gathered.written[plain(form)] = form
        if is_stem and len(form) > 3 and form.islower() and form.isalpha():
            gathered.stems.add(form)
    own = {plain(entry.word) for entry in entries if entry.group not in BEGINNINGS}
    nomenclatures = tuple(labels())
    gathered.lacking = lacking(own, gathered.known, nomenclatures)
    for entry in entries:
        _add_own(gathered, entry)
    for term in spoken:
        _add_phrase(gathered, term)
    accents = _Accents(gathered.known, (entry.word for entry in entries if entry.group == "prefix"))
    right = frozenset(gathered.known)
    shouted: list[tuple[str, str]] = []
    forms: dict[str, Counter[str]] = {}
    for label in nomenclatures:
        if label.source == "médicaments":
            _add_drug(
                gathered,
                label.text if _BRAND.fullmatch(label.text) else accents.restored(_without_capitals(label.text)),
            )
        if not label.shouted:
            gathered.pairs.update(neighbours(label.text))
        for place, found in enumerate(words_of(label.text)):
            word = found
            if label.shouted:
                shouted.append((accents.of_compound(word), label.source))
            else:
                if place == 0 and word[1:].islower():
                    word = word.lower()
                forms.setdefault(plain(word), Counter())[word] += 1
                gathered.uses[plain(word)] += 1
                gathered.terms.setdefault(plain(word), label.source)
    for slip in misspelled(Counter({word: gathered.uses[word] for word in forms}), right):
        forms.pop(slip, None)
        gathered.terms.pop(slip, None)
    gathered.known.update(forms)
    medical = {plain(word) for term in gathered.terms for word in words_of(term)}
    named = {plain(word) for term in gathered.terms for word in words_of(term) if word[:1].isupper()}
    drugs = {plain(entry.word) for entry in entries if entry.group in ("drug", "drug-brand")}
    gathered.medical = medical | {form for word in medical - named - drugs for form in adjective_forms(word)}
    gathered.known.update(gathered.medical)
    _add_shouted(gathered, shouted)
    _restore_capitals(gathered, forms)
    gathered.grammar = list(readings(dictionary, entries, gathered.medical))
    return gathered


class _Accents:
    """Gives back the accents of words that a list writes without them ("verapamil"): those of the one known word of the
    same letters, and those of a learned beginning ("scleronodulaire")."""

    def __init__(self, known: Iterable[str], beginnings: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._twins: dict[str, set[str]] = {}
        for word in self._known:
            if (letters := fold(word)) != word:
                self._twins.setdefault(letters, set()).add(word)
        self._beginnings = {fold(one): plain(one) for one in beginnings}

    def restored(self, text: str) -> str:
        """``text`` with the accents of each word that is known with them only."""
        return _LETTERS.sub(lambda found: self._word(found.group()), text)

    def of_compound(self, word: str) -> str:
        """``word`` in small letters, as a learned beginning and a known word are written together; else as it is."""
        letters = fold(word)
        for cut in range(4, len(letters) - 3):
            beginning, rest = self._beginnings.get(letters[:cut]), self._word(letters[cut:])
            if beginning and beginning != letters[:cut] and rest in self._known:
                return beginning + rest
        return word

    def _word(self, word: str) -> str:
        letters = plain(word)
        twins = self._twins.get(letters, ())
        if letters in self._known or len(twins) != 1:
            return word
        (twin,) = twins
        return twin.capitalize() if word[:1].isupper() else twin


def _add_own(gathered: _Gathered, entry: Entry) -> None:
    if entry.group in BEGINNINGS:
        return
    for word in words_of(entry.word):
        gathered.known.add(plain(word))
    gathered.known.add(plain(entry.word))
    if entry.group not in ("title", "unit", "document"):
        gathered.terms[entry.word] = entry.source
        gathered.uses[plain(entry.word)] += 5
    if " " in entry.word:
        _add_phrase(gathered, entry.word)


def _add_phrase(gathered: _Gathered, term: str) -> None:
    """A term of several words says which words go together; one of letters only can be meant by others."""
    gathered.pairs.update(neighbours(term))
    words = list(words_of(term))
    gathered.known.update(plain(word) for word in words)
    if 2 <= len(words) <= PHRASE_WORDS and not any(letter.isdigit() for letter in term):
        gathered.phrases.add(term)
        gathered.terms.setdefault(term, OWN)


def _without_capitals(name: str) -> str:
    return name.capitalize() if name.isupper() else name


def _add_drug(gathered: _Gathered, name: str) -> None:
    text = _without_capitals(name)
    if text[:1].isalpha() and len(text.split()) <= 3 and not any(letter.isdigit() for letter in text):
        gathered.terms.setdefault(text, "médicaments")


def _add_shouted(gathered: _Gathered, words: Iterable[tuple[str, str]]) -> None:
    """Capitals carry no accents: such a word is only new when no known word has the same letters."""
    folds = {fold(word) for word in gathered.known}
    for word, source in words:
        if len(word) > 3 and fold(word) not in folds:
            gathered.known.add(plain(word))
            gathered.terms.setdefault(plain(word) if source == "ADICAP" else word.capitalize(), source)


def _restore_capitals(gathered: _Gathered, forms: dict[str, Counter[str]]) -> None:
    """Write a label's word as its labels do: with "œ", and with a capital only when it is never written without."""
    own = {plain(term) for term, source in gathered.terms.items() if source in LISTED}
    for word, seen in forms.items():
        source = gathered.terms.get(word)
        if source is None or source in LISTED:
            continue
        small = [form for form in seen if form[:1].islower()]
        best = max(small, key=seen.__getitem__) if small else max(seen, key=seen.__getitem__)
        if word in gathered.stems and not small:
            best = best.lower()
        best = gathered.written.get(best, best)
        if word in own or best != word:
            del gathered.terms[word]
        if word not in own:
            gathered.terms.setdefault(best, source)


def _write(gathered: _Gathered, folder: Path) -> None:
    _write_lines(folder / "known.txt", gathered.known)
    _write_lines(folder / "lacking.txt", gathered.lacking)
    _write_lines(
        folder / "accents.txt", (f"{fold(w)}\t{gathered.written.get(w, w)}" for w in gathered.known if fold(w) != w)
    )
    _write_lines(folder / "sounds.txt", (f"{sound(w)}\t{w}" for w in gathered.stems))
    _write_lines(folder / "medical.txt", gathered.medical)
    rates = frequencies()
    _write_lines(folder / "usage.txt", (f"{w}\t{rates[w]}" for w in gathered.known if w in rates))
    _write_lines(folder / "pairs.txt", (f"{left}\t{right}" for left, right in gathered.pairs))
    _write_lines(folder / "phrases.txt", (f"{one}\t{term}" for term in gathered.phrases for one in roots(term)))
    _write_lines(folder / "grammar.txt", (f"{form}\t{one.code} {one.stem}" for form, one in gathered.grammar))
    _write_lines(folder / "inflections.txt", (f"{one.stem}\t{one.code} {form}" for form, one in gathered.grammar))
    terms = _without_variants(gathered)
    ordered = sorted(terms, key=lambda term: (-gathered.uses[plain(term)], term))
    rows = [(term, squash(term), sound_of(term), terms[term]) for term in ordered]
    (folder / "terms.txt").write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")
    _write_index(folder / "spell", [row[1] for row in rows])
    _write_index(folder / "sound", [row[2] for row in rows])


def _without_variants(gathered: _Gathered) -> dict[str, str]:
    """The terms that may be proposed: three letters or more, no poorer spelling of another ("Semaglutide"), no digit.

    A proposal must never bring a figure that was not said.
    """
    alike: dict[str, list[str]] = {}
    for term in gathered.terms:
        alike.setdefault(squash(term), []).append(term)
    kept: dict[str, str] = {}
    for letters, terms in alike.items():
        if len(letters) < 3 or any(letter.isdigit() for letter in letters):
            continue
        own = [term for term in terms if gathered.terms[term] in LISTED]
        small = [term for term in terms if term.islower()]
        accented = [term for term in small if fold(term) != term or term in gathered.stems]
        for term in own or accented or small or terms:
            kept[term] = gathered.terms[term]
    return kept


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_bytes(b"".join(sorted(line.encode("utf-8") + b"\n" for line in set(lines))))


def _write_index(stem: Path, words: Sequence[str]) -> None:
    hashes: list[int] = []
    numbers: list[int] = []
    for number, word in enumerate(words):
        found = deletes(word)
        hashes.extend(found)
        numbers.extend([number] * len(found))
    keys = np.asarray(hashes, dtype=np.uint32)
    order = np.argsort(keys, kind="stable")
    np.save(f"{os.fspath(stem)}_hash.npy", keys[order], allow_pickle=False)
    np.save(f"{os.fspath(stem)}_term.npy", np.asarray(numbers, dtype=np.uint32)[order], allow_pickle=False)
