"""What the ear itself left open: doubts of the rules of dictation, risks with their seconds, speech without words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.model.text import Finding, FindingKind, Gap, Proposal, Transcript
from pipeline.verify.places import Places


def dictated_doubts(transcript: Transcript) -> Iterator[Finding]:
    """What the rules of dictation left open: tokens in a row with the same doubt are one place."""
    pairs = zip(transcript.tokens, transcript.offsets, strict=True)
    for doubt, group in groupby(pairs, key=lambda pair: pair[0].doubt):
        if not doubt:
            continue
        tokens, places = zip(*group, strict=True)
        start, end = places[0][0], places[-1][1]
        offers = tuple(Proposal(text, 1.0, "dictée") for text in tokens[0].offers)
        yield Finding(
            FindingKind.DICTATED,
            start,
            end,
            transcript.text[start:end],
            offers[:3],
            1.0,
            doubt,
            tokens[0].start,
            tokens[-1].end,
        )


def with_seconds(risk: Finding, places: Places) -> Finding:
    start, end = places.said(risk.start, risk.end)
    return replace(risk, audio_start=start, audio_end=end)


def joined(dictated: Sequence[Finding], risks: Sequence[Finding]) -> list[Finding]:
    """Both, without overlap: a doubt of the dictation that a risk touches becomes a risk, with what both say."""
    found: list[Finding] = []
    told: set[int] = set()
    for doubt in dictated:
        touching = [one for one in risks if one.start < doubt.end and doubt.start < one.end]
        told.update(one.start for one in touching)
        if not touching:
            found.append(doubt)
            continue
        same = [p for one in touching if (one.start, one.end) == (doubt.start, doubt.end) for p in one.proposals]
        message = " ".join([*(one.message for one in touching), f"({doubt.message})"])
        found.append(replace(doubt, kind=FindingKind.RISK, message=message, proposals=(*doubt.proposals, *same)[:3]))
    return found + [one for one in risks if one.start not in told]


def gap_finding(gap: Gap, places: Places, found: Sequence[Finding]) -> Finding:
    place = places.after(gap.start)
    place = next((finding.end for finding in found if finding.start < place < finding.end), place)
    message = f"à écouter : {_seconds(gap.start)} à {_seconds(gap.end)} sans texte"
    return Finding(
        FindingKind.GAP, place, place, "", score=1.0, message=message, audio_start=gap.start, audio_end=gap.end
    )


def _seconds(value: float) -> str:
    return f"{value:.1f} s".replace(".", ",")
