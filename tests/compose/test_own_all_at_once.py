"""A check tells every mistake that can be found at once, whatever else is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.compose.own import COPY, ENTRY, PAGE, Mistake
from tests.compose.own import Workshop


def change(path: Path, before: str, after: str) -> int:
    """Its line number."""
    text = path.read_text("utf-8")
    assert before in text
    changed = text.replace(before, after, 1)
    path.write_text(changed, "utf-8")
    return changed[: changed.index(after)].count("\n") + 1


def told(found: list[Mistake]) -> set[tuple[str, int, str]]:
    return {(one.file, one.line, one.field or one.says) for one in found}


def test_a_missing_copy_hides_no_mistake_of_the_page_the_styles_or_the_entry(workshop: Workshop) -> None:
    folder = workshop.new()
    (folder / COPY).unlink()
    page = change(folder / PAGE, "<h1>{{ title }}</h1>", "<h1>{{ titel }}</h1>")
    with (folder / "paper.css").open("a") as sheet:
        sheet.write("\n.x { colr: red }\n@page { size: A4\n")
    sheet_end = (folder / "paper.css").read_text("utf-8").count("\n")
    with (folder / ENTRY).open("a") as entry:
        entry.write("kinds: [letter]\n")
    entry_end = (folder / ENTRY).read_text("utf-8").count("\n")
    assert told(workshop.check(folder)) >= {
        (COPY, 0, "ce fichier manque"),
        (PAGE, page, "titel"),
        ("paper.css", sheet_end - 1, "colr: red"),
        ("paper.css", sheet_end, "{"),
        (ENTRY, entry_end, "kinds"),
    }


def test_an_unknown_field_hides_neither_the_missing_signature_nor_a_wrong_style(workshop: Workshop) -> None:
    folder = workshop.new()
    line = change(folder / PAGE, "<h1>{{ title }}</h1>", '<h1 style="colr: red">{{ titel }}</h1>')
    change(folder / "parts.html", '<div id="signature"></div>', '<div id="sign"></div>')
    assert told(workshop.check(folder)) == {(PAGE, line, "titel"), (PAGE, line, "colr: red"), (PAGE, 0, "signature")}


def test_each_line_that_cannot_be_read_is_told_and_what_follows_it(workshop: Workshop) -> None:
    folder = workshop.new()
    first = change(
        folder / PAGE, "{% block title %}\n", "{% block title %}\n{{ title title }}\n{{ adresse }}\n{{ a b }}\n"
    )
    found = {(one.line, one.field or one.says) for one in workshop.check(folder) if one.file == PAGE}
    assert {line for line, _ in found} == {first + 1, first + 2, first + 3}
    assert (first + 2, "adresse") in found


def test_a_block_that_is_not_closed_hides_no_unknown_field_beside_it(workshop: Workshop) -> None:
    folder = workshop.new()
    line = change(folder / "parts.html", "{{ patient.birth_name }}", "{{ patient.birth_nom }}")
    change(folder / "parts.html", "{% macro close(name", "{% if x %}\n{% macro close(name")
    found = workshop.check(folder)
    assert ("parts.html", line, "patient.birth_nom") in told(found)
    assert any("n'est pas fermé" in one.says or "mal écrite" in one.says for one in found)


def test_a_required_field_that_is_named_nowhere_is_told_beside_a_mistake(workshop: Workshop) -> None:
    folder = workshop.new()
    change(folder / "parts.html", "<p>Nom de naissance : {{ patient.birth_name }}</p>", "")
    line = change(folder / PAGE, "<h1>{{ title }}</h1>", "<h1>{{ title }}{{ adresse }}</h1>")
    assert told(workshop.check(folder)) == {(PAGE, line, "adresse"), (PAGE, 0, "patient.birth_name")}


@pytest.mark.parametrize(
    ("rule", "line"), [("p { color: red }\n}", 2), ("p {\n color: red", 1), ("p { content: '}'\n", 1)]
)
def test_a_brace_that_is_missing_or_too_many_is_told(rule: str, line: int, workshop: Workshop) -> None:
    folder = workshop.new()
    (folder / "extra.css").write_text(rule)
    found = workshop.check(folder)
    assert {one.file for one in found} == {"extra.css"}
    assert [one.line for one in found if "accolade" in one.says] == [line]


def test_a_page_that_cannot_be_drawn_hides_no_missing_field(workshop: Workshop) -> None:
    folder = workshop.new()
    change(folder / "parts.html", '<div id="signature"></div>', "")
    change(folder / "parts.html", "<p>Nom de naissance : {{ patient.birth_name }}</p>", "")
    found = workshop.check(folder)
    assert {one.field for one in found} == {"", "patient.birth_name"}
    assert "place pour la signature" in found[0].says


def test_a_wrong_kind_hides_no_mistake_of_the_page_and_invents_none(workshop: Workshop) -> None:
    folder = workshop.new()
    line = change(folder / ENTRY, "kinds: [letter]", "kinds: [lettre]")
    wrong = change(folder / PAGE, "<h1>{{ title }}</h1>", "<h1>{{ titel }}</h1>")
    assert told(workshop.check(folder)) == {(ENTRY, line, "kinds"), (PAGE, wrong, "titel")}
