"""Claims: a file that was taken stands in ``.calame/claims/<claim id>/`` until its case exists."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from uuid import uuid4

from pipeline.intake import places
from pipeline.intake.places import Mark
from pipeline.intake.reasons import Reason

FOLDER = (".calame", "claims")
FILE = "original"
_NOTE = "claim.json"
_LONGEST_NOTE = 65536


@dataclass(frozen=True, slots=True)
class Claim:
    """What is written before the file is moved, so that a crash between the two is harmless."""

    id: str
    name: str
    author: str
    parts: tuple[str, ...]
    mark: Mark


class Claims:
    """The claims of one inbox, by its open folder. Every method may raise OSError."""

    def __init__(self, inbox: int) -> None:
        places.make_folder(inbox, FOLDER[0])
        with places.folder(inbox, FOLDER[0]) as own:
            places.make_folder(own, FOLDER[1])
        self._inbox = inbox

    def take(self, source: int, entry: places.Entry) -> Claim:
        """Write the note, see it on the disk, then move the file in one rename."""
        claim = Claim(str(uuid4()), entry.name, entry.author, entry.parts, entry.mark)
        with places.folder(self._inbox, *FOLDER) as claims:
            os.mkdir(claim.id, 0o700, dir_fd=claims)
            with places.folder(claims, claim.id) as own:
                note = json.dumps(asdict(claim)).encode("ascii")
                try:
                    places.write_durably(own, _NOTE, note)
                    os.rename(entry.name, FILE, src_dir_fd=source, dst_dir_fd=own)
                except OSError:
                    self._remove(claims, own, claim.id)
                    raise
        return claim

    def put_back(self, claim: Claim) -> None:
        """Give the file its place back. Raises `FileRefused` when its folder is gone or something new stands there."""
        try:
            with places.folder(self._inbox, *claim.parts) as source, self.room(claim.id) as own:
                if places.exists(source, claim.name):
                    raise Reason.INTERRUPTED.error()
                os.rename(FILE, claim.name, src_dir_fd=own, dst_dir_fd=source)
        except FileNotFoundError as error:
            raise Reason.INTERRUPTED.error() from error
        self.finish(claim.id)

    @contextmanager
    def room(self, claim_id: str) -> Iterator[int]:
        """The open folder of a claim."""
        with places.folder(self._inbox, *FOLDER, claim_id) as own:
            yield own

    def pending(self) -> list[str]:
        """The claims that are not finished, oldest first."""
        with places.folder(self._inbox, *FOLDER) as claims:
            return [entry.name for entry in places.entries(claims, ()) if entry.is_folder]

    def read(self, claim_id: str) -> Claim | None:
        """The claim, or None when it holds no file (it was never moved, or is already received): then it is removed.

        Raises `FileRefused` when its note is unreadable.
        """
        with places.folder(self._inbox, *FOLDER) as claims, places.folder(claims, claim_id) as own:
            if not places.exists(own, FILE):
                self._remove(claims, own, claim_id)
                return None
            try:
                with places.regular_file(own, _NOTE) as note:
                    values = json.loads(os.read(note, _LONGEST_NOTE))
                mark = Mark(**values["mark"])
                return Claim(claim_id, str(values["name"]), str(values["author"]), tuple(values["parts"]), mark)
            except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
                raise Reason.INTERRUPTED.error() from error

    def finish(self, claim_id: str) -> None:
        """Delete the claim: its file was received (or set aside)."""
        with places.folder(self._inbox, *FOLDER) as claims, places.folder(claims, claim_id) as own:
            with suppress(FileNotFoundError):
                os.unlink(FILE, dir_fd=own)
            self._remove(claims, own, claim_id)

    @staticmethod
    def _remove(claims: int, own: int, claim_id: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(_NOTE, dir_fd=own)
        os.rmdir(claim_id, dir_fd=claims)
