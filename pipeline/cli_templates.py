"""``calame templates``: the catalogue of documents, and each of them drawn from an invented example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.bootstrap import Calame
from pipeline.compose.examples import Examples
from pipeline.compose.port import KindRules
from pipeline.errors import FileRefused
from pipeline.model.identity import DocumentKind
from pipeline.settings import data_folder, read_settings
from pipeline.web.words import ROLE

app = typer.Typer(no_args_is_help=True, help="Les modèles de documents.")
out = Console(highlight=False)

Kind = Annotated[str, typer.Argument(help="Un type de « calame templates list ».")]


@app.command("list")
def list_kinds() -> None:
    """Les types de documents : code, signataire, confidentialité, années de conservation, exigences."""
    table = Table("Type", "LOINC", "Signe", "Conf.", "Ans", "Exige")
    table.columns[0].no_wrap = True
    for rules in _calame().renderer.catalog.kinds.values():
        facts = (rules.confidentiality.value, str(rules.retention.years), str(len(rules.requires)))
        table.add_row(rules.kind.value, rules.loinc, _signers(rules), *facts)
    out.print(table)


@app.command("show")
def show(kind: Kind) -> None:
    """Ce qu'un type de document doit contenir, et d'où vient la règle."""
    rules = _calame().renderer.rules(_known(kind))
    out.print(f"{rules.label} ({rules.loinc}), signature : {_signers(rules)}", f"{rules.source}.", sep="\n")
    out.print(f"Conservation : {rules.retention.years} ans. {rules.retention.source}")
    for title, asked in (("Exigé avant signature", rules.requires), ("Rappelé", rules.advises)):
        out.print(f"{title} :" if asked else f"{title} : rien")
        for each in asked:
            out.print(f"  - {each.says}")
    out.print(f"Titres reconnus : {', '.join(rules.headings)}")


def _signers(rules: KindRules) -> str:
    return " ou ".join(ROLE[role] for role in rules.signers)


def _known(name: str) -> DocumentKind:
    if name not in [kind.value for kind in DocumentKind]:
        raise FileRefused(f"Type inconnu : {name}.", advice="« calame templates list » les montre tous.")
    return DocumentKind(name)


def _calame() -> Calame:
    return Calame(read_settings().located())


@app.command("preview")
def preview(
    kinds: Annotated[list[str] | None, typer.Argument(help="Types ; tous quand rien n'est dit.")] = None,
    folder: Annotated[Path, typer.Option("-o", "--output", help="Dossier des PDF et DOCX.")] = Path("modeles"),
) -> None:
    """Chaque document, en PDF et en DOCX, à partir d'un exemple inventé."""
    chosen = [_known(name) for name in kinds or []]
    renderer, examples = _calame().renderer, Examples(data_folder("samples"))
    folder.mkdir(parents=True, exist_ok=True)
    for kind in track(chosen or examples.kinds, description="Documents", console=out):
        revision = examples.revision(kind, renderer)
        (folder / f"{kind.value}.pdf").write_bytes(renderer.pdf(revision))
        (folder / f"{kind.value}.docx").write_bytes(renderer.docx(revision))
    if not kinds:
        letter = examples.revision(DocumentKind.LETTER, renderer)
        for name in renderer.catalog.papers:
            (folder / f"{name}.pdf").write_bytes(renderer.paper(name, letter, letter.recipient))
    out.print(f"{len(chosen or examples.kinds)} documents dans {folder}")
