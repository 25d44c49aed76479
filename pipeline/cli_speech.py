"""The commands of speech alone, ``calame transcribe`` and ``calame evaluate``: no journal, no folder is made."""

from __future__ import annotations

import json
import mimetypes
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pipeline.bootstrap import Calame
from pipeline.errors import AudioUnreadable, FileRefused, SettingsError
from pipeline.evaluate.parts import Part
from pipeline.model.text import Recording, Transcript
from pipeline.settings import read_settings
from pipeline.transcribe.choice import ENGINES, OPENAI_WHISPER, REMOTE
from pipeline.transcribe.subtitles import Format, decimal, render, spans
from pipeline.transcribe.together import AT_ONCE, each

if TYPE_CHECKING:
    from pipeline.evaluate.run import Transcribe
    from pipeline.evaluate.score import Score, Scorer
    from pipeline.evaluate.truth import Truth

WIDE = 160
"""Columns of the table where no terminal says how many there are."""
out = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=WIDE)
err = Console(stderr=True, highlight=False)

Model = Annotated[str, typer.Option(help="Nom du modèle vocal (« calame models list »).")]
ModelFolder = Annotated[Path | None, typer.Option(help="Dossier d'un modèle vocal.")]
EngineName = Annotated[str, typer.Option(help="Moteur de reconnaissance.")]


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Les enregistrements.")],
    kind: Annotated[Format, typer.Option("--format", "-f", help="Ce qui est écrit.")] = Format.TXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Un fichier par dictée dans ce dossier.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Remplacer les fichiers qui existent.")] = False,
    author: Annotated[str, typer.Option(help="L'identifiant du médecin qui dicte.")] = "",
    specialty: Annotated[str, typer.Option(help="Sa spécialité : ses termes sont attendus.")] = "",
    model: Model = "",
    model_folder: ModelFolder = None,
    engine: EngineName = "",
) -> None:
    """Transcrire des enregistrements, sans rien d'autre : le texte sort à l'écran ou dans un dossier."""
    if output is None and kind is not Format.TXT and len(files) > 1:
        raise FileRefused(
            f"Plusieurs fichiers {kind.value} ne peuvent pas sortir ensemble.", advice="Indiquez un dossier avec -o."
        )
    targets = _targets(files, output, kind)
    all_of = _parts(model, model_folder, engine)
    failed = 0
    with _progress() as bar:

        def hear(file: Path) -> Transcript | AudioUnreadable | FileRefused:
            try:
                _refuse_overwriting(targets.get(file), force=force)
                return _heard(all_of, file, author, specialty, bar)
            except (AudioUnreadable, FileRefused) as error:
                return error

        for number, (file, heard) in enumerate(zip(files, each(hear, files), strict=True)):
            try:
                if not isinstance(heard, Transcript):
                    raise heard
                text = render(heard, kind)
                if target := targets.get(file):
                    _write(target, text)
                else:
                    heading = f"{'' if number == 0 else chr(10)}== {file} ==\n" if len(files) > 1 else ""
                    typer.echo(heading + text, nl=False)
            except (AudioUnreadable, FileRefused) as error:
                failed += 1
                _tell(file, f"[red]{escape(error.message)}[/red] {escape(error.advice)}")
                continue
            _tell_places(file, heard, kind, named=len(files) > 1)
    if failed:
        raise typer.Exit(1)


