"""The scores as a table a person reads (French), and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape
from rich.table import Table

from pipeline.evaluate.figures import Outcome
from pipeline.evaluate.score import Score, overall
from pipeline.transcribe.subtitles import decimal, spans

HEADINGS = (
    "Dictée",
    "Durée",
    "Mots écrits\n% faux",
    "Mots entendus\n% faux",
    "Termes",
    "Chiffres",
    "… des\nentendus",
    "faux\n+ajoutés",
    "signalés",
    "Commandes",
    "Marques\ninventées",
    "Paroles\nexpliquées",
    "Vitesse",
)


def table(scores: Sequence[Score]) -> Table:
    """One row for each of ``scores`` (one or more) and one for all."""
    shown = Table(*HEADINGS, title=scores[0].engine)
    for score in scores:
        shown.add_row(*_row(score))
    if len(scores) > 1:
        shown.add_section()
        shown.add_row(*_row(overall(scores)), style="bold")
    return shown


def _row(score: Score) -> tuple[str, ...]:
    figures, effort = score.figures, score.effort
    return (
        escape(score.id) + ("*" if score.own_rules else ""),
        f"{effort.audio:.0f} s",
        _percent(score.written.rate),
        _percent(score.heard.rate),
        f"{score.terms.right}/{score.terms.total}",
        f"{figures.right}/{figures.total}",
        f"{figures.heard_right}/{figures.heard}",
        f"{len(figures.of(Outcome.WRONG))} +{len(figures.of(Outcome.ADDED))}",
        str(len(figures.of(Outcome.FLAGGED))),
        f"{score.marks.right}/{score.marks.total}",
        str(len(score.marks.invented)),
        _percent(effort.explained / effort.speech if effort.speech else 1.0),
        f"{decimal(effort.audio / effort.wall)} x" if effort.wall else "–",
    )


def remarks(scores: Sequence[Score], peak: int) -> Iterator[str]:
    """What the table cannot hold: every wrong figure, what was not explained, seconds and memory (Rich markup)."""
    for score in scores:
        for fault in score.figures.faults:
            when = f" à {clock(fault.start)}" if fault.start is not None else ""
            if fault.outcome is Outcome.WRONG:
                heard = "bien entendu par le moteur" if fault.heard else "mal entendu par le moteur"
                said = escape(f"dit « {fault.said} », écrit « {fault.written} »")
                yield f"[red]Chiffre faux[/red] {escape(score.id)}{when} : {said} ({heard})"
            elif fault.outcome is Outcome.ADDED:
                yield f"[red]Chiffre ajouté[/red] {escape(score.id)}{when} : {escape(fault.written)}"
        if score.own_rules:
            for mark in score.marks.unwritten:
                where = escape(f"« {mark.mark} » après « {mark.after} »")
                yield f"Commande que nos règles n'écrivent pas, même bien entendue {escape(score.id)} : {where}"
        if score.gaps:
            yield f"Passages à écouter {escape(score.id)} : {spans(score.gaps)}"
    effort = overall(scores).effort
    yield (
        f"{effort.audio:.0f} s de son en {effort.wall:.0f} s, {effort.processor:.0f} s de processeur "
        f"(chargement du modèle compris), crête de mémoire {peak} Mo."
    )
    if any(score.own_rules for score in scores):
        yield (
            "* sans texte de référence écrit : comparé à ce que nos propres règles écrivent d'une écoute parfaite ; "
            "une faute de ces règles n'y paraît pas."
        )


def reductions(plain: Sequence[Score], ours: Sequence[Score]) -> str:
    """How many of the plain engine's word errors are gone, in percent of them."""
    before, after = overall(plain), overall(ours)
    return (
        f"Par rapport au moteur tel quel : mots écrits {_change(before.written.errors, after.written.errors)}, "
        f"mots entendus {_change(before.heard.errors, after.heard.errors)}."
    )


def as_json(scores: Sequence[Score], peak: int) -> dict[str, Any]:
    """Every count and every fault; rates are shares of 1."""
    return {
        "overall": _counts(overall(scores)),
        "peak_megabytes": peak,
        "dictations": [asdict(score) | _counts(score) for score in scores],
    }


def _counts(score: Score) -> dict[str, Any]:
    figures, effort = score.figures, score.effort
    return {
        "written_rate": round(score.written.rate, 4),
        "heard_rate": round(score.heard.rate, 4),
        "terms_right": [score.terms.right, score.terms.total],
        "terms_exact": [score.terms.exact, score.terms.total],
        "figures_right": [figures.right, figures.total],
        "figures_right_of_heard": [figures.heard_right, figures.heard],
        "figures_faults": {outcome.value: len(figures.of(outcome)) for outcome in Outcome},
        "commands_right": [score.marks.right, score.marks.total],
        "marks_invented": len(score.marks.invented),
        "speech_explained": round(effort.explained / effort.speech, 4) if effort.speech else 1.0,
        "seconds_of_audio_per_second": round(effort.audio / effort.wall, 2) if effort.wall else None,
        "processor_seconds": round(effort.processor, 1),
    }


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60} min {decimal(seconds % 60)} s"


def _percent(share: float) -> str:
    return f"{decimal(100 * share)} %"


def _change(before: int, after: int) -> str:
    if not before:
        return f"{after} erreur(s) pour 0"
    return f"{100 * (after - before) / before:+.0f} % d'erreurs ({before} → {after})".replace("-", "−")
