"""Nothing is lost when workers are killed with SIGKILL at moments that nobody chose."""

from __future__ import annotations

import random
import time
from pathlib import Path

import sqlalchemy as sa

from tests.jobs.children import child, end, lines, take_and_stall, wait_for, work

KILLS = 6


def unfinished(url: str) -> list[str]:
    engine = sa.create_engine(url)
    table = "workflow_status" if url.startswith("sqlite") else "calame_jobs.workflow_status"
    with engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT workflow_uuid FROM {table} WHERE status <> 'SUCCESS'"))
        found = [row[0] for row in rows]
    engine.dispose()
    return found


def test_sixty_jobs_survive_a_worker_killed_at_random_moments(database: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    journal, log = tmp_path / "journal", tmp_path / "log"
    for number in range(KILLS):
        name = f"worker-{number}"
        worker = child(work, database, journal, log, name)
        wait_for(lambda name=name: f"ready {name}" in lines(log))
        time.sleep(moments.uniform(0, 0.35))
        end(worker)
    cut = len([line for line in lines(log) if line.startswith("begin")]) - len(lines(journal))
    print(f"{len(set(lines(journal)))} done, {cut} cut before the last start")
    last = child(work, database, journal, log, "last")
    last.join(60)
    assert last.exitcode == 0
    assert set(lines(journal)) == {f"case-{number:02}" for number in range(60)}
    assert unfinished(database) == []


def test_another_worker_takes_over_what_a_killed_one_had_begun_but_not_what_a_living_one_does(
    postgres_database: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    doomed = child(take_and_stall, postgres_database, log, "doomed", 600, True)
    wait_for(lambda: "begin long:TRANSCRIBING:3 doomed" in lines(log))
    other = child(take_and_stall, postgres_database, log, "other", 0, False)
    wait_for(lambda: "ready other" in lines(log))
    time.sleep(1)  # five rounds of housekeeping
    assert lines(log)[-1] == "ready other", "a living worker's job was taken"
    end(doomed)
    wait_for(lambda: lines(log)[-1] == "end long:TRANSCRIBING:3 other")
    wait_for(lambda: unfinished(postgres_database) == [])
    end(other)
