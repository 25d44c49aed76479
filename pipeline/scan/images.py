"""JPEG, PNG and TIFF made into a PDF whose pages are upright, opaque, 8 bits deep and of a credible size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import img2pdf
from PIL import Image, ImageOps, ImageSequence

from pipeline.errors import ScanUnreadable

MOST_PIXELS = 200_000_000
"""A0 at 300 dpi has 139 million pixels."""
MOST_PAGES = 2000
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF"}
_A4_LONG_INCHES = 11.69
_CREDIBLE_DPI = (70.0, 1300.0)
_JPEG_QUALITY = 88
"""The filed copy is for reading; the unchanged original stays in the store."""


def images_to_pdf(original: Path, media_type: str, out: Path) -> int:
    """Write ``out`` and return the number of pages. Raises `ScanUnreadable`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of big images and odd tags
            with Image.open(original, formats=[_FORMATS[media_type]]) as image, out.open("wb") as file:
                pages = list(_pages(image, out.parent))
                img2pdf.convert([str(page) for page in pages], outputstream=file, rotation=img2pdf.Rotation.none)
    except ScanUnreadable:
        raise
    except Image.DecompressionBombError as error:
        raise too_big() from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, img2pdf.ImageOpenError) as error:
        raise ScanUnreadable("L'image numérisée est abîmée ou incomplète.") from error
    return len(pages)


def too_big() -> ScanUnreadable:
    return ScanUnreadable("Une page annonce des dimensions démesurées : elle n'a pas été ouverte.")


def _pages(image: Image.Image, folder: Path) -> Iterator[Path]:
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        if number >= MOST_PAGES:
            raise ScanUnreadable(f"Le fichier a plus de {MOST_PAGES} pages.", advice="Numérisez-le en plusieurs lots.")
        if frame.width * frame.height > MOST_PIXELS:
            raise too_big()
        yield _write(frame, folder / f"page-{number:05d}")


def _write(frame: Image.Image, stem: Path) -> Path:
    """One frame as a file that img2pdf takes over without another loss."""
    dpi = _resolution(frame)
    turned = ImageOps.exif_transpose(frame)
    if turned.size != frame.size:
        dpi = (dpi[1], dpi[0])
    plain = _plain(turned)
    page = io.BytesIO()
    if plain.mode == "1":
        plain.save(page, "TIFF", compression="group4", dpi=dpi)
        path = stem.with_suffix(".tif")
    else:
        plain.save(page, "JPEG", quality=_JPEG_QUALITY, dpi=(round(dpi[0]), round(dpi[1])))
        path = stem.with_suffix(".jpg")
    path.write_bytes(page.getvalue())
    return path


def _plain(image: Image.Image) -> Image.Image:
    """``1``, ``L`` or ``RGB`` without profile, transparency (white behind it) or tags."""
    if image.mode in ("1", "L"):
        plain = image
    elif image.mode.startswith("I") or image.mode == "F":
        plain = _eight_bits(image)
    elif image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        opaque = image.convert("RGBA")
        plain = Image.alpha_composite(Image.new("RGBA", opaque.size, "white"), opaque).convert("RGB")
    else:
        plain = image.convert("RGB")
    copy = plain.copy()
    copy.info = {}
    return copy


def _eight_bits(image: Image.Image) -> Image.Image:
    """16 bits become 8 by dropping the lower byte; values that already fit in 8 stay."""
    whole = image.convert("I") if image.mode != "F" else image
    _, high = whole.getextrema()
    factor = 1.0 if not isinstance(high, tuple) and high <= 255 else 1 / 257
    return whole.point(lambda value: value * factor + 0).convert("L")


def _resolution(image: Image.Image) -> tuple[float, float]:
    """The image's dots per inch; what is absent or not credible becomes that of an A4 page."""
    across, down = (float(value) for value in image.info.get("dpi", (0, 0)))
    low, high = _CREDIBLE_DPI
    if low <= across <= high and low <= down <= high and 0.4 < across / down < 2.5:
        return across, down
    guess = max(image.size) / _A4_LONG_INCHES
    return guess, guess
