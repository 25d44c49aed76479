"""What a text says, for the rules of the catalogue: its clauses, without those that only tell what is not known.

Everything is folded (`typography.fold`). Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.compose.port import Requirement
from pipeline.compose.typography import fold
from pipeline.model.calendar import MONTHS
from pipeline.model.document import Revision

MOMENT = "<date>"
"""In a list of words: any day that is said."""

_WHOLE = 2
"""Letters up to which a word of the catalogue must be a whole word of the text ("h", "mg", "du")."""
_FEW = 3
"""Words of a clause that says nothing when one of them is a blank ("motif non précisé"); a longer one says more."""
_LEAST = 2
"""Letters or figures of a text that says something: a lone mark does not."""

_CLAUSE = re.compile(r"(?<=,)\s+|[.!?…;]+(?:\s+|\Z)|\n")
"""A comma parts clauses of one sentence and stays at the end of the first."""
_BLANK = re.compile(
    r"(?<!\w)(?:inconnue?s?|(?:non|pas|sans|ni) (?:precise|renseigne|connu|note|communique|mentionne)\w*"
    r"|sans (?:\w+ )?(?:precise|precision)\w*|a (?:preciser|completer|renseigner)|manquante?s?)(?!\w)"
)
_GAP = r"[^\n]{0,120}?(?<![^\W\d_])"
_BORN = re.compile(r"(?<!\w)nee? le [^.,;\n]*")
_MONTHS = "|".join(fold(month) for month in MONTHS)
_DAY = re.compile(
    rf"(?<!\w)(?:\w+ (?:{_MONTHS})|\d{{1,2}}[/.]\d{{1,2}}(?:[/.]\d{{2,4}})?|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|aujourd'hui|demain|hier|ce jour|ce matin|ce soir|cet apres-midi|cette nuit)(?!\w)"
)


class Said:
    """The text of a revision, folded. A heading whose text is empty, a lone mark or a blank says nothing."""

    def __init__(self, revision: Revision) -> None:
        self.title = fold(revision.title)
        self.headings: dict[str, list[str]] = {}
        self.clauses: list[str] = []
        for section in revision.sections:
            clauses = [clause for clause in _clauses(fold(section.text)) if not _is_blank(clause)]
            if _says_something(clauses):
                self.headings.setdefault(fold(section.heading.strip()), []).extend(clauses)
                self.clauses += [fold(section.heading), *clauses] if section.heading else clauses
        self.words = sum(len(re.findall(r"\w+", section.text)) for section in revision.sections)

    def has(self, words: Iterable[str], refused: Iterable[str] = ()) -> bool:
        """One of ``words``, in the clauses that hold none of ``refused``."""
        return _any_word(words, self._text(refused))

    def fulfils(self, requirement: Requirement) -> bool:
        """By a text under one of its headings, by one of its words, or by the number of words."""
        if requirement.least:
            return self.words >= requirement.least
        under = (clauses for name in requirement.headings for clauses in (self.headings.get(fold(name), []),))
        if any(_says_something(_without(clauses, requirement.refused)) for clauses in under):
            return True
        return self.has(requirement.words, requirement.refused)

    def _text(self, refused: Iterable[str]) -> str:
        return "".join(f"{clause} " if clause.endswith(",") else f"{clause}\n" for clause in self._kept(refused))

    def _kept(self, refused: Iterable[str]) -> list[str]:
        return _without(self.clauses, refused)


def named(words: Iterable[str], title: str) -> bool:
    """Whether one of ``words`` stands in a folded title."""
    return _any_word(words, title)


def _clauses(text: str) -> list[str]:
    return [kept for clause in _CLAUSE.split(text) if (kept := clause.strip())]


def _is_blank(clause: str) -> bool:
    return len(re.findall(r"\w+", clause)) <= _FEW and bool(_BLANK.search(clause))


def _says_something(clauses: Iterable[str]) -> bool:
    return len(re.findall(r"[^\W_]", "".join(clauses))) >= _LEAST


def _without(clauses: Iterable[str], refused: Iterable[str]) -> list[str]:
    refused = tuple(refused)
    return [clause for clause in clauses if not _any_word(refused, clause)] if refused else list(clauses)


def _any_word(words: Iterable[str], text: str) -> bool:
    return any(_found(word, text) for word in words)


def _found(word: str, text: str) -> bool:
    if word == MOMENT:
        return bool(_DAY.search(_BORN.sub("", text)))
    return bool(_pattern(word).search(text))


@lru_cache(maxsize=2048)
def _pattern(word: str) -> re.Pattern[str]:
    """A word begins where no letter stands before it: "h" is found in "14h30", not in "jusqu'au hameau". "admis … pour"
    leaves room for other words of the same sentence."""
    end = r"(?![^\W\d_])" if len(word) <= _WHOLE else ""
    parts = (re.escape(part.strip()) for part in fold(word).split("…"))
    return re.compile(rf"(?<![^\W\d_]){_GAP.join(parts)}{end}")
