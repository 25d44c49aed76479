"""What a person is asked about a draft, as plain values for the editor: doubts of the transcript, risks of its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.desk import Dossier
from pipeline.model.text import Finding, FindingKind
from pipeline.web.reading import doubts
from pipeline.web.words import FINDING, span


def heard(dossier: Dossier) -> list[dict[str, Any]]:
    """Every finding that concerns the draft, answered or not, with the first and last token that it is about."""
    if dossier.checked is None:
        return []
    transcript = dossier.checked.transcript
    graves = doubts(dossier, everything=True).grave
    shown = []
    for index, one in enumerate(dossier.checked.findings):
        if not dossier.concerns(one):
            continue
        places = [n for n, (start, end) in enumerate(transcript.offsets) if start < one.end and one.start < end]
        shown.append(
            {
                "index": index,
                "kind": one.kind.value,
                "label": FINDING[one.kind],
                "grave": index in graves,
                "excerpt": one.excerpt,
                "message": one.message,
                "proposals": [{"text": p.text, "why": p.source} for p in one.proposals],
                "tokens": [places[0], places[-1]] if places else _around(one, transcript.offsets),
                "start": one.audio_start,
                "end": one.audio_end,
                "span": span(one.audio_start, one.audio_end) if one.audio_start is not None else "",
                "gap": one.kind is FindingKind.GAP,
                "teaches": one.kind is FindingKind.UNKNOWN_WORD,
            }
        )
    return shown


def written(dossier: Dossier) -> list[dict[str, Any]]:
    """The open risks of what the draft says now: found again by their sentence, they have no sound."""
    return [
        {
            "index": one.index,
            "kind": one.finding.kind.value,
            "label": FINDING[one.finding.kind],
            "grave": True,
            "excerpt": one.finding.excerpt,
            "message": one.finding.message,
            "proposals": [{"text": p.text, "why": p.source} for p in one.finding.proposals],
            "tokens": [],
            "start": None,
            "end": None,
            "span": "",
            "gap": False,
            "teaches": False,
            "sentence": one.risk.sentence,
            "nth": one.nth,
        }
        for one in dossier.written
    ]


def _around(finding: Finding, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Of a place without text, the token before it; an empty list at the very beginning."""
    before = [number for number, (start, end) in enumerate(offsets) if end <= finding.start and end > start]
    return [before[-1], before[-1]] if before else []
