"""``calame doctor``: is all that Calame needs there?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.bootstrap import Calame
from pipeline.errors import CalameError

PROGRAMS = {"gs": "ghostscript", "tesseract": "tesseract-ocr"}
"""Program and the Debian package that brings it."""
LOW_DISK = 5 * 1024**3
"""Bytes under which the disk is called nearly full: a day of dictations and scans of a practice."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table, in French."""

    name: str
    good: bool
    says: str


def run(calame: Calame) -> Iterator[Check]:
    """Every check; none raises."""
    for program, package in PROGRAMS.items():
        found = shutil.which(program)
        yield Check(f"programme {program}", bool(found), found or f"installez le paquet {package}")
    yield _try("modèle vocal", lambda: str(calame.models.path(calame.settings.model)))
    yield _try("lexique", lambda: calame.lexicon.version)
    yield _try("journal", lambda: f"{sum(calame.journal.counts().values())} dossiers")
    yield _try("chaîne du journal", lambda: _chain(calame))
    yield _try("certificat de signature", calame.certificate_says)
    free = shutil.disk_usage(calame.settings.home).free
    yield Check("place sur le disque", free > LOW_DISK, f"{free / 1024**3:.0f} Go libres")


def _try(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except CalameError as error:
        return Check(name, False, str(error))


def _chain(calame: Calame) -> str:
    report = calame.journal.verify_audit()
    if not report.whole:
        raise CalameError(f"rompue à l'entrée {report.broken_at}")
    return f"entière, {report.entries} entrées"
