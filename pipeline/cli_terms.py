"""``calame check``: the terms of a plain text, checked as those of a dictation are. No journal, no folder is made.

Exit code 0: nothing is doubtful; 1: something is; 2: an error, told in one French sentence.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from pipeline.bootstrap import Calame
from pipeline.errors import CalameError, FileRefused
from pipeline.model.clock import today
from pipeline.model.text import CheckedText, Finding, FindingKind
from pipeline.settings import read_settings
from pipeline.web.words import FINDING

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = {
    FindingKind.RISK: "bold red",
    FindingKind.UNKNOWN_WORD: "red",
    FindingKind.LIKELY_MISHEARD: "yellow",
    FindingKind.LOW_CONFIDENCE: "cyan",
    FindingKind.GAP: "magenta",
    FindingKind.DICTATED: "blue",
}
PATIENCE = 2.0
"""Seconds of silence before progress is shown."""
NOTHING, SOMETHING, ERROR = 0, 1, 2
_CONTROLS = {code: 0x2400 + code for code in range(32) if code not in (9, 10, 13)} | {127: 0x2421, 0x9B: 0x241B}
"""Control characters are shown as signs: a text must not drive the terminal."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def check(
    file: Annotated[Path, typer.Argument(help="Un fichier texte en UTF-8 ; « - » pour l'entrée standard.")],
    as_json: Annotated[bool, typer.Option("--json", help="Sortir les doutes en JSON.")] = False,
) -> None:
    """Chercher les termes douteux et les risques d'un texte, comme dans une dictée ; il n'est jamais changé."""
    try:
        text = read_text(file)
        checked = _checked(text)
    except CalameError as error:
        err.print(f"[red]{escape(error.message)}[/red] {escape(error.advice)}", soft_wrap=True)
        raise typer.Exit(ERROR) from error
    if as_json:
        typer.echo(json.dumps(told(checked), ensure_ascii=False, indent=1))
    else:
        out.print(marked(checked), soft_wrap=True)
        for line in _listed(checked):
            out.print(line, soft_wrap=True)
    raise typer.Exit(SOMETHING if checked.findings else NOTHING)


def read_text(file: Path) -> str:
    """The text of ``file``, or of the standard input for ``-``; a byte order mark is left out.

    Raises `FileRefused` when there is none, or when it is not UTF-8.
    """
    standard = str(file) == "-"
    if not standard and not file.exists():
        raise FileRefused(f"Le fichier {file} n'existe pas.", advice="Vérifiez son nom.")
    if not standard and file.is_dir():
        raise FileRefused(f"{file} est un dossier.", advice="Indiquez un fichier texte.")
    try:
        text = (sys.stdin.buffer.read() if standard else file.read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"{'Le texte reçu' if standard else f'Le fichier {file}'} n'est pas en UTF-8.",
            advice="Enregistrez-le comme texte UTF-8 ; un PDF ou un document Word ne se vérifie pas ainsi.",
        ) from error
    except OSError as error:
        raise FileRefused(
            f"Le fichier {file} ne peut pas être lu ({error.strerror}).", advice="Vérifiez ses droits."
        ) from error
    if not text.strip():
        raise FileRefused(
            "Aucun texte n'a été reçu." if standard else f"Le fichier {file} est vide.", advice="Indiquez un texte."
        )
    return text


def told(checked: CheckedText) -> dict[str, Any]:
    """The findings for a machine: ``start`` and ``end`` count characters from 0, ``line`` and ``column`` from 1."""
    from pipeline.verify.plain_text import Lines

    lines = Lines(checked.text)
    findings = []
    for one in checked.findings:
        line, column = lines.place(one.start)
        findings.append(
            {
                "start": one.start,
                "end": one.end,
                "line": line,
                "column": column,
                "kind": one.kind.value,
                "excerpt": one.excerpt,
                "message": one.message,
                "proposals": [asdict(proposal) for proposal in one.proposals],
            }
        )
    return {"lexicon": checked.lexicon, "characters": len(checked.text), "findings": findings}


def marked(checked: CheckedText) -> Text:
    """The text with its findings coloured by kind, underlined and numbered."""
    shown, reached = Text(), 0
    for number, one in enumerate(checked.findings, 1):
        shown.append(_safe(checked.text[reached : one.start]))
        shown.append(_safe(one.excerpt), f"{STYLES[one.kind]} underline")
        shown.append(f"[{number}]", f"{STYLES[one.kind]} bold")
        reached = one.end
    shown.append(_safe(checked.text[reached:]).rstrip("\n"))
    return shown


def _listed(checked: CheckedText) -> Iterator[Text]:
    from pipeline.verify.plain_text import Lines

    lines = Lines(checked.text)
    yield Text()
    for number, one in enumerate(checked.findings, 1):
        line, column = lines.place(one.start)
        shown = Text(f"[{number}] {line}:{column} ")
        shown.append(_safe(" ".join(one.excerpt.split())), f"{STYLES[one.kind]} underline")
        shown.append(f" · {FINDING[one.kind]} · {one.message}")
        yield shown
        if one.proposals:
            yield Text(f"    → {_proposals(one)}")
    count = len(checked.findings)
    yield Text(f"{count} passage(s) à vérifier." if count else "Rien à vérifier.")


def _proposals(finding: Finding) -> str:
    best = sorted(finding.proposals, key=lambda proposal: -proposal.score)
    return " · ".join(f"{one.text} {f'{one.score:.2f}'.replace('.', ',')} ({one.source})" for one in best)


def _safe(text: str) -> str:
    return text.translate(_CONTROLS)


def _checked(text: str) -> CheckedText:
    from pipeline.verify.plain_text import transcript_of
    from pipeline.verify.step import check as check_terms

    with err.status("Lexique…") if err.is_terminal else _nothing():
        all_of = Calame(read_settings().located())
        lexicon, risks = all_of.lexicon, all_of.risks
    with _patiently("vérification") as tell:
        return check_terms(transcript_of(text), lexicon, risks=risks, today=today(), on_progress=tell)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _patiently(name: str) -> Iterator[Callable[[float], None]]:
    """A bar that is only shown when the work lasts; without a terminal, none."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    task = bar.add_task(name, total=1.0)
    begun = time.monotonic()

    def tell(share: float) -> None:
        if not bar.live.is_started and time.monotonic() - begun > PATIENCE:
            bar.start()
        bar.update(task, completed=share)

    try:
        yield tell
    finally:
        bar.stop()
