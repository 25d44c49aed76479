"""Reads a DOCX template as Jinja source, one line for each paragraph, and a filled copy as text.

Own short walks over XML that was inspected (`pipeline.docx_package`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.compose.own import COPY, Mistake
from pipeline.docx_package import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SCOPE = re.compile(r"\{%(-?)(?:p|tr|tc|r)\s")
"""What docxtpl adds to Jinja: the tag stands for its whole paragraph, row, cell or run."""
_OPEN, _CLOSE = re.compile(r"\{\{|\{%|\{#"), re.compile(r"\}\}|%\}|#\}")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_ALONE = re.compile(r"\s*\{%p\s[^%]*%\}\s*")


def docx_source(package: Package) -> tuple[str, list[Mistake]]:
    """The Jinja of the body, then of headers and footers: line N is paragraph N. And what no line can be made of."""
    lines: list[str] = []
    found: list[Mistake] = []
    for number, text in enumerate(_paragraphs(package), 1):
        line, quoted = text.translate(_QUOTES).replace("\n", " "), " ".join(text.split())[:60]
        opened, closed = len(_OPEN.findall(text)), len(_CLOSE.findall(text))
        if opened != closed or re.search(r"\{ \{|\} \}|\{ %|% \}", text):
            says = "balise coupée : elle ne finit pas dans le paragraphe où elle commence"
            advice = "Tapez-la d'une traite, sur une seule ligne, sans espace entre ses accolades."
            found.append(Mistake(COPY, says, advice, number, quoted))
            line = ""
        elif "{%p" in text and not _ALONE.fullmatch(text):
            says = "une instruction {%p … %} partage son paragraphe : tout ce paragraphe disparaîtra"
            found.append(Mistake(COPY, says, "Placez-la seule dans un paragraphe.", number, quoted))
        lines.append(_SCOPE.sub(r"{%\1 ", line))
    return "\n".join(lines), found


def docx_text(package: Package) -> str:
    """All that a filled copy says, headers and footers included."""
    return "\n".join(_paragraphs(package))


def section_marks(package: Package) -> int:
    """How many sections stand between bookmarks."""
    names = {one.get(f"{_W}name", "") for one in package.parts[package.main].iter(f"{_W}bookmarkStart")}
    return sum(bool(re.fullmatch(r"section_\d+", name)) for name in names)


def _paragraphs(package: Package) -> Iterator[str]:
    margins = [*package.of_type("header+xml"), *package.of_type("footer+xml")]
    for root in (package.parts[package.main], *margins):
        yield from (_text(paragraph) for paragraph in root.iter(f"{_W}p"))


def _text(paragraph: Element) -> str:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}noBreakHyphen": "-"}
    return "".join((one.text or "") if one.tag == f"{_W}t" else signs.get(one.tag, "") for one in paragraph.iter())
