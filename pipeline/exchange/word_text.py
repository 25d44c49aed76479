"""The text of a story (body, header, footer, comment) with tracked changes accepted, and where its bookmarks stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from pipeline.errors import FileRefused
from pipeline.exchange.grid import cell_faults, ground_of, row_faults, table_faults
from pipeline.exchange.lists import Lists
from pipeline.exchange.looks import Styles, W, paragraph_faults, run_faults, shade_of
from pipeline.exchange.port import Block

SECTION = re.compile(r"section_(\d{1,4})")
_HEADING = re.compile(r"(heading|title|titre)\b.*")
_THROUGH = ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "sdt", "sdtContent")
_DROPPED = ("del", "moveFrom")
_SILENT = (
    "pPr", "rPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sdtPr", "sdtEndPr", "proofErr", "permStart",
    "permEnd", "sectPr", "lastRenderedPageBreak", "annotationRef", "commentReference", "softHyphen", "delText",
    "smartTagPr",
    "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "customXmlPr", "delInstrText",
)  # fmt: skip
_PICTURES = {
    "drawing": "un dessin ou une zone de texte",
    "pict": "un dessin ou une zone de texte",
    "AlternateContent": "un dessin ou une zone de texte",
    "object": "un objet incorporé (OLE)",
    "control": "un contrôle ActiveX",
    "footnoteReference": "une note de bas de page",
    "endnoteReference": "une note de fin",
    "sym": "un symbole d'une police spéciale",
    "oMath": "une équation",
    "oMathPara": "une équation",
    "ruby": "une annotation au-dessus du texte",
    "bdo": "du texte au sens de lecture inversé",
    "dir": "du texte au sens de lecture inversé",
    "ptab": "une tabulation absolue",
}
_NEVER = {"object", "control", "altChunk", "subDoc"}
_FIELDS = ("PAGE", "NUMPAGES")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\U000e0000-\U000e007f]")
_TURNED = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")


@dataclass
class Seen:
    """What was met on the way."""

    insertions: int = 0
    deletions: int = 0
    links: int = 0
    sections: set[int] = field(default_factory=set)
    about: dict[str, str] = field(default_factory=dict)
    """The words that each comment is about, by its id."""


@dataclass
class _Piece:
    text: str = ""
    section: int = 0
    faults: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    def block(self, *, heading: bool = False) -> Block:
        text = "\n".join(line.strip(" ") for line in self.text.strip().split("\n"))
        faults, drawn = tuple(dict.fromkeys(self.faults)), tuple(dict.fromkeys(self.drawn))
        return Block(text, heading and bool(text), False, self.section, faults, drawn, (text,) if text else ())


class Story:
    """Reads one story. Raises `FileRefused` for what must not stand anywhere."""

    def __init__(self, styles: Styles, lists: Lists, *, margin: bool = False) -> None:
        self.seen = Seen()
        self._styles = styles
        self._lists = lists
        self._margin = margin
        self._names: dict[str, int] = {}
        self._open = 0
        self._fields: list[list[str]] = []
        self._comments: list[str] = []
        self._piece = _Piece()
        self._carried: _Piece | None = None
        self._look: tuple[str, str] = ("", "")
        self._ground = ""

    def blocks(self, root: Element) -> Iterator[Block]:
        """Paragraphs and tables, in order. Raises `FileRefused` for a field that never ends."""
        yield from self._blocks(root)
        if self._fields:
            raise _field_refused("")

    def _blocks(self, root: Element) -> Iterator[Block]:
        for element in root:
            kind = _kind(element)
            if kind == "p":
                block = self._paragraph(element)
                if block is not None:
                    yield block
            elif kind == "tbl":
                yield from self._carried_over()
                yield self._table(element)
            elif kind in _THROUGH:
                self._check_wrapper(element, kind)
                yield from self._blocks(element)
            elif kind not in _DROPPED:
                self._piece = _Piece(section=self._open)
                self._mark(element, kind)
                if self._piece.drawn:
                    yield self._piece.block()
        yield from self._carried_over()

    def _carried_over(self) -> Iterator[Block]:
        if self._carried is not None:
            yield self._carried.block()
            self._carried = None

    # --- paragraphs ----------------------------------------------------------------------------------------------

    def _paragraph(self, paragraph: Element) -> Block | None:
        properties = paragraph.find(f"{W}pPr")
        named = None if properties is None else properties.find(f"{W}pStyle")
        style = self._styles.usual if named is None else named.get(f"{W}val", "")
        look = self._styles.paragraph(style, properties)
        self._look = (style, shade_of(look) or self._ground)
        piece = self._carried or _Piece(section=self._open)
        self._piece, self._carried = piece, None
        before = len(piece.text)
        self._walk(paragraph)
        if piece.text[before:].strip():
            mark = self._lists.mark(look.get(f"{W}numPr"))
            piece.faults += paragraph_faults(look)
            if mark is None:
                piece.faults.append("une numérotation automatique")
            piece.text = piece.text[:before] + (mark or "") + piece.text[before:]
        if not piece.section:
            piece.section = self._open
        if properties is not None and _is_gone(properties):  # the mark that ends it was deleted: the next one goes on
            self._carried = piece
            return None
        return piece.block(heading=bool(_HEADING.fullmatch(self._styles.name(style))))

    def _walk(self, parent: Element) -> None:
        for element in parent:
            kind = _kind(element)
            if kind == "r":
                self._run(element)
            elif kind in _THROUGH:
                self._check_wrapper(element, kind)
                self._walk(element)
            elif kind == "fldSimple":
                self._fields.append([element.get(f"{W}instr", ""), "shown"])
                self._check_field()
                self._walk(element)
                self._fields.pop()
            elif kind in _DROPPED:
                self.seen.deletions += 1
            else:
                self._mark(element, kind)

    def _check_wrapper(self, element: Element, kind: str) -> None:
        if kind in ("ins", "moveTo"):
            self.seen.insertions += 1
        elif kind == "hyperlink":
            self.seen.links += 1
        elif kind == "sdt" and element.find(f"{W}sdtPr/{W}dataBinding") is not None:
            raise FileRefused(
                "Ce DOCX contient un champ lié à des données cachées.", advice="Remplacez ce champ par son texte."
            )

    def _mark(self, element: Element, kind: str) -> None:
        """Bookmarks and comments; what is not known and not silent is a fault of the paragraph, or never allowed."""
        if kind == "bookmarkStart":
            found = SECTION.fullmatch(element.get(f"{W}name", ""))
            if found:
                number = int(found[1])
                self._names[element.get(f"{W}id", "")] = self._open = number
                self.seen.sections.add(number)
                if not self._piece.text.strip():
                    self._piece.section = number
        elif kind == "bookmarkEnd":
            if self._names.get(element.get(f"{W}id", "")) == self._open:
                self._open = 0
                if not self._piece.text.strip():
                    self._piece.section = 0
        elif kind == "commentRangeStart":
            self._comments.append(element.get(f"{W}id", ""))
        elif kind == "commentRangeEnd":
            self._comments = [one for one in self._comments if one != element.get(f"{W}id", "")]
        elif kind in _NEVER:
            raise FileRefused(
                f"Ce DOCX contient {_PICTURES.get(kind, 'un fichier inséré (altChunk)')}.",
                advice="Retirez cet élément, puis déposez le fichier à nouveau.",
            )
        elif kind not in _SILENT:
            self._piece.drawn.append(_PICTURES.get(kind, f"un élément inconnu ({kind})"))

    # --- runs ----------------------------------------------------------------------------------------------------

    def _run(self, run: Element) -> None:
        properties = run.find(f"{W}rPr")
        if properties is not None and any(properties.find(f"{W}{gone}") is not None for gone in _DROPPED):
            return
        style, shade = self._look
        look = self._styles.run(style, properties)
        raised = look.get(f"{W}vertAlign")
        table = {"superscript": _RAISED, "subscript": _LOWERED}.get("" if raised is None else raised.get(f"{W}val", ""))
        text = ""
        for element in run:
            kind = _kind(element)
            if kind == "t":
                words = element.text or ""
                text += words.translate(table) if table else words
            elif kind in ("tab", "br", "cr", "noBreakHyphen"):
                text += {"tab": "\t", "noBreakHyphen": "-"}.get(kind, "\n")
            elif kind == "fldChar":
                text = self._field(element, text, look, shade)
            elif kind == "instrText":
                if not self._fields or self._fields[-1][1]:
                    raise _field_refused("")
                self._fields[-1][0] += element.text or ""
            elif kind == "fldData":
                raise _field_refused("")
            else:
                self._mark(element, kind)
        self._say(text, look, shade)

    def _say(self, text: str, look: dict[str, Element], shade: str) -> None:
        if not text or any(not shown or _name(code) in _FIELDS for code, shown in self._fields):
            return
        if text.strip():
            self._piece.faults += run_faults(look, shade)
            if _TURNED.search(text):
                self._piece.faults.append("du texte au sens de lecture inversé")
        text = _UNSEEN.sub("", text)
        self._piece.text += text
        for comment in self._comments:
            self.seen.about[comment] = self.seen.about.get(comment, "") + text

    def _field(self, element: Element, text: str, look: dict[str, Element], shade: str) -> str:
        """Begin, part or end a field; what the run said before is said first."""
        self._say(text, look, shade)
        kind = element.get(f"{W}fldCharType", "")
        if kind == "begin":
            if len(element):
                raise _field_refused("")
            self._fields.append(["", ""])
        elif kind in ("separate", "end"):
            if not self._fields:
                raise _field_refused("")
            self._check_field()
            self._fields[-1][1] = "shown"
            if kind == "end":
                self._fields.pop()
        return ""

    def _check_field(self) -> None:
        name = _name(self._fields[-1][0])
        if name == "HYPERLINK" and len(self._fields) == 1:
            self.seen.links += 1
        elif name not in _FIELDS or not self._margin:
            raise _field_refused(name)

    # --- tables --------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> Block:
        rows: list[tuple[str, ...]] = []
        faults = table_faults(table, self._styles)
        drawn: list[str] = []
        lines: list[str] = []
        section = 0
        for row in _rows(table):
            cells = []
            for cell in row.iter(f"{W}tc"):
                properties = cell.find(f"{W}tcPr")
                kinds = {_kind(one) for one in properties} if properties is not None else set()
                if kinds & {"gridSpan", "vMerge", "hMerge", "cellDel", "cellIns", "cellMerge"}:
                    faults.append("un tableau aux cellules fusionnées")
                if cell.find(f"{W}tbl") is not None:
                    faults.append("un tableau dans un tableau")
                blocks = self._celled(cell, table)
                if any(block.lines for block in blocks):
                    faults += cell_faults(cell)
                section = section or next((one.section for one in blocks if one.section), 0)
                faults += [fault for block in blocks for fault in block.faults]
                drawn += [one for block in blocks for one in block.drawn]
                lines += [line for block in blocks for line in block.lines]
                cells.append(" ".join(" ".join(block.text for block in blocks).split()))
            if any(cells):
                faults += row_faults(row)
            rows.append(tuple(cells))
        text = "\n".join(" | ".join(cell or "–" for cell in row) for row in rows if any(row))
        kept = tuple(dict.fromkeys(faults)), tuple(dict.fromkeys(drawn))
        return Block(text, False, True, section or self._open, *kept, tuple(lines))

    def _celled(self, cell: Element, table: Element) -> list[Block]:
        """What stands in a cell, on its ground."""
        around, self._ground = self._ground, ground_of(cell, table, self._styles) or self._ground
        try:
            return list(self._blocks(cell))
        finally:
            self._ground = around


def _rows(table: Element) -> Iterator[Element]:
    """Rows that are not deleted; those of a table inside belong to it."""
    for row in table:
        if _kind(row) in _THROUGH:
            yield from _rows(row)
        elif _kind(row) == "tr" and row.find(f"{W}trPr/{W}del") is None:
            yield row


def _is_gone(properties: Element) -> bool:
    return any(properties.find(f"{W}rPr/{W}{gone}") is not None for gone in _DROPPED)


def _kind(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _name(code: str) -> str:
    words = code.split()
    return words[0].upper() if words else ""


def _field_refused(name: str) -> FileRefused:
    known = name if name.isascii() and name.isalpha() and len(name) < 20 else "inconnu"
    return FileRefused(
        f"Ce DOCX contient un champ automatique ({known}) : son texte viendrait d'ailleurs.",
        advice="Remplacez ce champ par du texte ordinaire, puis déposez le fichier à nouveau.",
    )
