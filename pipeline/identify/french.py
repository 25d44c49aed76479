"""French text made comparable: plain letters, a phonetic key, and dates said or written in many ways. Stdlib only."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_ODD = {"œ": "e", "æ": "e", "’": "'", "‘": "'", "´": "'", "–": "-", "—": "-", "‑": "-"}


def plain(text: str) -> str:
    """Lower case without accents, one character for each character of ``text`` (offsets stay valid)."""
    return "".join(_plain_char(char) for char in text)


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    if char in _ODD:
        return _ODD[char]
    if char.isspace():
        return "\n" if char == "\n" else " "
    return unicodedata.normalize("NFD", char.lower())[:1] or char


@lru_cache(maxsize=200_000)
def name_words(names: str) -> tuple[str, ...]:
    """The words of a name: apostrophes glued (N'GUYEN, l'ambert), hyphens split, no other signs."""
    folded = plain(unicodedata.normalize("NFC", names)).replace("'", "")
    return tuple(re.findall(r"[a-z0-9]+", folded))


_SOUND_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"^(.{1,2})e[st]$", r"\1E"),
        (r"(?:er|ez|et|ai[st]?)$", "E"),
        (r"(?<=[a-z]{2})es?$", "Q"),
        (r"(?<=[aeiouylr])lt$", ""),
        (r"e?aux?$|ault?s?$|auds?$|ots?$|o[sd]$|aut[sx]?$", "O"),
        (r"[sxtdpzg]+$", ""),
        (r"ph", "f"),
        (r"sch|sh|ch", "C"),
        (r"qu|ck|q", "k"),
        (r"gu(?=[eiy])", "G"),
        (r"ge(?=[aou])", "j"),
        (r"g(?=[eiy])", "j"),
        (r"g(?!n)", "G"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"sc(?=[eiy])", "s"),
        (r"gn", "n"),
        (r"(?<=[aeou])ill?|(?<=i)ll(?=[eaio])", "y"),
        (r"h", ""),
        (r"(?<=[iy])en(?![aeiouynEQ123])", "1"),
        (r"(?:[ae]?i|y)[nm](?![aeiouynmEQ123])|u[nm](?![aeiouynmEQ123])", "1"),
        (r"[ae][nm](?![aeiouynmEQ123])", "2"),
        (r"o[nm](?![aeiouynmEQ123])", "3"),
        (r"oi|oy", "UA"),
        (r"eau|au", "O"),
        (r"ou", "U"),
        (r"eu|ei|ai|ay|ey|e", "E"),
        (r"y", "i"),
        (r"o", "O"),
        (r"z|x", "s"),
        (r"w", "v"),
        (r"Q", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=200_000)
def sound(names: str) -> str:
    """A reduced French phonetic key of all words, glued: blind to spaces, hyphens, accents and silent endings.

    Own ordered rules after the usual grapheme table of French; nasals are 1 (in), 2 (an), 3 (on).
    """
    return re.sub(r"(.)\1+", r"\1", "".join(_word_sound(word) for word in name_words(_FINAL_E.sub("er", names))))


_FINAL_E = re.compile(r"(?:é|É)(?:e|E)?(?:s|S)?\b")


@lru_cache(maxsize=100_000)
def _word_sound(word: str) -> str:
    for pattern, key in _SOUND_RULES:
        word = pattern.sub(key, word) or word
    return word.upper()


def likeness(left: str, right: str) -> float:
    """Levenshtein similarity in [0, 1]: 1 − distance / longer length; 0 when one is empty. For short strings."""
    if not left or not right:
        return 0.0
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return 1.0 - row[-1] / max(len(left), len(right))


@dataclass(frozen=True, slots=True)
class HeardDate:
    """A date at ``text[start:end]``. Several ``days`` when it can be read in several ways: never trusted alone."""

    start: int
    end: int
    days: tuple[date, ...]


_MONTHS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8,
    "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12, "janv": 1, "fevr": 2, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip
_UNITS = (
    *("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize", "dix_sept", "dix_huit", "dix_neuf"),
)
_TENS = (
    (20, "vingt", False), (30, "trente", False), (40, "quarante", False), (50, "cinquante", False),
    (60, "soixante", True), (70, "septante", False), (80, "quatre_vingt", True), (80, "huitante", False),
    (90, "nonante", False),
)  # fmt: skip


def _number_words() -> dict[str, int]:
    """Every French form of 1 to 99, Belgian and Swiss tens too; ``_`` stands for a space or hyphen."""
    forms = {word: value for value, word in enumerate(_UNITS) if value}
    forms |= {"premier": 1, "une": 1}
    for ten, word, reaches_nineteen in _TENS:
        forms |= {word: ten, word + "s": ten}
        for unit in range(1, 20 if reaches_nineteen else 10):
            forms[f"{word}_{_UNITS[unit]}"] = ten + unit
            forms[f"{word}_et_{_UNITS[unit]}"] = ten + unit
    return forms


_NUMBERS = _number_words()
_WORDS = "|".join(form.replace("_", "[ -]+") for form in sorted(_NUMBERS, key=len, reverse=True))
_GAP = r"[ ,-]{0,3}"
_CENTURY = r"(?:1900|mil(?:le)?[ -]neuf[ -]cents?|dix[ -]neuf[ -]cents?|19[ -]cents?)"
_YEAR = (
    rf"(?:(?P<y19>{_CENTURY}){_GAP}(?P<y19rest>\d\d(?!\d)|(?:{_WORDS})\b)"
    r"|1900[ -]+(?P<twice>19\d\d)\b"
    r"|(?P<y4>(?:18|19|20)\d\d)(?:[ -]{1,2}(?P<other>(?:18|19|20)\d\d)|-(?P<rest>\d\d))?(?!\d)"
    rf"|(?P<y20>deux[ -]mille?s?\b)(?:[ -]+(?P<y20rest>\d\d?(?!\d)|(?:{_WORDS})\b))?)"
)
_SPOKEN = re.compile(
    rf"(?<![\w])(?P<day>\d\d?|1er|(?:{_WORDS}))[ -]+(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
    rf"\.?{_GAP}{_YEAR}"
)
_WRITTEN = re.compile(
    r"(?<![\d/.-])(\d\d?) ?[/.-] ?(\d\d?) ?[/.-] ?((?:18|19|20)\d\d)(?!\d)"
    r"|(?<!\d)(\d\d) (\d\d) ((?:18|19|20)\d\d)(?!\d)"
)
_ISO = re.compile(r"(?<!\d)((?:18|19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")


def find_dates(text: str) -> list[HeardDate]:
    """Full dates in ``text`` in order: words, digits, ``jj/mm/aaaa``, ISO. A two-digit year is no date."""
    folded = plain(text)
    found = [HeardDate(m.start(), m.end(), _days(m)) for m in _SPOKEN.finditer(folded)]
    for m in _WRITTEN.finditer(folded):
        day, month, year = (int(part) for part in m.groups() if part)
        found.append(HeardDate(m.start(), m.end(), _real(((day, month, year),))))
    for m in _ISO.finditer(folded):
        found.append(HeardDate(m.start(), m.end(), _real(((int(m[3]), int(m[2]), int(m[1])),))))
    return sorted((each for each in found if each.days), key=lambda each: each.start)


def _days(m: re.Match[str]) -> tuple[date, ...]:
    if m["y19"]:
        years = [1900 + _value(m["y19rest"])]
    elif m["twice"]:
        years = [int(m["twice"])]
    elif m["y4"]:
        years = [int(year) for year in (m["y4"], m["other"], m["rest"] and "19" + m["rest"]) if year]
    else:
        years = [2000 + (_value(m["y20rest"]) if m["y20rest"] else 0)]
    return _real(tuple((_value(m["day"]), _MONTHS[m["month"]], year) for year in years))


def _value(words: str) -> int:
    if words[0].isdigit():
        return int(words.removesuffix("er"))
    return _NUMBERS[re.sub(r"[ -]+", "_", words)]


def _real(parts: tuple[tuple[int, int, int], ...]) -> tuple[date, ...]:
    days: list[date] = []
    for day, month, year in parts:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))


_OCR_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
_OCR_SHAPE = re.compile(r"(?<!\w)[\dOoQIl|SBZ]{1,2} ?[/.,-] ?[\dOoQIl|SBZ]{1,2} ?[/.,-] ?[\dOoQIl|SBZ]{4}(?!\w)")


def repair_digits(text: str) -> str:
    """Letters that OCR writes for digits (O/0, I/1, S/5…) put right inside things shaped like a date; same length."""
    return _OCR_SHAPE.sub(lambda m: m[0].translate(_OCR_DIGITS).replace(",", "."), text)
