"""The journal on both engines; each test has its own database, copied from one that was upgraded once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.journal.sql import SqlJournal
from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]

NewDatabase = Callable[[], str]
"""Gives the address of a fresh, upgraded database."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "calame.db"
    journal = SqlJournal(f"sqlite:///{path}")
    journal.upgrade()
    journal.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    name = postgres.database()
    journal = SqlJournal(postgres.url(name))
    journal.upgrade()
    journal.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        template: str = request.getfixturevalue("postgres_template")
        return lambda: server.url(server.database(template))
    source: Path = request.getfixturevalue("sqlite_template")

    def copied() -> str:
        number = len(list(tmp_path.glob("calame*.db")))
        return f"sqlite:///{shutil.copy(source, tmp_path / f'calame{number}.db')}"

    return copied


@pytest.fixture
def url(new_database: NewDatabase) -> str:
    return new_database()


@pytest.fixture
def journal(url: str) -> Iterator[SqlJournal]:
    made = SqlJournal(url)
    yield made
    made.close()
