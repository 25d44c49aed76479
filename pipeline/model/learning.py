"""What was learned from a secretary's corrections: which words of an author were misheard, and what was meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

APPRIS = "appris"
"""The rule of a token that was written as a person corrected it before; its ``raw`` stays what was heard."""

CERTAIN = 2
"""Cases in which a person must have made the same correction before it is written by itself."""

_SPAN = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_ELISION = re.compile(r"(?:[ldjmnstc]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)", re.IGNORECASE)


class Use(StrEnum):
    """What a learned correction does at the next dictation of its author."""

    WRITTEN = "written"  # the right words are written; what was heard stays visible
    OFFERED = "offered"  # the heard words stay; the right ones are one key away
    REFUSED = "refused"  # refused as often as it was made: nothing
    REJECTED = "rejected"  # a term of the lexicon that was proposed and never taken
    OFF = "off"  # a person switched it off: nothing


@dataclass(frozen=True, slots=True)
class Sighting:
    """In one approved case: where ``heard`` stood, a person wrote ``right`` (``times`` times).

    ``refused`` is the contrary: ``right`` was written or offered for ``heard``, and the person wanted something else.
    ``reason`` says in French why such a correction is only ever offered, ``""`` when it may be written by itself.
    ``proposed`` says of a refusal that it was the lexicon, or the practice, that proposed: no correction of this author
    needs to be known. ``start`` and ``end`` are the seconds of the first one.
    """

    author: str
    heard: str
    right: str
    start: float
    end: float
    times: int = 1
    refused: bool = False
    reason: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """All sightings of one correction of one author. It holds no name, no date and no figure.

    ``key`` is ``heard`` made plain (`plain`). ``cases`` and ``refused`` count cases, ``times`` places. ``case_id``,
    ``case_number``, ``original_sha256``, ``start`` and ``end`` (seconds) say where it was last heard. ``by`` is who
    corrected or rejected it last. ``active`` is false when a person switched it off. ``rejected`` counts the cases in
    which the lexicon proposed ``right`` for ``heard`` and the person did not want it. ``shared``: a person
    proposed it to the whole practice.
    """

    id: str
    author: str
    key: str
    heard: str
    right: str
    case_id: str = ""
    case_number: str = ""
    original_sha256: str = ""
    start: float = 0.0
    end: float = 0.0
    times: int = 0
    cases: int = 0
    refused: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    active: bool = True
    by: str = ""
    reason: str = ""
    rejected: int = 0
    shared: bool = False

    @property
    def use(self) -> Use:
        """What it does now. The evidence decides, and it may fall as it rose: an approval that is taken back takes its
        sightings with it."""
        if not self.active:
            return Use.OFF
        if self.rejected and not self.cases:
            return Use.REJECTED
        if self.cases >= CERTAIN and not self.refused and not self.reason:
            return Use.WRITTEN
        return Use.OFFERED if self.refused < self.cases else Use.REFUSED


def plain(text: str) -> str:
    """Lower case, no accents, œ as oe, straight apostrophe, single spaces."""
    folded = text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return " ".join(bare.split())


def cores(text: str) -> list[str]:
    """The words of ``text`` without the marks around them: ``"« la pixaban, »"`` holds "la" and "pixaban"."""
    found = (_SPAN.search(chunk) for chunk in text.split())
    return [match.group() for match in found if match]


def split_marks(text: str) -> tuple[str, str, str]:
    """What stands before, in and after the words of ``text``; the middle is empty when it holds no word."""
    found = _SPAN.search(text)
    return (text[: found.start()], found.group(), text[found.end() :]) if found else (text, "", "")


def split_elision(word: str) -> tuple[str, str]:
    """``"l'apixaban"`` is "l'" and "apixaban"."""
    found = _ELISION.match(word)
    return (word[: found.end()], word[found.end() :]) if found else ("", word)
