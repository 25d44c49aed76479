"""Words without accents or case, and the ids made of traits."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID, uuid5

from pipeline.model.people import Correspondent, Patient

PEOPLE = UUID("5d7f1d0c-3a5b-5c53-9d5e-0f6a8c1e7b42")
"""The namespace of ids made of traits: an arbitrary constant that must never change."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_JOINED = re.compile(r"[-'’‐‑.]+")


def folded(text: str) -> str:
    """Lower case, no accents or ligatures, words of ``[a-z0-9]`` separated by single spaces."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def name_words(*names: str) -> str:
    """Every word of ``names``, folded, each preceded by a space. "Jean-Pierre" gives jean, pierre and jeanpierre;
    "L'Hérault" gives l, herault and lherault: people type both."""
    words: dict[str, None] = {}
    for name in names:
        for piece in name.split():
            for word in (*folded(piece).split(), folded(_JOINED.sub("", piece))):
                words[word] = None
    return "".join(f" {word}" for word in words if word)


def patient_traits(patient: Patient) -> tuple[str, str, str, str]:
    """What makes two lines the same patient when no id or INS says so: names folded, birth date, sex."""
    born = patient.birth_date.isoformat() if patient.birth_date else ""
    return folded(patient.birth_name), folded(patient.first_names), born, patient.sex.value


def patient_id(patient: Patient) -> str:
    """A stable id made of the traits; of the INS when the birth date is unknown."""
    key = patient_traits(patient) if patient.birth_date or not patient.ins else ("ins", patient.ins)
    return str(uuid5(PEOPLE, "|".join(("patient", *key))))


def correspondent_traits(person: Correspondent) -> tuple[str, str, str, str]:
    """Names, specialty and address folded: two namesakes in two towns stay two people."""
    return folded(person.last_name), folded(person.first_name), folded(person.specialty), folded(person.address)


def correspondent_id(person: Correspondent) -> str:
    """A stable id: of the RPPS when there is one, else of the traits."""
    key = (person.rpps,) if person.rpps else correspondent_traits(person)
    return str(uuid5(PEOPLE, "|".join(("correspondent", *key))))
