"""One cell for each set of limits: it loads the drawing libraries once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.compose.cell import Cell
from pipeline.compose.confine import Limits
from tests.compose.own import Workshop


@pytest.fixture(scope="session")
def cell() -> Iterator[Cell]:
    cell = Cell()
    yield cell
    cell.close()


@pytest.fixture(scope="session")
def strict_cell() -> Iterator[Cell]:
    """One second of processor: what hangs is not waited for."""
    cell = Cell(Limits(cpu=1, wall=20))
    yield cell
    cell.close()


@pytest.fixture
def workshop(tmp_path: Path, cell: Cell) -> Workshop:
    return Workshop(tmp_path, cell)


@pytest.fixture
def strict(tmp_path: Path, strict_cell: Cell) -> Workshop:
    return Workshop(tmp_path, strict_cell)
