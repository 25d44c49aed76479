"""A character that no font draws is told with its place before anybody signs."""

from __future__ import annotations

from dataclasses import replace

from pipeline.compose.completeness import missing
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Section
from tests.compose.samples import GP, TEMPLATES, revision

RENDERER = TemplateRenderer(TEMPLATES)
NOWHERE = "\u0378"
"""A code point that Unicode gives to no character: no font has it."""


def test_a_character_of_no_font_is_named_with_its_place() -> None:
    text = f"Bilan fait à l'étranger.\nPatient né à {NOWHERE} Pékin."
    made = revision(RENDERER, sections=(Section("Motif", text), Section("", "Bien à vous.")))
    (lack,) = missing(made, RENDERER.rules(made.kind), undrawable=RENDERER.undrawable)
    assert "U+0378" in lack
    assert "sous « Motif », ligne 2" in lack
    assert "Pékin" not in lack


def test_the_title_and_the_address_are_looked_at_too() -> None:
    made = revision(RENDERER, title=f"Avis {NOWHERE}", recipient=replace(GP, address=f"1, rue {NOWHERE}\n49000 Angers"))
    lacks = missing(made, RENDERER.rules(made.kind), undrawable=RENDERER.undrawable)
    assert ["dans le titre" in lack or "destinataire" in lack for lack in lacks] == [True, True]


def test_what_a_font_has_is_not_spoken_of() -> None:
    text = "β-bloquant ≥ 50 mg, ≤ 3, ± fièvre, µg, °C, Ω, H₂O, m², „allemand“, ‰, Łódź, Nguyễn, Иван, l’œdème — fin…"
    made = revision(RENDERER, sections=(Section("", text),))
    assert missing(made, RENDERER.rules(made.kind), undrawable=RENDERER.undrawable) == ()


def test_only_rare_characters_are_asked_for() -> None:
    asked: list[str] = []

    def heard(letters: str) -> str:
        asked.append(letters)
        return ""

    made = revision(
        RENDERER, sections=(Section("", "Sodium à 138 mmol/L, œdème."), Section("", f"{NOWHERE} {NOWHERE}"))
    )
    missing(made, RENDERER.rules(made.kind), undrawable=heard)
    assert asked == [NOWHERE]
