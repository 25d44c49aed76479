"""Which terms of the own lists stand in none of the installed packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set

from pipeline.verify.forms import adjective_forms
from pipeline.verify.sources import Label
from pipeline.verify.spelling import fold, plain

_PART = re.compile(r"[^\W_]+")


def lacking(terms: Set[str], french: Set[str], labels: Iterable[Label]) -> frozenset[str]:
    """The ``terms`` (`spelling.plain`) that are neither a form of the general dictionary nor anywhere in a label.

    A term of several words is in a label when all its words follow each other there, whatever stands between them
    (a space, a hyphen, an apostrophe). A plural, or another regular form of an adjective, counts as the word.
    """
    left = {term for term in terms if french.isdisjoint(_forms(term))}
    written: dict[str, set[str]] = {}
    shouted: dict[str, set[str]] = {}
    for term in left:
        for form in _forms(term):
            written.setdefault(_spaced(form), set()).add(term)
            shouted.setdefault(_spaced(fold(form)), set()).add(term)
    beginnings = {form.partition(" ")[0] for form in (*written, *shouted)}
    longest = max((form.count(" ") + 1 for form in written), default=0)
    for label in labels:
        known = shouted if label.shouted else written
        parts = _spaced(fold(label.text) if label.shouted else plain(label.text)).split()
        for start, part in enumerate(parts):
            if part in beginnings:
                for end in range(start + 1, start + longest + 1):
                    left -= known.get(" ".join(parts[start:end]), set())
    return frozenset(left)


def _spaced(text: str) -> str:
    return " ".join(_PART.findall(text))


def _forms(term: str) -> Iterator[str]:
    yield term
    if " " not in term:
        if len(term) > 4 and term[-1] in "sx":
            yield term[:-1]
        yield from adjective_forms(term)
