"""A private PostgreSQL for tests: Debian's programs, a temporary folder, a unix socket and no network port.

Works as a normal user and as root (PostgreSQL refuses to run as root, so its programs then run as ``postgres``). A
missing PostgreSQL is an error, never a skip: install it with ``apt-get install postgresql``.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql


class PostgresServer:
    """Started when made; `stop` ends it and deletes its folder. ``fsync`` is off: only clients are killed in tests."""

    def __init__(self) -> None:
        self._bin = _programs()
        self._folder = Path(tempfile.mkdtemp(prefix="calame-pg-"))
        self._folder.chmod(0o755)
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self._folder, "postgres", "postgres")
        self._numbers = count(1)
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        settings = "-c listen_addresses='' -c fsync=off -c max_connections=200 -c shared_buffers=32MB"
        options = f"-k {self._folder} {settings}"
        try:
            self._run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", str(self._folder / "log"), "-o", options, "start")
        except Exception:
            self.stop()
            raise

    def database(self, template: str = "template1") -> str:
        """Make a database, a copy of ``template``, and return its name."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return name

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def stop(self) -> None:
        data = self._folder / "data"
        command = [*self._as, str(self._bin / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"]
        subprocess.run(command, cwd="/", capture_output=True, check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # output goes to a file: the server would keep a pipe open for ever
        with tempfile.TemporaryFile() as said:
            command = [*self._as, str(self._bin / program), *arguments]
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed:\n{said.read().decode(errors='replace')}")


def _programs() -> Path:
    """The newest of Debian's versions, else what is on PATH."""
    versions = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    return Path(found).resolve().parent


@cache
def server() -> PostgresServer:
    """One for the whole test process, stopped at its end."""
    made = PostgresServer()
    atexit.register(made.stop)
    return made


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """Import this name in a room's ``conftest.py``: all rooms share the one server."""
    return server()
