"""Second thoughts about the doubtful places of a text: what was meant there, with the words around (`channel`).

The rules before ask where a word is in no list, was hardly heard or surprises, each for its own reason and with its
own span. Here all terms that these places and their neighbours may stand for are compared in one measure, over one to
four words, so that a place which is a part of a term is asked about as a whole ("[mettre fourmin]", not "[fourmin]").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pipeline.model.phonetic import likeness
from pipeline.model.text import Finding, FindingKind, Proposal
from pipeline.verify.agreement import SOURCE, disagreements
from pipeline.verify.channel import WEIGHED_MORE, Meant, compared
from pipeline.verify.context import Context
from pipeline.verify.kin import says_other
from pipeline.verify.places import DOUBT, Heard, Places
from pipeline.verify.ranking import agrees
from pipeline.verify.reader import Reader
from pipeline.verify.reheard import WEIGHED
from pipeline.verify.spelling import fold, is_variant, squash
from pipeline.verify.tokens import pieces
from pipeline.verify.turning import turns
from pipeline.verify.usage import root
from pipeline.verify.witness import FAR, NAMED, Witness
from pipeline.verify.witness import SOURCE as FIRST_SOURCE

LONGEST = 4
"""Words of the text that may be one term."""
LEGIBLE, LONGEST_ILLEGIBLE = 8, 2
"""More doubtful words in a row are a page that could not be read, and so many of them may be one term."""
AROUND = 3
"""Words on either side of a doubtful one that may belong to it."""
OFFERED = 8
"""Terms near one stretch of words."""
MOST = 3
"""Proposals of a finding."""
HARDLY = 0.5
"""Probability below which a known word is looked at, whatever stands beside it."""
LETTERS = 4
"""Letters of such a word."""
ALIKE = 0.6
"""Least likeness by sound of a term to the words."""
LEAST = -9.0
"""Nats that a term may lose in place of words of which one is in no list: something is wrong there."""
LOST = -13.0
"""Nats that a term may lose in place of known words to be shown."""
LITTLE, EVEN = 0.1, 0.01
"""Nats of one that saves nothing, and a difference that says nothing."""
SWAP = 4.0
"""Nats that another term must save where the speech model had weighed what is written."""
ASK = 3.0
"""Nats that a term must save where all words are known and nobody asked before."""
ASKED, ASKED_PARTLY = 0.0, 3.0
"""The same where somebody asked about all of these words, or about some."""
NEAR = 6.0
"""Nats by which a second proposal may be less likely than the first."""
NEAR_WIDER = 1.0
"""The same where it would change further words."""
BEFORE = 80
"""Letters before a proposal that may hold the noun that it belongs to."""
FORMS = 2
"""Forms of one word among the proposals."""
FIRST = 20.0
"""Nats for a term that sounds like what the first hearing wrote, for each unit of likeness above `witness.FAR`."""
FIRST_NAMED = 6.0
"""Nats for a word of medicine that it wrote letter for letter."""
LIKELY_FIRST, LIKELY_NAMED, LIKELY_EXPECTED, LIKELY_AGREES = 16.0, 6.0, 6.0, 0.35
"""The same, `EXPECTED` and `AGREES`, of `Meant.likely` (`channel.Weights`)."""
OFFERED_BEFORE = 0.3
"""Nats for what the rules before had offered there: of two answers that are as good it stays."""
FIT, UNCOMPARED, FIT_LEAST = 0.27, -6.0, -25.0
"""Share of the speech model's nats that count; what a term that was not compared with the sound is taken to lose on the
best of its place, and the most that any loses."""
AGREES = 1.0
EXPECTED = 3.0
SPECIALTY = 1.0
WHOLE = frozenset(("la", "le", "de", "je", "ne", "se", "que"))
"""Words that lose their e or a before a vowel."""
_KINDS = (FindingKind.LIKELY_MISHEARD, FindingKind.UNKNOWN_WORD, FindingKind.LOW_CONFIDENCE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A finding about words, and the words that it covers."""

    finding: Finding
    first: int
    last: int


