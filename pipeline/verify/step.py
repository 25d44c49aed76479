"""Finds what is doubtful in a text. It proposes; it never changes a word.

The rule, word by word: a word that no list knows is a finding; when it, alone or put together with a neighbour,
sounds or looks like a term, the finding says so. A beginning such as "hypo" before a word with which it makes a term is
one too. What the rules of dictation could not settle comes first. Names are left alone: after a title, in the spoken
opening, or given. Known words that the engine hardly heard are marked, a few at most, and so is every stretch of speech
without words. What is written and could harm (`risks`) is asked about whatever the words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, groupby

from pipeline.model.text import CheckedText, Finding, FindingKind, Gap, Proposal, Transcript
from pipeline.verify.figures_read import unsure_figures
from pipeline.verify.port import OPPOSITE, Lexicon
from pipeline.verify.reheard import reheard_drugs, weighed_findings
from pipeline.verify.risk_rules import RiskRules
from pipeline.verify.risks import risk_findings
from pipeline.verify.surprise import Heard, Surprises, instead
from pipeline.verify.tokens import Piece, pieces

LIKELY = 0.8
"""A best proposal of at least this score makes "likely misheard" of "unknown"."""
SHOWN = 0.62
"""Proposals below this score are noise and are not shown."""
MERGE_LEAD = 0.03
"""A merge must beat the word alone by so much: it swallows a neighbour."""
LIKELY_PIECES = 0.7
"""Enough for a merge of words that are all unknown: nothing right is swallowed."""
EXACT = 0.95
"""Two known words are only questioned when, put together, they are a term letter for letter."""
LINK_LETTERS = 3
FAR = 0.85
"""For a merge that ends with a known word of so few letters ("de", "et") or is four words long."""
UNSURE = 0.35
"""A medical word whose probability is lower is marked; probability is a weak sign, so only few are."""
UNSURE_PLAIN = 0.6
"""The same for a word that no nomenclature has: on own dictations two of three of these are wrong."""
UNSURE_RARE = 0.75
RARE_WORD = 4.0
"""Zipf value (ten in a million words) under which such a word is rare."""
UNSURE_LETTERS = 4
UNSURE_SHARE = 0.04
"""At most this share of the words (and at least two) are marked for low confidence."""
OPENING_WORDS = 40
"""The spoken opening ends with the birth date's year, else at the first new line, at the latest after so many words:
a misheard drug with a capital must not pass for a name."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
TOLD_EVERY = 500
"""Words between two reports of progress."""
NAME_WORDS = 4
"""A name after a title has at most so many words."""
_PARTICLES = frozenset({"de", "du", "des", "la", "le", "d", "van", "von", "ben", "el", "et"})


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    proposals: tuple[Proposal, ...]
    with_article: bool = False

    @property
    def score(self) -> float:
        return self.proposals[0].score if self.proposals else 0.0


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
    reader = _Reader(transcript.text, words, lexicon, free)
    places = _Places(transcript)
    dictated = [*_dictated(transcript), *unsure_figures(transcript)]
    asked = risk_findings(transcript.text, risks, today) if risks and not transcript.pages else ()
    found = _joined(dictated, [_heard(risk, places) for risk in asked])
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
    found += [f for f in _unsure(transcript, words, reader, places, lexicon) if not _touches(f, taken)]
    found += [_gap_finding(gap, places, found) for gap in transcript.gaps]
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


@dataclass(frozen=True, slots=True)
class DoubtfulPlace:
    """Words of a text that no list knows, the same with a neighbour on either side, and the terms that may be meant."""

    words: str
    around: tuple[str, ...]
    terms: tuple[str, ...]


def doubtful_places(text: str, lexicon: Lexicon, accepted: frozenset[str] = frozenset()) -> list[DoubtfulPlace]:
    """The places of ``text`` that `check` would ask about, with at most two terms each, best first."""
    words = list(pieces(text))
    reader = _Reader(text, words, lexicon, frozenset(word.lower() for word in accepted))
    found = []
    for span in reader.doubts():
        first, last = max(0, span.first - 1), min(len(words) - 1, span.last + 1)
        wider = (text[words[a].start : words[b].end] for a, b in ((first, span.last), (span.first, last)))
        heard = text[words[span.first].start : words[span.last].end]
        found.append(DoubtfulPlace(heard, tuple(wider), tuple(one.text for one in span.proposals[:2])))
    return found


