"""Values: doses, measures, percentages, ranges, and numbers in running text."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.transcribe.figures_items import NO_BREAK, Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, decimal_at, number_at
from pipeline.transcribe.figures_units import Unit, unit_at

_LIST = "virgule ou liste à vérifier"
_NUMBER = "nombre à vérifier"
_DOSE = "dose à vérifier"
_WEIGHED = frozenset({"mass", "volume"})
_THREE_DECIMALS = re.compile(r"^[1-9]\d*[.,]\d{3}$")
_DOTTED = re.compile(r"^(\d+)\.(\d+)$")
_COLON = re.compile(r"^2[.,](\d+)$")
_TEMPERATURES = (Decimal(33), Decimal(43))


def with_unit(number: str, unit: Unit) -> str:
    """``5 mg``, ``38 %``, ``150 000/mm³``."""
    return number + ("" if unit.symbol.startswith("/") else NO_BREAK) + unit.symbol


def value_at(line: Line, number: Number) -> Found | None:
    """What to write for ``number``; None when the words stay as they are."""
    spoken = decimal_at(line, number)
    if spoken is not None:
        found = _spoken_decimal(line, number, spoken)
        if found is not None:
            return found
    if number.trouble:
        return _troubled(line, number)
    odd = _odd_digits(line, number) or _engine_comma(line, number)
    if odd is not None:
        return odd
    return _range(line, number) or _united(line, number) or _degrees(line, number) or _bare(line, number)


def _spoken_decimal(line: Line, left: Number, number: Number) -> Found | None:
    """A decimal said with "virgule": written before a unit or after a measure; asked when it may be a list."""
    unit = unit_at(line, number)
    follows = line.norm(number.end)
    if number.comma == "virgule" and (unit is None or number.trouble == "nombre"):
        return None  # a comma between two figures, as it is written
    if number.trouble or _weighs_too_much(line, number, unit) or _may_be_article(line, left, number, unit):
        return _asked(line, number, unit)
    if unit is not None:
        return Found(unit.end, (Edit(number.start, unit.end, with_unit(number.text, unit), unit.measure.rule),))
    if number.suffix or follows in line.rules.counted:
        return _asked(line, number, None)
    if decimal_at(line, number) is not None and not line.items[number.end].comma:  # "2 virgule 5 virgule 3"
        return _asked(line, number, None)
    degrees = _degrees(line, number)
    if degrees is not None:
        return degrees
    if line.ends(number.end) or line.before(number.start) in line.rules.value_before:
        return Found(number.end, (Edit(number.start, number.end, number.text, "nombre"),))
    return _asked(line, number, None)


def _may_be_article(line: Line, left: Number, number: Number, unit: Unit | None) -> bool:
    """ "39 virgule un gramme de…": beside the engine's digits "un" may be the article of a second dose."""
    last = line.items[number.end - 1]
    article = last.norm in {"un", "une"} and line.items[number.end - 2].norm != "et"
    return article and not left.spoken and unit is not None and unit.measure.kind in _WEIGHED and not unit.compound


def _weighs_too_much(line: Line, number: Number, unit: Unit | None) -> bool:
    """ "fièvre à 39 virgule 2 grammes": a temperature has no weight."""
    heavy = unit is not None and unit.measure.kind in _WEIGHED and not unit.compound
    return heavy and line.near("bare_values", number.start, before=4)


def _asked(line: Line, number: Number, unit: Unit | None) -> Found:
    end = unit.end if unit else number.end
    if unit is None and line.norm(end) in line.rules.counted:
        end += 1
    if not number.text or number.trouble == "nombre":
        return doubt(line, number.start, end, _NUMBER)
    tail = "" if unit or end == number.end else " " + line.items[end - 1].core
    both = (number.text, number.list_text)
    if tail or (number.trouble == "virgule" and number.comma == "virgule"):
        both = (number.list_text, number.text)
    offers = [with_unit(text, unit) if unit else text + tail for text in both if text]
    return doubt(line, number.start, end, _LIST, *offers)


def _troubled(line: Line, number: Number) -> Found | None:
    """A silence inside a number: "cent | vingt milligrammes" may be 120, or 100 and then 20."""
    if number.value is not None and number.value < line.rules.digits_from:
        return None
    unit = unit_at(line, number)
    offer = with_unit(number.text, unit) if unit else number.text
    return doubt(line, number.start, unit.end if unit else number.end, _NUMBER, offer)


def _odd_digits(line: Line, number: Number) -> Found | None:
    """Digits of the engine that are surely or perhaps no number: "2.5", "2,104 kg", "Motif 2.1 suffisance"."""
    if number.comma:
        follows = line.norm(number.end)
        if follows in line.rules.counted:
            listed, noun = number.text.replace(",", ", ", 1), line.items[number.end].core
            return doubt(line, number.start, number.end + 1, _LIST, f"{listed} {noun}", f"{number.text} {noun}")
        unit = unit_at(line, number)
        if _weighs_too_much(line, number, unit) and unit is not None:
            both = (with_unit(number.text, unit), with_unit(number.text.replace(",", ", "), unit))
            return doubt(line, number.start, unit.end, _LIST, *both)
        return None
    colon, dotted = _COLON.match(number.text), _DOTTED.match(number.text)
    unit = unit_at(line, number)
    end = unit.end if unit else number.end
    if colon and line.before(number.start) in line.rules.headings:
        after = with_unit(colon[1], unit) if unit else colon[1]
        return doubt(line, number.start, end, "« deux points » ou nombre à vérifier", f": {after}")
    if _THREE_DECIMALS.match(number.text) and (unit or dotted):
        offers = [with_unit(re.sub("[.,]", "", number.text), unit)] if unit and number.text[-3:] == "000" else []
        if colon and unit:
            offers.append(": " + with_unit(str(int(colon[1])), unit))
        return doubt(line, number.start, end, _DOSE if unit else _NUMBER, *offers)
    if dotted and unit is None and not number.suffix:
        fits = len(dotted[2]) <= 2 and not dotted[1].startswith("0" * 2)
        return doubt(line, number.start, end, _NUMBER, *([number.text.replace(".", ",")] if fits else []))
    if dotted and unit is not None:
        text = with_unit(number.text.replace(".", ","), unit)
        return Found(end, (Edit(number.start, end, text, unit.measure.rule),))
    return None


