"""Lines that are the rows of a table. Only what a person laid out as rows is one: nothing is guessed from prose.

Every word stays, in order; only the signs between cells (" | ", a tab, " : ") and the ";" or "." that ends a row go.
Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TYPED = re.compile(r"(?:\s+|^)\|(?:\s|$)|\t+")
"""One space after the sign, so that two signs in a row hold an empty cell between them."""
_SPOKEN = re.compile(r"\s*:\s+")
_ROW_END = re.compile(r"\s*[;,.]\s*\Z")
_LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Rows:
    """``columns`` are the heads (empty when the table has none); every row has as many cells as the longest."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def rows_of(lines: Sequence[str], columns: Sequence[str]) -> Rows | None:
    """The table of these lines, or None. ``columns`` are the heads that the heading above asks for, if any.

    Cells are parted by " | " or a tab anywhere (the first row is the head when it holds no figure), and by ":" where
    ``columns`` are given. Every line must have from two cells to as many as there are heads.
    """
    typed = [_cells(_TYPED, line) for line in lines]
    if len(lines) >= _LEAST_ROWS and len({len(row) for row in typed}) == 1 and len(typed[0]) > 1:
        head, body = typed[0], typed[1:]
        if any(character.isdigit() for cell in head for character in cell):
            head, body = (), typed
        return Rows(head, tuple(body))
    spoken = [_cells(_SPOKEN, line) for line in lines]
    if len(lines) < _LEAST_ROWS or not all(1 < len(row) <= len(columns) for row in spoken):
        return None
    width = max(len(row) for row in spoken)
    return Rows(tuple(columns[:width]), tuple((*row, *[""] * (width - len(row))) for row in spoken))


def _cells(mark: re.Pattern[str], line: str) -> tuple[str, ...]:
    cells = mark.split(line.strip())
    cells[-1] = _ROW_END.sub("", cells[-1]) or cells[-1]
    return tuple(cell.strip() for cell in cells)
