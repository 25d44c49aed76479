"""Worker, watcher and web write the same journal at once, and may be killed at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import StaleCase, StorageBusy
from pipeline.journal.port import CaseChanges
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import BlobRef, Status
from tests.journal.builders import blob, opened
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[2]


def child(url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.journal.child", url, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_eight_openers_get_consecutive_numbers(journal: SqlJournal, url: str) -> None:
    """Another process, and seven threads of this one on journals of their own; shared files come once each."""

    def open_here(name: str) -> None:
        own = SqlJournal(url)
        for number in range(4):
            opened(own, f"{name}-{number}")
            opened(own, f"shared-{number}")
        own.close()

    processes = [child(url, "open", name, "4") for name in "a"]
    with ThreadPoolExecutor(7) as pool:
        list(pool.map(open_here, "bcdefgh"))
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    numbers = sorted(case.number for case in journal.pile([Status.RECEIVED]))
    assert numbers == [f"2026-{number:06d}" for number in range(1, 8 * 4 + 4 + 1)]
    assert journal.verify_audit().whole


def test_two_processes_move_the_same_case_and_one_wins(journal: SqlJournal, url: str) -> None:
    case = opened(journal)
    process = child(url, "move", case.number, "anne")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    try:
        journal.move(case, Status.TRANSCRIBED, actor="luc", results={"by": blob("luc")})
        winner = "luc"
    except StaleCase:
        winner = "anne"
    answer = process.communicate(timeout=60)[0].strip()
    assert answer == ("won" if winner == "anne" else "stale")
    assert journal.results(case.id, "by", BlobRef) == [blob(winner)]
    assert journal.moves(case.id)[-1].actor == winner


def test_many_threads_move_the_same_case_and_one_wins(journal: SqlJournal) -> None:
    case = opened(journal)

    def try_it(name: str) -> bool:
        try:
            journal.move(case, Status.TRANSCRIBED, actor=name)
        except StaleCase:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, "abcdefgh")) == 1
    assert len(journal.moves(case.id)) == 2


def test_two_people_save_the_same_revision_and_one_is_told(journal: SqlJournal) -> None:
    case = opened(journal)

    def save(name: str) -> bool:
        try:
            journal.note(case, actor=name, action="revise", changes=CaseChanges(revision_no=1))
        except StaleCase:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(save, "abcd")) == 1


def test_a_process_killed_while_it_writes_leaves_the_journal_whole(journal: SqlJournal, url: str) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for round_ in range(2):
        process = child(url, "write-forever", f"round{round_}")
        assert process.stdout is not None
        told = int(process.stdout.readline())
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        told = max([told, *(int(line) for line in process.stdout.read().split("\n")[:-1])])
        process.wait(timeout=60)
        process.stdout.close()
        # what was told as done is there, whole; at most one case more was under way
        done = [c for c in journal.pile([Status.TRANSCRIBED], limit=10**6) if f"round{round_}-" in c.original_name]
        assert told + 1 <= len(done) <= told + 2
        assert all(len(journal.results(c.id, s, BlobRef)) == 1 for c in done[-2:] for s in "rs")
        assert journal.verify_audit().whole
    numbers = sorted(c.number for c in journal.pile([Status.TRANSCRIBED, Status.RECEIVED], limit=10**6))
    assert numbers == [f"2026-{number:06d}" for number in range(1, len(numbers) + 1)]


def test_a_writer_that_hangs_makes_others_busy_and_its_death_frees_them(journal: SqlJournal, url: str) -> None:
    case = opened(journal)
    process = child(url, "hang", case.number)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"inside {case.number}\n"
        impatient = SqlJournal(url, patience=0.2)
        with pytest.raises(StorageBusy, match="occupée"):
            impatient.move(case, Status.TRANSCRIBED, actor="worker")
        impatient.set_progress(case.id, 0.5)  # never fails a step
        assert impatient.case(case.id) == case  # readers never wait
        impatient.close()
    finally:
        process.kill()
        process.communicate(timeout=60)
    assert journal.move(case, Status.TRANSCRIBED, actor="worker").move_no == 1
    assert journal.verify_audit().whole


def test_a_server_that_cannot_be_reached_is_told_as_busy(tmp_path: Path) -> None:
    with pytest.raises(StorageBusy):
        SqlJournal(f"postgresql://postgres@/nothing?host={tmp_path}").counts()


def test_an_empty_database_may_be_upgraded_by_many_at_once(tmp_path: Path, postgres: PostgresServer) -> None:
    def upgrade(url: str) -> bool:
        own = SqlJournal(url)
        own.upgrade()
        whole = own.verify_audit().whole
        own.close()
        return whole

    for url in (f"sqlite:///{tmp_path / 'new' / 'calame.db'}", postgres.url(postgres.database())):
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(upgrade, [url] * 3)) == [True] * 3
