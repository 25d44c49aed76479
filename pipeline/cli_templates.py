"""``calame templates``: the catalogue of documents, each drawn from an example, and the practice's own templates."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from pipeline.bootstrap import Calame
from pipeline.compose.examples import Examples
from pipeline.compose.own import COPY, PAGE, Mistake, OwnTemplate, OwnTemplates
from pipeline.compose.port import KindRules
from pipeline.errors import FileRefused, TemplateFault
from pipeline.model.identity import DocumentKind
from pipeline.settings import data_folder, read_settings
from pipeline.web.words import ROLE

if TYPE_CHECKING:
    from pipeline.compose.practice_renderer import PracticeRenderer

app = typer.Typer(no_args_is_help=True, help="Les modèles de documents.")
out = Console(highlight=False, soft_wrap=True)

Kind = Annotated[str, typer.Argument(help="Un type de « calame templates list ».")]
Name = Annotated[str, typer.Argument(help="Un modèle du cabinet.")]
Folder = Annotated[Path, typer.Option("-o", "--output", help="Dossier des PDF et DOCX.")]
Png = Annotated[bool, typer.Option("--png", help="Aussi une image de chaque page.")]


@app.command("list")
def list_kinds() -> None:
    """Les types de documents : code, signataire, confidentialité, années de conservation, exigences."""
    calame = _calame()
    table = Table("Type", "LOINC", "Signe", "Conf.", "Ans", "Exige")
    table.columns[0].no_wrap = True
    for rules in calame.renderer.catalog.kinds.values():
        facts = (rules.confidentiality.value, str(rules.retention.years), str(len(rules.requires)))
        table.add_row(rules.kind.value, rules.loinc, _signers(rules), *facts)
    Console(highlight=False).print(table)
    for name in calame.own_templates.names():
        out.print(f"Modèle du cabinet « {name} » : {_state(calame.renderer, calame.own_templates, name)}")


def _state(renderer: PracticeRenderer, own: OwnTemplates, name: str) -> str:
    served, made = own.sha256(name), renderer.read(own.workshop / name)
    if not served:
        return "en préparation, aucun document ne l'emploie"
    return "en service" if made and made.sha256 == served else "modifié depuis : la version vérifiée reste en service"


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


@app.command("new")
def new(
    name: Name, kind: Annotated[str, typer.Option("--from", help="Le type de document dont partir.")] = "letter"
) -> None:
    """Une copie de travail d'un modèle livré, commentée, à modifier."""
    folder = _calame().renderer.new(name, _known(kind))
    out.print(
        f"Modèle « {name} » : {folder}",
        *(f"  {path.name}" for path in sorted(folder.iterdir())),
        f"Modifiez-le, puis : calame templates check {name}",
        sep="\n",
    )


@app.command("check")
def check(
    templates: Annotated[
        list[str] | None, typer.Argument(help="Modèles du cabinet, dossiers ou fichiers .html, .docx ; tous sinon.")
    ] = None,
    kind: Annotated[str, typer.Option("--from", help="Pour un fichier seul : le type qu'il dessine.")] = "letter",
) -> None:
    """Chaque faute d'un modèle : fichier, ligne, champ, et quoi faire. Code de sortie 1 s'il y en a."""
    calame = _calame()
    names = templates or calame.own_templates.names()
    if not names:
        out.print("Le cabinet n'a pas de modèle à lui : « calame templates new NOM --from letter » en fait un.")
    count = 0
    for name in names:
        with _folder(calame, name, _known(kind)) as folder:
            _, found = calame.renderer.check(folder)
        count += len(found)
        _tell(name, found)
    if count:
        raise typer.Exit(1)


def _tell(name: str, found: Sequence[Mistake]) -> None:
    if not found:
        out.print(f"{escape(name)} : aucune faute")
        return
    out.print(f"{escape(name)} : {len(found)} faute{'s' if len(found) > 1 else ''}")
    for one in found:
        unit = " § " if one.file == COPY else ":"
        place = f"{one.file}{unit}{one.line}" if one.line else one.file
        field = f"« {one.field} » " if one.field else ""
        out.print(f"  [bold]{escape(place)}[/bold]  {escape(field)}{escape(one.says)}\n      {escape(one.advice)}")


