"""Tables on paper: no figure cut inside, dates over their columns on every page, and a list after its opening line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from pipeline.compose.completeness import advice
from pipeline.compose.fields import SIGNATURE_HEIGHT_PT, find_place
from pipeline.compose.presentation import view
from pipeline.compose.tables import introduced, rows_of
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind
from tests import verapdf
from tests.compose.samples import TEMPLATES, revision
from tests.compose.test_addresses import HOSPITAL, LONG_NAMES

RENDERER = TemplateRenderer(TEMPLATES)
RULES = RENDERER.rules(DocumentKind.LETTER)


def results(dates: int, rows: int = 12) -> str:
    head = " | ".join(f"{day:02d}/03/2026" for day in range(1, dates + 1))
    row = " | ".join(f"{day},5 mmol/L" for day in range(1, dates + 1))
    return "\n".join([f"Analyse | {head}", *[f"Hémoglobine glyquée (HbA1c) | {row}"] * rows])


def paragraphs(heading: str, text: str) -> list[dict[str, Any]]:
    shown = view(revision(RENDERER, sections=(Section(heading, text),)), RULES)
    found: list[dict[str, Any]] = shown["sections"][0]["paragraphs"]
    return found


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text).replace("\ufffe", "-")


def pages_of(pdf: bytes) -> list[str]:
    return [plain(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize("dates", [3, 5, 8, 11])
def test_no_cell_is_cut_inside_a_word_or_a_figure(dates: int) -> None:
    made = revision(RENDERER, sections=(Section("Biologie", results(dates)), Section("", "Bien à vous.")))
    text = " ".join(" ".join(pages_of(RENDERER.pdf(made))).split())
    assert text.count("Hémoglobine") == 12
    assert all(text.count(f" {day},5 mmol/L") == 12 for day in range(1, dates + 1))
    assert advice(made, RULES) == ()


def test_many_columns_stand_on_a_sheet_that_lies_and_what_follows_on_one_that_does_not() -> None:
    made = revision(
        RENDERER, sections=(Section("", "Bonjour."), Section("Biologie", results(11)), Section("", "Bien à vous."))
    )
    pages = pypdfium2.PdfDocument(RENDERER.pdf(made))
    assert [page.get_width() > page.get_height() for page in pages] == [False, True, False]
    assert "Biologie" in pages[1].get_textpage().get_text_range()
    assert RENDERER.pdf(made) == RENDERER.pdf(made)


@pytest.mark.skipif(bool(verapdf.missing()), reason=f"absent: {verapdf.missing()}")
def test_a_sheet_that_lies_long_addresses_and_joined_units_stay_valid(tmp_path: Path) -> None:
    text = "Créatinine à 98 µmol/L, disque L4-L5, de - 3,5 à + 2 dioptries."
    sections = (Section("", text), Section("Biologie", results(11)), Section("Suivi", "Contrôle :\n- NFS ;\n- CRP."))
    made = revision(RENDERER, recipient=HOSPITAL, sections=sections, title="Compte rendu d'hospitalisation")
    files = {"letter": RENDERER.pdf(made), "envelope": RENDERER.paper("envelope", made, HOSPITAL)}
    files["labels"] = RENDERER.paper("labels", replace(made, patient=LONG_NAMES), None)
    asked = []
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        asked += [(tmp_path / name, "3a"), (tmp_path / name, "ua1")]
    assert [verdict[0] for verdict in verapdf.validate_all(asked)] == [True] * 6


def test_a_signature_under_a_wide_table_is_on_its_sheet() -> None:
    made = revision(RENDERER, sections=(Section("Biologie", results(11)),))
    document, _ = RENDERER._drawing.lay_out("letters/letter.html", view(made, RULES) | {"qr": "data:,", "tight": False})
    place = find_place(document, "letters/letter.html")
    assert place.page == len(document.pages) - 1
    assert 0 < place.bottom < place.bottom + SIGNATURE_HEIGHT_PT - 1 <= place.top < 595


def test_a_table_that_no_sheet_holds_is_told() -> None:
    made = revision(RENDERER, sections=(Section("Biologie", results(30)),))
    assert "« Biologie » a trop de colonnes" in " ".join(advice(made, RULES))


def test_a_row_of_dates_is_the_head_and_comes_again_on_each_page() -> None:
    table = rows_of(results(3, rows=2).split("\n"), ())
    assert table is not None
    assert table.columns == ("Analyse", "01/03/2026", "02/03/2026", "03/03/2026")
    pages = pages_of(RENDERER.pdf(revision(RENDERER, sections=(Section("Biologie", results(4, rows=60)),))))
    assert len(pages) > 1
    assert all("03/03/2026" in page for page in pages)


@pytest.mark.parametrize(
    ("head", "is_head"),
    [
        (" | J1 | J 3", True),
        ("Dosage | mars 2026 | avril 2026", True),
        ("Dosage | 8 h | 12 h 30", True),
        ("Sodium | 138 | 140", False),
        ("Sodium | 138 mmol/L | 12/03/2026", False),
    ],
)
def test_a_head_holds_moments_or_no_figure(head: str, is_head: bool) -> None:
    table = rows_of([head, "Potassium | 4,1 | 4,2"], ())
    assert table is not None
    assert bool(table.columns) is is_head


def test_a_line_before_the_treatments_leaves_them_a_table_and_one_drug_is_a_table_too() -> None:
    lead, table = paragraphs("Traitement de sortie", "Poursuite inchangée :\nbisoprolol 5 mg : 1 le matin : 3 mois")
    assert (plain(lead["lines"][0]), lead["rows"]) == ("Poursuite inchangée :", [])
    assert [[plain(cell) for cell in row] for row in table["rows"]] == [["bisoprolol 5 mg", "1 le matin", "3 mois"]]
    assert table["columns"] == ["Médicament", "Posologie", "Durée"]


def test_a_sentence_with_a_colon_under_treatments_is_no_table() -> None:
    (only,) = paragraphs("Traitement de sortie", "Consigne : pas de changement.")
    assert only["rows"] == []


def test_a_list_after_the_line_that_leads_to_it_is_a_list() -> None:
    lead, items = paragraphs("Suivi", "Contrôle dans trois mois :\n- NFS ;\n- CRP.")
    assert ([plain(line) for line in lead["lines"]], items["items"]) == (
        ["Contrôle dans trois mois :"],
        ["NFS\u202f;", "CRP."],
    )
    assert introduced(["Un :", "deux"]) == 1
    assert introduced(["Un :"]) == introduced(["Un", "deux :"]) == 0
