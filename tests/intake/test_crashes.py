"""The process dies at any moment: afterwards there is exactly one case, or one refusal, and no file is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.port import Claimed
from pipeline.model.case import Case
from tests.intake.doubles import Desk, EverythingOpens, wav

_TOUCHES = ("open", "rename", "unlink", "rmdir", "mkdir", "fsync", "stat", "fstat")


class Killed(BaseException):
    """As SIGKILL: nobody catches it."""


class _Countdown:
    def __init__(self, left: int) -> None:
        self.left = left

    def wrap(self, call: Callable[..., object], *, after: bool) -> Callable[..., object]:
        def counted(*given: object, **named: object) -> object:
            self.left -= 1
            if self.left == 0 and not after:
                raise Killed
            result = call(*given, **named)
            if self.left == 0:
                self.left = -1
                raise Killed
            return result

        return counted


@contextmanager
def _killed_at(desk: Desk, moment: int, *, after: bool) -> Iterator[None]:
    """Die at the ``moment``-th touch of the disk (before or after it happened), receiving included."""
    countdown = _Countdown(moment)
    true_receive: Callable[[Claimed], Case] = desk.reception.receive
    patches = [patch.object(os, name, countdown.wrap(getattr(os, name), after=after)) for name in _TOUCHES]
    patches.append(patch.object(desk.reception, "receive", countdown.wrap(true_receive, after=after)))
    for one in patches:
        one.start()
    try:
        yield
    except Killed:
        pass
    finally:
        for one in patches:
            one.stop()


@given(moments=st.lists(st.tuples(st.integers(1, 90), st.booleans()), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
def test_killed_at_any_moments_one_case_and_one_refusal_remain(moments: list[tuple[int, bool]]) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        desk = Desk(root / "inbox", EverythingOpens())
        desk.drop("dr-martin/dictee.wav", wav(7))
        desk.drop("note.txt", b"Bonjour")
        for moment, after in moments:
            with _killed_at(desk, moment, after=after):
                desk.intake.resume()
                desk.pass_time()
            desk.intake = desk.open()
        desk.intake.resume()
        desk.pass_time()
        desk.pass_time()
        assert [(claimed.name, claimed.author) for claimed in desk.reception.claimed] == [("dictee.wav", "dr-martin")]
        assert desk.left == []
        assert desk.refused == ["note.txt", "note.txt.txt"]
        assert desk.open_claims == []
    finally:
        shutil.rmtree(root)


def test_killed_between_receiving_and_deleting_the_case_stays_single(desk: Desk) -> None:
    desk.drop("dictee.wav", wav())
    true_receive = desk.reception.receive

    def receive_and_die(claimed: Claimed) -> Case:
        true_receive(claimed)
        raise Killed

    with patch.object(desk.reception, "receive", receive_and_die), pytest.raises(Killed):
        desk.pass_time()
    assert len(desk.open_claims) == 1
    desk.open().resume()
    assert len(desk.reception.cases) == 1
    assert desk.open_claims == []
    assert desk.refused == []


def test_a_claim_whose_note_is_damaged_is_set_aside_not_lost(desk: Desk) -> None:
    desk.intake.sweep()
    claim = desk.inbox / ".calame" / "claims" / "0b0e7a66-0000-4000-8000-000000000000"
    claim.mkdir()
    (claim / "original").write_bytes(wav())
    (claim / "claim.json").write_bytes(b'{"name": "di')
    desk.open().resume()
    assert desk.open_claims == []
    assert (desk.inbox / "_refused" / "sans-nom").read_bytes() == wav()
    assert "interrompue" in desk.reason("sans-nom")


def test_two_processes_never_sweep_one_inbox_at_once(desk: Desk) -> None:
    desk.drop("dictee.wav", wav())
    other = desk.open()
    reports = []
    true_receive = desk.reception.receive

    def receive_while_another_looks(claimed: Claimed) -> Case:
        reports.append(other.sweep())
        return true_receive(claimed)

    with patch.object(desk.reception, "receive", receive_while_another_looks):
        desk.pass_time()
    assert [report.busy for report in reports] == [True]
    assert len(desk.reception.cases) == 1
