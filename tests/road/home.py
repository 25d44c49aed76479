"""A practice of its own in a temporary folder, used through the real commands, and what is dropped in its inbox."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont
from weasyprint import HTML

from pipeline.bootstrap import Calame
from pipeline.journal.registers_csv import read_correspondents, read_patients
from pipeline.model.people import Role, User
from pipeline.settings import PracticeSettings, Settings
from pipeline.web.accounts import hash_password

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "mot-de-passe-d-essai"
SECRETARY = User("secretariat", "Sylvie Durand", Role.SECRETARY)
ROUSSELIN = User("dr-rousselin", "Dr Camille Rousselin", Role.DOCTOR, "rhumatologie", "10999990038")
DELORME = User("dr-delorme", "Dr Vincent Delorme", Role.DOCTOR, "médecine générale", "10999990046")
DOCTORS = {user.name: user for user in (ROUSSELIN, DELORME)}
FONT = "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf"


@dataclass
class Home:
    """One installation: its folders, its settings, and its commands as real child processes."""

    root: Path
    settle_seconds: float = 0.3
    environment: dict[str, str] = field(init=False)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "calame.toml").write_text(
            f'inbox = "{self.root / "inbox"}"\noutbox = "{self.root / "outbox"}"\nhome = "{self.root / "var"}"\n'
            f"settle_seconds = {self.settle_seconds}\n"
            '[practice]\nname = "Cabinet d\'essai"\naddress = "3 rue du Test\\n99000 VILLE-FICTIVE"\n'
            'town = "Ville-Fictive"\n',
            encoding="utf-8",
        )
        outside = {name: value for name, value in os.environ.items() if not name.startswith("CALAME_")}
        self.environment = {
            **outside,
            "CALAME_CONFIG": str(self.root / "calame.toml"),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "NO_COLOR": "1",
        }

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    def calame(self) -> Calame:
        """The parts, in this process, with the same settings as the commands."""
        return Calame(
            Settings(
                inbox=self.inbox,
                outbox=self.root / "outbox",
                home=self.root / "var",
                settle_seconds=self.settle_seconds,
                practice=PracticeSettings(
                    name="Cabinet d'essai", address="3 rue du Test\n99000 VILLE-FICTIVE", town="Ville-Fictive"
                ),
            ).resolved()
        )

    def furnished(self) -> Calame:
        """The same, with the carried registers, three accounts and the lexicon that ``scripts/setup`` builds."""
        calame = self.calame()
        assert calame.lexicon.version
        samples = ROOT / "samples"
        calame.journal.import_patients(read_patients(samples / "patients.csv")[0], actor="test")
        calame.journal.import_correspondents(read_correspondents(samples / "correspondents.csv")[0], actor="test")
        for user in (SECRETARY, ROUSSELIN, DELORME):
            calame.journal.save_user(user, hash_password(PASSWORD), actor="test")
        for doctor in (ROUSSELIN, DELORME):
            (self.inbox / doctor.login).mkdir(exist_ok=True)
        return calame

    def run(
        self, *words: str, more: Mapping[str, str] | None = None, typed: str = "", seconds: float = 240
    ) -> subprocess.CompletedProcess[str]:
        """``calame WORDS…``, waited for, without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *words],
            env={**self.environment, **(more or {})},
            cwd=self.root,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """``calame WORDS…`` left running in a process group of its own; what it says goes to a file."""
        with (self.root / f"{words[0]}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "pipeline", *words],
                env=self.environment,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.children.append(child)
        return child

    def end(self) -> None:
        """Kill all that was started here, children of children too."""
        for child in self.children:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def said(self, command: str) -> str:
        log = self.root / f"{command}.log"
        return log.read_text("utf-8", "replace") if log.exists() else ""


def wait_for(happened: Callable[[], bool], why: Callable[[], str] | str, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, why if isinstance(why, str) else why()
        time.sleep(0.05)


def cut(source: Path, target: Path, seconds: float) -> Path:
    """The first ``seconds`` of a recording, as another sound file (its kind is the suffix of ``target``)."""
    codec = {".wav": "pcm_s16le", ".opus": "libopus", ".flac": "flac", ".m4a": "aac"}[target.suffix]
    with av.open(str(source)) as heard, av.open(str(target), "w", format=None) as written:
        stream = written.add_stream(codec, rate=48_000 if codec == "libopus" else 16_000)
        resampler = av.AudioResampler("fltp" if codec == "aac" else "s16", "mono", stream.rate)
        for frame in heard.decode(audio=0):
            if frame.time is not None and frame.time >= seconds:
                break
            for piece in resampler.resample(frame):
                written.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            written.mux(stream.encode(piece))
        written.mux(stream.encode(None))
    return target


def letter_image(lines: list[str], dpi: int = 120) -> Image.Image:
    """A page of A5 with a few lines of a letter, as a scanner gives it."""
    page = Image.new("L", (round(5.83 * dpi), round(4.2 * dpi)), 245)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(FONT, round(dpi * 12 / 72))
    for number, line in enumerate(lines):
        draw.text((dpi * 0.5, dpi * (0.5 + 0.3 * number)), line, fill=20, font=font)
    return page


def image_bytes(page: Image.Image, kind: str, dpi: int = 120) -> bytes:
    out = io.BytesIO()
    options = {"resolution": dpi} if kind == "PDF" else {"dpi": (dpi, dpi)}
    page.save(out, kind, **options)
    return out.getvalue()


def letter_pdf(lines: list[str]) -> bytes:
    """A PDF with text, as a laboratory sends it."""
    body = "".join(f"<p>{line}</p>" for line in lines)
    return bytes(HTML(string=f"<html lang=fr><style>@page{{size:A5}}</style><title>Courrier</title>{body}").write_pdf())
