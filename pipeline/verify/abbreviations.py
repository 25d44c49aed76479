"""What abbreviations stand for, and which of them may be written out, as in a letter to a patient.

An abbreviation is known by its own case: "SEP" is one, "sep" is none. One that has several senses (IVA, IRC, TVP) is
never written out by a machine, whatever the specialty: the same letter may use two of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.verify.sources import Entry

ABBREVIATION = "abbreviation"


@dataclass(frozen=True, slots=True)
class Expansion:
    """One sense: ``text`` in French, the ``specialty`` that uses it ("" for all), and ``may_expand``, which is true
    only for a single sense that ``lexicon/abbreviations.csv`` allows."""

    text: str
    specialty: str = ""
    may_expand: bool = False


def abbreviations(listed: Iterable[Entry]) -> dict[str, tuple[Expansion, ...]]:
    """The senses of every abbreviation of the lists, in their order. A practice's own is never written out."""
    senses: dict[str, list[Entry]] = {}
    for entry in listed:
        if entry.group == ABBREVIATION and entry.note:
            senses.setdefault(entry.word, []).append(entry)
    return {
        word: tuple(Expansion(one.note, one.specialty, one.may_expand and len(found) == 1) for one in found)
        for word, found in senses.items()
    }
