"""Drugs that do not fit what the text says: a name that looks like another, an allergy, stopped and continued."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.model.said import Context
from pipeline.model.text import Finding
from pipeline.verify.risk_doses import Prescribed, fits
from pipeline.verify.risk_rules import Twin
from pipeline.verify.risk_text import Named, RiskText, fold

_FOR = re.compile(
    r"\b(?:pour|contre|devant|dans le cadre d\w*|en raison d\w*|indiquee? dans|en traitement d\w*|a visee)\b"
)
_COMES_FOR = re.compile(r"\b(?:adress\w*|hospitalis\w*|consult\w*|vue?|revue?|vois|suivie?|operee?|venue?|admise?)\b")
"""Verbs that take the "pour" of their sentence: "adressé sous Xarelto pour une prostate" says what brings a patient."""
_BY = re.compile(r" (?:traitee?s? |equilibree?s? |stabilisee?s? )?(?:par|sous) (?:le |la |l')?")
NOT_GIVEN = re.compile(
    r"\b(?:arret\w*|stopp\w*|contre-indi\w*|contreindi\w*|evit\w*|pas d\w*|sans|interdi\w*|proscri\w*|"
    r"allergi\w*|remplac\w*|"
    r"reaction\w*|eruption|urticaire|rash|choc|œdeme de quincke|anaphyla\w*|substitu\w*|aucune?|ne pas|n'a pas|"
    r"n'est pas|"
    r"suspen\w*|toler\w*|antecedents?|intoleran\w*|exclu\w*|jamais|refus\w*|au lieu d\w*|plutot que|alternative|"
    r"retir\w*|"
    r"test\w*|reintroduction|desensibilis\w*|provocation|hypersensib\w*|en cas d\w*|si besoin d\w*|avait|risque)\b"
)
_GIVEN = re.compile(
    r"\b(?:prescri\w*|traitement|traitee?s?|sous|debut\w*|demarr\w*|instaur\w*|introdui\w*|ordonnance|relais|"
    r"antibiotherapie|antalgiques?|administr\w*|recevra|recoit|recu\w*|poursui\w*|renouvel\w*|associ\w*|mettre|"
    r"mets|mise?|"
    r"propos\w*|sortie|prendre|prendra|prend|injection)\b"
)
_PUT_ON = re.compile(
    r"(?:\bmise? sous|\btraitee? par|\bprescris|\bprescri(?:ption|t)|\bdebut|\brecoit|\brecevra)(?: de la|"
    r" de l'| du| de| d'| la| le| l')? ?$"
)
_REACTED = re.compile(
    r"\b(?:reaction\w*|eruption|urticaire|rash|choc|quincke|anaphyla\w*|pas|sans|arret\w*|apres|avait)\b"
)
_ALLERGY = re.compile(r"\b(?:allergi(?:es?|ques?)|hypersensibilite)\b")
_WITHDRAWN = re.compile(r"\b(?:ecartee?s?|infirmee?s?|levee?s?|non confirmee?s?|negati\w*)\b")
"""Behind a comma, where EDS-NLP's rules do not look: "allergie dans l'enfance, non confirmée"."""
_NOT_PATIENTS = frozenset({Context.NEGATED, Context.FAMILY})
_STOP_BEFORE = re.compile(
    r"(?<!\w)(?:arret(?:e|er|ons|ez)?|suspen(?:sion|dre|ds|du)|interruption|interrompre|stopper|stoppe)"
    r"(?: definitif| definitivement| immediat| complet| ce jour| donc)*(?: (?:de la|de l'|du|de|d'|des|le|la|l'|"
    r"les|son|sa))?"
    r"(?: traitement par)? ?$"
)
_STOP_AFTER = re.compile(
    r"^(?: \d[\d ,.]* ?\w{1,3})?,? (?:est |a ete |sera |doit etre |est donc )?"
    r"(?:arretee?|stoppee?|suspendue?|interrompue?)(?: ce jour| definitivement)?\b"
)
_GO_BEFORE = re.compile(
    r"(?<!\w)(?:poursui(?:te|vre|s|t|vons)|continu(?:er|e|ons|ation)|maintien|maintenir|maintiens|"
    r"renouvel(?:lement|er|le))"
    r"(?: inchangee?| donc)*(?: (?:de la|de l'|du|de|d'|des|le|la|l'|les|son|sa))?(?: traitement par)? ?$"
)
_GO_AFTER = re.compile(
    r"^(?: \d[\d ,.]* ?\w{1,3})?,? (?:est |a ete |sera |doit etre |est donc )?"
    r"(?:poursuivie?|maintenue?|continuee?|renouvelee?)\b"
)
_RESUMED = re.compile(
    r"\b(?:pendant|durant|remplac\w*|faut-il|peut-on|doit-on|"
    r"repri\w*|reprendre|reintrodu\w*|puis|jusqu\w*|en cas d\w*|si|avant|heures|jours|transitoire\w*|"
    r"temporaire\w*|"
    r"momentan\w*|il y a|avait|avaient|depuis|ne pas|sans|pas d\w*|n'a pas|n'est pas|(?:19|20)\d\d|apres|"
    r"fenetre|envisag\w*|"
    r"discut\w*|tentative|essai|relais|par erreur|a la fin|risque)\b"
)


