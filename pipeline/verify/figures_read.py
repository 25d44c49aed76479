"""Figures of a scanned page that may have been misread: a person must look at the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.model.text import Finding, FindingKind, Transcript

UNSURE_FIGURE = 0.9
"""Probability of its line under which a figure is asked about. Lines of a stained page that were read rightly have
0.96 and more (``tests/scan/pages.py``)."""
_LETTER_FOR_FIGURE = re.compile(r"(?<![A-Za-z\d])(?:\d[\d.,/]*[OoIlSB]|[OoIlSB][.,/]?\d)[\dOoIlSB.,/]*(?![A-Za-z\d])")
"""An O, I, l, S or B inside a figure, which recognisers write for 0, 1, 5 and 8."""


def unsure_figures(transcript: Transcript) -> Iterator[Finding]:
    """One finding for each word of a scan with a figure that was hardly read or that holds a look-alike letter."""
    for token, (start, end) in zip(transcript.tokens, transcript.offsets, strict=True):
        if token.box is None or not any(letter.isdigit() for letter in token.text):
            continue
        mixed = _LETTER_FOR_FIGURE.search(token.text) is not None
        if mixed or token.probability < UNSURE_FIGURE:
            why = "une lettre y ressemble à un chiffre" if mixed else "à peine lisible"
            message = f"chiffre à vérifier sur l'image : {why}"
            score = round(1 - token.probability, 4)
            yield Finding(FindingKind.DICTATED, start, end, token.text, (), score, message)
