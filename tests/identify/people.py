"""A made-up practice: a seeded register with twins, homonyms, same-day births and fathers and sons."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from stdnum.fr import nir

from pipeline.identify.matcher import RegisterMatcher
from pipeline.identify.rules_yaml import load_opening_rules
from pipeline.identify.step import identify
from pipeline.model.case import Medium
from pipeline.model.identity import Identification
from pipeline.model.people import Correspondent, Patient, Sex
from pipeline.model.text import CheckedText, Token, Transcript

LEXICON = Path(__file__).parents[2] / "lexicon"
TODAY = date(2026, 11, 22)
RULES = load_opening_rules(LEXICON / "openings.yaml")
FIRST_NAMES = frozenset(
    line for line in (LEXICON / "first_names.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
)

EIGHT = (
    Patient("p-carpentier", "CARPENTIER", "Yvonne", date(1946, 6, 3), Sex.FEMALE),
    Patient("p-robin", "ROBIN", "Didier", date(1959, 2, 27), Sex.MALE),
    Patient("p-lambert", "LAMBERT", "Patrick", date(1971, 10, 14), Sex.MALE),
    Patient("p-dasilva", "DA SILVA", "Maria", date(1963, 8, 19), Sex.FEMALE),
    Patient("p-fournier", "FOURNIER", "Camille", date(1995, 3, 8), Sex.FEMALE),
    Patient("p-nguyen", "NGUYEN", "Thomas", date(1984, 9, 30), Sex.MALE),
    Patient("p-giraud", "GIRAUD", "Léa", date(2011, 1, 22), Sex.FEMALE),
    Patient("p-hamel", "HAMEL", "Bernadette", date(1950, 12, 5), Sex.FEMALE),
)
DOCTORS = (
    Correspondent("c-perrin", "Perrin", "Olivier", specialty="médecine générale"),
    Correspondent("c-bonnet", "Bonnet", "Claire", specialty="dermatologie"),
    Correspondent("c-morin", "Morin", "Jean", specialty="médecine générale"),
    Correspondent("c-noel", "Noël", "Isabelle", specialty="médecine générale"),
    Correspondent("c-aubry", "Aubry", "Marc", specialty="chirurgie viscérale"),
    Correspondent("c-petit-1", "Petit", "Anne", specialty="cardiologie"),
    Correspondent("c-petit-2", "Petit", "Annie", specialty="pneumologie"),
)
_ROOTS = [
    "BER",
    "MAR",
    "DU",
    "LE",
    "MO",
    "GI",
    "RO",
    "FON",
    "LAM",
    "VIN",
    "PER",
    "BLAN",
    "GAU",
    "CHE",
    "TRO",
    "SAL",
    "VA",
    "RI",
    "CAR",
    "DES",
    "BOU",
    "COL",
    "GUI",
    "ME",
]
_MIDDLES = [
    "NAR",
    "TI",
    "BOI",
    "FE",
    "REA",
    "RAR",
    "SSE",
    "TAI",
    "BER",
    "CEN",
    "RI",
    "CHA",
    "THI",
    "VA",
    "ME",
    "LI",
    "NA",
    "DE",
    "PEN",
    "SIN",
    "LO",
    "BI",
]
_ENDS = [
    "D",
    "N",
    "S",
    "VRE",
    "U",
    "EAU",
    "TTE",
    "NET",
    "LARD",
    "MAN",
    "IER",
    "ON",
    "AULT",
    "Y",
    "ERE",
    "OT",
    "IN",
    "ET",
    "EL",
]
_FEMALE = [
    "Marie",
    "Anne",
    "Julie",
    "Sophie",
    "Claire",
    "Léa",
    "Manon",
    "Chloé",
    "Camille",
    "Nathalie",
    "Monique",
    "Jeanne",
    "Yvette",
    "Hélène",
    "Zoé",
]
_MALE = [
    "Jean",
    "Pierre",
    "Michel",
    "Louis",
    "Hugo",
    "Lucas",
    "Thomas",
    "Nicolas",
    "Bernard",
    "René",
    "Gérard",
    "Loïc",
    "Noël",
    "François",
    "Théo",
]


@dataclass
class Register:
    """The patients of a list; ``version`` grows with each import."""

    people: list[Patient] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_day: dict[date | None, list[Patient]] = defaultdict(list)
        self._by_ins: dict[str, list[Patient]] = defaultdict(list)
        self._version = 0
        people, self.people = self.people, []
        for patient in people:
            self.add(patient)

    def add(self, patient: Patient) -> None:
        self.people.append(patient)
        self._by_day[patient.birth_date].append(patient)
        self._by_ins[patient.ins].append(patient)
        self._version += 1

    def version(self) -> str:
        return str(self._version)

    def patients_by_ins(self, ins: str) -> list[Patient]:
        return list(self._by_ins[ins]) if ins else []

    def patients_born_on(self, day: date) -> list[Patient]:
        return list(self._by_day.get(day, ()))

    def all_patients(self) -> Iterable[Patient]:
        return iter(self.people)


class Doctors:
    def all_correspondents(self) -> Iterable[Correspondent]:
        return iter(DOCTORS)


def ins_for(patient_sex: Sex, born: date, place: int, order: int) -> str:
    base = f"{1 if patient_sex is Sex.MALE else 2}{born:%y%m}{place:05d}{order:03d}"
    return base + nir.calc_check_digits(base)


def make_people(count: int, seed: int) -> list[Patient]:
    """``count`` people: one in 25 gets a twin, one in 40 a homonym, one in 40 a child of the same name."""
    rng = random.Random(seed)
    people: list[Patient] = []
    while len(people) < count:
        sex = rng.choice((Sex.FEMALE, Sex.MALE))
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(95 * 365))
        family = rng.choice(_ROOTS) + rng.choice(_MIDDLES) * rng.choice((0, 1, 1)) + rng.choice(_ENDS)
        family = rng.choice(("", "", "", "", "", "", "LE ", "DE ", "DA ")) + family
        first = rng.choice(_FEMALE if sex is Sex.FEMALE else _MALE)
        used = rng.choice(_ROOTS) + rng.choice(_ENDS) if sex is Sex.FEMALE and rng.random() < 0.4 else ""
        number = f"n{len(people)}"
        one = Patient(number, family, first, born, sex, used, ins=ins_for(sex, born, rng.randrange(1001, 95999), 7))
        people.append(one)
        dice = rng.random()
        others = [name for name in (_FEMALE if sex is Sex.FEMALE else _MALE) if name != first]
        if dice < 0.04:
            people.append(Patient(number + "t", family, rng.choice(others), born, sex))
        elif dice < 0.065:
            people.append(Patient(number + "h", family, first, born + timedelta(days=rng.randrange(1, 9000)), sex))
        elif dice < 0.09:
            people.append(
                Patient(number + "s", family, first, date(born.year + 26, born.month, min(born.day, 28)), sex)
            )
    return people[:count]


def checked(text: str, again: tuple[str, ...] = ()) -> CheckedText:
    return CheckedText(Transcript((Token(text, "", text),), alternatives=again))


def listen(
    text: str,
    register: Register,
    medium: Medium = Medium.DICTATION,
    matcher: RegisterMatcher | None = None,
    own_names: frozenset[str] = frozenset(),
    again: tuple[str, ...] = (),
) -> Identification:
    matcher = matcher or RegisterMatcher(FIRST_NAMES)
    return identify(checked(text, again), medium, register, Doctors(), RULES, matcher, TODAY, own_names)