@contextmanager
def _folder(calame: Calame, name: str, kind: DocumentKind) -> Iterator[Path]:
    """The template's folder: by its name, or by its path; a single file stands in a new template."""
    path, known = Path(name), calame.own_templates.workshop / name
    if name in calame.own_templates.names():
        yield known
    elif path.is_dir():
        yield path.absolute()
    elif path.is_file() and path.suffix in (".html", ".docx"):
        with tempfile.TemporaryDirectory() as scratch:
            workshop = OwnTemplates(Path(scratch), Path(scratch))
            from pipeline.compose.practice_renderer import PracticeRenderer

            folder = PracticeRenderer(calame.settings.templates, workshop).new("essai", kind)
            shutil.copyfile(path, folder / (COPY if path.suffix == ".docx" else PAGE))
            yield folder
    else:
        raise FileRefused(f"Modèle introuvable : {name}.", advice="« calame templates list » montre ceux du cabinet.")


@app.command("use")
def use(name: Name) -> None:
    """Vérifie un modèle du cabinet et le met en service : lui seul dessine alors ses types de documents."""
    calame = _calame()
    with _folder(calame, name, DocumentKind.LETTER) as folder:
        own, found = calame.renderer.check(folder)
    if own is None or found:
        _tell(name, found)
        raise typer.Exit(1)
    calame.own_templates.use(own)
    out.print(f"« {own.name} » est en service pour : {', '.join(kind.value for kind in own.kinds)}.")
    out.print("Les brouillons en cours le prendront quand ils seront enregistrés à nouveau.")


@app.command("retire")
def retire(name: Name) -> None:
    """Revient au modèle livré. Le dossier du modèle reste."""
    _calame().own_templates.retire(name)
    out.print(f"« {name} » n'est plus en service : le modèle livré le remplace.")


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
    kinds: Annotated[
        list[str] | None, typer.Argument(help="Types ou modèles du cabinet ; tous les types sinon.")
    ] = None,
    folder: Folder = Path("modeles"),
    png: Png = False,
) -> None:
    """Chaque document, en PDF et en DOCX, à partir d'un exemple inventé."""
    calame, examples = _calame(), Examples(data_folder("samples"))
    renderer = calame.renderer
    drawn: list[tuple[str, DocumentKind, PracticeRenderer]] = []
    for name in kinds or [kind.value for kind in examples.kinds]:
        if name in calame.own_templates.names():
            own = _readable(calame, name)
            drawn += [(f"{name}-{kind.value}", kind, renderer.trying(own)) for kind in own.kinds]
        else:
            drawn.append((name, _known(name), renderer))
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind, by in track(drawn, description="Documents", console=out):
        revision = examples.revision(kind, by)
        (folder / f"{name}.pdf").write_bytes(by.pdf(revision))
        (folder / f"{name}.docx").write_bytes(by.docx(revision))
        if png:
            _draw_pages(folder / f"{name}.pdf")
    if not kinds:
        letter = examples.revision(DocumentKind.LETTER, renderer)
        for name in renderer.catalog.papers:
            (folder / f"{name}.pdf").write_bytes(renderer.paper(name, letter, letter.recipient))
            (folder / f"{name}.docx").write_bytes(renderer.paper_docx(name, letter, letter.recipient))
    out.print(f"{len(drawn)} document{'s' if len(drawn) > 1 else ''} dans {folder}")


def _readable(calame: Calame, name: str) -> OwnTemplate:
    own = calame.renderer.read(calame.own_templates.workshop / name)
    if own is None:
        raise TemplateFault(
            f"Le modèle « {name} » ne peut pas être lu.", advice=f"« calame templates check {name} » dit pourquoi."
        )
    return own


def _draw_pages(pdf: Path) -> None:
    """One PNG for each page, 110 dpi."""
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        for number, page in enumerate(document, 1):
            page.render(scale=110 / 72).to_pil().save(pdf.with_name(f"{pdf.stem}-{number}.png"))
