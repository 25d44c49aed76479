"""Letters per second and CPU per letter, PDF and DOCX: ``python benchmarks/letters.py [COUNT]`` (100 by default).

Each letter is another revision with its own words, drawn by one thread of one process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Revision, Section
from tests.compose.samples import LETTER, TEMPLATES, revision


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
    revisions = [
        revision(renderer, reference=f"2026-{number:06d}", sections=(*LETTER, Section("Suivi", f"Visite {number}.")))
        for number in range(count)
    ]
    measure("PDF ", renderer.pdf, revisions)
    measure("DOCX", renderer.docx, revisions)


if __name__ == "__main__":
    main()