def twin_findings(text: RiskText, given: Sequence[Prescribed]) -> Iterator[Finding]:
    """A look-alike name whose dose or stated use is its twin's and not its own; a mere mention is none."""
    amounts: dict[int, list[tuple[float, bool]]] = {}
    for one in given:
        if not one.often.weekly:
            amounts.setdefault(one.drug.start, []).append((one.dose.amount, one.dose.is_mass))
    for drug in text.drugs:
        for twin in text.rules.twins.get(drug.name, ()):
            reason = _by_use(text, drug, twin) or _by_dose(text, drug, twin, amounts.get(drug.start, []))
            if reason:
                written = text.text[drug.start : drug.end]
                message = f"« {written} » ressemble à « {twin.other} » : {reason}. Vérifiez le médicament."
                yield text.finding(drug.start, drug.end, message, twin.other)
                break


def _by_dose(text: RiskText, drug: Named, twin: Twin, amounts: list[tuple[float, bool]]) -> str:
    rules = text.rules
    own = rules.doses.get(drug.substance, ())
    other = rules.doses.get(rules.substances.get(fold(twin.other), fold(twin.other)), ())
    if not own or not other or not amounts:
        return ""
    for amount, mass in amounts:
        usual = any(
            one.is_mass is mass and one.low * one.scale <= amount <= one.high * one.scale * 1.0001 for one in other
        )
        if fits(amount, own, mass=mass) or not usual:
            return ""
    return "la dose écrite n'est pas la sienne, c'est celle de ce dernier"


def _by_use(text: RiskText, drug: Named, twin: Twin) -> str:
    """The use must be tied to this drug: "X … pour …" or "… sous X", with no other drug in the sentence."""
    start, end = text.bounds(drug.start)
    if any(one.substance != drug.substance for one in text.drugs_in(start, end)):
        return ""
    if twin.use.words.search(text.plain, start, end) or NOT_GIVEN.search(text.plain, start, end):
        return ""
    after = _FOR.search(text.plain, drug.end, min(end, drug.end + 60))
    if _COMES_FOR.search(text.plain, start, drug.start):
        after = None
    found = twin.other_use.words.search(text.plain, after.end(), min(end, after.end() + 45)) if after else None
    if found is None:
        for before in twin.other_use.words.finditer(text.plain, start, drug.start):
            if _BY.fullmatch(text.plain[before.end() : drug.start]):
                found = before
    return f"« {text.text[found.start() : found.end()]} » est une indication de ce dernier" if found else ""


