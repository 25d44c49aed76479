"""The block of a postal address, made to fit the window of an envelope. Standard library only.

A French address has at most six lines of 38 characters, the town on the last one (AFNOR XP Z 10-011). A longer one is
set smaller, then short lines are joined, then all but name and town run on: no word is ever left out, and the town
always has its own line. `address_block` also says when even that is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.compose.widths import BOLD, drawn_lines, ems, wrapped

LINE_LENGTH = 38
"""Characters of a line in the norm: short lines are joined up to here."""

_WINDOW = 221.1
"""Points of width of the recipient's block (78 mm, ``templates/shared/paper.css``)."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A size of type, in points, and how many of its lines stand in 28 mm (``paper.css``)."""

    points: float
    lines: int

    @property
    def width(self) -> float:
        return _WINDOW / self.points


_PLAIN, _SMALL, _SMALLER, _SMALLEST = _Setting(11, 5), _Setting(10, 6), _Setting(9, 7), _Setting(8.5, 8)
"""The last one is the least that is read without effort: nothing on the paper but its foot is smaller."""

_POSTCODE = re.compile(r"(?:[A-Z]{1,3}[- ])?\d{4,5}\b(?=[ \u00a0]+[^\W\d])")
_STREET_NUMBER = re.compile(r"(?<=\d,) (?=[^\W\d])|(?<=\d) (?=(?:bis|ter|quater)\b)")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to print. ``small`` to ``smallest`` are the type it takes; without ``fits`` it overflows the window."""

    name: str
    specialty: str
    address: tuple[str, ...]
    small: bool = False
    smaller: bool = False
    smallest: bool = False
    fits: bool = True


def address_block(name: str, specialty: str, address: str) -> Block:
    """The address as it is written when that fits, else smaller, joined, and last of all run on."""
    lines = tuple(kept for line in address.splitlines() if (kept := " ".join(line.split(" ")).strip()))
    plain = Block(name, specialty, lines)
    if _fits(plain, _PLAIN):
        return plain
    sizes = (
        (_SMALL, replace(plain, small=True)),
        (_SMALLER, replace(plain, smaller=True)),
        (_SMALLEST, replace(plain, smallest=True)),
    )
    for setting, made in sizes:
        for tried in (made, _joined(made, setting)):
            if _fits(tried, setting):
                return tried
    setting, made = sizes[-1]
    beside = _run_on(made, setting)
    if _fits(beside, setting):
        return beside
    last = _run_on(replace(made, specialty="", address=(specialty, *lines) if specialty else lines), setting)
    return replace(last, fits=_fits(last, setting))


def _height(block: Block, setting: _Setting) -> int:
    rest = [line for line in (block.specialty, *block.address) if line]
    name = drawn_lines(block.name, setting.width / BOLD) if block.name else 0
    return name + sum(drawn_lines(line, setting.width) for line in rest)


def _fits(block: Block, setting: _Setting) -> bool:
    return _height(block, setting) <= setting.lines


def _town(lines: Sequence[str]) -> int:
    """Where the line of the town begins the end of the address (a country may follow): it is joined to nothing."""
    found = (number for number in range(len(lines) - 1, 0, -1) if _POSTCODE.match(lines[number]))
    return next(found, max(0, len(lines) - 1))


def _joined(block: Block, setting: _Setting) -> Block:
    """Short neighbours on one line, the shortest pair first, until it fits."""
    town = _town(block.address)
    middle, end = list(block.address[:town]), block.address[town:]
    while not _fits(replace(block, address=(*middle, *end)), setting):
        pairs = [_comma(middle[at : at + 2]) for at in range(len(middle) - 1)]
        short = [at for at, pair in enumerate(pairs) if len(pair) <= LINE_LENGTH and ems(pair) <= setting.width]
        if not short:
            break
        at = min(short, key=lambda one: len(pairs[one]))
        middle[at : at + 2] = [pairs[at]]
    return replace(block, address=(*middle, *end))


def _run_on(block: Block, setting: _Setting) -> Block:
    """All but name, specialty and town as one text; a number stays with its street."""
    town = _town(block.address)
    together = _STREET_NUMBER.sub("\u00a0", _comma(block.address[:town]))
    return replace(block, address=(*wrapped(together, setting.width), *block.address[town:]))


def _comma(lines: Sequence[str]) -> str:
    return ", ".join(line.rstrip(" ,;") for line in lines)
