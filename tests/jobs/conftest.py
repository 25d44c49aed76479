"""A fresh database for each test, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]


@pytest.fixture
def postgres_database(postgres: PostgresServer) -> str:
    return postgres.url(postgres.database())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.db'}"
    address: str = request.getfixturevalue("postgres_database")
    return address
