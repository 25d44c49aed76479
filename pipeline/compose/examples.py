"""One invented document of each kind (``samples/documents.yaml``): for a preview, the pictures and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline.compose.port import Renderer
from pipeline.compose.step import split_sections
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, Patient, Practice, Practitioner, Sex

NAME = "documents.yaml"
DAY = date(2026, 11, 22)
REFERENCE = "2026-000123"


class Examples:
    """The documents of ``samples/documents.yaml``. Raises `TemplateFault` when the file is missing or wrong."""

    def __init__(self, samples: Path) -> None:
        try:
            data: Any = yaml.safe_load((samples / NAME).read_text(encoding="utf-8"))
            self._practices = {name: Practice(**values) for name, values in data["practices"].items()}
            self._authors = {name: Practitioner(**values) for name, values in data["authors"].items()}
            self._patients = {name: _patient(values) for name, values in data["patients"].items()}
            self._people = {name: Correspondent(**values) for name, values in data["correspondents"].items()}
            self._documents = {DocumentKind(name): entry for name, entry in data["documents"].items()}
        except (OSError, UnicodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise TemplateFault(
                f"Les documents d'exemple sont illisibles ({type(error).__name__}).",
                advice="Rétablissez le fichier « samples/documents.yaml » livré avec Calame.",
            ) from error

    @property
    def kinds(self) -> tuple[DocumentKind, ...]:
        return tuple(self._documents)

    def text(self, kind: DocumentKind) -> str:
        """What was dictated, without its opening."""
        return str(self._documents[kind]["text"])

    def revision(self, kind: DocumentKind, renderer: Renderer) -> Revision:
        """The example as revision number 1, its headings found as in a dictation. Raises `TemplateFault`."""
        if kind not in self._documents:
            raise TemplateFault(f"Il n'y a pas d'exemple de « {kind.value} ».", advice="Choisissez un autre type.")
        rules, entry = renderer.rules(kind), self._documents[kind]
        return Revision(
            case_id=f"example-{kind.value}",
            number=1,
            kind=kind,
            title=entry.get("title", rules.title),
            document_date=DAY,
            sections=split_sections(entry["text"], rules.headings),
            patient=self._patients[entry["patient"]],
            author=self._authors[entry["author"]],
            practice=self._practices[entry.get("practice", "cabinet")],
            template=rules.template,
            template_sha256=renderer.template_sha256(kind),
            recipient=self._people[entry["recipient"]] if "recipient" in entry else None,
            copy_to=tuple(self._people[name] for name in entry.get("copy_to", ())),
            reference=REFERENCE,
        )


def _patient(values: Mapping[str, Any]) -> Patient:
    return Patient(**{**values, "sex": Sex(values["sex"])})
