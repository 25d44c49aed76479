"""Compares what a practice's template printed with what it was given: every word, in order, where a reader sees it.

The text of a document is looked for line by line: a line must stand on the paper letter for letter, so that a word left
out, put in or changed is found. Only spaces, capitals, accents, quotation marks and the hyphens of divided words may
differ. A line may go over the end of a page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.compose.own_visible import Letter

_SIGNS = dict.fromkeys(map(ord, "\u0002\ufffe\u2010\u2011\u2012\u2013\u2014\u2212\u00ad"), "-") | {ord("×"): "x"}
"""Hyphens as PDF and PDFium write them, and signs that typography may write in two ways."""
_QUOTES = '«»"“”„'
_OVERLAP = 12
"""Letters that a line may have in common with the foot of the page that it goes over."""
_SHOWN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Lost:
    """The first words that are not on the paper as they were given (``unseen``: they are, but nobody sees them), and
    the line of the text that holds them, from 1."""

    words: str
    unseen: bool = False
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class _Sign:
    text: str
    letter: Letter
    apart: bool


class Paper:
    """The printed letters of a document, in the order of its file, and which of them were accounted for."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self._signs = _joined([_Sign(sign, one, one.apart and at == 0) for one in letters for at, sign in _folded(one)])
        self._text = "".join(sign.text for sign in self._signs)
        self._used = bytearray(len(self._signs))
        pages = [sign.letter.page for sign in self._signs]
        self._pages = {page: (pages.index(page), len(pages) - pages[::-1].index(page)) for page in dict.fromkeys(pages)}

    def lost(self, texts: Sequence[str]) -> Lost | None:
        """The first of these texts that is not there whole, after the one before it, and seen."""
        cursor = line = 0
        for text in texts:
            wanted = plain(text)
            if not wanted:
                continue
            line += 1
            found = self._find(wanted, cursor)
            if found is None:
                return Lost(self._first_words(text, cursor), line=line)
            unseen = self._unseen(found)
            if unseen:
                return Lost(unseen, unseen=True, line=line)
            for start, end in found:
                self._used[start:end] = b"\1" * (end - start)
            cursor = found[0][1]
        return None

    def rest(self, page: int) -> list[Letter]:
        """The seen letters of a page that belong to none of the texts: letterhead, feet, closing."""
        return [
            sign.letter
            for sign, used in zip(self._signs, self._used, strict=True)
            if not used and sign.letter.page == page and sign.letter.seen
        ]

    def _any_place(self, wanted: str, start: int) -> bool:
        return next(self._places(wanted, start, len(self._text)), None) is not None

    def _find(self, wanted: str, start: int) -> list[tuple[int, int]] | None:
        """Where it stands: in one piece, else over the ends of pages; one that is seen before one that is not."""
        unseen: list[tuple[int, int]] | None = None
        for at in self._places(wanted, start, len(self._text)):
            found = [(at, at + len(wanted))]
            if not self._unseen(found):
                return found
            unseen = unseen or found
        return unseen or self._over_pages(wanted, start)

    def _places(self, wanted: str, start: int, stop: int, *, begins: bool = True, ends: bool = True) -> Iterator[int]:
        at = self._text.find(wanted, start, stop)
        while at >= 0:
            end = at + len(wanted)
            free = not any(self._used[at:end])
            if free and not (begins and self._glued(at)) and not (ends and self._glued(end)):
                yield at
            at = self._text.find(wanted, at + 1, stop)

    def _over_pages(self, wanted: str, start: int) -> list[tuple[int, int]] | None:
        for page, (first, stop) in self._pages.items():
            if stop <= start or page + 1 not in self._pages:
                continue
            for at in self._places(wanted[0], max(first, start), stop, ends=False):
                if found := self._parted(wanted, at, stop, page + 1):
                    return found
        return None

    def _continued(self, wanted: str, page: int) -> list[tuple[int, int]] | None:
        first, stop = self._pages[page]
        whole = next(self._places(wanted, first, stop, begins=False), None)
        if whole is not None:
            return [(whole, whole + len(wanted))]
        if page + 1 not in self._pages or len(wanted) < stop - first - 400:
            return None
        for at in self._places(wanted[:_OVERLAP], first, stop, begins=False, ends=False):
            if found := self._parted(wanted, at, stop, page + 1):
                return found
        return None

    def _parted(self, wanted: str, at: int, stop: int, page: int) -> list[tuple[int, int]] | None:
        """It begins at ``at``, before the end of its page (``stop``), and goes on on ``page``."""
        most = self._common(wanted, at, stop)
        for length in range(most, max(0, most - _OVERLAP), -1):
            rest = self._continued(wanted[length:], page)
            if rest:
                return [(at, at + length), *rest]
        return None

    def _common(self, wanted: str, at: int, stop: int) -> int:
        count = 0
        while count < len(wanted) and at + count < stop and self._text[at + count] == wanted[count]:
            count += 1
        return count

    def _glued(self, at: int) -> bool:
        """Whether the letters before and at this place belong to one word or number."""
        if not 0 < at < len(self._signs) or self._signs[at].apart:
            return False
        return self._text[at - 1].isalnum() and self._text[at].isalnum()

    def _unseen(self, found: Sequence[tuple[int, int]]) -> str:
        """The first word of which a digit or half of the letters cannot be seen, with the words after it."""
        words = self._words([sign for start, end in found for sign in self._signs[start:end]])
        for number, word in enumerate(words):
            counted = [sign for sign in word if sign.text.isalnum()]
            hidden = [sign for sign in counted if not sign.letter.seen]
            if hidden and (any(sign.text.isdigit() for sign in hidden) or 2 * len(hidden) >= len(counted)):
                return " ".join("".join(sign.letter.sign for sign in one) for one in words[number:][:_SHOWN_WORDS])
        return ""

    @staticmethod
    def _words(signs: Sequence[_Sign]) -> list[list[_Sign]]:
        words: list[list[_Sign]] = []
        for sign in signs:
            if sign.apart or not words:
                words.append([])
            words[-1].append(sign)
        return words

    def _first_words(self, text: str, start: int) -> str:
        """The words of a text from the first that does not follow on the paper."""
        words = text.split()
        count = next(
            (n for n in range(1, len(words) + 1) if not self._any_place(plain(" ".join(words[:n])), start)), len(words)
        )
        return " ".join(words[max(count - 1, 0) :][:_SHOWN_WORDS])


