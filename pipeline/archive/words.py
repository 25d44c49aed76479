"""How texts and questions become words, the same way for both search engines.

Words are folded (lower case, no accents, œ → oe), an elided article is dropped (« l'hypertension » is found by
"hypertension"), and each has a French stem (Snowball, by PyStemmer) so that plurals are forgiven. Both engines only
store and compare these words: that is why they give the same answers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import Stemmer

FOUND_START, FOUND_END = "\x02", "\x03"
MAX_WORDS = 16
MAX_LETTERS = 40
"""A question longer than this is cut: nobody types more, and a hostile one must stay cheap."""

_ELISION = r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’ʼ]"
_WORD = re.compile(rf"(?<![^\W_]){_ELISION}(?=[^\W_])|([^\W_]+)", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"|[«“]([^»”]*)[»”]|([^"«“]+)|["«“]')
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ﬁ": "fi", "ﬂ": "fl"})
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a au aux avec ce ces cette d dans de des du elle en est et il l la le les leur lui mais ne on ou par pas pour "
        "qu que qui sa se ses son sur un une y",
    )
)
"""French words without a meaning of their own: a question is searched without them when other words remain."""

_EXCERPT_WORDS = 32


_SHORT = 4_000
"""Letters of a text whose words may be remembered: a letter of one page, about 60 kB."""


class Word(NamedTuple):
    """A folded word, where it stands in the text (characters)."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find: a phrase of exact folded words, or one word (with its stem), perhaps unfinished."""

    words: tuple[str, ...]
    stem: str = ""
    prefix: bool = False


def fold(text: str) -> str:
    """Lower case without accents or ligatures."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


@lru_cache(maxsize=50_000)
def _fold_word(word: str) -> str:
    return re.sub(r"[\W_]", "", fold(word))


def words_of(text: str) -> list[Word]:
    """The words of a text, without elided articles. Those of short texts are remembered: the same are found again and
    again as somebody types."""
    return list(_remembered(text)) if len(text) <= _SHORT else _words_of(text)


@lru_cache(maxsize=500)
def _remembered(text: str) -> tuple[Word, ...]:
    return tuple(_words_of(text))


def _words_of(text: str) -> list[Word]:
    text = unicodedata.normalize("NFC", text)
    found = []
    for match in _WORD.finditer(text):
        written = match[1]
        if written and (folded := _fold_word(written)):
            found.append(Word(folded, *match.span(1)))
    return found


@lru_cache(maxsize=50_000)
def stem(folded: str) -> str:
    """The French stem of a folded word; without its last e, because folding made "opérée" and "opéré" differ by it."""
    stemmed = str(_stemmer().stemWord(folded))
    return stemmed.rstrip("e") or stemmed


def columns(text: str) -> tuple[str, str]:
    """``(words, stems)`` of a text, each separated by single spaces."""
    folded = [word.folded for word in words_of(text)]
    return " ".join(folded), " ".join(stem(word) for word in folded)


def parse(question: str) -> tuple[Term, ...]:
    """What to find; every term must be found. The last word is unfinished unless a quote closes it. Never raises."""
    terms: list[Term] = []
    open_ended = False
    for match in _QUOTED.finditer(question[: MAX_WORDS * MAX_LETTERS]):
        phrase = match.group(1) or match.group(2)
        if phrase:
            parts = tuple(word.folded for word in words_of(phrase))[:MAX_WORDS]
            terms.extend([Term(parts)] if parts else [])
            open_ended = False
        elif match.group(3):
            loose = [word.folded[:MAX_LETTERS] for word in words_of(match.group(3))]
            terms.extend(Term((word,), stem(word)) for word in loose)
            open_ended = bool(loose) and match.group(3)[-1].isalnum()
    last = terms[-1] if terms else None
    if last and open_ended and len(last.words[0]) > 1:
        terms[-1] = Term(last.words, last.stem, prefix=True)
    return _meaningful(terms)[:MAX_WORDS]


def excerpt(text: str, terms: tuple[Term, ...], words: list[Word] | None = None) -> str:
    """About 30 words around what was found, each found word between U+0002 and U+0003. ``words`` are those of an NFC
    ``text``, where they are known."""
    text = unicodedata.normalize("NFC", text.replace(FOUND_START, " ").replace(FOUND_END, " "))
    if words is None:
        words = words_of(text)
    found = found_places(words, terms)
    first = _best_start(found, len(words))
    shown = words[first : first + _EXCERPT_WORDS]
    if not shown:
        return " ".join(text.split())[:200]
    pieces = []
    position = shown[0].start if first else 0
    for index, word in enumerate(shown, start=first):
        pieces.append(text[position : word.start])
        piece = text[word.start : word.end]
        pieces.append(f"{FOUND_START}{piece}{FOUND_END}" if index in found else piece)
        position = word.end
    last = first + len(shown) == len(words)
    pieces.append(text[position:] if last else " …")
    return ("… " if first else "") + " ".join("".join(pieces).split())


def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("french")  # one for each call: it is not safe across threads, and `stem` is cached


def _meaningful(terms: list[Term]) -> tuple[Term, ...]:
    kept = [term for term in terms if len(term.words) > 1 or term.prefix or term.words[0] not in _FUNCTION_WORDS]
    return tuple(dict.fromkeys(kept or terms))


def found_places(words: list[Word], terms: tuple[Term, ...]) -> dict[int, int]:
    """Index of a found word → the number of the term that it answers."""
    found: dict[int, int] = {}
    folded = [word.folded for word in words]
    for number, term in enumerate(terms):
        size = len(term.words)
        if size == 1:
            answers = {word for word in set(folded) if _answers(word, term)}
            found.update((index, number) for index, word in enumerate(folded) if word in answers)
            continue
        for index in range(len(folded) - size + 1):
            if tuple(folded[index : index + size]) == term.words:
                found.update(dict.fromkeys(range(index, index + size), number))
    return found


def _answers(word: str, term: Term) -> bool:
    first = term.words[0]
    return word == first or (term.prefix and word.startswith(first)) or bool(term.stem and stem(word) == term.stem)


def _best_start(found: dict[int, int], total: int) -> int:
    """The first word of the window that shows the most different terms."""

    def terms_from(place: int) -> int:
        return len({number for other, number in found.items() if place <= other < place + _EXCERPT_WORDS - 8})

    if not found or total <= _EXCERPT_WORDS:
        return 0
    best = max(sorted(found)[:50], key=terms_from)  # the first 50 places are enough to choose from
    return max(0, min(best - 8, total - _EXCERPT_WORDS))
