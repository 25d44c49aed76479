"""How wide a text is drawn, before it is drawn: by the advances of Carlito. Standard library only."""

from __future__ import annotations

from functools import lru_cache

from pipeline.compose.typography import fold

_CLASSES = (
    (0.23, "' il\u00a0\u202f"),
    (0.25, "j,.I’"),
    (0.28, ":;`"),
    (0.31, "()-[]f{}J"),
    (0.34, "!t°r"),
    (0.40, '/\\sz"Lc'),
    (0.45, "xkvy?FS|"),
    (0.48, "Zga"),
    (0.50, "ETY#*+<=>^_e~–"),
    (0.52, "$0123456789KPXC"),
    (0.53, "bdhnopquBR"),
    (0.58, "VA"),
    (0.63, "DHGU"),
    (0.66, "NOQ&"),
    (0.72, "%w"),
    (0.80, "m"),
    (0.85, "MWœ@"),
)
"""In ems."""

_ADVANCES = {letter: advance for advance, letters in _CLASSES for letter in letters}
_UNKNOWN, _PAIR = 0.6, 0.87
BOLD = 1.03
"""How much wider a text is in bold."""
_NOTHING = "\u00ad\u200b\u2060"


def ems(text: str) -> float:
    """The width of ``text`` on one line, in ems of its type."""
    return sum(map(_advance, text))


def wrapped(text: str, width: float) -> list[str]:
    """``text`` as lines of at most ``width`` ems, cut at spaces; a longer word stands on a line of its own."""
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and ems(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def drawn_lines(text: str, width: float) -> int:
    """How many lines ``text`` takes: a word that is wider than the line is cut."""
    return sum(max(1, -int(-ems(line) // width)) for line in wrapped(text, width))


@lru_cache(maxsize=4096)
def _advance(letter: str) -> float:
    if letter in _NOTHING:
        return 0.0
    if letter in "œæŒÆ":
        return _PAIR
    if letter in _ADVANCES:
        return _ADVANCES[letter]
    base = fold(letter)
    return _ADVANCES.get(base.upper() if letter.isupper() else base, _UNKNOWN)
