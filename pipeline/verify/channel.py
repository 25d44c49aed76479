"""What was meant, as a noisy channel: a term is likely where it is expected and sounds like what was written.

Of all terms that some words may stand for, the best is the one for which *what it costs to say it* plus *what it costs
to hear it so* is least (Shannon's noisy channel; Kernighan, Church and Gale 1990 for spelling; Mays, Damerau and Mercer
1991 for errors that are words). Saying a word costs minus the natural logarithm of its probability: little for what
everybody or every doctor says, much for a rarity, most for what is in no list. A listed term of several words costs as
much as one word, so it explains a whole stretch at once: "pouls pédieux" costs less than "poupée" and "dieux" do.
Hearing it so costs `SOUND` for each sound that differs. What a term saves over the words as they stand is its *gain*.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import log

from pipeline.model.phonetic import edits, sound_of
from pipeline.model.text import Proposal
from pipeline.verify.context import Context
from pipeline.verify.kin import content_words
from pipeline.verify.places import Heard
from pipeline.verify.port import LISTED, Lexicon
from pipeline.verify.usage import content, root, roots

SOUND = 2.5
"""Nats for a sound that is heard as another one, added or lost (`phonetic.distance`)."""
UNLISTED, UNLISTED_SOUND = 4.0, 2.2
"""Nats of a word that no list has, and of each of its sounds."""
PLAIN = 2.0
"""Nats by which a word that is none of medicine is rarer in a letter than in French at large."""
LISTED_WORD = 10.5
"""The most that a word of an own list costs: one in 36,000, for letters are full of them."""
DOCUMENT_WORD = 9.0
"""The same for a word of letters and their headings ("échographie", "cordialement")."""
MEDICAL_WORD = 12.5
"""The same for a word of a nomenclature."""
LEARNED_WORD = 14.0
"""The most that a long and rare word costs that is in no list of medicine ("nébulisation")."""
USUAL, USUAL_WORDS = 7.5, 100
"""Nats of the words that stand in most labels, and how many are as usual: further ones cost the logarithm of their
place more (Zipf)."""
TERM = 11.0
"""The most that a listed term of several words costs."""
LABEL = 13.0
"""The same for one of a nomenclature."""
USED_LEAST = 1.5
"""Zipf value of a French word that is hardly ever used."""
BESIDE = 5.0
"""Nats that a term saves beside a word with which labels have it."""
GONE = 9.0
"""Nats of a listed word that was heard and is not in the term: most of these are right."""
GONE_MEDICAL = 10.0
"""The same of a word of medicine: it is hardly ever made up."""
TOUCHED = 0.5
"""Nats for each of them, however it was heard: of two answers that are as good the shorter one is asked about."""
GONE_SMALL = 2.0
"""The same of a small word."""
UNSURE = 0.4
"""The share of this where the word was hardly heard."""
UNSURE_MEDICAL = 0.6
"""The same of a word of medicine."""
GONE_DRUG = 6.0
"""Nats more of a drug, however it was heard: another one in its place hurts."""
LEARNED_LETTERS, LEARNED = 9, 3.5
"""Letters and Zipf value of a word that nobody writes by chance, as little as one of medicine."""
WEIGHED_MORE = 4.0
"""Nats for a term that the speech model found to fit the sound."""
COMMA = 3.0
"""Nats for a term over a comma, which the engine may have written for a breath."""
NUMBER = 8.0
"""Nats of a figure."""
SMALL = 0.5
"""Nats of a small word: what stands around it says it."""
SMALL_PROPOSED = 10.0
"""The same in place of other words."""
NEARLY, NEARLY_SOUNDS = 0.5, 8
"""Sounds by which a long term and the words differ that only cut it otherwise ("basse d'eau" for "Basedow")."""
_ELIDED = re.compile(r"^(?:[ldsnmjtc]|qu)['’]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """``proposal`` in place of the words ``first`` to ``last``, what it saves (`Compared.gain`), and how likely it is
    the one that is meant if something is wrong there (`Compared.likely`), both in nats."""

    first: int
    last: int
    proposal: Proposal
    gain: float
    likely: float
    with_article: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A term held against the words in whose place it would stand.

    ``said`` and ``term`` are the nats of saying either, ``changed``, ``unexplained`` and ``unheard`` the sounds of
    `phonetic.edits`. ``beside``: neighbours with which labels have the term, less those with which they have the words.
    ``touched``: listed words that go, of which ``drugs`` are drugs; ``plain``, ``medical`` and ``small`` count them,
    less where they were hardly heard, and ``sure`` those that were surely heard. ``words`` of the text but for small
    ones that were surely heard, ``sounds`` that both have at most.
    """

    said: float
    term: float
    changed: float
    unexplained: float
    unheard: float
    commas: int
    beside: int
    touched: int
    drugs: int
    plain: float
    medical: float
    small: float
    sure: float
    words: int
    sounds: int
    of_medicine: bool

    @property
    def gain(self) -> float:
        """What it saves over the words as they stand: above 0 it is likelier than they are."""
        return (
            self.said
            - self.term
            - SOUND * (self.changed + self.unexplained + self.unheard)
            + BESIDE * self.beside
            - COMMA * self.commas
            - TOUCHED * self.touched
            - GONE_DRUG * self.drugs
            - GONE * self.plain
            - GONE_MEDICAL * self.medical
            - GONE_SMALL * self.small
        )

    @property
    def likely(self) -> float:
        """How likely it is meant, of all terms for a place where something is wrong."""
        return (
            WRONG.said * self.said
            - WRONG.term * self.term
            - SOUND * self.changed
            - WRONG.unexplained * self.unexplained
            - WRONG.unheard * min(self.unheard, FEW)
            - SOUND * max(0.0, self.unheard - FEW)
            + WRONG.beside * self.beside
            - WRONG.comma * self.commas
            - WRONG.drug * self.drugs
            - WRONG.plain * self.plain
            - WRONG.medical * self.medical
            - WRONG.small * self.small
            - WRONG.sure * self.sure
            - WRONG.differs * (self.changed + self.unexplained + self.unheard > 0)
            + WRONG.word * self.words
            + WRONG.sound * min(self.sounds, SOUNDS)
            + WRONG.of_medicine * self.of_medicine
        )


