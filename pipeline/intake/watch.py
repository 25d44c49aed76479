"""The watcher: watchdog's events are hints that wake the next sweep; the sweep is the truth."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from watchdog.events import FileClosedNoWriteEvent, FileOpenedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from pipeline.intake.claims import FOLDER as CLAIMS
from pipeline.intake.refusals import FOLDER as REFUSED
from pipeline.intake.step import Intake, SweepReport

log = logging.getLogger("calame.intake")

_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph", "davfs"})
"""File systems where inotify does not see what other machines write."""
_PULSE = 0.5
"""Seconds between two looks at the stop event."""
_REST = 0.3
"""Least seconds between two sweeps, so that a burst of events costs one sweep, not thousands."""


class Watcher:
    """Sweeps on every hint, every ``sweep_seconds`` at the latest, and more often while files settle.

    On a network mount, or when the system has no inotify watch left, the regular sweep alone does the work: it looks
    at the same directory entries as a polling observer would, once instead of twice.
    """

    def __init__(
        self,
        inbox: Path,
        intake: Intake,
        *,
        sweep_seconds: float = 5.0,
        on_report: Callable[[SweepReport], None] = lambda _: None,
    ) -> None:
        self._inbox = inbox
        self._intake = intake
        self._sweep_seconds = sweep_seconds
        self._on_report = on_report
        self._hint = Event()

    def run(self, stop: Event) -> None:
        """Watch until ``stop`` is set. Nothing that happens to a file or to the inbox ends it."""
        observer = self._observe()
        try:
            self._safely(self._intake.resume)
            while not stop.is_set():
                self._hint.clear()
                report = self._safely(lambda: self._intake.sweep(stop.is_set))
                stop.wait(_REST)
                self._rest(stop, self._pause(report))
        finally:
            if observer is not None:
                observer.stop()
                observer.join()

    def _safely(self, work: Callable[[], SweepReport]) -> SweepReport:
        try:
            report = work()
        except Exception as error:
            log.warning("inbox: the sweep failed and will be tried again: %s", type(error).__name__)
            return SweepReport(failed=1)
        self._on_report(report)
        return report

    def _pause(self, report: SweepReport) -> float:
        settling = self._intake.limits.settle_seconds
        return min(self._sweep_seconds, max(_REST, settling / 2)) if report.waiting else self._sweep_seconds

    def _rest(self, stop: Event, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not stop.is_set() and not self._hint.is_set():
            left = end - time.monotonic()
            if left <= 0:
                return
            self._hint.wait(min(left, _PULSE))

    def _observe(self) -> BaseObserver | None:
        if is_remote(self._inbox):
            log.info("inbox: network mount, looking every %s s", self._sweep_seconds)
            return None
        observer = Observer()
        try:
            observer.schedule(_Hints(self._inbox, self._hint), str(self._inbox), recursive=True)
            observer.start()
        except OSError as error:
            log.warning("inbox: no file events (%s), looking every %s s", error.errno, self._sweep_seconds)
            return None
        return observer


class _Hints(FileSystemEventHandler):
    def __init__(self, inbox: Path, hint: Event) -> None:
        self._ours = (f"{inbox}/{CLAIMS[0]}", f"{inbox}/{REFUSED}")
        self._hint = hint

    def on_any_event(self, event: FileSystemEvent) -> None:
        if isinstance(event, FileOpenedEvent | FileClosedNoWriteEvent):  # our own looking
            return
        path = event.dest_path or event.src_path
        if not str(path).startswith(self._ours):
            self._hint.set()


def is_remote(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Whether ``path`` lies on a network file system; False where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    fields = [line.split() for line in lines]
    own = Path(path).resolve()
    holding = [
        (len(at), kind)
        for at, kind in ((line[1].replace("\\040", " "), line[2]) for line in fields if len(line) > 2)
        if own.is_relative_to(at)
    ]
    return bool(holding) and max(holding)[1] in _REMOTE
