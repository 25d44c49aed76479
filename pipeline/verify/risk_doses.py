"""Doses that no adult usually takes: outside the range, in another unit, too often.

A dose is compared with `UsualDose`: it is asked about below a third of ``low``, above one and a half times ``high``
(and above ``day``), or when the takes of a day come to more than a tenth over ``day``. Units: ng, µg, mg, g, UI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.model.text import Finding
from pipeline.verify.risk_frequency import Frequency, read_frequency
from pipeline.verify.risk_rules import MICROGRAMS, UsualDose
from pipeline.verify.risk_text import Dose, Named, RiskText

UNDER, OVER, OVER_DAY = 1 / 3, 1.5, 1.1
"""How far from the usual a dose may be: shares of ``low``, ``high`` and ``day``."""
NEAR = 60
"""A dose stands at most so many letters behind its drug, or behind the dose before it."""
_NOT_ONE_TAKE = re.compile(
    r"\b(?:depass\w*|superieure?s? a|au-dela de|cumul\w*|dose totale|total\w*|intoxication\w*|surdosage\w*|"
    r"ingestion\w*|"
    r"ingere\w*|overdose|avale\w*|suicid\w*|erreur|par erreur|bolus|dose de charge|perfusion continue|pse|"
    r"seringue electrique|stock\w*|boites?|taux|dosage (?:sanguin|serique|plasmatique)|concentration\w*|serique|"
    r"sang\w*|"
    r"plasmatique|residuel\w*|creatinine|clairance|proteinurie|calcul\w*|poids|nourrisson\w*|enfants?|pediatri\w*|"
    r"nouveau-nes?|collyre|creme|pommade|gel|collutoire|topique|intratheca\w*|retard|intramusculaire|im|"
    r"tous les (?:quinze|quatorze|14|15|28) jours|soit)\b"
)
_NO_DOSE = re.compile(r"\b(?:pas de|pas d'|sans|jamais)\s*$")
_WEEKLY_BREAK = re.compile(r"\b(?:acide folique|speciafoldine|folates?)\b")
_EVERY_DAY = re.compile(r"\b(?:quotidien\w*|tous les jours|chaque jour|journalier\w*)\b")
_EVERY_WEEK = re.compile(r"\b(?:semaines?|hebdomadaire\w*|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|mois)\b")
_OF_ANOTHER = re.compile(r" (?:de |d')(?!facon|maniere|plus|suite|la )\w{4}")
"""Behind a dose: another substance than the drug before it ("avec 1 g de calcium")."""
_OF = re.compile(r" (?:par jour )?(?:de |d')(?:la |l')?$")


@dataclass(frozen=True, slots=True)
class Prescribed:
    """A drug, one of its doses, how often it is taken, and the sentence they stand in."""

    drug: Named
    dose: Dose
    often: Frequency
    context: str


def prescribed(text: RiskText) -> Iterator[Prescribed]:
    """Every dose with its drug: the drug before it in its sentence, or right behind it ("75 mg de lévothyroxine")."""
    doses = text.doses
    last: Dose | None = None
    owner: Named | None = None
    for at, dose in enumerate(doses):
        start, end = text.bounds(dose.start)
        drug = _before(text.drugs_in(start, dose.start), dose)
        behind = next(iter(text.drugs_in(dose.end + 1, dose.end + 20)), None)
        if behind and _OF.fullmatch(text.plain[dose.end : behind.start]):
            drug = behind
        elif _OF_ANOTHER.match(text.plain, dose.end):
            drug = None
        elif drug:
            since = last.end if last and owner is drug and last.start > drug.end else drug.end
            if dose.start - since > NEAR:
                drug = None
        last, owner = dose, drug
        if drug:
            after = max(dose.end, drug.end)
            stops = [end, *(one.start for one in doses[at + 1 : at + 2]), *(d.start for d in text.drugs_in(after, end))]
            often = read_frequency(text.plain[dose.end : min(stop for stop in stops if stop >= dose.end)])
            yield Prescribed(drug, dose, often, text.plain[start:end])


def _before(drugs: Sequence[Named], dose: Dose) -> Named | None:
    near = [one for one in drugs if one.end <= dose.start]
    return near[-1] if near else None


def usual(text: RiskText, drug: Named) -> tuple[UsualDose, ...]:
    """The usual doses of a drug; empty when no table has it."""
    return text.rules.doses.get(drug.substance, ())


def fits(amount: float, doses: Sequence[UsualDose], *, mass: bool) -> bool:
    """Whether ``amount`` (µg or UI) is a usual take, with the tolerance, by one of ``doses``."""
    return any(
        one.is_mass is mass
        and one.low * one.scale * UNDER <= amount <= max(one.high * OVER, one.day) * one.scale * 1.0001
        for one in doses
    )


def dose_findings(
    text: RiskText, given: Sequence[Prescribed], *, child: bool = False, told: frozenset[int] = frozenset()
) -> Iterator[Finding]:
    """Every dose outside the usual, at its place. A ``child`` takes less: only too much is asked about.

    ``told`` are the places of drugs that are asked about already, and their doses with them.
    """
    for one in given:
        doses = usual(text, one.drug)
        if not doses or one.drug.start in told or _NOT_ONE_TAKE.search(one.context):
            continue
        if one.dose.hourly and not any(each.per == "heure" for each in doses):
            continue
        if one.dose.value == 0 or _NO_DOSE.search(text.plain[max(0, one.dose.start - 10) : one.dose.start]):
            continue
        if child and one.dose.amount <= max(each.high * each.scale for each in doses):
            continue
        finding = _outside(text, one, doses) or _too_much_a_day(text, one, doses) or _weekly(text, one, doses)
        if finding:
            yield finding


def _of(text: RiskText, drug: Named) -> str:
    """``de Lovenox``, ``d'aspirine``."""
    return f"d'{_name(text, drug)}" if text.plain[drug.start] in "aeiouyh" else f"de {_name(text, drug)}"


