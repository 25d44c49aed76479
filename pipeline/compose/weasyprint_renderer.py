"""Serves the room's port from the shipped templates."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.compose.catalog import NAME as CATALOG
from pipeline.compose.catalog import load_catalog, read_template
from pipeline.compose.port import Catalog, KindRules, PaperRules
from pipeline.compose.presentation import paper_view, view
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent

if TYPE_CHECKING:
    from pipeline.compose.drawing import Drawing

SHARED = "shared"
"""The folder of partials and styles under ``templates/``."""


class TemplateRenderer:
    """Implements `pipeline.compose.port.Renderer` from a folder of templates.

    Raises `TemplateFault` when the folder's catalogue is missing or wrong. Safe to share between threads: it keeps no
    state but the catalogue, Jinja's cache of compiled templates and, for each thread, its style sheets and fonts.
    """

    def __init__(self, templates: Path) -> None:
        self._templates = templates.resolve()
        self._catalog = load_catalog(self._templates)

    @cached_property
    def _drawing(self) -> Drawing:
        """WeasyPrint takes a second and 40 MB to load: who asks for rules only, or lets others draw, never does."""
        from pipeline.compose.drawing import Drawing

        return Drawing(self._templates)

    @property
    def catalog(self) -> Catalog:
        return self._catalog

    def rules(self, kind: DocumentKind) -> KindRules:
        """The catalogue's entry. Raises `TemplateFault` for a kind that is not composed (scans)."""
        if kind not in self._catalog.kinds:
            raise TemplateFault(
                f"Aucun modèle n'existe pour un document « {kind.value} ».",
                advice="Choisissez un autre type, ou ajoutez une entrée au catalogue.",
            )
        return self._catalog.kinds[kind]

    def template_sha256(self, kind: DocumentKind) -> str:
        """SHA-256 over the kind's two templates, the shared partials and styles, and the catalogue."""
        template = self.rules(kind).template
        shared = (path for path in (self._templates / SHARED).rglob("*") if path.is_file())
        files = [self._templates / CATALOG, *(self._templates / f"{template}{suffix}" for suffix in (".html", ".docx"))]
        total = hashlib.sha256()
        for path in sorted([*files, *shared]):
            total.update(path.relative_to(self._templates).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(read_template(path, template)).digest())
        return total.hexdigest()

    def undrawable(self, letters: str) -> str:
        """Those of ``letters`` that no installed font has."""
        from pipeline.compose.glyphs import undrawable  # as `_drawing`: only who must ask loads WeasyPrint

        return undrawable(letters)

    def pdf(self, revision: Revision) -> bytes:
        """PDF/A-3a + PDF/UA-1 with ``revision.source`` embedded and one empty signature field (see `fields`)."""
        rules = self._current(revision)
        return self._drawing.pdf(f"{rules.template}.html", view(revision, rules), revision)

    def docx(self, revision: Revision) -> bytes:
        """The exchange copy. Raises `TemplateFault`."""
        rules = self._current(revision)
        return self._drawing.docx(f"{rules.template}.docx", view(revision, rules), revision, comes_back=True)

    def paper(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        """An envelope, labels or a covering slip, PDF/A-3a + PDF/UA-1 without source and signature field."""
        values = paper_view(revision, self.rules(revision.kind), to)
        return self._drawing.paper(f"{self._paper(name).template}.html", values, revision)

    def paper_docx(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        """The same to be changed before printing."""
        values = paper_view(revision, self.rules(revision.kind), to)
        return self._drawing.docx(f"{self._paper(name).template}.docx", values, revision)

    def _paper(self, name: str) -> PaperRules:
        if name not in self._catalog.papers:
            raise TemplateFault(f"Le catalogue n'a pas de papier « {name} ».", advice="Rétablissez le catalogue.")
        return self._catalog.papers[name]

    def _current(self, revision: Revision) -> KindRules:
        """The rules; refuses a revision whose template has changed since: same revision, same bytes."""
        rules = self.rules(revision.kind)
        if revision.template_sha256 != self.template_sha256(revision.kind) or revision.template != rules.template:
            raise TemplateFault(
                f"Le modèle « {revision.template} » a changé depuis cette version du brouillon.",
                advice="Enregistrez à nouveau le brouillon : il sera refait avec le modèle actuel.",
            )
        return rules
