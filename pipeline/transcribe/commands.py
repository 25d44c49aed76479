"""Finds the spoken commands among units: "virgule", "à la ligne", "ouvrez les guillemets"…

A word that merely looks like a command ("au point de", "deux points de suture", "il n'a point de fièvre") is told by
the words around it and by pauses. In doubt it stays a word: a "point" too many is seen and struck out, a word that
became a mark is lost. `written.py` turns what is found into text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.transcribe.dictation import FINAL, Command, DictationRules, Piece, Unit


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
    norms = [unit.norm for unit in units]
    colon = next(command for command in rules.commands if command.text == ":")
    pieces: list[Piece] = []
    place = 0
    while place < len(units):
        fresh = not pieces or bool(pieces[-1].command and pieces[-1].command.layout)
        found = _command_at(units, norms, place, table, rules, fresh=fresh)
        if found is None and _is_number_colon(units, norms, place, rules):
            found = (1, colon)
        length, command = found or (1, None)
        pieces.append(Piece(tuple(units[place : place + length]), command))
        place += length
    return pieces


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
        if tuple(norms[place:end]) != say or _is_interrupted(units[place : end - 1], rules.pause):
            continue
        if _is_meant(_Spot(units, norms, place, end, fresh, rules), command):
            return len(say), command
    return None


def _is_interrupted(inner: Sequence[Unit], pause: float) -> bool:
    """ "point. | Virgule": two commands, not one."""
    return any(FINAL & set(unit.trail) and unit.pause >= pause for unit in inner)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place where the words of a command stand: ``units[place:end]``. ``fresh``: a line or the text begins here."""

    units: Sequence[Unit]
    norms: Sequence[str]
    place: int
    end: int
    fresh: bool
    rules: DictationRules

    @property
    def ends(self) -> bool:
        """Whether a clause ends here: by the engine's own mark, a pause, or the end of the recording."""
        last = self.units[self.end - 1]
        return self.end == len(self.units) or bool(last.trail) or last.pause >= self.rules.pause

    @property
    def mark_before(self) -> str:
        return self.units[self.place - 1].trail if self.place else ""

    def before(self, count: int) -> list[str]:
        return list(self.norms[max(0, self.place - count) : self.place])

    @property
    def after(self) -> str:
        return "" if self.ends else " ".join(self.norms[self.end : self.end + 4])

    @property
    def runs_on(self) -> bool:
        """Whether an ordinary small letter or a figure follows at once: no sentence begins there."""
        return not self.ends and not self.units[self.end].core[:1].isupper()

    @property
    def between_numbers(self) -> bool:
        """Whether numbers stand on both sides and no silence: a decimal, or something a person must read."""
        if self.place == 0 or self.end >= len(self.units) or self.units[self.end - 1].pause >= self.rules.pause:
            return False
        left, right = self.norms[self.place - 1], self.norms[self.end]
        if right in self.rules.articles and left[-1:].isdecimal():
            return False
        return _is_number(left, self.rules) and _is_number(right, self.rules)


def _is_meant(spot: _Spot, command: Command) -> bool:
    """Whether the words at ``spot`` are the command and not words that look like it."""
    before = " ".join(spot.before(4))
    if command.clause_end:
        return _is_sound_alike(spot, command, before)
    before = "" if spot.mark_before else before
    if _ends_with(before, command.not_after) or (not spot.ends and _ends_with(before, command.weak_after)):
        return False
    if _begins_with(spot.after, command.not_before) or _belongs_to_next(spot, command):
        return False
    if command.text == ".":
        return _is_full_stop(spot)
    if command.text == ":":
        return not (spot.fresh and spot.runs_on)
    if command.text == "," and spot.between_numbers and not spot.mark_before:
        return is_decimal(spot.units, spot.place, spot.end, spot.rules) or _is_list_comma(spot)
    return True


def _is_sound_alike(spot: _Spot, command: Command, before: str) -> bool:
    """ "… du repos poids." is a full stop; "Poids : 80 kg", "Poids, 80 kg" and "taille, poids." are not."""
    opens = spot.fresh or bool(FINAL & set(spot.mark_before))
    value = spot.end < len(spot.units) and _is_number(spot.norms[spot.end], spot.rules)
    if not spot.ends or opens or value or ":" in spot.units[spot.end - 1].trail:
        return False
    return not _ends_with(before, command.not_after)


