"""Reads ``risks.yaml`` (PyYAML), ``risks/*.csv`` and the names of ``drugs.csv`` and ``brands.csv``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.verify.port import Contexts
from pipeline.verify.risk_rules import MICROGRAMS, AllergyClass, RiskRules, Twin, Use, UsualDose
from pipeline.verify.risk_text import fold

_UNITS = frozenset(MICROGRAMS) | {"UI"}
_PER = frozenset({"", "semaine", "heure"})


def load_risk_rules(folder: Path, contexts: Contexts) -> RiskRules:
    """The rules of ``folder`` (``lexicon/``); ``contexts`` goes with them.

    Raises `LexiconError` when a file is missing or malformed.
    """
    try:
        data: Any = yaml_text.load((folder / "risks.yaml").read_text(encoding="utf-8"))
        uses = {name: Use(name, _pattern(_sourced(entry)["words"])) for name, entry in data["uses"].items()}
        doses, substances, written = _doses(_rows(folder / "risks" / "doses.csv"))
        twins = _twins(_rows(folder / "risks" / "lookalikes.csv"), uses, written)
        allergies = tuple(_allergy(_sourced(entry)) for entry in data["allergies"])
        ages = {fold(name): int(entry["years"]) for entry in map(_sourced, data["ages"]) for name in entry["drugs"]}
        names = set(substances) | set(twins) | set(ages)
        names |= {name for allergy in allergies for name in allergy.drugs}
        for path in (folder / "drugs.csv", folder / "brands.csv"):
            names |= {fold(row["word"]) for row in _rows(path)}
        return RiskRules(
            contexts=contexts,
            doses=doses,
            substances=substances,
            written=written,
            twins=twins,
            allergies=allergies,
            ages=ages,
            women_only=_pattern(_sourced(data["women_only"])["words"]),
            men_only=_pattern(_sourced(data["men_only"])["words"]),
            paired=tuple(_word(word) for word in data["paired"]),
            drug=_pattern(names),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LexiconError(
            f"Les tables des risques (« risks.yaml ») sont absentes ou mal écrites ({type(error).__name__}).",
            advice="Rétablissez les fichiers d'origine du dossier « lexicon ».",
        ) from error


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _sourced(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry, which must name its source."""
    if not str(entry["source"]).strip():
        raise ValueError("source")
    return entry


def _word(value: Any) -> str:
    if not isinstance(value, str) or fold(value) != value:
        raise ValueError(str(value))
    return value


def _pattern(words: Iterable[Any]) -> re.Pattern[str]:
    """Finds any of the folded words, the longest first; a final ``*`` stands for any ending."""
    ordered = sorted((_word(word) for word in words), key=lambda word: (-len(word), word))
    parts = "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in ordered)
    return re.compile(rf"(?<![\w-])(?:{parts})(?![\w-])")


def _doses(
    rows: Iterable[dict[str, str]],
) -> tuple[dict[str, tuple[UsualDose, ...]], dict[str, str], dict[str, str]]:
    doses: dict[str, tuple[UsualDose, ...]] = {}
    substances: dict[str, str] = {}
    written: dict[str, str] = {}
    for row in map(_sourced, rows):
        substance, unit, per = fold(row["substance"]), row["unit"], row["per"]
        low, high, day = float(row["low"]), float(row["high"]), float(row["day"])
        if unit not in _UNITS or per not in _PER or not 0 < low <= high <= day:
            raise ValueError(row["substance"])
        usual = UsualDose(row["substance"], unit, low, high, day, per, row["source"])
        doses[substance] = (*doses.get(substance, ()), usual)
        for name in (row["substance"], *filter(None, row["names"].split(";"))):
            substances[fold(name)] = substance
            written[fold(name)] = name
    return doses, substances, written


def _twins(
    rows: Iterable[dict[str, str]], uses: dict[str, Use], written: dict[str, str]
) -> dict[str, tuple[Twin, ...]]:
    twins: dict[str, tuple[Twin, ...]] = {}
    for row in map(_sourced, rows):
        first, second = row["first"], row["second"]
        first_use, second_use = uses[row["first_use"]], uses[row["second_use"]]
        for name, use, other, other_use in (
            (first, first_use, second, second_use),
            (second, second_use, first, first_use),
        ):
            written.setdefault(fold(name), name)
            twins[fold(name)] = (*twins.get(fold(name), ()), Twin(other, use, other_use))
    return twins


def _allergy(entry: dict[str, Any]) -> AllergyClass:
    return AllergyClass(str(entry["name"]), _pattern(entry["stated"]), frozenset(_word(d) for d in entry["drugs"]))
