"""The rules of a list: which line makes a convocation, whose it is, and what it says.

A doubt is a refusal, never a guess.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.batch.port import Appointment, Columns, Refusal, Register, Row
from pipeline.batch.words import folded
from pipeline.model.calendar import day_in_words
from pipeline.model.clock import ZONE
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Practitioner, Role, User

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_SUNDAY = 6
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?")
_HOUR = re.compile(r"(\d{1,2})\s*(?:h|:|heures?)\s*(\d{2})?(?::00)?")
_DOUBTFUL = frozenset({"DOUB", "DESA"})
"""HL7 table 0445: a doubtful identity, one that is no longer used. Nothing is filed under them."""


class _RefusedError(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Rules:
    """``now`` is local; ``holiday`` names the holiday of a day, or ``""``."""

    register: Register
    holiday: Callable[[date], str]
    now: datetime
    columns: Columns


def judge(rows: Iterable[Row], rules: Rules) -> tuple[list[Appointment], list[Refusal]]:
    """Every line is in one of both, in the order of the list; a line that repeats an earlier one is refused."""
    doctors = [user for user in rules.register.users() if user.role is Role.DOCTOR]
    good: list[Appointment] = []
    refused: list[Refusal] = []
    seen: dict[str, int] = {}
    for row in rows:
        try:
            one = _appointment(row, rules, doctors)
        except _RefusedError as no:
            refused.append(Refusal(row, rules.columns.french.get(no.field, ""), no.reason))
            continue
        earlier = seen.setdefault(key_of(one), row.number)
        if earlier == row.number:
            good.append(one)
        else:
            refused.append(Refusal(row, "", f"La ligne répète la ligne {earlier}."))
    return _at_once(good), refused


def _at_once(lines: list[Appointment]) -> list[Appointment]:
    """The same, with a warning where a patient is expected twice at the same hour."""
    numbers: dict[tuple[str, datetime], list[int]] = {}
    for one in lines:
        numbers.setdefault((one.patient.id, one.at), []).append(one.row.number)
    if len(numbers) == len(lines):
        return lines
    return [
        replace(one, warnings=(*one.warnings, f"Le patient a plusieurs rendez-vous à cette heure : lignes {told}."))
        if len(same := numbers[one.patient.id, one.at]) > 1 and (told := " et ".join(map(str, same)))
        else one
        for one in lines
    ]


def key_of(one: Appointment) -> str:
    """The same appointment has the same key: SHA-256 of whom, when, what and where, folded; not of the line's place."""
    told = [one.author.login, one.duration, one.place, one.reason, one.preparation, one.bring]
    return _sha256([one.patient.id, one.kind.value, one.at.isoformat(), *map(folded, told)])


def subject_of(one: Appointment) -> str:
    """What stays when an appointment is moved: the patient, the kind and the examination."""
    return _sha256([one.patient.id, one.kind.value, folded(one.reason)])


def sections_of(one: Appointment) -> tuple[Section, ...]:
    """The convocation's text, under the headings of the catalogue."""
    when = f"{WEEKDAYS[one.at.weekday()]} {day_in_words(one.at.date())} à {hour_in_words(one.at)}"
    missed = one.kind is DocumentKind.CONVOCATION_MISSED
    operation = one.kind is DocumentKind.CONVOCATION_OPERATION
    said = (
        ("Rendez-vous manqué" if missed else "Rendez-vous", f"Le {when}."),
        ("Intervention" if operation else "Examen prévu", one.reason),
        ("Avec", one.author.name),
        ("Durée", one.duration),
        ("Lieu", one.place),
        ("Préparation", one.preparation),
        ("À apporter", one.bring.replace(" ; ", "\n- ").replace("|", "\n- ")),
    )
    return tuple(Section(heading, text) for heading, text in said if text)


def hour_in_words(at: datetime) -> str:
    """``9 h`` or ``9 h 05``."""
    return f"{at.hour} h" if at.minute == 0 else f"{at.hour} h {at.minute:02d}"


