"""What a sentence may become when a correction says the new words and not the old ones. Offered, never done."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model.phonetic import distance, sound_of
from pipeline.transcribe.dictation import EditWords, Piece, plain

ALIKE = 0.45
"""Share of the sounds that may differ between the new words and those that they may replace."""
_MOST = 2


def corrected(sentence: Sequence[Piece], wanted: str, edits: EditWords) -> tuple[str, ...]:
    """Up to three readings of ``sentence`` (with its full stop) with ``wanted`` in it, likeliest first.

    A complement of time replaces the one at the end; words replace those that sound most alike, or the figure with
    the same unit; the last reading adds them at the end.
    """
    words = [(piece.units[0].core, _mark(piece)) for piece in sentence if piece.command is None]
    marks = [piece.command.text if piece.command else "" for piece in sentence]
    if (
        not words
        or len(words) != len(marks) - sum(1 for mark in marks if mark)
        or any(m in "«»()–" for m in marks if m)
    ):
        return ()
    texts = _texts(sentence)
    norms = [plain(core) for core, _ in words]
    offered: list[str] = []
    for start, end in _spans(norms, wanted, edits):
        offered.append(_joined([*texts[:start], wanted + _tail(texts[end - 1]), *texts[end:]]))
    last = texts[-1].rstrip(".,;:!?…")
    offered.append(_joined([*texts[:-1], last, f"{wanted}."]))
    return tuple(dict.fromkeys(offered))[: _MOST + 1]


def _spans(norms: Sequence[str], wanted: str, edits: EditWords) -> list[tuple[int, int]]:
    """The words that ``wanted`` may replace, as places, likeliest first."""
    new = plain(wanted).split()
    spans: list[tuple[int, int]] = []
    if new[0] in edits.time_starts or " ".join(new) in edits.times:
        spans += _time(norms, edits)
    if len(new) > 1 and any(char.isdigit() for char in new[0]):
        spans += [(i - 1, i + 1) for i in range(1, len(norms)) if norms[i] == new[-1] and norms[i - 1][-1:].isdigit()]
    alike: list[tuple[float, int, int]] = []
    key = sound_of(wanted)
    for length in range(max(1, len(new) - 1), len(new) + 2):
        for start in range(len(norms) - length + 1):
            said = sound_of(" ".join(norms[start : start + length]))
            off = distance(said, key) / max(len(said), len(key), 1)
            if said and off <= ALIKE:
                alike.append((off, start, start + length))
    if alike:
        spans.append(min(alike)[1:])
    return spans[:_MOST]


def _time(norms: Sequence[str], edits: EditWords) -> list[tuple[int, int]]:
    """A complement of time at the end of the sentence: "rapidement", "dans trois mois"."""
    end = len(norms)
    for length in (3, 2, 1):
        if end > length and " ".join(norms[end - length :]) in edits.times:
            return [(end - length, end)]
    if norms[-1].endswith("ment") and len(norms[-1]) > 6 and end > 1:
        return [(end - 1, end)]
    starts = [i for i in range(max(1, end - 6), end - 1) if norms[i] in edits.time_starts]
    return [(starts[-1], end)] if starts else []


def _texts(sentence: Sequence[Piece]) -> list[str]:
    """The words with the marks that follow them."""
    texts: list[str] = []
    for piece in sentence:
        if piece.command is None:
            texts.append(piece.units[0].lead + piece.units[0].core + _mark(piece))
        elif texts:
            texts[-1] = texts[-1].rstrip(",;.") + piece.command.text
    return texts


def _mark(piece: Piece) -> str:
    return piece.units[-1].trail


def _tail(text: str) -> str:
    return text[len(text.rstrip(".,;:!?…")) :]


def _joined(texts: Sequence[str]) -> str:
    text = " ".join(part for part in texts if part)
    return text[:1].upper() + text[1:]
