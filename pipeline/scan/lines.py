"""From pieces on a page to lines in reading order, and from lines to tokens. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.model.text import Box, Token, Transcript

_LETTERHEAD = 0.38
"""The share of a page's height in which sender and addressee may stand side by side (fold of an A4 letter)."""
_MOST_FIGURES = 0.35
"""A right-hand column with more figures than this share is a table of results: its rows are kept together."""
_PARAGRAPH = 0.75
"""White space between two lines, in line heights, that begins a paragraph."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in a box: pixels (or any one unit) from the page's upper left corner; ``slope`` in radians, downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    probability: float = 1.0
    slope: float = 0.0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


Line = tuple[Piece, ...]
"""Words from left to right."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The lines of a page in reading order, in the unit of ``width`` and ``height``."""

    width: float
    height: float
    lines: tuple[Line, ...]


def reading_order(pieces: Sequence[Piece], width: float, height: float) -> list[list[Piece]]:
    """Rows of pieces, top to bottom and left to right, after the page's skew is taken out.

    Two columns at the head of a letter (sender, addressee) are read one after the other; rows of a table stay rows.
    """
    if not pieces:
        return []
    skew = _skew(pieces, width)
    rows = _rows(pieces, skew)
    head = [row for row in rows if row[0].middle[1] < height * _LETTERHEAD]
    columns = _columns(head, width)
    return [*columns, *rows[len(head) :]] if columns else rows


def _skew(pieces: Sequence[Piece], width: float) -> float:
    slopes = [piece.slope for piece in pieces if piece.right - piece.left > width * 0.2]
    return median(slopes) if slopes else 0.0


def _rows(pieces: Iterable[Piece], skew: float) -> list[list[Piece]]:
    sine, cosine = math.sin(-skew), math.cos(-skew)

    def level(piece: Piece) -> float:
        across, down = piece.middle
        return across * sine + down * cosine

    rows: list[tuple[float, list[Piece]]] = []
    for piece in sorted(pieces, key=level):
        # a skewed line's box is taller than its letters
        letters = max(1.0, piece.height - abs(math.tan(skew)) * (piece.right - piece.left))
        if rows and abs(rows[-1][0] - level(piece)) < 0.5 * letters:
            rows[-1][1].append(piece)
        else:
            rows.append((level(piece), [piece]))
    return [sorted(row, key=lambda piece: piece.left) for _, row in rows]


def _columns(rows: list[list[Piece]], width: float) -> list[list[Piece]] | None:
    """The rows of the left column, then those of the right, when these rows are two columns of running text."""
    gutters = [
        (one.right + other.left) / 2
        for row in rows
        for one, other in pairwise(row)
        if other.left - one.right > 0.03 * width
    ]
    if not gutters:
        return None
    gutter = median(gutters)
    if any(piece.left < gutter - 0.01 * width and piece.right > gutter + 0.01 * width for row in rows for piece in row):
        return None
    left = [[piece for piece in row if piece.middle[0] < gutter] for row in rows]
    right = [[piece for piece in row if piece.middle[0] >= gutter] for row in rows]
    left, right = [row for row in left if row], [row for row in right if row]
    written = "".join(piece.text for row in right for piece in row)
    figures = sum(letter.isdigit() for letter in written)
    if len(left) < 2 or len(right) < 2 or figures > _MOST_FIGURES * len(written):
        return None
    return left + right


def words_of(piece: Piece) -> list[Piece]:
    """A piece cut at its spaces; each word gets its share of the width by its number of letters."""
    words = piece.text.split()
    letters = sum(map(len, words)) + max(0, len(words) - 1)
    cut: list[Piece] = []
    position = 0
    for word in words:
        left = piece.left + (piece.right - piece.left) * position / letters
        position += len(word)
        right = piece.left + (piece.right - piece.left) * position / letters
        position += 1
        cut.append(Piece(word, left, piece.top, right, piece.bottom, piece.probability, piece.slope))
    return cut


def to_transcript(pages: Sequence[ReadPage], engine: str) -> Transcript:
    """One token per word: a line end is ``\\n``, a paragraph or a page ``\\n\\n``."""
    tokens: list[Token] = []
    for number, page in enumerate(pages):
        previous: Line = ()
        for line in page.lines:
            for index, word in enumerate(line):
                before = " " if index else _space_before(previous, line) if previous else "\n\n"
                tokens.append(_token(word, before if tokens else "", page, number))
            previous = line or previous
    return Transcript(tuple(tokens), engine=engine, pages=len(pages))


def _space_before(previous: Line, line: Line) -> str:
    gap = min(word.top for word in line) - max(word.bottom for word in previous)
    tall = median([word.height for word in (*previous, *line)])
    return "\n\n" if gap > _PARAGRAPH * tall or gap < -3 * tall else "\n"


def _token(word: Piece, before: str, page: ReadPage, number: int) -> Token:
    box = Box(
        number,
        _share(word.left, page.width),
        _share(word.top, page.height),
        _share(word.right, page.width),
        _share(word.bottom, page.height),
    )
    return Token(word.text, before, word.text, probability=round(word.probability, 4), box=box)


def _share(value: float, whole: float) -> float:
    return round(min(1.0, max(0.0, value / whole)), 5) if whole else 0.0
