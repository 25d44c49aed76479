"""How well a term fits where some words stand: its likeness, and what the words around say for it and against it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.model.phonetic import likeness
from pipeline.model.text import Proposal
from pipeline.verify.agreement import agree, determined_by
from pipeline.verify.context import Context
from pipeline.verify.kin import content_words
from pipeline.verify.places import Heard
from pipeline.verify.port import Lexicon
from pipeline.verify.reheard import WEIGHED
from pipeline.verify.usage import root


@dataclass(frozen=True, slots=True)
class _Weights:
    """What is added to a likeness, chosen on own dictations and clean texts; each alone is less than a sound."""

    goes_with: float = 0.06
    stands_well: float = -0.12
    expected: float = 0.16
    unheard: float = 0.12
    differing: float = 0.06
    rare: float = 0.06
    same_sound: float = 0.08


WEIGHTS = _Weights()


@dataclass(frozen=True, slots=True)
class _Rerank:
    """What is added to the likeness of a term for words that no list knows: it orders terms that are as near."""

    expected: float = 0.1
    plain: float = -0.06
    specialty: float = 0.03
    wrapped: float = -0.06
    unknown: float = -0.2
    weighed: float = 0.08
    agrees: float = 0.05
    disagrees: float = -0.06


RERANK = _Rerank()
FORMS = 2
"""Forms of one word among the proposals."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """A proposal and how well it fits at its place: its likeness, more or less what the words around say."""

    score: float
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Judged:
    """A proposal with its new score, the reasons in French, and whether it sounds exactly like the words."""

    proposal: Proposal
    reasons: tuple[str, ...]
    alike: bool


def fitting(proposals: Iterable[Proposal], first: int, last: int, context: Context) -> list[Fitting]:
    """How well each of the proposals fits in place of words ``first`` to ``last``, which no list knows."""
    words = context.span(first, last)
    return [
        Fitting(_likeness(one, words, context.lexicon) + _fit(one.text, first, last, context), one) for one in proposals
    ]


def best_of(fits: Iterable[Fitting], most: int) -> tuple[Proposal, ...]:
    """The ``most`` that fit best, in that order; of the forms of one word `FORMS`. Their scores stay likenesses."""
    kept: list[Proposal] = []
    for fit in sorted(fits, key=lambda one: -one.score):
        alike = sum(root(fit.proposal.text) == root(other.text) for other in kept)
        if alike < FORMS and all(fit.proposal.text != other.text for other in kept):
            kept.append(fit.proposal)
    return tuple(kept[:most])


def _likeness(one: Proposal, words: str, lexicon: Lexicon) -> float:
    """Terms that were weighed by their sound all have one score: what was written, by its sound or its letters, says
    which is nearer ("créatinin" is read like "créatine", and is "créatinine" without its end)."""
    if one.source != WEIGHED:
        return one.score
    near = max(likeness(words, one.text), lexicon.letters_alike(words, one.text))
    return (one.score + near) / 2 + RERANK.weighed


def _fit(text: str, first: int, last: int, context: Context) -> float:
    """What the place says for and against ``text``."""
    words = [word for word in re.split(r"[\s'’]+", text) if word]
    score = _goes_with(content_words(text), first, last, context)[1]
    bare = words[-1] if len(words) == 2 and len(words[0]) == 1 else text
    if (said := context.expected(first, last)) and not said[0].isdisjoint(context.lexicon.classes(bare)):
        score += RERANK.expected
    if not any(context.lexicon.is_medical(word) or context.lexicon.is_drug(word) for word in (text, *words)):
        score += RERANK.plain
    if text in context.expected_terms:
        score += RERANK.specialty
    agreed = agrees(words, first, context)
    return score + (0.0 if agreed is None else RERANK.agrees if agreed else RERANK.disagrees)


def agrees(words: Sequence[str], first: int, context: Context) -> bool | None:
    """Whether ``words`` agree with the determiner or the noun before them; None when that says nothing."""
    readings = context.lexicon.readings(words[0]) if words else ()
    readings = tuple(one for one in readings if one.genders)
    if not readings or first == 0 or not context.touching(first):
        return None
    said = determined_by(context.words[first - 1].text)
    if said is not None:
        return any(agree(one, said) for one in readings if one.noun) if any(one.noun for one in readings) else None
    nouns = [one for one in context.lexicon.readings(context.words[first - 1].text) if one.noun and one.genders]
    adjectives = [one for one in readings if not one.noun]
    if not nouns or not adjectives:
        return None
    return any(agree(one, other) for one in nouns for other in adjectives)


def _goes_with(meant: Sequence[str], first: int, last: int, context: Context) -> tuple[str, float]:
    """The neighbour with which labels have these words, and what that counts."""
    before, after = context.beside(first, -1), context.beside(last, 1)
    if meant and before and context.lexicon.together(before, meant[0]):
        return before, WEIGHTS.goes_with
    if meant and after and context.lexicon.together(meant[-1], after):
        return after, WEIGHTS.goes_with
    return "", 0.0


def judged(
    one: Proposal, first: int, last: int, context: Context, heard: Heard, alike: bool, *, anchored: bool = False
) -> Judged:
    """``one`` in place of the real words ``first`` to ``last``; ``anchored``: one of these words stays."""
    before, after = context.beside(first, -1), context.beside(last, 1)
    reasons, score = [f"« {one.text} » sonne pareil" if alike else f"« {one.text} » en est proche"], one.score
    score += WEIGHTS.same_sound if alike else 0.0
    neighbour, more = _goes_with(content_words(one.text), first, last, context)
    score += more
    if neighbour:
        reasons.append(f"va avec « {neighbour} »")
    if (said := context.expected(first, last)) and not said[0].isdisjoint(context.lexicon.classes(one.text)):
        score += WEIGHTS.expected
        reasons.append(f"{said[1]} est attendu ici")
    if not anchored and (context.stands(first, last) or context.fits(before, first, last, after)):
        score += WEIGHTS.stands_well
    score += WEIGHTS.unheard * (1 - heard.probability) + WEIGHTS.differing * heard.differing
    score += WEIGHTS.rare * any(context.rare(i) for i in range(first, last + 1))
    return Judged(replace(one, score=round(min(1.0, max(0.0, score)), 4)), tuple(reasons), alike)