@dataclass(frozen=True, slots=True)
class Weights:
    """Nats of each part of `Compared` where something is wrong, for `SOUND` nats of a changed sound.

    Fitted to 149 doubtful places of 32 dictations heard by Whisper base of which one term was known to be right: the
    weights under which that term is likeliest among all that were looked at there (a conditional logit, McFadden 1974,
    drawn towards the weights of `Compared.gain`), rounded; ``sure`` and ``differs`` were chosen by hand since. A word
    that was heard goes for less than in a text at large, and a sound that was lost costs less than one that was made
    up.
    """

    said: float = 0.65
    term: float = 1.15
    unexplained: float = 1.8
    unheard: float = 0.95
    beside: float = 5.3
    comma: float = 4.8
    drug: float = 5.2
    plain: float = 3.9
    medical: float = 1.9
    small: float = 0.5
    sure: float = 6.0
    differs: float = 3.0
    word: float = 1.0
    sound: float = 0.5
    of_medicine: float = 1.5


FEW = 2.0
"""Sounds that an ear or a model loses by chance; more of them are a word that nobody said."""
SURE_SMALL = 0.1
"""What a small word counts among those that were surely heard."""
WRONG = Weights()
SOUNDS = 12
"""Sounds from which a term is no longer for that."""


def word_cost(word: str, lexicon: Lexicon, *, proposed: bool = False) -> float:
    """Nats of saying one word, without its elided article; ``proposed``: in place of words that were heard."""
    bare = _ELIDED.sub("", word)
    if any(letter.isdigit() for letter in bare):
        return NUMBER
    if not lexicon.knows(bare) and lexicon.knows(joined := bare.replace("-", "")):
        bare = joined
    if not lexicon.knows(bare):
        return UNLISTED + UNLISTED_SOUND * len(sound_of(bare))
    if not content(bare):
        return SMALL_PROPOSED if proposed else SMALL
    cost = (9 - max(USED_LEAST, lexicon.frequency(bare))) * log(10)
    classes = lexicon.classes(bare) - {"word"}
    if "document" in classes:
        return min(cost, DOCUMENT_WORD)
    if classes:
        return min(cost, LISTED_WORD)
    if not lexicon.is_medical(bare):
        return min(cost + PLAIN, LEARNED_WORD) if _is_learned(bare, lexicon) else cost + PLAIN
    rank = lexicon.rank(bare)
    return min(cost, MEDICAL_WORD if rank is None else min(MEDICAL_WORD, USUAL + log(1 + rank / USUAL_WORDS)))


