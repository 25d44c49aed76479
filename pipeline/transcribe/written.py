"""Writes found commands and words as French text, each piece with what was heard.

Marks of the engine's own, beside spoken ones: a spoken mark replaces the engine's mark before and after it. In a
recording that says its punctuation, what the engine adds between words is mostly noise ("de stade, deux de la"): after
the first spoken command its comma is kept only at a pause, its full stop only at a pause or before a capital (there
Whisper wrote "." for the spoken "point"). The opening, before the first command, is spoken freely and keeps its marks.
Digits, units and decimals are never touched. Nothing is dropped: a mark or word that is not written is still the
``raw`` of a token.

Spaces (French typography): no-break space U+00A0 before ``:`` and inside « », narrow U+202F before ``; ! ?``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from pipeline.model.text import Token, Word
from pipeline.transcribe.commands import find_commands
from pipeline.transcribe.contexts import is_decimal
from pipeline.transcribe.dictation import FINAL, DictationRules, Piece, Unit, units_of
from pipeline.transcribe.edits import put_edits
from pipeline.transcribe.macros import put_macros
from pipeline.transcribe.spelling import put_spelling
from pipeline.transcribe.titles import spell_titles

NO_BREAK = "\u00a0"
NARROW = "\u202f"
SPACE_BEFORE = {":": NO_BREAK, "»": NO_BREAK, ";": NARROW, "!": NARROW, "?": NARROW, ",": "", ".": "", "…": "", ")": ""}
SPACE_AFTER = {"(": "", "«": NO_BREAK}
_CLOSING = frozenset(",.;:?!…")
_WEAK = frozenset(",;")
_REPLACED_BEFORE = {
    **dict.fromkeys(_CLOSING, _CLOSING),
    "(": _WEAK,
    ")": _WEAK | frozenset("."),
    "»": _WEAK,
}
"""Marks of the engine that a spoken mark after them replaces: a comma at the pause before "fermez la parenthèse"."""
_ONE_LETTER_WORDS = frozenset("AÀYÔ")
_CASES = {"upper": "tout en majuscules", "lower": "en minuscules", "capital": "majuscule"}


def write(words: Sequence[Word], rules: DictationRules) -> tuple[Token, ...]:
    """Tokens of the written text. The raws without spaces, joined, are the words without spaces, joined."""
    units = units_of(words, rules)
    pieces, spoken = find_commands(units, rules)
    pieces = put_edits(put_spelling(put_macros(pieces, rules), rules), rules)
    if spoken:
        pieces = spell_titles(pieces, rules.titles, rules.not_titles)
    first = next((place for place, piece in enumerate(pieces) if piece.command), len(pieces))
    writer = _Writer(rules)
    places = [0, *accumulate(len(piece.units) for piece in pieces)]
    for place, piece in enumerate(pieces):
        following = next((each for each in pieces[place + 1 :] if each.is_written), None)
        writer.doubt, writer.offers = piece.doubt, piece.offers
        if piece.rule:
            writer.decided(piece)
        elif piece.command is None:
            writer.word(piece.units[0], following, free=not spoken or place < first)
        elif piece.command.layout:
            writer.layout(piece)
        elif piece.command.case:
            writer.case(piece, following)
        else:
            start = places[place]
            writer.mark(
                piece,
                decimal=piece.command.text == "," and is_decimal(units, start, start + len(piece.units), rules),
            )
    return writer.finished()


@dataclass
class _Writer:
    """What has been written so far, and what the next word must look like."""

    rules: DictationRules
    tokens: list[Token] = field(default_factory=list)
    space: str = ""
    capital: bool = True
    lower: bool = False
    last_mark: int | None = None  # place of the closing mark that was written last, when no word followed
    last_layout: int | None = None
    last_unit: Unit | None = None
    next_case: str = ""  # how the next word is written, when a person said so
    doubt: str = ""
    offers: tuple[str, ...] = ()

    def word(self, unit: Unit, following: Piece | None, *, free: bool) -> None:
        if not unit.core and unit.trail and (self.last_mark is not None or any(map(self._ends_with, _CLOSING))):
            self._add(unit.raw, "", "", "marque du moteur", (unit,))
            return
        trail = _kept_trail(unit, following, free=free, pause=self.rules.pause)
        core, rule = self._cased(unit)
        text = unit.lead + core + _spaced(trail, bool(core))
        if trail != unit.trail:
            rule = "marque du moteur"
        before = SPACE_BEFORE.get(text[:1], self.space) if not core and self.tokens else self.space
        if self._continues(unit):
            before = ""
        self._add(unit.raw, text, before if text else "", rule if text != unit.raw else "", (unit,))
        if text:
            self.capital = bool(FINAL & set(trail))
            self.lower = bool(FINAL & set(unit.trail)) and not self.capital
            self.last_mark = self.last_layout = None
            self.space = " "
            self.last_unit = unit

    def mark(self, piece: Piece, *, decimal: bool) -> None:
        command = piece.command
        assert command is not None  # noqa: S101 - told to mypy: the caller has looked
        raw, text = " ".join(unit.raw for unit in piece.units), command.text
        if decimal:
            self._add(raw, text, "", "virgule décimale", piece.units)
            self.space = ""
            return
        doubled = text in _CLOSING and (self._ends_with(text) or self._at_line_start())
        if doubled or (text in _CLOSING and self.last_mark is not None and not self._replaces_last(text)):
            self._add(raw, "", "", command.rule, piece.units)
            return
        if text in _CLOSING and self._ends_with(text):  # "M." and a full stop in place of a comma
            self._add(raw, "", "", command.rule, piece.units)
            return
        self._unmark(text)
        before = "" if command.joins else SPACE_BEFORE.get(text, self.space)
        self._add(raw, text, before, command.rule, piece.units)
        self.space = "" if command.joins else SPACE_AFTER.get(text, " ")
        stopped = bool(FINAL & set(piece.units[-1].trail)) or self.lower
        if text in _CLOSING:
            self.last_mark = len(self.tokens) - 1
            self.capital = text in FINAL
        self.lower = stopped and not self.capital
        self.last_layout = None

    def decided(self, piece: Piece) -> None:
        """What a rule has decided: words that are not written, or other words in their place."""
        raw, last = " ".join(unit.raw for unit in piece.units), piece.units[-1]
        if piece.text is None:
            stops = bool(FINAL & set(last.trail)) or (piece.command is not None and piece.command.text in FINAL)
            self.lower = self.lower or (stops and not self.capital)
            self._add(raw, "", "", piece.rule, piece.units)
            return
        text = piece.text[:1].upper() + piece.text[1:] if self.capital else piece.text
        self._add(raw, text, self.space if text else "", piece.rule, piece.units)
        if text:
            self.capital, self.lower = text[-1] in FINAL, False
            self.last_mark = self.last_layout = None
            self.space, self.last_unit = " ", last

    def case(self, piece: Piece, following: Piece | None) -> None:
        """ "majuscule X": the word that comes; "X en majuscules" at the end of a clause: the word before."""
        command, last = piece.command, piece.units[-1]
        assert command is not None  # noqa: S101 - told to mypy: the caller has looked
        self._add(" ".join(unit.raw for unit in piece.units), "", "", command.rule, piece.units)
        ends = following is None or following.command is not None or bool(last.trail) or last.pause >= self.rules.pause
        written = next((at for at in reversed(range(len(self.tokens))) if self.tokens[at].text), None)
        if not ends or written is None or self.last_mark is not None:
            self.next_case = command.case
            return
        token = self.tokens[written]
        self.tokens[written] = replace(
            token, text=_cased(token.text, command.case) + last.trail, rule=_CASES[command.case]
        )

    def layout(self, piece: Piece) -> None:
        command = piece.command
        assert command is not None  # noqa: S101 - told to mypy: the caller has looked
        before = command.layout
        if self.last_layout is not None:
            earlier = self.tokens[self.last_layout]
            before = max(before, earlier.before, key=len)
            self.tokens[self.last_layout] = replace(earlier, before="")
        self._add(" ".join(unit.raw for unit in piece.units), "", before, command.rule, piece.units)
        self.last_layout = len(self.tokens) - 1
        self.last_mark = None
        self.space, self.capital, self.lower = "", True, False

    def finished(self) -> tuple[Token, ...]:
        """The tokens; no white space stands at the beginning or the end of the text."""
        for order in (range(len(self.tokens)), reversed(range(len(self.tokens)))):
            for place in order:
                token = self.tokens[place]
                if token.text:
                    self.tokens[place] = replace(token, before="") if place == self._first() else token
                    break
                self.tokens[place] = replace(token, before="")
        return tuple(self.tokens)

    def _continues(self, unit: Unit) -> bool:
        """Whether the word before was cut from the same raw word, and not at the end of a sentence."""
        last = self.last_unit
        if last is None or last.word != unit.word or self.last_mark is not None or self.last_layout is not None:
            return False
        return not (FINAL & set(last.trail)) or last.core.isdecimal()

    def _ends_with(self, mark: str) -> bool:
        last = next((token.text for token in reversed(self.tokens) if token.text), "")
        return last.endswith(mark) and self.last_layout is None

    def _unmark(self, text: str) -> None:
        """A spoken mark takes the place of the engine's comma that ends the word before it."""
        place = next((at for at in reversed(range(len(self.tokens))) if self.tokens[at].text), None)
        if place is None or text not in _CLOSING or self.last_layout is not None:
            return
        token = self.tokens[place]
        if token.text in _WEAK:
            self.tokens[place] = replace(token, text="", before="", rule="marque du moteur")
        elif token.text[-1] in _WEAK:
            self.tokens[place] = replace(token, text=token.text[:-1].rstrip(NARROW), rule="marque du moteur")

    def _at_line_start(self) -> bool:
        """No line begins with a closing mark."""
        return self.last_layout is not None or not any(token.text for token in self.tokens)

    def _first(self) -> int:
        return next(place for place, token in enumerate(self.tokens) if token.text)

    def _replaces_last(self, text: str) -> bool:
        """Of two closing marks in a row one is written: a stronger mark takes the place of a comma."""
        assert self.last_mark is not None  # noqa: S101 - told to mypy: the caller has looked
        last = self.tokens[self.last_mark]
        if last.text not in _WEAK or text in _WEAK:
            return False
        self.tokens[self.last_mark] = replace(last, text="", before="")
        return True

    def _cased(self, unit: Unit) -> tuple[str, str]:
        core = unit.core
        said, self.next_case = (self.next_case, "") if core else ("", self.next_case)
        if said:
            return _cased(core, said), _CASES[said]
        if self.capital and core[:1].islower() and not unit.lead:
            return core[0].upper() + core[1:], "majuscule"
        if self.lower and core[:1].isupper() and unit.norm.rstrip(".") not in self.rules.keep_capital:
            usual = core[1:].islower() if len(core) > 1 else core in _ONE_LETTER_WORDS
            if usual:
                return core[0].lower() + core[1:], "minuscule"
        return core, ""

    def _add(self, raw: str, text: str, before: str, rule: str, units: tuple[Unit, ...]) -> None:
        sure = min(unit.probability for unit in units)
        marked = (self.doubt, self.offers)
        self.tokens.append(Token(text, before, raw, rule, sure, units[0].start, units[-1].end, None, *marked))


def _cased(text: str, case: str) -> str:
    return {"upper": text.upper(), "lower": text.lower(), "capital": text[:1].upper() + text[1:]}[case]


def _kept_trail(unit: Unit, following: Piece | None, *, free: bool, pause: float) -> str:
    """The engine's own marks after a word that are written (see the module's docstring)."""
    marks = {char for char in unit.trail if char in _CLOSING}
    if not marks or following is None:
        return unit.trail
    if following.command is not None:
        drop = bool(marks & _REPLACED_BEFORE.get(following.command.text, frozenset()))
    elif marks == {","} and unit.core[-1:].isdecimal() and following.units[0].core[:1].isdecimal():
        drop = False  # "les 2, 3 et 4 mars", and a "2, 5 mg" that a person must see as it was heard
    elif free or unit.pause >= pause or following.units[0].word == unit.word or marks & {":", ";"}:
        drop = False
    else:
        drop = marks == {","} or not following.units[0].core[:1].isupper()
    return "".join(char for char in unit.trail if char not in _CLOSING) if drop else unit.trail


def _spaced(trail: str, after_word: bool) -> str:
    return SPACE_BEFORE.get(trail[:1], "") + trail if after_word else trail