def _name(text: RiskText, drug: Named) -> str:
    return text.text[drug.start : drug.end]


def _outside(text: RiskText, one: Prescribed, doses: Sequence[UsualDose]) -> Finding | None:
    dose, mass = one.dose, one.dose.is_mass
    if fits(dose.amount, doses, mass=mass):
        return None
    same = [each for each in doses if each.is_mass is mass]
    written = " ".join(text.text[dose.start : dose.end].split())
    head = f"{written} {_of(text, one.drug)} : "
    if not same:
        units = "en UI" if mass else "en unités de masse (mg, µg)"
        return text.finding(dose.start, dose.end, f"{head}ce médicament se compte {units}. Vérifiez l'unité.")
    range_ = f"la dose usuelle est de {amount(same[0].low)} à {amount(same[0].high)} {same[0].unit}"
    if same[0].low == same[0].high:
        range_ = f"la dose usuelle est de {amount(same[0].low)} {same[0].unit}"
    other = _other_unit(dose, same)
    if other:
        figure = text.text[dose.start : dose.end].rstrip("abcdefghijklmnopqrstuvwxyzµμABCDEFGHIJKLMNOPQRSTUVWXYZ")
        proposal = f"{figure.rstrip()}\u00a0{other}"
        return text.finding(dose.start, dose.end, f"{head}{range_}. Vérifiez l'unité.", proposal)
    tenth = any(fits(dose.amount * factor, same, mass=mass) for factor in (0.1, 10))
    advice = "Vérifiez le zéro ou la virgule." if tenth else "Vérifiez la dose."
    return text.finding(dose.start, dose.end, f"{head}{range_}. {advice}")


def _other_unit(dose: Dose, doses: Sequence[UsualDose]) -> str:
    """The unit in which the same figure is an exactly usual dose, if there is just one."""
    fitting = {
        unit
        for unit, factor in MICROGRAMS.items()
        if dose.is_mass and unit != dose.unit
        for each in doses
        if each.low <= dose.value * factor / each.scale <= each.high
    }
    return fitting.pop() if len(fitting) == 1 else ""


def _too_much_a_day(text: RiskText, one: Prescribed, doses: Sequence[UsualDose]) -> Finding | None:
    often = one.often
    if not often.daily or one.dose.hourly:
        return None
    total = one.dose.amount * max(often.times, 1.0) * (often.tablets if often.times else 1.0)
    same = [each for each in doses if each.is_mass is one.dose.is_mass]
    most = max(each.day * each.scale for each in same)
    if total <= most * OVER_DAY:
        return None
    said = f"{amount(total / same[0].scale)} {same[0].unit}"
    message = (
        f"{said} par jour {_of(text, one.drug)} : "
        f"le maximum usuel est de {amount(same[0].day)} {same[0].unit} par jour. Vérifiez la dose et la fréquence."
    )
    return text.finding(one.dose.start, one.dose.end, message)


def _weekly(text: RiskText, one: Prescribed, doses: Sequence[UsualDose]) -> Finding | None:
    if not all(each.per == "semaine" for each in doses):
        return None
    elsewhere = _EVERY_WEEK.search(one.context) or _WEEKLY_BREAK.search(one.context)
    if not one.often.daily and (elsewhere or not _EVERY_DAY.search(one.context)):
        return None
    message = f"{_name(text, one.drug)} tous les jours : ce médicament se prend une fois par semaine. Vérifiez."
    return text.finding(one.dose.start, one.dose.end, message)


def amount(value: float) -> str:
    """``2,5``, ``1 000`` as French writes it, at most three decimals."""
    whole = f"{value:,.3f}".rstrip("0").rstrip(".")
    return whole.replace(",", "\u202f").replace(".", ",")
