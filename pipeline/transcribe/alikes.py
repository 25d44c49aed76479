"""Commands by their sound: what Whisper writes for "deux points", "virgule", "nouveau paragraphe" when it cannot tell.

"Indication de poids traumatisme", "Motif 2. diabète", "modéré vieux guls pas de", "nous vaut pas à grave". Only in a
recording that says its punctuation. What decides is the sound together with the place: a heading at the start of a
sentence before a colon, a mark or a silence around a layout. What is plausible and not certain is a doubt: the word
stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.model.phonetic import distance, sound_of
from pipeline.transcribe.dictation import Command, DictationRules, Unit
from pipeline.transcribe.titles import TitleHeard, heard_title, sentence_start

COLON = 0.3
"""Share of the sounds of a heading that may differ before "de poids" ("Aducation de poids")."""
NEAR = 0.22
"""Share of the sounds of a long command ("nouveau paragraphe") that may differ."""
LONG = 10
"""Sounds from which a command cannot be taken for anything else ("nouveau paragraphe", not "à la ligne")."""
_LONGEST = 6
_COMMA_WORDS = 2
_MERGED = re.compile(r"^2[.,](\d+)$")
"""Whisper's "2,5" and "2.1" after a heading: "deux points" and the first sound of the next word."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """``length`` units that may be a command: the French question, and what may be meant instead of them."""

    length: int
    message: str
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ear:
    """Listens at a place of one recording.

    ``marked[i]``: a spoken full stop, colon or layout ends with ``units[i]``; ``said[i]``: any command. Both grow as
    the recording is read.
    """

    units: Sequence[Unit]
    norms: Sequence[str]
    marked: list[bool]
    said: list[bool]
    rules: DictationRules

    def colon_at(self, place: int) -> int:
        """How many units at ``place`` are a "deux points" in disguise; 0 when none. A heading must stand before it."""
        if self._is_spelled_colon(place):
            return 2
        length = self._colon_like(place)
        if not length:
            return 0
        title = self._title_before(place)
        if title is not None and (title.off <= COLON or self.norms[place] != "de"):
            return 0 if self._is_weight(place) else length
        exact = place > 0 and self._is_heading(place - 1)
        return length if exact and self._begins(place) and not self._is_weight(place) else 0

    def _is_spelled_colon(self, place: int) -> bool:
        """ "Entessé dans deux points, hypertension": the words before forbid a colon, but they sound as a heading."""
        if self.norms[place] not in {"deux", "2"} or self.norms[place + 1 : place + 2] != ["points"]:
            return False
        title = self._title_before(place) if self._ends(place + 1) else None
        return title is not None and title.is_sure

    def full_stop_at(self, place: int) -> int:
        """ "dans trois mois de point.": nothing is counted in "mois de points" (of "mois de poids" a person is
        asked): 2, else 0."""
        if self.norms[place] != "de" or place + 1 >= len(self.units) or not place or self.units[place].trail:
            return 0
        if self.norms[place - 1] not in self.rules.alikes.times or not self._ends(place + 1):
            return 0
        return 2 if self.norms[place + 1] in {"point", "points"} else 0

    def number_at(self, place: int) -> int:
        """Whisper's "2." or "2," for "deux points" after a heading, before something that is no number: 1, else 0."""
        raw = self.units[place].raw
        if place == 0 or raw not in {*self.rules.heading_number, "2,"} or self.units[place - 1].trail not in {"", ","}:
            return 0
        following = self.norms[place + 1] if place + 1 < len(self.units) else ""
        if following[:1].isdigit() and raw == "2,":
            return 0
        title = self._title_before(place)
        return int(title is not None and title.is_sure) or int(self._is_elided_heading(place - 1) and raw != "2,")

    def comma_at(self, place: int) -> int:
        """ "vieux guls", "augule,", "vergül": how many units are a "virgule"."""
        alikes = self.rules.alikes
        for length in range(1, _COMMA_WORDS + 1):
            last = place + length - 1
            if last >= len(self.units) or any(unit.trail for unit in self.units[place:last]):
                return 0
            word = self.norms[last]
            if self.units[last].core[-1:] in "éÉ" or word in alikes.not_comma:
                continue
            if length == 1 and self._is_exact(word):
                return 0
            if length == 1 and (alikes.comma.fullmatch(word) or self._is_weak_comma(place)):
                return 1
            if length > 1 and re.fullmatch(r"(?:au|eau)?gu?l+e?s?", word) and len(self.norms[place]) <= 5:
                said = sound_of(" ".join(self.norms[place : last + 1]))
                if distance(said, "virgul") <= 1.5 or (self.norms[place] in {"et", "est"} and word.startswith("au")):
                    return length
        return 0

    def _is_weak_comma(self, place: int) -> bool:
        """ "opérée véhicule démence": a "virgule" that became a noun where no noun can stand."""
        alikes = self.rules.alikes
        before = self.norms[place - 1] if place else ""
        if self.norms[place] not in alikes.weak_comma or not before or "'" in self.units[place].core:
            return False
        return before not in alikes.not_weak_after and not self.units[place - 1].trail

    def phrase_at(self, place: int, table: Sequence[tuple[str, Command]]) -> tuple[int, Command] | None:
        """A long command that sounds nearly right: layout only between marks or silences."""
        best: tuple[float, int, Command, str] | None = None
        first = sound_of(self.norms[place])[:1]
        if not first:
            return None
        for length in range(1, min(_LONGEST, len(self.units) - place) + 1):
            if length > 1 and self.units[place + length - 2].trail not in {"", ","}:
                break
            said = _sound(" ".join(unit.core for unit in self.units[place : place + length]))
            for key, command in table:
                if abs(len(said) - len(key)) > 3 or first != key[0] or not self._apart(place, length, command, key):
                    continue
                off = distance(said, key) / len(key)
                if off <= NEAR and (best is None or off < best[0]):
                    best = (off, length, command, key)
        if best is None:
            return None
        off, length, command, key = best
        others = [other for other, _ in table if not key.endswith(other)]
        return None if self._ends_with_nearer(place, length, off, others) else (length, command)

    def _ends_with_nearer(self, place: int, length: int, off: float, keys: Sequence[str]) -> bool:
        """ "huit fermez la parenthèse" sounds like "ouvrez la parenthèse", its end is a command by itself: the first
        word was said for itself."""
        ends = (
            _sound(" ".join(unit.core for unit in self.units[first : place + length]))
            for first in range(place + 1, place + length)
        )
        return any(distance(end, key, off * len(key)) < off * len(key) for end in ends for key in keys)

    def doubt_at(self, place: int) -> Doubt | None:
        """What may be a command here and cannot be told."""
        unit = self.units[place]
        merged = _MERGED.match(unit.core)
        if (
            merged
            and place
            and self._runs_on(place)
            and self._title_before(place)
            and not self._has_unit(place, merged[1])
        ):
            return Doubt(1, "« deux points » entendu ?", (f": {merged[1]}", ":") if len(merged[1]) > 2 else (":",))
        if not merged and unit.core == "2" and not unit.trail and self._title_before(place) and self._opens_next(place):
            return Doubt(1, "« deux points » entendu ?", (":",))
        title = (
            self._title_before(place, anywhere=True) if place and self.norms[place] in self.rules.alikes.two else None
        )
        length = self._colon_like(place, loose=title is not None)
        if length and place and not self._is_weight(place):
            if title or self._is_heading(place - 1):
                return Doubt(length, "« deux points » entendu ?", (":",))
            if self.norms[place] == "de" and self._ends(place + length - 1):
                return Doubt(length, "« point » entendu ?", (".",))
        if unit.norm == "point" and place and self.norms[place - 1] in {"et", "en", "un"} and not self._ends(place):
            return Doubt(1, "« point » entendu ?", (".",))
        return None

    def semicolon_at(self, place: int) -> int:
        """ "poids virgule" without a mark between or before: 2, else 0."""
        if place + 1 >= len(self.units) or self.units[place].trail:
            return 0
        if not self.rules.alikes.point.fullmatch(self.norms[place]) or self.norms[place] in {"point", "points"}:
            return 0  # the contexts of the table have decided
        listed = place > 0 and bool(self.units[place - 1].trail)
        return 0 if listed or self.norms[place + 1] not in {"virgule", "virgules"} else 2

    def is_point(self, place: int) -> bool:
        """ "poés", "poise": a "point" as an accent makes it."""
        word = self.norms[place]
        return bool(self.rules.alikes.point.fullmatch(word)) and not self._is_exact(word)

    def _is_exact(self, word: str) -> bool:
        """A word of the table, about which its contexts have decided."""
        return any((word,) in command.say for command in self.rules.commands)

    def _colon_like(self, place: int, *, loose: bool = False) -> int:
        if self.norms[place] in self.rules.alikes.one_word_colon:
            return 1
        if self.norms[place] not in self.rules.alikes.two or place + 1 >= len(self.units):
            return 0
        first, second = self.units[place], self.norms[place + 1]
        if first.pause >= self.rules.pause or (first.trail and first.trail != ","):
            return 0
        if self.norms[place] in {"deux", "2"} and second in {"point", "points"} and not loose:
            return 0  # the contexts of the table have decided
        cut = place + 2 < len(self.units) and self.units[place + 1].word == self.units[place + 2].word
        like = self.rules.alikes.point.fullmatch(second) or (cut and second.startswith(("poi", "poe")))
        if not like and second in self.rules.alikes.weak_point:
            title = self._title_before(place)
            like = title is not None and title.is_sure and (self.norms[place] != "de" or second.startswith("poe"))
        return 2 if like or (loose and self.norms[place] == "de" and second.startswith("poi")) else 0

    def _title_before(self, place: int, *, anywhere: bool = False) -> TitleHeard | None:
        """The heading before ``place`` since the start of the sentence; ``anywhere``: or since a spoken comma."""
        marked = self.said if anywhere else self.marked
        start = sentence_start(self.units, marked, place, self.rules.pause)
        if start is None or start == place:
            return None
        words = " ".join(unit.core for unit in self.units[start:place])
        return heard_title(words, self.rules.titles, self.rules.not_titles)

    def _is_heading(self, place: int) -> bool:
        return self.norms[place] in self.rules.headings

    def _is_elided_heading(self, place: int) -> bool:
        return self.norms[place].rpartition("'")[2] in self.rules.headings and self.units[place].core[:1] != ""

    def _begins(self, place: int) -> bool:
        """Whether the one word before ``place`` stands after a mark of any kind."""
        return place < 2 or self.marked[place - 2] or bool(self.units[place - 2].trail)

    def _is_weight(self, place: int) -> bool:
        """ "Perte de poids", "Suivi de poids." (but "Suivi de poids contrôle…" is a colon)."""
        return self.norms[place] == "de" and self.norms[place - 1] in self.rules.alikes.weights

    def _has_unit(self, place: int, digits: str) -> bool:
        """ "Biologie 2,5 g": a figure with its unit (but "2,104 kg" has too many places to be one)."""
        following = self.norms[place + 1] if place + 1 < len(self.units) else ""
        return len(digits) < 3 and (len(following) <= 3 or following in self.rules.counted)

    def _runs_on(self, place: int) -> bool:
        following = self.units[place + 1 : place + 2]
        return not self.units[place].trail or any(unit.core[:1].islower() for unit in following)

    def _opens_next(self, place: int) -> bool:
        unit = self.units[place]
        following = self.units[place + 1] if place + 1 < len(self.units) else None
        return following is not None and (unit.pause >= self.rules.pause or following.core[:1].isupper())

    def _ends(self, place: int) -> bool:
        unit, following = self.units[place], self.units[place + 1 : place + 2]
        lone_mark = any(not each.core and each.trail for each in following)
        return not following or lone_mark or bool(unit.trail) or unit.pause >= self.rules.pause

    def _apart(self, place: int, length: int, command: Command, key: str) -> bool:
        """A layout begins after a mark or a silence; a short one ("à la ligne") ends so too."""
        before = self.units[place - 1] if place else None
        opens = before is None or self.marked[place - 1] or bool(before.trail) or before.pause >= self.rules.pause
        return not command.layout or (opens and (len(key) >= LONG or self._ends(place + length - 1)))


@lru_cache(maxsize=8192)
def _sound(words: str) -> str:
    return sound_of(words)


def sound_table(rules: DictationRules) -> list[tuple[str, Command]]:
    """The commands that are known by their sound, with the sound of each way to say them."""
    return [
        (key, command)
        for command in rules.commands
        if command.sound
        for say in command.say
        if len(key := _sound(" ".join(say))) >= 6
    ]
