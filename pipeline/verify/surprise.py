"""Errors made of real words: words that all exist, do not fit where they stand, and sound like a term.

A recogniser that does not know a term writes common words of the same sound ("polype hectomie", "à telle" for an
"attelle", "instinctif" for a "stent actif"). Three ways lead to a question:

- *apart*: a small word and the next one are a term, or nearly one that goes with the word before ("corne en terreur");
- *same sound*: two to four words that never stand together sound exactly like one term;
- *surprise*: a word is rare in French and foreign to medicine, or was hardly heard, or was heard differently the second
  time; it, alone or with its neighbours, is near a term that fits better.

A candidate's score is its likeness (`Lexicon.propose`), more for what speaks for it, less for what speaks for the
words as they stand (`ranking`). Nothing is ever changed; every finding says why it asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from pipeline.model.phonetic import keys_alike, likeness, sound_of
from pipeline.model.text import Proposal
from pipeline.verify.context import Context
from pipeline.verify.kin import says_other
from pipeline.verify.places import Heard, surely
from pipeline.verify.ranking import Judged, judged
from pipeline.verify.usage import content, root, roots

LONGEST = 4
"""Words of a span: a longer term is not cut into more by a recogniser that writes real words."""
KEY = 4
"""Sounds of the shortest term that is looked for: below, half of French sounds alike."""
ENOUGH = 0.86
ENOUGH_UNSURE = 0.8
"""The same where the words were badly heard."""
LONG_KEY = 7
"""Sounds of a term that nobody listed, to be asked about for its sound alone."""
LEARNED = 3.5
"""Zipf value below which a medical word of so many letters is never made up of other sounds."""
LEARNED_LETTERS = 7
USED = 2.5
"""Zipf value of a term that is in general use: what somebody says is rarely a nomenclature's rarity."""
SURE = 0.9
"""Likeness of a term that may swallow a small word."""
KEY_OF_PART = 6
"""Sounds that such a term has at least."""
APART = frozenset(("en", "mi", "ma", "mon", "sa", "sur", "par"))
"""Small words that may be the beginning of a term."""
PRIVATIVE = frozenset(("a", "à"))
"""How a recogniser writes the Greek a- of a term apart."""
COMMON = 4.0
"""Zipf value above which what follows one of them is taken to be meant."""
APART_LESS = 0.6
"""So much rarer in general French a term may be than the word that its end makes alone."""
LINKS = frozenset(("et", "est", "ou"))
"""What stands between two right words more often than it begins a term."""
ARTICLES = frozenset(("les", "des", "mes", "ses", "ces"))
"""They stand before nearly every noun."""
PHRASE = 0.8
"""Likeness of a term of several words to words of which one is right."""
ROUNDING = 1e-9
AS_LONG = 2 * PHRASE - 1
"""Share of the sounds of the longer of the two that the shorter one has then at least: one more costs a half or one
(`phonetic.distance`)."""
PHRASE_ENOUGH = 0.9
HARDLY = 0.2
"""Probability under which a word says hardly anything of what was said."""
MORE = (-1, 0, 1, 2, 3)
"""Words that may be heard too few or too many of a term of several words: "pied l'on est frite obstructive"."""
LONG_TERM = 20
"""Letters of a term one word of which may be written as four."""
EVERYWHERE = frozenset(("droit", "droite", "gauche", "aigu", "aiguë", "chronique"))
"""Words of so many terms that they say nothing of the other one."""


@lru_cache(maxsize=50_000)
def _shape(term: str) -> tuple[tuple[str, ...], str]:
    """The roots of the words of a term, and its key."""
    return tuple(map(root, re.split(r"[\s'’]+", term))), sound_of(term)


def _as_long(said: int, meant: int) -> bool:
    """Whether two groups of words have about as many sounds: others are no `PHRASE` of each other."""
    return min(said, meant) >= AS_LONG * max(said, meant) - ROUNDING


@dataclass(frozen=True, slots=True)
class _Holding:
    """Terms of ``size`` words of which one word is at ``place``, each with its number in the list and its key."""

    place: int
    size: int
    long: bool
    terms: tuple[tuple[int, Proposal, str], ...]

    @property
    def last(self) -> bool:
        return self.place == self.size - 1


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


