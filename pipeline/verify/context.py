"""What stands around some words of a text, and what is expected there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.verify.port import Lexicon
from pipeline.verify.tokens import Piece
from pipeline.verify.usage import content

RARE = 3.0
"""Zipf value (once in a million words) below which a word that is no medical one surprises."""

_OF = r"(?:d['’]une?|de la|de l['’]|du|des|de|d['’]|une?|la|le|l['’])\s*$"
CUES: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = tuple(
    (frozenset(groups), re.compile(rf"\b(?:{words})\s+{_OF}", re.IGNORECASE), said)
    for groups, words, said in (
        (("device",), "pose|mise en place|implantation|ablation|retrait|changement", "un dispositif"),
        (("procedure", "imaging"), "réalisation|réalis[ée]e?r?|après|lors", "un acte"),
        (("drug", "drug-brand"), "sous|traitement par|prend|poursuite|arrêt|introduction|relais par", "un médicament"),
        (("lab-test",), "dosage|taux", "une analyse"),
    )
)
"""What is expected after some words, written from the grammar of letters: classes, the words, the French for it."""
FIXED = re.compile(r"à telle (?:enseigne|date|heure|fin)\b", re.IGNORECASE)
"""Expressions of general French that begin like a term sounds."""
_DOSE = re.compile(r"\s*(?:à\s+)?\d+(?:[.,]\d+)?\s*(?:mg|µg|g|ml|UI)\b")
_ELIDED = ("l'", "d'", "s'", "n'", "qu'", "l’", "d’", "s’", "n’", "qu’")
_DRUGS = frozenset({"drug", "drug-brand"})


class Context:
    """The words of one text, asked about by their places."""

    def __init__(
        self, text: str, words: Sequence[Piece], lexicon: Lexicon, expected_terms: frozenset[str] = frozenset()
    ) -> None:
        """``expected_terms``: what the author's specialty says most."""
        self.text, self.words, self.lexicon, self.expected_terms = text, words, lexicon, expected_terms

    def touching(self, i: int) -> bool:
        """Whether only a space stands between word ``i`` and the one before."""
        return i > 0 and not self.text[self.words[i - 1].end : self.words[i].start].strip(" \u00a0")

    def tied(self, first: int, last: int, marks: str = "-") -> bool:
        """Whether nothing but spaces, ``marks`` and elided articles stand between the words."""
        gaps = (self.text[self.words[j].end : self.words[j + 1].start] for j in range(first, last))
        return all("\n" not in gap and gap.strip(" \u00a0" + marks) in ("", *_ELIDED) for gap in gaps)

    def fixed(self, first: int) -> bool:
        """Whether a fixed expression begins with word ``first``."""
        return FIXED.match(self.text, self.words[first].start) is not None

    def expected(self, first: int, last: int) -> tuple[frozenset[str], str] | None:
        start = self.words[first].start
        before = self.text[max(0, start - 40) : start]
        found = next(((groups, said) for groups, cue, said in CUES if cue.search(before)), None)
        if found is None and _DOSE.match(self.text, self.words[last].end):
            return _DRUGS, "un médicament"
        return found

    def stands(self, first: int, last: int, *, every: bool = False) -> bool:
        """Whether labels have words of the span beside each other (``every``: all that follow each other)."""
        inside = [self.words[i].text for i in range(first, last + 1) if content(self.words[i].text)]
        beside = [self.lexicon.together(left, right) for left, right in pairwise(inside)]
        return any(beside) if not every else bool(beside) and all(beside)

    def fits(self, before: str, first: int, last: int, after: str) -> bool:
        here, there = self.words[first].text, self.words[last].text
        return bool(before and content(here) and self.lexicon.together(before, here)) or bool(
            after and content(there) and self.lexicon.together(there, after)
        )

    def beside(self, i: int, step: int) -> str:
        """The next word that carries a meaning on this side, in the same clause; ``""`` when there is none near."""
        for j in (i + step, i + 2 * step, i + 3 * step):
            if not 0 <= j < len(self.words):
                return ""
            left, right = (j, j - step) if step < 0 else (j - step, j)
            if set(self.text[self.words[left].end : self.words[right].start]) & set(".,;:()\n"):
                return ""
            if content(self.words[j].text):
                return self.words[j].text
        return ""

    def begins(self, i: int) -> bool:
        """Whether a sentence or a line begins here."""
        start = self.words[i].start - len(self.words[i].elided)
        before = self.text[max(0, start - 4) : start].rstrip(" \u00a0")
        return not before or before[-1] in ".:\n"

    def rare(self, i: int) -> bool:
        parts = [part for part in self.words[i].text.split("-") if content(part)]
        return any(self.lexicon.frequency(one) < RARE and not self.lexicon.is_medical(one) for one in parts)

    def span(self, first: int, last: int, *, with_article: bool = False) -> str:
        start = self.words[first].start - (len(self.words[first].elided) if with_article else 0)
        return self.text[start : self.words[last].end]
