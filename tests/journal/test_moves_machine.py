"""Whatever people and workers try, a case makes only the moves of the table, and its history says them all."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from pipeline.errors import MoveForbidden, StaleCase
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import MOVES, BlobRef, Case, Status
from tests.journal.builders import blob, opened


def machine(journal: SqlJournal, names: list[int]) -> type[RuleBasedStateMachine]:
    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            names.append(len(names))
            self.case = opened(journal, f"life-{len(names)}")
            self.stale: Case | None = None
            self.path = [Status.RECEIVED]
            self.kept: list[BlobRef] = []

        @rule(wanted=st.sampled_from(Status))
        def anybody_tries_a_move(self, wanted: Status) -> None:
            self._try(wanted)

        def _try(self, target: Status) -> None:
            kept = blob(f"{len(self.kept)}")
            try:
                moved = journal.move(self.case, target, actor="worker", results={"kept": kept})
            except MoveForbidden:
                assert target not in MOVES[self.path[-1]]
                return
            assert target in MOVES[self.path[-1]]
            self.stale, self.case = self.case, moved
            self.path.append(target)
            self.kept.append(kept)

        @rule(pick=st.integers(0, 99))
        def somebody_makes_an_allowed_move(self, pick: int) -> None:
            allowed = sorted(MOVES[self.path[-1]])
            if allowed:
                self._try(allowed[pick % len(allowed)])

        @rule(wanted=st.sampled_from(Status))
        def somebody_comes_too_late(self, wanted: Status) -> None:
            if self.stale is not None:
                with pytest.raises(StaleCase):
                    journal.move(self.stale, wanted, actor="late", results={"kept": blob("late")})

        @invariant()
        def the_journal_says_what_happened(self) -> None:
            assert journal.case(self.case.id) == self.case
            assert [m.target for m in journal.moves(self.case.id)] == self.path
            assert journal.results(self.case.id, "kept", BlobRef) == self.kept

        def teardown(self) -> None:
            assert journal.verify_audit().whole

    return Life


def test_a_case_lives_by_the_table_of_moves(journal: SqlJournal) -> None:
    calm = settings(
        max_examples=12, stateful_step_count=15, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine(journal, []), settings=calm)
