"""French number words ("quatre-vingt-dix-sept", "mille neuf cent quarante-six") as a value.

Not the reader that the transcription uses, on purpose: a fault of the one that writes would hide if it scored too.
"""

from __future__ import annotations

from collections.abc import Sequence

_WORDS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
UNITS = {word: value for value, word in enumerate(_WORDS.split())} | {"une": 1}
TENS = {
    "vingt": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
    "octante": 80,
    "nonante": 90,
}

Found = tuple[int, int]
"""A value, and how many words say it (0: none)."""
NONE: Found = (0, 0)


def read_number(words: Sequence[str]) -> Found:
    """The longest number that ``words`` (plain, without hyphens) begin with."""
    if words[:1] == ["zero"]:
        return 0, 1
    value, length = _below_million(words)
    if words[length : length + 1] in (["million"], ["millions"]) and length:
        more, added = _below_million(words[length + 1 :])
        return value * 1_000_000 + more, length + 1 + added
    return value, length


def _below_million(words: Sequence[str]) -> Found:
    value, length = _below_thousand(words)
    if words[length : length + 1] != ["mille"]:
        return value, length
    more, added = _below_thousand(words[length + 1 :])
    return (value if length else 1) * 1000 + more, length + 1 + added


def _below_thousand(words: Sequence[str]) -> Found:
    value, length = _below_hundred(words)
    if words[length : length + 1] not in (["cent"], ["cents"]) or value == 1 or value > 19:
        return value, length
    more, added = _below_hundred(words[length + 1 :])
    return (value if length else 1) * 100 + more, length + 1 + added


def _below_hundred(words: Sequence[str]) -> Found:
    first = words[0] if words else ""
    if first == "quatre" and words[1:2] in (["vingt"], ["vingts"]):
        more, added = _below_twenty(words[2:])
        return 80 + more, 2 + added
    if first not in TENS:
        return _below_twenty(words)
    linked = 1 if words[1:2] == ["et"] else 0
    more, added = _below_twenty(words[1 + linked :])
    fits = added and (more < 10 or first == "soixante") and (not linked or more in (1, 11))
    return (TENS[first] + more, 1 + linked + added) if fits else (TENS[first], 1)


def _below_twenty(words: Sequence[str]) -> Found:
    """1 to 19: never zero, which continues no number."""
    first = words[0] if words else ""
    if first == "dix" and words[1:2] and 7 <= UNITS.get(words[1], 0) <= 9:
        return 10 + UNITS[words[1]], 2
    return (UNITS[first], 1) if UNITS.get(first) else NONE
