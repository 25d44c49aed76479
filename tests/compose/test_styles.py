"""Style sheets are kept between documents, and never older than the file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pikepdf

from pipeline.compose.weasyprint_renderer import TemplateRenderer
from tests.compose.samples import TEMPLATES, revision


def test_a_style_sheet_that_changes_is_read_again_by_the_same_renderer(tmp_path: Path) -> None:
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    renderer = TemplateRenderer(templates)
    before = renderer.pdf(revision(renderer))
    assert renderer.pdf(revision(renderer)) == before
    sheet = templates / "shared" / "paper.css"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "\n@page { size: A5 }\n", encoding="utf-8")
    (tmp_path / "after.pdf").write_bytes(renderer.pdf(revision(renderer)))
    with pikepdf.open(tmp_path / "after.pdf") as small:
        assert round(float(small.pages[0].mediabox[2])) == 420


def test_a_sheet_with_rules_of_its_document_draws_the_same_as_one_that_is_kept(tmp_path: Path) -> None:
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    sheet = templates / "shared" / "paper.css"
    sheet.write_text(
        sheet.read_text(encoding="utf-8") + "\n@counter-style stars { system: cyclic; symbols: '*' }\n",
        encoding="utf-8",
    )
    kept, read_again = TemplateRenderer(TEMPLATES), TemplateRenderer(templates)
    pages = []
    for renderer in (kept, read_again):
        (tmp_path / "one.pdf").write_bytes(renderer.pdf(revision(renderer)))
        with pikepdf.open(tmp_path / "one.pdf") as one:
            pages.append(len(one.pages))
    assert pages[0] == pages[1]