def unlisted_words(
    words: Sequence[str], lexicon: Lexicon, accepted: frozenset[str] = frozenset(), *, opening: bool = True
) -> frozenset[int]:
    """The places of ``words`` (as they follow in a text, at its ``opening`` or not) that hold a word of no list, names
    left out."""
    before = "" if opening else "\n"  # after a line there is no opening
    text = before + " ".join(words)
    read = list(pieces(text))
    ends = list(accumulate((len(word) + 1 for word in words), initial=len(before)))[1:]
    reader = _Reader(text, read, lexicon, frozenset(word.lower() for word in accepted))
    return frozenset(bisect_right(ends, read[place].start) for place in reader.unlisted())


def _around(i: int) -> tuple[tuple[int, int], ...]:
    """The groups of two to four words that hold word ``i``, the shortest first."""
    return tuple((first, first + more) for more in (1, 2, 3) for first in range(i - more, i + 1))


def _holds(merged: _Span, best: _Span) -> bool:
    """Whether a term of several words holds the term that was found for its part: "dyspnée d'effort" for "dyspnée"."""
    if not best.proposals or merged.score < LIKELY_PIECES:
        return False
    term, part = merged.proposals[0].text.lower(), best.proposals[0].text.lower()
    return term != part and part in re.split(r"[\s'’]+", term)


class _Reader:
    """Walks the words of one text."""

    def __init__(self, text: str, words: Sequence[Piece], lexicon: Lexicon, free: frozenset[str]) -> None:
        self._text, self._words, self._lexicon, self._free = text, words, lexicon, free
        self.names = self._find_names()
        self._known = [i in self.names or self._knows(word) for i, word in enumerate(words)]

    def unlisted(self) -> Iterator[int]:
        """The places of the words that are in no list."""
        return (place for place, known in enumerate(self._known) if not known)

    def doubts(self, on_progress: Callable[[float], None] = lambda _: None) -> Iterator[_Span]:
        """The doubtful spans, in order, none touching another."""
        reached = 0
        for i in range(len(self._words)):
            if i < reached:
                continue
            if i % TOLD_EVERY == 0:
                on_progress(i / len(self._words))
            span = self._divided(i) if self._known[i] else self._best(i, reached)
            if span is not None:
                reached = span.last + 1
                yield span

    def may_be_questioned(self, i: int) -> bool:
        """Whether word ``i`` is known and no name: only a known word is looked at by the company it keeps."""
        return self._known[i] and i not in self.names

    def _best(self, i: int, reached: int) -> _Span:
        best = _Span(i, i, self._propose(i, i))
        if self._words[i].elided:
            whole = _Span(i, i, self._propose(i, i, with_article=True), with_article=True)
            best = whole if whole.score > best.score else best
        for first, last in _around(i):
            if first < reached or best.score >= EXACT or not self._mergeable(first, last):
                continue
            for with_article in {False, bool(self._words[first].elided)}:
                merged = _Span(first, last, self._propose(first, last, with_article=with_article), with_article)
                if merged.score >= max(self._enough(first, last), best.score + MERGE_LEAD) or _holds(merged, best):
                    best = merged
        return best

    def _enough(self, first: int, last: int) -> float:
        if last - first > 2 or (len(self._words[last].text) <= LINK_LETTERS and self._known[last]):
            return FAR
        return LIKELY if any(self._known[first : last + 1]) else LIKELY_PIECES

    def _divided(self, i: int) -> _Span | None:
        """ "hypo thyroïdie": a beginning and a word that make a term together, each known alone."""
        if i + 1 >= len(self._words) or not self._mergeable(i, i + 1) or not self._known[i + 1]:
            return None
        here, after = self._words[i].text, self._words[i + 1].text
        if len(here) < 4 or "prefix" not in self._lexicon.classes(here) or not self._lexicon.knows(here + after):
            return None
        if self._lexicon.knows(here) and len(after) < 5:
            return None
        joined = self._propose(i, i + 1)
        return _Span(i, i + 1, joined) if joined and joined[0].score >= EXACT else None

    def _propose(self, first: int, last: int, with_article: bool = False) -> tuple[Proposal, ...]:
        """ "s'acubitrier": what looks like an elided article may be the word's first letter."""
        start = self._words[first].start - (len(self._words[first].elided) if with_article else 0)
        words = self._text[start : self._words[last].end]
        return tuple(p for p in self._lexicon.propose(words, 3) if p.score >= SHOWN and p.text != words)

    def _mergeable(self, first: int, last: int) -> bool:
        """Neighbours with only spaces between, none of them a name, the last no link word."""
        if first < 0 or last >= len(self._words):
            return False
        gaps = (self._text[self._words[j].end : self._words[j + 1].start] for j in range(first, last))
        return all(
            gap.strip() in ("", "l'", "d'", "s'", "-") and "\n" not in gap for gap in gaps
        ) and self.names.isdisjoint(range(first, last + 1))

    def _knows(self, word: Piece) -> bool:
        text = word.text
        whole = word.elided + text
        if len(text) < 2 or text.lower() in self._free or self._lexicon.knows(text) or self._lexicon.knows(whole):
            return True
        if text.endswith(("-là", "-ci", "-t-il", "-t-elle", "-vous", "-je", "-il", "-elle")):
            text = text.split("-")[0]
        parts = [part for part in text.replace("‑", "-").split("-") if part]
        return all(self._part_known(part) for part in parts) and (len(parts) > 1 or text != word.text)

    def _part_known(self, part: str) -> bool:
        known = self._lexicon.knows(part) or "prefix" in self._lexicon.classes(part)
        return known or len(part) < 2 or part.lower() in self._free

    def _find_names(self) -> frozenset[int]:
        """The places of words that are names by where they stand."""
        found: set[int] = set()
        line_end = self._text.find("\n")
        opening_end = line_end if line_end >= 0 else len(self._text)
        year = _YEAR.search(self._text, 0, opening_end)
        opening_end = year.end() if year else opening_end
        for i, word in enumerate(self._words):
            if word.capitalised and i < OPENING_WORDS and word.start < opening_end and not self._knows(word):
                found.add(i)
            if "title" in self._lexicon.classes(word.text):
                found.update(self._name_after(i))
        return frozenset(found)

    def _name_after(self, title: int) -> Iterator[int]:
        for j in range(title + 1, min(title + 1 + NAME_WORDS, len(self._words))):
            between = self._text[self._words[j - 1].end : self._words[j].start]
            if between.strip(" \u00a0.-’'dDlL") or "\n" in between:
                return
            if self._words[j].capitalised:
                yield j
            elif self._words[j].text.lower() not in _PARTICLES:
                return


