"""Draws from one folder of templates: HTML to PDF by WeasyPrint (PDF/A-3a and PDF/UA-1 in one file), DOCX by docxtpl.

It reads that folder and nothing else. The same code draws for the shipped templates, in the process that asks, and for
a practice's own, in a cell (`pipeline.compose.cell`).
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from threading import local
from typing import Any

import pydyf
from PIL import Image
from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from pipeline.compose.catalog import read_template
from pipeline.compose.fields import Place, add_signature_field, find_place
from pipeline.compose.finish import finished
from pipeline.compose.pictures import picture_fault
from pipeline.compose.presentation import signature_label
from pipeline.compose.qr import qr_data_uri
from pipeline.compose.sandbox import environment, faults_of
from pipeline.compose.styles import Styles
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision

SOURCE_NAME = "source.json"
"""The attachment that holds ``revision.source``."""

_PAGE_TOP, _FEW_LINES = 780.0, 190.0
"""A last page whose signature stands within so many points of the top of its text holds a few lines: it is worth trying
to set the document a little smaller."""

_SCHEME = "app:"
_TRAILER_END = b"\n>>\nstartxref\n"
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


def warm_up() -> None:
    """Fonts are looked for and the kinds of pictures are loaded: once, before a process forks."""
    HTML(string="<p>a").render()
    Image.init()


class Drawing:
    """The files of a revision from the templates of ``folder``. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.environment = environment(self.folder)
        self._own = local()

    def pdf(self, name: str, shown: dict[str, Any], revision: Revision) -> bytes:
        """The template ``name`` (with suffix) filled with ``shown``, the source embedded, one empty signature field.

        Raises `TemplateFault`.
        """
        values = shown | {"qr": _qr(revision), "tight": False}
        document, fetcher = self.lay_out(name, values)
        place = find_place(document, name)
        if place.page > 0 and _PAGE_TOP - place.top < _FEW_LINES:
            closer, again = self.lay_out(name, values | {"tight": True})
            if len(closer.pages) < len(document.pages):
                document, fetcher, place = closer, again, find_place(closer, name)
        with fetcher.guard(name):
            return _write(document, revision, [_source(revision)], place)

    def paper(self, name: str, shown: dict[str, Any], revision: Revision) -> bytes:
        """The same without source and signature field."""
        document, fetcher = self.lay_out(name, shown | {"qr": _qr(revision)})
        with fetcher.guard(name):
            return _write(document, revision)

    def docx(self, name: str, shown: dict[str, Any], revision: Revision, *, comes_back: bool = False) -> bytes:
        """The copy to edit (see `render_docx`). Raises `TemplateFault`."""
        from pipeline.compose.docx_renderer import render_docx  # workers that draw PDFs never load its libraries

        return render_docx(read_template(self.folder / name, name), name, shown, revision, comes_back=comes_back)

    def lay_out(self, name: str, values: dict[str, Any]) -> tuple[Any, AppFetcher]:
        """WeasyPrint's document and who fetched for it."""
        with faults_of(name):
            page = finished(self.environment.get_template(name).render(values))
        fetcher = AppFetcher(self.folder)
        with fetcher.guard(name):
            bare, sheets = self._styles.taken_from(page, fetcher)
            html = HTML(string=bare, base_url=_SCHEME, url_fetcher=fetcher)
            return html.render(font_config=self._styles.fonts, stylesheets=sheets), fetcher

    @property
    def _styles(self) -> Styles:
        if not hasattr(self._own, "styles"):
            self._own.styles = Styles(self.folder)
        styles: Styles = self._own.styles
        return styles


def qr_text(revision: Revision) -> str:
    """What the QR code of a document says."""
    return f"CALAME {revision.reference} {revision.sha256[:16]}"


def _qr(revision: Revision) -> str:
    return qr_data_uri(qr_text(revision))


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


