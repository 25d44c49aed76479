"""The guard on risk: what is written and could harm a patient when nobody sees it.

Doses, sides, look-alike names, allergies, treatments both stopped and continued, sex and age, dates. It reads the
written text alone, asks, and never changes a word. It is no prescribing software: it looks for slips of the tongue and
of the ear, and what it does not say is not thereby right.
"""

from __future__ import annotations

from datetime import date

from pipeline.model.text import Finding, Risk
from pipeline.verify.risk_dates import date_findings
from pipeline.verify.risk_doses import dose_findings, prescribed
from pipeline.verify.risk_drugs import allergy_findings, stopped_findings, twin_findings
from pipeline.verify.risk_people import CHILD, patient_years, people_findings
from pipeline.verify.risk_rules import RiskRules
from pipeline.verify.risk_sides import side_findings
from pipeline.verify.risk_text import RiskText


def risk_findings(text: str, rules: RiskRules, today: date | None = None) -> tuple[Finding, ...]:
    """The risks of ``text`` in order, none touching another: of two at one place the first kind named above stays.

    ``today`` None: nothing is compared with the present.
    """
    read = RiskText(text, rules)
    years = patient_years(read)
    given = tuple(prescribed(read))
    twins = tuple(twin_findings(read, given))
    told = frozenset(one.start for one in twins)
    found: list[Finding] = []
    for finding in (
        *allergy_findings(read, given),
        *twins,
        *dose_findings(read, given, child=years is not None and years < CHILD, told=told),
        *side_findings(read),
        *stopped_findings(read),
        *people_findings(read, given),
        *date_findings(read, today),
    ):
        if all(finding.end <= one.start or one.end <= finding.start for one in found):
            found.append(finding)
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def written_risks(text: str, rules: RiskRules, today: date | None = None) -> tuple[Risk, ...]:
    """`risk_findings` with the sentence of each, as written."""
    read = RiskText(text, rules)
    return tuple(Risk(one, text[slice(*read.bounds(one.start))].strip()) for one in risk_findings(text, rules, today))
