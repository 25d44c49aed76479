"""How well a term fits where some words stand: its likeness, and what the words around say for it and against it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.model.text import Proposal
from pipeline.verify.context import Context
from pipeline.verify.kin import content_words
from pipeline.verify.places import Heard


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
class Judged:
    """A proposal with its new score, the reasons in French, and whether it sounds exactly like the words."""

    proposal: Proposal
    reasons: tuple[str, ...]
    alike: bool


def judged(
    one: Proposal, first: int, last: int, context: Context, heard: Heard, alike: bool, *, anchored: bool = False
) -> Judged:
    """``one`` in place of the real words ``first`` to ``last``; ``anchored``: one of these words stays."""
    before, after = context.beside(first, -1), context.beside(last, 1)
    together = context.lexicon.together
    meant = content_words(one.text)
    reasons, score = [f"« {one.text} » sonne pareil" if alike else f"« {one.text} » en est proche"], one.score
    score += WEIGHTS.same_sound if alike else 0.0
    if meant and before and together(before, meant[0]):
        score += WEIGHTS.goes_with
        reasons.append(f"va avec « {before} »")
    elif meant and after and together(meant[-1], after):
        score += WEIGHTS.goes_with
        reasons.append(f"va avec « {after} »")
    if (said := context.expected(first, last)) and not said[0].isdisjoint(context.lexicon.classes(one.text)):
        score += WEIGHTS.expected
        reasons.append(f"{said[1]} est attendu ici")
    if not anchored and (context.stands(first, last) or context.fits(before, first, last, after)):
        score += WEIGHTS.stands_well
    score += WEIGHTS.unheard * (1 - heard.probability) + WEIGHTS.differing * heard.differing
    score += WEIGHTS.rare * any(context.rare(i) for i in range(first, last + 1))
    return Judged(replace(one, score=round(min(1.0, max(0.0, score)), 4)), tuple(reasons), alike)
