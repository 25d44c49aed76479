"""The number of a proposed term: that of the determiner before it; where none tells, "œdème" beside "œdèmes", for no
ear does."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.text import Finding, FindingKind, Proposal
from pipeline.verify.agreement import SOURCE, determined_by
from pipeline.verify.port import Lexicon
from pipeline.verify.usage import root

MOST = 3
"""Proposals of a finding."""
WEAK = 0.8
"""A third proposal that is less near than this gives its place to the other number of the first one."""
_KINDS = (FindingKind.LIKELY_MISHEARD, FindingKind.UNKNOWN_WORD)


def with_other_number(finding: Finding, before: str, lexicon: Lexicon) -> Finding:
    """``finding`` with the best proposal in its other number too, last of three.

    Where ``before``, the word before it, says the number ("les", "trois"), all are in that number instead. Not where a
    form of the best one is offered already, or where three near terms are.
    """
    said = determined_by(before)
    if finding.kind not in _KINDS or not finding.proposals:
        return finding
    if said is not None and len(said.numbers) == 1:
        return replace(finding, proposals=tuple(_in_number(finding, said.numbers, lexicon)))
    best = finding.proposals[0]
    if best.source == SOURCE:
        return finding
    if len(finding.proposals) == MOST and finding.proposals[-1].score >= WEAK:
        return finding
    if any(_roots(one.text) == _roots(best.text) for one in finding.proposals[1:]):
        return finding
    other = _turned(best.text, lexicon)
    if not other or other in (best.text, finding.excerpt):
        return finding
    return replace(
        finding, proposals=(*finding.proposals[: MOST - 1], Proposal(other, round(best.score - 0.01, 4), SOURCE))
    )


def _in_number(finding: Finding, number: str, lexicon: Lexicon) -> list[Proposal]:
    """The proposals, single nouns in the ``number`` that is said before them; none twice, none as it stands."""
    kept: dict[str, Proposal] = {}
    for one in finding.proposals:
        readings = lexicon.readings(one.text)
        wrong = any(each.noun for each in readings) and all(
            each.genders and number not in each.numbers for each in readings
        )
        text = _turned(one.text, lexicon) if wrong else ""
        shaped = replace(one, text=text) if text else one
        if shaped.text != finding.excerpt or one.text == finding.excerpt:
            kept.setdefault(shaped.text, shaped)
    return list(kept.values()) or list(finding.proposals)


def _roots(text: str) -> list[str]:
    return [root(word) for word in text.split()]


def _turned(text: str, lexicon: Lexicon) -> str:
    """``text``, one to three nouns and adjectives, in its other number; ``""`` where that is not sure."""
    words = text.split()
    turned = [_other_form(word, lexicon) for word in words] if len(words) <= MOST else []
    return " ".join(turned) if turned and all(turned) else ""


def _other_form(word: str, lexicon: Lexicon) -> str:
    readings = [one for one in lexicon.readings(word) if one.genders and len(one.numbers) == 1]
    forms = {
        form
        for one in readings
        for form in lexicon.inflected(
            one.stem, noun=one.noun, gender=one.genders[0], number="p" if one.numbers == "s" else "s"
        )
    }
    if len(forms) != 1:
        return ""
    (form,) = forms
    return form[:1].upper() + form[1:] if word[:1].isupper() else form