def allergy_findings(text: RiskText, given: Sequence[Prescribed]) -> Iterator[Finding]:
    """A drug given although the text states an allergy to its class: the patient's allergy, the patient's drug."""
    stated: dict[int, str] = {}
    sentences: set[tuple[int, int]] = set()
    for found in _ALLERGY.finditer(text.plain):
        start, end = text.bounds(found.start())
        for place, one in enumerate(text.rules.allergies):
            named = one.stated.search(text.plain, found.end(), min(end, found.end() + 60))
            if named and _WITHDRAWN.search(text.plain, found.end(), end):
                continue
            if named and _NOT_PATIENTS.isdisjoint(text.said(found.start(), found.end())):
                stated.setdefault(place, text.text[named.start() : named.end()])
                sentences.add((start, end))
    dosed = {one.drug.start for one in given}
    for drug in text.drugs if stated else ():
        bounds = text.bounds(drug.start)
        for place, said in stated.items():
            one = text.rules.allergies[place]
            if drug.name not in one.drugs:
                continue
            taken = drug.start in dosed
            given_now = _put_on(text, drug, bounds) if bounds in sentences else _is_given(text, bounds, dosed=taken)
            if given_now and Context.FAMILY not in text.said(drug.start, drug.end):
                written = text.text[drug.start : drug.end]
                message = f"« {written} » est prescrit, alors qu'une allergie est écrite (« {said} »). Vérifiez."
                yield text.finding(drug.start, drug.end, message)
                break


def _is_given(text: RiskText, bounds: tuple[int, int], *, dosed: bool) -> bool:
    start, end = bounds
    if NOT_GIVEN.search(text.plain, start, end):
        return False
    return dosed or bool(_GIVEN.search(text.plain, start, end))


def _put_on(text: RiskText, drug: Named, bounds: tuple[int, int]) -> bool:
    """In the sentence of the allergy itself: "allergique aux macrolides, mise sous clarithromycine"."""
    start, end = bounds
    return bool(_PUT_ON.search(text.plain, start, drug.start)) and not _REACTED.search(text.plain, start, end)


def stopped_findings(text: RiskText) -> Iterator[Finding]:
    """One treatment both stopped and continued, with nothing that makes it one after the other."""
    stopped: dict[str, Named] = {}
    going: dict[str, Named] = {}
    for drug in text.drugs:
        start, end = text.bounds(drug.start)
        if _RESUMED.search(text.plain, start, end):
            continue
        before, after = text.plain[start : drug.start], text.plain[drug.end : min(end, drug.end + 60)]
        if _STOP_BEFORE.search(before) or _STOP_AFTER.match(after):
            stopped.setdefault(drug.substance, drug)
        elif _GO_BEFORE.search(before) or _GO_AFTER.match(after):
            going.setdefault(drug.substance, drug)
    for substance in stopped.keys() & going.keys():
        both = (stopped[substance], going[substance])
        if _resumed_anywhere(text, substance) or any(Context.FAMILY in text.said(one.start, one.end) for one in both):
            continue
        later = max(stopped[substance], going[substance], key=lambda one: one.start)
        verb, other = ("poursuivi", "arrêté") if later is going[substance] else ("arrêté", "poursuivi")
        written = text.text[later.start : later.end]
        message = f"« {written} » est {verb} ici et {other} ailleurs dans le texte. Vérifiez."
        yield text.finding(later.start, later.end, message)


def _resumed_anywhere(text: RiskText, substance: str) -> bool:
    """ "Reprise du gliclazide le …" explains both; so does "Reprise le 3 mars", which names no drug."""
    for found in re.finditer(r"\b(?:reprise?s?|reprendre|reprend\w*|reintrodu\w+)\b", text.plain):
        start, end = text.bounds(found.start())
        named = text.drugs_in(start, end)
        if not named or any(one.substance == substance for one in named):
            return True
    return False
