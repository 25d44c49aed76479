"""Lines that are the rows of a table. Only what a person laid out as rows is one: nothing is guessed from prose.

Every word stays, in order; only the signs between cells (" | ", a tab, " : ") and the ";" or "." that ends a row go.
Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.compose.widths import BOLD, ems
from pipeline.model.calendar import MONTHS

_TYPED = re.compile(r"(?:\s+|^)\|(?:\s|$)|\t+")
"""One space after the sign, so that two signs in a row hold an empty cell between them."""
_SPOKEN = re.compile(r"\s*:\s+")
_ROW_END = re.compile(r"\s*[;,.]\s*\Z")
_LEAST_ROWS = 2
_FULL = 3
"""Cells of a line that is a table by itself."""
_MOMENT = re.compile(
    rf"\d{{1,2}}[/.]\d{{1,2}}(?:[/.]\d{{2,4}})?|(?:\d{{1,2}}(?:er)? )?(?:{'|'.join(MONTHS)})(?: \d{{4}})?|(?:19|20)\d\d"
    r"|[JHMST] ?[+-]? ?\d{1,3}|\d{1,2} ?h ?(?:\d\d)?",
    re.IGNORECASE,
)
"""A day, a month, a year, an hour or "J3": what stands over the columns of results that follow each other."""


@dataclass(frozen=True, slots=True)
class Rows:
    """``columns`` are the heads (empty when the table has none); every row has as many cells as the longest."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def rows_of(lines: Sequence[str], columns: Sequence[str]) -> Rows | None:
    """The table of these lines, or None. ``columns`` are the heads that the heading above asks for, if any.

    Cells are parted by " | " or a tab anywhere (the first row is the head when it holds no figure, or nothing but
    moments after its first cell), and by ":" where ``columns`` are given. Every line must have from two cells to as
    many as there are heads; a line alone is a table when it has them all.
    """
    typed = [_cells(_TYPED, line) for line in lines]
    if len(lines) >= _LEAST_ROWS and len({len(row) for row in typed}) == 1 and len(typed[0]) > 1:
        head, body = typed[0], typed[1:]
        if not _is_head(head, body):
            head, body = (), typed
        return Rows(head, tuple(body))
    spoken = [_cells(_SPOKEN, line) for line in lines]
    if not spoken or not all(1 < len(row) <= len(columns) for row in spoken):
        return None
    if len(spoken) < _LEAST_ROWS and len(spoken[0]) < max(_FULL, len(columns)):
        return None
    width = max(len(row) for row in spoken)
    return Rows(tuple(columns[:width]), tuple((*row, *[""] * (width - len(row))) for row in spoken))


def _cells(mark: re.Pattern[str], line: str) -> tuple[str, ...]:
    cells = mark.split(line.strip())
    cells[-1] = _ROW_END.sub("", cells[-1]) or cells[-1]
    return tuple(cell.strip() for cell in cells)


def _is_head(head: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    if not any(character.isdigit() for cell in head for character in cell):
        return True
    moments = [bool(_MOMENT.fullmatch(cell.replace("\u00a0", " "))) for cell in head[1:]]
    if not all(moments) or any(character.isdigit() for character in head[0]):
        return False
    return not all(_MOMENT.fullmatch(cell.replace("\u00a0", " ")) for row in body for cell in row[1:])


# --- how wide ---------------------------------------------------------------------------------------------------------

PORTRAIT, LANDSCAPE = 464.9, 711.5
"""Points of width of the text: 164 mm, and 251 mm on a sheet that lies (``templates/shared/paper.css``)."""
_GAP, _CLOSE_GAP = 8.5, 4.3
"""Points between two columns: 3 mm, and 1.5 mm where there are many."""
_PLAIN_TYPE, _CLOSE_TYPE, _LEAST_TYPE = 10.4, 9.0, 7.6


@dataclass(frozen=True, slots=True)
class Setting:
    """``even``: columns of one width. ``close``, ``closest``: smaller type. ``wide``: on a sheet that lies. Without
    ``fits`` some cell is cut inside a word or a figure."""

    even: bool = False
    close: bool = False
    closest: bool = False
    wide: bool = False
    fits: bool = True


def setting_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Setting:
    """The largest type in which no word and no figure with its unit is cut."""
    least = [max(map(_longest, cells)) for cells in zip(*([columns] if columns else []), *rows, strict=True)]
    widest, total, count = max(least), sum(least), len(least)
    if widest * _PLAIN_TYPE + _GAP <= PORTRAIT / count:
        return Setting(even=True)
    for width, wide in ((PORTRAIT, False), (LANDSCAPE, True)):
        if not wide and total * _PLAIN_TYPE + count * _GAP <= width:
            return Setting()
        if total * _CLOSE_TYPE + count * _CLOSE_GAP <= width:
            return Setting(close=True, wide=wide)
    fits = total * _LEAST_TYPE + count * _CLOSE_GAP <= LANDSCAPE
    return Setting(closest=True, wide=True, fits=fits)


def _longest(cell: str) -> float:
    return max((ems(piece) for piece in cell.split(" ")), default=0.0) * BOLD


def introduced(lines: Sequence[str]) -> int:
    """How many lines only lead to the rest ("Contrôle dans trois mois :"), 0 when there is no such line."""
    for at, (line, following) in enumerate(pairwise(lines), 1):
        if line.rstrip().endswith(":") and following.strip():
            return at
    return 0
