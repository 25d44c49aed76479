"""A practice with templates of its own, and the hands that change them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.compose.cell import Cell
from pipeline.compose.own import COPY, PAGE, Mistake, OwnTemplate, OwnTemplates
from pipeline.compose.practice_renderer import PracticeRenderer
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from tests.compose.samples import TEMPLATES, revision


class Workshop:
    """Templates under ``root``, drawn in ``cell``."""

    def __init__(self, root: Path, cell: Cell) -> None:
        self.own = OwnTemplates(root / "modeles", root / "modeles-en-service")
        self.renderer = PracticeRenderer(TEMPLATES, self.own, cell)

    def new(self, name: str = "lettre", kind: DocumentKind = DocumentKind.LETTER) -> Path:
        return self.renderer.new(name, kind)

    def check(self, folder: Path) -> list[Mistake]:
        return self.renderer.check(folder)[1]

    def draw(self, folder: Path, *, as_docx: bool = False) -> bytes:
        """A letter, whatever the check would say. Raises `TemplateFault`."""
        own = self.renderer.read(folder) or OwnTemplate(folder.name, folder, "", (DocumentKind.LETTER,))
        renderer = self.renderer.trying(own)
        made: Revision = revision(renderer, own.kinds[0])
        return renderer.docx(made) if as_docx else renderer.pdf(made)


def put(folder: Path, markup: str, file: str = PAGE) -> int:
    """Write ``markup`` on a line of its own at the head of the title; its line number."""
    path = folder / file
    text = path.read_text("utf-8").replace("{% block title %}\n", "{% block title %}\n" + markup + "\n", 1)
    assert markup in text
    path.write_text(text, "utf-8")
    return text[: text.index(markup)].count("\n") + 1


def short(folder: Path, markup: str) -> None:
    """A page of nothing but ``markup`` and the place for the signature: quickly drawn."""
    page = f'<html lang="fr"><title>x</title><h1>x</h1>{markup}<div id="signature" style="height:9mm">x</div></html>'
    (folder / PAGE).write_text(page, "utf-8")


def rewritten(docx: bytes, parts: Mapping[str, bytes | None], types: str = "") -> bytes:
    """The package with these parts put in place, added, or taken out (None); ``types`` goes into the content types."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as before, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.infolist():
            content = parts.get(one.filename, before.read(one))
            if one.filename == "[Content_Types].xml" and types:
                content = before.read(one).replace(b"</Types>", types.encode() + b"</Types>")
            if content is not None:
                after.writestr(one.filename, content)
        for name in parts.keys() - set(before.namelist()):
            content = parts[name]
            if content is not None:
                after.writestr(name, content)
    return output.getvalue()


def part(docx: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read(name)


def say_in_copy(folder: Path, text: str, file: str = "word/document.xml") -> None:
    """A paragraph with this text at the head of the DOCX."""
    path = folder / COPY
    docx = path.read_bytes()
    paragraph = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>".encode()
    after = b"<w:body>" if file == "word/document.xml" else part(docx, file).split(b"<w:p>")[0].split(b"<w:p ")[0]
    path.write_bytes(rewritten(docx, {file: part(docx, file).replace(after, after + paragraph, 1)}))
