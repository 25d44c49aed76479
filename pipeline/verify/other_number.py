"""The number of a proposed term: that of the determiner before it; where none tells, "œdème" beside "œdèmes", for no
ear does."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.text import Finding, FindingKind, Proposal
from pipeline.verify.agreement import SOURCE, determined_by
from pipeline.verify.number_forms import DENIED, in_other_number, more_usual
from pipeline.verify.port import Lexicon
from pipeline.verify.usage import every_root, root

MOST = 3
"""Proposals of a finding."""
WEAK = 0.8
"""A third proposal that is less near than this gives its place to the other number of the first one."""
BOTH = 0.5
"""Score of either number of a noun that was hardly heard."""
_ONE_NUMBER = frozenset(("par", "à", "au", "aux"))
"""Words behind which a noun has a number that nobody mistakes."""
_KINDS = (FindingKind.LIKELY_MISHEARD, FindingKind.UNKNOWN_WORD)


def with_other_number(finding: Finding, before: str, lexicon: Lexicon) -> Finding:
    """``finding`` with the best proposal in its other number too, last of three.

    Where the last word of ``before``, the words before it, says the number ("les", "trois"), all are in that number
    instead. Not where a form of the best one is offered already, or where three near terms are. A noun that was hardly
    heard and has no proposal is offered in both numbers.
    """
    last = before.split()[-1].lower() if before.strip() else ""
    said = determined_by(last)
    if finding.kind is FindingKind.LOW_CONFIDENCE and not finding.proposals:
        return finding if said or last in _ONE_NUMBER else _in_both(finding, before, lexicon)
    if finding.kind not in _KINDS or not finding.proposals:
        return finding
    if said is not None and len(said.numbers) == 1:
        return replace(finding, proposals=tuple(_in_number(finding, said.numbers, lexicon)))
    best = finding.proposals[0]
    if best.source == SOURCE:
        return finding
    if len(finding.proposals) == MOST and finding.proposals[-1].score >= WEAK:
        return finding
    if any(every_root(one.text) == every_root(best.text) for one in finding.proposals[1:]):
        return finding
    other = in_other_number(best.text, lexicon)
    if not other or other in (best.text, finding.excerpt):
        return finding
    return replace(
        finding, proposals=(*finding.proposals[: MOST - 1], Proposal(other, round(best.score - 0.01, 4), SOURCE))
    )


def _in_both(finding: Finding, before: str, lexicon: Lexicon) -> Finding:
    """The noun in both numbers, as it is written first, unless it is a plural of which there is none, or the other one
    is far more usual."""
    readings = lexicon.readings(finding.excerpt)
    other = in_other_number(finding.excerpt, lexicon) if any(one.noun for one in readings) else ""
    if not other or not lexicon.is_medical(other):
        return finding
    both = (Proposal(finding.excerpt, BOTH, SOURCE), Proposal(other, BOTH, SOURCE))
    plural = all("s" not in one.numbers for one in readings)
    denied = plural and DENIED.search(before)
    return replace(finding, proposals=both[::-1] if denied or more_usual(finding.excerpt, lexicon) else both)


def _in_number(finding: Finding, number: str, lexicon: Lexicon) -> list[Proposal]:
    """The proposals, nouns and what describes them, in the ``number`` that is said before them; none twice, none that
    cannot stand there, none as it stands but to confirm it."""
    kept: dict[str, Proposal] = {}
    left: list[Proposal] = []
    for one in finding.proposals:
        first, *more = one.text.split()
        readings = lexicon.readings(first)
        wrong = any(each.noun for each in readings) and all(
            each.genders and number not in each.numbers for each in readings
        )
        text = in_other_number(one.text, lexicon) if wrong else one.text
        form = not more and root(first) == root(finding.excerpt)
        if not text and not form:
            text = one.text
        if text and (text != finding.excerpt or one.text == finding.excerpt):
            kept.setdefault(text, replace(one, text=text))
        if text != one.text and more:
            left.append(one)
    for one in left:  # "aux" is heard as "au" is
        kept.setdefault(one.text, one)
    return list(kept.values())[:MOST]
