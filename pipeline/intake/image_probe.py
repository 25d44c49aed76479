"""Opens images with Pillow."""

from __future__ import annotations

from typing import BinaryIO

from pipeline.intake.reasons import Reason

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF"}
MOST_PIXELS = 200_000_000
"""A0 at 300 dpi has 139 million pixels; an A4 page at 1,200 dpi has 139 million too."""


def check_image(file: BinaryIO, media_type: str) -> None:
    """Read the header and verify what Pillow can without decoding. Raises `FileRefused`."""
    import warnings  # here, with Pillow: only when there is a scan

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=[_FORMATS[media_type]]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Reason.BOMB.error()
                image.verify()
    except Image.DecompressionBombError as error:
        raise Reason.BOMB.error() from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        KeyError,
        TypeError,
    ) as error:  # all that Pillow's readers raise
        raise Reason.UNDECODABLE.error() from error
