"""Errors made of real words: words that all exist, do not fit where they stand, and sound like a term.

A recogniser that does not know a term writes common words of the same sound ("polype hectomie", "à telle" for an
"attelle", "instinctif" for a "stent actif"). Two ways lead to a question:

- *same sound*: two to four words that never stand together sound exactly like one term;
- *surprise*: a word is rare in French and foreign to medicine, or was hardly heard, or was heard differently the second
  time; it, alone or with its neighbours, is near a term that fits better.

A candidate's score is its likeness (`Lexicon.propose`), more for what speaks for it, less for what speaks for the
words as they stand (`_Weights`). Nothing is ever changed; every finding says why it asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.model.phonetic import likeness, sound_of
from pipeline.model.text import Proposal
from pipeline.verify.port import OPPOSITE, Lexicon
from pipeline.verify.spelling import squash
from pipeline.verify.tokens import Piece
from pipeline.verify.usage import content, root

LONGEST = 4
"""Words of a span: a longer term is not cut into more by a recogniser that writes real words."""
KEY = 4
"""Sounds of the shortest term that is looked for: below, half of French sounds alike."""
RARE = 3.0
"""Zipf value (once in a million words) below which a word that is no medical one surprises."""
DOUBT = 0.55
"""Probability of a word below which its neighbours are looked at too."""
ENOUGH = 0.86
NEAR = 0.66
"""Likeness of a term that is shown for a word that was hardly heard."""
LONG_KEY = 7
"""Sounds of a term that nobody listed, to be asked about for its sound alone."""
USED = 2.5
"""Zipf value of a term that is in general use: what somebody says is rarely a nomenclature's rarity."""
SURE = 0.9
"""Likeness of a term that may swallow a small word."""
CHANGED = 0.6
"""Least likeness of a word of a term to the word that it would replace: the sound must bear the change."""
KEY_OF_PART = 6
"""Sounds that such a term has at least."""
STEM = 0.6
"""The share of the longer word that two forms of one word have in common at least."""
LINKS = frozenset(("et", "est", "ou"))
"""What stands between two right words more often than it begins a term."""
CHANGED_MEDICAL = 0.8
PHRASE = 0.8
"""Likeness of a term of several words to words of which one is right."""
PHRASE_ENOUGH = 0.9
EVERYWHERE = frozenset(("droit", "droite", "gauche", "aigu", "aiguë", "chronique"))
"""Words of so many terms that they say nothing of the other one."""
ENDING = 4
"""Letters of the longest ending that makes another form of a word."""


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

_OF = r"(?:d['’]une?|de la|de l['’]|du|des|de|d['’]|une?|la|le|l['’])\s*$"
CUES: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = tuple(
    (frozenset(groups), re.compile(rf"\b(?:{words})\s+{_OF}", re.IGNORECASE), said)
    for groups, words, said in (
        (("device",), "pose|mise en place|implantation|ablation|retrait|changement", "un dispositif"),
        (("procedure", "imaging"), "réalisation|réalis[ée]e?r?|après|lors", "un acte"),
        (("drug", "drug-brand"), "sous|traitement par|prend|poursuite|arrêt|introduction|relais par", "un médicament"),
        (("lab-test",), "dosage|taux", "une analyse"),
    )
)
"""What is expected after some words, written from the grammar of letters: classes, the words, the French for it."""
_DOSE = re.compile(r"\s*(?:à\s+)?\d+(?:[.,]\d+)?\s*(?:mg|µg|g|ml|UI)\b")
_DRUGS = frozenset({"drug", "drug-brand"})


