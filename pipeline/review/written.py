"""Risks of what a draft says now, whoever wrote it: dictated, typed in the page, or brought back in a DOCX.

An answer belongs to the sentence, the words and the reason: it holds in every later version that has that sentence
unchanged (white space, apostrophes and the like aside), and no longer when the sentence or the reason differs.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.model.document import Revision
from pipeline.model.exchange import alike
from pipeline.model.text import CheckedText, Finding, FindingKind, Risk
from pipeline.review.step import Settled, open_risks

FIRST = 1 << 32
"""Numbers from here on name a risk of the written text; those below are places in the list of `CheckedText`."""
KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Written:
    """A risk of the draft. ``index`` stands in `Settled.index`: the same for the same sentence, words and reason (48
    bits of SHA-256 beyond `FIRST`, exact in a browser's numbers)."""

    index: int
    risk: Risk
    nth: int = 1
    """Of the same sentences with the same risk, which one, from 1."""

    @property
    def finding(self) -> Finding:
        return self.risk.finding


def text_of(revision: Revision) -> str:
    """All that a person may type: the title, then headings and texts, each on lines of its own."""
    parts = (revision.title, *(part for one in revision.sections for part in (one.heading, one.text)))
    return "\n\n".join(part for part in parts if part)


def numbered(risks: Iterable[Risk]) -> tuple[Written, ...]:
    """A sentence that stands twice is two risks: the second has to be answered too."""
    met: Counter[tuple[str, str, str]] = Counter()
    found = []
    for risk in risks:
        key = (alike(risk.sentence), alike(risk.finding.excerpt), risk.finding.message)
        met[key] += 1
        digest = hashlib.sha256("\0".join((*key, str(met[key]))).encode()).digest()
        found.append(Written(FIRST + int.from_bytes(digest[:6]), risk, met[key]))
    return tuple(found)


def unanswered(written: Sequence[Written], settled: Iterable[Settled]) -> tuple[Written, ...]:
    """Those that nobody kept; the last answer counts. A replacement is none: it changes the sentence."""
    last = {one.index: one.decision for one in settled}
    return tuple(one for one in written if last.get(one.index) != KEPT)


def beside(open_written: Sequence[Written], checked: CheckedText | None, settled: Sequence[Settled]) -> list[Written]:
    """Those that no open risk of the transcript asks about already: nobody answers the same thing twice."""
    asked = open_risks(checked, settled) if checked else []
    left = []
    for one in open_written:
        twin = next((each for each in asked if is_twin(each, one)), None)
        if twin is None:
            left.append(one)
        else:
            asked.remove(twin)
    return left


def twins(finding: Finding, written: Sequence[Written], checked: CheckedText) -> list[Written]:
    """Where the heard risk ``finding`` stands in the draft: the same one of those that say the same; empty when it is
    no risk or its words are gone."""
    same = [one for one in written if is_twin(finding, one)]
    heard = [
        one for one in checked.findings if one.kind is FindingKind.RISK and any(is_twin(one, each) for each in same)
    ]
    if not same or finding not in heard:
        return []
    return [same[heard.index(finding)]] if len(heard) == len(same) else same[:1]


def is_twin(heard: Finding, one: Written) -> bool:
    """Whether both ask about the same words for the same reason; a heard one may say more, a doubt of the ear."""
    if heard.kind is not FindingKind.RISK or one.finding.message not in heard.message:
        return False
    return alike(one.finding.excerpt) in alike(heard.excerpt) or alike(heard.excerpt) in alike(one.finding.excerpt)
