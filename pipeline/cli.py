"""The commands. Messages are French; every failure is one sentence that says what to do, and exit code 1."""

from __future__ import annotations

import csv
import getpass
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipeline import (
    __version__,
    cli_accounts,
    cli_batch,
    cli_lexicon,
    cli_sign,
    cli_speech,
    cli_templates,
    cli_terms,
    selfcheck,
)
from pipeline.bootstrap import Calame
from pipeline.demo import Demo
from pipeline.errors import CalameError
from pipeline.model.case import Status
from pipeline.model.clock import local
from pipeline.model.document import SearchQuery
from pipeline.model.learning import Learned
from pipeline.model.spreadsheet import guarded
from pipeline.settings import read_settings
from pipeline.web.words import USE

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Calame : de la dictée au document signé et classé.")
models = typer.Typer(no_args_is_help=True, help="Le modèle de reconnaissance vocale.")
patients = typer.Typer(no_args_is_help=True, help="Le registre des patients.")
correspondents = typer.Typer(no_args_is_help=True, help="Le registre des correspondants.")
audit = typer.Typer(no_args_is_help=True, help="Le journal des actions.")
archive = typer.Typer(no_args_is_help=True, help="L'archive.")
macros = typer.Typer(no_args_is_help=True, help="Les textes types, dictés par leur nom.")
learned = typer.Typer(no_args_is_help=True, help="Ce qui a été appris des corrections.")
for name, group in (
    ("models", models),
    ("patients", patients),
    ("correspondents", correspondents),
    ("users", cli_accounts.app),
    ("audit", audit),
    ("lexicon", cli_lexicon.app),
    ("macros", macros),
    ("archive", archive),
    ("learned", learned),
    ("templates", cli_templates.app),
):
    app.add_typer(group, name=name)
app.command(name="transcribe")(cli_speech.transcribe)
app.command(name="evaluate")(cli_speech.evaluate)
app.command(name="check")(cli_terms.check)
app.command(name="sign")(cli_sign.sign)
app.command(name="verify")(cli_sign.verify)
app.command(name="batch")(cli_batch.batch)

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def main() -> None:
    """The entry point: errors become one French sentence."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        app()
    except CalameError as error:
        err.print(f"[red]{escape(error.message)}[/red] {escape(error.advice)}")
        sys.exit(1)


def calame() -> Calame:
    """Everything, from the settings. Raises `SettingsError`."""
    return Calame(read_settings().resolved())


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- the main job -----------------------------------------------------------------------------------------------------


@app.command()
def start() -> None:
    """Tout à la fois : surveiller l'inbox, travailler, servir le parapheur. Ctrl-C pour arrêter."""
    all_of = calame()
    out.print(f"Inbox : {all_of.settings.inbox}\nParapheur : {all_of.settings.address}/")
    server = all_of.server()
    with until_stopped() as stop:
        jobs = [threading.Thread(target=run, args=(stop,)) for run in (all_of.watcher.run, all_of.worker.run)]
        jobs.append(threading.Thread(target=server.run, daemon=True))
        for job in jobs:
            job.start()
        while not stop.wait(1.0) and all(job.is_alive() for job in jobs):
            pass
        stop.set()
        server.should_exit = True
        for job in jobs:
            job.join(10)
    all_of.finish()


@app.command()
def watch() -> None:
    """Surveiller l'inbox."""
    all_of = calame()
    out.print(f"Inbox : {all_of.settings.inbox}")
    with until_stopped() as stop:
        all_of.watcher.run(stop)


@app.command()
def work() -> None:
    """Transcrire, vérifier, identifier, composer, classer."""
    all_of = calame()
    with until_stopped() as stop:
        all_of.worker.run(stop)
    all_of.finish()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="L'adresse où servir ; sans certificat, cette machine seulement.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 : celui des réglages.")] = 0,
    certificate: Annotated[Path | None, typer.Option(help="Le certificat TLS (PEM), avec sa chaîne.")] = None,
    key: Annotated[Path | None, typer.Option(help="Sa clé (PEM).")] = None,
) -> None:
    """Servir le parapheur dans le navigateur. Les options valent pour cette fois ; les réglages, pour toujours."""
    given = {"host": host, "port": port, "tls_certificate": certificate, "tls_key": key}
    settings = read_settings().model_copy(update={name: value for name, value in given.items() if value})
    all_of = Calame(settings.resolved())
    out.print(f"Parapheur : {all_of.settings.address}/")
    all_of.server().run()


