"""Reads a template's HTML and CSS without running them: addresses, pictures, and what a screen reader needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.compose.own import Mistake

_TAG = re.compile(
    r"<(?P<name>[a-zA-Z][\w-]*)(?P<rest>(?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|'[^']*'|[^>\"'])*)>", re.DOTALL
)
_ADDRESS = re.compile(
    r"\b(?:src|href|data|poster|xlink:href|srcset)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE
)
_CSS_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]*)|@import\s+[\"']([^\"']*)", re.IGNORECASE)
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
_IGNORED = ("script", "iframe", "object", "embed", "form", "video", "audio")
_COPY_IT = "Copiez le fichier dans le dossier du modèle et écrivez « app:nom-du-fichier »."


def markup_mistakes(file: str, text: str) -> list[Mistake]:
    """In the order of the lines."""
    bare = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    found = list(_css(file, bare))
    if file.endswith(".html"):
        found += _tags(file, bare)
    else:
        found += _braces(file, bare)
    return sorted(set(found), key=lambda one: one.line)


def _tags(file: str, text: str) -> Iterator[Mistake]:
    for tag in _TAG.finditer(text):
        name, rest = tag["name"].lower(), tag["rest"]
        line = text.count("\n", 0, tag.start()) + 1
        if name == "img" and not re.search(r"\balt\s*=", rest):
            yield Mistake(
                file,
                "image sans texte de remplacement",
                'Ajoutez alt="…" (alt="" pour un ornement) : PDF/UA.',
                line,
                "alt",
            )
        if name == "html" and not re.search(r"\blang\s*=\s*[\"']?fr", rest):
            yield Mistake(
                file, "langue absente", 'Écrivez <html lang="fr"> : PDF/UA, et R.4127-76 (en français).', line, "lang"
            )
        if name in _IGNORED:
            yield Mistake(file, f"<{name}> n'est ni exécuté ni imprimé", "Retirez-le.", line, name)
        for met in _ADDRESS.finditer(rest):
            address = next(part for part in met.groups() if part is not None).strip()
            attached = re.search(r"\brel\s*=\s*[\"']?attachment", rest)
            if (name != "a" or attached) and _leads_out(address):
                yield Mistake(
                    file, "adresse interdite : un modèle ne lit que son dossier", _COPY_IT, line, address[:60]
                )


def _braces(file: str, text: str) -> Iterator[Mistake]:
    """Of a style sheet: what stands after an unclosed one is part of its rule, and has no effect."""
    opened: list[int] = []
    for met in re.finditer(r"[{}]|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", text):
        line = text.count("\n", 0, met.start()) + 1
        if met[0] == "{":
            opened.append(line)
        elif met[0] == "}" and opened:
            opened.pop()
        elif met[0] == "}":
            yield Mistake(file, "accolade « } » de trop", "Retirez-la.", line, "}")
    for line in opened:
        yield Mistake(file, "accolade « { » jamais fermée", "Ajoutez « } » à la fin de la règle.", line, "{")


def _css(file: str, text: str) -> Iterator[Mistake]:
    for met in _CSS_ADDRESS.finditer(text):
        address = (met[1] or met[2] or "").strip()
        if _leads_out(address):
            line = text.count("\n", 0, met.start()) + 1
            yield Mistake(file, "adresse interdite : un modèle ne lit que son dossier", _COPY_IT, line, address[:60])


def _leads_out(address: str) -> bool:
    """Anything but a file of the folder, a field, or a picture written in the template itself."""
    if address.startswith(("{{", "data:image/", "data:font/", "#")) or not address:
        return False
    scheme, colon, path = address.partition(":")
    return not colon or scheme != "app" or path.startswith("/") or ".." in path.split("/")
