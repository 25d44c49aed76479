"""Where sentences and clauses begin and end among pieces: by a spoken mark, the engine's own mark, or a silence."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.transcribe.dictation import FINAL, DictationRules, Piece


def ends_sentence(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a sentence ends with the piece at ``place``: a full stop that was said, or written by the engine."""
    piece = pieces[place]
    if piece.command:
        return piece.command.text in FINAL or bool(piece.command.layout)
    if not FINAL & set(piece.units[-1].trail):
        return False
    following = next((each for each in pieces[place + 1 :] if each.command or each.units[0].core), None)
    return following is None or following.command is not None or following.units[0].core[:1].isupper()


def ends_clause(pieces: Sequence[Piece], place: int, rules: DictationRules) -> bool:
    """Whether a person stops after the piece at ``place``: a mark of any kind comes, a silence, or the end."""
    if place + 1 >= len(pieces):
        return True
    following, last = pieces[place + 1], pieces[place].units[-1]
    if following.command and (following.command.layout or following.command.text in FINAL | {",", ";", ":"}):
        return True
    return pieces[place].command is not None or bool(last.trail) or last.pause >= rules.pause


def clause_starts(pieces: Sequence[Piece], rules: DictationRules) -> list[bool]:
    """For each piece, whether a sentence may begin with it: after a full stop, a line, or a mark with a silence."""
    starts: list[bool] = []
    for place in range(len(pieces)):
        before = pieces[place - 1] if place else None
        starts.append(
            before is None
            or ends_sentence(pieces, place - 1)
            or bool(before.rule)
            or (bool(before.units[-1].trail) and before.units[-1].pause >= rules.pause)
        )
    return starts


def sentences(pieces: Sequence[Piece], end: int) -> list[tuple[int, int]]:
    """The sentences before ``end`` as ``(start, end)``: with their marks, without layout and what is unwritten."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for place in range(end):
        piece = pieces[place]
        if not piece.is_written or (piece.command and piece.command.layout):
            if start is not None and piece.command:
                found.append((start, place))
                start = None
            continue
        if start is None and piece.command and piece.command.text in FINAL and found:
            found[-1] = (found[-1][0], place + 1)  # a second full stop
            continue
        start = place if start is None else start
        if ends_sentence(pieces, place):
            found.append((start, place + 1))
            start = None
    if start is not None:
        found.append((start, end))
    return found


def sentence_end(pieces: Sequence[Piece], place: int) -> int:
    """The place after the sentence that holds ``place``; a layout ends it and stays out."""
    for at in range(place, len(pieces)):
        command = pieces[at].command
        if command and command.layout:
            return at
        if ends_sentence(pieces, at):
            return at + 1
    return len(pieces)


def past_mark(pieces: Sequence[Piece], end: int) -> int:
    """After the "point" that ends an instruction."""
    while end < len(pieces) and (command := pieces[end].command) and command.text in FINAL | {",", ";"}:
        end += 1
    return end
