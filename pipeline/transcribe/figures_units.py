"""Units after a number: said, spelt or half of each, with "par litre", "par kilo et par minute"…"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.transcribe.figures_items import NO_BREAK, Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, decimal_at, number_at
from pipeline.transcribe.figures_rules import Measure
from pipeline.transcribe.numbers import number_words

_SURFACE = re.compile(r"^1,73[ \u00a0]?m[2²]$")
_TEMPERATURES = (Decimal(33), Decimal(43))
SURFACE = "1,73\u00a0m²"


@dataclass(frozen=True, slots=True)
class Unit:
    """Items up to ``end`` that are the unit ``symbol`` of a number."""

    end: int
    symbol: str
    measure: Measure
    compound: bool = False


def unit_at(line: Line, number: Number) -> Unit | None:
    """The unit of ``number``: what the engine glued to it, or the words that follow without a mark."""
    if number.suffix:
        found = _spelt(line, number.suffix, number.end)
        return _with_per(line, found) if found else None
    if not line.goes_on(number.end):
        return None
    place = number.end
    best: Unit | None = None
    for measure in line.rules.measures:
        for phrase in measure.say:
            end = place + len(phrase)
            if line.said(place, phrase) and (best is None or end > best.end):
                heard = " ".join(item.core for item in line.items[place:end])
                best = Unit(end, measure.symbol or heard, measure)
    best = best or _bare_per(line, place) or _spelt(line, line.items[place].core, place + 1)
    if best is None or line.norm(best.end) in best.measure.not_before or _is_level(line, best):
        return None
    return _with_per(line, best)


def _is_level(line: Line, unit: Unit) -> bool:
    """ "L quatre L cinq": the second L is no litre."""
    if line.items[unit.end - 1].core != "L" or unit.end >= len(line) or line.items[unit.end - 1].trail:
        return False
    follows = line.items[unit.end].token.text
    return follows[:1].isdecimal() or bool(number_words(follows.rstrip(".,;")))


def _spelt(line: Line, text: str, end: int) -> Unit | None:
    """ "mg/kg/j", "ml", "m2": each part as it is usually written."""
    first, *rest = text.strip("\u00a0 ").split("/")
    measure = line.rules.measure_spelt(first)
    if measure is None:
        return None
    parts = [measure.symbol or first]
    for part in rest:
        per = line.rules.per_spelt(part)
        if _SURFACE.match(part):
            parts.append(SURFACE)
        elif per is None:
            return None
        else:
            parts.append(per.symbol)
    return Unit(end, "/".join(parts), measure, bool(rest))


def _bare_per(line: Line, place: int) -> Unit | None:
    """ "150 000 par millimètre cube": a number without a unit of its own."""
    for per in line.rules.per:
        for phrase in per.say if per.bare else ():
            if line.said(place, ("par", *phrase)):
                kept = Measure("/" + per.symbol, ())
                return Unit(place + 1 + len(phrase), kept.symbol, kept, compound=True)
    return None


def _with_per(line: Line, unit: Unit) -> Unit:
    while True:
        longer = _one_per(line, unit) if unit.measure.kind not in {"percent", "kept"} else None
        if longer is None:
            return unit
        unit = longer


def _one_per(line: Line, unit: Unit) -> Unit | None:
    place = unit.end
    if not line.goes_on(place):
        return None
    if unit.symbol.endswith("/min") and line.items[place].norm in {"pour", "par", "sur", "/"}:
        surface = number_at(line, place + 1) if line.goes_on(place + 1) else None
        surface = (decimal_at(line, surface) or surface) if surface else None
        area = unit_at(line, surface) if surface and surface.text == "1,73" else None
        if area is not None and area.symbol == "m²":
            return Unit(area.end, f"{unit.symbol}/{SURFACE}", unit.measure, compound=True)
    if line.norm(place) == "et" and unit.compound:
        place += 1
    if line.norm(place) not in {"par", "/"}:
        return None
    best: tuple[int, str] | None = None
    for per in line.rules.per:
        if per.only_after and not any(unit.symbol.endswith("/" + symbol) for symbol in per.only_after):
            continue
        phrases = [*per.say, *((spelt.lower(),) for spelt in per.spelt)]
        for phrase in phrases:
            end = place + 1 + len(phrase)
            said = line.goes_on(place + 1) and line.said(place + 1, phrase)
            if said and (best is None or end > best[0]):
                best = (end, per.symbol)
    return Unit(best[0], f"{unit.symbol}/{best[1]}", unit.measure, compound=True) if best else None


def with_unit(number: str, unit: Unit) -> str:
    """``5 mg``, ``38 %``, ``150 000/mm³``."""
    return number + ("" if unit.symbol.startswith("/") else NO_BREAK) + unit.symbol


def degrees_at(line: Line, number: Number) -> Found | None:
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
        return doubt(line, number.start, tenth.end, "nombre à vérifier")
    if line.near("angle", number.start):
        return Found(end, (Edit(number.start, end, f"{number.text}°", "unité"),))
    return None
