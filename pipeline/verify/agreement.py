"""Gender and number: words that should agree with their neighbour, and do not, and expressions of one number.

Only where it is sure: a noun that has one gender, no verb of the same form, and a word beside it that is an adjective
or a determiner and nothing else. An adjective behind a noun may belong to an earlier one ("fracture du col ouverte"),
and one behind two nouns is plural ("toux et fièvre isolées"): both are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.model.text import Proposal
from pipeline.verify.port import Lexicon
from pipeline.verify.reading import GENDERS, NUMBERS, Reading
from pipeline.verify.spelling import ligatured
from pipeline.verify.tokens import Piece
from pipeline.verify.usage import root

SOURCE = "accord"
SCORE = 0.9
BACK = 7
"""Words before an adjective among which another noun may be the one it belongs to."""
_DETERMINERS = {
    "un": ("m", "s"), "une": ("f", "s"), "le": ("m", "s"), "la": ("f", "s"), "les": ("mf", "p"), "des": ("mf", "p"),
    "du": ("m", "s"), "au": ("m", "s"), "aux": ("mf", "p"), "ce": ("m", "s"), "cet": ("m", "s"), "cette": ("f", "s"),
    "ces": ("mf", "p"), "sa": ("mf", "s"), "son": ("mf", "s"), "ses": ("mf", "p"), "aucun": ("m", "s"),
    "aucune": ("f", "s"), "plusieurs": ("mf", "p"), "quelques": ("mf", "p"),
}  # fmt: skip
_OF_OTHER_GENDER = {
    "un": "une", "une": "un", "du": "de la", "au": "à la", "cet": "cette", "aucun": "aucune", "aucune": "aucun",
}  # fmt: skip
_EITHER_SEX = re.compile(r"(?:logue|iatre|iste|thérapeute|pathe|terne)s?$")
"""How the name of somebody's profession ends: "une cardiologue"."""
_NUMERALS = frozenset(("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"))
_LINKS = frozenset(
    ("pas", "de", "à", "en", "par", "sur", "sous", "avec", "sans", "pour", "dans", "chez", "entre", "type")
)
_ADVERBS = frozenset(("bien", "mal"))
"""Nouns that are mostly adverbs: "bien différenciés"."""
_BEFORE_NOUNS = frozenset((*(_DETERMINERS.keys() - {"le", "la", "les"}), "de", "sans", "avec", "par"))
"""Words behind which no verb is conjugated; "le", "la" and "les" may be pronouns."""
_FIXING = frozenset(("de", "en", "à"))
"""Words behind which a noun of a fixed expression has one number."""
_JOINS = re.compile(r"\b(?:et|ou|ni)\b|[,/+]")
_HEAD = re.compile(
    r"(?:^|[.,;:()\n]|\b(?:une?|le|la|les|cet?|cette|ces|sa|son|ses|avec|sans|pas|pas de))\s*$", re.IGNORECASE
)
_MORE = re.compile(r"\s*(?:(?:et|ou|ni)\b|[/,])\s*")
_AND, _SENTENCE = re.compile(r"\b(?:et|ou|ni)\b"), re.compile(r"[.;:\n]")
_ADJECTIVE = re.compile(r"(?:al|ales?|aux|aires?|iques?|eux)$")
"""How an adjective ends that is hardly ever a noun beside one."""
_STOP_OR_COMMA = re.compile(r"[.,;:()\n\d]")
"""What ends a clause for an adjective in the singular: "un rappel au rap, tige cimenté"."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Words ``first`` to ``last`` that do not agree, with the agreed forms, best first; ``usual``: an expression that
    is written otherwise."""

    first: int
    last: int
    proposals: tuple[Proposal, ...]
    usual: bool = False


