"""How a run of text looks, and whether an eye could read it: what is hidden, struck, tiny or pale is not plain text.

Properties come from the document's defaults, the paragraph's style, the run's style and the run, the last one that says
something (ECMA-376 part 1, 17.7.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_OFF = ("0", "false", "off", "none")
_SMALLEST = 12
"""Half-points: 6 pt."""
_NARROWEST = 50
_FARTHEST = 8000
"""Twips of an indent (141 mm): more, and the text leaves the page."""
_LEAST_CONTRAST = 1.6
_LEAST_LINE = 100
_SYMBOLS = ("symbol", "wingdings", "webdings", "opensymbol", "zapf dingbats")
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "darkblue": "00008B", "darkcyan": "008B8B",
    "darkgray": "A9A9A9", "darkgreen": "006400", "darkmagenta": "800080", "darkred": "8B0000", "darkyellow": "808000",
    "green": "00FF00", "lightgray": "D3D3D3", "magenta": "FF00FF", "red": "FF0000", "white": "FFFFFF",
    "yellow": "FFFF00",
}  # fmt: skip
_MOST_PARENTS = 20


class Styles:
    """The styles of a document by their id."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {} if root is None else {one.get(f"{W}styleId", ""): one for one in root.iter(f"{W}style")}
        self._defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self.usual = next(
            (
                name
                for name, one in self._styles.items()
                if (one.get(f"{W}type"), one.get(f"{W}default")) == ("paragraph", "1")
            ),
            "",
        )

    def name(self, style: str) -> str:
        """The name that does not change with Word's language, lower case: "heading 2"."""
        found = self._styles.get(style)
        named = None if found is None else found.find(f"{W}name")
        return "" if named is None else named.get(f"{W}val", "").lower()

    def chain(self, style: str, kind: str) -> list[Element]:
        """The ``rPr`` or ``pPr`` of a style and its parents, parents first."""
        found: list[Element] = []
        for _ in range(_MOST_PARENTS):
            one = self._styles.get(style)
            if one is None:
                break
            properties = one.find(f"{W}{kind}")
            if properties is not None:
                found.insert(0, properties)
            parent = one.find(f"{W}basedOn")
            style = "" if parent is None else parent.get(f"{W}val", "")
        return found

    def run(self, paragraph_style: str, properties: Element | None) -> dict[str, Element]:
        """What holds for a run, by the name of the property."""
        named = None if properties is None else properties.find(f"{W}rStyle")
        own = [] if named is None else self.chain(named.get(f"{W}val", ""), "rPr")
        layers = [*([] if self._defaults is None else [self._defaults]), *self.chain(paragraph_style, "rPr"), *own]
        return {one.tag: one for layer in [*layers, *([] if properties is None else [properties])] for one in layer}

    def paragraph(self, style: str, properties: Element | None) -> dict[str, Element]:
        """What holds for a paragraph, by the name of the property."""
        layers = [*self.chain(style, "pPr"), *([] if properties is None else [properties])]
        return {one.tag: one for layer in layers for one in layer}


def run_faults(look: Mapping[str, Element], shade: str) -> list[str]:
    """Why the text of a run is not what an eye reads, in French. ``shade`` is the colour behind the paragraph."""
    faults = []
    if any(_on(look, name) for name in ("vanish", "specVanish", "webHidden")):
        faults.append("du texte masqué")
    if _on(look, "strike") or _on(look, "dstrike"):
        faults.append("du texte barré")
    if 0 < _number(look, "sz", 22) < _SMALLEST or 0 <= _number(look, "w", 100) < _NARROWEST:
        faults.append("du texte minuscule")
    if abs(_number(look, "position", 0)) > 2 * _SMALLEST or abs(_number(look, "spacing", 0)) > 200:
        faults.append("du texte déplacé hors de sa ligne")
    if _is_pale(look, shade) or f"{W14}textFill" in look:
        faults.append("du texte de la couleur du fond")
    if _on(look, "rtl") or f"{W}eastAsianLayout" in look or f"{W}fitText" in look:
        faults.append("du texte au sens de lecture inversé")
    fonts = look.get(f"{W}rFonts")
    if fonts is not None and fonts.get(f"{W}ascii", "").lower().startswith(_SYMBOLS):
        faults.append("des lettres remplacées par des symboles")
    return faults


def paragraph_faults(look: Mapping[str, Element]) -> list[str]:
    """Why a paragraph may stand where nobody reads it, in French."""
    faults = []
    indent = look.get(f"{W}ind")
    if indent is not None and any(abs(_integer(value, 0)) > _FARTHEST for value in indent.attrib.values()):
        faults.append("du texte hors de la page")
    if f"{W}framePr" in look:
        faults.append("un cadre de texte")
    spacing = look.get(f"{W}spacing")
    exact = spacing is not None and spacing.get(f"{W}lineRule") == "exact"
    if spacing is not None and exact and _integer(spacing.get(f"{W}line", ""), 240) < _LEAST_LINE:
        faults.append("du texte écrasé dans sa ligne")
    if _on(look, "bidi"):
        faults.append("du texte au sens de lecture inversé")
    return faults


def shade_of(look: Mapping[str, Element]) -> str:
    """The colour behind, six hexadecimal digits, "" when none is given."""
    highlight, shading = look.get(f"{W}highlight"), look.get(f"{W}shd")
    if highlight is not None and highlight.get(f"{W}val", "none").lower() in _HIGHLIGHTS:
        return _HIGHLIGHTS[highlight.get(f"{W}val", "").lower()]
    fill = "" if shading is None else shading.get(f"{W}fill", "")
    return fill if _is_colour(fill) else ""


def on(element: Element | None) -> bool:
    """Whether a toggle is there and not switched off."""
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF


def _on(look: Mapping[str, Element], name: str) -> bool:
    return on(look.get(f"{W}{name}"))


def _number(look: Mapping[str, Element], name: str, usual: int) -> int:
    found = look.get(f"{W}{name}")
    return usual if found is None else _integer(found.get(f"{W}val", ""), usual)


def _integer(text: str, usual: int) -> int:
    digits = text.removesuffix("%").partition(".")[0]
    return int(digits) if digits.removeprefix("-").isascii() and digits.removeprefix("-").isdigit() else usual


def _is_pale(look: Mapping[str, Element], shade: str) -> bool:
    colour = look.get(f"{W}color")
    value = "" if colour is None else colour.get(f"{W}val", "")
    if colour is not None and colour.get(f"{W}themeColor", "") in ("background1", "light1", "background2", "light2"):
        value = "FFFFFF"
    if not _is_colour(value):
        return False  # automatic: black or white, whichever is read
    behind = shade_of(look) or shade or "FFFFFF"
    first, second = sorted((_luminance(value), _luminance(behind)))
    return (second + 0.05) / (first + 0.05) < _LEAST_CONTRAST


def _is_colour(value: str) -> bool:
    return len(value) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in value)


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