class SecondThoughts:
    """Looks at the findings of one text again."""

    def __init__(self, context: Context, reader: Reader, places: Places, witness: Witness) -> None:
        self._context, self._reader, self._places, self._witness = context, reader, places, witness
        self._text, self._words, self._lexicon = context.text, context.words, context.lexicon

    def about(self, found: Sequence[Finding]) -> list[Finding]:
        """``found`` with better spans and proposals, and questions about words that nobody had asked about."""
        asked = [
            one for finding in found if finding.kind in _KINDS or is_open(finding) for one in self._covered(finding)
        ]
        about_words = {id(one.finding) for one in asked}
        barred = {i for one in found if id(one) not in about_words for i in self._inside(one.start, one.end)}
        free = [i not in barred and i not in self._reader.names for i in range(len(self._words))]
        unlisted = {i for i in self._reader.unlisted() if free[i]}
        doubtful = unlisted | {i for one in asked for i in range(one.first, one.last + 1) if free[i]}
        doubtful |= {i for i, may in enumerate(free) if may and self._is_hardly_heard(i)}
        asked_at = _by_word(asked)
        meant = [
            one
            for cluster in self._clusters(sorted(doubtful))
            for one in self._fitting(
                [*self._meant(cluster, free), *self._offered(_at(asked_at, cluster[0], cluster[-1]))]
            )
        ]
        meant = [self._over_open(one, asked_at) for one in meant]
        new = list(self._answers(meant, asked_at, unlisted))
        rest = [one for one in found if id(one) not in about_words]
        taken = _Taken(len(self._text), new)
        places = _by_word(sorted(dict.fromkeys(meant), key=_likeliest))
        old = [
            one
            for some in asked
            for one in self._sifted(some, _at(places, some.first, some.last))
            if not taken.any(one.start, one.end)
        ]
        covered = _Taken(len(self._text), [*rest, *old, *new])
        left = {
            i: one.finding
            for one in asked
            for i in range(one.first, one.last + 1)
            if not covered.any(self._words[i].start, self._words[i].end)
        }
        return [*rest, *old, *new, *(one for i in sorted(left) for one in self._alone(i, left[i], i in unlisted))]

    def likely(self, *, barred: Collection[str] = frozenset(), odd: bool = False) -> Iterator[tuple[list[Meant], bool]]:
        """For each doubtful place all terms that may be meant, the likeliest first, and whether a word there is in no
        list; nobody has asked about any yet.

        ``barred`` words belong to no term. ``odd``: plain words that are rare are in doubt too.
        """
        free = [i not in self._reader.names and word.text.lower() not in barred for i, word in enumerate(self._words)]
        unlisted = {i for i in self._reader.unlisted() if free[i]}
        doubtful = unlisted | {i for i, may in enumerate(free) if may and self._is_hardly_heard(i)}
        if odd:
            doubtful |= {
                i for i, may in enumerate(free) if may and len(self._words[i].text) >= LETTERS and self._context.rare(i)
            }
        for cluster in self._clusters(sorted(doubtful)):
            yield sorted(self._meant(cluster, free), key=_likeliest), any(i in unlisted for i in cluster)

    def _fitting(self, meant: Sequence[Meant]) -> Iterator[Meant]:
        """Those of one place, what fits its sound less well than the best does losing for it."""
        fits = [self._fit(one) for one in meant]
        best = max((fit for fit in fits if fit is not None), default=None)
        for one, fit in zip(meant, fits, strict=True):
            if best is None or (fit is None and one.proposal.source == WEIGHED):
                behind = 0.0
            else:
                behind = UNCOMPARED if fit is None else max(FIT_LEAST, fit - best)
            yield replace(one, likely=one.likely + FIT * behind)

    def _fit(self, one: Meant) -> float | None:
        word = self._words[one.first]
        text = one.proposal.text if one.with_article else word.elided + one.proposal.text
        return self._places.fit(word.start, self._words[one.last].end, text)

    def _over_open(self, one: Meant, asked: Mapping[int, Sequence[_Asked]]) -> Meant:
        """``one`` over all words of each doubt of the dictation that it touches, those that it leaves as they stand:
        "kyste ovarien droit" for "quiste au variant droit"."""
        touched = [other for other in _at(asked, one.first, one.last) if is_open(other.finding)]
        first = min([one.first, *(other.first for other in touched)])
        last = max([one.last, *(other.last for other in touched)])
        if (first, last) == (one.first, one.last):
            return one
        text = self._padded(one, first, last)
        with_article = one.with_article and first == one.first
        return replace(
            one, first=first, last=last, proposal=replace(one.proposal, text=text), with_article=with_article
        )

    def _answers(
        self, meant: Sequence[Meant], asked: Mapping[int, Sequence[_Asked]], unlisted: Collection[int]
    ) -> Iterator[Finding]:
        """The likeliest terms together, each with the next ones for the same words; none over words of another."""
        ordered = sorted(dict.fromkeys(meant), key=_likeliest)
        chosen = _most_saved([one for one in ordered if self._is_worth(one, asked, unlisted)])
        used = {i for one in chosen for i in range(one.first, one.last + 1)}
        places = _by_word(ordered)
        for best in chosen:
            own = range(best.first, best.last + 1)
            near = sorted(_at(places, best.first, best.last), key=_likeliest)
            together = self._alternatives(best, near, used - set(own))
            first, last = min(one.first for one in together), max(one.last for one in together)
            used.update(range(first, last + 1))
            if found := self._finding(together, _at(asked, first, last)):
                yield found

    def _is_worth(self, one: Meant, asked: Mapping[int, Sequence[_Asked]], unlisted: Collection[int]) -> bool:
        """Whether it saves enough to be asked about where it stands."""
        touching = _at(asked, one.first, one.last)
        if any(o.first <= one.first and one.last <= o.last and is_written(o.finding) for o in touching):
            return one.gain - WEIGHED_MORE * (one.proposal.source == WEIGHED) >= SWAP
        if any(i in unlisted for i in range(one.first, one.last + 1)):
            return one.gain >= LEAST
        if any(one.first <= o.first and o.last <= one.last for o in touching):
            return one.gain >= ASKED
        return one.gain >= (ASKED_PARTLY if touching else ASK)

    def _alternatives(self, best: Meant, ordered: Sequence[Meant], used: Collection[int]) -> list[Meant]:
        """``best`` and the next ones that share a word with it, `MOST` in all, `FORMS` of one word."""
        chosen = [best]
        for one in ordered:
            span = range(one.first, one.last + 1)
            if len(chosen) == MOST:
                break
            if one.gain < LOST or one.likely < self._measure(best, one, ordered) - NEAR:
                continue
            if one.last < best.first or best.last < one.first or not set(span).isdisjoint(used):
                continue
            further = set(span) - set(range(best.first, best.last + 1))
            if further and (one.likely < best.likely - NEAR_WIDER or any(self._is_sure(i) for i in further)):
                continue
            text = self._padded(one, best.first, best.last)
            same = [other for other in chosen if root(self._padded(other, best.first, best.last)) == root(text)]
            wide = max(one.last, *(c.last for c in chosen)) - min(one.first, *(c.first for c in chosen)) > LONGEST
            if len(same) < FORMS and all(self._padded(o, best.first, best.last) != text for o in same) and not wide:
                chosen.append(one)
        return chosen

    def _measure(self, best: Meant, one: Meant, ordered: Sequence[Meant]) -> float:
        """What ``one`` is held against: where it stands for fewer words than ``best``, the part of ``best`` that stands
        for the same, "calcémie" of "calcémie normale"."""
        words = best.proposal.text.lower().split()
        around = [i for i in range(best.first, best.last + 1) if not one.first <= i <= one.last]
        kept = all(self._words[i].text.lower() in words for i in around)
        if not around or not kept or one.first < best.first or best.last < one.last:
            return best.likely
        same = (
            other.likely
            for other in ordered
            if (other.first, other.last) == (one.first, one.last)
            and set(other.proposal.text.lower().split()) <= {*words}
        )
        return min(best.likely, max(same, default=best.likely))

    def _padded(self, one: Meant, first: int, last: int) -> str:
        """Its text with the words of ``first`` to ``last`` around it."""
        start, end = min(self._start(one), self._words[first].start), max(self._words[last].end, self._end(one))
        return self._text[start : self._start(one)] + one.proposal.text + self._text[self._end(one) : end]

    def _sifted(self, asked: _Asked, meant: Sequence[Meant]) -> Iterator[Finding]:
        """The finding without the terms that lose too much in place of known words; of typed words none without any.
        What is only to be confirmed gets the likeliest of ``meant``."""
        finding = asked.finding
        if is_written(finding):
            yield self._with_likeliest(asked, meant)
            return
        known = all(map(self._reader.may_be_questioned, range(asked.first, asked.last + 1)))
        if not known or not finding.proposals or finding.kind not in _KINDS:
            yield finding
            return
        with_article = finding.start < self._words[asked.first].start
        least = 0.0 if finding.kind is FindingKind.LOW_CONFIDENCE else LOST
        kept = tuple(
            one
            for one in finding.proposals
            if one.source == SOURCE
            or self._judged(one, asked.first, asked.last, with_article=with_article, labelled=False).gain >= least
        )
        if kept or finding.kind is FindingKind.LOW_CONFIDENCE or "entendu" in finding.message:
            yield replace(finding, proposals=kept)

    def _with_likeliest(self, asked: _Asked, meant: Sequence[Meant]) -> Finding:
        """What is written stays first; the likeliest other terms for the same words take the place of its forms."""
        finding = asked.finding
        fresh = [
            one.proposal
            for one in meant
            if (self._start(one), self._end(one)) == (finding.start, finding.end)
            and one.gain >= LOST
            and root(one.proposal.text) != root(finding.excerpt)
        ]
        written, *others = finding.proposals
        others.sort(key=lambda one: root(one.text) == root(written.text))
        return replace(finding, proposals=tuple(each_once([written, *fresh[:1], *others, *fresh[1:]]))[:MOST])

    def _alone(self, i: int, finding: Finding, unlisted: bool) -> Iterator[Finding]:
        """What stays in doubt of word ``i`` where other words of its ``finding`` are asked about."""
        word = self._words[i]
        if unlisted or self._lexicon.is_drug(word.text):
            message = "mot absent des lexiques : vérifiez" if unlisted else finding.message
            kind = FindingKind.UNKNOWN_WORD if unlisted else finding.kind
            yield Finding(
                kind, word.start, word.end, word.text, (), 0.0, message, *self._places.said(word.start, word.end)
            )

    def _is_hardly_heard(self, i: int) -> bool:
        word = self._words[i]
        if len(word.text) < LETTERS or not self._reader.may_be_questioned(i):
            return False
        heard = self._places.heard(word.start, word.end)
        return heard.probability < HARDLY or (heard.differing and heard.probability < DOUBT)

    def _is_sure(self, i: int) -> bool:
        return self._reader.may_be_questioned(i) and not self._heard(i).unsure

    def _heard(self, i: int) -> Heard:
        return self._places.heard(self._words[i].start, self._words[i].end)

    def _inside(self, start: int, end: int) -> list[int]:
        return [i for i, word in enumerate(self._words) if word.start < end and start < word.end]

    def _covered(self, finding: Finding) -> Iterator[_Asked]:
        if inside := self._inside(finding.start, finding.end):
            yield _Asked(finding, inside[0], inside[-1])

    def _clusters(self, doubtful: Iterable[int]) -> Iterator[list[int]]:
        cluster: list[int] = []
        for i in doubtful:
            if cluster and (i - cluster[-1] > 1 or not self._context.tied(cluster[-1], i)):
                yield cluster
                cluster = []
            cluster.append(i)
        if cluster:
            yield cluster

    def _meant(self, cluster: Sequence[int], free: Sequence[bool]) -> Iterator[Meant]:
        begin, end = cluster[0], cluster[-1]
        longest = LONGEST if len(cluster) <= LEGIBLE else LONGEST_ILLEGIBLE
        for first in range(max(0, begin - AROUND), end + 1):
            for last in range(max(first, begin), min(first + longest, len(self._words))):
                if first > end or not any(first <= i <= last for i in cluster):
                    continue
                unsure = self._places.heard(self._words[first].start, self._words[last].end).unsure
                over = ",-" if unsure and not self._is_spelled(first, last) else "-"
                if not all(free[first : last + 1]) or not self._context.tied(first, last, over):
                    break
                for with_article in (False, True) if self._words[first].elided else (False,):
                    yield from self._terms(first, last, with_article=with_article)

    def _is_spelled(self, first: int, last: int) -> bool:
        """Whether one of these words is an abbreviation, which belongs to no word before a comma: "négative, THH"."""
        return any(len(word.text) > 1 and word.text.isupper() for word in self._words[first : last + 1])

    def _terms(self, first: int, last: int, *, with_article: bool) -> Iterator[Meant]:
        words = self._context.span(first, last, with_article=with_article)
        listed = first == last and self._lexicon.is_medical(words)
        near = [
            *(one for one in self._lexicon.propose(words, OFFERED, far=last - first < 2) if self._is_alike(words, one)),
            *self._first_heard(first, last, with_article=with_article),
        ]
        for one in near:
            if (listed and is_variant(words, one.text)) or squash(one.text) == squash(words) or turns(words, one.text):
                continue
            if all(map(self._reader.may_be_questioned, range(first, last + 1))) and not says_other(
                one, words, self._lexicon, phrase=" " in one.text, hardly=True
            ):
                continue
            if self._stands(one.text, first, with_article=with_article):
                yield self._judged(one, first, last, with_article=with_article)

    def _is_alike(self, words: str, one: Proposal) -> bool:
        return likeness(words, one.text) >= ALIKE

    def _first_heard(self, first: int, last: int, *, with_article: bool) -> Iterator[Proposal]:
        """What the first hearing wrote there, if that is a word of medicine."""
        word = self._words[first]
        start = word.start - (len(word.elided) if with_article else 0)
        before = self._witness.instead(start, self._words[last].end)
        if before and self._lexicon.is_medical(before):
            yield Proposal(before, NAMED, FIRST_SOURCE)

    def _offered(self, asked: Sequence[_Asked]) -> Iterator[Meant]:
        for one in asked:
            with_article = one.finding.start < self._words[one.first].start
            words = self._context.span(one.first, one.last, with_article=with_article)
            if words != one.finding.excerpt:
                continue
            for proposal in one.finding.proposals:
                if (
                    proposal.text != one.finding.excerpt
                    and not self._is_form(proposal, one)
                    and self._stands(proposal.text, one.first, with_article=with_article)
                ):
                    yield self._judged(proposal, one.first, one.last, with_article=with_article, labelled=False)

    def _stands(self, text: str, first: int, *, with_article: bool) -> bool:
        """Whether ``text`` may follow the article before it: no "la apixaban", no "l'pagétoïde"."""
        if text[1:2].isupper() or not text[:1].isalpha():
            return True
        elided = self._words[first].elided and not with_article
        vowel = fold(text)[0] in "aeiou"
        if elided:
            return vowel or fold(text)[0] in "hy"
        before = self._words[first - 1].text.lower() if first and self._context.touching(first) else ""
        return not (vowel and before in WHOLE)

    def _is_form(self, proposal: Proposal, asked: _Asked) -> bool:
        """Whether it is only another form of words that all are listed: no ear tells a number."""
        known = all(map(self._reader.may_be_questioned, range(asked.first, asked.last + 1)))
        return known and proposal.source != SOURCE and root(proposal.text) == root(asked.finding.excerpt)

    def _judged(self, one: Proposal, first: int, last: int, *, with_article: bool, labelled: bool = True) -> Meant:
        held = compared(
            one.text, one.source, first, last, self._context, self._heard, with_article=with_article, labelled=labelled
        )
        gain, likely = held.gain + OFFERED_BEFORE * (not labelled), held.likely + OFFERED_BEFORE * (not labelled)
        word = self._words[first]
        start = word.start - (len(word.elided) if with_article else 0)
        if before := self._witness.instead(start, self._words[last].end):
            alike = max(0.0, likeness(before, one.text) - FAR)
            named = squash(before) == squash(one.text) and self._lexicon.is_medical(one.text)
            stood = max(0.0, likeness(before, self._context.span(first, last, with_article=with_article)) - FAR)
            gain += FIRST * (alike - stood) + FIRST_NAMED * named
            likely += LIKELY_FIRST * alike + LIKELY_NAMED * named
        gain += WEIGHED_MORE * (one.source == WEIGHED)
        words = [word for word in re.split(r"[\s'’]+", one.text) if word]
        bare = words[-1] if len(words) == 2 and len(words[0]) == 1 else one.text
        said = self._context.expected(first, last)
        expected = bool(said and not said[0].isdisjoint(self._lexicon.classes(bare)))
        agreed = agrees(words, first, self._context)
        fitting = 0 if agreed is None else 1 if agreed else -1
        usual = SPECIALTY * (one.text in self._context.expected_terms)
        gain += usual + AGREES * fitting + EXPECTED * expected
        likely += usual + LIKELY_AGREES * fitting + LIKELY_EXPECTED * expected
        return Meant(first, last, one, gain, likely, with_article)

    def _finding(self, chosen: Sequence[Meant], asked: Sequence[_Asked]) -> Finding | None:
        """The question, None where the practice rejected all of its terms for words that are listed."""
        opened = [one.finding for one in asked if is_open(one.finding)]
        start, end = min(map(self._start, chosen)), max(map(self._end, chosen))
        doubts = [one for one in opened if one.start < end and start < one.end]
        start, end = min([start, *(one.start for one in doubts)]), max([end, *(one.end for one in doubts)])
        proposals = tuple(
            replace(
                one.proposal,
                text=self._text[start : self._start(one)] + one.proposal.text + self._text[self._end(one) : end],
            )
            for one in chosen
        )
        proposals = tuple(self._agreed(one, start) for one in proposals)
        if not doubts and all((one.finding.start, one.finding.end) != (start, end) for one in asked):
            start, end, proposals = self._trimmed(start, end, proposals)
        excerpt = self._text[start:end]
        proposals = tuple(one for one in each_once(proposals) if not self._lexicon.rejects(excerpt, one.text))
        inside = self._inside(start, end)
        if not proposals and all(map(self._reader.may_be_questioned, inside)):
            return None
        if doubts:
            seconds = self._places.said(start, end)
            return replace(
                doubts[0],
                start=start,
                end=end,
                excerpt=excerpt,
                proposals=proposals,
                message=" ".join(dict.fromkeys(one.message for one in doubts)),
                audio_start=seconds[0],
                audio_end=seconds[1],
            )
        same = next((one.finding for one in asked if (one.finding.start, one.finding.end) == (start, end)), None)
        if same is not None:
            likely = same.kind is FindingKind.LOW_CONFIDENCE and chosen[0].gain >= ASK
            kind = FindingKind.LIKELY_MISHEARD if likely else same.kind
            return replace(same, kind=kind, proposals=proposals)
        before = (one.finding for one in asked if one.finding.start < end and start < one.finding.end)
        told = next((one.message for one in before if "entendu" in one.message), "")
        message = told or "terme proche dans le lexique : vérifiez"
        seconds = self._places.said(start, end)
        kind = FindingKind.LIKELY_MISHEARD if proposals else FindingKind.UNKNOWN_WORD
        score = proposals[0].score if proposals else 0.0
        return Finding(kind, start, end, excerpt, proposals, score, message, *seconds)

    def _agreed(self, one: Proposal, start: int) -> Proposal:
        """The proposal for what stands at ``start``, its words agreeing: no "acidose respiratoires"."""
        before = self._text[max(0, start - BEFORE) : start]
        words = list(pieces(text := before + one.text))
        inside = [word.start >= len(before) for word in words]
        found = next(disagreements(text, words, self._lexicon, inside), None) if sum(inside) > 1 else None
        if found is None:
            return one
        begin, end = words[found.first].start, words[found.last].end
        return replace(one, text=text[len(before) : begin] + found.proposals[0].text + text[end:])

    def _trimmed(self, start: int, end: int, proposals: tuple[Proposal, ...]) -> tuple[int, int, tuple[Proposal, ...]]:
        """Without the words at either end that every proposal keeps."""
        words, texts = self._text[start:end].split(" "), [one.text.split(" ") for one in proposals]
        before = _shared(words, texts)
        after = _shared([*reversed(words[before:])], [[*reversed(text[before:])] for text in texts])
        skipped = sum(len(word) + 1 for word in words[:before])
        kept = sum(len(word) + 1 for word in words[len(words) - after :]) if after else 0
        shorter = [" ".join(text[before : len(text) - after]) for text in texts]
        if not all(shorter) or skipped + kept >= end - start:
            return start, end, proposals
        trimmed = tuple(replace(one, text=text) for one, text in zip(proposals, shorter, strict=True))
        return start + skipped, end - kept, trimmed

    def _end(self, one: Meant) -> int:
        return self._words[one.last].end

    def _start(self, one: Meant) -> int:
        word = self._words[one.first]
        return word.start - (len(word.elided) if one.with_article else 0)


