"""``calame lexicon …``: what is known, why, the practice's own terms, and its dictionary as a file.

Only the last opens the journal."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.bootstrap import Calame
from pipeline.errors import RegisterError, SettingsError
from pipeline.model.dictionary import Dictionary
from pipeline.model.spreadsheet import decoded
from pipeline.settings import read_settings
from pipeline.verify.practice import Gender, Number, TermClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.verify.abbreviations import Expansion
    from pipeline.verify.facts import Count, Facts
    from pipeline.verify.sources import Entry
    from pipeline.verify.why import Place, Reason

CLASSES = {
    "abbreviation": "abréviation",
    "drug": "substance",
    "drug-brand": "marque",
    "procedure": "acte",
    "lab-test": "biologie",
    "imaging": "imagerie",
    "sign": "signe ou maladie",
    "word": "autre mot médical",
    "expression": "expression",
    "device": "dispositif",
    "unit": "unité",
    "document": "mot de document",
    "title": "titre",
    "prefix": "préfixe",
    "opposite-prefix": "préfixe de sens opposé",
}
WORDS = ("Classe", "Liste", "Source des termes proposés", "Spécialité")
NEXT = "La liste compte dès le prochain lancement de Calame, qui refait le lexique (une vingtaine de secondes)."

app = typer.Typer(no_args_is_help=True, help="Le lexique médical.")
out = Console(highlight=False)

Words = Annotated[list[str], typer.Argument(help="Un mot, ou plusieurs (un terme de plusieurs mots entre guillemets).")]


@app.command("build")
def build() -> None:
    """Construire le lexique (une fois ; ensuite il se charge en une seconde)."""
    with out.status("Lexique…"):
        built = _parts().lexicon
    out.print(f"Lexique {built.version}")


@app.command("lookup")
def lookup(words: Words) -> None:
    """Dire si des mots sont connus, et ce qui leur ressemble."""
    lexicon = _parts().lexicon
    for word in words:
        known = "connu" if lexicon.knows(word) else "inconnu"
        out.print(f"{escape(word)} : {known}" if len(words) > 1 else known)
        for line in _senses(lexicon.expansions(word) or lexicon.expansions(word.upper())):
            out.print(f"  {escape(line)}", soft_wrap=True)
        for proposal in lexicon.propose(word):
            out.print(f"  {escape(proposal.text)}  {proposal.score:.2f}  {escape(proposal.source)}")


@app.command("stats")
def stats() -> None:
    """Ce que contient le lexique, et ce qu'il coûte."""
    from pipeline.ears import packs
    from pipeline.evaluate.run import peak_megabytes
    from pipeline.verify.facts import facts
    from pipeline.verify.lexicon import FrenchLexicon

    all_of = _parts()
    with out.status("Lexique…"):
        _ = all_of.lexicon  # built when it is not there: building is not loading
        before, begun = peak_megabytes(), time.perf_counter()
        settings = all_of.settings
        lexicon = FrenchLexicon(settings.lexicon, settings.cache, practice=settings.terms)
        lexicon.propose("apixaban")
        seconds, memory = time.perf_counter() - begun, peak_megabytes() - before
        found = facts(lexicon, _listed(all_of))
    _show_classes(found)
    table = _table("Source des termes proposés", "Termes")
    for source, count in found.terms.items():
        table.add_row(escape(source), _thousands(count))
    table.add_section()
    table.add_row("ensemble", _thousands(sum(found.terms.values())))
    out.print(table)
    table = _table("Spécialité", "Termes")
    for pack in packs(settings.lexicon / "specialties.yaml"):
        table.add_row(escape(pack.names[0]), _thousands(len(pack.terms)))
    out.print(table)
    short = found.abbreviations
    out.print(
        f"Abréviations : {_thousands(short.words)}, dont {_thousands(short.expandable)} peuvent être écrites en toutes "
        f"lettres et {_thousands(short.ambiguous)} ont plusieurs sens.",
        soft_wrap=True,
    )
    out.print(f"Lexique {found.version} : {_thousands(found.known)} formes connues.")
    disk = f"{found.megabytes:.1f}".replace(".", ",")
    took = f"{seconds:.2f}".replace(".", ",")
    out.print(
        f"Chargé en {took} s (première proposition comprise), {disk} Mo sur le disque, {memory} Mo de mémoire.",
        soft_wrap=True,
    )
    out.print(f"Liste du cabinet : {escape(str(all_of.settings.terms))}", soft_wrap=True)


