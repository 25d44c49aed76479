"""Written tokens as the grammar of figures sees them: a word between its marks, a number word, a mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.text import Token
from pipeline.transcribe.dictation import FINAL, plain
from pipeline.transcribe.figures_rules import FigureRules
from pipeline.transcribe.numbers import number_words

NO_BREAK = "\u00a0"
RULES = frozenset(
    {"nombre", "dose", "unité", "pourcentage", "tension", "score", "date", "heure", "stade", "niveau", "nom chiffré"}
)
"""The names of what this grammar writes (`Token.rule`)."""
_MARKS = re.compile(r"^([«\"(\[\u00a0]*)(.*?)([\u00a0\u202f]?[.,;:!?…»\")\]]*)$", re.DOTALL)
_COMMA_RULES = frozenset({"virgule", "virgule décimale"})
_NUMBER = re.compile(r"^(\d+(?:[.,]\d+)?(?:[/-]\d+(?:[.,]\d+)?)*)(\D.*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """One token: ``text == lead + core + trail``. ``norm`` is the plain core, ``words`` its number words if it has only
    such. ``digits`` and ``suffix`` part "5mg" and "138/82". ``pause`` is the silence before it in seconds. ``closed``:
    a figure cannot go on across its left edge (a line break, a mark, something that is not written). ``opaque``: no
    business of this grammar."""

    token: Token
    lead: str
    core: str
    trail: str
    norm: str
    words: tuple[str, ...]
    digits: str
    suffix: str
    pause: float
    closed: bool
    opaque: bool

    @property
    def comma(self) -> str:
        """ "virgule" or "virgule décimale" when this is a spoken comma that became a mark."""
        return self.token.rule if self.core == "," else ""


def items_of(tokens: Sequence[Token]) -> list[Item]:
    """One item for each token, in order."""
    items: list[Item] = []
    for place, token in enumerate(tokens):
        last = items[-1] if items else None
        opaque = not token.text or bool(token.doubt) or token.rule in RULES or token.box is not None
        if token.text == "," and token.rule in _COMMA_RULES:
            lead, core, trail = "", ",", ""
        else:
            found = _MARKS.match(token.text)
            lead, core, trail = found.groups() if found and not opaque else ("", token.text, "")
        numeric = None if opaque else _NUMBER.match(core)
        closed = last is None or opaque or last.opaque or "\n" in token.before or not core or not last.core
        items.append(
            Item(
                token,
                lead,
                core,
                trail,
                plain(core),
                () if opaque else number_words(core),
                numeric[1] if numeric else "",
                (numeric[2] or "") if numeric else "",
                _silence(tokens[place - 1], token) if last else 0.0,
                closed,
                opaque,
            )
        )
    return items


def _silence(before: Token, after: Token) -> float:
    return max(0.0, after.start - before.end) if before.end is not None and after.start is not None else 0.0


def _shown(item: Item) -> str:
    """The plain word; one in capitals with a ^ as well: EN (échelle numérique) is not "en"."""
    return f"^{item.norm} {item.norm}" if item.core.isupper() and len(item.core) > 1 else item.norm


class Line:
    """All items of a text, with the questions that the rules ask of them."""

    def __init__(self, items: Sequence[Item], rules: FigureRules) -> None:
        self.items, self.rules = items, rules

    def __len__(self) -> int:
        return len(self.items)

    def goes_on(self, place: int) -> bool:
        """Whether the item at ``place`` follows the one before it without any mark or break."""
        if not 0 < place < len(self.items) or self.items[place].closed or self.items[place].lead:
            return False
        return not self.items[place - 1].trail

    def norm(self, place: int) -> str:
        """The plain word at ``place`` when it directly follows the one before, else ""."""
        return self.items[place].norm if self.goes_on(place) else ""

    def before(self, place: int) -> str:
        """The plain word directly before ``place``, else ""."""
        return self.items[place - 1].norm if self.goes_on(place) else ""

    def ends(self, place: int) -> bool:
        """Whether a clause ends before ``place``: the end, a mark, a break; or a word that opens the next part does."""
        if not self.goes_on(place) or self.items[place].comma:
            return True
        norm = self.items[place].norm
        return norm in self.rules.closers or norm.partition("'")[0] + "'" in self.rules.closers

    def starts_sentence(self, place: int) -> bool:
        """Whether a sentence or a line begins at ``place``."""
        if place == 0 or "\n" in self.items[place].token.before:
            return True
        at = place - 1
        while at >= 0 and not self.items[at].token.text:
            if "\n" in self.items[at].token.before:
                return True
            at -= 1
        return at < 0 or bool(FINAL & set(self.items[at].trail or self.items[at].token.text[-1:]))

    def said(self, place: int, phrase: Sequence[str]) -> bool:
        """Whether the plain words of ``phrase`` stand at ``place``, without marks between them."""
        end = place + len(phrase)
        if end > len(self.items) or self.items[place].opaque:
            return False
        return all(
            self.items[at].norm == word and (at == place or self.goes_on(at))
            for at, word in enumerate(phrase, start=place)
        )

    def near(self, context: str, place: int, before: int = 12, after: int = 0) -> bool:
        """Whether a word of the named context stands up to so many words before (or after) in the same sentence."""
        start, end = place, place
        while start > max(0, place - before) and not self.starts_sentence(start):
            start -= 1
        while end < min(len(self.items), place + after) and not (end > place and self.starts_sentence(end)):
            end += 1
        return bool(self.rules.contexts[context].search(" ".join(map(_shown, self.items[start:end]))))

    def heard(self, start: int, end: int) -> str:
        """What was heard at ``start:end``, without the marks at its end."""
        return " ".join(item.token.raw for item in self.items[start:end] if item.token.raw).rstrip(".,;:!?…")


@dataclass(frozen=True, slots=True)
class Edit:
    """Items ``start:end`` written as ``text``, between the marks that stood around them."""

    start: int
    end: int
    text: str
    rule: str
    keep_trail: bool = True


@dataclass(frozen=True, slots=True)
class Doubt:
    """Items ``start:end`` that a person must read; ``offers`` are what may be meant instead."""

    start: int
    end: int
    message: str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule settled up to ``end``, excluded: edits and doubts, or nothing ("leave this as it is")."""

    end: int
    changes: tuple[Edit | Doubt, ...] = ()


def doubt(line: Line, start: int, end: int, what: str, *offers: str) -> Found:
    """A doubt over ``start:end``: "dose à vérifier : entendu « 2,104 kg »"."""
    message = f"{what} : entendu « {line.heard(start, end)} »"
    return Found(end, (Doubt(start, end, message, tuple(dict.fromkeys(offers))),))
