"""Intake: every settled, regular, whole file becomes one case; every other is set aside with its reason.

A directory scan is the truth: events from the system only say when to look. See `Intake.sweep`.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import CalameError, FileRefused
from pipeline.intake import claims as claiming
from pipeline.intake import places, refusals
from pipeline.intake.claims import Claim, Claims
from pipeline.intake.judge import Limits, Verdict, irregular, judge
from pipeline.intake.names import is_system, name_fault
from pipeline.intake.places import Entry, Mark
from pipeline.intake.port import Claimed, Probe, Reception
from pipeline.intake.reasons import Reason
from pipeline.intake.refusals import Refusals
from pipeline.intake.settle import Stability
from pipeline.intake.sniff import HEAD, Kind, sniff

log = logging.getLogger("calame.intake")


@dataclass(slots=True)
class SweepReport:
    """What one sweep did, in files. ``busy``: another process watches this inbox; nothing was done."""

    received: int = 0
    refused: int = 0
    waiting: int = 0
    failed: int = 0
    busy: bool = False


class Intake:
    """The rule of the inbox. One at a time per inbox (a lock on ``.calame/lock``), in one thread."""

    def __init__(
        self,
        inbox: Path,
        reception: Reception,
        probe: Probe,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``clock`` gives monotonic seconds, ``now`` the local time written into reasons."""
        self.path = inbox
        self.reception = reception
        self.probe = probe
        self.limits = limits
        self.clock = clock
        self.now = now
        self.stability = Stability()

    def resume(self) -> SweepReport:
        """Take up what a crash left: unfinished claims and half-written reasons. Raises OSError: no inbox."""
        report = SweepReport()
        with self._locked(report) as room:
            if room is not None:
                room.mend()
                room.take_up_claims()
        return report

    def sweep(self, stop: Callable[[], bool] = lambda: False) -> SweepReport:
        """Look once at everything under the inbox; ``stop`` is asked between files. Raises OSError: no inbox."""
        report = SweepReport()
        with self._locked(report) as room:
            if room is not None:
                room.take_up_claims()
                room.look_at_all(stop)
        return report

    @contextmanager
    def _locked(self, report: SweepReport) -> Iterator[_Sweep | None]:
        inbox = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            claims = Claims(inbox)
            with places.folder(inbox, claiming.FOLDER[0]) as own:
                lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=own)
            try:
                report.busy = not places.lock(lock)
                yield None if report.busy else _Sweep(self, inbox, claims, report)
            finally:
                os.close(lock)
        finally:
            os.close(inbox)


