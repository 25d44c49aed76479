"""The form of a recipient who is not in the register: what was typed, what is wrong with it, and who may be the same.

It stands inside the form of the draft and inside that of the identity; its buttons are verbs of those forms:
``destinataire`` creates, ``destinataire:quand-meme`` creates beside a namesake, ``destinataire:utiliser:ID`` takes the
one that is there, ``destinataire:abandonner`` forgets what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.datastructures import FormData

from pipeline.addressees import Addressees, Alike
from pipeline.errors import RegisterError
from pipeline.identify.addressee import said_addressee
from pipeline.journal.correspondent_rules import mail_fault, plain_rpps, rpps_fault
from pipeline.journal.folding import folded
from pipeline.model.identity import Identification
from pipeline.model.people import Correspondent, User
from pipeline.web import forms

VERB = "destinataire"
ANYWAY, USE, FORGET = "quand-meme", "utiliser", "abandonner"
TITLES = {"Dr": "Dr", "Pr": "Pr", "Mme": "Mme", "M.": "M.", "": "(aucun : service, organisme)"}
FIELDS = ("title", "last_name", "first_name", "specialty", "address", "rpps", "email")
LONGEST = {"last_name": 80, "first_name": 60, "specialty": 80, "email": 120, "rpps": 20}
LINES, LINE = 6, 60
"""What fits the window of an envelope."""
NO_ONE = Alike()
UNFINISHED = "Un nouveau destinataire est commencé et n'est pas créé : créez-le, ou choisissez « Abandonner »."
WRONG = "Le destinataire n'est pas créé : corrigez ce qui est signalé."
TWICE = "Quelqu'un de ce nom est déjà dans le répertoire : utilisez sa fiche, ou créez l'autre quand même."
SURELY = "Ce numéro RPPS est déjà dans le répertoire : utilisez cette fiche, ou corrigez le numéro."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What the form shows. ``said`` is what the dictation tells of the addressee: nobody typed it."""

    values: Mapping[str, str]
    said: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    alike: Alike = NO_ONE
    refused: str = ""

    @property
    def begun(self) -> bool:
        """Whether somebody typed in it. A title alone says nothing."""
        typed = {name: value for name, value in self.values.items() if name != "title"}
        return any(typed.values()) and any(value != self.said[name] for name, value in typed.items())

    @property
    def open(self) -> bool:
        return bool(self.refused) or self.begun

    @property
    def error(self) -> RegisterError | None:
        return RegisterError(self.refused) if self.refused else None

    @property
    def person(self) -> Correspondent:
        return Correspondent(id="", **self.values)

    @property
    def name(self) -> str:
        return self.person.display_name if self.values["last_name"] else ""

    @property
    def first_fault(self) -> str:
        return next((name for name in FIELDS if name in self.faults), "")


def offered(found: Identification | None) -> Newcomer:
    """The form as it first stands: what the dictation said."""
    said = _values(said_addressee(found))
    return Newcomer(said, said)


def typed(form: FormData, found: Identification | None) -> Newcomer:
    """The form as it came back; as it first stands when the page did not hold it."""
    if "to_last_name" not in form:
        return offered(found)
    values = {name: " ".join(forms.text(form, f"to_{name}").split()) for name in FIELDS}
    lines = (" ".join(line.split()) for line in forms.text(form, "to_address").splitlines())
    values |= {"address": "\n".join(line for line in lines if line), "rpps": plain_rpps(values["rpps"])}
    return Newcomer(values, _values(said_addressee(found)))


def verb_of(form: FormData) -> tuple[str, str, str]:
    """The pressed button: ``("destinataire", "utiliser", "ID")``."""
    verb, _, rest = forms.text(form, "action").partition(":")
    how, _, who = rest.partition(":")
    return verb, how, who


def chosen(form: FormData, newcomer: Newcomer, addressees: Addressees, *, case_id: str, by: User) -> Newcomer | str:
    """The id of the recipient whom a pressed button means, empty for none; or the form again with what is wrong."""
    verb, how, who = verb_of(form)
    if verb != VERB:
        return replace(newcomer, refused=UNFINISHED) if newcomer.begun else ""
    if how == FORGET:
        return ""
    if how == USE:
        return who
    if faults := _faults(newcomer.values):
        return replace(newcomer, faults=faults, refused=WRONG)
    alike = addressees.alike(newcomer.person)
    if alike.people and (alike.surely or how != ANYWAY):
        return replace(newcomer, alike=alike, refused=SURELY if alike.surely else TWICE)
    return addressees.create(newcomer.person, case_id=case_id, by=by).id


def _values(person: Correspondent) -> dict[str, str]:
    return {name: getattr(person, name) for name in FIELDS}


def _faults(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, in French, by the field in which it is."""
    faults = {name: f"{most} caractères au plus." for name, most in LONGEST.items() if len(values[name]) > most}
    if values["title"] not in TITLES:
        faults["title"] = "Choisissez un titre de la liste."
    if not folded(values["last_name"]):
        faults["last_name"] = "Écrivez le nom."
    lines = values["address"].splitlines()
    if len(lines) > LINES or any(len(line) > LINE for line in lines):
        faults["address"] = f"{LINES} lignes au plus, de {LINE} caractères au plus : elles tiennent dans la fenêtre."
    checked = {"rpps": rpps_fault(values["rpps"]), "email": mail_fault(values["email"])}
    return {name: fault for name, fault in checked.items() if fault} | faults
