"""A fresh database for each test, on both engines."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa


def _as_postgres(*command: str) -> None:
    """PostgreSQL refuses to run as root: its own account runs it then."""
    whole = ["runuser", "-u", "postgres", "--", *command] if Path.home() == Path("/root") else list(command)
    subprocess.run(whole, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The socket folder of a throwaway server without network."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert programs, "PostgreSQL is missing: apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="calame-pg-"))
    folder.chmod(0o755)
    if Path.home() == Path("/root"):
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    _as_postgres(str(programs[-1] / "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
    control = str(programs[-1] / "pg_ctl")
    _as_postgres(control, "-D", data, "-o", f"-k {folder} -c listen_addresses=''", "-l", f"{folder}/log", "-w", "start")
    yield str(folder)
    _as_postgres(control, "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres_server: str) -> str:
    name = f"jobs_{uuid.uuid4().hex}"
    engine = sa.create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={postgres_server}", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"postgresql+psycopg://postgres@/{name}?host={postgres_server}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.db'}"
    address: str = request.getfixturevalue("postgres_database")
    return address
