"""Dictations whose truth is known: a folder of sound files and ``dictations.json`` (or ``samples.json``).

The JSON is a list of ``{"id", "spoken", "written"?, "terms"?, "author"?, "specialty"?, "file"?}``. ``spoken`` is what
is said, commands as words; ``written`` what a secretary types of it, without the spoken opening. A sound file is named
by its id unless ``file`` names it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import FileRefused

NAMES = ("dictations.json", "samples.json")


@dataclass(frozen=True, slots=True)
class Truth:
    """One dictation: its sound, and what is right. ``written`` is empty when nobody typed it."""

    id: str
    path: Path
    spoken: str
    written: str = ""
    terms: tuple[str, ...] = ()
    author: str = ""
    specialty: str = ""


def read_truths(folder: Path, only: Collection[str] = ()) -> list[Truth]:
    """Those of ``folder``, in their order; ``only`` these ids when any is given.

    Raises `FileRefused` when the list is missing or malformed, a sound file is missing or an id is unknown.
    """
    listing = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if listing is None:
        raise FileRefused(
            f"Le dossier {folder} ne contient pas de liste {NAMES[0]}.",
            advice="Indiquez un dossier d'enregistrements avec leur texte (docs/measurements.md montre le format).",
        )
    sounds = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix != ".json"}
    try:
        entries: Any = json.loads(listing.read_text("utf-8"))
        truths = [_truth(entry, folder, sounds) for entry in entries if not only or entry["id"] in only]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileRefused(
            f"La liste {listing} ne peut pas être lue ({type(error).__name__}).",
            advice="Chaque dictée y a au moins « id » et « spoken ».",
        ) from error
    _check(truths, only, folder)
    return truths


def _truth(entry: dict[str, Any], folder: Path, sounds: dict[str, Path]) -> Truth:
    name = str(entry["id"])
    path = folder / str(entry["file"]) if entry.get("file") else sounds.get(name, folder / name)
    return Truth(
        name,
        path,
        str(entry["spoken"]),
        str(entry.get("written") or ""),
        tuple(str(term) for term in entry.get("terms") or ()),
        str(entry.get("author") or ""),
        str(entry.get("specialty") or ""),
    )


def _check(truths: list[Truth], only: Collection[str], folder: Path) -> None:
    unknown = sorted(set(only) - {truth.id for truth in truths})
    if unknown:
        raise FileRefused(f"Dictée inconnue : {', '.join(unknown)}.", advice=f"Vérifiez les « id » de {folder}.")
    silent = [truth.id for truth in truths if not truth.path.is_file()]
    if silent:
        raise FileRefused(
            f"Le son manque pour : {', '.join(silent)}.", advice=f"Ajoutez-le dans {folder} ou retirez la dictée."
        )