def _write(
    document: Any, revision: Revision, attachments: Sequence[Attachment] = (), place: Place | None = None
) -> bytes:
    """PDF/A-3a + PDF/UA-1, with a signature field at ``place``. The same revision gives the same bytes.

    WeasyPrint writes every object a second time to make the file's identifier, and packs objects in a way that each
    reader and signer would have to unpack: it does neither here.
    """

    def finish(_document: Any, pdf: pydyf.PDF) -> None:
        _declare_ua(pdf)
        if place:
            add_signature_field(pdf, place, signature_label(revision))
        for item in pdf.objects:
            if isinstance(item, pydyf.Stream):
                item.compress = "Filter" not in item.extra
                if "Interpolate" in item.extra:
                    item.extra["Interpolate"] = "false"  # as PDF/A wants it (ISO 19005-3, 6.2.8)

    written: bytes = document.write_pdf(
        pdf_variant="pdf/a-3a",
        pdf_identifier=False,
        uncompressed_pdf=True,
        attachments=list(attachments),
        finisher=finish,
    )
    return _identified(written, revision)


def _identified(pdf: bytes, revision: Revision) -> bytes:
    """With the file's identifier (ISO 32000-1, 14.4): of the revision, and of these bytes."""
    head, end, tail = pdf.rpartition(_TRAILER_END)
    if not end:
        raise ValueError("no trailer")
    names = revision.sha256[:32].encode("ascii"), hashlib.sha256(pdf).hexdigest()[:32].encode("ascii")
    return head + b"\n/ID [<%b> <%b>]" % names + end + tail


class AppFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
    """Serves ``data:`` and files under the templates' folder as ``app:path``; anything else stops the rendering."""

    def __init__(self, templates: Path) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._templates = templates
        self._refused = False
        self._picture = ""

    @contextmanager
    def guard(self, name: str) -> Iterator[None]:
        """Raise `TemplateFault` when an address was refused, also where WeasyPrint goes on (inside an SVG image)."""
        try:
            yield
        except FatalURLFetchingError:
            self._refused = not self._picture
        except _DRAWING_ERRORS as error:
            raise TemplateFault(
                f"Le modèle « {name} » ne peut pas être dessiné ({type(error).__name__}).",
                advice="Simplifiez sa mise en forme, ou rétablissez le modèle livré avec Calame.",
            ) from error
        if self._picture:
            raise TemplateFault(
                f"Une image du modèle « {name} » est refusée : {self._picture}.",
                advice="Enregistrez-la en PNG ou en JPEG, à la taille où elle est imprimée.",
            )
        if self._refused:
            raise TemplateFault(
                f"Le modèle « {name} » veut lire un fichier ou une adresse hors du dossier des modèles.",
                advice="Retirez ce lien du modèle, ou placez l'image dans « templates » et nommez-la « app:… ».",
            )

    def fetch(self, url: str, headers: Any = None) -> Any:
        if url.startswith("data:"):
            answer = super().fetch(url, headers)
            return self._inspected(url, answer.read(), answer.headers)
        path = (self._templates / url.removeprefix(_SCHEME).lstrip("/")).resolve()
        if not url.startswith(_SCHEME) or not path.is_relative_to(self._templates) or not path.is_file():
            self._refused = True
            raise FatalURLFetchingError("address refused")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return self._inspected(url, path.read_bytes(), {"Content-Type": media_type})

    def _inspected(self, url: str, content: bytes, headers: Any) -> Any:
        """What is or pretends to be a picture is looked at before a library decodes it."""
        fault = picture_fault(content)
        if fault:
            self._picture = fault
            raise FatalURLFetchingError("picture refused")
        return URLFetcherResponse(url, content, headers)


def _declare_ua(pdf: pydyf.PDF) -> None:
    """Declare PDF/UA-1 beside PDF/A-3a, and show the title in the window (ISO 14289-1, 7.1)."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _UA_METADATA, 1) for part in metadata.stream]
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])  # WeasyPrint lists each attachment twice
    pdf.catalog.setdefault("ViewerPreferences", "<< /DisplayDocTitle true >>")
