"""The heard text as a page shows it: words with their times, shading and findings."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.desk import Dossier
from pipeline.model.text import Finding

UNSURE = 0.6
"""Word probability under which a word is shaded: a hint for the eye only, see the docs on word probabilities."""


@dataclass(frozen=True, slots=True)
class ShownWord:
    """One token: ``finding`` is the index of the open finding it belongs to, or -1."""

    before: str
    text: str
    start: float | None
    end: float | None
    unsure: bool
    finding: int
    raw: str
    rule: str
    aside: bool


def marked_words(dossier: Dossier) -> list[ShownWord]:
    """Every token of the transcript in order. ``aside`` marks the spoken opening and notes, not in the letter."""
    if dossier.checked is None:
        return []
    transcript = dossier.checked.transcript
    body = dossier.identification.body_start if dossier.identification else 0
    removed = dossier.identification.removed if dossier.identification else ()
    findings = dossier.open_findings
    shown = []
    for token, (start, end) in zip(transcript.tokens, transcript.offsets, strict=True):
        shown.append(
            ShownWord(
                before=token.before,
                text=token.text,
                start=token.start,
                end=token.end,
                unsure=token.probability < UNSURE,
                finding=_finding_at(findings, start, end),
                raw=token.raw,
                rule=token.rule,
                aside=end <= body or any(a <= start and end <= b for a, b in removed),
            )
        )
    return shown


def _finding_at(findings: list[tuple[int, Finding]], start: int, end: int) -> int:
    return next((index for index, one in findings if one.start < end and start < one.end), -1)