def _belongs_to_next(spot: _Spot, command: Command) -> bool:
    """ "deux points d'Ethilon", "point de fracture": a noun with its complement, unless a sentence begins there."""
    if not spot.runs_on or not _begins_with(spot.after, command.loose_before):
        return False
    if command.text == ":" and spot.place and spot.norms[spot.place - 1] in spot.rules.headings:
        return False
    return not _begins_with(spot.after, spot.rules.still_before)


def _is_full_stop(spot: _Spot) -> bool:
    rules, before = spot.rules, spot.before(8)
    if spot.fresh and spot.runs_on:
        return False
    if before and not spot.mark_before and any(_ends_with(word, rules.negations) for word in _negators(before)):
        return False
    if before and spot.norms[spot.end - 1].endswith("s") and _is_number(before[-1], rules):
        return spot.ends and not rules.scores & set(before)
    return not (spot.between_numbers and spot.runs_on and not spot.mark_before)


def _negators(before: Sequence[str]) -> list[str]:
    """Where the "ne" of "ne présente point", "n'a point" would stand."""
    elided = before[-1].partition("'")
    return [*before[-2:-1], elided[0] + elided[1]]


def _is_list_comma(spot: _Spot) -> bool:
    """Between two numbers but surely no decimal: "1000 virgule 3 fois", "2,5 virgule 3", "2024 virgule 3 épisodes"."""
    if spot.ends:
        return False
    left = spot.units[spot.place - 1].core
    following = spot.norms[spot.end + 1 : spot.end + 2]
    spoken = spot.place >= 3 and is_decimal(spot.units, spot.place - 2, spot.place - 1, spot.rules)
    return "," in left or spoken or (left.isdecimal() and len(left) >= 4) or bool(spot.rules.counted & set(following))


def is_decimal(units: Sequence[Unit], place: int, end: int, rules: DictationRules) -> bool:
    """ "8 virgule 9": digits on both sides, said without a pause and without a mark of the engine's own.

    Never after four digits ("1000 virgule 3", "2024 virgule 3"), before what is counted in whole numbers ("3 fois"),
    or with digits that already are the end of a decimal ("2 virgule 5 virgule 3").
    """
    if place == 0 or end >= len(units) or units[place - 1].trail or units[end - 1].trail:
        return False
    if max(unit.pause for unit in units[place - 1 : end]) >= rules.pause:
        return False
    left, right = units[place - 1].core, units[end]
    if not left.isdecimal() or len(left) >= 4 or not right.core[:1].isdecimal() or right.lead:
        return False
    if end + 1 < len(units) and not right.trail and units[end + 1].norm in rules.counted:
        return False
    comma = units[place - 2].norm == units[place].norm if place >= 3 else False
    return not (comma and is_decimal(units, place - 2, place - 1, rules))


def _is_number_colon(units: Sequence[Unit], norms: Sequence[str], place: int, rules: DictationRules) -> bool:
    """Whisper's "2." for "deux points": after a heading, or run together with the next word."""
    if place == 0 or units[place].raw not in rules.heading_number or units[place - 1].trail:
        return False
    runs_on = place + 1 < len(units) and units[place + 1].word == units[place].word
    before = norms[place - 1]
    return before in rules.headings or (runs_on and before not in rules.numbered and not before.isdecimal())


def _is_number(norm: str, rules: DictationRules) -> bool:
    """A number word ("vingt-cinq", "d'un") or something that ends in a digit."""
    return norm.split("-")[0].rpartition("'")[2] in rules.numbers or norm[-1:].isdecimal()


def _ends_with(text: str, phrases: Sequence[str]) -> bool:
    return any(text.endswith(p) and (len(text) == len(p) or text[-len(p) - 1] in " '-") for p in phrases)


def _begins_with(text: str, phrases: Sequence[str]) -> bool:
    return any(text.startswith(p) and (p.endswith("'") or text[len(p) : len(p) + 1] in {"", " "}) for p in phrases)
