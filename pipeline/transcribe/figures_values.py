"""Values: doses, measures, percentages, ranges, and numbers in running text."""

from __future__ import annotations

import re

from pipeline.transcribe.figures_decimals import engine_comma, odd_digits, spoken_decimal
from pipeline.transcribe.figures_items import NO_BREAK, Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, decimal_at, is_measured, number_at
from pipeline.transcribe.figures_pairs import ratio_at
from pipeline.transcribe.figures_units import Unit, degrees_at, unit_at, with_unit

_HEIGHT = re.compile(r"^m(\d\d)$")
_NUMBER = "nombre à vérifier"
_DOSE = "dose à vérifier"


def value_at(line: Line, number: Number) -> Found | None:
    """What to write for ``number``; None when the words stay as they are."""
    spoken = decimal_at(line, number)
    if spoken is not None:
        found = spoken_decimal(line, number, spoken)
        if found is not None:
            return found
    if number.trouble:
        return _troubled(line, number)
    odd = odd_digits(line, number) or engine_comma(line, number)
    if odd is not None:
        return odd
    return _range(line, number) or _united(line, number) or degrees_at(line, number) or _bare(line, number)


def _troubled(line: Line, number: Number) -> Found | None:
    """A silence inside a number: "cent | vingt milligrammes" may be 120, or 100 and then 20."""
    if number.value is not None and number.value < line.rules.digits_from:
        return None
    unit = unit_at(line, number)
    offer = with_unit(number.text, unit) if unit else number.text
    return doubt(line, number.start, unit.end if unit else number.end, _NUMBER, offer)


def _united(line: Line, number: Number) -> Found | None:
    """A number with its unit."""
    unit = unit_at(line, number)
    height = _HEIGHT.match(number.suffix)
    if height and number.value is not None and number.value < 3:  # "1m75"
        text = f"{number.text}{NO_BREAK}m{NO_BREAK}{height[1]}"
        return Found(number.end, (Edit(number.start, number.end, text, "unité"),))
    if unit is None:
        return None
    if "/" in number.text and unit.measure.kind in {"percent", "degree"}:
        return None
    kept = unit.measure.kind == "kept" and not unit.compound
    small = number.spoken and number.value is not None and number.value < line.rules.digits_from
    if kept and small and unit.measure.context and not line.near(unit.measure.context, number.start, 12, 8):
        return Found(unit.end)
    if kept and number.article:
        return Found(unit.end)
    if number.spoken and line.norm(unit.end) == "et" and line.norm(unit.end + 1) in {"demi", "demie"}:
        return Found(unit.end + 2)
    if _tenths(line, number, unit) is not None:
        return _tenths(line, number, unit)
    halves = _second_part(line, unit)
    if halves is not None:
        text = f"{with_unit(number.text, unit)}{NO_BREAK}{halves.text}"
        return Found(halves.end, (Edit(number.start, halves.end, text, unit.measure.rule),))
    return Found(unit.end, (Edit(number.start, unit.end, with_unit(number.text, unit), unit.measure.rule),))


def _tenths(line: Line, number: Number, unit: Unit) -> Found | None:
    """ "deux grammes cinq": 2,5 g, or two figures?"""
    if unit.compound or unit.symbol not in {"g", "L", "cm"} or not line.goes_on(unit.end):
        return None
    tenth, most = number_at(line, unit.end), 9 if unit.symbol == "cm" else 99
    if (
        tenth is None
        or tenth.value is None
        or not 1 <= tenth.value <= most
        or tenth.article
        or not line.ends(tenth.end)
    ):
        return None
    if tenth.suffix or unit_at(line, tenth) is not None or line.norm(tenth.end) in line.rules.counted:
        return None
    offers = [with_unit(f"{number.text},{tenth.value}", unit)] if number.value is not None else []
    return doubt(line, number.start, tenth.end, _DOSE, *offers)


def _second_part(line: Line, unit: Unit) -> Number | None:
    """ "un mètre soixante-quinze", "trois kilos deux cents": 1 m 75, 3 kg 200."""
    sizes = {"m": range(10, 100), "kg": range(100, 1000)}
    if unit.symbol not in sizes or unit.compound or not line.goes_on(unit.end):
        return None
    second = number_at(line, unit.end)
    if second is None or second.value is None or second.suffix or not second.sure or not line.ends(second.end):
        return None
    return second if second.value in sizes[unit.symbol] and unit_at(line, second) is None else None


