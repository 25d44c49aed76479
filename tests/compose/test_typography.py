"""Lines on paper: no figure is cut from its unit, its sign or its number, and the words stay as they were approved."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from pipeline.compose.finish import finished
from pipeline.compose.presentation import view
from pipeline.compose.typography import no_break
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind
from tests.compose.samples import PATIENT, TEMPLATES, revision

RENDERER = TemplateRenderer(TEMPLATES)
WHOLE = [
    *("98 µmol/L", "12,5 g/dL", "50 mg/24 h", "0,25 µg/kg/min", "10 h 30", "08 h 00", "12 500 €", "n° 5", "− 3,5"),
    *("+ 2 dioptries", "≥ 50 mg", "5 x 10 mg", "1 g x 3/j", "p. 7", "§ 4", "Pr. Durand", "J 15", "grade III", "L4-L5"),
    *("2-3", "145/85 mmHg", "38 °C", "2 500 UI"),
]


def lines_of(pdf: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(pdf)
    text = "\r\n".join(page.get_textpage().get_text_range() for page in pages)
    return re.sub("[\u00a0\u202f]", " ", text).replace("\ufffe", "-").split("\r\n")


@pytest.mark.parametrize("whole", WHOLE)
def test_what_belongs_together_is_never_cut_at_the_end_of_a_line(whole: str) -> None:
    fillers = ["mot", "un", "voilà", "abcdefgh", "ceci", "or", "deux ou"]
    text = " ".join(f"{' '.join([fillers[n % 7]] * (n % 4 + 1))} {whole}" for n in range(90))
    lines = lines_of(RENDERER.pdf(revision(RENDERER, sections=(Section("", text),))))
    assert sum(line.count(whole) for line in lines) == 90


def test_a_long_pair_of_substances_may_be_cut_and_an_address_of_the_web_is_left_alone() -> None:
    page = "<body><p>sacubitril/valsartan http://a.b/c-1 98 µmol/L L4-L5 porte-monnaie</p>"
    assert finished(page).count("\u2060") == 2


def test_tags_and_styles_are_left_alone() -> None:
    page = "<head><title>l&#39;a</title><body><a href='l&#39;a/b1'></a><style>.a1/b2 { --c1: d'e }</style>"
    assert finished(page) == page


def test_a_very_long_word_is_looked_at_once() -> None:
    assert finished("<body>" + "a" * 200_000).endswith("a")


def test_the_joiner_is_not_in_the_text_of_the_file() -> None:
    text = "Créatinine à 98 µmol/L, disque L4-L5."
    found = "".join(lines_of(RENDERER.pdf(revision(RENDERER, sections=(Section("", text),)))))
    assert text in found
    assert "\u2060" not in found


def test_apostrophes_are_curly_in_the_title_the_headings_and_the_address_too() -> None:
    kind = DocumentKind.CERTIFICATE_SCHOOL_ABSENCE
    title = " ".join(lines_of(RENDERER.pdf(revision(RENDERER, kind))))
    assert "Certificat médical d’absence scolaire" in title
    made = revision(RENDERER, sections=(Section("Motif d'hospitalisation", "Un.\n\nDeux."),))
    letter = " ".join(lines_of(RENDERER.pdf(made)))
    assert "Motif d’hospitalisation" in letter
    assert "place de l’Église" in letter
    envelope = " ".join(lines_of(RENDERER.paper("envelope", made, None)))
    assert PATIENT.address.split("\n")[0] in envelope


@pytest.mark.parametrize(
    ("text", "lines", "items"),
    [
        ("- 2,5 dioptries à droite", ["- 2,5 dioptries à droite"], []),
        ("- 2,5 à droite\n- 3 à gauche", ["- 2,5 à droite", "- 3 à gauche"], []),
        ("- 3 à gauche", ["- 3 à gauche"], []),
        ("- 2 comprimés ;\n- repos.", [], ["2 comprimés ;", "repos."]),
    ],
)
def test_a_minus_is_no_mark_of_a_list(text: str, lines: list[str], items: list[str]) -> None:
    made = revision(RENDERER, sections=(Section("", text),))
    (section,) = view(made, RENDERER.rules(made.kind))["sections"]
    (paragraph,) = section["paragraphs"]
    plain = [[re.sub("[\u00a0\u202f]", " ", line) for line in paragraph[name]] for name in ("lines", "items")]
    assert plain == [lines, items]


def test_a_space_is_exchanged_and_nothing_else() -> None:
    for whole in WHOLE:
        assert re.sub("[\u00a0\u202f]", " ", no_break(whole)) == whole
