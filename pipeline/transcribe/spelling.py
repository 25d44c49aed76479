"""Names that are spelled: "Monsieur Lefor, j'épelle L E F O R T" writes Lefort.

Whisper writes the letters as it likes: "P-H-I-L", "P.H.I.L.", "PHIL", "pé hache i elle", "P comme Pierre", "deux L".
They take the place of the word or words just before when both sound alike; otherwise all stays and is doubted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.model.phonetic import distance, sound_of
from pipeline.transcribe.dictation import FINAL, DictationRules, Piece, plain

RULE = "épelé"
DOUBT = "nom épelé : à vérifier"
ALIKE = 0.34
"""Share of the sounds that may differ between the word said and the word spelled ("Lefor", "les forts", LEFORT)."""
_TARGET_WORDS = 3
_JOINERS = {"tiret": "-", "trait d'union": "-", "apostrophe": "'", "espace": " ", "plus loin": " "}
_DOUBLE = frozenset({"deux", "2", "double"})


@dataclass(frozen=True, slots=True)
class Spelled:
    """The word that the letters make, and the place after the last of them."""

    word: str
    end: int
    letters: int


def put_spelling(pieces: Sequence[Piece], rules: DictationRules) -> list[Piece]:
    """The pieces, with what was spelled in place of what was heard, and the letters no longer written."""
    done = list(pieces)
    place = 0
    while place < len(done):
        length = _trigger_at(done, place, rules)
        spelled = read_letters(done, place + length, rules) if length else None
        if spelled is None or spelled.letters < 2:
            place += 1
            continue
        start = _target(done, place, spelled.word)
        if start is None:
            done[place : spelled.end] = [
                replace(piece, doubt=DOUBT, offers=(_named(spelled.word),)) for piece in done[place : spelled.end]
            ]
        else:
            done[start : spelled.end] = _replaced(done[start : spelled.end], spelled.word)
        place = spelled.end
    return done


def _trigger_at(pieces: Sequence[Piece], place: int, rules: DictationRules) -> int:
    """How many pieces say "j'épelle"; Whisper also writes "j'ai pelle"."""
    for length in (1, 2, 3):
        said = pieces[place : place + length]
        if len(said) < length or not all(piece.is_word for piece in said):
            break
        heard = " ".join(piece.units[0].core for piece in said)
        if any(plain(heard) == plain(say) or sound_of(heard) == sound_of(say) for say in rules.edits.spell):
            return length
    return 0


def read_letters(pieces: Sequence[Piece], place: int, rules: DictationRules) -> Spelled | None:
    """The letters from ``place`` on, up to the end of the sentence or to something that is no letter."""
    word, letters, start = "", 0, place
    while place < len(pieces):
        length, text = _letter_at(pieces, place, word, rules)
        if not length:
            break
        if text.startswith("\0"):
            word = unicodedata.normalize("NFC", word + text[1:])
        else:
            word += text
            letters += sum(char.isalpha() for char in text)
        place += length
        last = pieces[place - 1].units[-1]
        if FINAL & set(last.trail) and len(plain(last.core)) > 1:
            break
    word = word.strip("-' ")
    return Spelled(word, place, letters) if place > start and word else None


def _letter_at(pieces: Sequence[Piece], place: int, word: str, rules: DictationRules) -> tuple[int, str]:
    """How many pieces are a letter, and what it adds; an accent for the letter before begins with ``\\0``."""
    edits, piece = rules.edits, pieces[place]
    two = " ".join(each.norm for each in pieces[place : place + 2]) if place + 1 < len(pieces) else ""
    if piece.command and piece.command.text in {"–", "-", "'"}:
        return 1, "-" if piece.command.text == "–" else piece.command.text
    if two in edits.accents and word:
        return 2, "\0" + edits.accents[two]
    if piece.norm in edits.accents and word:
        return 1, "\0" + edits.accents[piece.norm]
    if two in edits.letters:
        return 2, edits.letters[two]
    if not piece.is_word:
        return 0, ""
    if piece.norm in _DOUBLE and place + 1 < len(pieces):
        length, letter = _letter_at(pieces, place + 1, word, rules)
        return (length + 1, letter * 2) if len(letter) == 1 and letter.isalpha() else (0, "")
    if two in _JOINERS or piece.norm in _JOINERS:
        return (2, _JOINERS[two]) if two in _JOINERS else (1, _JOINERS[piece.norm])
    letter = _as_letters(piece.units[0].core, piece.norm, rules)
    if len(letter) == 1 and place + 2 < len(pieces) and pieces[place + 1].norm == "comme":
        return 3, letter
    return (1, letter) if letter else (0, "")


def _as_letters(core: str, norm: str, rules: DictationRules) -> str:
    """ "P", "P-H-I-L", "P.H.I.L", "PHIL", "pé"."""
    apart = re.split(r"[-.]", core)
    if all(len(part) == 1 and part.isalpha() for part in apart):
        return "".join(apart).lower()
    if core.isalpha() and core.isupper():
        return core.lower()
    return rules.edits.letters.get(norm, "")


def _target(pieces: Sequence[Piece], place: int, word: str) -> int | None:
    """Where the words begin that sound like the spelled one, just before ``place``."""
    best: tuple[float, int] | None = None
    key = sound_of(word)
    for length in range(1, _TARGET_WORDS + 1):
        said = pieces[max(0, place - length) : place]
        if len(said) < length or not all(each.is_word for each in said):
            break
        if length > 1 and any(set(".!?…") & set(each.units[0].trail) for each in said[:-1]):
            break
        heard = sound_of(" ".join(each.units[0].core for each in said))
        off = distance(heard, key) / max(len(heard), len(key), 1)
        letters = _off_letters("".join(each.norm for each in said), plain(word))
        off = min(off, letters)
        if off <= ALIKE and (best is None or off < best[0]):
            best = (off, place - length)
    return best[1] if best else None


def _off_letters(said: str, word: str) -> float:
    said = re.sub(r"[^a-z]", "", said)
    return distance(said, re.sub(r"[^a-z]", "", word)) / max(len(said), len(word), 1)


def _named(word: str) -> str:
    return re.sub(r"(?:^|(?<=[-' ]))\w", lambda found: found[0].upper(), word)


def _replaced(pieces: Sequence[Piece], word: str) -> list[Piece]:
    """The first word of the target carries the spelling; the other words and the letters are not written."""
    first = pieces[0].units[0].core
    text = word.upper() if len(first) > 2 and first.isupper() else _named(word)
    last = pieces[-1].units[-1].trail
    return [
        replace(piece, command=None, rule=RULE, text=text + (_stop(last) if place == 0 else "") if place == 0 else None)
        for place, piece in enumerate(pieces)
    ]


def _stop(trail: str) -> str:
    """The mark of the engine after the letters goes to the word that they spell."""
    return trail[-1:] if trail[-1:] in ".,;:!?" else ""
