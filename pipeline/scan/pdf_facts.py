"""What a PDF is, before anything renders or rewrites it (pikepdf)."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Name

from pipeline.errors import ScanProtected, ScanUnreadable
from pipeline.scan.images import MOST_PAGES, MOST_PIXELS, too_big

_WIDEST = 14400.0
"""Points: the largest page that ISO 32000-1 (annex C) lets a reader expect, 200 inches."""
_MOST_CONTENT = 64 * 1024 * 1024
"""Bytes of drawing instructions of one page once unpacked; a dense drawing has a few million."""
_SCRIPTS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition")


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """``keep_because`` is a French note when the file must be filed byte for byte, else empty."""

    pages: int
    keep_because: str = ""


def inspect(path: Path) -> PdfFacts:
    """Raises `ScanProtected` (a password is needed) or `ScanUnreadable` (damaged, a bomb, too many pages)."""
    try:
        with pikepdf.open(path) as pdf:
            _check_pages(pdf)
            return PdfFacts(len(pdf.pages), _reason_to_keep(pdf))
    except pikepdf.PasswordError as error:
        raise ScanProtected("Ce PDF est protégé par un mot de passe : il n'a pas pu être lu.") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        raise ScanUnreadable("Ce PDF est abîmé : ses pages ne peuvent pas être lues.") from error


def without_scripts(path: Path, out: Path) -> bool:
    """Copy the PDF without scripts, automatic actions and empty resources; whether there were scripts."""
    found = False
    with pikepdf.open(path) as pdf:
        for key in ("/OpenAction", "/AA"):
            if key in pdf.Root:
                found = found or _is_script(pdf.Root[key]) or key == "/AA"
                del pdf.Root[key]
        if "/Names" in pdf.Root and "/JavaScript" in pdf.Root.Names:
            del pdf.Root.Names["/JavaScript"]
            found = True
        for page in pdf.pages:
            _drop_empty_resources(page.obj.get("/Resources"))
            found = _clean(page.obj) or found
            for note in page.obj.get("/Annots", []):
                found = _clean(note) or found
        pdf.save(out)
    return found


def _drop_empty_resources(resources: Any) -> None:
    """Empty lists of patterns and shadings (many PDF makers write them) keep pikepdf from confirming a PDF/A."""
    for key in ("/Pattern", "/Shading"):
        if isinstance(resources, pikepdf.Dictionary) and key in resources and not list(resources[key].keys()):
            del resources[key]


def _clean(holder: Any) -> bool:
    found = "/AA" in holder
    if found:
        del holder["/AA"]
    if "/A" in holder and _is_script(holder["/A"]):
        del holder["/A"]
        found = True
    return found


def _is_script(action: Any) -> bool:
    return isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in _SCRIPTS


def _reason_to_keep(pdf: pikepdf.Pdf) -> str:
    form = pdf.Root.get("/AcroForm")
    if _is_signed(pdf, form):
        return "PDF signé : conservé tel quel."
    if pdf.is_encrypted:
        return "PDF protégé contre la modification : conservé tel quel."
    if form is not None and "/XFA" in form:
        return "Formulaire PDF dynamique (XFA) : conservé tel quel."
    if len(pdf.attachments) or "/Collection" in pdf.Root:
        return "PDF avec des pièces jointes : conservé tel quel."
    return ""


def _is_signed(pdf: pikepdf.Pdf, form: Any) -> bool:
    if "/Perms" in pdf.Root:
        return True
    if form is None:
        return False
    if int(form.get("/SigFlags", 0)) & 1 and any("/V" in field for field in form.get("/Fields", [])):
        return True
    waiting = list(form.get("/Fields", []))
    for field in waiting[:10_000]:
        waiting.extend(field.get("/Kids", []))
        if field.get("/FT") == Name.Sig and "/V" in field:
            return True
    return False


def _check_pages(pdf: pikepdf.Pdf) -> None:
    count = len(pdf.pages)
    if count == 0:
        raise ScanUnreadable("Ce PDF n'a aucune page.")
    if count > MOST_PAGES:
        raise ScanUnreadable(f"Ce PDF a plus de {MOST_PAGES} pages.", advice="Envoyez-le en plusieurs parties.")
    for page in pdf.pages:
        box = [float(edge) for edge in page.mediabox]
        unit = float(page.obj.get("/UserUnit", 1))
        if max(abs(box[2] - box[0]), abs(box[3] - box[1])) * unit > _WIDEST:
            raise too_big()
        for image in page.images.values():
            if int(image.get("/Width", 0)) * int(image.get("/Height", 0)) > MOST_PIXELS:
                raise too_big()
        _check_content(page.obj.get("/Contents"))


def _check_content(content: Any) -> None:
    """Unpack at most `_MOST_CONTENT` bytes of each deflated content stream, in bounded memory."""
    for stream in content if isinstance(content, pikepdf.Array) else [content]:
        if not isinstance(stream, pikepdf.Stream) or stream.get("/Filter") not in (
            Name.FlateDecode,
            [Name.FlateDecode],
        ):
            continue
        packed = zlib.decompressobj()
        with suppress(zlib.error):  # a damaged stream is the renderer's business
            packed.decompress(stream.read_raw_bytes(), _MOST_CONTENT)
            if packed.unconsumed_tail:
                raise too_big()
