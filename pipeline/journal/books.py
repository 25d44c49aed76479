"""Who a line of a register is: known, new, or a doubt that a person must settle. No database here.

A register is where a letter's patient comes from: joining two people is worse than refusing a line. So an id, an INS
or traits that contradict what is known are refused with a reason, and an empty value never erases a known one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar
from uuid import uuid4

from pipeline.errors import RegisterError
from pipeline.journal import folding
from pipeline.model.people import Correspondent, Patient, Sex

P = TypeVar("P", Patient, Correspondent)

_NOTHING_SAID: tuple[object, ...] = ("", None, Sex.UNKNOWN)


class PatientBook:
    """The known patients, as an import meets them."""

    def __init__(self, known: Iterable[Patient]) -> None:
        self.by_id: dict[str, Patient] = {}
        self._by_ins: dict[str, set[str]] = defaultdict(set)
        self._by_traits: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for patient in known:
            self._keep(patient)

    def merge(self, new: Patient) -> Patient:
        """The patient to keep for this line: by its id when one is given, else by INS, else by traits.

        An id made of the traits (`folding.patient_id`) counts as not given. Raises `RegisterError`.
        """
        if not new.birth_name.strip():
            raise RegisterError("Le nom de naissance manque.")
        derived = folding.patient_id(new)
        given = new.id not in ("", derived)
        if not given and new.birth_date is None and not new.ins:
            raise RegisterError("Sans date de naissance, il faut un identifiant ou un matricule INS.")
        known = self._by_given_id(new) if given else self._by_ins_or_traits(new, derived)
        kept = replace(new, id=new.id or derived) if known is None else _joined(known, new)
        self._keep(kept)
        return kept

    def _keep(self, patient: Patient) -> None:
        old = self.by_id.get(patient.id)
        if old is not None:
            self._by_ins[old.ins].discard(old.id)
            self._by_traits[_names_and_date(old)].discard(old.id)
        self.by_id[patient.id] = patient
        self._by_ins[patient.ins].add(patient.id)
        self._by_traits[_names_and_date(patient)].add(patient.id)

    def _same_ins(self, new: Patient) -> list[Patient]:
        return [self.by_id[id_] for id_ in sorted(self._by_ins.get(new.ins, ()))] if new.ins else []

    def _same_traits(self, new: Patient) -> list[Patient]:
        """Same names and birth date, and sexes that do not contradict each other."""
        if new.birth_date is None:
            return []
        near = [self.by_id[id_] for id_ in sorted(self._by_traits.get(_names_and_date(new), ()))]
        return [p for p in near if p.sex == new.sex or Sex.UNKNOWN in (p.sex, new.sex)]

    def _by_given_id(self, new: Patient) -> Patient | None:
        known = self.by_id.get(new.id)
        if any(other.id != new.id for other in (*self._same_ins(new), *self._same_traits(new))):
            raise RegisterError(
                "Un patient de même INS ou de mêmes traits est déjà au registre sous un autre identifiant."
            )
        if known is not None and _other_person(known, new):
            raise RegisterError("Cet identifiant est déjà celui d'un patient aux traits différents.")
        return known

    def _by_ins_or_traits(self, new: Patient, derived: str) -> Patient | None:
        near = self._same_ins(new) or self._same_traits(new)
        if len(near) > 1:
            raise RegisterError("Plusieurs patients du registre correspondent : indiquez l'identifiant.")
        known = near[0] if near else self.by_id.get(derived)
        if known is None:
            return None
        if new.ins and known.ins and new.ins != known.ins:
            raise RegisterError("Un patient de mêmes traits a un autre INS : indiquez l'identifiant.")
        if _other_person(known, new):
            raise RegisterError("Ce matricule INS est déjà celui d'un patient aux traits différents.")
        return known


class CorrespondentBook:
    """The known correspondents, as an import meets them."""

    def __init__(self, known: Iterable[Correspondent]) -> None:
        self.by_id: dict[str, Correspondent] = {}
        self._by_rpps: dict[str, str] = {}
        self._by_traits: dict[tuple[str, ...], str] = {}
        for person in known:
            self._keep(person)

    def merge(self, new: Correspondent) -> Correspondent:
        """The correspondent to keep: by id when given, else by RPPS, else by names, specialty and address.

        Raises `RegisterError`.
        """
        if not new.last_name.strip():
            raise RegisterError("Le nom manque.")
        derived = folding.correspondent_id(new)
        known = self.by_id.get(new.id) if new.id not in ("", derived) else self._known(new, derived)
        if known is None:
            kept = replace(new, id=new.id or derived)
        else:
            if new.rpps and known.rpps and new.rpps != known.rpps:
                raise RegisterError("Cet identifiant est déjà celui d'un correspondant d'un autre numéro RPPS.")
            kept = _joined(known, new)
        self._keep(kept)
        return kept

    def add(self, new: Correspondent) -> Correspondent:
        """A record of its own, even for a namesake at the same address: a person said that it is somebody else.

        Raises `RegisterError` for an RPPS number that is known: that is one person.
        """
        if not new.last_name.strip():
            raise RegisterError("Le nom manque.")
        if new.rpps and new.rpps in self._by_rpps:
            raise RegisterError("Ce numéro RPPS est déjà celui d'un correspondant du registre.")
        derived = folding.correspondent_id(new)
        kept = replace(new, id=str(uuid4()) if derived in self.by_id else derived)
        self._keep(kept)
        return kept

    def _known(self, new: Correspondent, derived: str) -> Correspondent | None:
        by_rpps = self._by_rpps.get(new.rpps) if new.rpps else None
        by_traits = self._by_traits.get(folding.correspondent_traits(new))
        if by_rpps is None and by_traits is not None and new.rpps and self.by_id[by_traits].rpps:
            by_traits = None  # a namesake at the same address with an RPPS of their own
        return self.by_id.get(by_rpps or by_traits or derived)

    def _keep(self, person: Correspondent) -> None:
        self.by_id[person.id] = person
        if person.rpps:
            self._by_rpps[person.rpps] = person.id
        self._by_traits[folding.correspondent_traits(person)] = person.id


def _names_and_date(patient: Patient) -> tuple[str, ...]:
    return folding.patient_traits(patient)[:3]


def _other_person(known: Patient, new: Patient) -> bool:
    """Two of birth name, first names and birth date disagree: a spelling is corrected one trait at a time."""
    pairs = zip(_names_and_date(known), _names_and_date(new), strict=True)
    return sum(bool(a and b and a != b) for a, b in pairs) >= 2


def _joined(known: P, new: P) -> P:
    """``known`` with what ``new`` says. "PROV" is what an identity is before anyone looked: it lowers no status."""
    said: dict[str, Any] = {f.name: getattr(new, f.name) for f in fields(new) if f.name != "id"}
    said = {name: value for name, value in said.items() if value not in _NOTHING_SAID}
    if said.get("identity_status") == "PROV":
        del said["identity_status"]
    return replace(known, **said)