def _range(line: Line, first: Number) -> Found | None:
    """ "dix à quinze milligrammes", "huit à dix jours", "entre deux et trois grammes"."""
    link = line.norm(first.end)
    if first.suffix or link not in {"a", "ou", "et"} or not line.goes_on(first.end + 1):
        return None
    opened = line.before(first.start) in {"de", "entre"}
    second = number_at(line, first.end + 1)
    if second is None or not second.sure or second.article:
        return None
    scored = ratio_at(line, second) if first.value is not None else None
    if scored is not None and scored.changes:  # "cinq à six sur dix"
        return Found(scored.end, (Edit(first.start, first.end, first.text, "score"), *scored.changes))
    second = decimal_at(line, second) or second
    unit = unit_at(line, second)
    if second.trouble or second.comma == "virgule":
        return None
    if first.article and not opened and (link == "et" or unit is None):
        return None
    if unit is not None and unit.measure.kind != "kept":
        if unit.measure.kind == "percent" and first.value == 0:
            return None
        text = f"{first.text} {line.items[first.end].core} {with_unit(second.text, unit)}"
        return Found(unit.end, (Edit(first.start, unit.end, text, unit.measure.rule),))
    small = first.spoken and first.value is not None and first.value < line.rules.digits_from
    if not small or first.article or (link == "et" and not opened):
        return None
    if second.value is not None and second.value >= line.rules.digits_from:
        return Found(first.end, (Edit(first.start, first.end, first.text, "nombre"),))
    closed = line.ends(second.end) and line.norm(second.end) not in line.rules.counted
    if second.spoken and closed and (second.decimal or line.near("values", first.start, before=6)):
        edits = (Edit(each.start, each.end, each.text, "nombre") for each in (first, second))
        return Found(second.end, tuple(edits))
    return None


def _bare(line: Line, number: Number) -> Found | None:
    """A number without a unit: digits after a measure, and from ten on in running text."""
    if number.value is None or not number.spoken:
        return None
    before, follows = line.before(number.start), line.norm(number.end)
    if line.norm(number.end) == "et" and line.norm(number.end + 1) in {"demi", "demie"}:
        return Found(number.end + 2)
    if (follows == "et" and line.norm(number.end + 1).endswith(("ieme", "iemes"))) or follows.endswith(
        ("ieme", "iemes")
    ):
        return Found(number.end + 1)
    if any(line.said(number.start, idiom) for idiom in line.rules.idioms):
        return Found(number.end)
    if before == "pour" and line.items[number.start].norm in {"cent", "cents", "mille"}:
        return Found(number.end)
    if number.value < line.rules.digits_from:
        bare = is_measured(line, number) and line.ends(number.end) and follows not in line.rules.counted
        if not number.article and (bare or _share(line, number)):
            return Found(number.end, (Edit(number.start, number.end, number.text, "nombre"),))
        return None
    if line.items[number.start].core[:1].isupper():
        return Found(number.end)
    if _one_and_one(line, number):
        noun = line.items[number.end].core
        offers = (f"{number.text} {noun}", f"{number.value - 1} et {line.items[number.end - 1].core} {noun}")
        return doubt(line, number.start, number.end + 1, _NUMBER, *offers)
    return Found(number.end, (Edit(number.start, number.end, number.text, "nombre"),))


def _share(line: Line, number: Number) -> bool:
    """ "deux ganglions sur quinze": the share is written as the whole."""
    if line.norm(number.end + 1) != "sur" or not line.goes_on(number.end) or not line.goes_on(number.end + 2):
        return False
    whole = number_at(line, number.end + 2)
    small = line.starts_sentence(number.start)
    return whole is not None and whole.value is not None and whole.value >= line.rules.digits_from and not small


def _one_and_one(line: Line, number: Number) -> bool:
    """ "pouls à soixante et un ECG": 61, or 60 and an ECG?"""
    ends_in_one = number.end - number.start > 1 and line.items[number.end - 1].norm in {"un", "une"}
    if not ends_in_one or line.items[number.end - 2].norm != "et" or line.ends(number.end):
        return False
    return not line.norm(number.end).endswith(("s", "x"))
