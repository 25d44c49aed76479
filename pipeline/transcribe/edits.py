"""Corrections that are spoken: "effacez la dernière phrase", "remplacez X par Y", "corrigez deux points …".

An instruction is a whole clause. What it takes back stays beside the text (`TAKEN_BACK`), and so does the instruction
(`RULE`). Only what is certain is done; otherwise everything stays written, with a doubt that offers what may be meant.
"Corrigez le déficit en fer" is advice to a colleague: nothing is quoted, nothing happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.model.phonetic import distance, sound_of
from pipeline.model.text import TAKEN_BACK
from pipeline.transcribe.clauses import clause_starts, ends_clause, past_mark, sentences
from pipeline.transcribe.corrections import correcting, doubt, in_words, replacing, silence
from pipeline.transcribe.dictation import DictationRules, Piece

NEAR = 0.17
"""Share of the sounds that may differ from "effacez la dernière phrase" ("et facile à dernière phrase")."""
_APART = 0.04
"""Instructions that differ by less of a share are not told apart."""
_LONGEST = 9


@dataclass(frozen=True, slots=True)
class Erase:
    """Take back the last ``count`` of ``scope`` (``sentence``, ``word``, ``paragraph``)."""

    scope: str
    count: int


def put_edits(pieces: Sequence[Piece], rules: DictationRules) -> list[Piece]:
    """The pieces after the spoken corrections, in the order in which they were said."""
    done = list(pieces)
    starts = clause_starts(pieces, rules)
    place = 0
    while place < len(done):
        end = place + 1
        if done[place].is_word and (starts[place] or _after_mark(done, place, rules)):
            end = _erasing(done, place, rules) or replacing(done, place, rules) or correcting(done, place, rules) or end
        place = end
    return done


def _after_mark(pieces: Sequence[Piece], place: int, rules: DictationRules) -> bool:
    return place > 0 and (ends_clause(pieces, place - 1, rules) or _is_stop(pieces[place - 1], rules))


def _is_stop(piece: Piece, rules: DictationRules) -> bool:
    """A "point" in disguise that was left a word: "une exérèse poids effacez le dernier mot"."""
    return piece.is_word and bool(rules.alikes.point.fullmatch(piece.norm))


# --- "effacez la dernière phrase" -----------------------------------------------------------------------------------


def _erasing(pieces: list[Piece], place: int, rules: DictationRules) -> int:
    """Do it; the place after the instruction, 0 when there is none."""
    for length in range(2, _LONGEST):
        end = place + length
        if end > len(pieces) or not all(piece.is_word for piece in pieces[place:end]):
            return 0
        if not ends_clause(pieces, end - 1, rules):
            continue
        order = _order(" ".join(piece.norm for piece in pieces[place:end]), _orders(rules))
        if order is None:
            continue
        stop = past_mark(pieces, end)
        target = _to_erase(pieces, place - int(place > 0 and _is_stop(pieces[place - 1], rules)), order)
        if not target:
            doubt(pieces, place, end, ())
            return end
        if place and _is_stop(pieces[place - 1], rules):
            silence(pieces, place - 1, place)
        for at in target:
            pieces[at] = replace(pieces[at], rule=TAKEN_BACK, text=None, doubt="", offers=())
        silence(pieces, place, stop)
        return stop
    return 0


def _orders(rules: DictationRules) -> tuple[tuple[str, Erase], ...]:
    return _all_orders(rules.edits.erase, tuple(rules.edits.scopes.items()), tuple(rules.edits.counts.items()))


@lru_cache(maxsize=4)
def _all_orders(
    verbs: tuple[str, ...], scopes: tuple[tuple[str, tuple[str, ...]], ...], counts: tuple[tuple[str, int], ...]
) -> tuple[tuple[str, Erase], ...]:
    """Every instruction to erase by its sound."""
    return tuple(
        (sound_of(f"{verb} {phrase.replace('COUNT', word)}"), Erase(scope, count if "COUNT" in phrase else 1))
        for verb in verbs
        for scope, phrases in scopes
        for phrase in phrases
        for word, count in (counts if "COUNT" in phrase else (("", 1),))
    )


def _order(said: str, orders: Sequence[tuple[str, Erase]]) -> Erase | None:
    key = sound_of(in_words(said))
    near = [
        (distance(key, sound, (NEAR + _APART) * len(sound)) / len(sound), place)
        for place, (sound, _) in enumerate(orders)
        if abs(len(sound) - len(key)) <= 3
    ]
    if not near or min(near)[0] > NEAR:
        return None
    best = orders[min(near)[1]][1]
    others = {orders[place][1] for off, place in near if off - min(near)[0] < _APART}
    return best if others == {best} else None


def _to_erase(pieces: Sequence[Piece], place: int, order: Erase) -> list[int]:
    """The places of what is taken back; empty when there is not so much."""
    if order.scope == "paragraph":
        return _paragraph(pieces, place)
    spans = sentences(pieces, place)
    if order.scope == "sentence":
        chosen = spans[-order.count :]
        return (
            [at for start, end in chosen for at in range(start, end) if pieces[at].is_written]
            if len(chosen) == order.count
            else []
        )
    if not spans:
        return []
    start, end = spans[-1]
    words = [at for at in range(start, end) if pieces[at].is_written and pieces[at].command is None]
    if len(words) < order.count:
        return []
    return [at for at in range(words[-order.count], end) if pieces[at].is_written]


def _paragraph(pieces: Sequence[Piece], place: int) -> list[int]:
    taken: list[int] = []
    for at in reversed(range(place)):
        command = pieces[at].command
        if command and command.layout:
            if taken:
                return taken[::-1]
            continue
        if pieces[at].is_written:
            taken.append(at)
    return []
