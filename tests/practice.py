"""A small practice for tests: real journal, originals, drafts, signature and archive; what is heard is given."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from threading import RLock
from uuid import uuid4

from pipeline.archive.postgres_index import PostgresIndex
from pipeline.archive.shelf import FolderShelf
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.compose.fields import SIGNATURE_FIELD
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.desk import Desk
from pipeline.flow import Flow, Parts, Progress
from pipeline.identify.matcher import RegisterMatcher
from pipeline.identify.port import OpeningRules
from pipeline.identify.rules_yaml import load_opening_rules
from pipeline.identify.step import identify
from pipeline.intake.port import Claimed
from pipeline.jobs.port import JobKey
from pipeline.journal.blobs import BlobStore
from pipeline.journal.sql import SqlJournal
from pipeline.model.accounts import Level, Session
from pipeline.model.case import WORKER_STATUSES, Case, Medium
from pipeline.model.people import Correspondent, Patient, Practice, Role, Sex, User
from pipeline.model.text import Recording, Transcript
from pipeline.review.learning import Learning, LearningRules
from pipeline.review.rules_yaml import load_learning_rules
from pipeline.scan.arrange import Arranger
from pipeline.scan.pikepdf_binder import PikepdfBinder
from pipeline.settings import data_folder
from pipeline.sign.certificate import LoadedCertificate, ensure_practice_certificate
from pipeline.sign.pyhanko_signer import PyhankoSigner
from pipeline.testing import ScriptedReader, WordListLexicon, spoken
from pipeline.transcribe.learned import apply_learned
from pipeline.verify.edsnlp_contexts import EdsContexts
from pipeline.verify.risks import written_risks
from pipeline.verify.risks_yaml import load_risk_rules
from pipeline.verify.step import check
from pipeline.verify.taught import TaughtLexicon
from pipeline.web.accounts import hash_password

PASSWORD = "mot-de-passe-d-essai"
SECRETARY = User("sylvie", "Sylvie Durand", Role.SECRETARY)
DOCTOR = User("dr-vial", "Dr Anne Vial", Role.DOCTOR, "cardiologie", "10999990012")
OTHER_DOCTOR = User("dr-roche", "Dr Paul Roche", Role.DOCTOR, "chirurgie", "10999990020")
SOLANGE = Patient(
    "p1", "MARCHAND", "Solange", date(1954, 4, 12), Sex.FEMALE, birthplace="99000", address="1 rue du Test\n99000 ESSAI"
)
HUGO = Patient("p2", "RENARD", "Hugo", date(2012, 5, 15), Sex.MALE)
COLLEAGUE = Correspondent("c1", "LESCURE", "Antoine", "Dr", "médecine générale", "2 rue du Test\n99000 ESSAI")
LETTER = (
    "Courrier au docteur Antoine Lescure. Patiente Solange Marchand, née le 12 avril 1954.\n\n"
    "Cher confrère,\nJe revois votre patiente pour une fibrilation auriculaire. Elle prend 5 mg de bisoprolol.\n\n"
    "Bien confraternellement."
)
RISKS = load_risk_rules(data_folder("lexicon"), EdsContexts(data_folder("lexicon")))
CERTIFICATE = (
    "Certificat médical. Je soussignée docteur Anne Vial certifie avoir examiné ce jour Hugo Renard, "
    "né le 15 mai 2012. "
    "L'examen ne montre pas de contre-indication à la pratique du judo en compétition."
)


@cache
def practice_keys() -> Path:
    """The certificate of the practice, made once a process: two keys of 3072 bits take a second of the processor."""
    folder = Path(tempfile.mkdtemp(prefix="calame-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ensure_practice_certificate(folder, "Cabinet d'essai", datetime.now(UTC))
    return folder


@cache
def practice_certificate() -> LoadedCertificate:
    return ensure_practice_certificate(practice_keys(), "Cabinet d'essai", datetime.now(UTC))


@cache
def hashed_password() -> str:
    """Of everyone here; a hash is slow on purpose."""
    return hash_password(PASSWORD)


@cache
def opening_rules() -> OpeningRules:
    return load_opening_rules(data_folder("lexicon") / "openings.yaml")


@cache
def learning_rules() -> LearningRules:
    return load_learning_rules(data_folder("lexicon") / "learning.yaml")


@dataclass
class Hearing:
    """What the practice hears next, whatever the sound is."""

    text: str = LETTER
    transcript: Transcript | None = None
    error: Exception | None = None

    def __call__(self, recording: Recording, on_progress: Progress) -> Transcript:
        assert Path(recording.path).is_file()
        if self.error:
            raise self.error
        on_progress(1.0)
        heard = self.transcript or spoken(self.text)
        return replace(heard, tokens=apply_learned(heard.tokens, recording.learned))


@dataclass
class Cabinet:
    """The parts, and short verbs for tests."""

    root: Path
    hearing: Hearing = field(default_factory=Hearing)
    reader: ScriptedReader = field(default_factory=lambda: ScriptedReader("Compte rendu du 3 mars 2026"))
    lexicon: WordListLexicon = field(default_factory=lambda: WordListLexicon({"fibrilation": ("fibrillation",)}))

    database: str = ""

    def __post_init__(self) -> None:
        self.journal = SqlJournal(self.database or f"sqlite:///{self.root / 'calame.db'}")
        self.journal.upgrade()
        openings = opening_rules()
        matcher = RegisterMatcher()
        learning = Learning(learning_rules(), self.lexicon)
        parts = Parts(
            journal=self.journal,
            blobs=BlobStore(self.root / "originals"),
            transcribe=lambda recording, progress: self.hearing(recording, progress),
            read_scan=lambda path, kind, out, progress: self.reader.read(path, kind, out, progress),
            arrange=lambda layout, leaves, out, progress: Arranger(
                self.reader, PikepdfBinder(), self.flow.parts.blobs.path, self.flow.parts.blobs.put_file
            )(layout, leaves, out, progress),
            check=lambda transcript, accepted, names, rejected, _specialty: check(
                transcript, TaughtLexicon(self.lexicon, rejected), accepted, names, RISKS
            ),
            guard=lambda text: written_risks(text, RISKS),
            identify=lambda checked, medium, today, names: identify(
                checked, medium, self.journal, self.journal, openings, matcher, today, names
            ),
            renderer=TemplateRenderer(data_folder("templates")),
            signer=PyhankoSigner(practice_certificate(), field_name=SIGNATURE_FIELD),
            shelf=FolderShelf(self.root / "archive"),
            index=PostgresIndex(self.database) if self.database else SqliteIndex(self.root / "index.db"),
            practice=Practice("Cabinet d'essai", "3 rue du Test\n99000 ESSAI", "Essai", "01 99 00 00 00"),
            drafts=self.root / "brouillons",
            inbox=self.root / "inbox",
            learn=learning,
            harm=learning.harm,
        )
        self.flow = Flow(parts)
        self.desk = Desk(self.flow)
        self._files = itertools.count()
        self._working = RLock()
        self.journal.import_patients([SOLANGE, HUGO], actor="test")
        self.journal.import_correspondents([COLLEAGUE], actor="test")
        for user in (SECRETARY, DOCTOR, OTHER_DOCTOR):
            self.journal.save_user(user, hashed_password(), actor="test")

    def receive(self, content: bytes, *, medium: Medium, media_type: str, author: str = DOCTOR.login) -> Case:
        number = next(self._files)
        path = self.root / f"dropped-{number}"
        path.write_bytes(content)
        return self.flow.receive(Claimed(f"claim-{number}", path, f"fichier-{number}", author, medium, media_type))

    def dictate(self, text: str = LETTER, *, author: str = DOCTOR.login, sound: bytes = b"") -> Case:
        """A dictation in which ``text`` is heard, taken as far as the machine goes."""
        self.hearing.text = text
        content = sound or f"son {next(self._files)}".encode()
        return self.run(self.receive(content, medium=Medium.DICTATION, media_type="audio/wav", author=author))

    def scan(self, content: bytes, text: str = "", media_type: str = "application/pdf") -> Case:
        """A scan on which ``text`` is read, taken as far as the machine goes."""
        self.reader.text = text or self.reader.text
        return self.run(self.receive(content, medium=Medium.SCAN, media_type=media_type))

    def run(self, case: Case) -> Case:
        """All steps of the machine, until the case waits for a person or is done."""
        with self._working:  # the worker of a site does the same beside the test
            while (case := self.journal.case(case.id)).status in WORKER_STATUSES:
                self.flow.work(JobKey.of(case))
        return case

    def pdf_of(self, case: Case) -> str:
        draft = self.desk.open(case.id).draft
        assert draft is not None
        return draft.pdf.sha256

    def approved(self, text: str = LETTER) -> Case:
        case = self.dictate(text)
        return self.desk.approve(case.id, by=SECRETARY, seen_sha256=self.pdf_of(case))

    def filed(self, text: str = LETTER) -> Case:
        case = self.approved(text)
        return self.run(self.desk.sign(case.id, by=DOCTOR, seen_sha256=self.pdf_of(case)))


def session_of(login: str) -> Session:
    """A session with all its factors that does not end."""
    now = datetime.now(UTC)
    return Session(
        uuid4().hex, login, Level.FULL, now, datetime(2099, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    )
