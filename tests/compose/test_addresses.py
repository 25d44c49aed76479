"""Addresses: in the window whole, set smaller or joined where they are long, and told where nothing helps."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from pipeline.compose.completeness import advice, missing_on_paper
from pipeline.compose.postal import address_block
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.compose.widths import ems, wrapped
from pipeline.model.document import Revision
from pipeline.model.people import Correspondent
from tests.compose.samples import GP, PATIENT, TEMPLATES, revision

RENDERER = TemplateRenderer(TEMPLATES)
NORM = replace(
    GP,
    specialty="Médecine physique et de réadaptation",
    address="CHU d'Angers, pôle 3\nBâtiment Larrey, porte 12\n4, rue Larrey\nBP 40213\n49933 ANGERS CEDEX 09",
)
HOSPITAL = replace(
    GP,
    last_name="Lefèvre-Desmoulins de Montgolfier",
    first_name="Marie-Éléonore",
    specialty="Médecine physique et de réadaptation, médecine de la douleur",
    address=(
        "Centre hospitalier universitaire d'Angers – Pôle neurosciences\n"
        "Service de médecine physique et de réadaptation\nBâtiment Larrey, porte 12, niveau -1\n4, rue Larrey\n"
        "BP 40213\n49933 ANGERS CEDEX 09"
    ),
)
ENDLESS = replace(HOSPITAL, address="\n".join([HOSPITAL.address.replace("\n", ", ")] * 4 + ["49933 ANGERS CEDEX 09"]))
ABROAD = replace(HOSPITAL, specialty="", address="Rue Haute 127\nBoîte 4\nB-1000 BRUXELLES\nBELGIQUE")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def lines_on(pdf: bytes, box: tuple[float, float, float, float]) -> Iterator[tuple[str, float]]:
    """Text and lower edge of the letters between these millimetres from the left and top of the first page."""
    page = pypdfium2.PdfDocument(pdf)[0]
    left, top, right, bottom = (side * 72 / 25.4 for side in box)
    text, height = page.get_textpage(), page.get_height()
    for at in range(text.count_rects(0, text.count_chars())):
        x0, y0, _, y1 = text.get_rect(at)
        if left <= x0 <= right and top <= height - y1 <= bottom:
            yield text.get_text_bounded(*text.get_rect(at)), (height - y0) / 72 * 25.4


@pytest.mark.parametrize("person", [GP, NORM, HOSPITAL, ABROAD])
def test_an_address_stands_whole_in_the_window_the_town_on_its_own_line(person: Correspondent) -> None:
    found = list(lines_on(RENDERER.pdf(revision(RENDERER, recipient=person)), (108, 49, 190, 90)))
    printed = " ".join(text for text, _ in found if "Angers, le" not in text)
    expected = words(f"{person.display_name} {person.specialty} {person.address}")
    assert words(printed)[: len(expected)] == expected
    town = next(line for line in reversed(person.address.split("\n")) if re.match(r"\d{5}|B-", line))
    assert max(foot for text, foot in found if words(town)[-1] in text and "le 22" not in text) <= 78


@pytest.mark.parametrize("person", [GP, NORM, HOSPITAL, ABROAD])
def test_the_envelope_holds_every_line_above_what_the_machines_of_the_post_read(person: Correspondent) -> None:
    envelope = RENDERER.paper("envelope", revision(RENDERER), person)
    assert len(pypdfium2.PdfDocument(envelope)) == 1
    found = list(lines_on(envelope, (90, 36, 215, 110)))
    assert words(" ".join(text for text, _ in found)) == words(
        f"{person.display_name} {person.specialty} {person.address}"
    )
    assert max(foot for _, foot in found) <= 95


def test_an_address_of_the_norm_keeps_its_lines() -> None:
    block = address_block(NORM.display_name, "", NORM.address)
    assert list(block.address) == NORM.address.split("\n")
    assert block.small


def test_what_no_size_brings_into_the_window_is_told_and_not_dropped() -> None:
    made = revision(RENDERER, recipient=ENDLESS)
    assert "XP Z 10-011" in " ".join(advice(made, RENDERER.rules(made.kind)))
    (lack,) = missing_on_paper(made, RENDERER.catalog.papers["envelope"], ENDLESS)
    assert "trop longue" in lack
    block = address_block("", "", ENDLESS.address)
    assert words(" ".join(block.address)) == words(ENDLESS.address)
    assert block.address[-1] == "49933 ANGERS CEDEX 09"


def test_an_address_that_fits_is_not_spoken_of() -> None:
    made: Revision = revision(RENDERER, recipient=HOSPITAL, copy_to=(NORM,))
    assert "XP Z" not in " ".join(advice(made, RENDERER.rules(made.kind)))
    assert not missing_on_paper(made, RENDERER.catalog.papers["envelope"], HOSPITAL)


def test_a_line_is_cut_between_words_only() -> None:
    assert wrapped("un deux trois", 4) == ["un deux", "trois"]
    assert wrapped("anticonstitutionnellement", 2) == ["anticonstitutionnellement"]


LONG_NAMES = replace(
    PATIENT,
    birth_name="FERNANDES RODRIGUES DA SILVA DE LA TOUR-SAINT-MÉDARD-EN-FOREZ",
    used_name="PEREIRA DE OLIVEIRA SANTOS DE LA ROCHEFOUCAULD-MORTEMART",
    first_names="MARIA FERNANDA DA CONCEIÇÃO APOLLINE CUNÉGONDE HERMANCE VICTOIRE",
)


def test_labels_of_long_names_stay_on_their_sheet() -> None:
    assert len(pypdfium2.PdfDocument(RENDERER.paper("labels", revision(RENDERER, patient=LONG_NAMES), None))) == 1


def test_the_widths_by_which_an_address_is_fitted_are_those_of_the_font() -> None:
    file = subprocess.run(
        ["fc-match", "-f", "%{family}\n%{file}", "Carlito"], capture_output=True, text=True, check=True
    )
    family, path = file.stdout.split("\n")
    assert family == "Carlito"
    font = TTFont(path)
    glyphs, widths, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789àâäçéèêëîïôöùûüÿœÀÂÇÉÈÊËÎÏÔÙÛÜŒ ,.'’()/–-°"
    off = {one: widths[glyphs[ord(one)]][0] / em - ems(one) for one in letters}
    assert {one: round(by, 2) for one, by in off.items() if abs(by) > 0.05} == {}
