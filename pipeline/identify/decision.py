"""Decides whether a patient may be attributed by itself: two traits agree, nothing contradicts, nobody is near."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.identify.french import likeness, sound
from pipeline.identify.port import HeardPatient, PatientMatch
from pipeline.model.identity import Candidate, Question, QuestionKind
from pipeline.model.people import Sex

FULL, FAMILY, FIRST = 0.82, 0.7, 0.65
"""Likenesses from which a full name, a family name and a first name agree with an exact birth date. Measured in
``benchmarks/identity.py``: no wrong attribution; what falls below goes to a person."""
_SHORT, FIRST_SHORT = 4, 0.8
"""A first name of so few sounds ("Lucas", "Léa") must agree better: one other sound makes another name ("Loïs")."""
_ALONE = 0.92
_LEAD = 0.15
_OTHER_HEARING = 0.55
"""Likeness of a full name from which a second hearing is said to name the same person."""
_CENTURY_SAID_TWICE = frozenset({1900, 1999, 2009})
"""Years that the machine writes for « mille neuf cent », « mille neuf » before the year itself ("1999-1959"). Nobody's
birth date is said with two years, so the other reading is the year that was said."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``patient_id`` is empty when a person must answer ``question``."""

    patient_id: str
    candidates: tuple[Candidate, ...]
    question: Question | None = None


def decide(heard: HeardPatient, matches: list[PatientMatch], *, several: bool = False) -> Decision:
    """The patient when it is safe; otherwise the candidates and a question in French."""
    candidates = tuple(_candidate(heard, match) for match in matches[:5])
    if not matches:
        return Decision("", (), Question(QuestionKind.PATIENT_UNKNOWN, _unknown(heard)))
    best = matches[0]
    doubt = _doubt(heard, best, matches[1:], several)
    if doubt:
        return Decision("", candidates, Question(QuestionKind.PATIENT_DOUBTFUL, doubt))
    return Decision(best.patient.id, candidates)


def _unknown(heard: HeardPatient) -> str:
    if not heard.names and not heard.dates:
        return "Aucun patient n'a été entendu dans l'ouverture : choisissez le patient ou créez sa fiche."
    return (
        "Aucun patient du fichier ne correspond au nom et à la date de naissance relevés : "
        "choisissez le patient ou créez sa fiche."
    )


def _doubt(heard: HeardPatient, best: PatientMatch, others: list[PatientMatch], several: bool) -> str:
    """Why a person must decide, in French; empty when nothing speaks against ``best``."""
    return (
        ("Plusieurs personnes sont nommées : choisissez celle que le document concerne." if several else "")
        or _contradiction(heard, best)
        or _too_little(best)
        or next((reason for other in others if (reason := _rivalry(best, other))), "")
    )


def _contradiction(heard: HeardPatient, best: PatientMatch) -> str:
    known = best.patient
    if len(heard.dates) > 1 and not _century_twice(heard, best):
        return "La date de naissance a été entendue de plusieurs façons : vérifiez le patient."
    if heard.ins and known.ins and not best.ins:
        return "Le numéro INS lu n'est pas celui du patient le plus proche : vérifiez le patient."
    if heard.dates and known.birth_date and not best.date_exact:
        return "Le nom ressemble, mais la date de naissance est différente : vérifiez le patient."
    if Sex.UNKNOWN not in (heard.sex, known.sex) and heard.sex is not known.sex:
        return "La civilité entendue ne correspond pas au sexe du patient le plus proche : vérifiez le patient."
    if best.rival_first:
        return "Le prénom entendu est un autre prénom que celui du patient le plus proche : vérifiez le patient."
    if best.rival_family:
        return "Le nom entendu est celui d'une autre famille du fichier : vérifiez le patient."
    return ""


def _century_twice(heard: HeardPatient, best: PatientMatch) -> bool:
    """Whether only the century was heard twice, and the year that remains is the birth year of a person named alike.

    Father and son, twins and namesakes are still told apart by `_rivalry`, which compares everybody of like names.
    """
    born = best.patient.birth_date
    rest = [day for day in heard.dates if day.year not in _CENTURY_SAID_TWICE]
    return born is not None and rest == [born] and best.full >= FULL


def speaks_against(heard: HeardPatient, matches: list[PatientMatch]) -> bool:
    """Whether something in another hearing forbids its first match: a contradiction, a far name, or somebody near."""
    best = matches[0]
    contradicted = _contradiction(heard, best) or best.full < _OTHER_HEARING
    return bool(contradicted) or any(_rivalry(best, other) for other in matches[1:])


def _too_little(best: PatientMatch) -> str:
    firsts = best.patient.first_names.split()
    short = bool(firsts) and len(sound(firsts[0])) <= _SHORT
    named = best.full >= FULL and best.family >= FAMILY and best.first >= (FIRST_SHORT if short else FIRST)
    family_only = best.alone >= _ALONE
    if best.ins and (named or (best.date_exact and best.full >= 0.6)):
        return ""
    if best.date_exact and (named or family_only):
        return ""
    if best.date_exact:
        return "La date de naissance correspond, mais le nom entendu est trop différent : vérifiez le patient."
    return "Le nom seul ne suffit pas à reconnaître le patient : vérifiez la date de naissance."


def _rivalry(best: PatientMatch, other: PatientMatch) -> str:
    if other.ins and not best.ins:
        return "Le numéro INS lu est celui d'un autre patient : vérifiez le patient."
    if other.date_exact and other.full >= best.full - _LEAD:
        return "Deux patients nés le même jour portent des noms proches : choisissez le bon."
    if other.date_exact and other.family >= 0.75 and not _first_decides(best, other):
        return "Deux patients nés le même jour portent le même nom (jumeaux ?) : choisissez le bon."
    if other.full >= max(best.full - _LEAD, 0.75) and not best.ins and _shared_parts(best, other) >= 2:
        return "Deux patients de noms proches ont des dates de naissance voisines : choisissez le bon."
    return ""


def _first_decides(best: PatientMatch, other: PatientMatch) -> bool:
    """A twin is told apart only by a first name that was heard right and is quite another than the twin's."""
    mine, theirs = best.patient.first_names, other.patient.first_names
    return best.first >= 0.95 and likeness(sound(mine), sound(theirs)) < 0.5


def _shared_parts(best: PatientMatch, other: PatientMatch) -> int:
    left, right = best.patient.birth_date, other.patient.birth_date
    if left is None or right is None:
        return 2
    swapped = (left.day, left.month, left.year) == (right.month, right.day, right.year)
    return 2 if swapped else (left.day == right.day) + (left.month == right.month) + (left.year == right.year)


def _candidate(heard: HeardPatient, match: PatientMatch) -> Candidate:
    sexes = (heard.sex, match.patient.sex)
    compared = (
        ("INS", bool(heard.ins) and bool(match.patient.ins), match.ins),
        ("date de naissance", bool(heard.dates), match.date_exact),
        ("nom", bool(heard.names), match.family >= 0.8 and not match.rival_family),
        ("prénom", match.first >= 0.2, match.first >= 0.8 and not match.rival_first),
        ("sexe", Sex.UNKNOWN not in sexes, sexes[0] is sexes[1]),
    )
    score = min(1.0, 0.55 * match.full + 0.45 * match.date_exact + 0.2 * match.date_near + 0.45 * match.ins)
    return Candidate(
        match.patient.id,
        round(score, 3),
        tuple(name for name, heard_it, agrees in compared if heard_it and agrees),
        tuple(name for name, heard_it, agrees in compared if heard_it and not agrees),
    )
