"""The findings about words: unknown ones, weighed ones, real ones that do not fit, and those that do not agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.model.text import Finding, FindingKind, Proposal, Transcript
from pipeline.verify.agreement import disagreements
from pipeline.verify.context import Context
from pipeline.verify.other_number import with_other_number
from pipeline.verify.places import Places
from pipeline.verify.ranking import RERANK, Fitting, best_of, fitting
from pipeline.verify.reader import LIKELY, Reader, Span
from pipeline.verify.reheard import weighed_findings
from pipeline.verify.surprise import Surprises
from pipeline.verify.tokens import pieces
from pipeline.verify.turning import turns
from pipeline.verify.unsure import unsure_words
from pipeline.verify.usage import every_root
from pipeline.verify.usual_number import unusual_numbers
from pipeline.verify.witness import Witness, both, is_elided

MOST = 3
"""Proposals of a finding."""
WORDS_BEFORE = 2
"""Words before a term that may say its number."""
ONE_TERM = 0.86
"""Likeness from which two words that do not agree may be one term."""
TWO_WORDS = 0.05
"""What such a term gains: that the words do not agree speaks for it."""


class Questions:
    """Asks about the words of one text."""

    def __init__(self, transcript: Transcript, context: Context, reader: Reader, places: Places) -> None:
        self._transcript, self._context, self._reader, self._places = transcript, context, reader, places
        self._text, self._words = context.text, context.words
        self._witness = Witness(transcript)

    def unknown(self, spans: Sequence[Span]) -> list[Finding]:
        """One finding for each span of words that no list knows, its proposals in the order in which they fit."""
        return [self._unknown(span) for span in spans]

    def weighed(self, unknown: Sequence[Finding]) -> Iterator[Finding]:
        """One for each place that was weighed by its sound; ``unknown`` are the findings of `unknown`."""
        inner: dict[tuple[int, int], tuple[Finding, list[Fitting]]] = {}
        for one in weighed_findings(self._transcript, unknown):
            inside = [i for i, word in enumerate(self._words) if one.start <= word.start and word.end <= one.end]
            wider = next((other for other in unknown if other.start <= one.start and one.end <= other.end), one)
            whole = (wider.start, wider.end) == (one.start, one.end)
            if not inside or (whole and one.proposals and one.proposals[0].text == one.excerpt):
                yield replace(one, proposals=one.proposals[:MOST])
                continue
            if len(inside) == 1 and self._holds(inside[0], one.proposals):
                continue
            fits = fitting(one.proposals, inside[0], inside[-1], self._context)
            if whole:
                yield replace(one, proposals=best_of(fits, MOST))
                continue
            fits = self._wrapped(fits, (one.start, one.end), (wider.start, wider.end))
            inner.setdefault((wider.start, wider.end), (wider, []))[1].extend(fits)
        for wider, fits in inner.values():
            around = [i for i, word in enumerate(self._words) if wider.start <= word.start and word.end <= wider.end]
            every = [*fits, *fitting(wider.proposals, around[0], around[-1], self._context)]
            other = [fit for fit in every if fit.proposal.text != wider.excerpt]
            yield replace(wider, proposals=best_of(other, MOST))

    def _holds(self, place: int, proposals: Sequence[Proposal]) -> bool:
        """Whether a medical word makes a known term with a neighbour, and no proposal does: "fibrillation auriculaire"
        is not asked about for a "vibration"."""
        lexicon, words = self._context.lexicon, self._words
        pairs = [(at, at + 1) for at in (place - 1, place) if at + 1 < len(words) and self._context.touching(at + 1)]
        if not lexicon.is_medical(words[place].text):
            return False
        return any(
            lexicon.together(words[left].text, words[right].text)
            and not any(
                lexicon.together(*((one.text, words[right].text) if left == place else (words[left].text, one.text)))
                for one in proposals
            )
            for left, right in pairs
        )

    def _wrapped(self, fits: Iterable[Fitting], inner: tuple[int, int], outer: tuple[int, int]) -> list[Fitting]:
        """Proposals for a part of a place, with the rest of the place as it stands."""
        before, after = self._text[outer[0] : inner[0]], self._text[inner[1] : outer[1]]
        left = pieces(f"{before} \n {after}")
        lost = RERANK.wrapped + RERANK.unknown * sum(not self._reader.knows(word) for word in left)
        return [
            Fitting(fit.score + lost, replace(fit.proposal, text=before + fit.proposal.text + after)) for fit in fits
        ]

    def real(self, taken: Collection[tuple[int, int]]) -> list[Finding]:
        """Words that exist and do not fit, the surest first where two overlap; none in a place that is ``taken``."""
        free = self._free(taken)
        found: list[Finding] = []
        surprises = Surprises(self._context, free, self._places.heard).all()
        for one in sorted(surprises, key=lambda one: (-one.score, one.last - one.first)):
            start, end = self._place(one.first, one.last, with_article=one.with_article)
            if any(start < other.end and other.start < end for other in found):
                continue
            finding = self._likely(start, end, f"« {self._text[start:end]} » surprend ici : {one.why}")
            offered = self._surprising(start, end, one.proposals)
            if proposals := tuple(p for p in offered if not turns(finding.excerpt, p.text)):
                found.append(replace(finding, proposals=proposals, score=one.score))
        return found

    def _surprising(self, start: int, end: int, proposals: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
        """``proposals`` for real words, and what the first hearing says where it differs, the rest kept as it is."""
        begun, ended, first = self._witness.changed(start, end)
        if not first:
            return proposals
        lexicon = self._context.lexicon
        found = both(self._text[start:end], self._text[start:begun] + first + self._text[ended:end], proposals, lexicon)
        if (begun, ended) != (start, end):
            before, after = self._text[start:begun], self._text[ended:end]
            part = self._text[begun:ended]
            found += tuple(
                replace(one, text=before + one.text + after)
                for one in both(part, first, (), lexicon)
                if is_elided(one.text) or not is_elided(part)  # "disponible effort" is no "disponible d'effort"
            )
        written = every_root(self._text[start:end])
        found = tuple(one for one in found if one in proposals or every_root(one.text) != written)  # "à jeunes"
        kept = {one.text: one for one in sorted(found, key=lambda one: (one.score, one in proposals))}
        best = tuple(reversed(kept.values()))
        if " " in proposals[0].text and not lexicon.is_medical(first):
            # a listed term, half of which was heard well: what sounds like a word that is no term does not oust it
            best = (kept[proposals[0].text], *(one for one in best if one.text != proposals[0].text))
        return best[:MOST]

    def not_agreed(self) -> Iterator[Finding]:
        """Neighbours of which one is in the wrong gender or number."""
        free = [self._reader.may_be_questioned(i) for i in range(len(self._words))]
        for one in disagreements(self._text, self._words, self._context.lexicon, free):
            start, end = self._place(one.first, one.last)
            told = f"s'écrit d'ordinaire « {one.proposals[0].text} »" if one.usual else "ne s'accorde pas"
            finding = self._likely(start, end, f"« {self._text[start:end]} » {told} : vérifiez")
            lexicon = self._context.lexicon
            # "créatine ennemi": what does not agree may be one term that was written as two words
            whole = [
                replace(p, score=min(1.0, p.score + TWO_WORDS))
                for p in lexicon.propose(finding.excerpt, 1)
                if " " not in p.text and p.score >= ONE_TERM
            ]
            proposals = (*whole, *one.proposals)[:MOST]
            yield replace(finding, proposals=proposals, score=max(p.score for p in proposals))

    def badly_heard(self, taken: Collection[tuple[int, int]]) -> list[Finding]:
        """The words that exist and were heard worst; none in a place that is ``taken``."""
        found = unsure_words(self._transcript, self._words, self._free(taken), self._places, self._context.lexicon)
        return [self._with_first(one) for one in found]

    def unusual_numbers(self, taken: Collection[tuple[int, int]]) -> Iterator[Finding]:
        """Nouns that were heard in the number that is hardly used; none in a place that is ``taken``."""
        return unusual_numbers(self._context, self._free(taken), self._places)

    def turning_nothing(self, finding: Finding) -> Finding:
        """``finding`` about a word without the proposals that turn what is said (`turns`)."""
        if finding.kind not in (FindingKind.LIKELY_MISHEARD, FindingKind.UNKNOWN_WORD):
            return finding
        return replace(finding, proposals=tuple(p for p in finding.proposals if not turns(finding.excerpt, p.text)))

    def with_other_number(self, finding: Finding) -> Finding:
        """``finding`` with its best proposal in the other number too, where nothing that is said tells the number."""
        at = next((i for i, word in enumerate(self._words) if finding.start <= word.start < finding.end), 0)
        first = at
        while at - first < WORDS_BEFORE and self._context.touching(first):
            first -= 1
        before = self._text[self._words[first].start : self._words[at].start] if first < at else ""
        return with_other_number(finding, before, self._context.lexicon)

    def _with_first(self, finding: Finding) -> Finding:
        """With the medical terms that what was first heard there is near; a medical word is not put in question."""
        lexicon = self._context.lexicon
        if lexicon.is_medical(finding.excerpt):
            return finding
        first = self._witness.instead(finding.start, finding.end)
        near = both(finding.excerpt, first, finding.proposals, lexicon)
        return replace(finding, proposals=tuple(one for one in near if lexicon.is_medical(one.text))[:MOST])

    def _free(self, taken: Collection[tuple[int, int]]) -> list[bool]:
        """Which words may be put in question and stand in no place that is ``taken``."""
        asked = {letter for start, end in taken for letter in range(start, end)}
        return [
            self._reader.may_be_questioned(i) and asked.isdisjoint(range(word.start, word.end))
            for i, word in enumerate(self._words)
        ]

    def _unknown(self, span: Span) -> Finding:
        finding = self._likely(
            *self._place(span.first, span.last, with_article=span.with_article),
            "terme proche dans le lexique : vérifiez",
        )
        if span.score < LIKELY:
            finding = replace(finding, kind=FindingKind.UNKNOWN_WORD, message="mot absent des lexiques : vérifiez")
        first = self._witness.instead(finding.start, finding.end)
        proposals = both(finding.excerpt, first, span.proposals, self._context.lexicon)
        fits = fitting(proposals, span.first, span.last, self._context)
        if one := span.inner:
            inner = self._place(one.first, one.last, with_article=one.with_article)
            alone = fitting(one.proposals, one.first, one.last, self._context)
            fits += self._wrapped(alone, inner, (finding.start, finding.end))
        return replace(finding, proposals=best_of(fits, MOST), score=span.score)

    def _place(self, first: int, last: int, *, with_article: bool = False) -> tuple[int, int]:
        start = self._words[first].start - (len(self._words[first].elided) if with_article else 0)
        return start, self._words[last].end

    def _likely(self, start: int, end: int, message: str) -> Finding:
        said = self._places.said(start, end)
        return Finding(FindingKind.LIKELY_MISHEARD, start, end, self._text[start:end], (), 0.0, message, *said)
