"""Where each word of a draft comes from: the word that was heard, and the person whose version changed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.model.document import Revision
from pipeline.model.text import Token

_PIECE = re.compile(r"\w+|[^\w\s]")
NOWHERE = -1
"""The token of what no sound and no page stands behind."""


@dataclass(frozen=True, slots=True)
class Origin:
    """``text[start:end]`` of one field comes from the transcript's token ``token`` (`NOWHERE`: a person typed it).

    ``by`` and ``revision`` name who wrote it last (a login or "worker") and in which version.
    """

    start: int
    end: int
    token: int
    by: str
    revision: int


@dataclass(frozen=True, slots=True)
class SectionOrigins:
    """The origins of a section's heading and of its text, in order, without gaps between pieces of one token."""

    heading: tuple[Origin, ...]
    text: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or a mark: its place (section, whether in the text, offsets) and its origin."""

    written: str
    section: int
    in_text: bool
    start: int
    end: int
    token: int = NOWHERE
    by: str = ""
    revision: int = 0


def origins(tokens: Iterable[tuple[int, Token]], revisions: Sequence[Revision]) -> tuple[SectionOrigins, ...]:
    """The origins of the last of ``revisions`` (oldest first), one for each of its sections.

    The first version is laid beside the numbered tokens word by word, every later one beside the version before it.
    """
    heard = [_Piece(found[0], 0, True, 0, 0, number) for number, token in tokens for found in _of(token.text)]
    pieces = heard
    for revision in revisions:
        pieces = list(_carried(pieces, _pieces(revision), revision))
    count = len(revisions[-1].sections) if revisions else 0
    return tuple(
        SectionOrigins(
            _merged(piece for piece in pieces if piece.section == number and not piece.in_text),
            _merged(piece for piece in pieces if piece.section == number and piece.in_text),
        )
        for number in range(count)
    )


def _of(text: str) -> Iterator[re.Match[str]]:
    return _PIECE.finditer(text)


def _pieces(revision: Revision) -> list[_Piece]:
    return [
        _Piece(found[0], number, in_text, found.start(), found.end())
        for number, section in enumerate(revision.sections)
        for in_text, text in ((False, section.heading), (True, section.text))
        for found in _of(text)
    ]


def _carried(before: Sequence[_Piece], after: Sequence[_Piece], revision: Revision) -> Iterator[_Piece]:
    """The pieces of a version with the origins of the version before; what differs is by who made the version."""
    first = bool(before) and before[0].revision == 0
    for edit in Levenshtein.opcodes([_key(one, first) for one in before], [_key(one, first) for one in after]):
        for place in range(edit.dest_start, edit.dest_end):
            piece = after[place]
            source = before[edit.src_start + place - edit.dest_start] if edit.tag in ("equal", "replace") else None
            same = edit.tag == "equal" and not first
            yield _Piece(
                piece.written,
                piece.section,
                piece.in_text,
                piece.start,
                piece.end,
                source.token if source else NOWHERE,
                source.by if source and same else revision.made_by,
                source.revision if source and same else revision.number,
            )


def _key(piece: _Piece, loose: bool) -> str:
    """Composing changes capitals and apostrophes of what was heard; between versions every letter counts."""
    return piece.written.casefold().replace("’", "'") if loose else piece.written


def _merged(pieces: Iterator[_Piece]) -> tuple[Origin, ...]:
    found: list[Origin] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last and last.token == piece.token and (last.by, last.revision) == (piece.by, piece.revision):
            found[-1] = Origin(last.start, piece.end, last.token, last.by, last.revision)
        else:
            found.append(Origin(piece.start, piece.end, piece.token, piece.by, piece.revision))
    return tuple(found)