class Surprises:
    """Reads the words of one text. ``known`` says which may be questioned here: known ones that are no names."""

    def __init__(
        self,
        context: Context,
        known: Sequence[bool],
        heard: Callable[[int, int], Heard] = surely,
    ) -> None:
        self._context, self._known, self._heard = context, known, heard
        self._text, self._words, self._lexicon = context.text, context.words, context.lexicon
        self._answers: dict[tuple[int, int], Surprise | None] = {}
        self._held: dict[str, list[_Holding]] = {}
        self._reach = self._reaches()
        lengths = (len(sound_of(word.elided + word.text)) for word in self._words)
        self._sounds = [0, *accumulate(lengths)]
        self._odd = [known[i] and self._is_odd(i) for i in range(len(self._words))]

    def all(self) -> Iterator[Surprise]:
        """A question for each word that has one; they may overlap."""
        return (found for i in range(len(self._words)) if self._known[i] and (found := self._at(i)))

    def _at(self, i: int) -> Surprise | None:
        """The best question about words that begin with word ``i``, or that hold it when it is odd."""
        spans = [(i, i + more) for more in range(LONGEST) if self._joined(i, i + more)]
        if self._odd[i]:
            spans += [(i - 1, i + more) for more in range(LONGEST - 1) if self._joined(i - 1, i + more)]
        found = [one for span in spans if (one := self._asked(*span))]
        found += [*self._phrases(i), *self._undone(i)]
        return max(found, key=lambda one: (one.score, one.first - one.last), default=None)

    def _asked(self, first: int, last: int) -> Surprise | None:
        if (first, last) not in self._answers:
            self._answers[first, last] = self._question(first, last)
        return self._answers[first, last]

    def _question(self, first: int, last: int) -> Surprise | None:
        if self._context.fixed(first) or self._swallows_link(first, last):
            return None
        odd = any(self._odd[first : last + 1])
        best: Surprise | None = None
        for with_article in (False, True) if self._words[first].elided else (False,):
            words = self._context.span(first, last, with_article=with_article)
            alike = self._alike(words, first, last) if last > first or (with_article and odd) else ()
            heard = self._heard(self._words[first].start, self._words[last].end)
            unsure = heard.unsure
            apart = not with_article and self._apart(first, last)
            if not alike and not apart and not (odd and (unsure or with_article or self._whole(first, last))):
                continue
            far = unsure or self._context.expected(first, last) is not None
            ranked = [
                judged(one, first, last, self._context, heard, one.text.lower() in alike)
                for one in self._lexicon.propose(words, 5, far=far)
                if (apart and one.text.lower() == apart) or self._differs(one, words, alike, first, last)
            ]
            ranked.sort(key=lambda one: -one.proposal.score)
            written = ranked and ranked[0].proposal.text.lower() == apart
            if not ranked or not (written or self._enough(ranked[0], first, last, with_article=with_article)):
                continue
            if best is None or ranked[0].proposal.score > best.score:
                proposals = tuple(one.proposal for one in ranked[:3])
                best = Surprise(first, last, proposals, " et ".join(ranked[0].reasons), with_article)
        return best

    def _apart(self, first: int, last: int) -> str:
        """The term that a small word and the next one are when they are written together ("en torse"), or nearly, where
        it goes with the word before ("ligament croisé en terreur"); ``""`` when they are none."""
        if last - first != 1 or not self._joined(first, last):
            return ""
        small, rest = self._words[first].text.lower(), self._words[last].text.lower()
        if small in PRIVATIVE:
            return self._privative(rest)
        if small not in APART:
            return ""
        used, term = self._lexicon.frequency(rest), small + rest
        learned = self._lexicon.is_medical(term) and not self._lexicon.is_medical(rest)
        usual = used <= COMMON and not rest.endswith("ant") and self._lexicon.frequency(term) >= used - APART_LESS
        return term if learned and usual else self._apart_nearly(first, f"{small} {rest}")

    def _apart_nearly(self, first: int, words: str) -> str:
        before = self._context.beside(first, -1)
        found = self._lexicon.propose(words, 3, far=False) if before else ()
        return next(
            (
                one.text.lower()
                for one in found
                if self._lexicon.is_medical(one.text)
                and self._lexicon.together(before, one.text)
                and likeness(words, one.text) >= SURE
            ),
            "",
        )

    def _privative(self, rest: str) -> str:
        """The term of the Greek a- that "à" and an adjective alone are: nothing is "à symptomatique"."""
        readings = self._lexicon.readings(rest)
        if not readings or any(one.noun or not one.genders for one in readings):
            return ""
        return "a" + rest if self._lexicon.is_medical("a" + rest) else ""

    def _differs(self, one: Proposal, words: str, alike: Sequence[str], first: int, last: int) -> bool:
        exact = one.text.lower() in alike
        return says_other(one, words, self._lexicon, exact=exact) and (exact or self._keeps(one.text, first, last))

    def _swallows_link(self, first: int, last: int) -> bool:
        """Whether the words end with a link after what goes with the word before them: "dyspnée [d'effort et]"."""
        before = self._context.beside(first, -1)
        link = last > first and self._words[last].text.lower() in LINKS
        return link and bool(before) and self._lexicon.together(before, self._words[last - 1].text)

    def _phrases(self, i: int) -> list[Surprise]:
        """Terms of several words that hold word ``i``, where what stands beside it only sounds like the rest."""
        if not content(self._words[i].text) or self._words[i].text.lower() in EVERYWHERE:
            return []
        found: list[tuple[int, int, Surprise]] = []
        for held in self._holding(self._words[i].text):
            for step, more in enumerate(MORE if held.long else MORE[:3]):
                begin = i - held.place - (more if held.last else 0)
                span = (begin, i if held.last else begin + held.size - 1 + more)
                found += [(number, step, one) for number, one in self._phrases_at(held, *span)]
        return [one for _, _, one in sorted(found, key=lambda one: one[:2])]

    def _undone(self, i: int) -> Iterator[Surprise]:
        """ "des obstructions rhinopharyngées": the listed term of the beginning "dés-", heard as an article."""
        if self._words[i].text.lower() != "des" or not self._joined(i, i + 2):
            return
        meant = [root("dés" + self._words[i + 1].text), root(self._words[i + 2].text)]
        if self._lexicon.together(self._words[i + 1].text, self._words[i + 2].text):
            return
        for term in self._lexicon.phrases(self._words[i + 2].text):
            if roots(term.text) == meant:
                yield Surprise(i, i + 2, (replace(term, score=1.0),), f"« {term.text} » sonne pareil")

    def _holding(self, word: str) -> list[_Holding]:
        """The listed terms of several words that hold ``word``, by its place in them."""
        here = root(word)
        if here not in self._held:
            groups: dict[tuple[int, int, bool], list[tuple[int, Proposal, str]]] = {}
            for number, term in enumerate(self._lexicon.phrases(word)):
                cut, key = _shape(term.text)
                if here in cut:
                    kind = (cut.index(here), len(cut), len(term.text) >= LONG_TERM)
                    groups.setdefault(kind, []).append((number, term, key))
            self._held[here] = [_Holding(*kind, tuple(terms)) for kind, terms in groups.items()]
        return self._held[here]

    def _phrases_at(self, held: _Holding, first: int, last: int) -> Iterator[tuple[int, Surprise]]:
        """Those of the terms that the words ``first`` to ``last`` sound like, each with its number."""
        if first < 0 or last >= len(self._words) or last <= first:
            return
        length = self._sounds[last + 1] - self._sounds[first] - len(sound_of(self._words[first].elided))
        likely = [one for one in held.terms if _as_long(length, len(one[2]))]
        if not likely or not self._joined(first, last) or self._context.stands(first, last, every=True):
            return
        said = sound_of(self._context.span(first, last))
        for place in self._lexicon.perhaps_alike(said, [key for _, _, key in likely], PHRASE):
            number, term, key = likely[place]
            sounds = keys_alike(said, key, PHRASE)
            if sounds >= PHRASE and (found := self._phrase(term, sounds, first, last)):
                yield number, found

    def _bare(self, term: Proposal, first: int, last: int) -> bool:
        """Whether what stands for a part of the term are small words that were surely heard: "épaules et de"."""
        kept = set(map(root, re.split(r"[\s'’]+", term.text)))
        others = (i for i in range(first, last + 1) if root(self._words[i].text) not in kept)
        return not any(
            content(self._words[i].text) or self._heard(self._words[i].start, self._words[i].end).unsure for i in others
        )

    def _phrase(self, term: Proposal, sounds: float, first: int, last: int) -> Surprise | None:
        words = self._context.span(first, last)
        one = replace(term, score=round(sounds, 4))
        heard = self._heard(self._words[first].start, self._words[last].end)
        hardly = heard.probability < HARDLY
        if not says_other(one, words, self._lexicon, phrase=True, hardly=hardly):
            return None
        if sounds < 1.0 and self._bare(term, first, last):
            return None
        fitting = judged(one, first, last, self._context, heard, sounds == 1.0, anchored=True)
        if fitting.proposal.score < PHRASE_ENOUGH:
            return None
        return Surprise(first, last, (fitting.proposal,), " et ".join(fitting.reasons))

    def _enough(self, best: Judged, first: int, last: int, *, with_article: bool) -> bool:
        """One word needs a reason beside its sound; several that sound alike need a term that is in use."""
        one, ends = best.proposal, (self._words[first].text, self._words[last].text)
        unsure = self._heard(self._words[first].start, self._words[last].end).unsure
        if one.score < (ENOUGH_UNSURE if unsure and last > first else ENOUGH):
            return False
        if first == last:
            listed = self._lexicon.is_medical(ends[0]) or bool(self._lexicon.classes(ends[0]))
            if listed and not (with_article and best.alike):
                return False
            if not with_article:
                return len(best.reasons) > 1
        if ends[0].lower() in ARTICLES and not any(self._odd[first : last + 1]):
            return False  # "des trois" is no "détroit"
        whole = self._whole(first, last)
        if not best.alike:
            sounds = likeness(self._context.span(first, last, with_article=with_article), one.text)
            return (whole and not with_article) or (sounds >= SURE and len(sound_of(one.text)) >= KEY_OF_PART)
        part = not content(ends[1]) or ends[0].lower() in LINKS
        if part and len(sound_of(one.text)) < KEY_OF_PART and not any(self._odd[first : last + 1]):
            return False
        used = "liste" in one.source or self._lexicon.frequency(one.text) > USED
        return used or (whole and len(sound_of(one.text)) >= LONG_KEY)

    def _alike(self, words: str, first: int, last: int) -> tuple[str, ...]:
        """Terms of exactly this sound; when the words stand together in some label, only a term of the same words, that
        one of them may be a wrong form of ("appuie complet")."""
        alike = self._lexicon.same_sound(words)
        if not alike or len(sound_of(words)) < KEY:
            return ()
        stands = self._context.stands(first, last)
        return tuple(one.lower() for one in alike if not stands or roots(one) == roots(words))

    def _keeps(self, text: str, first: int, last: int) -> bool:
        """Whether ``text`` has the learned words of the span: nobody writes one by chance."""
        learned = {root(word.text) for word in self._words[first : last + 1] if self._is_learned(word.text)}
        return learned <= set(map(root, text.split()))

    def _is_learned(self, word: str) -> bool:
        rare = len(word) >= LEARNED_LETTERS and self._lexicon.frequency(word) < LEARNED
        return rare and self._lexicon.is_medical(word)

    def _whole(self, first: int, last: int) -> bool:
        return content(self._words[first].text) and content(self._words[last].text)

    def _is_odd(self, i: int) -> bool:
        word = self._words[i]
        if len(word.text) < KEY or (word.capitalised and not self._context.begins(i)):
            return False
        heard = self._heard(word.start, word.end)
        return self._context.rare(i) or heard.unsure

    def _joined(self, first: int, last: int) -> bool:
        if first < 0 or last >= len(self._words):
            return False
        if last <= self._reach[first]:
            return True
        if last == first or not all(self._known[first : last + 1]):
            return False
        unsure = self._heard(self._words[first].start, self._words[last].end).unsure
        return unsure and all(self._tied(j, commas=",") for j in range(first, last))

    def _reaches(self) -> list[int]:
        """For each word the last one up to which all are known and tied; for an unknown word the one before it."""
        reach = [0] * len(self._words)
        for i in reversed(range(len(self._words))):
            on = i + 1 < len(self._words) and self._known[i + 1] and self._tied(i)
            reach[i] = i - 1 if not self._known[i] else reach[i + 1] if on else i
        return reach

    def _tied(self, j: int, commas: str = "") -> bool:
        """Whether nothing but spaces and elided articles stand between word ``j`` and the next."""
        gap = self._text[self._words[j].end : self._words[j + 1].start]
        return "\n" not in gap and not gap.strip(" \u00a0'’ldsnmtcLDqu" + commas)