class _Sweep:
    """One look at the inbox, under its lock."""

    def __init__(self, intake: Intake, inbox: int, claims: Claims, report: SweepReport) -> None:
        self._intake = intake
        self._limits = intake.limits
        self._stability = intake.stability
        self._inbox = inbox
        self._claims = claims
        self._refusals = Refusals(inbox, intake.now)
        self._report = report

    def mend(self) -> None:
        self._refusals.mend()

    def take_up_claims(self) -> None:
        """Deliver every claim that is left, unless it failed a moment ago."""
        for claim_id in self._claims.pending():
            if self._stability.held_until(claim_id) <= self._intake.clock():
                with self._one_file(claim_id, may_vanish=False):
                    self._take_up(claim_id)
            else:
                self._report.waiting += 1

    def look_at_all(self, stop: Callable[[], bool]) -> None:
        seen: list[Hashable] = []
        folders: list[tuple[str, ...]] = [()]
        while folders and not stop():
            parts = folders.pop()
            with self._one_file(parts), places.folder(self._inbox, *parts) as descriptor:
                for entry in places.entries(descriptor, parts):
                    if stop():
                        return
                    seen.append(entry.key)
                    if self._is_walked(entry):
                        folders.append((*parts, entry.name))
                    elif not self._is_left_alone(entry):
                        with self._one_file(entry.key):
                            self._look_at(descriptor, entry)
        self._stability.keep_only([*seen, *self._claims.pending()])

    @contextmanager
    def _one_file(self, key: Hashable, *, may_vanish: bool = True) -> Iterator[None]:
        """No file stops the others: whatever happens to one is logged by its code, never by its name."""
        try:
            yield
        except Exception as error:
            if may_vanish and isinstance(error, FileNotFoundError):  # its owner took it away meanwhile
                return
            log.warning("inbox: one file failed and will be tried again: %s", _code(error))
            self._stability.failed(key, self._intake.clock())
            self._report.failed += 1

    def _is_walked(self, entry: Entry) -> bool:
        plain = name_fault(entry.name) is None and len(entry.parts) < places.DEEPEST
        return entry.is_folder and plain and not self._is_left_alone(entry)

    @staticmethod
    def _is_left_alone(entry: Entry) -> bool:
        ours = not entry.parts and entry.name == refusals.FOLDER
        hidden_folder = entry.is_folder and entry.name.startswith(".") and not entry.name.startswith("..")
        return ours or hidden_folder or is_system(entry.name)

    def _look_at(self, descriptor: int, entry: Entry) -> None:
        now = self._intake.clock()
        quiet = self._stability.quiet_for(entry.key, entry.mark, now)
        if self._stability.held_until(entry.key) > now:
            self._report.waiting += 1
            return
        verdict = judge(descriptor, entry, quiet, self._limits)
        if verdict is Verdict.WAIT:
            self._report.waiting += 1
        elif isinstance(verdict, Reason):
            self._refusals.set_aside(descriptor, entry.name, entry.name, verdict.error())
            self._report.refused += 1
        else:
            claim = self._claims.take(descriptor, entry)
            with self._one_file(claim.id, may_vanish=False):
                self._deliver(claim)

    def _take_up(self, claim_id: str) -> None:
        try:
            claim = self._claims.read(claim_id)
        except FileRefused as reason:
            self._set_claim_aside(claim_id, "sans-nom", reason)
            return
        if claim is not None:
            self._deliver(claim)

    def _deliver(self, claim: Claim) -> None:
        """Check again what was claimed, hand it over, then delete the claim."""
        try:
            with self._claims.room(claim.id) as own:
                kind = self._check_again(own, claim)
            if kind is None:
                self._claims.put_back(claim)
                self._report.waiting += 1
                return
            path = self._intake.path.joinpath(*claiming.FOLDER, claim.id, claiming.FILE)
            self._intake.reception.receive(
                Claimed(claim.id, path, claim.name, claim.author, kind.medium, kind.media_type)
            )
        except FileRefused as reason:
            self._set_claim_aside(claim.id, claim.name, reason)
            return
        self._claims.finish(claim.id)
        self._report.received += 1

    def _check_again(self, own: int, claim: Claim) -> Kind | None:
        """The kind of the claimed file; None when it changed after it was judged. Raises `FileRefused`."""
        fault = irregular(os.stat(claiming.FILE, dir_fd=own, follow_symlinks=False))
        if fault is not None:
            raise fault.error()
        with places.regular_file(own, claiming.FILE) as file:
            status = os.fstat(file)
            fault = irregular(status)
            if fault is not None:
                raise fault.error()
            if Mark.of(status) != claim.mark or places.being_written(file):
                return None
            kind = sniff(os.pread(file, HEAD, 0))
            if isinstance(kind, Reason):
                raise kind.error()
            with os.fdopen(os.dup(file), "rb") as stream:
                self._intake.probe.check(stream, kind.media_type)
            return kind

    def _set_claim_aside(self, claim_id: str, name: str, reason: FileRefused) -> None:
        with self._claims.room(claim_id) as own:
            self._refusals.set_aside(own, claiming.FILE, name, reason)
        self._claims.finish(claim_id)
        self._report.refused += 1


def _code(error: Exception) -> str:
    """A word for the log that holds no file name."""
    if isinstance(error, CalameError):
        return error.code
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    return type(error).__name__
