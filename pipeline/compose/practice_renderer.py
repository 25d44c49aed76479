"""The room's port with a practice's own templates over the shipped ones: drawn in a cell, as they were checked."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Literal

from pipeline.compose.catalog import NAME as CATALOG
from pipeline.compose.cell import Cell, Job
from pipeline.compose.own import (
    ENTRY,
    Mistake,
    OwnTemplate,
    OwnTemplates,
    catalog_with,
    folder_mistakes,
    known_name,
    load_own,
)
from pipeline.compose.own_new import new_template
from pipeline.compose.own_probe import FieldNote, Probe, load_fields, probes
from pipeline.compose.port import Catalog, KindRules
from pipeline.compose.presentation import view
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent


class PracticeRenderer:
    """Implements `pipeline.compose.port.Renderer`.

    A kind that a template in service draws is drawn by no other one: when its copy is damaged, or it takes too long,
    `TemplateFault` says so and the case waits. Papers (envelope, labels, slip) are the shipped ones.
    """

    _whole = True
    """A document of which the template drops or changes a word is refused; a preview shows it."""

    def __init__(self, templates: Path, own: OwnTemplates, cell: Cell | None = None) -> None:
        self._shipped = TemplateRenderer(templates)
        self._templates, self._own = templates, own
        self._cell = cell or Cell()

    @property
    def catalog(self) -> Catalog:
        serving = []
        for name in sorted(set(self._own.serving().values())):
            with contextlib.suppress(TemplateFault):  # told where the kind is drawn
                serving.append(self._own.in_service(name))
        return catalog_with(self._shipped.catalog, iter(serving))

    def rules(self, kind: DocumentKind) -> KindRules:
        own, shipped = self._serving(kind), self._shipped.rules(kind)
        return own.over(shipped) if own else shipped

    def template_sha256(self, kind: DocumentKind) -> str:
        """Over the practice's files and the shipped catalogue, or over the shipped files."""
        own = self._serving(kind)
        return self._sha256(own) if own else self._shipped.template_sha256(kind)

    def undrawable(self, letters: str) -> str:
        return self._shipped.undrawable(letters)

    def pdf(self, revision: Revision) -> bytes:
        own = self._serving(revision.kind)
        return self._draw("pdf", own, revision) if own else self._shipped.pdf(revision)

    def docx(self, revision: Revision) -> bytes:
        own = self._serving(revision.kind)
        return self._draw("docx", own, revision) if own else self._shipped.docx(revision)

    def paper(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        return self._shipped.paper(name, revision, to)

    def paper_docx(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        return self._shipped.paper_docx(name, revision, to)

    @property
    def fields(self) -> tuple[FieldNote, ...]:
        return load_fields(self._templates)

    def new(self, name: str, kind: DocumentKind) -> Path:
        """A working copy of the shipped template of ``kind`` in the workshop. Raises `TemplateFault`."""
        rules = self._shipped.rules(kind)
        return new_template(self._own.workshop, known_name(name), rules, self._templates, self.fields)

    def trying(self, own: OwnTemplate) -> PracticeRenderer:
        """The same with a template of the workshop in service, for a preview."""
        return _Trying(self._templates, own, self._own, self._cell)

    def read(self, folder: Path) -> OwnTemplate | None:
        """The template of ``folder``, None when its files or its entry are wrong."""
        own, mistakes = load_own(folder)
        return None if mistakes else own

    def check(self, folder: Path) -> tuple[OwnTemplate | None, list[Mistake]]:
        """The template of ``folder`` and every mistake that can be found at once. It is clean when there is none."""
        unsafe = folder_mistakes(folder)
        if unsafe:
            return None, unsafe
        own, found = load_own(folder)
        kinds = [kind for kind in own.kinds if kind in self._shipped.catalog.kinds] if own else []
        for kind in own.kinds if own else ():
            if kind not in kinds:
                says = f"un document « {kind.value} » n'est pas composé"
                found.append(Mistake(ENTRY, says, "« calame templates list » montre les types.", 0, "kinds"))
        for kind in kinds or [DocumentKind.LETTER]:
            job = Job("check", folder.resolve(), (self._tried_with(kind, own),), bool(kinds))
            try:
                found += (Mistake(**one) for one in json.loads(self._cell.run(job, folder.name)))
            except TemplateFault as fault:
                found.append(Mistake(folder.name, fault.message, fault.advice))
                break
        return own, list(dict.fromkeys(found))

    def _tried_with(self, kind: DocumentKind, own: OwnTemplate | None) -> tuple[Probe, Probe]:
        shipped = self._shipped.rules(kind)
        return probes(own.over(shipped) if own else shipped, shipped, self.fields)

    def _draw(self, verb: Literal["pdf", "docx"], own: OwnTemplate, revision: Revision) -> bytes:
        """Refuses a revision whose template has changed since: same revision, same bytes."""
        rules = own.over(self._shipped.rules(revision.kind))
        if revision.template != rules.template or revision.template_sha256 != self._sha256(own):
            raise TemplateFault(
                f"Le modèle « {revision.template} » a changé depuis cette version du brouillon.",
                advice="Enregistrez à nouveau le brouillon : il sera refait avec le modèle actuel.",
            )
        arguments = (view(revision, rules), revision)
        return self._cell.run(Job(verb, own.folder.resolve(), arguments, self._whole), own.name)

    def _serving(self, kind: DocumentKind) -> OwnTemplate | None:
        name = self._own.serving().get(kind)
        return self._own.in_service(name) if name else None

    def _sha256(self, own: OwnTemplate) -> str:
        return hashlib.sha256(own.sha256.encode() + (self._templates / CATALOG).read_bytes()).hexdigest()


class _Trying(PracticeRenderer):
    _whole = False

    def __init__(self, templates: Path, tried: OwnTemplate, own: OwnTemplates, cell: Cell) -> None:
        super().__init__(templates, own, cell)
        self._tried = tried

    def _serving(self, kind: DocumentKind) -> OwnTemplate | None:
        return self._tried if kind in self._tried.kinds else super()._serving(kind)
