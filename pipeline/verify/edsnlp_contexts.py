"""`EdsContexts`: the `Contexts` port over EDS-NLP's rules (ConText), with the project's own words added."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.model.said import Context, SaidTerm, TermKind
from pipeline.verify.vocabulary import Vocabulary

if TYPE_CHECKING:
    from edsnlp.core import PipelineProtocol

QUALIFIERS = {
    "negation": Context.NEGATED,
    "family": Context.FAMILY,
    "hypothesis": Context.HYPOTHESIS,
    "history": Context.HISTORY,
}
_SPANS = "calame"


class EdsContexts:
    """Loads at its first question (10 to 20 s, once a process), then reads a letter in some tens of milliseconds.

    ``folder`` is ``lexicon/``, ``practice`` the practice's own list, which may be absent. Several threads may ask: one
    is answered at a time. The first question raises `LexiconError` when ``contexts.yaml`` is missing or malformed.
    """

    def __init__(self, folder: Path, practice: Path | None = None) -> None:
        self._folder, self._practice = folder, practice
        self._reading = Lock()

    def terms(self, text: str) -> tuple[SaidTerm, ...]:
        """See `Contexts.terms`."""
        return self.of(text, self._vocabulary.terms(text))

    def words(self, text: str) -> tuple[SaidTerm, ...]:
        """See `Contexts.words`."""
        return self.of(text, self._vocabulary.words(text))

    def of(self, text: str, spans: Iterable[tuple[int, int, TermKind]]) -> tuple[SaidTerm, ...]:
        """See `Contexts.of`."""
        wanted = list(spans)
        if not wanted:
            return ()
        with self._reading:
            doc = self._pipeline.make_doc(text)
            doc.spans[_SPANS] = [doc.char_span(a, b, label=kind, alignment_mode="expand") for a, b, kind in wanted]
            for _, pipe in self._pipeline.pipeline:
                doc = pipe(doc)
            sections = [(one.start, one.end, one.label_) for one in doc.spans["sections"]]
            return tuple(_said(place, span, sections) for place, span in zip(wanted, doc.spans[_SPANS], strict=True))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._folder, self._practice)

    @cached_property
    def _pipeline(self) -> PipelineProtocol:
        import edsnlp  # lazy: heavy vendor import
        from loguru import logger

        logger.disable("edsnlp")  # it warns at each start that its sections are young
        rules = _read(self._folder / "contexts.yaml")
        nlp = edsnlp.blank("eds")
        nlp.add_pipe("eds.normalizer")
        nlp.add_pipe("eds.sentences")
        nlp.add_pipe("eds.sections", config={"sections": _sections(rules["sections"])})
        for name in QUALIFIERS:
            config: dict[str, Any] = {"span_getter": _SPANS, "explain": True, **_lists(name, rules[name])}
            if name in ("family", "history"):
                config["use_sections"] = True
            nlp.add_pipe(f"eds.{name}", config=config)
        return nlp


def _said(place: tuple[int, int, TermKind], span: Any, sections: list[tuple[int, int, str]]) -> SaidTerm:
    contexts = frozenset(context for name, context in QUALIFIERS.items() if getattr(span._, name))
    cues = [cue for name in QUALIFIERS for cue in getattr(span._, f"{name}_cues")]
    section = next((label for start, end, label in sections if start <= span.start < end), "")
    # a section that is a cue is named by its title, which its first line is
    written = dict.fromkeys(cue.text.partition("\n")[0].strip(" :") for cue in cues)
    return SaidTerm(*place, section, contexts, tuple(written))


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        rules: Any = yaml_text.load(path.read_text(encoding="utf-8"))
        return {name: _sourced(rules[name]) for name in (*QUALIFIERS, "sections")}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LexiconError(
            f"Le fichier « {path.name} » (négations, famille, hypothèses) est absent ou mal écrit "
            f"({type(error).__name__}).",
            advice="Rétablissez les fichiers d'origine du dossier « lexicon ».",
        ) from error


def _sourced(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules, which must name their source."""
    if not rules["source"].strip():
        raise ValueError("source")
    return rules


def _lists(name: str, rules: dict[str, Any]) -> dict[str, list[str]]:
    """The lists of a qualifier as its options take them: EDS-NLP's own, without what is dropped, with what is added."""
    own = importlib.import_module(f"edsnlp.pipes.qualifiers.{name}.patterns")
    from edsnlp.pipes.terminations import termination

    add, drop = rules.get("add", {}), rules.get("drop", {})
    lists = {}
    for key in {**add, **drop}:
        first = termination if key == "termination" else getattr(own, key)
        lists[key] = [word for word in first if word not in drop.get(key, ())] + list(add.get(key, ()))
    return lists


def _sections(rules: dict[str, Any]) -> dict[str, list[str]]:
    from edsnlp.pipes.misc.sections.patterns import sections

    names = {name: rules["rename"].get(name, name) for name in sections}
    return {new: [*sections[name], *rules["add"].get(new, ())] for name, new in names.items()}
