"""What the check does for the hard terms of a dictation: right as transcribed, right with its proposals, flagged.

Truth and text are aligned by words; where they differ, by letters, so that a word cut in two stands at the place of the
whole. A term is *right* when it stands whole anywhere in the text, whatever its case, accents and hyphens, as in the
main table ("fémoro-patellaire" is "fémoropatellaire"). *First*: the same after proposal 1 is accepted everywhere.
*Top 3*: right, or one of the first three proposals of each finding at its place makes it right. *Flagged*: a finding
touches the place where it should stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, product
from typing import Any

from rapidfuzz.distance import Levenshtein
from rich.markup import escape
from rich.table import Table

from pipeline.evaluate.align import Block, blocks
from pipeline.evaluate.items import Item, Spellings, read, unhyphenated, without_marks
from pipeline.evaluate.truth import Truth
from pipeline.model.text import CheckedText, Finding

TOP = 3
"""Proposals of a finding that count."""
MOST_WAYS = 256
"""Ways of accepting the proposals of one place that are tried."""
HEADINGS = (
    "Dictée",
    "Termes",
    "Justes\ntels quels",
    "Justes avec\nproposition 1",
    "Justes dans\nles 3",
    "Signalés\nfaux",
)


@dataclass(frozen=True, slots=True)
class TermResult:
    """One term of a truth. ``heard`` is the text at its place (empty: lost, or its place is not known)."""

    term: str
    right: bool
    first: bool
    top: bool
    flagged: bool
    heard: str = ""


@dataclass(frozen=True, slots=True)
class TermScore:
    """The terms of one dictation, or of all together."""

    id: str
    results: tuple[TermResult, ...]

    @property
    def right(self) -> int:
        return sum(one.right for one in self.results)

    @property
    def first(self) -> int:
        return sum(one.first for one in self.results)

    @property
    def top(self) -> int:
        return sum(one.top for one in self.results)

    @property
    def flagged(self) -> int:
        return sum(one.flagged for one in self.results)

    @property
    def wrong_flagged(self) -> int:
        """Terms that are not right in the text and about which the secretary is asked."""
        return sum(one.flagged and not one.right for one in self.results)


def score_terms(truth: Truth, checked: CheckedText, spellings: Spellings) -> TermScore:
    """The score of one dictation; a truth without terms has an empty one."""
    accepted = _accepted(checked)
    text = _read(checked.text, spellings)
    aligned = [_Aligned(_read(said, spellings), text) for said in (truth.written, truth.spoken) if said]
    results = []
    for term in truth.terms:
        wanted = _words(_read(term, spellings))
        place = next((found for one in aligned if (found := one.place(wanted)) is not None), None)
        touching = _touching(checked.findings, place) if place else []
        right = _holds(checked.text, term, spellings)
        top = right or (place is not None and _repaired(checked.text, place, touching, term, spellings))
        heard = checked.text[slice(*place)] if place else ""
        results.append(TermResult(term, right, _holds(accepted, term, spellings), top, bool(touching), heard))
    return TermScore(truth.id, tuple(results))


def overall(scores: Sequence[TermScore]) -> TermScore:
    """All together: a dictation with many terms counts more."""
    return TermScore("ensemble", tuple(result for score in scores for result in score.results))


def table(scores: Sequence[TermScore]) -> Table:
    """One row for each dictation that has terms, and one for all (French)."""
    shown = Table(*HEADINGS, title="Termes")
    for score in scores:
        if score.results:
            shown.add_row(*_row(score))
    shown.add_section()
    shown.add_row(*_row(overall(scores)), style="bold")
    return shown


def as_json(scores: Sequence[TermScore]) -> dict[str, Any]:
    """Every count and every term."""
    return {
        "overall": _counts(overall(scores)),
        "dictations": [
            {"id": score.id, **_counts(score), "results": [asdict(one) for one in score.results]} for score in scores
        ],
    }


def _row(score: TermScore) -> tuple[str, ...]:
    total = len(score.results)
    asked = f"{score.wrong_flagged}/{total - score.right}"
    return escape(score.id), str(total), str(score.right), str(score.first), str(score.top), asked


def _counts(score: TermScore) -> dict[str, int]:
    return {
        "total": len(score.results),
        "right": score.right,
        "first": score.first,
        "top3": score.top,
        "flagged": score.flagged,
        "wrong_flagged": score.wrong_flagged,
    }


class _Aligned:
    """A truth and the text, word by word."""

    def __init__(self, truth: Sequence[Item], text: Sequence[Item]) -> None:
        self._truth, self._text = truth, text
        self._words = _words(truth)
        self._blocks = blocks(self._words, _words(text))

    def place(self, wanted: Sequence[str]) -> tuple[int, int] | None:
        """``(start, end)`` in the text of the first place of the words ``wanted``; None when the truth lacks them.

        A place without any letter is where they were lost: between two words of the text.
        """
        size = len(wanted)
        starts = (i for i in range(len(self._words) - size + 1) if size and self._words[i : i + size] == wanted)
        first = next(starts, None)
        if first is None:
            return None
        found = sorted(
            {j for block in self._blocks for j in self._touched(block, first, first + size)},
        )
        if found:
            return self._text[found[0]].start, self._text[found[-1]].end
        after = [block.begin for block in self._blocks if block.first <= first]
        before = after[-1] - 1 if after else -1
        point = self._text[before].end if 0 <= before < len(self._text) else 0
        return point, point

    def _touched(self, block: Block, first: int, last: int) -> Iterator[int]:
        """The words of the text that stand where ``truth[first:last]`` does, as far as ``block`` tells."""
        first, last = max(first, block.first), min(last, block.last)
        if first >= last:
            return
        if block.same:
            yield from range(block.begin + first - block.first, block.begin + last - block.first)
            return
        said, heard = self._words[block.first : block.last], _words(self._text[block.begin : block.end])
        start = sum(map(len, said[: first - block.first]))
        end = start + sum(map(len, said[first - block.first : last - block.first]))
        letters = _partners("".join(said), "".join(heard), start, end)
        reached = 0
        for number, word in enumerate(heard):
            count = sum(reached <= letter < reached + len(word) for letter in letters)
            reached += len(word)
            if 2 * count >= len(word):
                yield block.begin + number


def _partners(said: str, heard: str, start: int, end: int) -> list[int]:
    """The letters of ``heard`` that stand at ``said[start:end]``, those put in between them too."""
    found: list[int] = []
    for edit in Levenshtein.opcodes(said, heard):
        if edit.tag == "insert":
            if start < edit.src_start < end:
                found.extend(range(edit.dest_start, edit.dest_end))
        elif edit.tag != "delete":
            first, last = max(start, edit.src_start), min(end, edit.src_end)
            shift = edit.dest_start - edit.src_start
            found.extend(range(first + shift, last + shift))
    return found


def _touching(findings: Sequence[Finding], place: tuple[int, int]) -> list[Finding]:
    """Findings that share a letter with the place; where one of both has none, that stand at it."""
    start, end = place
    return [
        one
        for one in findings
        if (one.start < end and start < one.end) or (one.start <= end and start <= one.end and _empty(one, place))
    ]


def _empty(finding: Finding, place: tuple[int, int]) -> bool:
    return finding.start == finding.end or place[0] == place[1]


def _repaired(text: str, place: tuple[int, int], touching: Sequence[Finding], term: str, spellings: Spellings) -> bool:
    start, end = min([place[0], *(one.start for one in touching)]), max([place[1], *(one.end for one in touching)])
    choices = [(one.excerpt, *(proposal.text for proposal in one.proposals[:TOP])) for one in touching]
    for texts in islice(product(*choices), MOST_WAYS):
        made = _replaced(text, touching, texts, start, end)
        if _holds(made, term, spellings):
            return True
    return False


def _accepted(checked: CheckedText) -> str:
    """The text after the first proposal of every finding is accepted."""
    asked = [one for one in checked.findings if one.proposals]
    return _replaced(checked.text, asked, [one.proposals[0].text for one in asked], 0, len(checked.text))


def _replaced(text: str, findings: Sequence[Finding], texts: Sequence[str], start: int, end: int) -> str:
    made, reached = [], start
    for one, new in zip(findings, texts, strict=True):
        made += [text[reached : one.start], new]
        reached = one.end
    return "".join([*made, text[reached:end]])


def _read(text: str, spellings: Spellings) -> list[Item]:
    return without_marks(read(text, spellings))


def _words(items: Sequence[Item]) -> list[str]:
    return [item.plain for item in items]


def _holds(text: str, term: str, spellings: Spellings) -> bool:
    pairs = ((text, term), (unhyphenated(text), unhyphenated(term)))
    return any(f" {_plain(wanted, spellings)} " in f" {_plain(whole, spellings)} " for whole, wanted in pairs)


def _plain(text: str, spellings: Spellings) -> str:
    return " ".join(_words(_read(text, spellings)))
