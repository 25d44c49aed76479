"""Make ``docs/pictures/*.png``: the four documents, from invented people, at 110 dots per inch.

    python scripts/make_pictures.py

Needs Debian's ``fonts-crosextra-carlito``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.compose.weasyprint_renderer import TemplateRenderer  # noqa: E402 - the path comes first
from pipeline.model.identity import DocumentKind  # noqa: E402
from tests.compose.samples import SECTIONS, TEMPLATES, revision  # noqa: E402

DOTS_PER_INCH = 110
COLOURS = 64
NAMES = {
    DocumentKind.LETTER: "courrier",
    DocumentKind.CONSULTATION_REPORT: "compte-rendu",
    DocumentKind.CERTIFICATE: "certificat",
    DocumentKind.CONVOCATION: "convocation",
}


def main() -> None:
    renderer = TemplateRenderer(TEMPLATES)
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for kind in SECTIONS:
        pdf = renderer.pdf(revision(renderer, kind, urgent=kind is DocumentKind.CONVOCATION))
        page = pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS_PER_INCH / 72).to_pil()
        target = folder / f"{NAMES[kind]}.png"
        page.convert("RGB").quantize(COLOURS).save(target, optimize=True)
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
