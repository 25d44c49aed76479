"""Both hearings of each piece made one text, with the terms that the pieces around it hint at.

A first hearing without any hint says which terms may have been meant; the second is shown those of its own piece and of
the few before and after, wherever the windows of a long file end: a piece is heard in an hour of sound as it is alone.
So the last pieces of a window wait for the first hearing of the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from pipeline.model.text import Fit, Recording, Weighed, Word
from pipeline.transcribe.decoder import Decoder, Reading, Sounds, WeighingSounds, Wishes
from pipeline.transcribe.fits import Places, fits
from pipeline.transcribe.pieces import BREAK, Piece
from pipeline.transcribe.port import Hints, Prompter, Span, Suggester
from pipeline.transcribe.two_hearings import is_looping, one_text, parts_of
from pipeline.transcribe.weighing import Told, weigh

STYLE = "Cher confrère virgule à la ligne. Conclusion deux points examen normal virgule sans particularité point."
"""Shown before a second hearing, after the hints: how a dictation sounds when its marks are spoken."""
MOST_HINTS = 40
"""Hints of one piece: about as many as fit into a prompt of 223 tokens beside the style."""
NEAR = 3
"""Pieces before and after one whose hints it is shown too: a term that was heard well helps near by. Not beyond a
silence that ends every piece (`BREAK`): what follows may be about another patient."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces of one window (at ``start`` seconds of the recording) that were made ready together.

    Its first ``opening`` pieces may not be shown names of patients. ``first`` are their first hearings; the hints of
    the first piece are number ``begin`` of the recording.
    """

    pieces: Sequence[Piece]
    start: float
    opening: int
    sounds: Sounds
    first: Sequence[Reading]
    begin: int


@dataclass(frozen=True, slots=True)
class PieceText:
    """One piece of the window at ``start``: its first reading, and the words that came of all hearings."""

    piece: Piece
    start: float
    reading: Reading
    words: tuple[Word, ...]
    weighed: tuple[Weighed, ...] = ()
    fits: tuple[Fit, ...] = ()


@dataclass
class Twice:
    """Hears the pieces of one recording, window by window. ``wishes`` are those of a last hearing."""

    decoder: Decoder
    prompter: Prompter
    recording: Recording
    wishes: Wishes
    _hints: list[Hints] = field(default_factory=list)
    _times: list[Span] = field(default_factory=list)
    _waiting: list[Group] = field(default_factory=list)

    def hear(
        self, pieces: Sequence[Piece], start: float, opening: int, tell: Callable[[float], None], *, last: bool
    ) -> list[PieceText]:
        """Take the pieces of one window, the ``last`` one or not; the texts of all that wait for no further piece.

        The first ``opening`` pieces may not be shown names of patients. ``tell`` is told the share that is done.
        """
        ready = len(pieces) if last else max(0, len(pieces) - NEAR)
        for begin, end in ((0, ready), (ready, len(pieces))):
            if begin < end:
                self._take(pieces[begin:end], start, max(0, opening - begin))
                tell(0.4 * end / len(pieces))
        found: list[PieceText] = []
        while self._waiting and (last or self._is_ready(self._waiting[0])):
            found += self._texts(self._waiting.pop(0))
        return found

    def _is_ready(self, group: Group) -> bool:
        return len(self._hints) >= group.begin + len(group.pieces) + NEAR

    def _take(self, pieces: Sequence[Piece], start: float, opening: int) -> None:
        sounds = self.decoder.open([piece.samples for piece in pieces])
        first = self._witnesses(pieces, sounds.read(wishes=Wishes(beam=1)))
        self._waiting.append(Group(pieces, start, opening, sounds, first, len(self._hints)))
        self._times += [(start + piece.start, start + piece.end) for piece in pieces]
        self._hints += [self.prompter(one.text, self.recording) if one.words else Hints() for one in first]

    def _witnesses(self, pieces: Sequence[Piece], first: Sequence[Reading]) -> list[Reading]:
        """First hearings that can bear witness: one that loops has lost the rest of its piece, and is heard once more
        with more beams; without it, all that the second hears beside its hints would have to be refused."""
        heard: list[Reading] = []
        for piece, reading in zip(pieces, first, strict=True):
            again = self.decoder.open([piece.samples]).read(wishes=self.wishes) if is_looping(reading.words) else []
            heard.append(next((one for one in again if not is_looping(one.words)), reading))
        return heard

    def _texts(self, group: Group) -> list[PieceText]:
        """A piece without any hint is shown how a dictation sounds; one that loops over its hints is heard once more
        with no more than that."""
        places = range(len(group.pieces))
        near = [self._near(group.begin + place) for place in places]
        prompts = [prompt(near[place], opening=place < group.opening) for place in places]
        second = group.sounds.read([one or STYLE for one in prompts], self.wishes)
        texts: list[tuple[Word, ...]] = []
        for place, (before, after) in enumerate(zip(group.first, second, strict=True)):
            words = after.words
            if is_looping(words) and prompts[place]:
                words = self.decoder.open([group.pieces[place].samples]).read(STYLE, self.wishes)[0].words
            texts.append(one_text(before.words, words, shown(near[place])))
        weighed = self._weighed(group, texts)
        return [
            PieceText(piece, group.start, reading, *found)
            for piece, reading, found in zip(group.pieces, group.first, weighed, strict=True)
        ]

    def _weighed(
        self, group: Group, texts: Sequence[tuple[Word, ...]]
    ) -> Sequence[tuple[tuple[Word, ...], tuple[Weighed, ...], tuple[Fit, ...]]]:
        sounds, suggester = group.sounds, self.prompter
        if not (isinstance(sounds, WeighingSounds) and isinstance(suggester, Suggester)):
            return [(words, (), ()) for words in texts]
        told = [
            Told(words, suggester.candidates(words, self.recording, opening=place < group.opening))
            for place, words in enumerate(texts)
        ]
        weighed = weigh(told, sounds)
        likely = [
            Places(words, suggester.likely(words, opening=place < group.opening))
            for place, (words, _) in enumerate(weighed)
        ]
        return [(*one, fit) for one, fit in zip(weighed, fits(likely, sounds), strict=True)]

    def _near(self, number: int) -> list[Hints]:
        """The hints of the pieces around number ``number``, its own last."""
        before, after = self._together(number, -1), self._together(number, 1)
        return [*(self._hints[place] for place in (*reversed(before), *after)), self._hints[number]]

    def _together(self, number: int, step: int) -> list[int]:
        """At most `NEAR` pieces on one side of number ``number`` that no `BREAK` parts from it, the nearest first."""
        found: list[int] = []
        for place in range(number + step, number + (NEAR + 1) * step, step):
            if not 0 <= place < len(self._hints):
                break
            one, other = self._times[min(place, place - step)], self._times[max(place, place - step)]
            if other[0] - one[1] >= BREAK:
                break
            found.append(place)
        return found


def prompt(hints: Sequence[Hints], *, opening: bool) -> str:
    """The hints of other pieces, then those of the last one, then the style: of a long prompt the end counts."""
    others = chain.from_iterable(_of(one, opening) for one in hints[:-1])
    own = _of(hints[-1], opening)
    chosen = list(dict.fromkeys([*(term for term in others if term not in own), *own]))[-MOST_HINTS:]
    return f"{', '.join(chosen)}. {STYLE}" if chosen else ""


def shown(hints: Sequence[Hints]) -> frozenset[str]:
    """The plain words of all hints and of the style, but for its spoken marks: these are said everywhere."""
    terms = chain.from_iterable((*one.later, *one.terms) for one in hints)
    marks = {"virgule", "point", "points", "deux", "ligne"}
    return frozenset(chain(*map(parts_of, terms), parts_of(STYLE) - marks))


def _of(hints: Hints, opening: bool) -> tuple[str, ...]:
    return hints.terms if opening else (*hints.later, *hints.terms)
