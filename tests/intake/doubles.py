"""A practice's reception, a clock that is turned by hand, and small true files of every kind."""

from __future__ import annotations

import hashlib
import io
import struct
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from pipeline.errors import CalameError, FileRefused
from pipeline.intake.judge import Limits
from pipeline.intake.port import Claimed
from pipeline.intake.probe import RealProbe
from pipeline.intake.step import Intake
from pipeline.model.case import BlobRef, Case, Medium, Status, Urgency

LIMITS = Limits()
WHEN = datetime(2026, 3, 14, 9, 26)


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Reception:
    """Keeps what it is given, once per claim; the same content under another claim is refused."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.contents: dict[str, str] = {}
        self.claimed: list[Claimed] = []
        self.trouble: list[CalameError | OSError] = []

    def receive(self, claimed: Claimed) -> Case:
        if self.trouble:
            raise self.trouble.pop(0)
        if claimed.claim_id in self.cases:
            return self.cases[claimed.claim_id]
        content = claimed.path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in self.contents:
            raise FileRefused(
                "Ce fichier a déjà été reçu.", advice="Cherchez le dossier déjà ouvert ; supprimez cette copie."
            )
        self.contents[sha256] = claimed.claim_id
        self.claimed.append(claimed)
        case = Case(
            id=claimed.claim_id,
            number=f"2026-{len(self.cases) + 1:06d}",
            medium=claimed.medium,
            status=Status.RECEIVED,
            move_no=0,
            urgency=Urgency.ROUTINE,
            author=claimed.author,
            original=BlobRef(sha256, len(content), claimed.media_type),
            original_name=claimed.name,
            received_at=WHEN,
            updated_at=WHEN,
        )
        self.cases[claimed.claim_id] = case
        return case

    @property
    def names(self) -> list[str]:
        return sorted(claimed.name for claimed in self.claimed)


class Desk:
    """An inbox with its reception: drop files, let time pass, see what became of them."""

    def __init__(self, inbox: Path, probe: object | None = None, limits: Limits = LIMITS) -> None:
        inbox.mkdir(exist_ok=True)
        self.inbox = inbox
        self.clock = Clock()
        self.reception = Reception()
        self.limits = limits
        self.probe = probe or RealProbe()
        self.intake = self.open()

    def open(self) -> Intake:
        """As a new process would."""
        return Intake(
            self.inbox,
            self.reception,
            self.probe,  # type: ignore[arg-type]
            self.limits,
            clock=self.clock,
            now=lambda: WHEN,
        )

    def drop(self, name: str, content: bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def pass_time(self, seconds: float = 3.0) -> None:
        """Look, let ``seconds`` go by, look again."""
        self.intake.sweep()
        self.clock.seconds += seconds
        self.intake.sweep()

    def reason(self, name: str) -> str:
        return (self.inbox / "_refused" / f"{name}.txt").read_text(encoding="utf-8")

    @property
    def left(self) -> list[str]:
        """What still stands in the inbox, without what was set aside and the intake's own folder."""
        return sorted(
            str(path.relative_to(self.inbox))
            for path in self.inbox.rglob("*")
            if not path.is_dir() and path.relative_to(self.inbox).parts[0] not in ("_refused", ".calame")
        )

    @property
    def refused(self) -> list[str]:
        folder = self.inbox / "_refused"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    @property
    def open_claims(self) -> list[Path]:
        return list((self.inbox / ".calame" / "claims").iterdir())

    def next_good_file_passes(self) -> bool:
        before = len(self.reception.claimed)
        self.drop("suivant.wav", wav(before + 1000))
        self.pass_time()
        return self.reception.claimed[before:] != [] and self.reception.claimed[-1].name == "suivant.wav"


class EverythingOpens:
    """A probe for tests that are about something else."""

    def check(self, file: BinaryIO, media_type: str) -> None:
        return


def wav(number: int = 0, seconds: float = 0.02, encoding: int = 1) -> bytes:
    """A whole WAV file whose content depends on ``number``; ``encoding`` 1 is PCM 16, 7 is µ-law."""
    width = 2 if encoding == 1 else 1
    data = struct.pack("<q", number) + bytes(int(8000 * seconds) * width)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, encoding, 1, 8000, 8000 * width, width, 8 * width)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def image(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture = Image.effect_noise((64, 48), 40).convert("RGB")
    picture.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def pdf() -> bytes:
    out = io.BytesIO()
    Image.new("L", (100, 100), 255).save(out, "PDF")
    return out.getvalue()


def medium_of(desk: Desk, name: str) -> tuple[Medium, str]:
    claimed = next(claimed for claimed in desk.reception.claimed if claimed.name == name)
    return claimed.medium, claimed.media_type
