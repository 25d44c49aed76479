"""A practice whose drafts go out as DOCX, and hands that edit them."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.exchange.word_reader import WordReader
from pipeline.intake.probe import RealProbe
from pipeline.intake.step import Intake
from pipeline.model.case import Case
from pipeline.model.document import Draft
from pipeline.model.exchange import Returned
from pipeline.returns import Returns
from tests.practice import Cabinet

DOCUMENT = "word/document.xml"


class Office(Cabinet):
    """A practice with a real inbox: what is dropped is inspected, read and taken back, or set aside."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._files = itertools.count(len(list(self.root.glob("dropped-*"))) + 1)

    def drop(self, content: bytes, name: str = "courrier.docx", *, author: str = "dr-vial") -> str:
        """Drop a file; the reason beside it when it was set aside, else ""."""
        folder = self.root / "inbox" / author
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        seconds = [100.0]
        reader = WordReader()
        reception = Returns(self.flow, reader)
        intake = Intake(self.root / "inbox", reception, RealProbe(reader.read), clock=lambda: seconds[0])
        before = set(self.reasons())
        intake.sweep()
        seconds[0] += 60
        report = intake.sweep()
        assert report.failed == 0 and not (folder / name).exists()
        new = set(self.reasons()) - before
        return new.pop().read_text("utf-8") if new else ""

    def reasons(self) -> list[Path]:
        return sorted((self.root / "inbox" / "_refused").glob("*.txt"))

    def draft(self, case: Case) -> Draft:
        found = self.journal.result(case.id, "draft", Draft)
        assert found is not None
        return found

    def copy(self, case: Case) -> bytes:
        """The DOCX of the newest revision."""
        return self.flow.parts.blobs.read(self.draft(case).docx)

    def returned(self, case: Case) -> Returned | None:
        return self.journal.result(case.id, "returned", Returned)


def rewritten(content: bytes, *changes: tuple[str, str], part: str = DOCUMENT, **more: str | bytes) -> bytes:
    """The copy with ``changes`` (old, new) in ``part``, each of which must be there, and ``more`` parts."""

    def change(text: str) -> str:
        for old, new in changes:
            assert old in text, f"{old} is not in {part}"
            text = text.replace(old, new, 1)
        return text

    return changed(content, part, change, dict(more))


def written(archive: zipfile.ZipFile, name: str, value: str | bytes) -> None:
    """One part, with the format's first date: the same change twice makes the same bytes."""
    archive.writestr(zipfile.ZipInfo(name), value, zipfile.ZIP_DEFLATED)


def changed(
    content: bytes, part: str, change: Callable[[str], str], more: dict[str, str | bytes] | None = None
) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        added = more or {}
        for one in before.namelist():
            if one not in added:
                text = before.read(one)
                written(after, one, change(text.decode("utf-8")) if one == part else text)
        for name, value in added.items():
            written(after, name, value)
    return output.getvalue()


def paragraph(text: str, properties: str = "", *, look: str = "") -> str:
    pair = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    run = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:p>{pair}<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
