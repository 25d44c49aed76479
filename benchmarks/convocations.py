"""Convocations a second with their print file: ``python benchmarks/convocations.py [COUNT]`` (500 by default).

Invented patients and a CSV list in a temporary home; everything is real: the register, the renderer in its processes,
the journal, the archive, the index and the print file. Memory is PSS (pages that processes share are counted once) of
this process and of its children together (workers, and the process whose forks they are), read during the one run: as
the tenth, the half and the last convocation is filed, and the most seen while the print file is written. The kernel's
peak (``ru_maxrss``) stands beside it.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.bootstrap import Calame
from pipeline.model.people import Patient, Role, Sex, User
from pipeline.settings import Settings

HEADER = ("Nom", "Prénom", "Date de naissance", "Date", "Heure", "Durée", "Lieu", "Type", "Examen", "Préparation")


def write_list(home: Path, count: int) -> tuple[Path, list[Patient]]:
    people = [
        Patient(f"p{n}", f"EXEMPLE{chr(65 + n % 26)}", "MARIE", date(1950, 1, 1) + timedelta(days=n), Sex.FEMALE)
        for n in range(count)
    ]
    file = home / "liste.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, delimiter=";")
        rows.writerow(HEADER)
        for n, one in enumerate(people):
            day = date.today() + timedelta(days=10 + n % 60)
            when = f"{day:%d/%m/%Y}", f"{8 + n % 10}h{n % 4}5"
            what = "30 minutes", "2e étage", "examen", "Échographie abdominale", "Venir à jeun depuis 6 heures."
            rows.writerow((one.birth_name, "Marie", f"{one.birth_date:%d/%m/%Y}", *when, *what))
    return file, people


def pss(pid: int) -> float:
    """MB of a process; 0 of one that has ended meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def children(of: str = "self") -> list[int]:
    """Also theirs."""
    try:
        found = [int(pid) for task in Path(f"/proc/{of}/task").glob("*/children") for pid in task.read_text().split()]
    except OSError:
        return []
    return [pid for one in found for pid in (one, *children(str(one)))]


class Memory:
    """What this process and its workers hold at named moments, and the most between two of them."""

    def __init__(self) -> None:
        self.most = 0.0

    def note(self, moment: str) -> None:
        workers = children()
        print(f"memory {moment}: parent {pss(os.getpid()):.0f} MB, {len(workers)} children", end=" ")
        print(f"{sum(map(pss, workers)):.0f} MB together")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Read the parent's every 20 ms."""
        done = threading.Event()

        def read() -> None:
            while not done.wait(0.02):
                self.most = max(self.most, pss(os.getpid()))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield
        finally:
            done.set()
            reader.join()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(inbox=home / "inbox", outbox=home / "outbox", home=home / "home").resolved()
        all_of = Calame(settings)
        file, people = write_list(home, count)
        all_of.journal.import_patients(people, actor="bench")
        all_of.journal.save_user(User("dr", "Dr Hélène Vasseur", Role.DOCTOR), "x", actor="bench")
        memory, filed = Memory(), 0
        moments = {max(1, count // 10): "at 10 %", max(1, count // 2): "at 50 %", count: "at 100 %"}

        def on_filed() -> None:
            nonlocal filed
            filed += 1
            if filed in moments:
                memory.note(moments[filed])

        write = all_of.batches.parts.print_file

        def written(target: Path, documents: Iterable[bytes], duplex: bool) -> int:
            with memory.watched():
                return write(target, documents, duplex)

        all_of.batches.parts = replace(all_of.batches.parts, print_file=written)
        before, wall = os.times(), time.perf_counter()
        plan = all_of.batches.plan(all_of.read_list(file))
        made = all_of.batches.make(plan, by="bench", duplex=True, on_filed=on_filed)
        wall, after = time.perf_counter() - wall, os.times()
        used = [after[i] - before[i] for i in range(4)]
        print(f"{made.filed} filed, {made.pages} pages in the print file, {len(plan.refused)} refused")
        print(f"{made.filed / wall:.1f} convocations/s; CPU s each: parent {sum(used[:2]) / count:.4f}", end=", ")
        print(f"workers {sum(used[2:]) / count:.4f}; {os.getloadavg()[0]:.1f} jobs wanted to run in the last minute")
        peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        print(f"most while the print file is written: parent {memory.most:.0f} MB", end="; ")
        print(f"a moment later {pss(os.getpid()):.0f} MB")
        print(f"peak of the run (ru_maxrss): parent {peaks[0]} MB, largest worker {peaks[1]} MB")
        assert made.print_file is not None
        print(f"print file: {made.print_file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
