"""Letters per second and CPU per letter, PDF and DOCX: ``python benchmarks/letters.py [COUNT]`` (100 by default).

Each letter is another revision with its own words, drawn by one thread of one process. Beside them, in the same run,
what the libraries cost alone on the same letters: a plain WeasyPrint loop (the same HTML and styles to a plain PDF,
without tags, PDF/A, embedded source and signature field) and a plain docxtpl loop (the same template and values).
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docxtpl import DocxTemplate
from weasyprint import HTML

from pipeline.compose.drawing import AppFetcher
from pipeline.compose.presentation import view
from pipeline.compose.qr import qr_data_uri
from pipeline.compose.sandbox import environment
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Revision, Section
from tests.compose.samples import LETTER, TEMPLATES, revision


class Plain:
    """The libraries alone, as a short script would call them."""

    def __init__(self, renderer: TemplateRenderer) -> None:
        self.renderer = renderer
        self.jinja = environment(TEMPLATES)

    def pdf(self, made: Revision) -> bytes:
        values = view(made, self.renderer.rules(made.kind)) | {"qr": qr_data_uri(made.reference), "tight": False}
        page = self.jinja.get_template(f"{made.template}.html").render(values)
        printed: bytes = HTML(string=page, base_url="app:", url_fetcher=AppFetcher(TEMPLATES)).write_pdf()
        return printed

    def docx(self, made: Revision) -> bytes:
        document = DocxTemplate(TEMPLATES / f"{made.template}.docx")
        document.render(view(made, self.renderer.rules(made.kind)), autoescape=True)
        output = io.BytesIO()
        document.save(output)
        return output.getvalue()


def measure(name: str, make: Callable[[Revision], bytes], revisions: Sequence[Revision]) -> None:
    make(revisions[0])  # compiles the template and opens the fonts
    wall, processor = time.perf_counter(), time.process_time()
    size = sum(len(make(one)) for one in revisions)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    count = len(revisions)
    print(
        f"{name}: {count / wall:.1f} letters/s, {processor / count:.3f} CPU s a letter, "
        f"{size / count / 1000:.0f} kB a letter"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    renderer = TemplateRenderer(TEMPLATES)
    plain = Plain(renderer)
    revisions = [
        revision(renderer, reference=f"2026-{number:06d}", sections=(*LETTER, Section("Suivi", f"Visite {number}.")))
        for number in range(count)
    ]
    measure("PDF              ", renderer.pdf, revisions)
    measure("plain WeasyPrint ", plain.pdf, revisions)
    measure("DOCX             ", renderer.docx, revisions)
    measure("plain docxtpl    ", plain.docx, revisions)


if __name__ == "__main__":
    main()
