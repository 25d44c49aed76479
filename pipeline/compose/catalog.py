"""The catalogue of kinds, read from ``templates/catalog.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.compose.port import KindRules, Requirement
from pipeline.errors import TemplateFault
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role

NAME = "catalog.yaml"
_ADVICE = "Rétablissez le fichier « templates/catalog.yaml » livré avec Calame, ou corrigez la ligne indiquée."


def load_catalog(templates: Path) -> Mapping[DocumentKind, KindRules]:
    """The rules of every composed kind. Raises `TemplateFault` naming the entry that is wrong."""
    try:
        data = yaml.safe_load((templates / NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise TemplateFault(
            f"Le catalogue des documents est illisible ({type(error).__name__}).", advice=_ADVICE
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("kinds"), dict):
        raise TemplateFault("Le catalogue des documents n'a pas de rubrique « kinds ».", advice=_ADVICE)
    common = _strings("headings", data.get("headings", []))
    return {rules.kind: rules for rules in (_rules(name, entry, common) for name, entry in data["kinds"].items())}


def _rules(name: str, entry: Any, common: tuple[str, ...]) -> KindRules:
    try:
        return KindRules(
            kind=DocumentKind(name),
            label=str(entry["label"]),
            title=str(entry["title"]),
            template=str(entry["template"]),
            loinc=str(entry["loinc"]),
            signers=tuple(Role(role) for role in entry["signers"]),
            needs_recipient=bool(entry.get("needs_recipient", False)),
            headings=_strings(name, entry.get("headings", [])) + common,
            requires=tuple(
                Requirement(_strings(name, rule["words"]), " ".join(str(rule["says"]).split()))
                for rule in entry.get("requires", [])
            ),
            source=str(entry.get("source", "")),
            delegation=_delegation(entry),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TemplateFault(f"L'entrée « {name} » du catalogue est incorrecte ({error}).", advice=_ADVICE) from error


def _delegation(entry: Any) -> bool:
    """Whether « signé par délégation » is allowed: never where the doctor alone signs."""
    allowed = entry.get("delegation", False)
    if not isinstance(allowed, bool):
        raise TypeError("« delegation » vaut true ou false")
    if allowed and Role.SECRETARY.value not in entry["signers"]:
        raise ValueError("« delegation » demande « secretary » parmi les signataires")
    return allowed


def _strings(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise TemplateFault(f"La liste de « {name} » du catalogue ne contient pas que du texte.", advice=_ADVICE)
    return tuple(item.strip() for item in value)
