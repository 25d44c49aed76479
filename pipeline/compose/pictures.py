"""Looks at a picture before a library decodes it: what could swell, run a program or reach out is refused."""

from __future__ import annotations

import io
import re

from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 25_000_000
"""A4 at 400 dpi is 15 million: up to four bytes each once decoded."""
MOST_BYTES = 4 * 1024 * 1024

_FORMATS = ("PNG", "JPEG", "GIF")
"""Pillow knows forty others: for EPS it runs Ghostscript."""
_DRAWING = re.compile(r"<(\w+:)?svg[\s>]", re.IGNORECASE)
_ENTITIES = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def picture_fault(content: bytes) -> str:
    """Why this picture is refused, in French; "" when it is fine or is no picture (a style sheet, a font)."""
    try:
        with Image.open(io.BytesIO(content)) as picture:  # reads the header only
            kind, (width, height) = picture.format, picture.size
    except UnidentifiedImageError:
        return _drawing_fault(content)
    except Image.DecompressionBombError:
        return "elle est démesurée une fois décompressée"
    except (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError):
        return "elle est abîmée"
    if kind not in _FORMATS:
        return f"le format {kind} n'est pas admis"
    if width * height > MOST_PIXELS:
        return f"elle compte {width} × {height} points"
    return f"elle dépasse {MOST_BYTES // 1024 // 1024} Mo" if len(content) > MOST_BYTES else ""


def _drawing_fault(content: bytes) -> str:
    encodings = ("utf-16-le", "utf-16-be") if b"\0" in content[:64] else ("utf-8",)
    for encoding in encodings:
        text = content.decode(encoding, "replace")
        if _DRAWING.search(text) and _ENTITIES.search(text):
            return "ce dessin SVG contient une déclaration XML dangereuse (DTD)"
    return ""
