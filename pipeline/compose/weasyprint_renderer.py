"""The PDF by WeasyPrint (PDF/A-3a and PDF/UA-1 in one file), and the class that serves the room's port."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from threading import local
from typing import Any

from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from pipeline.compose.catalog import NAME as CATALOG
from pipeline.compose.catalog import load_catalog
from pipeline.compose.docx_renderer import render_docx
from pipeline.compose.fields import add_signature_field, find_place
from pipeline.compose.port import Catalog, KindRules, PaperRules
from pipeline.compose.presentation import paper_view, signature_label, view
from pipeline.compose.qr import qr_data_uri
from pipeline.compose.sandbox import environment, faults_of
from pipeline.compose.styles import Styles
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent

SOURCE_NAME = "source.json"
"""The attachment that holds ``revision.source``."""

SHARED = "shared"
"""The folder of partials and styles under ``templates/``."""

_PAGE_TOP, _FEW_LINES = 780.0, 190.0
"""A last page whose signature stands within so many points of the top of its text holds a few lines: it is worth trying
to set the document a little smaller."""

_SCHEME = "app:"
_DRAWING_ERRORS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError)
"""What WeasyPrint raises on a style that it does not know how to lay out."""

_UA_METADATA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA part</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""
"""PDF/UA-1 identification and its extension schema, which PDF/A-3 wants declared (ISO 19005-3, 6.6.2.3)."""


class TemplateRenderer:
    """Implements `pipeline.compose.port.Renderer` from a folder of templates.

    Raises `TemplateFault` when the folder's catalogue is missing or wrong. Safe to share between threads: it keeps no
    state but the catalogue, Jinja's cache of compiled templates and, for each thread, its style sheets and fonts.
    """

    def __init__(self, templates: Path) -> None:
        self._templates = templates.resolve()
        self._catalog = load_catalog(self._templates)
        self._environment = environment(self._templates)
        self._own = local()

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
            total.update(hashlib.sha256(_read(path, template)).digest())
        return total.hexdigest()

    def pdf(self, revision: Revision) -> bytes:
        """PDF/A-3a + PDF/UA-1 with ``revision.source`` embedded and one empty signature field (see `fields`)."""
        rules = self._current(revision)
        name = f"{rules.template}.html"
        values = view(revision, rules) | {"qr": _qr(revision), "tight": False}
        document, fetcher = self._lay_out(name, values)
        place = find_place(document, name)
        if place.page > 0 and _PAGE_TOP - place.top < _FEW_LINES:
            closer, again = self._lay_out(name, values | {"tight": True})
            if len(closer.pages) < len(document.pages):
                document, fetcher, place = closer, again, find_place(closer, name)
        with fetcher.guard(name):
            printed = _write(document, revision, [_source(revision)])
        return add_signature_field(printed, place, signature_label(revision))

    def docx(self, revision: Revision) -> bytes:
        """The exchange copy. Raises `TemplateFault`."""
        rules = self._current(revision)
        name = f"{rules.template}.docx"
        return render_docx(_read(self._templates / name, name), name, view(revision, rules), revision, comes_back=True)

    def paper(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        """An envelope, labels or a covering slip, PDF/A-3a + PDF/UA-1 without source and signature field."""
        template = f"{self._paper(name).template}.html"
        values = paper_view(revision, self.rules(revision.kind), to) | {"qr": _qr(revision)}
        document, fetcher = self._lay_out(template, values)
        with fetcher.guard(template):
            return _write(document, revision, [])

    def paper_docx(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        """The same to be changed before printing."""
        template = f"{self._paper(name).template}.docx"
        values = paper_view(revision, self.rules(revision.kind), to)
        return render_docx(_read(self._templates / template, template), template, values, revision)

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

    def _lay_out(self, name: str, values: dict[str, Any]) -> tuple[Any, AppFetcher]:
        with faults_of(name):
            page = self._environment.get_template(name).render(values)
        fetcher = AppFetcher(self._templates)
        with fetcher.guard(name):
            bare, sheets = self._styles.taken_from(page, fetcher)
            html = HTML(string=bare, base_url=_SCHEME, url_fetcher=fetcher)
            return html.render(font_config=self._styles.fonts, stylesheets=sheets), fetcher

    @property
    def _styles(self) -> Styles:
        if not hasattr(self._own, "styles"):
            self._own.styles = Styles(self._templates)
        styles: Styles = self._own.styles
        return styles


def _qr(revision: Revision) -> str:
    return qr_data_uri(f"CALAME {revision.reference} {revision.sha256[:16]}")


def _source(revision: Revision) -> Attachment:
    stamp = datetime.combine(revision.document_date, time(), UTC)
    source = Attachment(
        string=revision.source,
        description="Source structurée du document",
        created=stamp,
        modified=stamp,
        relationship="Source",
    )
    source.name = SOURCE_NAME
    return source


def _write(document: Any, revision: Revision, attachments: list[Attachment]) -> bytes:
    printed: bytes = document.write_pdf(
        pdf_variant="pdf/a-3a",
        pdf_identifier=revision.sha256[:32].encode("ascii"),
        attachments=attachments,
        finisher=_declare_ua,
    )
    return printed


class AppFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
    """Serves ``data:`` and files under the templates' folder as ``app:path``; anything else stops the rendering."""

    def __init__(self, templates: Path) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._templates = templates
        self._refused = False

    @contextmanager
    def guard(self, name: str) -> Iterator[None]:
        """Raise `TemplateFault` when an address was refused, also where WeasyPrint goes on (inside an SVG image)."""
        try:
            yield
        except FatalURLFetchingError:
            self._refused = True
        except _DRAWING_ERRORS as error:
            raise TemplateFault(
                f"Le modèle « {name} » ne peut pas être dessiné ({type(error).__name__}).",
                advice="Simplifiez sa mise en forme, ou rétablissez le modèle livré avec Calame.",
            ) from error
        if self._refused:
            raise TemplateFault(
                f"Le modèle « {name} » veut lire un fichier ou une adresse hors du dossier des modèles.",
                advice="Retirez ce lien du modèle, ou placez l'image dans « templates » et nommez-la « app:… ».",
            )

    def fetch(self, url: str, headers: Any = None) -> Any:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = (self._templates / url.removeprefix(_SCHEME).lstrip("/")).resolve()
        if not url.startswith(_SCHEME) or not path.is_relative_to(self._templates) or not path.is_file():
            self._refused = True
            raise FatalURLFetchingError("address refused")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})


def _declare_ua(_document: Any, pdf: Any) -> None:
    """WeasyPrint's finisher: declare PDF/UA-1 beside PDF/A-3a, and show the title in the window (ISO 14289-1, 7.1)."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _UA_METADATA, 1) for part in metadata.stream]
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])  # WeasyPrint lists each attachment twice
    pdf.catalog.setdefault("ViewerPreferences", "<< /DisplayDocTitle true >>")


def _read(path: Path, template: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TemplateFault(
            f"Le modèle « {template} » est introuvable ({path.name}).",
            advice="Rétablissez-le dans le dossier « templates ».",
        ) from error
