"""Is it the command, or words that only look like it? Told by the words around, by marks and by pauses.

"Au point de", "deux points de suture", "il n'a point de fièvre" are words. In doubt it stays a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.transcribe.dictation import FINAL, Command, DictationRules, Unit

_COMMAS = frozenset({"virgule", "virgules"})
_SENTENCE_WORDS = 20
"""Words within which "entre guillemets" must be closed."""


@dataclass(frozen=True, slots=True)
class Spot:
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
        last, following = self.units[self.end - 1], self.units[self.end : self.end + 1]
        lone_mark = any(not unit.core and unit.trail for unit in following)  # "point ?" in two words
        return not following or lone_mark or bool(last.trail) or last.pause >= self.rules.pause

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


def is_meant(spot: Spot, command: Command) -> bool:
    """Whether the words at ``spot`` are the command and not words that look like it."""
    before = " ".join(spot.before(4))
    if command.clause_end:
        return _is_sound_alike(spot, command, before)
    if command.closes and not _is_closed(spot, command.closes):
        return False
    before = "" if spot.mark_before else before
    if _ends_with(before, command.not_after) or (not spot.ends and _ends_with(before, command.weak_after)):
        return False
    if _begins_with(spot.after, command.not_before) or _belongs_to_next(spot, command):
        return False
    if command.text == ".":
        return _is_full_stop(spot)
    if command.text == ":" and spot.place >= 2 and spot.norms[spot.place - 1] in _COMMAS:
        return not _is_number(spot.norms[spot.place - 2], spot.rules)  # "à 4 virgule 2 points."
    if command.text == ":":
        return not (spot.fresh and spot.runs_on)
    if command.text == "," and spot.between_numbers and not spot.mark_before:
        return is_decimal(spot.units, spot.place, spot.end, spot.rules) or _is_list_comma(spot)
    return True


def _is_closed(spot: Spot, mark: str) -> bool:
    """Whether what closes ``mark`` is said soon: "entre guillemets" is often only a manner of speaking."""
    following = spot.norms[spot.end : spot.end + _SENTENCE_WORDS]
    says = [say for command in spot.rules.commands if command.text == mark for say in command.say]
    return any(tuple(following[at : at + len(say)]) == say for at in range(len(following)) for say in says)


def _is_sound_alike(spot: Spot, command: Command, before: str) -> bool:
    """ "… du repos poids." is a full stop; "Poids : 80 kg", "Poids, 80 kg" and "taille, poids." are not."""
    opens = spot.fresh or bool(FINAL & set(spot.mark_before))
    value = spot.end < len(spot.units) and _is_number(spot.norms[spot.end], spot.rules)
    if not spot.ends or opens or value or ":" in spot.units[spot.end - 1].trail:
        return False
    return not _ends_with(before, command.not_after)


def _belongs_to_next(spot: Spot, command: Command) -> bool:
    """ "deux points d'Ethilon", "point de fracture": a noun with its complement, unless a sentence begins there."""
    if not spot.runs_on or not _begins_with(spot.after, command.loose_before):
        return False
    if command.text == ":" and spot.place and spot.norms[spot.place - 1] in spot.rules.headings:
        return False
    return not _begins_with(spot.after, spot.rules.still_before)


def _is_full_stop(spot: Spot) -> bool:
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


def _is_list_comma(spot: Spot) -> bool:
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


def is_number_colon(units: Sequence[Unit], norms: Sequence[str], place: int, rules: DictationRules) -> bool:
    """Whisper's "2." for "deux points": after a heading, or run together with the next word."""
    if place == 0 or units[place].raw not in rules.heading_number or units[place - 1].trail:
        return False
    runs_on = place + 1 < len(units) and units[place + 1].word == units[place].word
    before = norms[place - 1]
    runs_on = runs_on and len(norms[place + 1]) > 1
    return before in rules.headings or (runs_on and before not in rules.numbered and not before.isdecimal())


def _is_number(norm: str, rules: DictationRules) -> bool:
    """A number word ("vingt-cinq", "d'un") or something that ends in a digit."""
    return norm.split("-")[0].rpartition("'")[2] in rules.numbers or norm[-1:].isdecimal()


def _ends_with(text: str, phrases: Sequence[str]) -> bool:
    return any(text.endswith(p) and (len(text) == len(p) or text[-len(p) - 1] in " '-") for p in phrases)


def _begins_with(text: str, phrases: Sequence[str]) -> bool:
    return any(text.startswith(p) and (p.endswith("'") or text[len(p) : len(p) + 1] in {"", " "}) for p in phrases)
