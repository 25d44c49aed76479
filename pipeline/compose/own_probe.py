"""What a practice's template is tried with: an invented document that has all that one may have, and a bare one.

Beside each stands what a reader must then find on the page (``templates/fields.yaml`` says why).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline.compose.port import Addressee, KindRules
from pipeline.compose.presentation import view
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision, Section
from pipeline.model.people import Correspondent, Patient, Practice, Practitioner, Sex

_LONG = (
    "Observation {0} : la marche est possible sans aide, il n'y a pas de fièvre ni de douleur du genou gauche, la "
    "tension est de 12/8 cmHg, et l'atorvastatine 20 mg n'a pas été arrêtée depuis la dernière visite du printemps."
)
"""What a template might cut, shorten or change."""

CERTIFICATES = "certificates/certificate"
"""The shipped layout of what goes to third parties."""


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A line of ``templates/fields.yaml``."""

    name: str
    what: str
    needed: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A text that must stand on the page (``forbidden``: must not), the field it comes from, and why."""

    field: str
    text: str
    why: str
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """A document to draw, what the template is given of it, and what must be found."""

    named: str
    revision: Revision
    shown: dict[str, Any]
    facts: tuple[Fact, ...]


def load_fields(templates: Path) -> tuple[FieldNote, ...]:
    """Every field of a template. Raises `TemplateFault`."""
    try:
        data: Any = yaml.safe_load((templates / "fields.yaml").read_text("utf-8"))
        return tuple(FieldNote(name, **entry) for name, entry in data.items())
    except (OSError, UnicodeError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise TemplateFault(
            f"La liste des champs est illisible ({type(error).__name__}).",
            advice="Rétablissez le fichier « templates/fields.yaml » livré avec Calame.",
        ) from error


def probes(rules: KindRules, shipped: KindRules, notes: Sequence[FieldNote]) -> tuple[Probe, Probe]:
    """A full document of this kind and a bare one."""
    private = shipped.template == CERTIFICATES
    return tuple(  # type: ignore[return-value]  # one for each of the two
        _probe(named, revision, rules, notes, private)
        for named, revision in (("un document complet", _full(rules)), ("un document presque vide", _bare(rules)))
    )


def _probe(named: str, revision: Revision, rules: KindRules, notes: Sequence[FieldNote], private: bool) -> Probe:
    shown = view(revision, rules)
    facts = [
        Fact(note.name, text, note.needed)
        for note in notes
        if note.needed and (value := _at(shown, note.name))
        for text in ([note.says] if note.says else _texts(value))
    ]
    if private and revision.patient.ins:
        why = "un certificat va à des tiers, qui n'ont pas droit au matricule INS (article L.1111-8-1)"
        facts.append(Fact("patient.ins", shown["patient"]["ins"], why, forbidden=True))
    return Probe(f"{named} ({rules.kind.value})", revision, shown, tuple(facts))


def _at(shown: Mapping[str, Any], name: str) -> Any:
    value: Any = shown
    for part in name.split("."):
        value = value[part]
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every printed text of a value; what is false or empty has none."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key != "text" or not {"lines", "items", "rows"} & value.keys():
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and value:
        yield value


def _full(rules: KindRules) -> Revision:
    someone = Correspondent(
        "c1",
        "Quimperlet",
        "Aurèle",
        title="Dr",
        specialty="Médecine générale",
        address="3, impasse Vorlage\n29000 Quimper",
    )
    table = next(iter(rules.tables or ()), "")
    heading = next((name for name in rules.headings if name.casefold() == table), table)
    other = next((name for name in rules.headings if name not in rules.facts and name != heading), "")
    sections = [
        Section("", "Premier paragraphe zygomorphe.\nSa deuxième ligne.\n\nDeuxième paragraphe vespéral."),
        Section(other, "- premier point quartzeux ;\n- deuxième point balsamique."),
        *(Section(fact, f"Valeur abrégée {number}") for number, fact in enumerate(rules.facts[:2], 1)),
        Section(
            heading, "bisoprolol 5 mg : 1 comprimé le matin : 3 mois\natorvastatine 20 mg : 1 comprimé le soir : 6 mois"
        ),
        *(Section("", "\n\n".join(_LONG.format(10 * part + number) for number in range(6))) for part in range(1, 4)),
        *(Section("", f"Remarque {number} du dossier, sans suite.") for number in range(1, 9)),
        Section("", "Paragraphe terminal jonquille."),
    ]
    return replace(
        _bare(rules),
        sections=tuple(sections),
        patient=Patient(
            "p1", "LEFÈVRE", "YVONNE MARIE", date(1946, 6, 3), Sex.FEMALE, used_name="CARPENTIER", birthplace="51215",
            ins="279035121518989", ins_oid="1.2.250.1.213.1.4.10", address="3, allée des Cèdres\n49000 Angers",
            identity_status="VALI",
        ),
        practice=Practice(
            "Cabinet médical des Tilleuls", "14, rue des Tilleuls\n49100 Angers", "Angers", "02 41 00 00 00",
            "secretariat@tilleuls.example", "490000000",
        ),
        author=Practitioner("helene", "Dr Hélène Vasseur", "Cardiologie", "10001234566"),
        recipient=None if rules.to is Addressee.NOBODY else someone,
        copy_to=(replace(someone, id="c2", last_name="Hervouet"),),
        copies=("Service social d'Ambérieu",),
        urgent=True,
        replaces="r1",
        replaces_reference="2026-000099",
    )  # fmt: skip


def _bare(rules: KindRules) -> Revision:
    return Revision(
        case_id="essai",
        number=1,
        kind=rules.kind,
        title=rules.title,
        document_date=date(2026, 11, 22),
        sections=(Section("", "Un seul paragraphe."),),
        patient=Patient("p2", "NGUYEN", "THOMAS", None, Sex.UNKNOWN),
        author=Practitioner("paul", "Dr Paul Lemoine", "", ""),
        practice=Practice("Cabinet Lemoine", "", "", "", "", ""),
        template=rules.template,
        template_sha256="0" * 64,
        reference="2026-000123",
    )