class _Places:
    """Where the written tokens are, when they were said, and how sure the ear was."""

    def __init__(self, transcript: Transcript) -> None:
        self._tokens = transcript.tokens
        self._differing = {(word.start, word.end) for word in transcript.words if word.first}
        self._starts = [start for start, _ in transcript.offsets]
        self._ends = [end for _, end in transcript.offsets]

    def said(self, start: int, end: int) -> tuple[float | None, float | None]:
        """The seconds of ``text[start:end]``; None for a scan."""
        tokens = self._tokens[self._from(start, end)]
        starts = [token.start for token in tokens if token.start is not None]
        ends = [token.end for token in tokens if token.end is not None]
        return (min(starts), max(ends)) if starts and ends else (None, None)

    def probability(self, start: int, end: int) -> float:
        tokens = self._tokens[self._from(start, end)]
        return min((token.probability for token in tokens), default=1.0)

    def heard(self, start: int, end: int) -> Heard:
        """What the ear knows of ``text[start:end]``."""
        tokens = self._tokens[self._from(start, end)]
        differing = any((token.start, token.end) in self._differing for token in tokens)
        return Heard(min((token.probability for token in tokens), default=1.0), differing)

    def after(self, second: float) -> int:
        """The offset behind the last token that was said before ``second``."""
        ends = [self._ends[i] for i, t in enumerate(self._tokens) if t.end is not None and t.end <= second + 0.05]
        return max(ends, default=0)

    def _from(self, start: int, end: int) -> slice:
        return slice(bisect_right(self._ends, start), bisect_left(self._starts, end))