def _sha256(values: list[str]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _appointment(row: Row, rules: Rules, doctors: list[User]) -> Appointment:
    if row.fault:
        raise _RefusedError("", row.fault)
    values = row.values
    patient = _patient(row, rules)
    kind = rules.columns.kinds.get(folded(values.get("kind", "")) or "convocation")
    if kind is None:
        raise _RefusedError("kind", "Ce type de convocation n'est pas connu.")
    day, (hour, minute) = _day(values.get("date", ""), "date"), _hour(values.get("hour", ""))
    at = datetime(day.year, day.month, day.day, hour, minute)
    if at.replace(tzinfo=ZONE).utcoffset() != at.replace(tzinfo=ZONE, fold=1).utcoffset():
        raise _RefusedError("hour", "Cette heure n'existe pas ce jour-là, ou deux fois : on change d'heure.")
    if kind is DocumentKind.CONVOCATION_MISSED:
        if at > rules.now:
            raise _RefusedError("date", "Le rendez-vous manqué est dans le futur.")
    elif at <= rules.now:
        raise _RefusedError("date", "Le rendez-vous est passé.")
    elif (day - rules.now.date()).days > 3 * 366:
        raise _RefusedError("date", "Le rendez-vous est dans plus de trois ans : vérifiez l'année.")
    return Appointment(
        row=row,
        patient=patient,
        author=_doctor(values.get("doctor", ""), doctors),
        kind=kind,
        at=at,
        duration=values.get("duration", ""),
        place=values.get("place", ""),
        reason=values.get("reason", ""),
        preparation=values.get("preparation", ""),
        bring=values.get("bring", ""),
        replaces=values.get("replaces", ""),
        warnings=_warnings(day, rules),
    )


def _warnings(day: date, rules: Rules) -> tuple[str, ...]:
    feast = rules.holiday(day)
    sunday = ["Le rendez-vous est un dimanche."] if day.weekday() == _SUNDAY else []
    return (*sunday, *([f"Le rendez-vous est un jour férié ({feast})."] if feast else []))


def _day(text: str, field: str) -> date:
    french, iso = _FRENCH_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
    try:
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        raise _RefusedError(field, "Cette date n'existe pas.") from None
    raise _RefusedError(field, "La date doit s'écrire JJ/MM/AAAA." if text else "La date manque.")


def _hour(text: str) -> tuple[int, int]:
    found = _HOUR.fullmatch(text.lower())
    if not found:
        raise _RefusedError("hour", "L'heure doit s'écrire 14h30 ou 14:30." if text else "L'heure manque.")
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        raise _RefusedError("hour", "Cette heure n'existe pas.")
    return hour, minute


def _doctor(text: str, doctors: list[User]) -> Practitioner:
    if not text and len(doctors) != 1:
        raise _RefusedError("doctor", "Le médecin manque : le cabinet n'en a pas qu'un seul.")
    wanted = set(folded(text).split()) - {"dr", "docteur", "pr", "professeur"}
    found = [one for one in doctors if one.login == text or wanted <= set(folded(one.name).split())]
    if len(found) != 1:
        many = "Plusieurs médecins portent ce nom : mettez aussi le prénom."
        raise _RefusedError("doctor", many if found else "Ce médecin n'a pas de compte dans Calame.")
    user = found[0]
    return Practitioner(user.login, user.name, user.specialty, user.rpps)


# --- whose it is ------------------------------------------------------------------------------------------------------


def _patient(row: Row, rules: Rules) -> Patient:
    """The one patient of the register with whom every trait of the line agrees."""
    values, register = row.values, rules.register
    born = _day(values["birth_date"], "birth_date") if values.get("birth_date") else None
    ins = re.sub(r"[\s.\-]", "", values.get("ins", ""))
    if values.get("id"):
        one = register.patient(values["id"])
        if one is None:
            raise _RefusedError("id", "Aucun patient du fichier n'a cet identifiant.")
        found = [one]
    elif ins:
        found = register.patients_by_ins(ins)
        if not found:
            raise _RefusedError("ins", "Aucun patient du fichier n'a ce matricule INS.")
    else:
        found = _by_traits(row, born, register)
    if len(found) > 1:
        raise _RefusedError("birth_name", "Deux patients du fichier correspondent : ajoutez l'IPP ou le matricule INS.")
    patient = found[0]
    _refuse_disagreement(row, patient, born, ins)
    if patient.identity_status in _DOUBTFUL:
        raise _RefusedError("birth_name", "L'identité de ce patient est douteuse ou désactivée dans le fichier.")
    return patient


def _by_traits(row: Row, born: date | None, register: Register) -> list[Patient]:
    for field, reason in (
        ("birth_name", "Le nom de naissance manque."),
        ("first_names", "Le prénom manque."),
        ("birth_date", "La date de naissance manque : sans elle le patient n'est pas sûr."),
    ):
        if not folded(row.values.get(field, "")):
            raise _RefusedError(field, reason)
    found = [one for one in register.patients_born_on(born) if _named(row, one)] if born else []
    if found:
        return found
    elsewhere = register.find_patients(f"{row.values['birth_name']} {row.values['first_names']}")
    if any(_named(row, one) for one in elsewhere):
        raise _RefusedError("birth_date", "Un patient porte ce nom, mais sa date de naissance est différente.")
    raise _RefusedError("birth_name", "Aucun patient du fichier n'a ce nom et cette date de naissance.")


def _named(row: Row, patient: Patient) -> bool:
    return _family_agrees(row.values["birth_name"], patient) and _first_agrees(row.values["first_names"], patient)


def _family_agrees(said: str, patient: Patient) -> bool:
    return folded(said) in {folded(patient.birth_name), folded(patient.used_name)} - {""}


def _first_agrees(said: str, patient: Patient) -> bool:
    """The first names in their order, as many as the line says ("Marie" of "MARIE LOUISE")."""
    words, known = folded(said).split(), folded(patient.first_names).split()
    return bool(words) and known[: len(words)] == words


def _refuse_disagreement(row: Row, patient: Patient, born: date | None, ins: str) -> None:
    values = row.values
    if born and patient.birth_date != born:
        raise _RefusedError("birth_date", "La date de naissance n'est pas celle du patient.")
    if values.get("birth_name") and not _family_agrees(values["birth_name"], patient):
        raise _RefusedError("birth_name", "Le nom n'est pas celui du patient.")
    if values.get("first_names") and not _first_agrees(values["first_names"], patient):
        raise _RefusedError("first_names", "Le prénom n'est pas celui du patient.")
    if ins and patient.ins and patient.ins != ins:
        raise _RefusedError("ins", "Le matricule INS n'est pas celui du patient.")
    agreeing = [born, values.get("birth_name"), ins and patient.ins]
    if not any(agreeing):
        raise _RefusedError("birth_name", "L'identifiant seul ne suffit pas : ajoutez le nom ou la date de naissance.")
