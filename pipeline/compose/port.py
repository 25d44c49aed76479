"""What this room needs to render a revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something a kind must say: at least one of ``words`` (case and accents ignored) stands in it.

    ``says`` is the French sentence for when none does; it names the article that asks for it.
    """

    words: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class KindRules:
    """A catalogue entry (``templates/catalog.yaml``). ``template`` is without suffix, such as ``letters/letter``;
    ``delegation`` lets the secretariat sign in the name of the doctor."""

    kind: DocumentKind
    label: str
    title: str
    template: str
    loinc: str
    signers: tuple[Role, ...]
    needs_recipient: bool = False
    headings: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()
    source: str = ""
    delegation: bool = False


class Renderer(Protocol):
    """Makes both files of a revision."""

    def rules(self, kind: DocumentKind) -> KindRules: ...

    def template_sha256(self, kind: DocumentKind) -> str: ...

    def pdf(self, revision: Revision) -> bytes:
        """PDF/A-3a + PDF/UA-1 with ``revision.source`` embedded; same revision, same bytes. Raises `TemplateFault`."""
        ...

    def docx(self, revision: Revision) -> bytes:
        """The exchange copy. Raises `TemplateFault`."""
        ...
