"""The empty signature field of every composed PDF: the contract with the signing room.

Every PDF of this room carries exactly **one** empty signature field:

- its name is ``SIGNATURE_FIELD`` ("Signature"), a merged field and widget of ``/FT /Sig``, visible and printable
  (``/F 132``: Print and Locked), listed in ``/AcroForm /Fields``; ``/SigFlags`` is 1 until it is signed;
- its box is ``SIGNATURE_WIDTH_MM`` × ``SIGNATURE_HEIGHT_MM`` (216 × 85 points), never split, always on the page where
  the letter ends (the last one), right of the middle. The page shows nothing there but a pale line: a stamp of
  that size covers the box. ``/Rect`` tells where it is, in points from the page's lower left corner;
- its appearance (``/AP /N``) is empty, as PDF/A asks of an unsigned field (ISO 19005-3, 6.3.3): a stamp replaces it;
- it holds a ``/Lock`` (``/Action /All``, ``/P 1``): after the signature nothing may change;
- a ``Form`` structure element with an alternate text is attached to it, so that PDF/A-3a and PDF/UA-1 stay valid
  before and after an incremental signature (no new field, page or annotation is needed to sign).

A signer fills this field by an incremental update and creates none. Rooms do not import each other: the field's name
is a parameter of the signer, given in ``bootstrap``.

The form of the structure element follows ISO 14289-1, 7.18.4 (a widget stands in a ``Form`` element) and the lock
ISO 32000-2, table 236.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pydyf
from pydyf import Array, Dictionary, Stream, String

from pipeline.errors import TemplateFault

SIGNATURE_FIELD = "Signature"
"""The name of the field, given to the signer."""

SIGNATURE_WIDTH_MM = 76.2
SIGNATURE_HEIGHT_MM = 30.0
SIGNATURE_WIDTH_PT = 216.0
SIGNATURE_HEIGHT_PT = 85.04
"""The size of the box (1 mm is 72/25.4 points)."""

ANCHOR_ID = "signature"
"""The id of the element of a template that leaves the room for the signature."""

_POINTS_PER_PIXEL = 0.75
_PRINT_AND_LOCKED = 4 | 128


@dataclass(frozen=True, slots=True)
class Place:
    """Where the field goes: 0-based page, edges in points from the page's lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


def find_place(document: Any, template: str) -> Place:
    """Read the anchor's position from WeasyPrint's page boxes (``weasyprint.Document``).

    Raises `TemplateFault` when the template leaves no place, or more than one.
    """
    places = [
        _to_points(index, page.height, box)
        for index, page in enumerate(document.pages)
        for box in _anchored(page._page_box)
    ]
    if len(places) != 1:
        raise TemplateFault(
            f"Le modèle « {template} » doit réserver une seule place pour la signature ; il en a {len(places)}.",
            advice=f'Gardez un seul élément id="{ANCHOR_ID}" dans le modèle, en dehors des en-têtes et pieds de page.',
        )
    return places[0]


def _anchored(page_box: Any) -> list[Any]:
    found: dict[int, Any] = {}
    for box in page_box.descendants():
        element = box.element
        is_element = element is not None and not isinstance(element, str) and box.element_tag == element.tag
        if is_element and element.get("id") == ANCHOR_ID and box.width and box.height:
            found.setdefault(id(element), box)
    return list(found.values())


def _to_points(page: int, page_height: float, box: Any) -> Place:
    left = box.border_box_x() * _POINTS_PER_PIXEL
    top = (page_height - box.border_box_y()) * _POINTS_PER_PIXEL
    right = left + box.border_width() * _POINTS_PER_PIXEL
    bottom = top - box.border_height() * _POINTS_PER_PIXEL
    return Place(page, *(round(edge, 2) for edge in (left, bottom, right, top)))


def add_signature_field(pdf: pydyf.PDF, place: Place, label: str) -> None:
    """Add its empty field to a document that WeasyPrint is about to write.

    ``label`` is what a screen reader says ("Signature du Dr …").
    """
    page = _object(pdf, pdf.page_references[place.page])
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    numbers = _object(pdf, tree["ParentTree"])["Nums"]
    parent = _object(pdf, tree["K"][0])
    key = max(numbers[::2]) + 1
    widget = _added(pdf, _widget(pdf, page, place, label, key))
    element = _added(pdf, _element(parent, page, widget, label))
    parent["K"].append(element.reference)
    numbers.extend([key, element.reference])
    tree["ParentTreeNextKey"] = key + 1
    page.setdefault("Annots", Array()).append(widget.reference)
    page["Tabs"] = "/S"
    form = _added(pdf, Dictionary({"Fields": Array([widget.reference]), "SigFlags": 1}))
    pdf.catalog["AcroForm"] = form.reference


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    """The object that ``12 0 R`` stands for."""
    return pdf.objects[int(reference.split()[0])]


def _added(pdf: pydyf.PDF, item: Any) -> Any:
    pdf.add_object(item)
    return item


def _widget(pdf: pydyf.PDF, page: Any, place: Place, label: str, key: int) -> Any:
    lock = _added(pdf, Dictionary({"Type": "/SigFieldLock", "Action": "/All", "P": 1}))
    nothing = Stream(
        extra={
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": Array([0, 0, round(place.right - place.left, 2), round(place.top - place.bottom, 2)]),
            "Resources": Dictionary(),
        }
    )
    return Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": String(SIGNATURE_FIELD),
            "TU": String(label),
            "F": _PRINT_AND_LOCKED,
            "Rect": Array([place.left, place.bottom, place.right, place.top]),
            "P": page.reference,
            "StructParent": key,
            "Lock": lock.reference,
            "AP": Dictionary({"N": _added(pdf, nothing).reference}),
        }
    )


def _element(parent: Any, page: Any, widget: Any, label: str) -> Any:
    return Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": parent.reference,
            "Pg": page.reference,
            "Alt": String(label),
            "K": Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page.reference}),
        }
    )
