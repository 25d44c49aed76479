"""Gender and number of nouns and adjectives, from the general dictionary, the own lists and sure medical endings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.verify.hunspell import described_forms
from pipeline.verify.reading import Reading
from pipeline.verify.sources import Entry
from pipeline.verify.spelling import plain

_GENDER = {"mas": "m", "fem": "f", "epi": "mf"}
_NUMBER = {"sg": "s", "pl": "p", "inv": "sp"}
_NAMELESS = frozenset({"title", "unit", "document", "prefix", "opposite-prefix", "abbreviation"})
_FEMININE = re.compile(
    r"(?!(?:nitr|sulf|phosph|chlor)ites?$|.*(?:malt|galact|lactul|gluc|fruct|lact|rib)oses?$|.*-).{3,}(?:ites?|oses?|"
    r"ectomies?|tomies?|scopies?|graphies?|pathies?|émies?|uries?|algies?|plasties?|thérapies?|plégies?|rragies?|"
    r"mégalies?|pénies?|trophies?|plasies?|kinésies?|phasies?|sténoses?|cèles?)"
)
_MASCULINE = re.compile(r".{3,}(?:ismes?|grammes?|[cgmrtn]omes?)")
_EITHER = re.compile(r".{4,}(?:iques?|aires?)")
_IN_AL = re.compile(r"(?P<stem>.{3,}(?:[rncié]|ét))(?:(?P<m>al)|(?P<f>ale)|(?P<mp>aux)|(?P<fp>ales))")
"""An adjective ("bipariétale"); "thiopental" and "barbital" are drugs."""


def readings(dictionary: Path, entries: Iterable[Entry], medical: Iterable[str]) -> Iterator[tuple[str, Reading]]:
    """Every form (`spelling.plain`) that may be a noun or an adjective, with each of its readings.

    ``entries`` of one word with a gender are nouns, and of that gender whatever the dictionary says. A ``medical`` word
    that the dictionary lacks is read by its ending when that is sure ("-ite" is feminine, "-ique" an adjective).
    """
    named: dict[str, set[Reading]] = {}
    others: set[str] = set()
    for form, stem, marks in described_forms(dictionary):
        found = list(_described(stem, marks))
        if found:
            named.setdefault(plain(form), set()).update(found)
        else:
            others.add(plain(form))
    for entry in entries:
        word = plain(entry.word)
        if entry.gender in ("m", "f") and entry.group not in _NAMELESS and " " not in word:
            listed = Reading(True, entry.gender, "p" if entry.number == "pl" else "s", word)
            named[word] = {listed, *(one for one in named.get(word, ()) if not one.noun)}
    for word in medical:
        if word not in named and word not in others and (read := _by_ending(word)):
            named[word] = {read}
    for form, kinds in named.items():
        yield from ((form, kind) for kind in kinds)
        if form in others:
            yield form, Reading(False, "", "", form)


def _described(stem: str, marks: frozenset[str]) -> Iterator[Reading]:
    """The readings of ``marks`` as the dictionary writes them; none of a verb or a small word."""
    genders = "".join(letters for mark, letters in _GENDER.items() if f"is:{mark}" in marks)
    numbers = "".join(letters for mark, letters in _NUMBER.items() if f"is:{mark}" in marks)
    if "po:nom" in marks:
        yield Reading(True, genders or "mf", numbers or "sp", plain(stem))
    if not marks.isdisjoint(("po:adj", "po:ppas")):
        yield Reading(False, genders or "mf", numbers or "sp", plain(stem))


def _by_ending(word: str) -> Reading | None:
    if found := _IN_AL.fullmatch(word):
        gender, number = "f" if found["f"] or found["fp"] else "m", "p" if found["mp"] or found["fp"] else "s"
        return Reading(False, gender, number, found["stem"] + "al")
    plural = word.endswith("s")
    stem = word[:-1] if plural else word
    number = "p" if plural else "s"
    for pattern, noun, genders in ((_FEMININE, True, "f"), (_MASCULINE, True, "m"), (_EITHER, False, "mf")):
        if pattern.fullmatch(word):
            return Reading(noun, genders, number, stem)
    return None
