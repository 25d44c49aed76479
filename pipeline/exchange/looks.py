"""How a run of text looks, and whether an eye could read it: what is hidden, struck, tiny or pale is not plain text.

Properties come from the document's defaults, the paragraph's style, the run's style and the run, the last one that says
something (ECMA-376 part 1, 17.7.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_OFF = ("0", "false", "off", "none")
_SMALLEST = 12
"""Half-points: 6 pt."""
_NARROWEST = 50
PAGE, LEFT_EDGE, RIGHT_EDGE = 9298, 1361, 1247
"""Twips: the width of the text, and how far the paper goes on beside it (`page_setup` of the copy)."""
_LEAST_WIDTH = 600
_FARTHEST_GAP = 6000
"""Twips (106 mm) of nothing above, below or between lines: more, and the text leaves the page."""
_LEAST_SHARE_OF_LINE = 120
"""240ths of a line."""
_PALEST_TINT = 0x33
_UNITS = {"mm": 1440 / 25.4, "cm": 1440 / 2.54, "in": 1440.0, "pt": 20.0, "pc": 240.0, "pi": 240.0}
_HALF_POINT = 10
_CHARACTER = 2.1
"""Twips of a hundredth of a character's width."""
_MEASURE = re.compile(r"(-?\d{1,9})(?:\.\d+)?(%|mm|cm|in|pt|pc|pi)?")
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

    def family(self, style: str) -> Iterator[Element]:
        """A style and its parents, parents last."""
        for _ in range(_MOST_PARENTS):
            one = self._styles.get(style)
            if one is None:
                return
            yield one
            parent = one.find(f"{W}basedOn")
            style = "" if parent is None else parent.get(f"{W}val", "")

    def chain(self, style: str, kind: str) -> list[Element]:
        """The ``rPr``, ``pPr``, ``tblPr``… of a style and its parents, parents first."""
        found = [one.find(f"{W}{kind}") for one in self.family(style)]
        return [one for one in reversed(found) if one is not None]

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
    if 0 < _number(look, "sz", 22, _HALF_POINT) < _SMALLEST or 0 <= _number(look, "w", 100) < _NARROWEST:
        faults.append("du texte minuscule")
    if abs(_number(look, "position", 0, _HALF_POINT)) > 2 * _SMALLEST or abs(_number(look, "spacing", 0)) > 200:
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
    if _is_off(look):
        faults.append("du texte hors de la page")
    if f"{W}framePr" in look:
        faults.append("un cadre de texte")
    spacing = look.get(f"{W}spacing")
    if spacing is not None and _is_flattened(spacing):
        faults.append("du texte écrasé dans sa ligne")
    if _on(look, "bidi"):
        faults.append("du texte au sens de lecture inversé")
    return faults


def shade_of(look: Mapping[str, Element]) -> str:
    """The colour behind, six hexadecimal digits, "" when none is given."""
    highlight, shading = look.get(f"{W}highlight"), look.get(f"{W}shd")
    if highlight is not None and highlight.get(f"{W}val", "none").lower() in _HIGHLIGHTS:
        return _HIGHLIGHTS[highlight.get(f"{W}val", "").lower()]
    return "" if shading is None else _mixed(shading)


def on(element: Element | None) -> bool:
    """Whether a toggle is there and not switched off."""
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF


def _on(look: Mapping[str, Element], name: str) -> bool:
    return on(look.get(f"{W}{name}"))


def twips(text: str, usual: int = 0) -> int:
    """A measure, in twips or with its unit ("15cm")."""
    return _integer(text, usual)


def _number(look: Mapping[str, Element], name: str, usual: int, unit: int = 1) -> int:
    found = look.get(f"{W}{name}")
    return usual if found is None else _integer(found.get(f"{W}val", ""), usual, unit)


def _integer(text: str, usual: int, unit: int = 1) -> int:
    """``unit``: how many twips one is, for a number that comes with a unit of its own."""
    found = _MEASURE.fullmatch(text)
    if found is None or not text.isascii():
        return usual
    number, given = int(found[1]), found[2]
    return number if given in (None, "%") else round(number * _UNITS[given] / unit)


