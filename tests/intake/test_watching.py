"""The watcher: awake on a hint, alive whatever happens, quick with five thousand files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from watchdog.observers import Observer

from pipeline.intake.judge import Limits
from pipeline.intake.step import Intake, SweepReport
from pipeline.intake.watch import Watcher, is_remote
from tests.intake.doubles import Desk, Reception, wav

_LONG = 30.0


class _Run:
    """A watcher in a thread; ``until`` waits for so many received files."""

    def __init__(self, desk: Desk, sweep_seconds: float = 0.5) -> None:
        self.intake = Intake(desk.inbox, desk.reception, desk.probe, Limits(settle_seconds=0.1))  # type: ignore[arg-type]
        self.watcher = Watcher(desk.inbox, self.intake, sweep_seconds=sweep_seconds, on_report=self._note)
        self.stop = Event()
        self.thread = Thread(target=self.watcher.run, args=(self.stop,))
        self.received = 0
        self.wanted = 0
        self.reached = Event()

    def _note(self, report: SweepReport) -> None:
        self.received += report.received
        if self.received >= self.wanted:
            self.reached.set()

    def until(self, wanted: int) -> bool:
        self.wanted = wanted
        if self.received < wanted:
            self.reached.clear()
        return self.reached.wait(_LONG)

    def __enter__(self) -> _Run:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(_LONG)
        assert not self.thread.is_alive()


def test_a_dropped_file_is_received_on_the_hint_of_an_event(desk: Desk) -> None:
    with _Run(desk, sweep_seconds=600) as run:
        assert run.until(0)
        desk.drop("dr-martin/dictee.wav", wav())
        assert run.until(1)
    assert desk.reception.names == ["dictee.wav"]


def test_without_any_event_the_regular_sweep_finds_the_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_watches_left(self: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(Observer, "start", no_watches_left)
    with _Run(desk) as run:
        desk.drop("dictee.wav", wav())
        assert run.until(1)


def test_an_inbox_that_goes_away_and_comes_back_is_watched_again(desk: Desk) -> None:
    away = desk.inbox.with_name("demontee")
    with _Run(desk) as run:
        assert run.until(0)
        desk.inbox.rename(away)
        (away / "dictee.wav").write_bytes(wav())
        Event().wait(0.8)
        away.rename(desk.inbox)
        assert run.until(1)


def test_a_network_mount_is_known_from_the_mount_table(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\n//serveur/dictees {tmp_path}/in\\040box cifs rw 0 0\n")
    assert is_remote(tmp_path / "in box" / "dr-martin", mounts)
    assert not is_remote(tmp_path / "local", mounts)


@pytest.fixture
def quick_desk(tmp_path: Path) -> Iterator[Desk]:
    """An inbox in memory where there is one: a burst would otherwise measure how fast the disk of the test syncs."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    yield Desk(folder / "inbox")
    shutil.rmtree(folder)


def test_a_burst_of_five_thousand_files_ends_with_five_thousand_cases(quick_desk: Desk) -> None:
    desk = quick_desk
    for number in range(5000):
        (desk.inbox / f"{number}.wav").write_bytes(wav(number, seconds=0.002))
    desk.pass_time()
    assert len(desk.reception.cases) == 5000
    assert desk.left == []
    assert desk.refused == []
    assert desk.open_claims == []


def test_stopping_in_the_middle_of_a_burst_loses_nothing(desk: Desk) -> None:
    for number in range(50):
        desk.drop(f"{number}.wav", wav(number))
    desk.intake.sweep()
    desk.clock.seconds += 3
    reception: Reception = desk.reception
    desk.intake.sweep(lambda: len(reception.cases) >= 10)
    assert 10 <= len(reception.cases) < 50
    desk.pass_time()
    assert len(reception.cases) == 50
