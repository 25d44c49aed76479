"""``calame batch``: the convocations of a list."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.batch.step import key_of
from pipeline.batches import Plan
from pipeline.bootstrap import Calame
from pipeline.errors import CalameError
from pipeline.model.clock import local
from pipeline.settings import read_settings

out = Console(highlight=False)

_MOST_LINES = 20
"""Line numbers that are told for the same warning."""


def batch(
    file: Annotated[Path, typer.Argument(help="Une liste de rendez-vous : .csv, .xlsx ou .ics.")],
    duplex: Annotated[
        bool, typer.Option("--duplex", help="Recto verso : chacune commence sur une page impaire.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ne pas demander avant de faire.")] = False,
) -> None:
    """Faire les convocations d'une liste : une par patient dans son dossier, et un fichier à imprimer."""
    if not file.is_file():
        raise CalameError(f"Le fichier {file} n'existe pas.", advice="Vérifiez son nom.")
    all_of = Calame(read_settings().resolved())
    batches = all_of.batches
    plan = batches.plan(all_of.read_list(file))
    _tell(plan)
    report = batches.refusals(plan, file)
    count = len(plan.to_make)
    if count and not yes and sys.stdin.isatty() and not typer.confirm(f"Faire {count} convocation(s) ?"):
        raise typer.Exit(1)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("convocations", total=count)
        made = batches.make(plan, by=getpass.getuser(), duplex=duplex, on_filed=lambda: bar.advance(task))
    out.print(
        f"{made.filed} convocation(s) faite(s) et classée(s), {len(plan.done)} déjà faite(s), "
        f"{len(plan.refused)} ligne(s) refusée(s)."
    )
    if made.print_file:
        out.print(
            f"À imprimer : {made.print_file} ({made.printed} convocation(s), {made.pages} page(s))", soft_wrap=True
        )
    if report:
        out.print(f"Les lignes refusées, à corriger et à donner à nouveau : {report}", soft_wrap=True)
        raise typer.Exit(1)


def _tell(plan: Plan) -> None:
    """Line numbers, columns and reasons; no name."""
    told = Table("Ligne", "Colonne", "Ce qui est dit")
    for no in plan.refused:
        told.add_row(str(no.row.number), escape(no.column), f"[red]refusée[/red] : {escape(no.reason)}")
    days: dict[str, int] = {}
    warned: dict[str, list[str]] = {}
    for one in plan.lines:
        key, line = key_of(one), str(one.row.number)
        if key not in plan.done:
            for warning in one.warnings:
                warned.setdefault(warning, []).append(line)
        if key in plan.done:
            day = f"{local(plan.done[key].received_at):%d/%m/%Y}"
            days[day] = days.get(day, 0) + 1
        elif key in plan.moved:
            old = plan.moved[key]
            told.add_row(line, "", f"rendez-vous changé : annule et remplace la convocation {old.number}")
    for warning, lines in warned.items():
        count = f" ({len(lines)} lignes)" if len(lines) > 1 else ""
        told.add_row(_shortened(lines), "", f"[yellow]attention[/yellow] : {escape(warning)}{count}")
    if told.row_count:
        out.print(told)
    for day, number in days.items():
        out.print(f"{number} convocation(s) déjà faite(s) le {day} : rien n'est refait.")


def _shortened(lines: list[str]) -> str:
    return ", ".join(lines[:_MOST_LINES]) + (", …" if len(lines) > _MOST_LINES else "")
