"""Two numbers that belong together: blood pressures, scores, fixed combinations; and numbers in a row that do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.transcribe.figures_items import NO_BREAK, Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, chain, decimal_at, number_at
from pipeline.transcribe.figures_units import Unit, unit_at, with_unit
from pipeline.transcribe.numbers import splits

_ROW = "nombres à la suite"
_BEST_SIGHT = 20
"""Tenths of the best visual acuity that is measured (Monoyer's scale, 20/10)."""
_TELEPHONE = 4
"""Numbers in a row from which it is a telephone or a social security number, not a dose."""


def ratio_at(line: Line, upper: Number) -> Found | None:
    """ "cent trente-huit sur quatre-vingt-deux", "2 sur 10": written with a stroke where it can be nothing else."""
    if upper.suffix or not upper.sure or line.norm(upper.end) not in {"sur", "/"} or not line.goes_on(upper.end + 1):
        return None
    lower = number_at(line, upper.end + 1)
    if lower is None or lower.value is None or not lower.sure:
        return None
    unit = unit_at(line, lower)
    text = f"{upper.text}/{lower.text}"
    if decimal_at(line, upper) is not None or decimal_at(line, lower) is not None:
        return None
    if upper.value is None:  # "13,5 sur 8"
        half = re.fullmatch(r"(\d+),(\d)", upper.text) if line.near("pressure", upper.start, before=5) else None
        fits = half and any(each.fits(float(f"{half[1]}.{half[2]}"), lower.value) for each in line.rules.pressures)
        return Found(lower.end, (Edit(upper.start, lower.end, text, "tension"),)) if fits and not unit else None
    if unit is not None and (upper.text, lower.text) in _pairs(line):
        return Found(unit.end, (Edit(upper.start, unit.end, with_unit(text, unit), unit.measure.rule),))
    if _is_pressure(line, upper, lower, unit):
        end, written = (unit.end, with_unit(text, unit)) if unit else (lower.end, text)
        return Found(end, (Edit(upper.start, end, written, "tension"),))
    if unit is None and not lower.suffix and _is_score(line, upper, lower):
        return Found(lower.end, (Edit(upper.start, lower.end, text, "score"),))
    if unit is None and upper.spoken and lower.spoken and upper.value < line.rules.digits_from:
        return Found(lower.end)  # "un sur dix" is no score: both stay words
    return None


def tenths_at(line: Line, upper: Number) -> Found | None:
    """ "acuité de huit dixièmes": 8/10 of Monoyer's scale, near a word of sight (not "deux dixièmes de mm")."""
    if upper.value is None or upper.suffix or not upper.sure or not 0 < upper.value <= _BEST_SIGHT:
        return None
    after = line.norm(upper.end + 1) if line.goes_on(upper.end + 1) else ""
    if line.norm(upper.end) not in {"dixieme", "dixiemes"} or after in {"de", "du"} or after.startswith("d'"):
        return None
    if not line.near("sight", upper.start, before=15, after=8):
        return None
    return Found(upper.end + 1, (Edit(upper.start, upper.end + 1, f"{upper.value}/10", "score"),))


def _is_pressure(line: Line, upper: Number, lower: Number, unit: Unit | None) -> bool:
    if lower.suffix and unit is None:
        return False
    if unit is not None and unit.symbol not in {"mmHg", "cmHg"}:
        return False
    if unit is None and (line.norm(lower.end) in line.rules.counted or upper.article):
        return False
    if line.goes_on(lower.end) and unit is None and number_at(line, lower.end) is not None:
        return False
    high, low = upper.value or 0, lower.value or 0
    return any(pressure.fits(high, low) for pressure in line.rules.pressures)


def _is_score(line: Line, upper: Number, lower: Number) -> bool:
    high, low = upper.value or 0, lower.value or 0
    if low not in line.rules.score_totals or high > low or line.norm(lower.end) in line.rules.counted:
        return False
    if line.near("score", upper.start, before=12, after=0):
        return line.ends(lower.end)
    stops = not line.goes_on(lower.end) or bool(line.items[lower.end].comma)
    return stops and low in {10, 20} and line.before(upper.start) in line.rules.value_before and not upper.article


def _pairs(line: Line) -> set[tuple[str, str]]:
    return {pair for combination in line.rules.combinations for pair in combination.pairs}


def pair_at(line: Line, number: Number) -> Found | None:
    """Fixed combinations and their traps: "quarante-neuf cinquante et un milligrammes", "4950 et un milligramme"."""
    return _two_strengths(line, number) or _run_together(line, number) or _one_strength(line, number)


def _two_strengths(line: Line, number: Number) -> Found | None:
    """Two numbers in a row before a weight, known as a combination: said in words they are sure."""
    if number.ways:
        last, spoken = number, True
        ways = [tuple(str(value) for value in way) for way in number.ways]
    else:
        second = number_at(line, number.end) if line.goes_on(number.end) and not number.suffix else None
        if second is None or second.ways:
            return None
        last, spoken = second, number.spoken and second.spoken
        ways = [(number.text, second.text)]
    decimal = decimal_at(line, last)
    if decimal is not None and last.end < decimal.end and not decimal.trouble:
        fraction = decimal.text.partition(",")[2]
        ways = [(*way[:-1], f"{way[-1]},{fraction}") for way in ways]
        last = decimal
    unit = unit_at(line, last)
    known = [way for way in ways if len(way) == 2 and (way[0], way[1]) in _pairs(line)]
    if unit is None or unit.measure.kind != "mass" or not known:
        return None
    offers = [with_unit("/".join(way), unit) for way in known]
    slow = max(item.pause for item in line.items[number.start + 1 : last.end]) >= line.rules.pause
    named = any(
        each.pairs & {(way[0], way[1]) for way in known} and (each.alone or _named(line, number, each.drugs))
        for each in line.rules.combinations
    )
    if spoken and named and len(known) == 1 and len(ways) == 1 and not slow:
        return Found(unit.end, (Edit(number.start, unit.end, offers[0], "dose"),))
    return doubt(line, number.start, unit.end, "dose à vérifier", *offers)


def _run_together(line: Line, number: Number) -> Found | None:
    """ "4950 et un milligramme", "4951 mg": the engine ran the two strengths together."""
    if number.trouble or (number.value is None and (number.spoken or number.comma)):
        return None
    heard, end = number.text if number.value is None else str(number.value), number.end
    follows_one = line.norm(end) == "et" and line.norm(end + 1) in {"un", "une"} and not number.suffix
    one = number_at(line, end + 1) if follows_one else None
    unit = unit_at(line, one) if one is not None else unit_at(line, number)
    if unit is None or unit.measure.kind != "mass" or unit.compound:
        return None
    if one is not None and number.value is not None:
        heard = str(number.value + 1)
    if number.spoken:  # "cent et un milligrammes"
        return doubt(line, number.start, unit.end, "dose à vérifier", with_unit(heard, unit)) if one else None
    offers = [with_unit(f"{a}/{b}", unit) for a, b in sorted(_pairs(line)) if a + b == heard]
    if one is None and (not offers or ((number.value or 1000) < 1000 and not _has_drug(line, number, heard))):
        return None
    return doubt(line, number.start, unit.end, "dose à vérifier", *offers)


def _one_strength(line: Line, number: Number) -> Found | None:
    """ "cinq cents soixante-deux virgule cinq": 562,5 mg, or amoxicilline-acide clavulanique 500/62,5?"""
    if not number.spoken or number.ways or number.end == number.start:
        return None
    whole_number = decimal_at(line, number) or number
    unit = unit_at(line, whole_number)
    if unit is None or unit.measure.kind != "mass" or unit.compound:
        return None
    fraction = whole_number.text.partition(",")[2]
    tail = f",{fraction}" if fraction else ""
    groups = [(word,) for item in line.items[number.start : number.end] for word in item.words or ("et",)]
    known: list[str] = []
    for cut in range(1, len(groups)):
        left, right = splits(groups[:cut], line.rules.read), splits(groups[cut:], line.rules.read)
        if left and right and len(left[0]) == 1 and len(right[0]) == 1:
            pair = (str(left[0][0]), f"{right[0][0]}{tail}")
            named = any(pair in each.pairs and _named(line, number, each.drugs) for each in line.rules.combinations)
            known += ["/".join(pair)] if named else []
    if not known:
        return None
    offers = [with_unit(text, unit) for text in (*known, whole_number.text)]
    return doubt(line, number.start, unit.end, "dose à vérifier", *offers)


def _has_drug(line: Line, number: Number, heard: str) -> bool:
    return any(
        heard in {a + b for a, b in each.pairs} and _named(line, number, each.drugs) for each in line.rules.combinations
    )


def _named(line: Line, number: Number, drugs: re.Pattern[str]) -> bool:
    names = " ".join(item.norm for item in line.items[max(0, number.start - 6) : number.start])
    return bool(drugs.search(names))


def row_at(line: Line, number: Number) -> Found | None:
    """Numbers in a row without a word between them: asked, unless a telephone number or "deux trois jours"."""
    numbers = chain(line, number.start)
    ways = number.ways if len(numbers) == 1 else (_values(numbers),)
    if len(numbers) == 1 and not number.ways:
        return None
    end = numbers[-1].end
    if any(len(way) >= _TELEPHONE for way in ways) or len(numbers) >= _TELEPHONE or number.text.startswith("0"):
        return Found(end)
    unit = unit_at(line, numbers[-1]) if not numbers[-1].ways else None
    if unit is None and _about(ways):
        return Found(end)
    stop = unit.end if unit else end
    offers = _row_offers(line, number, ways, unit)
    return doubt(line, number.start, stop, _ROW, *offers)


def _values(numbers: Sequence[Number]) -> tuple[int, ...]:
    return tuple(-1 if number.value is None else number.value for number in numbers)


def _about(ways: Sequence[Sequence[int]]) -> bool:
    """ "deux trois jours" for "two or three"."""
    return len(ways) == 1 and all(0 < one < 10 and other == one + 1 for one, other in pairwise(ways[0]))


def _row_offers(line: Line, number: Number, ways: Sequence[Sequence[int]], unit: Unit | None) -> list[str]:
    offers: list[str] = []
    numbers = chain(line, number.start)
    if len(numbers) == 2 and number.text.isdecimal() and len(numbers[1].text) == 3 and numbers[1].text.isdecimal():
        joined = number.text + numbers[1].text  # "1 250 mg", as many engines write a thousand
        offers += [with_unit(joined, unit) if unit else joined] if int(number.text) < 1000 else []
    for way in ways:
        if len(way) != 2 or -1 in way:
            continue
        first, second = way
        pressed = unit is None or unit.symbol == "mmHg"
        if pressed and line.near("pressure", number.start, before=5) and not line.near("other_pressure", number.start):
            fits = any(pressure.fits(first, second) for pressure in line.rules.pressures)
            offers += [f"{first}/{second}" + (f"{NO_BREAK}mmHg" if unit else "")] if fits else []
        elif unit is None and line.near("temperature", number.start) and 33 <= first <= 43 and second <= 9:
            offers.append(f"{first},{second}")
        elif unit is None and second == first + 1:
            offers.append(f"{first} à {second}")
        elif unit is None and first == 0 and 10 <= second <= 99:  # "LDL à zéro soixante-dix"
            offers.append(f"0,{second}")
        elif unit is not None and unit.measure.kind == "percent" and first < second:
            offers.append(with_unit(f"{first} à {second}", unit))
    return offers


def glued_pressure(line: Line, number: Number) -> Found | None:
    """ "tension à 12,8": the engine writes "douze huit" so."""
    whole_part, _, tenth = number.text.partition(",")
    if number.spoken or number.suffix or not tenth.isdecimal() or not whole_part.isdecimal() or len(tenth) > 2:
        return None
    near = line.near("pressure", number.start, before=5) and not line.near("other_pressure", number.start)
    fits = any(pressure.fits(int(whole_part), int(tenth)) for pressure in line.rules.pressures)
    if not near or not fits or unit_at(line, number) is not None:
        return None
    return doubt(line, number.start, number.end, "tension à vérifier", f"{whole_part}/{int(tenth)}")
