"""The terms that are likely meant at the doubtful places of what was heard: hints for a second hearing, and candidates
that the speech model is asked about (`transcribe.fits`)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate

from pipeline.model.text import Transcript, Word
from pipeline.verify.context import Context
from pipeline.verify.meant import LEAST, SecondThoughts
from pipeline.verify.names import OPENING_WORDS
from pipeline.verify.places import Heard, Places
from pipeline.verify.port import Lexicon
from pipeline.verify.reader import Reader
from pipeline.verify.tokens import Piece, pieces
from pipeline.verify.witness import Witness

MEDICINE = frozenset(
    ("drug", "drug-brand", "procedure", "lab-test", "imaging", "sign", "device", "abbreviation", "eponym", "score")
)
"""Classes of the own lists whose words are hinted."""
EVERYDAY = 3.5
"""Zipf value from which a word is everyday French, and is not."""
CLEAR = 7.0
"""Nats by which one term is likelier than all others, so that its sound need not be asked about."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
SPANS = 2
"""Stretches of words in place of which one term is compared with the sound."""


def likely_terms(
    text: str, lexicon: Lexicon, accepted: frozenset[str], most: int, barred: Collection[str] = frozenset()
) -> list[tuple[str, ...]]:
    """The terms of medicine that are likely meant at the doubtful places of ``text``, in which nothing is sure; none at
    a place before the year of a birth in the opening, which says who is meant.

    No word of everyday French is one ("marchand"): the model knows these, and they may be somebody's name.
    """
    words = list(pieces(text))
    reader = Reader(text, words, lexicon, frozenset(word.lower() for word in accepted))
    thoughts = SecondThoughts(Context(text, words, lexicon), reader, _Hardly(), Witness(Transcript(())))
    found = []
    begun = _after_birth(text, words)
    for meant, unlisted in thoughts.likely(barred=barred, odd=True):
        if meant and meant[0].first < begun:
            continue
        least = LEAST if unlisted else 0.0
        terms: dict[str, str] = {}
        for one in meant:
            if one.gain >= least:
                terms.setdefault(one.proposal.text.lower(), one.proposal.text)
        found.append(tuple(term for term in [*terms.values()][:most] if _is_of_medicine(term, lexicon)))
    return found


def likely_places(
    words: Sequence[Word],
    lexicon: Lexicon,
    accepted: frozenset[str],
    most: int,
    barred: Collection[str] = frozenset(),
    *,
    opening: bool,
) -> list[list[tuple[int, int, str]]]:
    """For each doubtful place of ``words`` the likeliest terms: the first word, the one behind the last, and the text
    that would stand for them. In the ``opening`` names are left out as `names.names_in` finds them."""
    before = "" if opening else "\n"  # after a line there is no opening
    text = before + " ".join(word.text for word in words)
    read = list(pieces(text))
    starts = list(accumulate((len(word.text) + 1 for word in words), initial=len(before)))
    inside = [bisect_right(starts, piece.start) - 1 for piece in read]
    reader = Reader(text, read, lexicon, frozenset(word.lower() for word in accepted), _Heard(words, starts).heard)
    thoughts = SecondThoughts(Context(text, read, lexicon), reader, _Heard(words, starts), Witness(Transcript(())))
    found = []
    for meant, _ in thoughts.likely(barred=barred):
        others = (one for one in meant if one.proposal.text.lower() != meant[0].proposal.text.lower())
        second = next(others, None)
        if second is None or second.likely < meant[0].likely - CLEAR:
            continue
        terms: dict[tuple[int, int, str], str] = {}
        times: Counter[str] = Counter()
        for one in meant:
            if times[one.proposal.text.lower()] == SPANS:
                continue
            start = read[one.first].start - (len(read[one.first].elided) if one.with_article else 0)
            first, last = inside[one.first], inside[one.last]
            lead = text[starts[first] : start]
            terms.setdefault((first, last + 1, (lead + one.proposal.text).lower()), lead + one.proposal.text)
            times[one.proposal.text.lower()] += 1
        found.append([(first, last, term) for (first, last, _), term in terms.items()][:most])
    return found


def _after_birth(text: str, words: Sequence[Piece]) -> int:
    """The number of the first word behind the year that stands in the opening; 0 without one."""
    year = _YEAR.search(text)
    before = sum(word.start < year.start() for word in words) if year else 0
    return before if before <= OPENING_WORDS else 0


def _is_of_medicine(term: str, lexicon: Lexicon) -> bool:
    bare = re.sub(r"^(?:[ldsnmjtc]|qu)['’]", "", term)
    if " " in bare or lexicon.is_drug(bare) or lexicon.classes(bare) & MEDICINE:
        return True
    return lexicon.is_medical(bare) and not lexicon.classes(bare) - {"word"} and lexicon.frequency(bare) < EVERYDAY


class _Hardly(Places):
    """Every word was hardly heard."""

    def __init__(self) -> None:
        super().__init__(Transcript(()))

    def heard(self, _start: int, _end: int) -> Heard:
        return Heard(0.6)


class _Heard(Places):
    """The words of a hearing, each with the letter of the text at which it begins."""

    def __init__(self, words: Sequence[Word], starts: Sequence[int]) -> None:
        super().__init__(Transcript(()))
        self._said, self._letters = words, starts

    def heard(self, start: int, end: int) -> Heard:
        first, last = bisect_right(self._letters, start) - 1, bisect_right(self._letters, end - 1)
        inside = self._said[max(0, first) : last]
        return Heard(min((one.probability for one in inside), default=1.0), any(one.first for one in inside))
