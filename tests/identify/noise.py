"""Noise of ear and eye on names and dates, from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.model.people import Patient, Sex

_SWAPS = (
    ("au", "o"), ("ph", "f"), ("ss", "s"), ("er", "é"), ("in", "un"), ("an", "en"), ("b", "p"), ("d", "t"), ("g", "k"),
    ("v", "f"), ("m", "n"), ("i", "y"), ("c", "s"), ("l", "r"), ("eau", "ot"), ("a", "e"), ("o", "a"), ("e", ""),
)  # fmt: skip
_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


@dataclass(frozen=True)
class Try:
    """A dictated opening, who was meant and how much it was damaged."""

    text: str
    meant: str


def noisy_name(name: str, rng: random.Random, amount: float) -> str:
    for old, new in rng.sample(_SWAPS, len(_SWAPS)):
        if old in name.lower() and rng.random() < amount:
            name = name.lower().replace(old, new, 1)
    if rng.random() < amount and len(name) > 3:
        cut = rng.randrange(1, len(name) - 1)
        name = rng.choice((name[:cut] + " " + name[cut:], name[:cut] + name[cut + 1 :], name[:cut] + "'" + name[cut:]))
    return name


def noisy_date(day: date, rng: random.Random, amount: float) -> str:
    if rng.random() < amount:
        kind = rng.randrange(4)
        if kind == 0:
            day += timedelta(days=rng.choice((-10, -1, 1, 10)))
        elif kind == 1:
            day = date(
                min(2026, max(1900, day.year + rng.choice((-20, -10, -1, 1, 10, 20, 26, -26)))),
                day.month,
                min(day.day, 28),
            )
        elif kind == 2:
            day = date(day.year, rng.randrange(1, 13), min(day.day, 28))
        else:
            day = date(rng.randrange(1930, 2026), rng.randrange(1, 13), rng.randrange(1, 29))
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def make_try(people: list[Patient], rng: random.Random, amount: float) -> Try:
    return make_hearings(people, rng, amount, 1)[0]


def make_hearings(people: list[Patient], rng: random.Random, amount: float, count: int) -> list[Try]:
    """``count`` hearings of the same words: the same person, name order and civility, each with its own noise."""
    patient = rng.choice(people)
    assert patient.birth_date is not None
    family = patient.used_name if patient.used_name and rng.random() < 0.5 else patient.birth_name
    family_first = rng.random() < 1 / 3
    civil = "Madame" if patient.sex is Sex.FEMALE else "Monsieur"
    role = rng.choice((civil, civil, "Patient", "Patiente" if patient.sex is Sex.FEMALE else "Patient"))
    tries = []
    for _ in range(count):
        first, last = noisy_name(patient.first_names, rng, amount), noisy_name(family.title(), rng, amount)
        names = f"{last} {first}" if family_first else f"{first} {last}"
        born = noisy_date(patient.birth_date, rng, amount)
        if rng.random() < amount / 2:
            born = century_twice(born, rng)
        text = f"Compte rendu de consultation. {role} {names}, né le {born}. Motif : contrôle."
        tries.append(Try(text, patient.id))
    return tries


def century_twice(born: str, rng: random.Random) -> str:
    """« mille neuf cent cinquante-neuf » heard as "1999-1959", "1900 59", "19.1959", or without its month."""
    day, month, year = born.split(" ")
    if year >= "2000":
        return born
    return rng.choice(
        (
            f"{day} {month} 1999-{year}",
            f"{day} {month} 1900 {year}",
            f"{day} {month} 2009-{year}",
            f"{day} {month} {year}-{rng.randrange(30, 99)}",
            f"{day}.{year}",
        )
    )