@app.command("why")
def why(word: Annotated[str, typer.Argument(help="Le mot.")]) -> None:
    """Dire d'où un mot est connu, ou ce qui lui ressemble et pourquoi."""
    from pipeline.verify.why import why as explain

    all_of = _parts()
    with out.status("Lecture des listes…"):
        reason = explain(word, all_of.lexicon, _listed(all_of))
    out.print(_headline(reason), soft_wrap=True)
    for line in dict.fromkeys(map(_place, reason.places)):
        out.print(f"  {escape(line)}", soft_wrap=True)
    for line in _senses(all_of.lexicon.expansions(word) or all_of.lexicon.expansions(word.upper())):
        out.print(f"  {escape(line)}", soft_wrap=True)
    if reason.surprising:
        out.print(
            "  rare et d'aucune nomenclature : interrogé là où un terme qui lui ressemble va mieux", soft_wrap=True
        )
    for near in reason.near:
        alike = f"{near.found_by} (son {near.sound:.2f}, orthographe {near.spelling:.2f})"
        out.print(f"  {escape(near.text)}  {near.score:.2f}  {escape(near.source)}  {alike}", soft_wrap=True)


@app.command("add")
def add(
    word: Annotated[str, typer.Argument(help="Le terme, avec ses accents.")],
    group: Annotated[TermClass, typer.Option("--class", help="Sa classe.")],
    gender: Annotated[Gender | None, typer.Option(help="Son genre.")] = None,
    number: Annotated[Number | None, typer.Option(help="« pl » s'il ne s'écrit qu'au pluriel.")] = None,
    note: Annotated[str, typer.Option(help="Ce qu'une abréviation abrège, ou une remarque.")] = "",
) -> None:
    """Ajouter un terme à la liste du cabinet."""
    from pipeline.verify import practice
    from pipeline.verify.sources import Entry

    all_of = _parts()
    entry = Entry(word, group.value, gender.value if gender else "", number.value if number else "", note)
    written = practice.add(all_of.settings.terms, entry, _listed(all_of))
    out.print(f"Ajouté : {escape(written.word)} ({CLASSES[written.group]}). {NEXT}", soft_wrap=True)


@app.command("remove")
def remove(word: Annotated[str, typer.Argument(help="Le terme.")]) -> None:
    """Retirer un terme de la liste du cabinet."""
    from pipeline.verify import practice

    all_of = _parts()
    gone = practice.remove(all_of.settings.terms, word, _listed(all_of))
    out.print(f"Retiré : {escape(gone.word)} ({CLASSES.get(gone.group, escape(gone.group))}). {NEXT}", soft_wrap=True)


