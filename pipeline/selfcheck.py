"""``calame doctor``: is all that Calame needs there?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pipeline.bootstrap import Calame
from pipeline.errors import CalameError, ModelMissing
from pipeline.transcribe.choice import EngineChoice
from pipeline.transcribe.decoder import Checkable

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
    yield from engine_checks(calame)
    yield _try("lexique", lambda: calame.lexicon.version)
    yield _try("journal", lambda: f"{sum(calame.journal.counts().values())} dossiers")
    yield _try("chaîne du journal", lambda: _chain(calame))
    yield _try("certificat de signature", calame.certificate_says)
    if calame.settings.signature.pkcs11_module:
        yield _try("carte de signature", calame.token_says)
    free = shutil.disk_usage(calame.settings.home).free
    yield Check("place sur le disque", free > LOW_DISK, f"{free / 1024**3:.0f} Go libres")


def engine_checks(calame: Calame) -> Iterator[Check]:
    """One for each speech engine that somebody may be heard by; none is loaded."""
    for choice in calame.settings.engines:
        yield _try(f"moteur vocal {choice.says}", partial(_engine, calame, choice))


def _try(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except CalameError as error:
        return Check(name, False, str(error))


def _engine(calame: Calame, choice: EngineChoice) -> str:
    if choice.folder and not choice.folder.is_dir():
        raise ModelMissing(f"Le dossier {choice.folder} n'existe pas.", advice="Corrigez model_folder.")
    decoder = calame.decoder_of(choice)
    if isinstance(decoder, Checkable):
        decoder.check()
    return "prêt"


def _chain(calame: Calame) -> str:
    report = calame.journal.verify_audit()
    if not report.whole:
        raise CalameError(f"rompue à l'entrée {report.broken_at}")
    return f"entière, {report.entries} entrées"
