"""Spoken corrections that name other words: "remplacez X par Y", "corrigez deux points Y"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model.phonetic import distance, sound_of
from pipeline.model.text import INSTRUCTION, TAKEN_BACK
from pipeline.transcribe.clauses import ends_sentence, past_mark, sentence_end, sentences
from pipeline.transcribe.dictation import FINAL, DictationRules, EditWords, Piece
from pipeline.transcribe.offers import corrected

RULE = INSTRUCTION
DOUBT = "correction dictée : à appliquer"
REPLACED = "correction dictée : à vérifier"
_FIGURES = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_VERB = 0.5  # "remplaissez"
_QUOTES = frozenset("«»")


def replacing(pieces: list[Piece], place: int, rules: DictationRules) -> int:
    verb = pieces[place].norm
    if verb not in rules.edits.replace and distance(sound_of(verb), sound_of("remplacez")) > _VERB:
        return 0
    end = sentence_end(pieces, place)
    middle = [at for at in range(place + 2, end) if pieces[at].is_word and pieces[at].norm in rules.edits.by]
    if len(middle) != 1:
        return 0
    old, new = _content(pieces, place + 1, middle[0]), _content(pieces, middle[0] + 1, end)
    if not old or not new or any(not pieces[at].is_word for at in (*old, *new)):
        return 0
    norms = [pieces[at].norm for at in old]
    spots = _occurrences(pieces, place, norms)
    wanted = " ".join(pieces[at].units[0].core for at in new)
    quoted = len(old) + len(new) < end - place - 2 - (1 if pieces[end - 1].command else 0)
    if len(spots) == 1 and (quoted or norms[0].split("'")[0] not in rules.edits.articles):
        _put(pieces, spots[0], wanted, quoted=quoted)
        silence(pieces, place, past_mark(pieces, end))
        return end
    bare = norms[1:] if norms[0] in rules.edits.articles else norms
    if spots or (bare and _occurrences(pieces, place, bare)):
        doubt(pieces, place, end, ())
        return end
    return 0


def _content(pieces: Sequence[Piece], start: int, end: int) -> list[int]:
    """The pieces without quotation marks and closing marks at the end."""
    inner = [at for at in range(start, end) if not (pieces[at].command and pieces[at].command.text in _QUOTES)]  # type: ignore[union-attr]
    while inner and (command := pieces[inner[-1]].command) and command.text in FINAL | {","}:
        inner.pop()
    return inner


def _occurrences(pieces: Sequence[Piece], place: int, norms: Sequence[str]) -> list[list[int]]:
    """Where the words stand in the last two sentences."""
    spans = sentences(pieces, place)[-2:]
    words = [at for start, end in spans for at in range(start, end) if pieces[at].is_word]
    wanted = [_heard(norm) for norm in norms]
    said = [_heard(pieces[at].norm) for at in words]
    return [words[i : i + len(norms)] for i in range(len(words) - len(norms) + 1) if said[i : i + len(norms)] == wanted]


def _heard(norm: str) -> str:
    """A word as it sounds ("supportables" as "supportable"); figures and short words as they are."""
    word = in_words(norm)
    return sound_of(word) if len(word) > 3 and word.isalpha() else word


def _put(pieces: list[Piece], spot: Sequence[int], wanted: str, *, quoted: bool) -> None:
    """``wanted`` for the words at ``spot``: it stands in the last of them, with its mark.

    Without quotation marks it might be advice to a colleague ("remplacez bisoprolol par nébivolol"): done, and doubted.
    """
    doubt = "" if quoted else REPLACED
    old = " ".join(pieces[at].units[0].core for at in spot)
    for at in spot[:-1]:
        pieces[at] = replace(pieces[at], rule=TAKEN_BACK, text=None, doubt="", offers=())
    last = pieces[spot[-1]]
    pieces[spot[-1]] = replace(
        last, rule=RULE, text=wanted + last.units[-1].trail, doubt=doubt, offers=(old,) if doubt else ()
    )


def correcting(pieces: list[Piece], place: int, rules: DictationRules) -> int:
    """A correction whose target is not said: all stays, the sentence before and the instruction are one doubt."""
    length = _opening(pieces, place, rules.edits)
    if not length or not _is_apart(pieces, place + length - 1, rules):
        return 0
    end = sentence_end(pieces, place)
    said = [at for at in _content(pieces, place + length, end) if not (pieces[at].command and at == place + length)]
    wanted = " ".join(pieces[at].units[0].core for at in said if pieces[at].is_word)
    spans = sentences(pieces, place)
    if not spans or not wanted:
        doubt(pieces, place, end, ())
        return end
    start = spans[-1][0]
    before = [pieces[at] for at in range(*spans[-1]) if pieces[at].is_written]
    if any(pieces[at].command and pieces[at].command.layout for at in range(start, end)):  # type: ignore[union-attr]
        start = place
        doubt(pieces, start, end, ())
    else:
        doubt(pieces, start, end, corrected(before, wanted, rules.edits))
    return end


def _opening(pieces: Sequence[Piece], place: int, edits: EditWords) -> int:
    for say in sorted(edits.open_corrections, key=len, reverse=True):
        said = pieces[place : place + len(say)]
        if tuple(piece.norm for piece in said) == say and all(piece.is_word for piece in said):
            return len(say)
    return 0


def _is_apart(pieces: Sequence[Piece], last: int, rules: DictationRules) -> bool:
    """Whether a colon, a quotation mark or a stop of the speaker follows: "je corrige le traitement" goes on."""
    if last + 1 >= len(pieces) or ends_sentence(pieces, last):
        return False
    following = pieces[last + 1]
    if following.command is not None:
        return following.command.text in {":", "«", ","}
    if not following.units[0].core:
        return True  # the engine's mark on its own
    trail = pieces[last].units[-1].trail
    return bool(trail) or pieces[last].units[-1].pause >= rules.pause


def in_words(said: str) -> str:
    figures = {str(number): word for number, word in enumerate(_FIGURES, 1)}
    return " ".join(figures.get(word, word) for word in said.split())


def silence(pieces: list[Piece], start: int, end: int) -> None:
    for at in range(start, end):
        pieces[at] = replace(pieces[at], rule=RULE, text=None, doubt="", offers=())


def doubt(pieces: list[Piece], start: int, end: int, offers: tuple[str, ...]) -> None:
    for at in range(start, end):
        if pieces[at].is_written:
            pieces[at] = replace(pieces[at], doubt=DOUBT, offers=offers)
