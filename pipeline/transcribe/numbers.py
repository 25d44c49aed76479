"""Spoken French integers, 0 to 999 999: a reading counts only when it can be spelled back to the very same words.

Number parsers are lenient ("quatre-vingt et un ECG" is 80 and an ECG, not 81); the way back is strict. France, Belgium
(septante, nonante) and Switzerland (huitante, octante); hyphens, spaces and the plural s of "cents" and "vingts" may
stand anywhere, for engines write them so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from pipeline.transcribe.dictation import plain

Reader = Callable[[str], int | None]
"""Reads number words ("quatre-vingt-deux") as an integer; None when they are not one number."""

_UNITS = [
    "zero",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_TENS = {
    20: ("vingt",),
    30: ("trente",),
    40: ("quarante",),
    50: ("cinquante",),
    60: ("soixante",),
    70: ("septante", "soixante-dix"),
    80: ("quatre-vingt", "huitante", "octante"),
    90: ("nonante", "quatre-vingt-dix"),
}
_ALONE = {"cents": "cent", "vingts": "vingt", "milles": "mille", "une": "un"}
NUMBER_WORDS = frozenset("-".join(_UNITS + [name for names in _TENS.values() for name in names]).split("-")) | {
    "cent",
    "mille",
    *_ALONE,
}
"""Every plain word of a spoken integer but "et"."""


def whole(words: Sequence[str], read: Reader) -> int | None:
    """The integer that plain ``words`` say, 0 to 999 999; None when they are not surely one number."""
    heard = "-".join(_ALONE.get(word, word) for word in words)
    value = read(" ".join("zéro" if word == "zero" else word for word in words))
    return value if value is not None and value < 1_000_000 and heard in spellings(value) else None


def splits(groups: Sequence[Sequence[str]], read: Reader, most: int = 8) -> tuple[tuple[int, ...], ...]:
    """The ways to read ``groups`` of words as the fewest numbers in a row; no group is cut. At most ``most`` ways."""
    best: dict[int, list[tuple[int, ...]]] = {0: [()]}
    for end in range(1, len(groups) + 1):
        ways: list[tuple[int, ...]] = []
        for start in range(max(0, end - 8), end):
            value = whole([word for group in groups[start:end] for word in group], read)
            if value is not None and start in best:
                ways += [(*way, value) for way in best[start]]
        if ways:
            fewest = min(map(len, ways))
            best[end] = [way for way in ways if len(way) <= fewest][:most]
    return tuple(best.get(len(groups), ()))


@lru_cache(maxsize=4096)
def spellings(value: int) -> frozenset[str]:
    """All ways to spell ``value`` (0 to 999 999), words joined by hyphens, without plural s, "une" as "un"."""
    if value < 100:
        return frozenset(_below_hundred(value))
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return frozenset(_joined([_UNITS[hundreds] + "-cent" if hundreds > 1 else "cent"], rest))
    thousands, rest = divmod(value, 1000)
    heads = ["mille"] if thousands == 1 else [f"{head}-mille" for head in spellings(thousands) if head != "un"]
    forms = _joined(heads, rest)
    hundreds, rest = divmod(value, 100)
    if 11 <= hundreds <= 19:  # "dix-neuf cent quarante-six"
        forms |= _joined([_UNITS[hundreds] + "-cent"], rest)
    return frozenset(forms)


def _joined(heads: Sequence[str], rest: int) -> set[str]:
    if not rest:
        return set(heads)
    return {f"{head}-{tail}" for head in heads for tail in spellings(rest)}


def _below_hundred(value: int) -> set[str]:
    if value < 20:
        return {_UNITS[value]}
    tens, unit = value - value % 10, value % 10
    forms: set[str] = set()
    for name in _TENS[tens]:
        if unit == 0:
            forms.add(name)
        elif name.endswith("-dix"):  # soixante et onze, quatre-vingt-douze
            link = "-et-" if unit == 1 and tens == 70 else "-"
            forms.add(name.removesuffix("-dix") + link + _UNITS[10 + unit])
        elif unit == 1:
            forms.add(f"{name}-un" if name == "quatre-vingt" else f"{name}-et-un")
        else:
            forms.add(f"{name}-{_UNITS[unit]}")
    return forms


def number_words(core: str) -> tuple[str, ...]:
    """The plain words of ``core`` when it is a spoken number or a part of one: "Vingt-et-une", "cents"; else ()."""
    parts = core.split("-")
    if any(part[:1].isupper() for part in parts[1:]):  # a name: « les Quinze-Vingts »
        return ()
    words = tuple(plain(part) for part in parts)
    links = [place for place, word in enumerate(words) if word == "et"]
    if any(place in {0, len(words) - 1} for place in links):
        return ()
    return words if all(word in NUMBER_WORDS or word == "et" for word in words) else ()


def digits_of(value: int) -> str:
    """``1000``, and from five digits on groups of three: ``150 000``, with no-break spaces."""
    return f"{value:,}".replace(",", "\u00a0") if value >= 10_000 else str(value)
