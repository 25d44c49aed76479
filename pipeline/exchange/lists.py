"""The numbers and bullets that Word and LibreOffice draw before the paragraphs of a list; the text has none."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from pipeline.exchange.looks import W

BULLET = "- "
_COUNTED = ("decimal", "decimalZero")


class Lists:
    """Counts as it is asked, in the order of the text."""

    def __init__(self, root: Element | None) -> None:
        abstract: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        self._counts: dict[tuple[str, int], int] = {}
        for one in () if root is None else root.iter(f"{W}abstractNum"):
            abstract[one.get(f"{W}abstractNumId", "")] = one
        for one in () if root is None else root.iter(f"{W}num"):
            named = one.find(f"{W}abstractNumId")
            if named is not None and named.get(f"{W}val", "") in abstract:
                self._lists[one.get(f"{W}numId", "")] = abstract[named.get(f"{W}val", "")]

    def mark(self, properties: Element | None) -> str | None:
        """What is drawn before a paragraph with this ``numPr``: "", "- ", "2. "; None when that is not known."""
        number = "" if properties is None else _value(properties, "numId")
        level = _value(properties, "ilvl") if properties is not None else ""
        if number in ("", "0"):
            return ""
        found = self._level(number, level or "0")
        if found is None:
            return None
        kind = _value(found, "numFmt")
        if kind == "none":
            return ""
        if kind == "bullet":
            return BULLET
        if kind not in _COUNTED:
            return None
        key = (number, int(level or "0"))
        start = _value(found, "start")
        self._counts[key] = self._counts.get(key, int(start) - 1 if start.isdigit() else 0) + 1
        for deeper in [one for one in self._counts if one[0] == number and one[1] > key[1]]:
            del self._counts[deeper]
        return f"{self._counts[key]}. "

    def _level(self, number: str, level: str) -> Element | None:
        levels = self._lists[number].findall(f"{W}lvl") if number in self._lists else []
        return next((one for one in levels if one.get(f"{W}ilvl") == level), None)


def _value(element: Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return "" if found is None else found.get(f"{W}val", "")
