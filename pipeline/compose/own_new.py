"""Writes a new template for a practice: a working copy of a shipped one, with comments, to be changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipeline.compose.own import COPY, ENTRY, PAGE
from pipeline.compose.own_probe import FieldNote
from pipeline.compose.port import KindRules
from pipeline.errors import TemplateFault

_REFERENCE = re.compile(
    r"(?P<before>\{%\s*(?:extends|import|include|from)\s*\"|href=\"app:)(?P<path>[\w/.-]+)(?P<after>\")"
)
_ENTRY = """\
# Le modèle « {name} » du cabinet. Après chaque changement : calame templates check {name}
# Pour l'employer : calame templates use {name}      Pour revenir au modèle livré : calame templates retire {name}

kinds: [{kind}]          # les types qu'il dessine, de « calame templates list »
# title: {title}         # un autre titre que celui du catalogue
# headings: [Bilan orthoptique]  # d'autres titres de parties à reconnaître dans la dictée
# requires:              # ce que le cabinet exige en plus avant l'approbation ; ce que la loi exige reste exigé
#   - words: [rendez-vous]
#     says: "La date du prochain rendez-vous n'apparaît pas."
# advises: []            # la même chose, seulement rappelée
"""
_HEAD = """\
{{#
  La page (PDF) du modèle « {name} », copiée de « {template} » livré avec Calame.

  Fichiers du dossier : {files}.
  Styles : changez les couleurs, polices et marges dans « paper.css ». Une image se place dans ce dossier et s'écrit
  <img src="app:logo.png" alt="Logo du cabinet">. Rien d'autre que ce dossier n'est lu ; aucune adresse internet.
  Gardez un seul élément id="signature" : c'est la place de la signature. La copie à modifier est « modele.docx ».

  Champs, à écrire {{{{ patient.name }}}} (obligatoires : *) :
{fields}
#}}
"""


def new_template(workshop: Path, name: str, rules: KindRules, templates: Path, fields: Sequence[FieldNote]) -> Path:
    """The new folder. Raises `TemplateFault` when there is one of this name."""
    folder = workshop / name
    if folder.exists():
        raise TemplateFault(f"Le modèle « {name} » existe déjà.", advice="Choisissez un autre nom.")
    pages = _closure(templates, f"{rules.template}.html")
    folder.mkdir(parents=True, mode=0o750)
    flat = {path: PAGE if path == f"{rules.template}.html" else PurePosixPath(path).name for path in pages}
    listed = "\n".join(f"    {note.name}{' *' if note.needed else ''} : {note.what}" for note in fields)
    for path, text in pages.items():
        own = _REFERENCE.sub(lambda met: met["before"] + flat[met["path"]] + met["after"], text)
        if flat[path] == PAGE:
            others = ", ".join(sorted({*flat.values(), COPY, ENTRY} - {PAGE}))
            own = _HEAD.format(name=name, template=rules.template, fields=listed, files=others) + own
        (folder / flat[path]).write_text(own, "utf-8")
    shutil.copyfile(templates / f"{rules.template}.docx", folder / COPY)
    (folder / ENTRY).write_text(_ENTRY.format(name=name, kind=rules.kind.value, title=rules.title), "utf-8")
    return folder


def _closure(templates: Path, first: str) -> dict[str, str]:
    """The text of a template and of every file that it names, by path."""
    found: dict[str, str] = {}
    waiting = [first]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = (templates / path).read_text("utf-8")
            waiting += [met["path"] for met in _REFERENCE.finditer(found[path])]
    return found