@dataclass(frozen=True)
class Given:
    """The text that a template is given (`pipeline.compose.presentation.view`)."""

    shown: Mapping[str, Any]

    @cached_property
    def texts(self) -> list[str]:
        """Headings, lines, items and cells, in the order of the document."""
        found: list[str] = []
        for section in self.shown["sections"]:
            found.append(section["heading"])
            for paragraph in section["paragraphs"]:
                found += [cell for row in paragraph["rows"] for cell in row]
                found += [*paragraph["items"], *paragraph["lines"]]
        return found


def plain(text: str) -> str:
    """Letter by letter what counts: see this module's first lines."""
    signs = [sign for char in text for sign in _fold(char)]
    return "".join(sign for at, sign in enumerate(signs) if not _divides(signs, at))


def _fold(char: str) -> Iterator[str]:
    for sign in unicodedata.normalize("NFKD", char.translate(_SIGNS)).casefold():
        known = unicodedata.category(sign)
        if known[0] not in "ZC" and known != "Mn" and sign not in _QUOTES:
            yield "'" if sign == "’" else sign


def _folded(letter: Letter) -> Iterator[tuple[int, str]]:
    return enumerate(_fold(letter.sign))


def _divides(signs: Sequence[str], at: int) -> bool:
    """A hyphen between two letters: a word may be divided there, or joined again."""
    return signs[at] == "-" and 0 < at < len(signs) - 1 and signs[at - 1].isalpha() and signs[at + 1].isalpha()


def _joined(signs: list[_Sign]) -> list[_Sign]:
    texts = [sign.text for sign in signs]
    return [sign for at, sign in enumerate(signs) if not _divides(texts, at)]