def _is_off(look: Mapping[str, Element]) -> bool:
    """Whether a line begins or ends beside the paper, or stands far below where it is looked for."""
    indent, spacing, tabs = (look.get(f"{W}{name}") for name in ("ind", "spacing", "tabs"))
    if indent is not None:
        left, right = (
            max((_side(indent, one) for one in names), key=abs) for names in (("left", "start"), ("right", "end"))
        )
        first = left + _side(indent, "firstLine") - _side(indent, "hanging")
        begins, last = min(left, first), max(left, first)
        if begins < -LEFT_EDGE or right < -RIGHT_EDGE or PAGE - last - max(right, 0) < _LEAST_WIDTH:
            return True
    if spacing is not None:
        gaps = [_integer(spacing.get(f"{W}{name}", ""), 0) for name in ("before", "after", "line")]
        lines = [_integer(spacing.get(f"{W}{name}", ""), 0) * 2.4 for name in ("beforeLines", "afterLines")]
        if max(*gaps, *lines) > _FARTHEST_GAP:
            return True
    stops = [] if tabs is None else [_integer(one.get(f"{W}pos", ""), 0) for one in tabs]
    return any(not -LEFT_EDGE <= stop <= PAGE + RIGHT_EDGE for stop in stops)


def _side(indent: Element, name: str) -> int:
    """Twips; an indent in characters goes before one in twips."""
    characters = _integer(indent.get(f"{W}{name}Chars", ""), 0)
    return round(characters * _CHARACTER) if characters else _integer(indent.get(f"{W}{name}", ""), 0)


def _is_flattened(spacing: Element) -> bool:
    line = _integer(spacing.get(f"{W}line", ""), 240)
    rule = spacing.get(f"{W}lineRule", "auto")
    return line < {"exact": _LEAST_LINE, "auto": _LEAST_SHARE_OF_LINE}.get(rule, 0)


def _is_pale(look: Mapping[str, Element], shade: str) -> bool:
    colour = look.get(f"{W}color")
    value = "" if colour is None else colour.get(f"{W}val", "")
    if colour is not None and colour.get(f"{W}themeColor", "") in ("background1", "light1", "background2", "light2"):
        value = "FFFFFF"
    if colour is not None and 0 < _hexadecimal(colour.get(f"{W}themeTint", "")) <= _PALEST_TINT:
        value = "FFFFFF"
    if not _is_colour(value):
        return False  # automatic: black or white, whichever is read
    behind = shade_of(look) or shade or "FFFFFF"
    first, second = sorted((_luminance(value), _luminance(behind)))
    return (second + 0.05) / (first + 0.05) < _LEAST_CONTRAST


def _mixed(shading: Element) -> str:
    """The colour of a shading: its ground, and over it a pattern that may fill it wholly."""
    ground = _themed(shading, "themeFill") or shading.get(f"{W}fill", "")
    over = _themed(shading, "themeColor") or shading.get(f"{W}color", "")
    pattern = shading.get(f"{W}val", "clear")
    share = 100 if pattern == "solid" else _integer(pattern.removeprefix("pct"), 0) if pattern.startswith("pct") else 0
    if not share:
        return ground if _is_colour(ground) else ""
    front, back = over if _is_colour(over) else "000000", ground if _is_colour(ground) else "FFFFFF"
    parts = (
        (int(front[at : at + 2], 16) * share + int(back[at : at + 2], 16) * (100 - share)) // 100 for at in (0, 2, 4)
    )
    return "".join(f"{part:02X}" for part in parts)


def _themed(shading: Element, name: str) -> str:
    """Black and white by their names in a theme; another colour of it is written beside."""
    named = shading.get(f"{W}{name}", "")
    if any(shading.get(f"{W}{name}{more}") for more in ("Tint", "Shade")):
        return ""
    return {"text1": "000000", "dark1": "000000", "background1": "FFFFFF", "light1": "FFFFFF"}.get(named, "")


def _hexadecimal(text: str) -> int:
    return int(text, 16) if len(text) == 2 and _is_colour(text * 3) else 0


def _is_colour(value: str) -> bool:
    return len(value) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in value)


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