@app.command()
def demo(
    sign: Annotated[bool, typer.Option("--sign", help="Approuver, signer, classer, retrouver.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Garder la page de relecture ouverte.")] = False,
    folder: Annotated[Path, typer.Option(help="Où jouer la démonstration (effacé à chaque fois).")] = Path("demo"),
) -> None:
    """Jouer une dictée d'exemple de bout en bout."""
    Demo(folder, out).play(sign=sign, serve=serve or (sys.stdout.isatty() and sys.stdin.isatty()))


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="Les mots cherchés ; accents et pluriels sont pardonnés.")] = "",
    patient: Annotated[str, typer.Option(help="Nom du patient.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Depuis ce jour.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Jusqu'à ce jour.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    affirmed: Annotated[
        bool, typer.Option("--affirmed", help="Seulement ce qui est dit du patient : ni nié, ni supposé, ni familial.")
    ] = False,
) -> None:
    """Chercher dans l'archive."""
    all_of = calame()
    query = SearchQuery(
        words=words, patient=patient, since=_day(since), until=_day(until), limit=limit, affirmed=affirmed
    )
    hits = all_of.index.search(query)
    all_of.journal.record_action(actor=getpass.getuser(), action="search", details={"hits": str(len(hits))})
    for hit in hits:
        record = hit.record
        of_whom = f"{escape(hit.patient_name)} · {record.document_date:%d/%m/%Y} · v{record.version}"
        said = f" · [yellow]{', '.join(hit.contexts)}[/yellow]" if hit.contexts else ""
        out.print(f"[bold]{escape(record.title)}[/bold] · {of_whom}{said}")
        excerpt = escape(hit.excerpt).replace("\x02", "[reverse]").replace("\x03", "[/reverse]")
        out.print(f"  {excerpt}")
        out.print(f"  {all_of.settings.archive / record.path}", style="dim", soft_wrap=True)
    if not hits:
        out.print("Aucun document.")


@app.command()
def doctor() -> None:
    """Vérifier l'installation : programmes, polices, modèle, dossiers, journal."""
    table = Table("", "Élément", "État")
    bad = 0
    for check in selfcheck.run(calame()):
        bad += not check.good
        table.add_row("[green]✓[/green]" if check.good else "[red]✗[/red]", check.name, check.says)
    out.print(table)
    if bad:
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Dire la version."""
    out.print(__version__)


@app.command(name="cases")
def list_cases(
    status: Annotated[list[Status] | None, typer.Option(help="Seulement ces états.")] = None,
) -> None:
    """Lister les dossiers."""
    table = Table("Dossier", "État", "Type", "Reçu le", "Urgent")
    for case in calame().journal.pile(status or list(Status)):
        urgent = "oui" if case.urgency.value == "urgent" else ""
        table.add_row(case.number, case.status.value, case.kind, f"{local(case.received_at):%d/%m/%Y %H:%M}", urgent)
    out.print(table)


# --- models, macros ---------------------------------------------------------------------------------------------------


@models.command("list")
def models_list() -> None:
    """Les modèles connus, et ceux qui sont installés."""
    store = calame().models
    here = {model.name for model in store.installed()}
    for name in store.available():
        out.print(f"{'[green]✓[/green]' if name in here else ' '} {name}")


@models.command("get")
def models_get(
    name: str, folder: Annotated[Path | None, typer.Option(help="Prendre les fichiers dans ce dossier.")] = None
) -> None:
    """Installer un modèle."""
    store = calame().models
    with progress(TaskProgressColumn()) as bar:
        task = bar.add_task(f"modèle {name}", total=1.0)
        path = store.get(name, lambda share: bar.update(task, completed=share), folder)
    out.print(f"Modèle {name} : {path}", soft_wrap=True)


@models.command("path")
def models_path(
    name: Annotated[str, typer.Argument()] = "base",
    verify: Annotated[bool, typer.Option(help="Relire et vérifier chaque fichier.")] = False,
) -> None:
    """Où se trouve un modèle."""
    store = calame().models
    if verify:
        store.verify(name)
    out.print(str(store.path(name)), soft_wrap=True)


@macros.command("list")
def macros_list() -> None:
    """Les textes types : le nom à dicter après « texte type » ou « insérez », et ce qui est écrit."""
    all_of = calame()
    table = Table("Nom", "Se dit aussi", "Texte")
    for macro in all_of.dictation.macros:
        also = " · ".join(" ".join(say) for say in macro.say[1:])
        table.add_row(escape(macro.name), escape(also), escape(macro.text))
    out.print(table)
    out.print(f"Ceux du cabinet : {all_of.macro_files[-1]}", soft_wrap=True)


# --- registers, users, audit -------------------------------------------------------------------------------------


@patients.command("import")
def patients_import(file: Path) -> None:
    """Importer un fichier CSV de patients."""
    all_of = calame()
    from pipeline.journal.registers_csv import read_patients

    people, refused = read_patients(_readable(file))
    done = all_of.journal.import_patients(people, actor=getpass.getuser())
    _imported("patient", done.added, done.changed, done.same, [*refused, *done.refused], file)


@correspondents.command("import")
def correspondents_import(file: Path) -> None:
    """Importer un fichier CSV de correspondants."""
    all_of = calame()
    from pipeline.journal.registers_csv import read_correspondents

    people, refused = read_correspondents(_readable(file))
    done = all_of.journal.import_correspondents(people, actor=getpass.getuser())
    _imported("correspondant", done.added, done.changed, done.same, [*refused, *done.refused], file)


def _imported(what: str, added: int, changed: int, same: int, refused: list[tuple[int, str]], file: Path) -> None:
    out.print(
        f"{added} {what}(s) ajouté(s), {changed} modifié(s), {same} inchangé(s), {len(refused)} ligne(s) refusée(s)."
    )
    if refused:
        report = file.with_name(f"{file.stem}-refus.csv")
        with report.open("w", encoding="utf-8", newline="") as lines:
            rows = csv.writer(lines, delimiter=";")
            rows.writerows([("ligne", "raison"), *((line, guarded(why)) for line, why in refused)])
        out.print(f"Les raisons, ligne par ligne : {report}")
        raise typer.Exit(1)


@audit.command("verify")
def audit_verify() -> None:
    """Vérifier que la chaîne du journal est entière."""
    report = calame().journal.verify_audit()
    if not report.whole:
        err.print(
            f"[red]La chaîne est rompue à l'entrée {report.broken_at}.[/red] N'effacez rien, prévenez l'administrateur."
        )
        raise typer.Exit(1)
    out.print(f"Chaîne entière : {report.entries} entrées.")


@audit.command("show")
def audit_show(limit: int = 50) -> None:
    """Les dernières entrées du journal."""
    for entry in calame().journal.audit_entries(limit=limit):
        details = " ".join(f"{key}={value[:12]}" for key, value in entry.details.items())
        out.print(f"{entry.seq} {local(entry.at):%d/%m/%Y %H:%M:%S} {entry.actor} {entry.action} {details}")


@archive.command("check")
def archive_check() -> None:
    """Comparer chaque document classé avec son empreinte."""
    report = calame().check_archive()
    out.print(report.message)
    if not report.whole:
        raise typer.Exit(1)


@archive.command("reindex")
def archive_reindex() -> None:
    """Refaire l'index de recherche depuis le journal."""
    out.print(f"{calame().rebuild_index()} documents indexés.")


