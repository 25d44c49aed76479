"""Decimals that were said with "virgule", and digits of the engine that are perhaps no decimal."""

from __future__ import annotations

import re

from pipeline.transcribe.figures_items import Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, decimal_at, is_measured, number_at
from pipeline.transcribe.figures_units import Unit, degrees_at, unit_at, with_unit

_LIST = "virgule ou liste à vérifier"
_NUMBER = "nombre à vérifier"
_DOSE = "dose à vérifier"
_WEIGHED = frozenset({"mass", "volume"})
_THREE_DECIMALS = re.compile(r"^[1-9]\d*[.,]\d{3}$")
_DOTTED = re.compile(r"^(\d+)\.(\d+)$")
_COLON = re.compile(r"^2[.,](\d+)$")


def spoken_decimal(line: Line, left: Number, number: Number) -> Found | None:
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
    degrees = degrees_at(line, number)
    if degrees is not None:
        return degrees
    named = is_measured(line, number) or line.near("values", number.start, before=2)
    article = line.items[number.end - 1].norm in {"un", "une"} and line.items[number.end - 2].norm != "et"
    if line.ends(number.end) or (named and not article):
        return Found(number.end, (Edit(number.start, number.end, number.text, "nombre"),))
    return _asked(line, number, None)


def _may_be_article(line: Line, left: Number, number: Number, unit: Unit | None) -> bool:
    """ "80 virgule un gramme de…": before a singular "un" may be the article of a second dose."""
    article = line.items[number.end - 1].norm in {"un", "une"} and line.items[number.end - 2].norm != "et"
    if not article or unit is None or unit.measure.kind not in _WEIGHED or unit.compound or left.value in {0, 1}:
        return False
    return not line.items[unit.end - 1].norm.endswith("s")


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


def odd_digits(line: Line, number: Number) -> Found | None:
    """Digits of the engine that are surely or perhaps no number: "2.5", "2,104 kg", "Motif 2.1 suffisance"."""
    if number.comma:
        return _glued_list(line, number)
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
        fits, text = len(dotted[2]) <= 2 and len(dotted[1]) <= 3, number.text.replace(".", ",")
        if fits and is_measured(line, number) and line.ends(end):
            return Found(end, (Edit(number.start, end, text, "nombre"),))
        return doubt(line, number.start, end, _NUMBER, *([text] if fits else []))
    if dotted and unit is not None:
        text = with_unit(number.text.replace(".", ","), unit)
        return Found(end, (Edit(number.start, end, text, unit.measure.rule),))
    return None


def engine_comma(line: Line, number: Number) -> Found | None:
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


def _glued_list(line: Line, number: Number) -> Found | None:
    """ "5 virgule 2 comprimés": `written.py` glued the comma, but a list may be meant."""
    listed = number.text.replace(",", ", ", 1)
    if line.norm(number.end) in line.rules.counted:
        noun = line.items[number.end].core
        return doubt(line, number.start, number.end + 1, _LIST, f"{listed} {noun}", f"{number.text} {noun}")
    unit = unit_at(line, number)
    if unit is not None and _weighs_too_much(line, number, unit):
        return doubt(line, number.start, unit.end, _LIST, with_unit(number.text, unit), with_unit(listed, unit))
    if unit is None and not is_measured(line, number) and _third(line, number):  # "40 virgule 20 virgule 40"
        return doubt(line, number.start, number.end, _LIST, listed, number.text)
    return None


def _third(line: Line, number: Number) -> bool:
    """Whether a comma and one more whole number follow a decimal: three figures in a row may be three doses."""
    at = number.end
    if at + 1 >= len(line) or not line.items[at].comma:
        return False
    third = number_at(line, at + 1)
    return third is not None and third.value is not None and unit_at(line, third) is None and line.ends(third.end)
