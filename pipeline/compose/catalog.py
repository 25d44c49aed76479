"""The catalogue of kinds, read from ``templates/catalog.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.compose.port import (
    Addressee,
    Catalog,
    Confidentiality,
    Field,
    KindRules,
    PaperRules,
    Requirement,
    Retention,
)
from pipeline.compose.typography import fold
from pipeline.errors import TemplateFault
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role

NAME = "catalog.yaml"
_ADVICE = "Rétablissez le fichier « templates/catalog.yaml » livré avec Calame, ou corrigez la ligne indiquée."
_WRONG = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class _Common:
    """What every entry shares. ``tables`` maps a heading, as printed, to the names of its columns."""

    headings: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]]
    retentions: Mapping[str, Retention]
    groups: tuple[str, ...]


def load_catalog(templates: Path) -> Catalog:
    """The rules of every composed kind. Raises `TemplateFault` naming the entry that is wrong."""
    try:
        data = yaml.safe_load((templates / NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise TemplateFault(
            f"Le catalogue des documents est illisible ({type(error).__name__}).", advice=_ADVICE
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("kinds"), dict):
        raise TemplateFault("Le catalogue des documents n'a pas de rubrique « kinds ».", advice=_ADVICE)
    common = _common(data)
    kinds = [_rules(name, entry, common) for name, entry in data["kinds"].items()]
    papers = [_paper(name, entry) for name, entry in data.get("papers", {}).items()]
    return Catalog({rules.kind: rules for rules in kinds}, {paper.name: paper for paper in papers})


def _common(data: dict[str, Any]) -> _Common:
    try:
        return _Common(
            headings=strings("headings", data.get("headings", [])),
            tables={
                heading: strings("tables", table["columns"])
                for table in data.get("tables", [])
                for heading in strings("tables", table["headings"])
            },
            retentions={
                name: Retention(int(entry["years"]), str(entry["source"]), int(entry.get("until_age", 0)))
                for name, entry in data.get("retentions", {}).items()
            },
            groups=strings("groups", data.get("groups", [])),
        )
    except _WRONG as error:
        raise TemplateFault(f"L'en-tête du catalogue est incorrect ({error}).", advice=_ADVICE) from error


def _rules(name: str, entry: Any, common: _Common) -> KindRules:
    try:
        facts = strings(name, entry.get("facts", []))
        return KindRules(
            kind=DocumentKind(name),
            label=str(entry["label"]),
            title=str(entry["title"]),
            template=str(entry["template"]),
            loinc=str(entry["loinc"]),
            signers=tuple(Role(role) for role in entry["signers"]),
            group=common.groups[common.groups.index(entry["group"])],
            to=Addressee(entry.get("to", "correspondent")),
            confidentiality=Confidentiality(entry.get("confidentiality", "N")),
            retention=common.retentions[entry.get("retention", "record")],
            headings=(*strings(name, entry.get("headings", [])), *facts, *common.tables, *common.headings),
            facts=facts,
            tables={fold(heading): columns for heading, columns in common.tables.items()},
            requires=requirements(name, entry.get("requires", [])),
            advises=requirements(name, entry.get("advises", [])),
            frames=str(entry.get("frames", "")),
            patient_signs=bool(entry.get("patient_signs", False)),
            source=str(entry.get("source", "")),
            delegation=_delegation(entry),
        )
    except _WRONG as error:
        raise TemplateFault(f"L'entrée « {name} » du catalogue est incorrecte ({error}).", advice=_ADVICE) from error


def _delegation(entry: Any) -> bool:
    """Whether « signé par délégation » is allowed: never where the doctor alone signs."""
    allowed = entry.get("delegation", False)
    if not isinstance(allowed, bool):
        raise TypeError("« delegation » vaut true ou false")
    if allowed and Role.SECRETARY.value not in entry["signers"]:
        raise ValueError("« delegation » demande « secretary » parmi les signataires")
    return allowed


def _paper(name: str, entry: Any) -> PaperRules:
    try:
        requires = requirements(name, entry.get("requires", []))
        return PaperRules(name, str(entry["label"]), str(entry["template"]), requires)
    except _WRONG as error:
        raise TemplateFault(f"L'entrée « {name} » du catalogue est incorrecte ({error}).", advice=_ADVICE) from error


def requirements(name: str, entries: list[Any]) -> tuple[Requirement, ...]:
    """The ``requires`` or ``advises`` of an entry. Raises what Python raises on data of another form."""
    found = tuple(
        Requirement(
            words=strings(name, entry.get("words", [])),
            says=" ".join(str(entry["says"]).split()),
            headings=strings(name, entry.get("headings", [])),
            when=strings(name, entry.get("when", [])),
            titled=strings(name, entry.get("titled", [])),
            refused=strings(name, entry.get("refused", [])),
            least=int(entry.get("least", 0)),
            field=Field(entry["field"]) if "field" in entry else None,
        )
        for entry in entries
    )
    if not all(each.words or each.headings or each.field or each.least for each in found):
        raise ValueError("une exigence sans mot, titre ni champ")
    return found


def strings(name: str, value: Any) -> tuple[str, ...]:
    """A list of texts. Raises `TemplateFault`."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise TemplateFault(f"La liste de « {name} » du catalogue ne contient pas que du texte.", advice=_ADVICE)
    return tuple(item.strip() for item in value)


def read_template(path: Path, template: str) -> bytes:
    """Raises `TemplateFault` naming ``template``."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise TemplateFault(
            f"Le modèle « {template} » est introuvable ({path.name}).",
            advice="Rétablissez-le dans le dossier « templates ».",
        ) from error
