"""Finds what is doubtful in a text. It proposes; it never changes a word.

The rule, word by word: a word that no list knows is a finding; when it, alone or put together with a neighbour,
sounds or looks like a term, the finding says so. A beginning such as "hypo" before a word with which it makes a term is
one too. What the rules of dictation could not settle comes first. Names are left alone: after a title, in the spoken
opening, or given. Known words that the engine hardly heard are marked, a few at most, and so is every stretch of speech
without words. What is written and could harm (`risks`) is asked about whatever the words. No proposal turns what is
said: it brings and takes no denial, side, ordinal, "normal" or "positif" that was not heard (`turning`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from pipeline.model.text import CheckedText, Finding, FindingKind, Transcript
from pipeline.verify.context import Context
from pipeline.verify.dictated import dictated_doubts, gap_finding, joined, with_seconds
from pipeline.verify.figures_read import unsure_figures
from pipeline.verify.flips import with_flips
from pipeline.verify.meant import MOST, SecondThoughts, each_once, is_open, is_written
from pipeline.verify.places import Places
from pipeline.verify.port import Lexicon
from pipeline.verify.questions import Questions
from pipeline.verify.reader import Reader
from pipeline.verify.reheard import reheard_drugs
from pipeline.verify.risk_rules import RiskRules
from pipeline.verify.risks import risk_findings
from pipeline.verify.tokens import pieces
from pipeline.verify.usage import every_root
from pipeline.verify.witness import Witness

_ABOUT_A_WORD = frozenset((FindingKind.LIKELY_MISHEARD, FindingKind.UNKNOWN_WORD, FindingKind.LOW_CONFIDENCE))
_ELIDED = 3
"""Letters of the longest elided article, "qu'"."""


def check(
    transcript: Transcript,
    lexicon: Lexicon,
    accepted: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
    risks: RiskRules | None = None,
    today: date | None = None,
    expected: frozenset[str] = frozenset(),
    on_progress: Callable[[float], None] = lambda _: None,
) -> CheckedText:
    """Return the transcript with its findings, in order and without overlap.

    ``risks`` are the tables of the guard on risk, for what is dictated: nobody corrects another's letter. ``today`` is
    the day that appointments are compared with.
    ``accepted`` are the words of the practice's dictionary, ``names`` words of names (both in any case). Each finding
    has its place in ``transcript.text``, at most three proposals and, for audio, the seconds to listen to.
    ``expected`` are the terms that the author's specialty says most: they come first among terms that are as near.
    ``on_progress`` is told the share of the words that were read, in [0, 1].
    """
    words = list(pieces(transcript.text))
    places = Places(transcript)
    free = frozenset(word.lower() for word in accepted | names)
    reader = Reader(transcript.text, words, lexicon, free, places.heard)
    context = Context(transcript.text, words, lexicon, expected)
    questions = Questions(transcript, context, reader, places)
    asked = risk_findings(transcript.text, risks, today) if risks and not transcript.pages else ()
    found = _Found(
        joined(
            [*dictated_doubts(transcript), *unsure_figures(transcript)], [with_seconds(risk, places) for risk in asked]
        )
    )
    unknown = questions.unknown(list(reader.doubts(on_progress)))
    found.add(questions.weighed(unknown))
    found.add(unknown)
    confirmed = [one for one in found.all if is_written(one)]
    others = questions.real(found.places - {(one.start, one.end) for one in confirmed})
    found.add_around(_keeping(confirmed, others), transcript.text)
    found.add(reheard_drugs(transcript, lexicon))
    found.add_around(questions.not_agreed(), transcript.text)
    numbers = list(questions.unusual_numbers(found.places))
    found.add(questions.badly_heard(found.places.union((one.start, one.end) for one in numbers)))
    found.all = SecondThoughts(context, reader, places, Witness(transcript)).about(found.all)
    found.add(numbers)
    gaps = [gap_finding(gap, places, found.all) for gap in transcript.gaps]
    every = sorted(
        (*map(questions.with_other_number, map(questions.turning_nothing, found.all)), *gaps),
        key=lambda finding: (finding.start, finding.end),
    )
    return CheckedText(transcript, tuple(with_flips(finding, lexicon) for finding in every), lexicon.version)


def _keeping(confirmed: Sequence[Finding], found: Iterable[Finding]) -> Iterator[Finding]:
    """Those of ``found`` that leave the ``confirmed`` words as they are: "dyspnée d'effort" for "dyspnée des forts"."""
    for one in found:
        inside = [other for other in confirmed if one.start < other.end and other.start < one.end]
        kept = tuple(p for p in one.proposals if all(_has(p.text, other.excerpt) for other in inside))
        if kept and all((one.start, one.end) != (other.start, other.end) for other in inside):
            yield replace(one, proposals=kept)


def _has(text: str, words: str) -> bool:
    """Whether the words of ``words`` are among those of ``text``, whatever their number."""
    return set(every_root(words)) <= set(every_root(text))


class _Found:
    """Findings without overlap: what was found first keeps its place."""

    def __init__(self, first: Iterable[Finding]) -> None:
        self.all = list(first)

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        return frozenset((finding.start, finding.end) for finding in self.all)

    def add(self, more: Iterable[Finding]) -> None:
        """Those of ``more`` that touch nothing found before."""
        taken = self.places
        self.all += [one for one in more if not any(one.start < end and start < one.end for start, end in taken)]

    def add_around(self, more: Iterable[Finding], text: str) -> None:
        """As `add`; where one of ``more`` holds whole questions about words, it takes in what they ask and offer; a
        doubt of the dictation that offers nothing stays that doubt, with what is offered."""
        for one in more:
            touched = [other for other in self.all if other.start < one.end and one.start < other.end]
            if all(is_open(other) or _is_in(other, one) for other in touched):
                self.all = [other for other in self.all if other not in touched]
                self.all.append(_together(one, touched, text) if touched else one)


def _is_in(other: Finding, one: Finding) -> bool:
    """Whether ``other`` asks about words, and ``one`` holds it but for an elided article."""
    return other.kind in _ABOUT_A_WORD and one.start - _ELIDED <= other.start and other.end <= one.end


def _together(one: Finding, others: Sequence[Finding], text: str) -> Finding:
    """``one`` that stands around ``others``: its first proposals, then theirs, and what all say."""
    start, end = min(one.start, *(other.start for other in others)), max(one.end, *(other.end for other in others))
    own, theirs = (
        [
            replace(proposal, text=text[start : each.start] + proposal.text + text[each.end : end])
            for each in some
            for proposal in each.proposals
        ]
        for some in ((one,), others)
    )
    ordered = each_once([*own[: MOST - 1], *theirs, *own[MOST - 1 :]])
    told = [other.message.removesuffix(" : vérifiez") for other in others if other.message]
    ended = [each.audio_end for each in (one, *others) if each.audio_end is not None]
    begun = [each.audio_start for each in (one, *others) if each.audio_start is not None]
    return replace(
        one,
        kind=FindingKind.DICTATED if any(map(is_open, others)) else one.kind,
        start=start,
        excerpt=text[start:end],
        proposals=tuple(ordered)[:MOST],
        score=max(one.score, *(other.score for other in others)),
        message=" ; ".join((*told, one.message)),
        audio_start=min(begun, default=None),
        audio_end=max(ended, default=None),
    )
