"""The practice's own list of terms: a CSV file of its home folder with the columns of the project's lists.

Words are added and taken out one at a time. The file is replaced in one move; other lines stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.verify.sources import COLUMNS, PRACTICE, Entry, read_list
from pipeline.verify.spelling import plain

LONGEST = 60
"""Characters of a term."""
MOST_WORDS = 5
_WORD = re.compile(r"[^\W_](?:[^\W_]|['’‑./-](?=[^\W_]))*")
_COMMENT = "# Les termes du cabinet (« calame lexicon add »). Colonnes : voir lexicon/README.md du projet.\n"


class TermClass(StrEnum):
    """What a practice may add. Beginnings of words are left to the project: they change what is known at large."""

    ABBREVIATION = "abbreviation"
    DRUG = "drug"
    BRAND = "drug-brand"
    PROCEDURE = "procedure"
    LAB_TEST = "lab-test"
    IMAGING = "imaging"
    SIGN = "sign"
    DEVICE = "device"
    UNIT = "unit"
    DOCUMENT = "document"
    TITLE = "title"


class Gender(StrEnum):
    """Of a noun."""

    FEMININE = "f"
    MASCULINE = "m"


class Number(StrEnum):
    """Only what is written in the plural has one."""

    PLURAL = "pl"


def add(path: Path, entry: Entry, listed: Iterable[Entry]) -> Entry:
    """Append ``entry`` to the list at ``path`` (made when absent) and return it as it was written.

    ``listed`` are the entries that the lists hold already. Raises `LexiconError` when the word is malformed or stands
    in a list, when the list is malformed, or when the file cannot be written.
    """
    word = well_formed(entry.word)
    note = " ".join(entry.note.split())
    if not note.isprintable():
        raise LexiconError("La remarque contient un caractère de commande.", advice="Écrivez-la en texte simple.")
    for other in listed:
        if plain(other.word) == plain(word):
            raise LexiconError(f"« {other.word} » est déjà dans la {other.source}.", advice="Rien n'a été changé.")
    kept = _lines(path) or [_COMMENT, ",".join(COLUMNS) + "\n"]
    written = Entry(word, entry.group, entry.gender, entry.number, note, PRACTICE)
    _write(path, [*kept, _line(written)])
    return written


def remove(path: Path, word: str, listed: Iterable[Entry]) -> Entry:
    """Take ``word`` (any case) out of the list at ``path`` and return what it was; an empty list is deleted.

    Raises `LexiconError` when the word is not in it, when the list is malformed, or when it cannot be written.
    """
    wanted = plain(" ".join(word.split()))
    own = [entry for entry in (read_list(path, PRACTICE) if path.is_file() else ()) if plain(entry.word) == wanted]
    if not own:
        other = next((entry for entry in listed if plain(entry.word) == wanted), None)
        advice = (
            f"Il vient de la {other.source}, qui fait partie du logiciel."
            if other
            else f"Cette liste est le fichier {path}."
        )
        raise LexiconError("Ce mot n'est pas dans la liste du cabinet.", advice=advice)
    kept = [line for line in _lines(path) if line.startswith("#") or plain(_first_field(line)) != wanted]
    data = [line for line in kept if line.strip() and not line.startswith("#")]
    _write(path, kept if len(data) > 1 else [])
    return own[0]


def well_formed(word: str) -> str:
    """``word`` with composed accents and single spaces. Raises `LexiconError` that says what is expected."""
    text = unicodedata.normalize("NFC", " ".join(word.split()))
    words = text.split(" ")
    formed = text[:1].isalpha() and all(_WORD.fullmatch(one) for one in words)
    if not formed or not 2 <= len(text) <= LONGEST or len(words) > MOST_WORDS:
        raise LexiconError(
            "Ce terme est mal formé : rien n'a été changé.",
            advice=f"Un terme a de 2 à {LONGEST} caractères et au plus {MOST_WORDS} mots, commence par une lettre "
            "et ne contient que des lettres, des chiffres, des traits d'union, des apostrophes, « . » et « / ».",
        )
    return text


def _lines(path: Path) -> list[str]:
    """The file as it is, every line ended. It is read as a list first, so that a malformed one is refused."""
    if not path.is_file():
        return []
    list(read_list(path, PRACTICE))
    return [f"{line}\n" for line in path.read_text(encoding="utf-8-sig").splitlines()]


def _first_field(line: str) -> str:
    row = next(csv.reader([line]), None)
    return row[0].strip() if row else ""


def _line(entry: Entry) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow((entry.word, entry.group, entry.gender, entry.number, entry.note))
    return line.getvalue()


def _write(path: Path, lines: list[str]) -> None:
    """In one move: no half a list stays behind. No lines: no list."""
    part = path.with_name(f".{path.name}.part")
    try:
        if not lines:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        part.write_text("".join(lines), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise LexiconError(
            f"La liste {path} ne peut pas être écrite ({error.strerror}).",
            advice="Vérifiez les droits du dossier et la place du disque.",
        ) from error