def is_open(finding: Finding) -> bool:
    """Whether it is a doubt of the dictation about words without any figure, which offers nothing."""
    letters = any(map(str.isalpha, finding.excerpt)) and not any(map(str.isdigit, finding.excerpt))
    return finding.kind is FindingKind.DICTATED and not finding.proposals and letters


def is_written(finding: Finding) -> bool:
    """Whether the text has what the sound said best: it is only to be confirmed."""
    return bool(finding.proposals) and finding.proposals[0].text == finding.excerpt


def each_once(proposals: Sequence[Proposal]) -> Iterable[Proposal]:
    """The first of each text in any case, in order."""
    first: dict[str, Proposal] = {}
    for one in proposals:
        first.setdefault(one.text.lower(), one)
    return first.values()


def _shared(words: Sequence[str], texts: Sequence[Sequence[str]]) -> int:
    """How many first words all have."""
    count = 0
    while count < len(words) and all(len(text) > count and text[count] == words[count] for text in texts):
        count += 1
    return count


def _likeliest(one: Meant) -> tuple[float, int, bool]:
    return -one.likely, one.last - one.first, one.with_article


def _most_saved(meant: Sequence[Meant]) -> list[Meant]:
    """Those that share no word and are likeliest together, the best first."""
    best: list[tuple[float, tuple[Meant, ...]]] = [(0.0, ())]
    ends: list[int] = [-1]
    for one in sorted(meant, key=lambda one: one.last):
        weight = max(one.likely, LITTLE)
        total, chosen = best[bisect_left(ends, one.first) - 1]
        if total + weight > best[-1][0] + EVEN:
            best.append((total + weight, (*chosen, one)))
            ends.append(one.last)
    return sorted(best[-1][1], key=_likeliest)


_Placed = TypeVar("_Placed", Meant, _Asked)


def _by_word(ones: Iterable[_Placed]) -> dict[int, list[_Placed]]:
    """By word those that have it, in order."""
    found: dict[int, list[_Placed]] = {}
    for one in ones:
        for i in range(one.first, one.last + 1):
            found.setdefault(i, []).append(one)
    return found


def _at(ones: Mapping[int, Sequence[_Placed]], first: int, last: int) -> list[_Placed]:
    """Those that have one of the words, once each."""
    return list({id(one): one for i in range(first, last + 1) for one in ones.get(i, ())}.values())


class _Taken:
    """The letters of a text that findings stand at."""

    def __init__(self, length: int, findings: Iterable[Finding]) -> None:
        self._letters = bytearray(length + 1)
        for one in findings:
            self._letters[one.start : one.end] = b"\x01" * (one.end - one.start)

    def any(self, start: int, end: int) -> bool:
        return 1 in self._letters[start:end]
