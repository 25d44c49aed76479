"""The rules of reviewing: settle a doubt, put a proposal into the text, know what still stands in the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import DocumentIncomplete, StaleDraft
from pipeline.model.case import BlobRef
from pipeline.model.document import Draft, Section
from pipeline.model.text import CheckedText, Finding, FindingKind


@dataclass(frozen=True, slots=True)
class Settled:
    """A person's answer to the finding number ``index`` of the checked text.

    ``decision`` is ``"replaced"`` (``text`` holds the replacement), ``"kept"``, ``"learned"`` (kept, and added to the
    practice's words), ``"heard"`` (a gap was listened to) or ``"reopened"`` (the replacement was undone). ``revision``
    is the number of the revision that a replacement made, else 0.
    """

    index: int
    decision: str
    by: str
    at: datetime
    text: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a doctor sent a draft back, in writing, in a recording, or both."""

    text: str
    by: str
    at: datetime
    sound: BlobRef | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Every page of the PDF ``sha256`` was on the screen of the person ``by``."""

    sha256: str
    by: str
    at: datetime


def open_findings(checked: CheckedText, settled: Sequence[Settled]) -> list[tuple[int, Finding]]:
    """The findings nobody answered, with their index, in the order of the text. The last answer counts."""
    last = {one.index: one.decision for one in settled}
    return [
        (index, finding) for index, finding in enumerate(checked.findings) if last.get(index, "reopened") == "reopened"
    ]


def unheard_gaps(checked: CheckedText, settled: Sequence[Settled]) -> list[Finding]:
    """Speech without words that nobody has listened to: it stands in the way of approval."""
    return [finding for _, finding in open_findings(checked, settled) if finding.kind is FindingKind.GAP]


def open_risks(checked: CheckedText, settled: Sequence[Settled]) -> list[Finding]:
    """What could harm and nobody has answered: it stands in the way of approval."""
    return [finding for _, finding in open_findings(checked, settled) if finding.kind is FindingKind.RISK]


def replace_excerpt(
    sections: Sequence[Section], excerpt: str, replacement: str, *, heard: str, at: int
) -> tuple[Section, ...] | None:
    """Put ``replacement`` for one whole-word ``excerpt``, which was ``heard`` (the dictated body) at offset ``at``.

    White space may differ: composing tidies it, and a person may break a line. The sections hold it as often as the
    body: the same one of them, counted from the start. Else the one nearest to the same share of the text. None when
    the excerpt no longer stands in the text.
    """
    if not excerpt.strip():
        return None
    whole = _anyhow_spaced(excerpt.strip())
    at += len(excerpt) - len(excerpt.lstrip())
    spoken = [found.start() for found in whole.finditer(heard)]
    near = at / max(len(heard), 1)
    total = sum(len(section.text) for section in sections) or 1
    places: list[tuple[float, int, int, int]] = []
    before = 0
    for number, section in enumerate(sections):
        places += [
            (abs((before + found.start()) / total - near), number, found.start(), found.end())
            for found in whole.finditer(section.text)
        ]
        before += len(section.text)
    if not places:
        return None
    same = spoken.index(at) if at in spoken and len(spoken) == len(places) else None
    _, number, start, end = min(places) if same is None else places[same]
    text = sections[number].text
    changed = Section(sections[number].heading, text[:start] + replacement + text[end:])
    return (*sections[:number], changed, *sections[number + 1 :])


_PARTS = re.compile(r"(?P<mark>\s*[;:!?»])|(?P<open>«\s*)|(?P<space>\s+)|(?P<apostrophe>['’])|.", re.DOTALL)
_LOOSE = {"open": r"«\s*", "space": r"\s+", "apostrophe": "['’]"}


def _anyhow_spaced(excerpt: str) -> re.Pattern[str]:
    """Matches the whole words of ``excerpt`` with other white space: any kind of space or line end between words, none
    or some at a mark that French typography sets apart; and with either apostrophe."""
    pattern = ""
    for found in _PARTS.finditer(excerpt):
        kind, part = found.lastgroup, found[0]
        pattern += rf"\s*{re.escape(part.strip())}" if kind == "mark" else _LOOSE.get(kind or "", re.escape(part))
    return re.compile(rf"(?<!\w){pattern}(?!\w)")


def check_seen(draft: Draft, seen_revision: int) -> None:
    """Raise `StaleDraft` unless the person edited the newest revision."""
    if draft.revision.number != seen_revision:
        raise StaleDraft("Une autre personne a modifié ce brouillon pendant votre saisie.")


def check_approvable(
    missing: Sequence[str], checked: CheckedText | None, settled: Sequence[Settled], written: Sequence[Finding] = ()
) -> None:
    """Raise `DocumentIncomplete` when something required is missing, a gap of the recording was not listened to, or a
    risk was not answered: of the transcript, or of what the draft says now (``written``, the open ones)."""
    if missing:
        raise DocumentIncomplete(" ".join(missing), advice="Complétez le brouillon, puis approuvez-le.")
    gaps = unheard_gaps(checked, settled) if checked else []
    if gaps:
        many = len(gaps) > 1
        raise DocumentIncomplete(
            f"{len(gaps)} passages de la dictée n'ont pas de texte."
            if many
            else "Un passage de la dictée n'a pas de texte.",
            advice="Écoutez chaque passage signalé, complétez le texte, puis marquez-le « écouté ».",
        )
    risks = [*(open_risks(checked, settled) if checked else []), *written]
    if risks:
        many = len(risks) > 1
        raise DocumentIncomplete(
            f"{len(risks)} risques ne sont pas vérifiés."
            if many
            else f"Un risque n'est pas vérifié : {risks[0].message}",
            advice="Corrigez le texte ou gardez-le : répondez à chaque risque signalé, puis approuvez.",
        )
