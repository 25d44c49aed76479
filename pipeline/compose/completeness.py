"""What a document must say before it may be approved, and what it may have forgotten. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipeline.compose.coverage import Undrawable, boxes, none
from pipeline.compose.port import Addressee, Field, KindRules, PaperRules, Requirement
from pipeline.compose.presentation import cut_tables, main_window, window
from pipeline.compose.said import Said
from pipeline.compose.said import named as title_names
from pipeline.model.document import Revision
from pipeline.model.people import Correspondent

_IDENTITY = "article L.1111-8-1 du code de la santé publique : identité nationale de santé"

_FIELDS: Mapping[Field, Callable[[Revision], bool]] = {
    Field.RECIPIENT: lambda revision: revision.recipient is not None,
    Field.ADDRESS: lambda revision: bool(revision.recipient and revision.recipient.address.strip()),
    Field.FITTING_ADDRESS: lambda revision: window(revision.recipient, revision.patient).fits,
    Field.PATIENT_ADDRESS: lambda revision: bool(revision.patient.address.strip()),
    Field.PATIENT_BIRTH_DATE: lambda revision: revision.patient.birth_date is not None,
}


def missing(revision: Revision, rules: KindRules, named: str = "", undrawable: Undrawable = none) -> tuple[str, ...]:
    """What stands in the way of approval: French sentences that name what lacks and which article asks for it.

    ``named`` is whom the dictation addresses as long as nobody said who that is: then even a document that needs no
    recipient does not leave without one unseen. ``undrawable`` tells the characters that no font has.
    """
    lacks: list[str] = []
    if not any(section.text.strip() for section in revision.sections):
        lacks.append("Le document est vide.")
    if not revision.author.name.strip():
        lacks.append("Le nom du praticien manque (article R.4127-76 du code de la santé publique).")
    if not revision.patient.birth_name.strip() or not revision.patient.first_names.strip():
        lacks.append(
            "Le nom de naissance ou le prénom du patient manque (article L.1111-8-1 du code de la santé publique)."
        )
    if revision.patient.birth_date is None:
        lacks.append(f"La date de naissance du patient manque ({_IDENTITY}).")
    lacks.extend(_unmet(revision, rules.requires))
    lacks.extend(boxes(revision, rules, undrawable))
    if named and revision.recipient is None and may_go_without(rules):
        lacks.append(
            f"La dictée nomme un destinataire, « {named} », et aucun n'est choisi : choisissez-le, créez sa fiche, ou "
            "choisissez « Sans destinataire »."
        )
    return tuple(lacks)


def advice(revision: Revision, rules: KindRules) -> tuple[str, ...]:
    """What the document may have forgotten: it does not stand in the way."""
    return (*_unmet(revision, rules.advises), *overflowing(revision, rules), *_cut(revision, rules))


def _cut(revision: Revision, rules: KindRules) -> Iterable[str]:
    for heading in cut_tables(revision, rules):
        where = f"sous « {heading} »" if heading else "du texte"
        yield f"Le tableau {where} a trop de colonnes : des chiffres y sont coupés. Partagez-le en deux tableaux."


def overflowing(revision: Revision, rules: KindRules) -> Iterable[str]:
    """An address that no size of type brings into the window: it is printed whole, below it."""
    if rules.to is not Addressee.NOBODY:
        for block in (main_window(revision, rules), *(window(person, revision.patient) for person in revision.copy_to)):
            if not block.fits:
                yield (
                    f"L'adresse de « {block.name} » ne tient pas dans la fenêtre de l'enveloppe : raccourcissez-la "
                    "dans sa fiche (6 lignes de 38 signes au plus, norme AFNOR XP Z 10-011)."
                )


def missing_on_paper(revision: Revision, rules: PaperRules, to: Correspondent | None) -> tuple[str, ...]:
    """What lacks for an envelope, labels or a slip to this addressee (the patient when None)."""
    lacks = []
    for each in rules.requires:
        address = to.address if to else revision.patient.address
        if each.field is Field.ADDRESS:
            met = bool(address.strip())
        elif each.field is Field.FITTING_ADDRESS:
            met = window(to, revision.patient).fits
        else:
            met = _is_met(revision, each, Said(revision))
        if not met:
            lacks.append(each.says)
    return tuple(lacks)


def needs_recipient(rules: KindRules) -> bool:
    """Whether this kind is sent to a correspondent and cannot do without."""
    return rules.to is Addressee.CORRESPONDENT and any(each.field is Field.RECIPIENT for each in rules.requires)


def may_go_without(rules: KindRules) -> bool:
    """Whether this kind can have a correspondent as its recipient, and none."""
    return rules.to is Addressee.CORRESPONDENT and not needs_recipient(rules)


def _unmet(revision: Revision, requirements: Iterable[Requirement]) -> Iterable[str]:
    said = Said(revision)
    return [each.says for each in requirements if not _is_met(revision, each, said)]


def _is_met(revision: Revision, requirement: Requirement, said: Said) -> bool:
    if requirement.when and not said.has(requirement.when):
        return True
    if requirement.titled and not title_names(requirement.titled, said.title):
        return True
    if requirement.field is not None:
        return _FIELDS[requirement.field](revision)
    return said.fulfils(requirement)