def disagreements(text: str, words: Sequence[Piece], lexicon: Lexicon, free: Sequence[bool]) -> Iterator[Disagreement]:
    """Each pair of neighbours of which both are ``free`` to be questioned, none touching another."""
    reader = _Grammar(text, words, lexicon)
    reached = 0
    for i in range(1, len(words)):
        if i - 1 < reached or not (free[i - 1] and free[i]):
            continue
        found = reader.determined(i) or reader.described(i) or reader.described_further(i) or reader.listed(i)
        found = found or reader.fixed(i)
        if found is not None and found.first >= reached:
            reached = i + 1
            yield found


def _is_other_number(one: str, other: str) -> bool:
    """Whether two words differ by the s or x of a plural only."""
    return one != other and one.rstrip("sx") == other.rstrip("sx") and abs(len(one) - len(other)) == 1


def determined_by(word: str) -> Reading | None:
    """What the determiner ``word`` asks of the noun behind it; None for another word."""
    said = ("mf", "p") if word.lower() in _NUMERALS else _DETERMINERS.get(word.lower())
    return Reading(True, *said, "") if said else None


def agree(left: Reading, right: Reading) -> bool:
    """Whether both may have one gender and one number."""
    return not (set(left.genders).isdisjoint(right.genders) or set(left.numbers).isdisjoint(right.numbers))