# --- what was learned -------------------------------------------------------------------------------------------------

Author = Annotated[str, typer.Option("--author", help="Seulement les dictées de ce compte.")]


@learned.command("list")
def learned_list(author: Author = "") -> None:
    """Les corrections apprises, les dernières d'abord."""
    table = Table("", "Entendu", "Écrit", "Auteur", "Dossiers", "Refusé", "État")
    for one in _learned_of(calame(), author):
        state = f"{USE[one.use]} ({one.reason})" if one.reason else USE[one.use]
        counts = str(one.cases), str(one.refused)
        table.add_row(one.id[:8], escape(one.heard), escape(one.right), escape(one.author), *counts, state)
    out.print(table)


@learned.command("off")
def learned_off(
    begin: Annotated[str, typer.Argument(help="Le début de son identifiant (« calame learned list »).")],
) -> None:
    """Ne plus utiliser une correction ; la page « Appris » la remet en service."""
    all_of = calame()
    found = [one for one in all_of.journal.all_learned() if one.id.startswith(begin)]
    if len(found) != 1:
        raise CalameError(f"{len(found)} correction(s) commencent ainsi.", advice="Voyez « calame learned list ».")
    all_of.journal.switch_learned(found[0].id, False, actor=getpass.getuser())
    out.print("Désactivée.")


@learned.command("words")
def learned_words(by: Annotated[str, typer.Option("--by", help="Seulement ceux de ce compte.")] = "") -> None:
    """Les mots acceptés par le cabinet."""
    table = Table("Mot", "Accepté par", "Le")
    for one in calame().journal.all_accepted():
        if one.active and by in ("", one.by):
            table.add_row(escape(one.word), escape(one.by), f"{local(one.at):%d/%m/%Y}")
    out.print(table)


@learned.command("forget")
def learned_forget(word: Annotated[str, typer.Argument(help="Un mot accepté, écrit comme dans la liste.")]) -> None:
    """Oublier un mot accepté : il est de nouveau à vérifier."""
    journal = calame().journal
    if word not in {one.word for one in journal.all_accepted() if one.active}:
        raise CalameError("Ce mot n'est pas parmi les mots acceptés.", advice="Voyez « calame learned words ».")
    journal.forget_word(word, actor=getpass.getuser())
    out.print("Oublié.")


def _learned_of(all_of: Calame, author: str) -> tuple[Learned, ...]:
    return all_of.journal.learned(author) if author else all_of.journal.all_learned()


def progress(*columns: Any) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), *columns, TimeElapsedColumn(), console=out)


def _readable(file: Path) -> Path:
    if not file.is_file():
        raise CalameError(f"Le fichier {file} n'existe pas.", advice="Vérifiez son nom.")
    return file


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
