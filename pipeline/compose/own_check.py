"""Finds every mistake of a practice's template: reads it, then draws it. Runs in a cell (`pipeline.compose.cell`)."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from pipeline.compose.docx_renderer import inspected
from pipeline.compose.drawing import Drawing, qr_text
from pipeline.compose.fields import ANCHOR_ID
from pipeline.compose.own import COPY, PAGE, Mistake
from pipeline.compose.own_docx import docx_source, docx_text, section_marks
from pipeline.compose.own_jinja import Sources, jinja_mistakes, shape_of
from pipeline.compose.own_markup import markup_mistakes
from pipeline.compose.own_probe import Fact, Probe
from pipeline.compose.own_proof import flaws_of_copy, flaws_of_page, suspects
from pipeline.compose.own_static import ignored, ignored_styles, listening, never_named
from pipeline.compose.own_visible import sheets_of, text_of, visible_text
from pipeline.compose.pictures import picture_fault
from pipeline.docx_package import open_package
from pipeline.errors import FileRefused, TemplateFault

_TEXTS = (".html", ".css")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg")
_SHOW = "Vérifiez sa couleur, sa taille (4 points au moins), son opacité, ce qui le couvre et sa place sur la feuille."
_MOST = 100
"""Mistakes told at once."""


def mistakes_inside(folder: Path, probes: Sequence[Probe], *, drawn: bool = True) -> list[Mistake]:
    """What is wrong with the files of ``folder``, file by file. The template is drawn only when it reads well, and not
    at all when it is not known what it draws (``drawn``)."""
    found: list[Mistake] = []
    texts: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        if path.suffix in _TEXTS:
            try:
                texts[name] = content.decode("utf-8")
            except UnicodeDecodeError as error:
                line = content.count(b"\n", 0, error.start) + 1
                found.append(Mistake(name, "le fichier n'est pas en UTF-8", "Enregistrez-le en UTF-8.", line))
        elif path.suffix.lower() in _PICTURES and (fault := picture_fault(content)):
            found.append(Mistake(name, f"image refusée : {fault}", "Enregistrez-la en PNG, à sa taille imprimée."))
    drawing = Drawing(folder)
    pages = {name: text for name, text in texts.items() if name.endswith(".html")}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    shape = shape_of(probes[0].shown) | {"qr": str, "tight": bool}
    found += jinja_mistakes(Sources(pages, shape, files), drawing.environment)
    for name, text in texts.items():
        found += markup_mistakes(name, text)
    if PAGE not in texts or not drawn or found:
        found += ignored_styles(folder, texts)
        found += never_named(texts, probes[0].facts if drawn else ()) if PAGE in texts else ()
    else:
        found += _on_paper(drawing, texts, probes)
    if COPY in files:
        found += _of_the_copy(drawing, probes, drawn=drawn)
    return list(dict.fromkeys(found))[:_MOST]


# --- the page --------------------------------------------------------------------------------------------------------


def _on_paper(drawing: Drawing, texts: dict[str, str], probes: Sequence[Probe]) -> Iterator[Mistake]:
    for probe in probes:
        try:
            with listening() as heard:
                pdf = drawing.pdf(PAGE, probe.shown, probe.revision)
            page = drawing.environment.get_template(PAGE).render(probe.shown | {"qr": "", "tight": False})
        except TemplateFault as fault:
            yield _drawn_wrong(PAGE, fault, drawing.folder, probe)
            yield from ignored_styles(drawing.folder, texts)
            yield from (one for one in never_named(texts, probe.facts) if one.field != ANCHOR_ID)
            return
        yield from (ignored(told, texts) for told in dict.fromkeys(heard.told))
        yield from _for_reader_aloud(page)
        sheets = sheets_of(pdf)
        found = [one for one in _lacking(PAGE, text_of(pdf), probe) if one.field != "sections"]
        told = {one.field for one in found} | {"sections"}  # each word of these is looked for below
        found += _unseen(texts, visible_text(sheets), probe, told)
        yield from found
        told = {one.field for one in found}
        for flaw in flaws_of_page(sheets, probe.shown, qr_text(probe.revision), invented=True):
            if flaw.field not in told:
                file, line = suspects(flaw, texts)
                yield Mistake(file, f"{flaw.says} (avec {probe.named})", flaw.advice, line, flaw.field)


class _Outline(HTMLParser):
    """The title, and whether there is a main heading."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.title, self.tags = "", "", set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.inside = tag
        if tag == "html" and dict(attrs).get("lang"):
            self.tags.add("html lang")

    def handle_data(self, data: str) -> None:
        if self.inside == "title":
            self.title += data.strip()

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.inside = ""


def _for_reader_aloud(page: str) -> Iterator[Mistake]:
    outline = _Outline()
    outline.feed(page)
    if not outline.title:
        yield Mistake(
            PAGE, "titre du PDF absent", "Ajoutez <title>{{ title }}</title> dans <head> : PDF/UA.", 0, "title"
        )
    if "html lang" not in outline.tags:
        yield Mistake(PAGE, "langue absente", 'Commencez par <html lang="fr"> : PDF/UA.', 0, "lang")
    if "h1" not in outline.tags:
        yield Mistake(PAGE, "titre principal absent", "Placez le titre dans <h1>{{ title }}</h1> : PDF/UA.", 0, "h1")


