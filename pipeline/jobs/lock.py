"""One worker per folder: an advisory file lock that the kernel drops with the process, also on SIGKILL."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from pipeline.errors import SettingsError


class WorkerLock:
    """Held from `acquire` to `release` or to the end of the process. The file stays: removing it would race.

    ``path`` must be on a local disk: a lock on a network share is only as good as that share's ``flock``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Raises `SettingsError` (with the other process's number) when another worker holds it; never waits."""
        if self._descriptor is not None:
            return
        # not inheritable: a child program must not keep the lock alive after a crash of the worker
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise SettingsError(
                f"Un autre processus de travail{f' (n° {holder})' if holder else ''} utilise déjà le dossier "
                f"{self._path.parent}.",
                advice="Laissez-le travailler ou arrêtez-le ; pour plusieurs processus, configurez PostgreSQL "
                '(database = "postgresql+psycopg://…" dans calame.toml).',
            ) from error
        except OSError:
            os.close(descriptor)
            raise
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> WorkerLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
