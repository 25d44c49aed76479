"""A risk must be answered before approval, as a gap must be listened to; other doubts may stay open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import DocumentIncomplete
from pipeline.model.text import CheckedText, Finding, FindingKind, Token, Transcript
from pipeline.review.step import Settled, check_approvable

TRANSCRIPT = Transcript((Token("75", "", "75"), Token("mg", " ", "mg"), Token("wkzq", " ", "wkzq")))
RISK = Finding(FindingKind.RISK, 0, 5, "75 mg", message="75 mg de lévothyroxine : vérifiez l'unité.")
WORD = Finding(FindingKind.UNKNOWN_WORD, 6, 10, "wkzq")


def answered(index: int, decision: str) -> Settled:
    return Settled(index, decision, "secretaire", datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize("settled", [[], [answered(0, "replaced"), answered(0, "reopened")]])
def test_an_open_risk_stands_in_the_way_of_approval(settled: list[Settled]) -> None:
    with pytest.raises(DocumentIncomplete, match="Un risque n'est pas vérifié : 75 mg"):
        check_approvable((), CheckedText(TRANSCRIPT, (RISK, WORD)), settled)


def test_several_risks_are_counted() -> None:
    with pytest.raises(DocumentIncomplete, match="2 risques"):
        check_approvable((), CheckedText(TRANSCRIPT, (RISK, RISK)), [])


@pytest.mark.parametrize("decision", ["kept", "replaced"])
def test_an_answered_risk_does_not_and_other_doubts_never_do(decision: str) -> None:
    check_approvable((), CheckedText(TRANSCRIPT, (RISK, WORD)), [answered(0, decision)])