class _Grammar:
    def __init__(self, text: str, words: Sequence[Piece], lexicon: Lexicon) -> None:
        self._text, self._words, self._lexicon = text, words, lexicon

    def determined(self, i: int) -> Disagreement | None:
        """ "un nodules", "au céphalosporine": a determiner before word ``i``, a noun. Of another gender only one
        that is nothing else: "le" may be a pronoun."""
        before = self._words[i - 1]
        said, noun = determined_by(before.text), self._noun(i)
        if said is None or noun is None or self._words[i].elided or not self._neighbours(i):
            return None
        if agree(noun, said):
            return None
        if set(noun.genders).isdisjoint(said.genders):
            return self._of_other_gender(i) if noun.numbers == said.numbers else None
        right = [f"{before.text} {form}" for form in self._forms(noun, noun.genders, said.numbers)]
        return self._found(i, right)

    def _of_other_gender(self, i: int) -> Disagreement | None:
        here = self._words[i].text
        other = _OF_OTHER_GENDER.get(self._words[i - 1].text.lower(), "")
        only = all(one.noun for one in self._lexicon.readings(here))
        following = [word.text.lower() for word in self._words[i + 1 : i + 3]]
        if not other or not only or _EITHER_SEX.search(here.lower()) or following == ["à", here.lower()]:
            return None
        if other in ("de la", "à la") and here[:1].lower() in "aeiouyéèêâîôœh":
            return None if here[:1].lower() == "h" else self._found(i, [f"{other[:-1]}'{here}"])
        right = [f"{other} {here}"]
        if other == "à la":  # "aux" is heard as "au" is
            nouns = [one for one in self._lexicon.readings(here) if one.noun]
            right = [f"aux {form}" for one in nouns for form in self._forms(one, one.genders, "p")] + right
        return self._found(i, right)

    def described(self, i: int) -> Disagreement | None:
        """ "insuffisance mitral": word ``i`` is an adjective behind a noun."""
        noun, adjective = self._noun(i - 1), self._adjective(i)
        if noun is None or adjective is None or self._words[i].elided or not self._neighbours(i):
            return None
        if not (self._heads(i - 1) or self._is_route(i - 1)):
            return None
        if any(agree(noun, one) for one in adjective):
            return None
        if not self._is_route(i - 1) and self._belongs_elsewhere(i, noun, adjective):
            return None
        return self._found(i, self._agreed(i, noun, adjective[0]))

    def described_further(self, i: int) -> Disagreement | None:
        """ "lésion méniscale médial": word ``i`` is a second adjective behind a noun, and the first one agrees."""
        noun = self._noun(i - 2) if i > 1 else None
        first, adjective = self._adjective(i - 1), self._adjective(i)
        if noun is None or first is None or adjective is None or self._words[i].elided or self._words[i - 1].elided:
            return None
        if not (self._neighbours(i - 1) and self._neighbours(i) and self._heads(i - 2)):
            return None
        if self._is_term(i - 2, i):
            return None
        agreed = [one for one in first if agree(noun, one)]
        if not agreed or any(agree(noun, one) for one in adjective) or self._belongs_elsewhere(i, noun, adjective):
            return None
        numbers = "".join(number for number in noun.numbers if any(number in one.numbers for one in agreed))
        before = self._words[i - 1].text
        return self._found(i, [f"{before} {form}" for form in self._forms(adjective[0], noun.genders, numbers)])

    def listed(self, i: int) -> Disagreement | None:
        """ "anesthésie général", "ligament croisé postérieure", "gêne respiratoires": a listed term, its last adjective
        in the other gender or number, where the noun alone says nothing sure ("anesthésie" may be a verb)."""
        here, adjective = self._words[i].text, self._adjective(i)
        if adjective is None or self._words[i].elided:
            return None
        for term in self._lexicon.phrases(here):
            *before, meant = term.text.split()
            first = i - len(before)
            if not before or before[0] in _ADVERBS or first < 0 or meant == here or root(meant) != root(here):
                continue
            heard = [word.text.lower() for word in self._words[first:i]]
            if heard != [word.lower() for word in before] or not all(map(self._neighbours, range(first + 1, i + 1))):
                continue
            said = [one for one in self._lexicon.readings(meant) if not one.noun]
            other = said and not any(agree(one, two) for one in said for two in adjective)
            explained = said and self._belongs_elsewhere(i, said[0], adjective, first + 1)
            if other and not explained:
                return self._found(i, [" ".join(word.text for word in self._words[first:i]) + " " + meant], first)
        return None

    def fixed(self, i: int) -> Disagreement | None:
        """ "sclérose en plaque", "syndrome d'apnée du sommeil": word ``i`` stands behind a link inside a listed term,
        where its number is always the same."""
        here = self._words[i]
        linked = here.elided.lower().startswith("d") or (
            not here.elided and self._neighbours(i) and self._words[i - 1].text.lower() in _FIXING
        )
        terms = [term.text.split() for term in self._lexicon.phrases(here.text)] if linked else []
        said = (here.elided + here.text).lower()
        listed = [[word.lower() for word in words] for words in terms]
        for words in terms:
            place = next((k for k, word in enumerate(words) if k and _is_other_number(word.lower(), said)), 0)
            first = i - place
            last = first + len(words) - 1
            heard = [word.elided + word.text for word in self._words[max(0, first) : last + 1]]
            if not place or len(heard) != len(words) or [word.lower() for word in heard] in listed:
                continue
            same = all(
                k == place or one.lower() == two.lower() or (k == 0 and root(one) == root(two))
                for k, (one, two) in enumerate(zip(heard, words, strict=True))
            )
            if same and all(map(self._neighbours_elided, range(first + 1, last + 1))):
                heard[0] = self._words[first].text
                found = self._found(last, [" ".join([*heard[:place], words[place], *heard[place + 1 :]])], first)
                return found and replace(found, usual=True)
        return None

    def _is_term(self, first: int, last: int) -> bool:
        """Whether these words are listed as they stand: "allocation adulte handicapé"."""
        words = [word.text.lower() for word in self._words[first : last + 1]]
        return any(term.text.lower().split() == words for term in self._lexicon.phrases(self._words[last].text))

    def _is_route(self, i: int) -> bool:
        """ "par voie": what follows says which one, whatever noun stands before."""
        return i > 0 and [word.text.lower() for word in self._words[i - 1 : i + 1]] == ["par", "voie"]

    def _is_no_verb(self, i: int) -> bool:
        """ "des lésions", "sans gêne": no verb stands behind such a word."""
        if self._words[i].elided:
            return self._words[i].elided.lower().startswith("d")
        before = self._words[i - 1].text.lower() if i and self._neighbours(i) else ""
        return before in _BEFORE_NOUNS

    def _agreed(self, i: int, noun: Reading, adjective: Reading) -> list[str]:
        """The adjective as the noun asks; else, without a determiner, both in the adjective's number."""
        heard = self._words[i - 1].text
        right = [f"{heard} {form}" for form in self._forms(adjective, noun.genders, noun.numbers)]
        if self._number_is_said(i - 1):
            return right
        both = [
            f"{other} {form}"
            for number in adjective.numbers
            for other in self._forms(noun, noun.genders, number)
            for form in self._forms(adjective, noun.genders, number)
        ]
        other = [one for one in both if one not in right]
        return other + right if adjective.numbers == "s" else right + other

    def _found(self, i: int, right: Sequence[str], first: int | None = None) -> Disagreement | None:
        first = i - 1 if first is None else first
        heard = self._text[self._words[first].start : self._words[i].end]
        fitting = [ligatured(one[:1].upper() + one[1:] if heard[:1].isupper() else one, heard) for one in right]
        proposals = tuple(Proposal(one, SCORE, SOURCE) for one in dict.fromkeys(fitting) if one != heard)
        return Disagreement(first, i, proposals[:3]) if proposals else None

    def _noun(self, i: int) -> Reading | None:
        """The one reading of a noun that is nothing else than a noun or an adjective."""
        if self._words[i].text.lower() in _ADVERBS:
            return None
        readings = self._lexicon.readings(self._words[i].text)
        if self._is_route(i) or self._is_no_verb(i):  # "voie" is no form of "voir"
            readings = tuple(one for one in readings if one.genders)
        nouns = [one for one in readings if one.noun]
        if len(nouns) != 1 or any(not one.genders for one in readings) or len(nouns[0].genders) != 1:
            return None
        noun = nouns[0]
        other = (one for one in readings if one.stem != noun.stem)
        if any((one.genders, one.numbers) != (noun.genders, noun.numbers) for one in other):
            return None
        return None if self._lexicon.classes(self._words[i].text) & {"title"} else noun

    def _adjective(self, i: int) -> list[Reading] | None:
        readings = self._lexicon.readings(self._words[i].text)
        found = [one for one in readings if not one.noun]
        text = self._words[i].text
        if any(one.noun for one in readings) and self._lexicon.classes(text) and not _ADJECTIVE.search(text):
            return None  # "agrafeuse" is a thing, "fémoral" is hardly one
        if [word.text.lower() for word in self._words[i + 1 : i + 3]] == ["par", text.lower()]:
            return None  # "fermeture plan par plan"
        return list(readings) if found and all(one.genders for one in readings) else None

    def _forms(self, one: Reading, genders: str, numbers: str) -> list[str]:
        return [
            form
            for gender in GENDERS
            for number in NUMBERS
            if gender in genders and number in numbers
            for form in self._lexicon.inflected(one.stem, noun=one.noun, gender=gender, number=number)
        ]

    def _belongs_elsewhere(
        self, i: int, noun: Reading, adjective: Sequence[Reading], listed: int | None = None
    ) -> bool:
        """Whether an earlier noun of the clause, or several together, or what follows explains the adjective's form;
        what follows says nothing of its gender. ``listed``: the second word of the listed term that ends here."""
        one_each = any("s" in one.numbers and not set(one.genders).isdisjoint(noun.genders) for one in adjective)
        if one_each and self._goes_on(i):
            return True
        return self._belongs_before(i, adjective) if listed is None else self._goes_before(i, listed, adjective)

    def _goes_before(self, i: int, second: int, adjective: Sequence[Reading]) -> bool:
        """Whether a noun before the listed term explains the form of its last word ``i``, and labels have both beside
        each other; ``second`` is the second word of the term."""
        if not self._belongs_before(second, adjective, unknown=False):
            return False
        earlier = (word.text for word in self._words[max(0, second - 1 - BACK) : second - 1])
        return any(self._lexicon.together(word, self._words[i].text) for word in earlier)

    def _belongs_before(self, i: int, adjective: Sequence[Reading], *, unknown: bool = True) -> bool:
        """Whether an earlier noun of the clause, or several together, explains the adjective's form;
        ``unknown``: a word that no list knows may be that noun."""
        several = any("p" in one.numbers for one in adjective)
        start = max(0, i - BACK)
        start = next((j + 1 for j in range(i - 2, start - 1, -1) if self._ends(j, several=several)), start)
        clause = self._text[self._words[start].start : self._words[i - 1].start]
        if several and _JOINS.search(clause):
            return True
        for j in range(i - 2, start - 1, -1):
            word = self._words[j].text
            if word.lower() in _LINKS or word.lower() in _DETERMINERS:
                continue
            readings = self._lexicon.readings(word)
            if any(agree(one, other) for one in readings if one.genders for other in adjective):
                return True
            if not readings:
                return unknown and not self._lexicon.knows(word)
        return False

    def _ends(self, j: int, *, several: bool) -> bool:
        """Whether a clause ends behind word ``j`` for an adjective; one in the plural may belong to a list of nouns
        without articles: "toux, fièvre isolées", but not "à l'examen, fièvre isolées"."""
        gap = self._text[self._words[j].end : self._words[j + 1].start]
        if "," not in gap or not several:
            return _STOP_OR_COMMA.search(gap) is not None
        before = self._words[j - 1].text.lower() if j and self._neighbours(j) else ""
        bare = not self._words[j].elided and before not in _LINKS and before not in _DETERMINERS
        nouns = self._lexicon.readings(self._words[j].text)
        listed = bare and bool(nouns) and all(one.noun for one in nouns)
        return not listed or self._words[j + 1].text.lower() in _DETERMINERS

    def _heads(self, i: int) -> bool:
        """Whether the noun is no complement of another: an article or nothing stands before, no "de" and no figure."""
        if self._words[i].elided:
            denied = i > 0 and self._words[i - 1].text.lower() == "pas"
            return self._words[i].elided.lower().startswith("l") or denied
        if i > 0 and self._words[i - 1].text.lower() == "des" and self._neighbours(i):
            return not self._may_govern(i - 2)
        return _HEAD.search(self._text[max(0, self._words[i].start - 24) : self._words[i].start]) is not None

    def _may_govern(self, i: int) -> bool:
        """Whether the "des" behind word ``i`` may be "de les": "douleurs des membres inférieurs"."""
        if i < 0 or not self._neighbours(i + 1):
            return False
        word = self._words[i].text
        if _AND.fullmatch(word):
            return True  # "le compte des compresses et des instruments"
        return not self._lexicon.knows(word) or any(one.genders for one in self._lexicon.readings(word))

    def _goes_on(self, i: int) -> bool:
        """ "les reins droit et gauche": more adjectives follow, of one thing each."""
        following = _MORE.match(self._text, self._words[i].end)
        if following is None or "," not in following.group():
            return following is not None
        more = next((word for word in self._words[i + 1 : i + 3] if word.start >= following.end()), None)
        if more is not None and more.text.lower() in _LINKS:
            return _AND.search(_SENTENCE.split(self._text[more.end :], maxsplit=1)[0]) is not None
        return more is None or not any(one.noun for one in self._lexicon.readings(more.text))

    def _number_is_said(self, i: int) -> bool:
        return bool(self._words[i].elided) or (i > 0 and self._words[i - 1].text.lower() in _DETERMINERS)

    def _neighbours_elided(self, i: int) -> bool:
        """Whether nothing but a space and its elided article stands before word ``i``."""
        gap = self._text[self._words[i - 1].end : self._words[i].start]
        return not gap.removesuffix(self._words[i].elided).strip(" \u00a0")

    def _neighbours(self, i: int) -> bool:
        return not self._text[self._words[i - 1].end : self._words[i].start].strip(" \u00a0")