def term_cost(text: str, source: str, lexicon: Lexicon, *, labelled: bool = True) -> float:
    """Nats of saying a term of one or several words; ``source`` is its list (`Proposal.source`), in which it stands
    whole when it is ``labelled``."""
    words = _ELIDED.sub("", text).split()
    alone = sum(word_cost(word, lexicon, proposed=len(words) == 1) for word in words)
    if len(words) == 1:
        return alone
    if any(one in source for one in LISTED) or _is_listed(text, lexicon):
        return min(alone, TERM)
    together = sum(lexicon.together(*pair) for pair in pairwise(content_words(text)))
    return min(alone - BESIDE * together, LABEL) if labelled else alone - BESIDE * together


def _is_learned(word: str, lexicon: Lexicon) -> bool:
    return len(word) >= LEARNED_LETTERS and lexicon.frequency(word) < LEARNED


def _is_listed(text: str, lexicon: Lexicon) -> bool:
    wanted = roots(text)
    return any(roots(one.text) == wanted for word in content_words(text)[:1] for one in lexicon.phrases(word))


def words_cost(first: int, last: int, context: Context) -> float:
    """Nats of saying the words ``first`` to ``last`` as they stand: each alone, or as the listed terms that they are;
    less for two that labels have beside each other."""
    lexicon = context.lexicon
    texts = [context.words[i].text for i in range(first, last + 1)]
    best = [0.0]
    for end in range(1, len(texts) + 1):
        one = best[end - 1] + word_cost(texts[end - 1], lexicon)
        if end > 1 and lexicon.together(texts[end - 2], texts[end - 1]):
            one -= BESIDE
        for begin in range(end - 1):
            if best[begin] + TERM < one and _is_listed(" ".join(texts[begin:end]), lexicon):
                one = best[begin] + TERM
        best.append(one)
    return best[-1]


def _is_part(word: str, sounds: str) -> bool:
    return len(key := sound_of(word)) > 1 and key in sounds


def compared(
    text: str,
    source: str,
    first: int,
    last: int,
    context: Context,
    heard: Callable[[int], Heard],
    *,
    with_article: bool = False,
    labelled: bool = True,
) -> Compared:
    """The term held against the words ``first`` to ``last``."""
    lexicon = context.lexicon
    words = context.span(first, last, with_article=with_article)
    meant = content_words(text)
    before, after = context.beside(first, -1), context.beside(last, 1)
    beside = bool(meant and before and lexicon.together(before, meant[0])) + bool(
        meant and after and lexicon.together(meant[-1], after)
    )
    inside = [word.text for word in context.words[first : last + 1] if content(word.text)] or [""]
    stood = bool(before and lexicon.together(before, inside[0])) + bool(after and lexicon.together(inside[-1], after))
    kept = set(map(root, re.split(r"[\s'’-]+", text)))
    said, sounds = sound_of(words), sound_of(text)
    changed, unexplained, unheard = edits(said, sounds)
    alike = changed + unexplained + unheard <= NEARLY and len(sounds) >= NEARLY_SOUNDS
    touched, drugs, small, sure = 0, 0, 0, 0.0
    gone = {"plain": 0.0, "medical": 0.0, "small": 0.0}
    for i in range(first, last + 1):
        word = context.words[i].text
        drug = lexicon.is_drug(word)
        if root(word) in kept or not lexicon.knows(word) or (not drug and (alike or _is_part(word, sounds))):
            continue
        touched += 1
        drugs += drug
        medical = lexicon.is_medical(word) or _is_learned(word, lexicon)
        kind = "small" if not content(word) else "medical" if medical else "plain"
        unsure = heard(i).unsure
        small += kind == "small" and not unsure
        sure += 0.0 if unsure else SURE_SMALL if kind == "small" else 1.0
        gone[kind] += (UNSURE_MEDICAL if kind == "medical" else UNSURE) if unsure else 1.0
    return Compared(
        said=words_cost(first, last, context),
        term=term_cost(text, source, lexicon, labelled=labelled),
        changed=changed,
        unexplained=unexplained,
        unheard=unheard,
        commas=context.span(first, last).count(","),
        beside=beside - stood,
        touched=touched,
        drugs=drugs,
        sure=sure,
        words=last - first + 1 - small,
        sounds=min(len(sounds), len(said)),
        of_medicine=" " in text or lexicon.is_medical(_ELIDED.sub("", text)),
        **gone,
    )
