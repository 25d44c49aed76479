"""Sex and age against the text: "Madame …" with a prostate, "Monsieur …" with a pregnancy, a child's drug of adults.

The patient's sex is taken only from words that are surely about the patient: a title and a name followed by an age or
a birth ("Madame Durand, née le …", "Monsieur Petit, 62 ans"), or a name behind "examiné", "patient", "concernant".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.model.text import Finding
from pipeline.verify.risk_doses import Prescribed
from pipeline.verify.risk_drugs import NOT_GIVEN
from pipeline.verify.risk_text import RiskText, fold

CHILD = 15
"""Years under which doses are a child's."""
FERTILE = 60
"""Years from which a pregnancy under way is asked about."""
_NAME = r"(?:[A-ZÀ-ÞŒ][\w'’-]+[ \u00a0]?){1,4}"
_TITLE = re.compile(
    rf"\b(?P<title>Madame|Mme|Mademoiselle|Mlle|Monsieur|M\.|Mr)[ \u00a0](?!le |la |Le |La |et )(?P<name>{_NAME})"
)
_BORN = re.compile(r"^,? ?(?:\(?nee? le|\(?nee? |agee?s? de|\d{1,3} ans)")
_ABOUT = re.compile(
    r"(?:patient|patiente|concernant|examine|examinee|vu|vue|revu|revue|recu|recue|recois|vois|revois|reverrai|"
    r"consultation|nom|adresse|"
    r"hospitalise|hospitalisee|opere|operee|pour|de)(?: ce jour| en consultation| votre patiente?)?,? ?:? ?$"
)
_AGREED = re.compile(r"\b(?:ce|le|votre|cette|la) (?P<patient>patiente?)\b(?! suivant)")
_AGE = re.compile(
    r"\b(?:agee?s? de |enfant de |garcon de |fillette de |fille de |nourrisson de |"
    r", )(?P<years>\d{1,3}) ?(?P<unit>ans?|mois)\b"
)
_RELATIVES = re.compile(
    r"\b(?:meres?|peres?|sœurs?|soeurs?|freres?|filles?|fils|epouse|epoux|femme|mari|conjointe?|compagne|"
    r"compagnon|tantes?|"
    r"oncles?|cousine?s?|grand-\w+|familia\w*|familles?|partenaires?|hereditaire|ascendants?|descendants?|nees?|"
    r"naissance|"
    r"grossesses? de|enfants|donneuse?|brca\w*)\b"
)
_GENERAL = re.compile(
    r"\b(?:contre-indi\w*|chez la femme|chez l'homme|en cas d\w*|teratogen\w*|contraception|pas d\w*|sans)\b"
)
_PREGNANT = re.compile(r"\b(?:enceinte|grossesse (?:en cours|evolutive|intra-uterine|de \d+)|semaines d'amenorrhee)\b")


def people_findings(text: RiskText, given: Sequence[Prescribed]) -> Iterator[Finding]:
    """What cannot be said of a patient of this sex or age."""
    sex = patient_sex(text)
    if sex:
        yield from _agreements(text, sex)
        yield from _organs(text, sex)
    years = patient_years(text)
    if years is not None and years < CHILD:
        yield from _adult_drugs(text, given, years)
    if years is not None and years >= FERTILE:
        yield from _late_pregnancy(text, years)


def patient_sex(text: RiskText) -> str:
    """``"f"``, ``"m"``, or ``""`` when nothing or both are said."""
    said: set[str] = set()
    for found in _TITLE.finditer(text.text):
        before = text.plain[max(0, found.start() - 45) : found.start()]
        about = _BORN.match(text.plain[found.end() : found.end() + 40].lstrip()) or _BORN.match(
            text.plain[found.end() - 1 : found.end() + 40]
        )
        if about or (_ABOUT.search(before) and not re.search(r"docteur|confrere|professeur", before)):
            if _RELATIVES.search(before):
                continue
            said.add("f" if found["title"][:2] in ("Ma", "Mm", "Ml") else "m")
    return said.pop() if len(said) == 1 else ""


def patient_years(text: RiskText) -> float | None:
    """The first age that is said, in years; not a relative's, not "à l'âge de"."""
    for found in _AGE.finditer(text.plain):
        start, end = text.bounds(found.start())
        before = text.plain[start : found.start()]
        if re.search(r"(?:depuis|il y a|a l'|pendant|duree)[^.]{0,15}$", before) or _RELATIVES.search(
            re.sub(r"\bnees?\b|\bnaissance\b|\bfilles?\b|\bfils\b", "", text.plain[start:end])
        ):
            continue
        return float(found["years"]) / (12 if found["unit"] == "mois" else 1)
    return None


def _agreements(text: RiskText, sex: str) -> Iterator[Finding]:
    title = "Madame" if sex == "f" else "Monsieur"
    for found in _AGREED.finditer(text.plain):
        if found["patient"] == ("patiente" if sex == "f" else "patient"):
            continue
        if re.match(r"(?:ce|votre|cette)\b", found[0]) or re.match(
            r" (?:a |est |presente|souffre|se |ne )", text.plain[found.end() : found.end() + 20]
        ):
            written = text.text[found.start() : found.end()]
            message = f"« {written} », alors que le texte parle de {title}. Vérifiez l'accord ou la personne."
            yield text.finding(found.start(), found.end(), message, _agreed(written, sex))


def _agreed(written: str, sex: str) -> str:
    article, noun = written.split(maxsplit=1)
    forms = {"ce": "cette", "le": "la"} if sex == "f" else {"cette": "ce", "la": "le"}
    changed = forms.get(fold(article), fold(article))
    changed = changed.capitalize() if article[:1].isupper() else changed
    return f"{changed} {noun}e" if sex == "f" else f"{changed} {noun[:-1]}"


def _organs(text: RiskText, sex: str) -> Iterator[Finding]:
    title, other = ("Madame", "un homme") if sex == "f" else ("Monsieur", "une femme")
    for found in (text.rules.men_only if sex == "f" else text.rules.women_only).finditer(text.plain):
        sentence = text.sentence(found.start())
        if _RELATIVES.search(re.sub(r"\bnees? (?:le|en)\b|\bnees? \d", "", sentence)) or _GENERAL.search(sentence):
            continue
        written = text.text[found.start() : found.end()]
        message = f"« {written} » se dit d'{other}, et le texte parle de {title}. Vérifiez."
        yield text.finding(found.start(), found.end(), message)


def _adult_drugs(text: RiskText, given: Sequence[Prescribed], years: float) -> Iterator[Finding]:
    for one in given:
        least = text.rules.ages.get(one.drug.name) or text.rules.ages.get(one.drug.substance)
        if least and years < least and not NOT_GIVEN.search(one.context) and not _RELATIVES.search(one.context):
            written = text.text[one.drug.start : one.drug.end]
            age = f"{years:g} ans" if years >= 1 else f"{round(years * 12)} mois"
            message = f"« {written} » à {age} : ce médicament ne se donne pas avant {least} ans. Vérifiez."
            yield text.finding(one.drug.start, one.drug.end, message)


def _late_pregnancy(text: RiskText, years: float) -> Iterator[Finding]:
    for found in _PREGNANT.finditer(text.plain):
        sentence = text.sentence(found.start())
        if not _RELATIVES.search(sentence) and not _GENERAL.search(sentence):
            message = f"grossesse à {years:g} ans : vérifiez l'âge ou la personne."
            yield text.finding(found.start(), found.end(), message)
