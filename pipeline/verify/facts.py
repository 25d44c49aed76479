"""What a built lexicon holds, in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import LexiconError
from pipeline.verify.abbreviations import abbreviations
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.sources import BEGINNINGS, Entry
from pipeline.verify.spelling import plain


@dataclass(frozen=True, slots=True)
class Count:
    """Of the different terms of a class and list: ``lacking`` stand in no installed package, ``single`` of these are
    one word."""

    terms: int
    lacking: int
    single: int


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """``expandable`` may be written out, ``ambiguous`` have several senses."""

    words: int
    expandable: int
    ambiguous: int


@dataclass(frozen=True, slots=True)
class Facts:
    """``classes`` by class and list, ``terms`` that can be proposed by source, ``own`` all the listed terms, each once.
    ``megabytes`` of the built forms on the disk."""

    version: str
    known: int
    terms: Mapping[str, int]
    classes: Mapping[tuple[str, str], Count]
    own: Count
    abbreviations: Abbreviations
    megabytes: float


def facts(lexicon: FrenchLexicon, listed: Sequence[Entry]) -> Facts:
    """Of ``lexicon`` and of the entries of its own lists. Raises `LexiconError` when its folder cannot be read."""
    try:
        size = sum(file.stat().st_size for file in lexicon.built.iterdir())
        known = (lexicon.built / "known.txt").read_bytes().count(b"\n")
        lacking = frozenset((lexicon.built / "lacking.txt").read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError("Le lexique préparé est illisible ; effacez-le, il sera refait.") from error
    words: dict[tuple[str, str], set[str]] = {}
    for entry in listed:
        words.setdefault((entry.group, entry.source), set()).add(plain(entry.word))
    every = set().union(*(terms for (group, _), terms in words.items() if group not in BEGINNINGS))
    return Facts(
        version=lexicon.version,
        known=known,
        terms=dict(lexicon.sources().most_common()),
        classes={
            place: _count(terms, frozenset() if place[0] in BEGINNINGS else lacking) for place, terms in words.items()
        },
        own=_count(every, lacking),
        abbreviations=_abbreviations(listed),
        megabytes=size / 1e6,
    )


def _count(terms: set[str], lacking: frozenset[str]) -> Count:
    missing = terms & lacking
    return Count(len(terms), len(missing), sum(" " not in term for term in missing))


def _abbreviations(listed: Iterable[Entry]) -> Abbreviations:
    senses = abbreviations(listed).values()
    return Abbreviations(
        len(senses),
        sum(any(sense.may_expand for sense in found) for found in senses),
        sum(len(found) > 1 for found in senses),
    )
