from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.jobs.lock import WorkerLock
from tests.jobs.children import child, end, hold, lines, wait_for


def test_a_second_worker_on_the_same_folder_is_refused_in_french_until_the_first_is_killed(tmp_path: Path) -> None:
    lock, log = tmp_path / "worker.lock", tmp_path / "log"
    first = child(hold, lock, log)
    wait_for(lambda: lines(log))
    with pytest.raises(SettingsError, match="Un autre processus de travail") as refusal:
        WorkerLock(lock).acquire()
    assert str(first.pid) in refusal.value.message
    assert "arrêtez-le" in refusal.value.advice
    end(first)
    with WorkerLock(lock):
        pass


def test_a_released_lock_can_be_taken_again_and_taking_it_twice_is_harmless(tmp_path: Path) -> None:
    lock = WorkerLock(tmp_path / "worker.lock")
    lock.acquire()
    lock.acquire()
    lock.release()
    with WorkerLock(tmp_path / "worker.lock"):
        pass
