"""The QR code of a page, by zxing-cpp."""

from __future__ import annotations

import base64
import io

import zxingcpp
from PIL import Image, ImageOps

BORDER = 2
"""Modules of white around the code."""
DOTS = 6
"""Of a module, each way: 250 an inch where the code is 20 mm wide, sharp also where a viewer smooths pictures."""


def qr_data_uri(text: str) -> str:
    """A PNG as ``data:`` address: error level M and a narrow border, read from dirty scans at 20 mm.

    A picture, because WeasyPrint is slow at a path of hundreds of lines.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dots = memoryview(code.to_image(scale=DOTS, add_quiet_zones=False))  # type: ignore[arg-type]  # it is a buffer
    bare = Image.frombytes("L", (len(dots), len(dots)), dots.tobytes())
    written = io.BytesIO()
    ImageOps.expand(bare, BORDER * DOTS, fill=255).save(written, "PNG", compress_level=1)  # WeasyPrint packs it again
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")
