"""Registers from CSV files as other programs export them.

UTF-8 (with or without a mark), UTF-16 with a mark, or Windows-1252; ``;``, ``,`` or tab; headers in French or English
(`PATIENT_COLUMNS`, `CORRESPONDENT_COLUMNS`; accents, case and spaces do not matter, other columns are left aside).
A bad line is refused with its number and a reason that quotes no identity; all other lines are kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from stdnum.exceptions import ValidationError
from stdnum.fr import nir

from pipeline.errors import RegisterError
from pipeline.journal.correspondent_rules import mail_fault, plain_rpps, rpps_fault
from pipeline.journal.csv_columns import (
    CORRESPONDENT_COLUMNS,
    INS_OIDS,
    NIA_OID,
    NIR_OID,
    PATIENT_COLUMNS,
    SEXES,
    STATUSES,
)
from pipeline.journal.folding import correspondent_id, folded, patient_id
from pipeline.model.clock import today
from pipeline.model.people import Correspondent, Patient, Sex
from pipeline.model.spreadsheet import decoded, delimiter_of

T = TypeVar("T")
Refused = list[tuple[int, str]]
"""Line numbers as an editor shows them (the header is line 1), each with a French reason."""

OLDEST = date(1880, 1, 1)
"""Nobody alive was born before: such a date is a typing error."""

_FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_PLACE = re.compile(r"\d{5}|2[AB]\d{3}")


def read_patients(path: Path) -> tuple[list[Patient], Refused]:
    """Patients and the lines refused. Raises `RegisterError` when the file is no such table."""
    return _read(path, PATIENT_COLUMNS, ("birth_name", "first_names", "birth_date"), _patient)


def read_correspondents(path: Path) -> tuple[list[Correspondent], Refused]:
    """Correspondents and the lines refused. Raises `RegisterError` when the file is no such table."""
    return _read(path, CORRESPONDENT_COLUMNS, ("last_name",), _correspondent)


def _read(
    path: Path, columns: Mapping[str, str], needed: tuple[str, ...], made: Callable[[dict[str, str]], T]
) -> tuple[list[T], Refused]:
    try:
        text = decoded(path.read_bytes())
    except UnicodeError as error:
        raise RegisterError(
            "L'encodage du fichier n'est pas reconnu.", advice="Enregistrez-le en « CSV UTF-8 », puis réessayez."
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    names = [columns.get(folded(name).replace(" ", "_"), "") for name in next(reader, [])]
    french = {field: name for name, field in reversed(list(columns.items()))}
    missing = [french[field] for field in needed if field not in names]
    if missing:
        raise RegisterError(
            f"Colonnes absentes : {', '.join(missing)}.", advice="Vérifiez la première ligne du fichier CSV."
        )
    good: list[T] = []
    refused: Refused = []
    line = reader.line_num + 1
    try:
        for row in reader:
            try:
                if any(cell.strip() for cell in row):
                    good.append(made(_fields(names, row)))
            except RegisterError as error:
                refused.append((line, str(error)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RegisterError(f"Le fichier CSV ne peut pas être lu à partir de la ligne {line}.") from error
    return good, refused


def _fields(names: list[str], row: list[str]) -> dict[str, str]:
    """Values by field; the first filled column wins where two have the same meaning."""
    if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
        raise RegisterError("La ligne a plus de colonnes que l'en-tête.")
    values: dict[str, str] = {}
    for name, cell in zip(names, row, strict=False):
        if name and not values.get(name):
            values[name] = cell.strip()
    return values


def _patient(values: dict[str, str]) -> Patient:
    if not folded(values.get("birth_name", "")):
        raise RegisterError("Le nom de naissance manque.")
    if not folded(values.get("first_names", "")):
        raise RegisterError("Le prénom manque.")
    sex = SEXES.get(folded(values.get("sex", "")))
    if sex is None:
        raise RegisterError("Le sexe doit être M, F ou I.")
    status = values.get("identity_status", "").upper() or "PROV"
    if status not in STATUSES:
        raise RegisterError("Le statut d'identité doit être VIDE, PROV, VALI, DOUB ou DESA.")
    patient = Patient(
        id=values.get("id", ""),
        birth_name=values["birth_name"],
        first_names=" ".join(values["first_names"].replace(",", " ").split()),
        birth_date=_birth_date(values.get("birth_date", "")),
        sex=sex,
        used_name=values.get("used_name", ""),
        birthplace=_birthplace(values.get("birthplace", "")),
        address=_address(values),
        identity_status=status,
    )
    patient = _with_ins(patient, values.get("ins", ""), values.get("ins_oid", ""))
    if not patient.id and patient.birth_date is None and not patient.ins:
        raise RegisterError("Sans date de naissance, il faut un identifiant ou un matricule INS.")
    return patient if patient.id else replace(patient, id=patient_id(patient))


def _birth_date(text: str) -> date | None:
    """JJ/MM/AAAA or AAAA-MM-JJ; None for an empty cell."""
    if not text:
        return None
    french, iso = _FRENCH_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
    try:
        if french:
            day = date(int(french[3]), int(french[2]), int(french[1]))
        elif iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        else:
            raise RegisterError("La date de naissance doit s'écrire JJ/MM/AAAA.")
    except ValueError:
        raise RegisterError("La date de naissance n'existe pas.") from None
    if not OLDEST <= day <= today():
        raise RegisterError("La date de naissance est dans le futur ou avant 1880.")
    return day


def _birthplace(text: str) -> str:
    """The INSEE code, five characters; a spreadsheet's lost leading zero is put back."""
    code = text.upper().replace(" ", "")
    code = code.zfill(5) if code.isdecimal() and len(code) == 4 else code
    if code and not _PLACE.fullmatch(code):
        raise RegisterError("Le lieu de naissance doit être un code INSEE de 5 caractères.")
    return code


