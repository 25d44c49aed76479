"""A plain text as a transcript, and where in it a person finds a place. Standard library only."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from pipeline.model.text import Token, Transcript

_TOKEN = re.compile(r"(\s*)(\S+)")


def transcript_of(text: str) -> Transcript:
    """The transcript whose text is ``text``, to the last blank; it has no sound and no page."""
    tokens = [Token(found[2], found[1], found[2]) for found in _TOKEN.finditer(text)]
    if rest := text[len(text.rstrip()) :]:
        tokens.append(Token("", rest, ""))
    return Transcript(tuple(tokens))


@dataclass(frozen=True)
class Lines:
    """The lines of a text. Both numbers count from 1; columns count characters."""

    text: str

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of ``text[offset]``."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]