@app.command("export")
def export(file: Annotated[Path, typer.Argument(help="Le fichier CSV à écrire.")]) -> None:
    """Écrire le dictionnaire du cabinet : mots acceptés, corrections, propositions rejetées."""
    from pipeline.review.dictionary_file import write

    journal = Calame(read_settings().resolved()).journal
    dictionary = Dictionary(journal.all_accepted(), journal.all_learned())
    try:
        file.write_text(write(dictionary), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise SettingsError(f"{file} ne peut pas être écrit.", advice="Choisissez un autre dossier.") from error
    counts = f"{len(dictionary.accepted)} mot(s) et {len(dictionary.learned)} correction(s) ou rejet(s)"
    out.print(f"{counts} : {escape(str(file))}", soft_wrap=True)


@app.command("import")
def bring(
    file: Annotated[Path, typer.Argument(help="Un fichier de « calame lexicon export », ou fait à la main.")],
) -> None:
    """Ajouter un dictionnaire au sien. Ce qui est déjà là reste ; ce qui pourrait nuire est refusé, ligne par ligne."""
    from pipeline.review.dictionary_file import read

    try:
        text = decoded(file.read_bytes())
    except (OSError, UnicodeError) as error:
        advice = "Donnez un fichier CSV, enregistré en UTF-8."
        raise RegisterError(f"{file} ne peut pas être lu.", advice=advice) from error
    all_of = Calame(read_settings().resolved())
    with out.status("Lexique…"):
        brought, bad = read(text, all_of.dictionary_guards)
    changed = all_of.journal.bring_dictionary(brought, actor=getpass.getuser())
    same = len(brought.accepted) + len(brought.learned) - changed
    out.print(f"{changed} ajoutée(s) ou complétée(s), {same} déjà là, {len(bad)} refusée(s).")
    for line in bad:
        out.print(f"Ligne {line.number} : {escape(line.reason)}.", soft_wrap=True)


def _headline(reason: Reason) -> str:
    word = escape(reason.word)
    if not reason.known:
        return f"{word} : inconnu. Termes proches :" if reason.near else f"{word} : inconnu, et rien ne lui ressemble."
    if reason.how and reason.places:
        forms = ", ".join(sorted({place.form for place in reason.places}))
        return f"{word} : connu ({escape(reason.how)} : {escape(forms)})"
    if not reason.places:
        return f"{word} : connu, par une forme régulière d'un mot des nomenclatures."
    return f"{word} : connu"


def _place(place: Place) -> str:
    if place.entry is None:
        return f"{place.source} : « {place.label} »" if place.label else place.source
    entry = place.entry
    parts = [
        CLASSES.get(entry.group, entry.group),
        {"f": "féminin", "m": "masculin"}.get(entry.gender, ""),
        {"pl": "pluriel"}.get(entry.number, ""),
        "" if entry.group == "abbreviation" else entry.note,
    ]
    return f"{place.source} : « {entry.word} », {', '.join(part for part in parts if part)}"


def _senses(found: tuple[Expansion, ...]) -> Iterator[str]:
    """What an abbreviation stands for, and whether it may be written out."""
    for sense in found:
        yield f"= {sense.text}" + (f" ({sense.specialty})" if sense.specialty else "")
    if len(found) > 1:
        yield "Plusieurs sens : ne s'écrit jamais en toutes lettres sans une personne."
    elif found:
        yield "Peut s'écrire en toutes lettres." if found[0].may_expand else "Ne s'écrit pas en toutes lettres."


def _show_classes(found: Facts) -> None:
    """The own lists; "apport" is what no installed package has."""
    table = _table("Classe", "Liste", "Termes", "Apport", "dont un seul mot")
    for (group, source), count in sorted(found.classes.items()):
        table.add_row(CLASSES.get(group, escape(group)), source, *map(_thousands, _figures(count)))
    table.add_section()
    table.add_row("ensemble", "", *map(_thousands, _figures(found.own)))
    out.print(table)
    out.print(
        "Apport : termes absents des paquets installés (CIM-10, CIM-11, médicaments, ADICAP, dictionnaire français). "
        "L'ensemble compte chaque terme une fois, sans les préfixes.",
        soft_wrap=True,
    )


def _figures(count: Count) -> tuple[int, int, int]:
    return count.terms, count.lacking, count.single


def _table(*columns: str) -> Table:
    """Words left, figures right."""
    table = Table()
    for column in columns:
        table.add_column(column, justify="left" if column in WORDS else "right")
    return table


def _listed(all_of: Calame) -> tuple[Entry, ...]:
    from pipeline.verify.sources import own_entries

    return own_entries(all_of.settings.lexicon, all_of.settings.terms)


def _parts() -> Calame:
    return Calame(read_settings().located())


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