def _with_ins(patient: Patient, text: str, oid: str) -> Patient:
    """The patient with a checked matricule.

    The first digit's parity is the sex; then the year's last two digits and the month of birth (a month over 12 stands
    for an unknown one; INSEE). 1 and 2 begin a NIR; 3, 4, 7 and 8 a waiting number (NIA),
    unless ``oid`` says otherwise.
    """
    if not text:
        return patient
    try:
        number = nir.validate(re.sub(r"[\s.\-]", "", text))
    except ValidationError:
        raise RegisterError("Le matricule INS doit avoir 15 caractères et une clé exacte.") from None
    if number[0] not in "123478":
        raise RegisterError("Le premier chiffre du matricule INS n'est pas possible.")
    sex = Sex.MALE if int(number[0]) % 2 else Sex.FEMALE
    if patient.sex not in (sex, Sex.UNKNOWN):
        raise RegisterError("Le matricule INS ne correspond pas au sexe.")
    year, month, born = int(number[1:3]), int(number[3:5]), patient.birth_date
    if born is not None and (born.year % 100 != year or (1 <= month <= 12 and born.month != month)):
        raise RegisterError("Le matricule INS ne correspond pas à l'année et au mois de naissance.")
    oid = oid or (NIR_OID if number[0] in "12" else NIA_OID)
    if oid not in INS_OIDS:
        raise RegisterError("L'OID du matricule INS n'est pas connu.")
    return replace(patient, ins=number, ins_oid=oid)


def _address(values: Mapping[str, str]) -> str:
    """Lines separated by newlines; postcode and town on the last one."""
    town = f"{values.get('postcode', '')} {values.get('town', '')}".strip()
    lines = [*values.get("address", "").replace("\\n", "\n").replace("|", "\n").splitlines(), town]
    return "\n".join(line.strip() for line in lines if line.strip())


def _correspondent(values: dict[str, str]) -> Correspondent:
    if not folded(values.get("last_name", "")):
        raise RegisterError("Le nom manque.")
    rpps, email = plain_rpps(values.get("rpps", "")), values.get("email", "")
    if fault := rpps_fault(rpps) or mail_fault(email):
        raise RegisterError(fault)
    person = Correspondent(
        id=values.get("id", ""),
        last_name=values["last_name"],
        first_name=values.get("first_name", ""),
        title=values.get("title", "Dr"),
        specialty=values.get("specialty", ""),
        address=_address(values),
        rpps=rpps,
        email=email,
    )
    return person if person.id else replace(person, id=correspondent_id(person))
