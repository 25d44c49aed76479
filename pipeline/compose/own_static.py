"""What is wrong with a template that cannot be drawn yet: its styles, and what its pages never name.

Nothing is filled in: mistakes that only a drawing shows come once the template reads well.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from weasyprint import CSS

from pipeline.compose.drawing import AppFetcher
from pipeline.compose.fields import ANCHOR_ID
from pipeline.compose.own import PAGE, Mistake
from pipeline.compose.own_probe import Fact
from pipeline.errors import TemplateFault

_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_SHEET = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"\bstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


class Heard(logging.Handler):
    """What WeasyPrint says it left out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())


@contextmanager
def listening() -> Iterator[Heard]:
    """Hears WeasyPrint as long as it lasts."""
    heard, logger = Heard(), logging.getLogger("weasyprint")
    logger.addHandler(heard)
    logger.propagate = False
    try:
        yield heard
    finally:
        logger.removeHandler(heard)


def ignored_styles(folder: Path, texts: Mapping[str, str]) -> list[Mistake]:
    """Declarations that WeasyPrint does not know, in the sheets and in the pages."""
    fetcher = AppFetcher(folder)
    with listening() as heard:
        for sheet in _sheets(texts):
            with suppress(TemplateFault), fetcher.guard(PAGE):
                CSS(string=sheet, base_url="app:", url_fetcher=fetcher)
    found = [ignored(told, texts) for told in dict.fromkeys(heard.told)]
    return [one for one in found if one.line]  # the others speak of a brace, which is told where it stands


def never_named(texts: Mapping[str, str], facts: Sequence[Fact]) -> Iterator[Mistake]:
    """Required fields, and the place for the signature, that no page of the template names."""
    pages = _COMMENT.sub("", "\n".join(text for name, text in texts.items() if name.endswith(".html")))
    if not re.search(rf"\bid\s*=\s*[\"']?{ANCHOR_ID}\b", pages):
        advice = f'Ajoutez <div id="{ANCHOR_ID}"></div> à la fin du document.'
        yield Mistake(PAGE, "aucune place pour la signature", advice, 0, ANCHOR_ID)
    for fact in {one.field: one for one in facts if not one.forbidden}.values():
        names = ("sections", "blocks") if fact.field == "sections" else (fact.field.rpartition(".")[2],)
        if not any(re.search(rf"\b{name}\b", pages) for name in names):
            yield Mistake(PAGE, f"imprimé nulle part : {fact.why}", f"Ajoutez « {fact.field} ».", 0, fact.field)


def ignored(told: str, texts: Mapping[str, str]) -> Mistake:
    """WeasyPrint names the declaration, and a line of its own style sheet but not which one: it is looked for."""
    met = re.search(r"Ignored `([^`]*)`|selector, '([^']*)'", told)
    words = (met[1] or met[2] or "").strip() if met else ""
    name, _, value = words.partition(":")
    loose = re.compile(rf"{re.escape(name.strip())}\s*:\s*{re.escape(value.strip())}" if value else re.escape(words))
    for file, text in texts.items():
        place = loose.search(text) if words else None
        if place:
            advice = "Retirez-la ou corrigez-la : WeasyPrint ne la connaît pas."
            return Mistake(file, "règle CSS sans effet", advice, text.count("\n", 0, place.start()) + 1, words[:60])
    if "image" in told or "font" in told.lower():
        return Mistake(
            PAGE, "une image ou une police ne peut pas être lue", "Vérifiez le fichier et son nom « app:… »."
        )
    return Mistake(PAGE, "règle CSS sans effet", "Comparez-la avec un modèle neuf.", 0, words[:60])


def _sheets(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        if name.endswith(".css"):
            yield text
            continue
        page = _COMMENT.sub("", text)
        rules = [*_SHEET.findall(page), *(f"p {{ {one or other} }}" for one, other in _STYLE.findall(page))]
        yield from (rule for rule in rules if "{{" not in rule and "{%" not in rule)
