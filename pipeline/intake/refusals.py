"""Setting aside: the file goes to ``_refused/`` under a safe name, its French reason beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from pipeline.errors import FileRefused
from pipeline.intake import places
from pipeline.intake.names import safe_name

FOLDER = "_refused"


class Refusals:
    """Moves by rename only: nothing is opened, followed or overwritten.

    The reason is first written under a hidden name, then the file is moved, then the reason gets its name: after a
    crash at any point `mend` finishes or takes back the half-done.
    """

    def __init__(self, inbox: int, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._now = now

    def set_aside(self, source: int, name: str, shown: str, reason: FileRefused) -> None:
        """Move ``name`` of the open folder ``source``; it is called after ``shown``. Raises OSError."""
        places.make_folder(self._inbox, FOLDER)
        with places.folder(self._inbox, FOLDER) as target:
            chosen = _free_name(target, safe_name(shown))
            places.write_durably(target, _hidden(chosen), self._text(chosen, reason).encode("utf-8"))
            try:
                os.rename(name, chosen, src_dir_fd=source, dst_dir_fd=target)
            except OSError:
                os.unlink(_hidden(chosen), dir_fd=target)
                raise
            os.rename(_hidden(chosen), f"{chosen}.txt", src_dir_fd=target, dst_dir_fd=target)

    def mend(self) -> None:
        """Finish or take back what a crash left half-done. Raises OSError."""
        with suppress(FileNotFoundError), places.folder(self._inbox, FOLDER) as target:
            for entry in places.entries(target, ()):
                if not (entry.name.startswith(".") and entry.name.endswith(".reason")):
                    continue
                chosen = entry.name[1 : -len(".reason")]
                if places.exists(target, chosen) and not places.exists(target, f"{chosen}.txt"):
                    os.rename(entry.name, f"{chosen}.txt", src_dir_fd=target, dst_dir_fd=target)
                else:
                    os.unlink(entry.name, dir_fd=target)

    def _text(self, chosen: str, reason: FileRefused) -> str:
        return (
            f"Fichier mis de côté : {chosen}\n"
            f"Le : {self._now():%d/%m/%Y à %H:%M}\n\n"
            f"Ce qui s'est passé : {reason.message}\n"
            f"Que faire : {reason.advice or 'Prévenez le secrétariat.'}\n"
        )


def _hidden(chosen: str) -> str:
    return f".{chosen}.reason"


def _free_name(target: int, wanted: str) -> str:
    stem, dot, suffix = wanted.rpartition(".")
    if not dot:
        stem, suffix = wanted, ""
    number, chosen = 1, wanted
    while any(places.exists(target, name) for name in (chosen, f"{chosen}.txt", _hidden(chosen))):
        number += 1
        chosen = f"{stem} ({number}){dot}{suffix}"
    return chosen