@dataclass(frozen=True, slots=True)
class Surprise:
    """Words ``first`` to ``last`` that do not fit: what may be meant, best first, and why in French."""

    first: int
    last: int
    proposals: tuple[Proposal, ...]
    why: str
    with_article: bool = False

    @property
    def score(self) -> float:
        return self.proposals[0].score


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear knows of a stretch of the text: the least probability, and whether two hearings differ there."""

    probability: float = 1.0
    differing: bool = False


@dataclass(frozen=True, slots=True)
class _Judged:
    proposal: Proposal
    reasons: tuple[str, ...]
    alike: bool


def _family(heard: str, meant: str) -> bool:
    """Whether both are forms of one word: only the ending differs ("stimulés", "stimuler"), or the first holds it."""
    shared = next(
        (i for i, (a, b) in enumerate(zip(heard, meant, strict=False)) if a != b), min(len(heard), len(meant))
    )
    longest = max(len(heard), len(meant))
    ending = shared >= max(KEY, STEM * longest) and longest - shared <= ENDING
    return ending or (len(meant) >= KEY and heard.endswith(meant))


def _prefixed(heard: str, meant: str) -> bool:
    """Whether one is the other behind a beginning, which may turn its meaning: "normale", "anormal"."""
    short, long = sorted((root(heard), root(meant)), key=len)
    return len(short) >= KEY and short != long and long.endswith(short)


class Surprises:
    """Reads the words of one text. ``known`` says which may be questioned here: known ones that are no names."""

    def __init__(
        self,
        text: str,
        words: Sequence[Piece],
        known: Sequence[bool],
        lexicon: Lexicon,
        heard: Callable[[int, int], Heard] = lambda _start, _end: Heard(),
    ) -> None:
        self._text, self._words, self._known, self._lexicon, self._heard = text, words, known, lexicon, heard
        self._answers: dict[tuple[int, int], Surprise | None] = {}
        self._odd = [known[i] and self._is_odd(i) for i in range(len(words))]

    def all(self) -> Iterator[Surprise]:
        """A question for each word that has one; they may overlap."""
        return (found for i in range(len(self._words)) if self._known[i] and (found := self._at(i)))

    def _at(self, i: int) -> Surprise | None:
        """The best question about words that begin with word ``i``, or that hold it when it is odd."""
        spans = [(i, i + more) for more in range(LONGEST) if self._joined(i, i + more)]
        if self._odd[i]:
            spans += [(i - 1, i + more) for more in range(LONGEST - 1) if self._joined(i - 1, i + more)]
        found = [one for span in spans if (one := self._asked(*span))]
        found += self._phrases(i)
        return max(found, key=lambda one: (one.score, one.first - one.last), default=None)

    def _asked(self, first: int, last: int) -> Surprise | None:
        if (first, last) not in self._answers:
            self._answers[first, last] = self._question(first, last)
        return self._answers[first, last]

    def _question(self, first: int, last: int) -> Surprise | None:
        odd = any(self._odd[first : last + 1])
        best: Surprise | None = None
        for with_article in (False, True) if self._words[first].elided else (False,):
            words = self._span(first, last, with_article=with_article)
            alike = self._alike(words, first, last) if last > first or (with_article and odd) else ()
            heard = self._heard(self._words[first].start, self._words[last].end)
            unsure = heard.probability < DOUBT or heard.differing
            if not alike and not (odd and (unsure or with_article or self._whole(first, last))):
                continue
            far = unsure or self._expected(first, last) is not None
            judged = [
                self._judged(one, first, last, heard, one.text in alike)
                for one in self._lexicon.propose(words, 5, far=far)
                if self._other(one, words, exact=one.text in alike)
            ]
            judged.sort(key=lambda one: -one.proposal.score)
            if not judged or not self._enough(judged[0], first, last, with_article=with_article):
                continue
            if best is None or judged[0].proposal.score > best.score:
                proposals = tuple(one.proposal for one in judged[:3])
                best = Surprise(first, last, proposals, " et ".join(judged[0].reasons), with_article)
        return best

    def _phrases(self, i: int) -> Iterator[Surprise]:
        """Terms of several words that hold word ``i``, where what stands beside it only sounds like the rest."""
        if not content(self._words[i].text) or self._words[i].text.lower() in EVERYWHERE:
            return
        for term in self._lexicon.phrases(self._words[i].text):
            cut = re.split(r"[\s'’]+", term.text)
            places = [place for place, word in enumerate(cut) if root(word) == root(self._words[i].text)]
            for place in places[:1]:
                for more in (-1, 0, 1):
                    last = place == len(cut) - 1
                    span = (i - place - more, i) if last else (i - place, i - place + len(cut) - 1 + more)
                    if found := self._phrase(term, *span):
                        yield found

    def _phrase(self, term: Proposal, first: int, last: int) -> Surprise | None:
        if last <= first or not self._joined(first, last) or self._stands(first, last, every=True):
            return None
        words = self._span(first, last)
        sounds = likeness(words, term.text)
        one = replace(term, score=round(sounds, 4))
        if sounds < PHRASE or not self._other(one, words):
            return None
        heard = self._heard(self._words[first].start, self._words[last].end)
        judged = self._judged(one, first, last, heard, sounds == 1.0, anchored=True)
        if judged.proposal.score < PHRASE_ENOUGH:
            return None
        return Surprise(first, last, (judged.proposal,), " et ".join(judged.reasons))

    def _enough(self, best: _Judged, first: int, last: int, *, with_article: bool) -> bool:
        """One word needs a reason beside its sound; several that sound alike need a term that is in use."""
        one, ends = best.proposal, (self._words[first].text, self._words[last].text)
        if one.score < ENOUGH:
            return False
        if first == last and not with_article:
            return len(best.reasons) > 1 and not self._lexicon.is_medical(ends[0])
        whole = self._whole(first, last)
        if not best.alike:
            sounds = likeness(self._span(first, last, with_article=with_article), one.text)
            return (whole and not with_article) or (sounds >= SURE and len(sound_of(one.text)) >= KEY_OF_PART)
        part = not content(ends[1]) or ends[0].lower() in LINKS
        if part and len(sound_of(one.text)) < KEY_OF_PART and not any(self._odd[first : last + 1]):
            return False
        used = "liste" in one.source or self._lexicon.frequency(one.text) > USED
        return used or (whole and len(sound_of(one.text)) >= LONG_KEY)

    def _alike(self, words: str, first: int, last: int) -> tuple[str, ...]:
        """Terms of exactly this sound, when the words are not known to stand together."""
        alike = self._lexicon.same_sound(words)
        return () if not alike or len(sound_of(words)) < KEY or self._stands(first, last) else alike

    def _judged(
        self, one: Proposal, first: int, last: int, heard: Heard, alike: bool, *, anchored: bool = False
    ) -> _Judged:
        before, after = self._beside(first, -1), self._beside(last, 1)
        meant = _content(one.text)
        reasons, score = [f"« {one.text} » sonne pareil" if alike else f"« {one.text} » en est proche"], one.score
        score += WEIGHTS.same_sound if alike else 0.0
        if meant and before and self._lexicon.together(before, meant[0]):
            score += WEIGHTS.goes_with
            reasons.append(f"va avec « {before} »")
        elif meant and after and self._lexicon.together(meant[-1], after):
            score += WEIGHTS.goes_with
            reasons.append(f"va avec « {after} »")
        if (said := self._expected(first, last)) and not said[0].isdisjoint(self._lexicon.classes(one.text)):
            score += WEIGHTS.expected
            reasons.append(f"{said[1]} est attendu ici")
        if not anchored and (self._stands(first, last) or self._fits(before, first, last, after)):
            score += WEIGHTS.stands_well
        score += WEIGHTS.unheard * (1 - heard.probability) + WEIGHTS.differing * heard.differing
        score += WEIGHTS.rare * any(self._rare(i) for i in range(first, last + 1))
        return _Judged(replace(one, score=round(min(1.0, max(0.0, score)), 4)), tuple(reasons), alike)

    def _other(self, one: Proposal, words: str, *, exact: bool = False) -> bool:
        """Neither words of the span, nor other forms of them, nor their opposite; its new words must sound like it."""
        heard, meant = _content(words), _content(one.text)
        if OPPOSITE in one.source or not heard or list(map(root, heard)) == list(map(root, meant)):
            return False
        if squash(words) == squash(one.text) and (len(heard) <= len(meant) or heard[0].lower() == "non"):
            return False
        parts = [" ".join(heard[i:j]) for i in range(len(heard)) for j in range(i + 1, len(heard) + 1)]
        own = [squash(part) for part in parts if len(words.split()) == 1 or squash(part) != squash(words)]
        if len(heard) > 1 and not exact and any(_prefixed(squash(a), squash(b)) for a in heard for b in meant):
            return False
        if exact and len(heard) > 1:
            return True
        new = [word for word in meant or [one.text] if not any(_family(part, squash(word)) for part in own)]
        if len(new) in (0, len(meant)):
            return bool(new)
        return all(self._bears((*parts, words), word) for word in new)

    def _bears(self, parts: Sequence[str], word: str) -> bool:
        """A medical word is only questioned for one that sounds nearly the same: it rarely comes of mishearing."""
        alike, part = max((likeness(part, word), part) for part in parts)
        return alike >= (CHANGED_MEDICAL if self._lexicon.is_medical(part) else CHANGED)

    def _whole(self, first: int, last: int) -> bool:
        return content(self._words[first].text) and content(self._words[last].text)

    def _expected(self, first: int, last: int) -> tuple[frozenset[str], str] | None:
        start = self._words[first].start
        before = self._text[max(0, start - 40) : start]
        found = next(((groups, said) for groups, cue, said in CUES if cue.search(before)), None)
        if found is None and _DOSE.match(self._text, self._words[last].end):
            return _DRUGS, "un médicament"
        return found

    def _stands(self, first: int, last: int, *, every: bool = False) -> bool:
        """Whether labels have words of the span beside each other (``every``: all that follow each other)."""
        inside = [self._words[i].text for i in range(first, last + 1) if content(self._words[i].text)]
        beside = [self._lexicon.together(left, right) for left, right in pairwise(inside)]
        return any(beside) if not every else all(beside)

    def _fits(self, before: str, first: int, last: int, after: str) -> bool:
        here, there = self._words[first].text, self._words[last].text
        return bool(before and content(here) and self._lexicon.together(before, here)) or bool(
            after and content(there) and self._lexicon.together(there, after)
        )

    def _beside(self, i: int, step: int) -> str:
        """The next word that carries a meaning on this side, in the same clause; ``""`` when there is none near."""
        for j in (i + step, i + 2 * step, i + 3 * step):
            if not 0 <= j < len(self._words):
                return ""
            left, right = (j, j - step) if step < 0 else (j - step, j)
            if set(self._text[self._words[left].end : self._words[right].start]) & set(".,;:()\n"):
                return ""
            if content(self._words[j].text):
                return self._words[j].text
        return ""

    def _is_odd(self, i: int) -> bool:
        word = self._words[i]
        if len(word.text) < KEY or (word.capitalised and not self._begins(i)):
            return False
        heard = self._heard(word.start, word.end)
        return self._rare(i) or heard.probability < DOUBT or heard.differing

    def _begins(self, i: int) -> bool:
        """Whether a sentence or a line begins here."""
        start = self._words[i].start - len(self._words[i].elided)
        before = self._text[max(0, start - 4) : start].rstrip(" \u00a0")
        return not before or before[-1] in ".:\n"

    def _rare(self, i: int) -> bool:
        parts = [part for part in self._words[i].text.split("-") if content(part)]
        return any(self._lexicon.frequency(one) < RARE and not self._lexicon.is_medical(one) for one in parts)

    def _joined(self, first: int, last: int) -> bool:
        if first < 0 or last >= len(self._words) or not all(self._known[first : last + 1]):
            return False
        gaps = (self._text[self._words[j].end : self._words[j + 1].start] for j in range(first, last))
        return all("\n" not in gap and not gap.strip(" \u00a0'’ldsnmtcLDqu") for gap in gaps)

    def _span(self, first: int, last: int, *, with_article: bool = False) -> str:
        start = self._words[first].start - (len(self._words[first].elided) if with_article else 0)
        return self._text[start : self._words[last].end]


def _content(words: str) -> list[str]:
    return [word for word in re.split(r"[\s'’-]+", words) if content(word)]


def instead(word: str, lexicon: Lexicon) -> tuple[Proposal, ...]:
    """The medical terms near a word that is none and was hardly heard; none for a medical word."""
    if lexicon.is_medical(word):
        return ()
    near = (one for one in lexicon.propose(word, 6) if one.score >= NEAR and OPPOSITE not in one.source)
    return tuple(one for one in near if lexicon.is_medical(one.text) and not _family(squash(word), squash(one.text)))[
        :3
    ]