def _word_finding(text: str, words: Sequence[Piece], span: _Span, places: _Places) -> Finding:
    start, end = words[span.first].start, words[span.last].end
    start -= len(words[span.first].elided) if span.with_article else 0
    likely = span.score >= LIKELY
    kind = FindingKind.LIKELY_MISHEARD if likely else FindingKind.UNKNOWN_WORD
    message = "terme proche dans le lexique : vérifiez" if likely else "mot absent des lexiques : vérifiez"
    said = places.said(start, end)
    return Finding(kind, start, end, text[start:end], span.proposals[:3], span.score, message, *said)


def _real_words(
    text: str, words: Sequence[Piece], reader: _Reader, places: _Places, taken: set[tuple[int, int]], lexicon: Lexicon
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


def _unsure(
    transcript: Transcript, words: Sequence[Piece], reader: _Reader, places: _Places, lexicon: Lexicon
) -> list[Finding]:
    doubtful = [
        (heard.probability, word)
        for i, word in enumerate(words)
        if i not in reader.names and _hardly_heard(word, heard := places.heard(word.start, word.end), lexicon)
    ]
    doubtful.sort(key=lambda pair: pair[0])
    most = max(2, round(len(words) * UNSURE_SHARE))
    return [
        Finding(
            FindingKind.LOW_CONFIDENCE,
            word.start,
            word.end,
            transcript.text[word.start : word.end],
            instead(word.text, lexicon),
            round(1 - probability, 4),
            "mot mal entendu : écoutez",
            audio_start=places.said(word.start, word.end)[0],
            audio_end=places.said(word.start, word.end)[1],
        )
        for probability, word in doubtful[:most]
    ]


def _hardly_heard(word: Piece, heard: Heard, lexicon: Lexicon) -> bool:
    """A medical word that exists is rarely made up; another one more often, and a rare one most."""
    if len(word.text) < UNSURE_LETTERS:
        return False
    if lexicon.is_medical(word.text):
        return heard.probability < UNSURE
    rare = lexicon.frequency(word.text) < RARE_WORD
    return heard.probability < (UNSURE_RARE if rare else UNSURE_PLAIN) or (rare and heard.differing)


def _dictated(transcript: Transcript) -> Iterator[Finding]:
    """What the rules of dictation left open: tokens in a row with the same doubt are one place."""
    pairs = zip(transcript.tokens, transcript.offsets, strict=True)
    for doubt, group in groupby(pairs, key=lambda pair: pair[0].doubt):
        if not doubt:
            continue
        tokens, places = zip(*group, strict=True)
        start, end = places[0][0], places[-1][1]
        offers = tuple(Proposal(text, 1.0, "dictée") for text in tokens[0].offers)
        yield Finding(
            FindingKind.DICTATED,
            start,
            end,
            transcript.text[start:end],
            offers[:3],
            1.0,
            doubt,
            tokens[0].start,
            tokens[-1].end,
        )


def _heard(risk: Finding, places: _Places) -> Finding:
    start, end = places.said(risk.start, risk.end)
    return replace(risk, audio_start=start, audio_end=end)


def _joined(dictated: Sequence[Finding], risks: Sequence[Finding]) -> list[Finding]:
    """Both, without overlap: a doubt of the dictation that a risk touches becomes a risk, with what both say."""
    found: list[Finding] = []
    told: set[int] = set()
    for doubt in dictated:
        touching = [one for one in risks if one.start < doubt.end and doubt.start < one.end]
        told.update(one.start for one in touching)
        if not touching:
            found.append(doubt)
            continue
        same = [p for one in touching if (one.start, one.end) == (doubt.start, doubt.end) for p in one.proposals]
        message = " ".join([*(one.message for one in touching), f"({doubt.message})"])
        found.append(replace(doubt, kind=FindingKind.RISK, message=message, proposals=(*doubt.proposals, *same)[:3]))
    return found + [one for one in risks if one.start not in told]


def _gap_finding(gap: Gap, places: _Places, found: Sequence[Finding]) -> Finding:
    place = places.after(gap.start)
    place = next((finding.end for finding in found if finding.start < place < finding.end), place)
    message = f"à écouter : {_seconds(gap.start)} à {_seconds(gap.end)} sans texte"
    return Finding(
        FindingKind.GAP, place, place, "", score=1.0, message=message, audio_start=gap.start, audio_end=gap.end
    )


def _touches(finding: Finding, taken: set[tuple[int, int]]) -> bool:
    return any(finding.start < end and start < finding.end for start, end in taken)


def _seconds(value: float) -> str:
    return f"{value:.1f} s".replace(".", ",")
