"""How a table is laid out, and whether an eye could read all of it: hidden or flattened rows, places off the page,
colours behind (ECMA-376 part 1, 17.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from pipeline.exchange.looks import LEFT_EDGE, PAGE, RIGHT_EDGE, Styles, W, on, run_faults, shade_of, twips

_HIDDEN = "du texte masqué"
_OFF = "un tableau hors de la page"
_NARROWEST = 280
"""Twips (5 mm)."""
_LEAST_SHARE = 150
"""Fiftieths of a percent."""


def table_faults(table: Element, styles: Styles) -> list[str]:
    """Of the table as a whole and of the style that it names."""
    own = table.find(f"{W}tblPr")
    named = None if own is None else own.find(f"{W}tblStyle")
    style = "" if named is None else named.get(f"{W}val", "")
    look = _by_tag([*styles.chain(style, "tblPr"), *([] if own is None else [own])])
    faults = [*_place_faults(look), *_style_faults(styles, style)]
    columns = [twips(one.get(f"{W}w", "")) for one in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    indent = _width(look.get(f"{W}tblInd"))
    if indent + max(sum(columns), _width(look.get(f"{W}tblW"))) > PAGE + RIGHT_EDGE:
        faults.append(_OFF)
    if any(0 < column < _NARROWEST for column in columns):
        faults.append("une colonne trop étroite")
    return faults


def row_faults(row: Element) -> list[str]:
    """Of a row that holds text."""
    faults = []
    for exception in row.iterfind(f"{W}tblPrEx"):
        faults += _place_faults(_by_tag([exception]))
    look = _by_tag(row.iterfind(f"{W}trPr"))
    if on(look.get(f"{W}hidden")):
        faults.append(_HIDDEN)
    height = look.get(f"{W}trHeight")
    if height is not None and height.get(f"{W}hRule") == "exact":
        faults.append("une ligne de tableau de hauteur fixe, qui peut cacher du texte")
    if any(look.get(f"{W}{name}") is not None for name in ("gridBefore", "wBefore")):
        faults.append("une ligne de tableau décalée")
    if sum(_width(one) for one in row.iterfind(f"{W}tc/{W}tcPr/{W}tcW")) > PAGE + RIGHT_EDGE:
        faults.append(_OFF)
    return faults


def cell_faults(cell: Element) -> list[str]:
    """Of a cell that holds text."""
    look = _by_tag(cell.iterfind(f"{W}tcPr"))
    faults = []
    width = look.get(f"{W}tcW")
    if width is not None and _is_narrow(width):
        faults.append("une colonne trop étroite")
    if on(look.get(f"{W}tcFitText")):
        faults.append("du texte minuscule")
    if any(abs(_width(one)) > _NARROWEST * 5 for one in look.get(f"{W}tcMar", Element(""))):
        faults.append(_OFF)
    return faults


def ground_of(cell: Element, table: Element, styles: Styles) -> str:
    """The colour behind the text of a cell, "" when none is given."""
    named = table.find(f"{W}tblPr/{W}tblStyle")
    style = "" if named is None else named.get(f"{W}val", "")
    chains = [*styles.chain(style, "tblPr"), *styles.chain(style, "tcPr")]
    layers = [*chains, *table.iterfind(f"{W}tblPr"), *cell.iterfind(f"{W}tcPr")]
    shades = [shade for shade in (shade_of(_by_tag([layer])) for layer in layers) if shade]
    return shades[-1] if shades else ""


def _place_faults(look: Mapping[str, Element]) -> list[str]:
    faults = []
    if f"{W}tblpPr" in look:
        faults.append("un tableau flottant")
    indent = _width(look.get(f"{W}tblInd"))
    if not -LEFT_EDGE <= indent <= PAGE // 2:
        faults.append(_OFF)
    if _width(look.get(f"{W}tblCellSpacing")) > _NARROWEST * 2:
        faults.append(_OFF)
    if any(abs(_width(one)) > _NARROWEST * 5 for one in look.get(f"{W}tblCellMar", Element(""))):
        faults.append(_OFF)
    if on(look.get(f"{W}bidiVisual")):
        faults.append("du texte au sens de lecture inversé")
    return faults


def _style_faults(styles: Styles, style: str) -> list[str]:
    """What a table style does to the text of its cells, also of its first row or column only."""
    faults = []
    for one in styles.family(style):
        for part in (one, *one.iterfind(f"{W}tblStylePr")):
            shade = shade_of(_by_tag(part.iterfind(f"{W}tcPr")))
            faults += run_faults(_by_tag(part.iterfind(f"{W}rPr")), shade)
            look = _by_tag(part.iterfind(f"{W}trPr"))
            if on(look.get(f"{W}hidden")):
                faults.append(_HIDDEN)
    return faults


def _by_tag(layers: Iterable[Element]) -> dict[str, Element]:
    return {one.tag: one for layer in layers for one in layer}


def _width(element: Element | None) -> int:
    """In twips; 0 for a share of the page or what the program chooses."""
    if element is None or element.get(f"{W}type", "dxa") != "dxa":
        return 0
    return twips(element.get(f"{W}w", ""))


def _is_narrow(width: Element) -> bool:
    if width.get(f"{W}type", "dxa") == "pct":
        text = width.get(f"{W}w", "")
        share = twips(text.removesuffix("%")) * (50 if text.endswith("%") else 1)
        return 0 < share < _LEAST_SHARE
    return 0 < _width(width) < _NARROWEST
