"""The QR code of a page, by segno."""

from __future__ import annotations

import segno


def qr_data_uri(text: str) -> str:
    """An SVG QR code as ``data:`` address: error level M and a border of 2 modules, read from dirty scans at 20 mm."""
    code = segno.make_qr(text, error="m", boost_error=False)
    return code.svg_data_uri(border=2, dark="#000", light=None, omitsize=True, nl=False)