# --- the copy to edit ------------------------------------------------------------------------------------------------


def _of_the_copy(drawing: Drawing, probes: Sequence[Probe], *, drawn: bool) -> Iterator[Mistake]:
    content = (drawing.folder / COPY).read_bytes()
    try:
        package = inspected(content, COPY)
    except TemplateFault as fault:
        yield Mistake(COPY, fault.message, fault.advice)
        return
    source, found = docx_source(package)
    found += jinja_mistakes(Sources({COPY: source}, shape_of(probes[0].shown), ()), drawing.environment)
    if found or not drawn:
        yield from found
        return
    for probe in probes:
        try:
            copy = open_package(drawing.docx(COPY, probe.shown, probe.revision, comes_back=True))
        except TemplateFault as fault:
            yield replace(_drawn_wrong(COPY, fault, drawing.folder, probe), line=0)
            return
        except FileRefused as refused:
            says = f"copie refusée une fois remplie avec {probe.named} : {refused.message}"
            yield Mistake(COPY, says, refused.advice)
            return
        except (zipfile.BadZipFile, KeyError, ValueError, IndexError, AttributeError) as error:
            says = f"ne peut pas être rempli avec {probe.named} ({type(error).__name__})"
            yield Mistake(COPY, says, "Vérifiez que chaque {%p … %} est seul dans son paragraphe.")
            return
        lacking = list(_lacking(COPY, docx_text(copy), probe))
        yield from lacking
        for flaw in flaws_of_copy(docx_text(copy), probe.shown):
            if flaw.field not in {one.field for one in lacking}:
                yield Mistake(COPY, f"{flaw.says} (avec {probe.named})", flaw.advice, 0, flaw.field)
        wanted = len(probe.revision.sections)
        if section_marks(copy) != wanted:
            advice = "Repartez d'un modèle neuf : le signet « section_1 » entoure chaque partie."
            yield Mistake(COPY, "signets des parties perdus : la copie modifiée ne pourrait pas revenir", advice)
            return


# --- both ------------------------------------------------------------------------------------------------------------


def _drawn_wrong(file: str, fault: TemplateFault, folder: Path, probe: Probe) -> Mistake:
    """The line is where Jinja was, in whichever file of the template."""
    line, cause = 0, fault.__cause__
    trace = cause.__traceback__ if cause else None
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(folder):
            file, line = path.relative_to(folder).as_posix(), trace.tb_lineno
        trace = trace.tb_next
    field = re.search(r"champ inconnu : « (.*?) »", fault.message)
    return Mistake(file, f"{fault.message} (avec {probe.named})", fault.advice, line, field[1] if field else "")


def _lacking(file: str, text: str, probe: Probe) -> Iterator[Mistake]:
    printed = _plain(text)
    missing: dict[str, Fact] = {}
    for fact in probe.facts:
        if (_plain(fact.text) in printed) is fact.forbidden:
            missing.setdefault(fact.field, fact)
    for fact in missing.values():
        shown = "imprimé à tort" if fact.forbidden else "pas imprimé"
        advice = "Retirez" if fact.forbidden else "Ajoutez"
        what = (
            f"{{{{ {fact.field} }}}}" if fact.field not in ("urgent", "replaces", "sections", "copies") else fact.field
        )
        yield Mistake(file, f"{shown} avec {probe.named} : {fact.why}", f"{advice} « {what} ».", 0, fact.field)


def _unseen(texts: dict[str, str], seen: str, probe: Probe, told: set[str]) -> Iterator[Mistake]:
    """What the file says and no reader sees, at the line where the template writes it."""
    printed = _plain(seen)
    hidden = {fact.field: fact for fact in probe.facts if not fact.forbidden and _plain(fact.text) not in printed}
    for field, fact in hidden.items():
        if field not in told:
            file, line = _written_at(field, texts)
            says = f"invisible sur la page avec {probe.named} : {fact.why}"
            yield Mistake(file, says, _SHOW, line, field)


def _written_at(field: str, texts: dict[str, str]) -> tuple[str, int]:
    """The first place that prints the field, else that names it; the page without a line when it comes from a loop."""
    for pattern in (rf"\{{\{{[^}}]*\b{re.escape(field)}\b", rf"\{{%[^%]*\b{re.escape(field)}\b"):
        for file, text in texts.items():
            if file.endswith(".html") and (place := re.search(pattern, text)):
                return file, text.count("\n", 0, place.end()) + 1
    return PAGE, 0


def _plain(text: str) -> str:
    """Without white space, case and ligatures: how a text is broken into lines does not matter."""
    kept: Callable[[str], bool] = lambda sign: not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Cc")  # noqa: E731
    return "".join(filter(kept, unicodedata.normalize("NFKC", text).casefold())).replace("’", "'")
