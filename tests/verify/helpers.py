"""Transcripts for the tests of this room."""

from __future__ import annotations

import re

from pipeline.model.text import Gap, Token, Transcript

_TOKEN = re.compile(r"(\s*)(\S+)")


def spoken(text: str, gaps: tuple[Gap, ...] = (), unsure: frozenset[str] = frozenset()) -> Transcript:
    """A dictation's transcript: one token a second; the ``unsure`` ones have the probability 0.2."""
    tokens = tuple(
        Token(m[2], m[1], m[2], "", 0.2 if m[2].strip(".,") in unsure else 0.95, float(i), i + 0.9)
        for i, m in enumerate(_TOKEN.finditer(text))
    )
    return Transcript(tokens, duration=float(len(tokens)), gaps=gaps)


def scanned(text: str) -> Transcript:
    """A page's transcript: no times."""
    return Transcript(tuple(Token(m[2], m[1], m[2]) for m in _TOKEN.finditer(text)), pages=1)
