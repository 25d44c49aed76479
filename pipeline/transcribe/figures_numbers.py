"""Numbers among items: digits, number words, decimals spoken with "virgule"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.transcribe.figures_items import Line
from pipeline.transcribe.numbers import digits_of, splits, whole

_LINKED = frozenset({"un", "une", "onze"})
"""What may follow "et" in a number: vingt et un, soixante et onze."""


@dataclass(frozen=True, slots=True)
class Number:
    """Items ``start:end`` that are one number, written ``text`` ("2,5").

    ``value`` is its whole number, None for a decimal and for words that are not surely one number: ``ways`` then holds
    how they may be read as several. ``spoken``: said in words, not in the engine's digits. ``suffix`` is what the
    engine glued to it ("mg"). ``comma`` names the kind of a spoken comma inside: "virgule" (a mark already), "virgule
    décimale" (glued already) or "mot" (still a word). ``trouble`` says why it is not sure, ``list_text`` how it is
    written when the comma parts two figures.
    """

    start: int
    end: int
    text: str
    value: int | None = None
    spoken: bool = False
    suffix: str = ""
    comma: str = ""
    ways: tuple[tuple[int, ...], ...] = ()
    trouble: str = ""
    list_text: str = ""

    @property
    def sure(self) -> bool:
        return not self.ways and not self.trouble

    @property
    def article(self) -> bool:
        """Whether it is only "un" or "une"."""
        return self.spoken and self.value == 1 and not self.comma and self.end == self.start + 1

    @property
    def decimal(self) -> bool:
        return "," in self.text


def number_at(line: Line, place: int) -> Number | None:
    """The number that begins at ``place``; a spoken comma is followed only where `written.py` glued it."""
    number = _plain_number(line, place)
    if number is None or number.suffix:
        return number
    comma = number.end
    if comma + 1 < len(line) and line.items[comma].comma == "virgule décimale":
        right = _plain_number(line, comma + 1)
        if right is not None and line.items[comma + 1].token.before == "" and right.text.isdecimal():
            text = f"{number.text},{right.text}"
            return Number(place, right.end, text, None, False, right.suffix, "virgule décimale")
    return number


def _plain_number(line: Line, place: int) -> Number | None:
    item = line.items[place]
    if item.digits:
        value = int(item.digits) if item.digits.isdecimal() else None
        number = Number(place, place + 1, item.digits, value, False, item.suffix)
        return number if item.suffix else _grouped(line, number)
    if not item.words:
        return None
    end = run_end(line, place)
    groups = [line.items[at].words or ("et",) for at in range(place, end)]
    value = whole([word for group in groups for word in group], line.rules.read)
    if value is not None:
        slow = max((line.items[at].pause for at in range(place + 1, end)), default=0.0) >= line.rules.pause
        trouble = "un silence dans le nombre" if slow else ""
        return Number(place, end, digits_of(value), value, True, trouble=trouble)
    while end > place + 1 and line.items[end - 2].norm == "et":  # "quatre-vingt et un ECG"
        end -= 2
        short = whole([word for group in groups[: end - place] for word in group], line.rules.read)
        if short is not None:
            return Number(place, end, digits_of(short), short, True)
    for stop in dict.fromkeys((run_end(line, place), end)):
        ways = splits(groups[: stop - place], line.rules.read)
        if ways:
            return Number(place, stop, "", None, True, ways=ways)
    return None


def _grouped(line: Line, number: Number) -> Number:
    """The engine's digits with what belongs to them: "150 000", "10 mille"."""
    at = number.end
    if not line.goes_on(at) or number.value is None or not 1 <= number.value <= 999:
        return number
    follows, items = line.items[at], line.items
    if follows.norm == "mille" and not (line.goes_on(at + 1) and (items[at + 1].words or items[at + 1].digits)):
        value = number.value * 1000
        return Number(number.start, at + 1, digits_of(value), value, True)
    if follows.digits == "000" and not number.text.startswith("0"):
        value = number.value * 1000
        return Number(number.start, at + 1, digits_of(value), value, False, follows.suffix)
    return number


def run_end(line: Line, place: int) -> int:
    """Where number words in a row end, with an "et" that may belong to them."""
    end = place + 1
    while end < len(line) and line.goes_on(end):
        linked = line.items[end].norm == "et" and line.goes_on(end + 1) and line.items[end + 1].words[:1]
        if line.items[end].words:
            end += 1
        elif linked and linked[0] in _LINKED:
            end += 2
        else:
            break
    return end


def decimal_at(line: Line, left: Number) -> Number | None:
    """``left`` with a spoken comma and the digits after it; None when no comma and number follow.

    Its ``trouble`` says why it may be two figures: a silence, a mark of the engine's own, digits after the comma that
    nobody says of a decimal. A comma that already is a mark is followed only when nothing speaks against a decimal.
    """
    at = left.end
    if at + 1 >= len(line) or left.suffix or line.items[at].closed or line.items[at - 1].trail:
        return None
    sign = line.items[at]
    kind = sign.comma or ("mot" if sign.norm in line.rules.commas else "")
    if not kind or line.items[at + 1].closed or line.items[at + 1].lead:
        return None
    right = _fraction(line, at + 1)
    if right is None:
        return None
    listed = left.decimal or len(left.text) >= 4
    if kind == "virgule" and listed:
        return None
    number = Number(
        left.start,
        right.end,
        f"{left.text},{right.text}",
        None,
        left.spoken or right.spoken,
        right.suffix,
        kind,
        list_text=f"{left.text}, {right.text}",
    )
    return replace(number, trouble=_trouble(line, left, right, listed=listed))


def _fraction(line: Line, place: int) -> Number | None:
    """The digits after the comma: "zéro cinq" is 05, "vingt-cinq" is 25."""
    zeros, at = "", place
    while at < len(line) and line.items[at].norm == "zero" and line.items[at].words and line.goes_on(at + 1):
        if not line.items[at + 1].words:
            break
        zeros, at = zeros + "0", at + 1
    number = _plain_number(line, at)
    if number is None or number.ways or (number.value is None and number.text):
        return replace(number, start=place, text="", trouble="chiffres après la virgule") if number else None
    return replace(number, start=place, text=zeros + number.text, spoken=number.spoken or bool(zeros))


def _trouble(line: Line, left: Number, right: Number, *, listed: bool) -> str:
    silent = max(line.items[at].pause for at in range(left.start + 1, right.end))
    if not left.sure or not right.sure or right.text == "":
        return "nombre"
    if listed or line.items[left.end].trail or silent >= line.rules.pause:
        return "virgule"
    whole_right = right.value or 0
    if whole_right >= 100 and left.value != 0:  # "aspirine 2 virgule 500 mg"
        return "virgule"
    return "" if whole_right < 1000 else "nombre"


def follows_number(line: Line, number: Number) -> Number | None:
    """A second number directly after ``number``, without any mark."""
    if number.suffix or not line.goes_on(number.end):
        return None
    return number_at(line, number.end)


def chain(line: Line, place: int) -> Sequence[Number]:
    """Numbers in a row from ``place`` on, without any mark between them."""
    found: list[Number] = []
    at: Number | None = number_at(line, place)
    while at is not None:
        found.append(at)
        at = follows_number(line, at)
    return found


def is_measured(line: Line, number: Number) -> bool:
    """ "TSH à deux", "INR à trois": the value of a measure that was named."""
    return line.before(number.start) in line.rules.value_before and line.near("values", number.start, before=6)
