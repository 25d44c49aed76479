"""An invented register, and lists of appointments as other programs export them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.batch.columns import load_columns, made_row
from pipeline.batch.port import Appointment, Refusal, Row
from pipeline.batch.step import Rules, judge
from pipeline.model.people import Patient, Role, Sex, User
from pipeline.verify.french_holidays import holiday

NOW = datetime(2026, 11, 26, 9, 0)
DOCTOR = User("dr", "Dr Hélène Vasseur", Role.DOCTOR, "Cardiologie")
PATIENTS = (
    Patient("p1", "LEFÈVRE", "YVONNE MARIE", date(1946, 6, 3), Sex.FEMALE, used_name="CARPENTIER"),
    Patient("p2", "D'ALMEIDA", "JEAN-LUC", date(1971, 2, 14), Sex.MALE),
    Patient("p3", "MARTIN", "PAUL", date(1980, 1, 1), Sex.MALE),
    Patient("p4", "MARTIN", "PAUL HENRI", date(1980, 1, 1), Sex.MALE),
    Patient("p5", "OUBLI", "LISE", date(1990, 5, 5), Sex.FEMALE, identity_status="DOUB"),
)
GOOD = {
    "Nom": "Lefevre",
    "Prénom": "Yvonne",
    "Date de naissance": "03/06/1946",
    "Date": "04/01/2027",
    "Heure": "9h05",
    "Type": "examen",
    "Examen": "Échographie",
}


@dataclass
class Register:
    """A register in memory: `pipeline.batch.port.Register`."""

    people: tuple[Patient, ...] = PATIENTS
    doctors: list[User] = field(default_factory=lambda: [DOCTOR])

    def patient(self, patient_id: str) -> Patient | None:
        return next((one for one in self.people if one.id == patient_id), None)

    def patients_by_ins(self, ins: str) -> list[Patient]:
        return [one for one in self.people if one.ins == ins]

    def patients_born_on(self, day: date) -> list[Patient]:
        return [one for one in self.people if one.birth_date == day]

    def find_patients(self, text: str, *, limit: int = 20) -> list[Patient]:
        return list(self.people)[:limit]

    def users(self) -> list[User]:
        return self.doctors


def row(number: int = 2, **changes: str) -> Row:
    """A line that is good but for ``changes`` (by column, ``_`` for a space)."""
    cells = {**GOOD, **{name.replace("_", " "): value for name, value in changes.items()}}
    return made_row(number, cells, load_columns())


def judged(*rows: Row, register: Register | None = None) -> tuple[list[Appointment], list[Refusal]]:
    return judge(rows, Rules(register or Register(), holiday, NOW, load_columns()))
