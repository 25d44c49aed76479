"""Finds what is doubtful in a text. It proposes; it never changes a word.

The rule, word by word: a word that no list knows is a finding; when it, alone or put together with a neighbour,
sounds or looks like a term, the finding says so. A beginning such as "hypo" before a word with which it makes a term is
one too. What the rules of dictation could not settle comes first. Names are left alone: after a title, in the spoken
opening, or given. Known words that the engine hardly heard are marked, a few at most, and so is every stretch of speech
without words. What is written and could harm (`risks`) is asked about whatever the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from pipeline.model.text import CheckedText, Finding, FindingKind, Proposal, Transcript
from pipeline.verify.agreement import disagreements
from pipeline.verify.dictated import dictated_doubts, gap_finding, joined, with_seconds
from pipeline.verify.places import Places
from pipeline.verify.port import OPPOSITE, Lexicon
from pipeline.verify.reader import LIKELY, Reader, Span
from pipeline.verify.reheard import reheard_drugs, weighed_findings
from pipeline.verify.risk_rules import RiskRules
from pipeline.verify.risks import risk_findings
from pipeline.verify.surprise import Surprises
from pipeline.verify.tokens import Piece, pieces
from pipeline.verify.unsure import unsure_words


def check(
    transcript: Transcript,
    lexicon: Lexicon,
    accepted: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
    risks: RiskRules | None = None,
    today: date | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> CheckedText:
    """Return the transcript with its findings, in order and without overlap.

    ``risks`` are the tables of the guard on risk, for what is dictated: nobody corrects another's letter. ``today`` is
    the day that appointments are compared with.
    ``accepted`` are the words of the practice's dictionary, ``names`` words of names (both in any case). Each finding
    has its place in ``transcript.text``, at most three proposals and, for audio, the seconds to listen to.
    ``on_progress`` is told the share of the words that were read, in [0, 1].
    """
    words = list(pieces(transcript.text))
    free = frozenset(word.lower() for word in accepted | names)
    reader = Reader(transcript.text, words, lexicon, free)
    places = Places(transcript)
    dictated = list(dictated_doubts(transcript))
    asked = risk_findings(transcript.text, risks, today) if risks and not transcript.pages else ()
    found = joined(dictated, [with_seconds(risk, places) for risk in asked])
    taken = {(finding.start, finding.end) for finding in found}
    spans = [_word_finding(transcript.text, words, span, places) for span in reader.doubts(on_progress)]
    weighed = [finding for finding in weighed_findings(transcript, spans) if not _touches(finding, taken)]
    found += weighed
    taken |= {(finding.start, finding.end) for finding in weighed}
    found += [finding for finding in spans if not _touches(finding, taken)]
    taken = {(finding.start, finding.end) for finding in found}
    found += _real_words(transcript.text, words, reader, places, taken, lexicon)
    taken = {(finding.start, finding.end) for finding in found}
    found += [finding for finding in reheard_drugs(transcript, lexicon) if not _touches(finding, taken)]
    taken = {(finding.start, finding.end) for finding in found}
    found += [f for f in _not_agreed(transcript.text, words, reader, places, lexicon) if not _touches(f, taken)]
    taken = {(finding.start, finding.end) for finding in found}
    found += [f for f in unsure_words(transcript, words, reader.names, places, lexicon) if not _touches(f, taken)]
    found += [gap_finding(gap, places, found) for gap in transcript.gaps]
    found = [_with_flips(finding, lexicon) for finding in found]
    found.sort(key=lambda finding: (finding.start, finding.end))
    return CheckedText(transcript, tuple(found), lexicon.version)


def _with_flips(finding: Finding, lexicon: Lexicon) -> Finding:
    """Say so where a proposal is the last heard word behind a beginning that turns the meaning, which was not heard."""
    words = finding.excerpt.lower().split()
    proposals = tuple(
        replace(one, source=f"{one.source} ; {OPPOSITE}") if words and _flips(one, words, lexicon) else one
        for one in finding.proposals
    )
    return finding if proposals == finding.proposals else replace(finding, proposals=proposals)


def _flips(proposal: Proposal, words: Sequence[str], lexicon: Lexicon) -> bool:
    text = proposal.text.lower()
    beginning = text.removesuffix(words[-1])
    if OPPOSITE in proposal.source or beginning in {"", text, words[0]}:
        return False
    return "opposite-prefix" in lexicon.classes(beginning)


def _word_finding(text: str, words: Sequence[Piece], span: Span, places: Places) -> Finding:
    start, end = words[span.first].start, words[span.last].end
    start -= len(words[span.first].elided) if span.with_article else 0
    likely = span.score >= LIKELY
    kind = FindingKind.LIKELY_MISHEARD if likely else FindingKind.UNKNOWN_WORD
    message = "terme proche dans le lexique : vérifiez" if likely else "mot absent des lexiques : vérifiez"
    said = places.said(start, end)
    return Finding(kind, start, end, text[start:end], span.proposals[:3], span.score, message, *said)


def _real_words(
    text: str, words: Sequence[Piece], reader: Reader, places: Places, taken: set[tuple[int, int]], lexicon: Lexicon
) -> list[Finding]:
    """Words that exist and do not fit, the surest first where two overlap."""
    asked = {letter for start, end in taken for letter in range(start, end)}
    free = [
        reader.may_be_questioned(i) and asked.isdisjoint(range(word.start, word.end)) for i, word in enumerate(words)
    ]
    surprises = Surprises(text, words, free, lexicon, places.heard)
    found: list[Finding] = []
    for one in sorted(surprises.all(), key=lambda one: (-one.score, one.last - one.first)):
        start, end = words[one.first].start, words[one.last].end
        start -= len(words[one.first].elided) if one.with_article else 0
        if any(start < other.end and other.start < end for other in found):
            continue
        excerpt = text[start:end]
        message = f"« {excerpt} » surprend ici : {one.why}"
        said = places.said(start, end)
        found.append(
            Finding(FindingKind.LIKELY_MISHEARD, start, end, excerpt, one.proposals, one.score, message, *said)
        )
    return found


def _not_agreed(
    text: str, words: Sequence[Piece], reader: Reader, places: Places, lexicon: Lexicon
) -> Iterator[Finding]:
    """Neighbours of which one is in the wrong gender or number."""
    free = [reader.may_be_questioned(i) for i in range(len(words))]
    for one in disagreements(text, words, lexicon, free):
        start, end = words[one.first].start, words[one.last].end
        said = places.said(start, end)
        message = f"« {text[start:end]} » ne s'accorde pas : vérifiez"
        kind = FindingKind.LIKELY_MISHEARD
        yield Finding(kind, start, end, text[start:end], one.proposals, one.proposals[0].score, message, *said)


def _touches(finding: Finding, taken: set[tuple[int, int]]) -> bool:
    return any(finding.start < end and start < finding.end for start, end in taken)
