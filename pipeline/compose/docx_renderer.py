"""The DOCX exchange copy by docxtpl (python-docx).

It can be edited in Word or LibreOffice. Each section stands between a bookmark ``section_1``, ``section_2``… (bookmarks
survive a round trip through LibreOffice; content controls do not), and custom properties name the revision (LibreOffice
drops the core ones that could): what comes back is a new revision to be reviewed, never the signed document.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from functools import lru_cache
from itertools import takewhile
from typing import Any
from xml.sax.saxutils import escape

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docxtpl import DocxTemplate

from pipeline.compose.sandbox import environment, faults_of
from pipeline.docx_fields import check_fields, leads_outside
from pipeline.docx_package import Package, open_package
from pipeline.errors import FileRefused, TemplateFault
from pipeline.model.document import Revision
from pipeline.model.exchange import EXCHANGED_REVISION, EXCHANGED_SHA256

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"


def render_docx(
    template: bytes, name: str, values: dict[str, Any], revision: Revision, *, comes_back: bool = False
) -> bytes:
    """The filled template: same revision, same bytes. ``comes_back``: it may be edited and dropped in the inbox.

    Raises `TemplateFault`.
    """
    _check_template(template, name)
    document = DocxTemplate(io.BytesIO(template))
    with faults_of(name):
        document.render(values, jinja_env=environment(), autoescape=True)
    _write_properties(document.docx.core_properties, revision)
    if comes_back:
        _anchor_bookmarks(document.docx.element.body)
        _name_revision(document.docx.part.package, revision)
    output = io.BytesIO()
    document.save(output)
    return _without_dates(output.getvalue())


def _write_properties(properties: Any, revision: Revision) -> None:
    stamp = datetime.combine(revision.document_date, time())
    properties.title = revision.title
    properties.author = revision.author.name
    properties.last_modified_by = ""
    properties.identifier = f"{revision.case_id}/{revision.number}"
    properties.version = str(revision.number)
    properties.comments = revision.sha256
    properties.language = "fr-FR"
    properties.created = properties.modified = stamp


def _anchor_bookmarks(body: Any) -> None:
    """Bookmarks between paragraphs go into them: of a section, its paragraphs up to its first table.

    LibreOffice 7.4 loses a bookmark that reaches over a table, and every one that follows.
    """
    inside: list[Any] | None = None
    for element in list(body):
        if element.tag == qn("w:bookmarkStart"):
            inside = [element]
        elif element.tag == qn("w:bookmarkEnd") and inside:
            start, blocks = inside[0], inside[1:]
            covered = list(takewhile(lambda one: one.tag == qn("w:p"), blocks)) or list(blocks[0].iter(qn("w:p")))[:1]
            covered[0].insert(0 if covered[0].pPr is None else 1, start)
            covered[-1].append(element)
            inside = None
        elif inside:
            inside.append(element)


def _name_revision(package: Any, revision: Revision) -> None:
    """Custom properties (ECMA-376 part 1, 22.3): Word and LibreOffice keep them."""
    facts = {EXCHANGED_REVISION: f"{revision.case_id}/{revision.number}", EXCHANGED_SHA256: revision.sha256}
    properties = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(facts.items(), 2)
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        + properties
        + "</Properties>"
    )
    part = Part(PackURI("/docProps/custom.xml"), _CUSTOM, content.encode(), package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


@lru_cache(maxsize=16)
def _check_template(template: bytes, name: str) -> None:
    inspected(template, name)


def inspected(template: bytes, name: str) -> Package:
    """The package, inspected before a library opens it (`pipeline.docx_package`). Raises `TemplateFault`."""
    try:
        package = open_package(template)
    except FileRefused as error:
        raise TemplateFault(
            f"Le modèle « {name} » est refusé. {error.message}",
            advice="Retirez cet élément dans Word ou LibreOffice, puis enregistrez le modèle.",
        ) from error
    relations = (one for part, root in package.parts.items() if part.endswith(".rels") for one in root)
    fields = (field for root in package.parts.values() for field in check_fields(root))
    if any(one.get("TargetMode", "").lower() == "external" for one in relations) or any(map(leads_outside, fields)):
        raise TemplateFault(
            f"Le modèle « {name} » contient un lien vers l'extérieur.",
            advice="Enregistrez-le sans ce lien : une adresse s'écrit comme un simple texte.",
        )
    return package


def _without_dates(content: bytes) -> bytes:
    """The same parts in the same order, with a fixed date in the ZIP directory."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            after.writestr(
                zipfile.ZipInfo(part.filename, _ZIP_EPOCH), before.read(part), compress_type=zipfile.ZIP_DEFLATED
            )
    return output.getvalue()