def _engine_comma(line: Line, number: Number) -> Found | None:
    """ "2, 5 mg" with a comma of the engine's own: 2,5 mg, or two figures?"""
    at = number.end
    if at >= len(line) or number.suffix or line.items[at - 1].trail != "," or line.items[at].closed:
        return None
    if number.value is None or number.value >= 1000 or line.before(number.start) in line.rules.labels or number.article:
        return None
    right = number_at(line, at) if not line.items[at].lead else None
    unit = unit_at(line, right) if right is not None and right.value is not None else None
    if right is None or unit is None or unit.measure.kind == "kept":
        return None
    decimal = with_unit(f"{number.text},{right.text}", unit)
    return doubt(line, number.start, unit.end, _LIST, decimal)


def _united(line: Line, number: Number) -> Found | None:
    """A number with its unit."""
    unit = unit_at(line, number)
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
    halves = _second_part(line, unit)
    if halves is not None:
        text = f"{with_unit(number.text, unit)}{NO_BREAK}{halves.text}"
        return Found(halves.end, (Edit(number.start, halves.end, text, unit.measure.rule),))
    return Found(unit.end, (Edit(number.start, unit.end, with_unit(number.text, unit), unit.measure.rule),))


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
    if first.article and not opened and link != "a":
        return None
    second = number_at(line, first.end + 1)
    if second is None or not second.sure or second.article:
        return None
    second = decimal_at(line, second) or second
    unit = unit_at(line, second)
    if second.trouble or second.comma == "virgule":
        return None
    if unit is not None and unit.measure.kind != "kept":
        if unit.measure.kind == "percent" and first.value == 0:
            return None
        text = f"{first.text} {line.items[first.end].core} {with_unit(second.text, unit)}"
        return Found(unit.end, (Edit(first.start, unit.end, text, unit.measure.rule),))
    great = second.value is not None and second.value >= line.rules.digits_from and first.spoken
    small = first.value is not None and first.value < line.rules.digits_from
    if great and small and not first.article and (link == "a" or opened or link == "ou"):
        return Found(first.end, (Edit(first.start, first.end, first.text, "nombre"),))
    return None


def _degrees(line: Line, number: Number) -> Found | None:
    """ "trente-huit degrés cinq" is 38,5 °C of a fever; "flexion à 120 degrés" is 120°."""
    if number.suffix or line.norm(number.end) not in {"degre", "degres"} or number.article:
        return None
    end = number.end + 1
    value = Decimal(number.text.replace(",", ".").replace(NO_BREAK, "")) if "/" not in number.text else None
    warm = value is not None and _TEMPERATURES[0] <= value <= _TEMPERATURES[1]
    if warm and line.near("temperature", number.start):
        tenth = number_at(line, end) if line.goes_on(end) else None
        single = tenth is not None and tenth.value in range(10) and not tenth.suffix and tenth.end == end + 1
        if tenth is None:
            return Found(end, (Edit(number.start, end, f"{number.text}{NO_BREAK}°C", "unité"),))
        if single and not number.decimal and line.ends(tenth.end) and unit_at(line, tenth) is None:
            text = f"{number.text},{tenth.value}{NO_BREAK}°C"
            return Found(tenth.end, (Edit(number.start, tenth.end, text, "unité"),))
        return doubt(line, number.start, tenth.end, _NUMBER)
    if line.near("angle", number.start):
        return Found(end, (Edit(number.start, end, f"{number.text}°", "unité"),))
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
    if any(line.said(number.start, idiom) for idiom in line.rules.idioms) or before in line.rules.decade_before:
        return Found(number.end)
    if before == "pour" and line.items[number.start].norm in {"cent", "cents", "mille"}:
        return Found(number.end)
    if number.value < line.rules.digits_from:
        measured = before in line.rules.value_before and line.near("values", number.start, before=4)
        if measured and not number.article and line.ends(number.end) and follows not in line.rules.counted:
            return Found(number.end, (Edit(number.start, number.end, number.text, "nombre"),))
        return None
    if line.items[number.start].core[:1].isupper():
        return Found(number.end)
    if _one_and_one(line, number):
        noun = line.items[number.end].core
        offers = (f"{number.text} {noun}", f"{number.value - 1} et {line.items[number.end - 1].core} {noun}")
        return doubt(line, number.start, number.end + 1, _NUMBER, *offers)
    return Found(number.end, (Edit(number.start, number.end, number.text, "nombre"),))


def _one_and_one(line: Line, number: Number) -> bool:
    """ "pouls à soixante et un ECG": 61, or 60 and an ECG?"""
    ends_in_one = number.end - number.start > 1 and line.items[number.end - 1].norm in {"un", "une"}
    if not ends_in_one or line.items[number.end - 2].norm != "et" or line.ends(number.end):
        return False
    return not line.norm(number.end).endswith(("s", "x"))
