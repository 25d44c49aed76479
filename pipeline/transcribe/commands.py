"""Finds the spoken commands among units: "virgule", "à la ligne", "ouvrez les guillemets"…

A word that merely looks like a command is told by `contexts.py`, what merely sounds like one by `alikes.py`. In doubt
it stays a word: a "point" too many is seen and struck out, a word that became a mark is lost. `written.py` turns what
is found into text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.transcribe.alikes import Ear, sound_table
from pipeline.transcribe.contexts import Spot, is_meant, is_number_colon
from pipeline.transcribe.dictation import FINAL, Command, DictationRules, Piece, Unit

_ENDS = FINAL | {":"}


def find_commands(units: Sequence[Unit], rules: DictationRules) -> tuple[list[Piece], bool]:
    """The units as pieces, and whether this recording says its punctuation.

    It does with ``spoken_punctuation_from`` certain commands, or with ``sound_alikes_from`` sound-alikes ("poids."
    for "point") at the ends of clauses. Sound-alikes are taken as commands only in such a recording.
    """
    certain, all_found = _matched(units, rules, spoken=False), _matched(units, rules, spoken=True)
    sure = sum(1 for piece in certain if piece.command)
    alike = sum(1 for piece in all_found if piece.command and piece.command.clause_end)
    spoken = sure >= rules.spoken_punctuation_from or alike >= rules.sound_alikes_from
    return (all_found if spoken else certain), spoken


def _matched(units: Sequence[Unit], rules: DictationRules, *, spoken: bool) -> list[Piece]:
    table = [(say, command) for command in rules.commands if spoken or not command.clause_end for say in command.say]
    table.sort(key=lambda entry: -len(entry[0]))
    marked, said, layouts = ([False] * len(units) for _ in range(3))
    norms = [unit.norm for unit in units]
    search = _Search(units, norms, table, rules, marked, said, layouts, sound_table(rules))
    pieces: list[Piece] = []
    place = 0
    while place < len(units):
        fresh = not pieces or bool(pieces[-1].command and pieces[-1].command.layout)
        found = search.exactly(place, fresh=fresh) or (search.by_sound(place) if spoken else None)
        if found:
            length, command = found
            pieces.append(Piece(tuple(units[place : place + length]), command))
            search.said[place + length - 1] = True
            search.layouts[place + length - 1] = bool(command.layout)
            search.marked[place + length - 1] = bool(command.layout) or command.text in _ENDS
            place += length
            continue
        doubt = search.ear.doubt_at(place) if spoken else None
        words = units[place : place + (doubt.length if doubt else 1)]
        pieces += [
            Piece((unit,), doubt=doubt.message if doubt else "", offers=doubt.offers if doubt else ()) for unit in words
        ]
        place += len(words)
    return pieces


@dataclass(frozen=True, slots=True)
class _Search:
    """The tables and the units of one recording. ``marked``: a spoken mark or layout ends at this unit."""

    units: Sequence[Unit]
    norms: Sequence[str]
    table: Sequence[tuple[tuple[str, ...], Command]]
    rules: DictationRules
    marked: list[bool]
    said: list[bool]
    layouts: list[bool]
    sounds: Sequence[tuple[str, Command]]

    @property
    def ear(self) -> Ear:
        return Ear(self.units, self.norms, self.marked, self.said, self.rules)

    def exactly(self, place: int, *, fresh: bool) -> tuple[int, Command] | None:
        found = _command_at(self.units, self.norms, place, self.table, self.rules, fresh=fresh)
        if found is None and is_number_colon(self.units, self.norms, place, self.rules):
            return 1, _written_as(":", self.rules)
        return found

    def by_sound(self, place: int) -> tuple[int, Command] | None:
        length = self.ear.colon_at(place) or self.ear.number_at(place)
        if length:
            return length, _written_as(":", self.rules)
        for mark, at in ((",", self.ear.comma_at), (".", self.ear.full_stop_at)):
            if length := at(place):
                return length, _written_as(mark, self.rules)
        length = self.ear.semicolon_at(place)
        if length:
            command = _written_as(";", self.rules)
            spot = Spot(self.units, self.norms, place, place + length, fresh=False, rules=self.rules)
            return (length, command) if is_meant(spot, command) else None
        if self._is_dash(place):
            return 1, _written_as("–", self.rules)
        stop = next((command for command in self.rules.commands if command.clause_end), None)
        if stop and self.ear.is_point(place):
            spot = Spot(self.units, self.norms, place, place + 1, fresh=False, rules=self.rules)
            return (1, stop) if is_meant(spot, stop) else None
        found = self.ear.phrase_at(place, self.sounds)
        if found:
            spot = Spot(self.units, self.norms, place, place + found[0], fresh=False, rules=self.rules)
            return found if is_meant(spot, found[1]) else None
        return None

    def _is_dash(self, place: int) -> bool:
        """ "à la ligne, tiré paracétamol"."""
        return self.norms[place] in self.rules.alikes.dash and place > 0 and self.layouts[place - 1]


def _written_as(mark: str, rules: DictationRules) -> Command:
    return next(command for command in rules.commands if command.text == mark and not command.clause_end)


def _command_at(
    units: Sequence[Unit],
    norms: Sequence[str],
    place: int,
    table: Sequence[tuple[tuple[str, ...], Command]],
    rules: DictationRules,
    *,
    fresh: bool,
) -> tuple[int, Command] | None:
    for say, command in table:
        end = place + len(say)
        if tuple(norms[place:end]) != say or _is_interrupted(units[place : end - 1], say, rules.pause):
            continue
        if is_meant(Spot(units, norms, place, end, fresh, rules), command):
            return len(say), command
    return None


def _is_interrupted(inner: Sequence[Unit], say: tuple[str, ...], pause: float) -> bool:
    """ "point. | Virgule": two commands, not one. But "point. | Finale." is one."""
    if say[-1] in {"final", "finale"}:
        return False
    return any(FINAL & set(unit.trail) and unit.pause >= pause for unit in inner)
