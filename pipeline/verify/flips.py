"""No proposal turns a meaning by its beginning unless it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model.text import Finding, Proposal
from pipeline.verify.port import OPPOSITE, Lexicon


def with_flips(finding: Finding, lexicon: Lexicon) -> Finding:
    """Say so where a proposal is the last heard word behind a beginning that turns the meaning, which was not heard."""
    words = finding.excerpt.lower().split()
    proposals = tuple(
        replace(one, source=f"{one.source} ; {OPPOSITE}") if words and _flips(one, words, lexicon) else one
        for one in finding.proposals
    )
    return finding if proposals == finding.proposals else replace(finding, proposals=proposals)


def _flips(proposal: Proposal, words: Sequence[str], lexicon: Lexicon) -> bool:
    text = proposal.text.lower()
    beginning = text.removesuffix(words[-1])
    if OPPOSITE in proposal.source or beginning in {"", text, words[0]}:
        return False
    return "opposite-prefix" in lexicon.classes(beginning)
