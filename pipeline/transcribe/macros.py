"""Texts of a practice that are dictated by their name: "texte type examen cardio normal".

They are data: ``lexicon/macros.yaml`` holds samples, a practice's own stand in ``macros.yaml`` of its home folder. A
text is put in when its name follows one of the words of ``edits.macro``, or stands alone as a whole sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model.phonetic import distance, sound_of
from pipeline.transcribe.clauses import clause_starts, ends_clause
from pipeline.transcribe.dictation import DictationRules, Macro, Piece

ALONE = "texte type appelé par son seul nom : à vérifier"
UNKNOWN = "texte type inconnu"
NEAR = 0.2
"""Share of the sounds of a name that may differ after a word that calls it."""
_LONGEST = 9


def put_macros(pieces: Sequence[Piece], rules: DictationRules) -> list[Piece]:
    """The pieces, with each call of a text as one piece that writes it."""
    if not rules.macros:
        return list(pieces)
    written: list[Piece] = []
    starts = clause_starts(pieces, rules)
    place = 0
    while place < len(pieces):
        found = _call_at(pieces, place, rules, alone=starts[place]) if pieces[place].is_word else None
        if found is None:
            length = _unknown_at(pieces, place, rules) if starts[place] else 0
            written += [replace(piece, doubt=UNKNOWN) for piece in pieces[place : place + length]] or [pieces[place]]
            place += length or 1
            continue
        length, macro = found
        units = tuple(unit for piece in pieces[place : place + length] for unit in piece.units)
        doubt, offers = (
            (ALONE, (_as_said(pieces[place : place + length]),)) if _is_alone(pieces[place], rules) else ("", ())
        )
        made = replace(pieces[place], units=units, rule=f"texte type : {macro.name}", text=macro.text)
        written.append(replace(made, doubt=doubt, offers=offers))
        place += length
    return written


def _call_at(pieces: Sequence[Piece], place: int, rules: DictationRules, *, alone: bool) -> tuple[int, Macro] | None:
    words = [piece.norm if piece.is_word else "" for piece in pieces[place : place + _LONGEST]]
    for trigger in sorted(rules.edits.macro, key=len, reverse=True):
        if tuple(words[: len(trigger)]) == trigger or _sounds_like(words[: len(trigger)], trigger):
            found = _named(pieces, place + len(trigger), rules)
            return (found[0] + len(trigger), found[1]) if found else None
    if not alone:
        return None
    for macro in rules.macros:
        name = macro.say[0]
        if len(name) > 1 and tuple(words[: len(name)]) == name and ends_clause(pieces, place + len(name) - 1, rules):
            return len(name), macro
    return None


def _sounds_like(words: Sequence[str], trigger: tuple[str, ...]) -> bool:
    """ "d'exte type" for "texte type"; a trigger of one word is not guessed."""
    said, key = sound_of(" ".join(words)), sound_of(" ".join(trigger))
    return len(trigger) > 1 and all(words) and distance(said, key) <= 0.25 * len(key)


def _is_alone(piece: Piece, rules: DictationRules) -> bool:
    """Whether no word surely called the text: the name may have been a sentence of its own."""
    return not any(piece.norm == say[0] for say in rules.edits.macro)


def _as_said(pieces: Sequence[Piece]) -> str:
    text = " ".join(piece.units[0].core for piece in pieces)
    return f"{text[:1].upper()}{text[1:]}."


def _unknown_at(pieces: Sequence[Piece], place: int, rules: DictationRules) -> int:
    """How many pieces call a text that nobody has written: "texte type genou." ("macro" alone is a word)."""
    trigger = next((say for say in rules.edits.macro if len(say) > 1 and _says(pieces, place, say)), ())
    end = place + len(trigger)
    while trigger and end < len(pieces) and pieces[end].is_word and not ends_clause(pieces, end - 1, rules):
        end += 1
    return end - place if trigger else 0


def _says(pieces: Sequence[Piece], place: int, say: tuple[str, ...]) -> bool:
    said = pieces[place : place + len(say)]
    return all(piece.is_word for piece in said) and tuple(piece.norm for piece in said) == say


def _named(pieces: Sequence[Piece], place: int, rules: DictationRules) -> tuple[int, Macro] | None:
    """The text whose name sounds nearest to the words at ``place``; names are whole clauses or exact."""
    best: tuple[float, int, int, Macro] | None = None
    for length in range(1, _LONGEST):
        said = pieces[place : place + length]
        if len(said) < length or not all(piece.is_word for piece in said):
            break
        words = " ".join(piece.norm for piece in said)
        for number, macro in enumerate(rules.macros):
            for say in macro.say:
                key = sound_of(" ".join(say))
                off = (
                    0.0
                    if words.replace("-", " ") == " ".join(say)
                    else distance(sound_of(words), key) / max(len(key), 1) + 0.001
                )
                ranked = (off, -length, number, macro)
                if off <= NEAR and (best is None or ranked[:3] < best[:3]):
                    best = ranked
    return (-best[1], best[3]) if best else None
