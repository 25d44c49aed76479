"""Make ``docs/pictures/*.png``: every kind of document, from invented people.

    python scripts/make_pictures.py

Four documents whole, at 110 dots per inch, and a contact sheet for each group of the catalogue with every page of every
kind. Needs Debian's ``fonts-crosextra-carlito``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.compose.examples import Examples  # noqa: E402 - the path comes first
from pipeline.compose.weasyprint_renderer import TemplateRenderer  # noqa: E402
from pipeline.model.identity import DocumentKind  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
FONT = "/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf"
WHOLE, COLOURS = 110, 64
SHEET, SHEET_COLOURS = 58, 24
COLUMNS, GAP, CAPTION = 4, 16, 26
GREY = (226, 230, 232)
NAMES = {
    DocumentKind.LETTER: "courrier",
    DocumentKind.CONSULTATION_REPORT: "compte-rendu",
    DocumentKind.CERTIFICATE: "certificat",
    DocumentKind.CONVOCATION_EXAMINATION: "convocation",
}
SHEETS = {
    "Courriers": "planche-courriers",
    "Comptes rendus": "planche-comptes-rendus",
    "Certificats": "planche-certificats",
    "Convocations": "planche-convocations",
    "Patient et secrétariat": "planche-patient-et-secretariat",
}

Page = tuple[str, Image.Image]


def main() -> None:
    renderer, examples = TemplateRenderer(ROOT / "templates"), Examples(ROOT / "samples")
    sheets: dict[str, list[Page]] = {group: [] for group in SHEETS}
    for kind, rules in renderer.catalog.kinds.items():
        pdf = renderer.pdf(examples.revision(kind, renderer))
        sheets[rules.group] += pages(rules.label, pdf)
        if kind in NAMES:
            save(drawn(pdf, WHOLE)[0], NAMES[kind], COLOURS)
    letter = examples.revision(DocumentKind.LETTER, renderer)
    for name, paper in renderer.catalog.papers.items():
        sheets["Patient et secrétariat"] += pages(paper.label, renderer.paper(name, letter, letter.recipient))
    for group, shown in sheets.items():
        save(contact_sheet(shown), SHEETS[group], SHEET_COLOURS)


def drawn(pdf: bytes, dots: int) -> list[Image.Image]:
    return [page.render(scale=dots / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(pdf)]


def pages(label: str, pdf: bytes) -> list[Page]:
    found = drawn(pdf, SHEET)
    return [(f"{label} ({n}/{len(found)})" if len(found) > 1 else label, page) for n, page in enumerate(found, 1)]


def contact_sheet(shown: Sequence[Page]) -> Image.Image:
    width, height = round(210 / 25.4 * SHEET), round(297 / 25.4 * SHEET)
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    size = (GAP + columns * (width + GAP), GAP + rows * (height + CAPTION + GAP))
    sheet = Image.new("RGB", size, GREY)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 17)
    for number, (label, page) in enumerate(shown):
        left = GAP + number % columns * (width + GAP)
        top = GAP + number // columns * (height + CAPTION + GAP)
        page.thumbnail((width, height))
        sheet.paste(page, (left, top))
        pen.text((left, top + height + 4), label, fill=(20, 25, 29), font=font)
    return sheet


def save(picture: Image.Image, name: str, colours: int) -> None:
    target = PICTURES / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(colours).save(target, optimize=True)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
