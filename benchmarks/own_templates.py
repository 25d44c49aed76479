"""Letters per second by a practice's template in its confined process: ``python benchmarks/own_templates.py [COUNT]``.

Beside them, in the same run, the shipped template in the process that asks.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.compose.cell import Cell
from pipeline.compose.port import Renderer
from pipeline.model.identity import DocumentKind
from tests.compose.own import Workshop
from tests.compose.samples import revision


def spent() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def measure(name: str, renderer: Renderer, count: int, cell: Cell | None = None) -> None:
    before = spent()
    start = time.perf_counter()
    renderer.pdf(revision(renderer))
    first = time.perf_counter() - start
    start = time.perf_counter()
    for number in range(count):
        renderer.pdf(revision(renderer, reference=f"2026-{number:06d}"))
    wall = time.perf_counter() - start
    if cell:
        cell.close()  # its time counts once it has ended
    print(f"{name}: first {first:.2f} s, then {count / wall:.1f} letters/s; {spent() - before:.2f} CPU s in all")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    cell = Cell()
    with tempfile.TemporaryDirectory() as home:
        workshop = Workshop(Path(home), cell)
        measure("shipped ", workshop.renderer, count)
        own = workshop.renderer.read(workshop.new(kind=DocumentKind.LETTER))
        assert own
        workshop.own.use(own)
        measure("practice", workshop.renderer, count, cell)


if __name__ == "__main__":
    main()