def evaluate(
    folder: Annotated[Path, typer.Argument(help="Dossier d'enregistrements avec leur liste dictations.json.")],
    model: Model = "",
    model_folder: ModelFolder = None,
    engine: EngineName = "",
    plain: Annotated[bool, typer.Option("--plain", help="Le moteur tel quel, sans aucune règle de Calame.")] = False,
    against_plain: Annotated[bool, typer.Option("--against-plain", help="Les deux, et ce que Calame gagne.")] = False,
    leave_out: Annotated[
        list[Part] | None, typer.Option("--without", help="Mesurer sans cette partie (répétable).")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Seulement cette dictée (répétable).")] = None,
    terms: Annotated[bool, typer.Option("--terms", help="Mesurer aussi ce que les propositions réparent.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Écrire aussi tous les détails ici.")] = None,
) -> None:
    """Mesurer la transcription sur des dictées dont le texte est connu."""
    from pipeline.evaluate.report import as_json, reductions, remarks, table
    from pipeline.evaluate.run import peak_megabytes
    from pipeline.evaluate.truth import read_truths
    from pipeline.evaluate.variants import without

    truths = read_truths(folder, only or ())
    all_of = _parts(model, model_folder, engine)
    scorer = _scorer(all_of)
    runs: dict[str, list[Score]] = {}
    heard: dict[str, dict[str, Transcript]] = {"plain": {}, "calame": {}}
    if plain or against_plain:
        runs["plain"] = _scored(truths, _keeping(_plain(all_of), heard["plain"]), scorer, at_once=1)
    if not plain or against_plain:
        ours = without(all_of, set(leave_out)) if leave_out else all_of.transcribe
        runs["calame"] = _scored(truths, _keeping(ours, heard["calame"]), scorer)
    told: dict[str, Any] = {}
    for name, scores in runs.items():
        if scores:
            out.print(table(scores))
        for line in remarks(scores, peak_megabytes()):
            out.print(line, soft_wrap=True)
        told[name] = as_json(scores, peak_megabytes())
        if terms and scores:
            told[name]["terms"] = _tell_terms(all_of, truths, heard[name], scorer)
    if against_plain:
        out.print(reductions(runs["plain"], runs["calame"]), soft_wrap=True)
    if json_file:
        _write(json_file, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    if any(len(scores) < len(truths) for scores in runs.values()):
        raise typer.Exit(1)


def _parts(model: str, model_folder: Path | None, engine: str) -> Calame:
    """The parts, from the settings and what was asked for; no folder is made. Raises `SettingsError`."""
    settings = read_settings().located()
    asked: dict[str, Any] = {}
    speech = settings.speech.model_copy(update={"authors": {}} if model or model_folder or engine else {})
    if model:
        asked |= {"model": model, "model_folder": None}
        speech = speech.model_copy(update={"model": "", "model_folder": None, "remote_model": model})
    if model_folder:
        if not model_folder.expanduser().is_dir():
            raise SettingsError(f"Le dossier {model_folder} n'existe pas.", advice="Corrigez --model-folder.")
        asked["model_folder"] = model_folder.expanduser().absolute()
        speech = speech.model_copy(update={"model": "", "model_folder": None})
    if engine:
        speech = speech.model_copy(update={"engine": _known(engine, speech.remote_url)})
    return Calame(settings.model_copy(update={**asked, "speech": speech}))


def _known(engine: str, remote_url: str) -> str:
    if engine not in ENGINES:
        raise SettingsError(f"Le moteur « {engine} » n'existe pas.", advice=f"Choisissez : {', '.join(ENGINES)}.")
    if engine == REMOTE and not remote_url:
        raise SettingsError("Le serveur vocal n'a pas d'adresse.", advice="Indiquez remote_url dans [speech].")
    return engine


# --- transcribe -------------------------------------------------------------------------------------------------------


def _targets(files: Sequence[Path], output: Path | None, kind: Format) -> dict[Path, Path]:
    """Where each file's text is written: named as the sound; with its suffix too where two would have one name."""
    if output is None:
        return {}
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileRefused(
            f"Le dossier {output} ne peut pas être créé ({error.strerror}).", advice="Indiquez un autre dossier."
        ) from error
    stems = [file.stem for file in files]
    named = {file: file.stem if stems.count(file.stem) == 1 else file.name for file in files}
    return {file: output / f"{name}.{kind.value}" for file, name in named.items()}


def _refuse_overwriting(target: Path | None, *, force: bool) -> None:
    if target is not None and target.exists() and not force:
        raise FileRefused(f"{target} existe déjà.", advice="Ajoutez --force pour le remplacer.")


def _heard(all_of: Calame, file: Path, author: str, specialty: str, bar: Progress) -> Transcript:
    if not file.is_file():
        raise FileRefused(
            "C'est un dossier." if file.is_dir() else "Ce fichier n'existe pas.", advice="Vérifiez son nom."
        )
    media = mimetypes.guess_type(file.name)[0] or ""
    with _task(bar, file.name) as tell:
        return all_of.transcribe(Recording(str(file), media, author, specialty=specialty), tell)


def _write(target: Path, text: str) -> None:
    """In one move: no half a file stays behind."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise FileRefused(
            f"{target} ne peut pas être écrit ({error.strerror}).", advice="Vérifiez les droits et la place du disque."
        ) from error


def _tell(file: Path, what: str) -> None:
    err.print(f"{escape(str(file))} : {what}", soft_wrap=True)


def _tell_places(file: Path, transcript: Transcript, kind: Format, *, named: bool) -> None:
    """Where to listen, and where a rule was in doubt: text and subtitles do not show it, JSON does."""
    doubts: list[str] = []
    last = ""
    for token in transcript.tokens:
        if token.doubt and token.doubt != last:
            doubts.append(f"{decimal(token.start or 0.0)} s ({token.doubt})")
        last = token.doubt
    for what, places in (("passages à écouter", spans(transcript.gaps)), ("à vérifier", ", ".join(doubts))):
        if places and kind is not Format.JSON:
            line = escape(f"{what} : {places}")
            _tell(file, line) if named else err.print(line, soft_wrap=True)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


# --- evaluate ---------------------------------------------------------------------------------------------------------


def _scorer(all_of: Calame) -> Scorer:
    from pipeline.evaluate.items import load_spellings
    from pipeline.evaluate.marks import sayings
    from pipeline.evaluate.score import Perfect, Scorer

    spellings = load_spellings(all_of.settings.lexicon / "evaluation.yaml")
    return Scorer(
        spellings,
        sayings(all_of.dictation),
        lambda heard: all_of.transcribe(Recording("", ""), lambda _: None, Perfect(heard)),
    )


def _keeping(transcribe: Transcribe, kept: dict[str, Transcript]) -> Transcribe:
    """``transcribe``, whose transcripts are kept by the path of their sound."""

    def hear(recording: Recording, on_progress: Callable[[float], None]) -> Transcript:
        kept[recording.path] = transcribe(recording, on_progress)
        return kept[recording.path]

    return hear


def _tell_terms(
    all_of: Calame, truths: Sequence[Truth], heard: dict[str, Transcript], scorer: Scorer
) -> dict[str, Any]:
    """Print the table of the terms; give it back for JSON."""
    from pipeline.evaluate.terms import as_json, score_terms, table
    from pipeline.verify.step import check

    scores = [
        score_terms(
            replace(truth, written=scorer.typed(truth)),
            check(heard[str(truth.path)], all_of.lexicon),
            scorer.spellings,
        )
        for truth in truths
        if str(truth.path) in heard
    ]
    out.print(table(scores))
    return as_json(scores)


def _plain(all_of: Calame) -> Transcribe:
    from pipeline.evaluate.plain import PlainOpenaiWhisper, PlainWhisper

    choice = all_of.settings.engines.usual
    if choice.engine == REMOTE:
        raise SettingsError("Un serveur vocal ne peut pas être mesuré « tel quel ».", advice="Retirez --plain.")
    plain = PlainOpenaiWhisper if choice.engine == OPENAI_WHISPER else PlainWhisper
    return plain(choice.folder or all_of.models.path(choice.model), all_of.settings.threads)


def _scored(truths: Sequence[Truth], transcribe: Transcribe, scorer: Scorer, at_once: int = AT_ONCE) -> list[Score]:
    """One score for each recording that can be read; the others are told. ``at_once`` recordings are heard at once."""
    from pipeline.evaluate.run import evaluate as run
    from pipeline.evaluate.run import shared_out

    wall, processor = time.perf_counter(), time.process_time()
    with _progress() as bar:

        def score(truth: Truth) -> Score | AudioUnreadable:
            try:
                with _task(bar, truth.id) as tell:
                    return run(truth, transcribe, scorer, tell)
            except AudioUnreadable as error:
                return error

        scores: list[Score] = []
        for truth, found in zip(truths, each(score, truths, at_once), strict=True):
            if isinstance(found, AudioUnreadable):
                _tell(truth.path, f"[red]{escape(found.message)}[/red] {escape(found.advice)}")
            else:
                scores.append(found)
    return shared_out(scores, time.perf_counter() - wall, time.process_time() - processor)


@contextmanager
def _task(bar: Progress, name: str) -> Iterator[Callable[[float], None]]:
    """A line of progress, as long as it lasts."""
    task = bar.add_task(escape(name), total=1.0)
    try:
        yield lambda share: bar.update(task, completed=share)
    finally:
        bar.remove_task(task)
