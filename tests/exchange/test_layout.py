"""Places, sizes and colours of tables and paragraphs in which nobody reads a text: refused by their name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.exchange.step import changed_sections
from tests.exchange.copies import rewritten
from tests.exchange.make_copies import converted
from tests.exchange.test_attacks import READER, RUN, TEXT, copy, given_out, look, refusal, revision, set_out

BLACK = '<w:shd w:val="clear" w:fill="000000"/>'
HIDDEN_STYLE = (
    '<w:style w:type="table" w:styleId="Own"><w:name w:val="Own"/>{0}</w:style></w:styles>',
    "word/styles.xml",
)


def celled(*, table: str = "", grid: str = "", row: str = "", cell: str = "", run: str = RUN) -> tuple[str, str]:
    """The paragraph in a table of one cell."""
    old = f"<w:p>{RUN}</w:p>"
    return old, (
        f"<w:tbl><w:tblPr>{table}</w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr>{row}</w:trPr>"
        f"<w:tc><w:tcPr>{cell}</w:tcPr><w:p>{run}</w:p></w:tc></w:tr></w:tbl>"
    )


def black(properties: str = '<w:color w:val="000000"/>') -> str:
    return RUN.replace("<w:r>", f"<w:r><w:rPr>{properties}</w:rPr>")


TRICKS: dict[str, tuple[tuple[str, str], str]] = {
    "a hidden row": (celled(row="<w:hidden/>"), "texte masqué"),
    "a flattened row": (celled(row='<w:trHeight w:val="10" w:hRule="exact"/>'), "hauteur fixe"),
    "a row of one line for many": (celled(row='<w:trHeight w:val="300" w:hRule="exact"/>'), "hauteur fixe"),
    "a row that begins late": (celled(row='<w:gridBefore w:val="3"/>'), "décalée"),
    "a floating table": (
        celled(table='<w:tblpPr w:horzAnchor="page" w:tblpX="20000" w:tblpY="20000"/>'),
        "tableau flottant",
    ),
    "a table right of the page": (celled(table='<w:tblInd w:w="15000" w:type="dxa"/>'), "tableau hors de la page"),
    "a table left of the page": (celled(table='<w:tblInd w:w="-9000" w:type="dxa"/>'), "tableau hors de la page"),
    "a table indented in centimetres": (celled(table='<w:tblInd w:w="25cm"/>'), "tableau hors de la page"),
    "a table wider than the page": (
        celled(grid='<w:gridCol w:w="9000"/><w:gridCol w:w="9000"/>'),
        "tableau hors de la page",
    ),
    "cells wider than the page": (celled(cell='<w:tcW w:w="30000" w:type="dxa"/>'), "tableau hors de la page"),
    "a cell of no width": (celled(cell='<w:tcW w:w="1" w:type="dxa"/>'), "colonne trop étroite"),
    "a cell of no share": (celled(cell='<w:tcW w:w="1%" w:type="pct"/>'), "colonne trop étroite"),
    "margins that push a text out of its cell": (
        celled(cell='<w:tcMar><w:left w:w="9000" w:type="dxa"/></w:tcMar>'),
        "tableau hors de la page",
    ),
    "black on a black cell": (celled(cell=BLACK, run=black()), "couleur du fond"),
    "black on a black table": (celled(table=BLACK, run=black()), "couleur du fond"),
    "black on a cell that a pattern fills": (
        celled(cell='<w:shd w:val="solid" w:color="000000" w:fill="FFFFFF"/>', run=black()),
        "couleur du fond",
    ),
    "black on a cell that a pattern nearly fills": (
        celled(cell='<w:shd w:val="pct95" w:color="auto" w:fill="FFFFFF"/>', run=black()),
        "couleur du fond",
    ),
    "black on the theme's black": (
        celled(cell='<w:shd w:val="clear" w:fill="FFFFFF" w:themeFill="text1"/>', run=black()),
        "couleur du fond",
    ),
    "columns from right to left": (celled(table="<w:bidiVisual/>"), "sens de lecture"),
    "a negative indent": (set_out('<w:ind w:left="-7800"/>'), "hors de la page"),
    "a negative indent by its other name": (set_out('<w:ind w:start="-7800"/>'), "hors de la page"),
    "a negative right indent": (set_out('<w:ind w:right="-7800"/>'), "hors de la page"),
    "two indents that add up": (set_out('<w:ind w:left="7900" w:firstLine="7900"/>'), "hors de la page"),
    "indents that meet": (set_out('<w:ind w:left="4600" w:right="4600"/>'), "hors de la page"),
    "an indent in characters": (set_out('<w:ind w:leftChars="7000" w:left="0"/>'), "hors de la page"),
    "an indent in centimetres": (set_out('<w:ind w:left="30cm"/>'), "hors de la page"),
    "a text pushed down": (set_out('<w:spacing w:before="31000"/>'), "hors de la page"),
    "a tab stop beside the page": (set_out('<w:tabs><w:tab w:val="left" w:pos="20000"/></w:tabs>'), "hors de la page"),
    "lines one over the other": (set_out('<w:spacing w:line="5" w:lineRule="auto"/>'), "écrasé"),
    "a pale tint of a theme's colour": (
        look('<w:color w:val="auto" w:themeColor="dark1" w:themeTint="01"/>'),
        "couleur du fond",
    ),
    "tiny text in points": (look('<w:sz w:val="1pt"/>'), "minuscule"),
}


@pytest.mark.parametrize("what", TRICKS)
def test_a_place_or_colour_in_which_nobody_reads_is_refused_by_its_name(what: str) -> None:
    change, said = TRICKS[what]
    message = refusal(rewritten(copy(), change))
    assert message.startswith("Une partie du document contient") and said in message


@pytest.mark.parametrize(
    "properties",
    [
        "<w:rPr><w:vanish/></w:rPr>",
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:tblStylePr>',
        '<w:tblPr><w:tblInd w:w="15000" w:type="dxa"/></w:tblPr>',
        '<w:trPr/><w:tblStylePr w:type="lastRow"><w:trPr><w:hidden/></w:trPr></w:tblStylePr>',
    ],
)
def test_a_table_style_that_hides_the_text_of_its_cells_is_found(properties: str) -> None:
    content = rewritten(copy(), celled(table='<w:tblStyle w:val="Own"/>'))
    style, part = HIDDEN_STYLE
    message = refusal(rewritten(content, ("</w:styles>", style.format(properties)), part=part))
    assert message.startswith("Une partie du document contient")


@pytest.mark.parametrize(
    "change",
    [
        ('w:left="1361"', 'w:left="-9000"'),
        ('w:right="1247"', 'w:right="9000"'),
        ('w:top="737"', 'w:top="25cm"'),
        ('<w:pgSz w:w="11906"', '<w:pgSz w:w="3000"'),
    ],
)
def test_a_page_beside_which_the_text_stands_is_refused(change: tuple[str, str]) -> None:
    assert "marges" in refusal(rewritten(copy(), change))


HONEST = {
    "a table with a dark head": celled(
        cell='<w:tcW w:w="3000" w:type="dxa"/><w:shd w:val="clear" w:fill="1F4E5F"/>',
        run=black('<w:color w:val="FFFFFF"/>'),
    ),
    "an automatic colour on black": celled(cell=BLACK, run=black('<w:color w:val="auto"/>')),
    "a shaded table of the width of the text": celled(
        table='<w:tblW w:w="5000" w:type="pct"/><w:tblInd w:w="-108" w:type="dxa"/><w:tblCellMar><w:left w:w="108" '
        'w:type="dxa"/></w:tblCellMar>',
        grid='<w:gridCol w:w="4649"/><w:gridCol w:w="4649"/>',
        row='<w:trHeight w:val="400"/><w:tblHeader/><w:hidden w:val="0"/>',
        cell='<w:shd w:val="pct10" w:color="auto" w:fill="auto"/>',
        run=black(),
    ),
    "a list": set_out('<w:ind w:left="720" w:hanging="360"/>'),
    "a quotation": set_out('<w:ind w:left="1440" w:right="1440"/><w:spacing w:before="240" w:line="360"/>'),
    "a text that hangs out": set_out('<w:ind w:left="0" w:hanging="567"/>'),
    "a dark grey of the theme": look('<w:color w:val="7F7F7F" w:themeColor="text1" w:themeTint="80"/>'),
}


@pytest.mark.parametrize("what", HONEST)
def test_a_layout_in_which_everything_is_read_is_taken(what: str) -> None:
    sections = changed_sections(READER.read(rewritten(copy(), HONEST[what])), given_out(), revision())
    assert TEXT in sections[0].text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice n'est pas installé (libreoffice-writer)")
@pytest.mark.timeout(120)
def test_a_flattened_row_and_a_black_cell_are_refused_after_libreoffice_saved_them(tmp_path: Path) -> None:
    for what in ("a flattened row", "black on a black cell", "a table right of the page"):
        change, said = TRICKS[what]
        assert said in refusal(converted(rewritten(copy(), change), tmp_path))
