"""THE MAP: at each status, who acts, what is done and where the case goes next.

The machine's steps are here; what people do is in ``desk.py``. Every step reads the newest results, works without
touching the journal, keeps files by their content, and ends in one journal transaction. So a step that is killed
anywhere is simply run again, and one that already ended finds the case elsewhere and does nothing.
"""

from __future__ import annotations

import errno
import logging
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from pipeline.archive import step as archive
from pipeline.archive.port import Index, Shelf
from pipeline.compose import step as compose
from pipeline.compose.port import Renderer
from pipeline.errors import CalameError, FileRefused, IntegrityBroken, StaleCase, StorageBusy
from pipeline.intake.port import Claimed
from pipeline.jobs.port import JobKey
from pipeline.journal.port import Blobs, CaseChanges, Journal
from pipeline.model.case import BlobRef, Case, Medium, Status
from pipeline.model.clock import local
from pipeline.model.dictionary import SharingRules, rejected, taught
from pipeline.model.document import ConfirmedScan, Draft, Record, Revision, SignedDocument
from pipeline.model.exchange import DOCX
from pipeline.model.identity import Identification, QuestionKind
from pipeline.model.learning import Learned, Sighting
from pipeline.model.pages import Key, Layout, Leaf, Leaves, by_key
from pipeline.model.people import Patient, Practice, Practitioner, Role
from pipeline.model.text import CheckedText, Finding, Recording, Risk, ScanReading, Transcript
from pipeline.sign.port import PdfSigner, Token

log = logging.getLogger("calame.flow")
Progress = Callable[[float], None]
T = TypeVar("T")
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Stop:
    """A status on the way: who acts (``machine`` or a role in French), and what is done there."""

    who: str
    does: str


MAP: dict[Status, Stop] = {
    Status.RECEIVED: Stop("machine", "transcrit la dictée ou lit les pages"),
    Status.TRANSCRIBED: Stop("machine", "vérifie les termes"),
    Status.CHECKED: Stop("machine", "cherche le patient, le type de document et le destinataire"),
    Status.HELD: Stop("secrétaire", "répond : quel patient ?"),
    Status.IDENTIFIED: Stop("machine", "compose le brouillon"),
    Status.TO_REVIEW: Stop("secrétaire", "relit, corrige et approuve"),
    Status.SENT_BACK: Stop("secrétaire", "corrige selon la remarque du médecin"),
    Status.TO_SIGN: Stop("médecin", "signe ou renvoie"),
    Status.SIGNED: Stop("machine", "classe dans le dossier du patient"),
    Status.TO_CONFIRM: Stop("secrétaire", "confirme le patient et le type du document numérisé"),
    Status.CONFIRMED: Stop("machine", "classe dans le dossier du patient"),
    Status.FILED: Stop("", "classé"),
    Status.REPLACED: Stop("", "annulé et remplacé par une nouvelle version, gardé dans l'archive"),
    Status.FAILED: Stop("secrétaire", "relance ou écarte"),
    Status.DISCARDED: Stop("", "écarté, peut être repris"),
}


Rejected = frozenset[tuple[str, str]]
"""Plain words, and a term that is no longer proposed for them."""


@dataclass(frozen=True)
class Parts:
    """What the flow connects; ``bootstrap.py`` builds it."""

    journal: Journal
    blobs: Blobs
    transcribe: Callable[[Recording, Progress], Transcript]
    read_scan: Callable[[Path, str, Path, Progress], ScanReading]
    arrange: Callable[[Layout, Mapping[Key, Leaf], Path, Progress], tuple[ScanReading, Leaves]]
    check: Callable[[Transcript, frozenset[str], frozenset[str], Rejected, str], CheckedText]
    """Transcript, accepted words, names, rejected proposals, the author's specialty."""
    guard: Callable[[str], tuple[Risk, ...]]
    """The risks of a draft's text, wherever it came from."""
    identify: Callable[[CheckedText, Medium, date, frozenset[str]], Identification]
    renderer: Renderer
    signer: PdfSigner
    shelf: Shelf
    index: Index
    practice: Practice
    drafts: Path
    inbox: Path
    token: Token | None = None
    mark_review: bool = False
    learn: Callable[[CheckedText, Identification, Revision, Sequence[Learned]], tuple[Sighting, ...]] = lambda *_: ()
    harm: Callable[[Finding], str] = lambda _: ""
    sharing: SharingRules = field(default_factory=SharingRules)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Flow:
    """Moves cases through the machine's steps."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._steps: dict[Status, Callable[[Case], Case]] = {
            Status.RECEIVED: self._read,
            Status.TRANSCRIBED: self._check,
            Status.CHECKED: self._identify,
            Status.IDENTIFIED: self._compose,
            Status.SIGNED: self._file_signed,
            Status.CONFIRMED: self._file_scan,
        }

    # --- intake -----------------------------------------------------------------------------------------------

    def receive(self, claimed: Claimed) -> Case:
        """Keep the file unchanged and open its case (`intake.port.Reception`). Raises `FileRefused`."""
        if claimed.medium is None:  # `pipeline.returns` takes these
            raise FileRefused("Un DOCX modifié ne se reçoit pas ici.")
        original = self.parts.blobs.put_file(claimed.path, claimed.media_type)
        return self.parts.journal.open_case(
            claim_id=claimed.claim_id,
            medium=claimed.medium,
            author=claimed.author,
            original=original,
            original_name=claimed.name,
            received_at=self.parts.now(),
        )

    # --- the worker -------------------------------------------------------------------------------------------

    def waiting(self) -> Iterable[Case]:
        """Cases at which the machine must act, urgent and old first."""
        return self.parts.journal.pile(self._steps)

    def work(self, key: JobKey) -> None:
        """Do one step. Returns without a word when the case is elsewhere; raises only what is worth another try."""
        case = self.parts.journal.case(key.case_id)
        if case.status.value != key.status or case.move_no != key.move_no:
            return
        try:
            self._steps[case.status](case)
        except StaleCase:
            return
        except CalameError as error:
            if error.retryable:
                raise
            self._fail(case, error.code, str(error))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.EMFILE):
                raise StorageBusy("Le disque est plein ou occupé.", advice="Libérez de la place.") from error
            self._fail(case, "unexpected", _unexpected(error))
        except Exception as error:
            # one bad file must never stop the worker; the case waits for a person with its reason
            self._fail(case, "unexpected", _unexpected(error))

    def give_up(self, key: JobKey) -> None:
        """The engine tried often enough: the case waits for a person."""
        case = self.parts.journal.case(key.case_id)
        if case.status.value == key.status and case.move_no == key.move_no:
            self._fail(case, "given-up", "L'étape a échoué plusieurs fois de suite. Vérifiez le disque, puis relancez.")

    def _fail(self, case: Case, code: str, message: str) -> None:
        log.warning("case %s failed at %s: %s", case.id, case.status.value, code)
        self.parts.journal.move(
            case,
            Status.FAILED,
            actor=WORKER,
            reason=message,
            changes=CaseChanges(message=message),
            details={"code": code, "at": case.status.value},
        )

    # --- the machine's steps, in the order of the map --------------------------------------------------------------

    def _read(self, case: Case) -> Case:
        if case.replaces and case.medium is Medium.DICTATION:
            return self.parts.journal.move(case, Status.IDENTIFIED, actor=WORKER, reason="correction")
        original = self.parts.blobs.path(case.original)
        if case.medium is Medium.DICTATION:
            author = self.practitioner(case)
            learned = taught(author.login, self.parts.journal.all_learned(), self.parts.sharing)
            media_type = case.original.media_type
            recording = Recording(str(original), media_type, author.login, learned, author.specialty, case.author)
            transcript = self.parts.transcribe(recording, self._progress(case))
            return self._move(case, Status.TRANSCRIBED, {"transcript": transcript})
        layout = self.parts.journal.result(case.id, "layout", Layout)
        if layout is not None:
            return self._arrange(case, layout)
        with tempfile.TemporaryDirectory(prefix="calame-") as folder:
            out = Path(folder) / "read.pdf"
            reading = self.parts.read_scan(original, case.original.media_type, out, self._progress(case))
            pdf = self.parts.blobs.put_file(out, "application/pdf") if reading.rewritten else case.original
        return self._move(
            case, Status.TRANSCRIBED, {"transcript": reading.transcript, "scan": reading, "scan_pdf": pdf}
        )

    def _arrange(self, case: Case, layout: Layout) -> Case:
        """The PDF and the text of a scan whose pages a person arranged."""
        leaves = by_key(self.parts.journal.results(case.id, "leaves", Leaves))
        earlier = self.parts.journal.result(case.id, "scan", ScanReading)
        with tempfile.TemporaryDirectory(prefix="calame-") as folder:
            out = Path(folder) / "pages.pdf"
            reading, more = self.parts.arrange(layout, leaves, out, self._progress(case))
            pdf = self.parts.blobs.put_file(out, "application/pdf")
        reading = replace(reading, note=earlier.note if earlier else "")
        results: dict[str, object] = {"transcript": reading.transcript, "scan": reading, "scan_pdf": pdf}
        return self._move(case, Status.TRANSCRIBED, {**results, **({"leaves": more} if more.leaves else {})})

    def _check(self, case: Case) -> Case:
        return self._move(
            case, Status.CHECKED, {"checked": self.checked(case, self.need(case, "transcript", Transcript))}
        )

    def checked(self, case: Case, transcript: Transcript) -> CheckedText:
        """A text of this case with its doubts, by what its practice and its author accepted and rejected."""
        journal = self.parts.journal
        dictated = case.medium is Medium.DICTATION
        author = self.practitioner(case) if dictated else None
        login, specialty = (author.login, author.specialty) if author else ("", "")
        unwanted = rejected(journal.learned(login), self.parts.sharing)
        return self.parts.check(transcript, journal.accepted_words(login), self._names(), unwanted, specialty)

    def _identify(self, case: Case) -> Case:
        checked = self.need(case, "checked", CheckedText)
        today = local(case.received_at).date()
        found = self.parts.identify(checked, case.medium, today, self._names())
        changes = CaseChanges(
            kind=found.kind.value if found.kind else "",
            patient_id=found.patient_id,
            title=found.title,
            urgency=found.urgency,
            message=" ".join(question.message for question in found.questions),
        )
        blocking = {QuestionKind.PATIENT_UNKNOWN, QuestionKind.PATIENT_DOUBTFUL, QuestionKind.KIND_UNKNOWN}
        if case.medium is Medium.SCAN:
            target = Status.TO_CONFIRM
        elif not found.patient_id or not found.kind or any(q.kind in blocking for q in found.questions):
            target = Status.HELD
        else:
            target = Status.IDENTIFIED
        return self._move(case, target, {"identification": found}, changes)

    def _compose(self, case: Case) -> Case:
        draft = self.render(self._next_revision(case))
        self.copy_draft(case, draft)
        revision = draft.revision
        changes = CaseChanges(
            revision_no=revision.number,
            title=revision.title,
            kind=revision.kind.value,
            patient_id=revision.patient.id,
            author=revision.author.login or None,
        )
        return self._move(case, Status.TO_REVIEW, {"draft": draft}, changes)

    def _file_signed(self, case: Case) -> Case:
        signed = self.need(case, "signed", SignedDocument)
        pdf = self.parts.blobs.read(signed.pdf)
        previous = self.parts.journal.record(case.replaces) if case.replaces else None
        record = archive.file_document(signed, pdf, self.parts.shelf, previous)
        self.parts.index.add(*self.indexed(case, record))
        if previous is not None:
            self._retire(previous, case)
        filed = self.parts.journal.move(
            case, Status.FILED, actor=WORKER, record=record, details={"record": record.id, "sha256": record.sha256}
        )
        self._clear_drafts(case)
        return filed

    def _retire(self, record: Record, by: Case) -> None:
        """The replaced document's case says so. It is done before the new one is filed, so a repeat finishes it."""
        old = self.parts.journal.case(record.case_id)
        if old.status is Status.FILED:
            said = f"Annulé et remplacé par {by.number}."
            self.parts.journal.move(
                old,
                Status.REPLACED,
                actor=WORKER,
                reason=said,
                changes=CaseChanges(message=said),
                details={"record": record.id, "sha256": record.sha256, "replaced_by": by.number},
            )

    def _file_scan(self, case: Case) -> Case:
        confirmed = self.need(case, "confirmed", ConfirmedScan)
        pdf = self.parts.blobs.read(confirmed.pdf)
        previous = self.parts.journal.record(case.replaces) if case.replaces else None
        record = archive.file_scan(confirmed, pdf, self.parts.shelf, previous)
        self.parts.index.add(record, confirmed.patient, _scan_text(confirmed))
        if previous is not None:
            self._retire(previous, case)
        return self.parts.journal.move(
            case, Status.FILED, actor=WORKER, record=record, details={"record": record.id, "sha256": record.sha256}
        )

    def indexed(self, case: Case, record: Record) -> tuple[Record, Patient, str]:
        """What the index holds of a record: whose it is, its title and its text."""
        if case.medium is Medium.SCAN:
            confirmed = self.need(case, "confirmed", ConfirmedScan)
            return record, confirmed.patient, _scan_text(confirmed)
        revision = self.need(case, "signed", SignedDocument).revision
        sections = "\n".join(f"{section.heading}\n{section.text}" for section in revision.sections)
        return record, revision.patient, f"{revision.title}\n{sections}"

    # --- shared with the desk ------------------------------------------------------------------------------------

    def need(self, case: Case, stage: str, type_: type[T]) -> T:
        """The newest result of a stage. Raises `IntegrityBroken` when the journal has none."""
        value = self.parts.journal.result(case.id, stage, type_)
        if value is None:
            raise IntegrityBroken(f"Le dossier {case.number} n'a pas de résultat « {stage} ».")
        return value

    def scan_pdf(self, case: Case) -> BlobRef:
        """The searchable PDF of a scan, or the untouched original."""
        return self.need(case, "scan_pdf", BlobRef)

    def render(self, revision: Revision) -> Draft:
        """Both files of a revision, kept by content."""
        made = compose.compose(revision, self.parts.renderer)
        pdf = self.parts.blobs.put(made.pdf, "application/pdf")
        return Draft(revision, pdf, self.parts.blobs.put(made.docx, DOCX))

    def copy_draft(self, case: Case, draft: Draft) -> None:
        """Copies of both files in the folder of drafts, until the document is filed."""
        folder = self.parts.drafts / case.number
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, ref in ((".pdf", draft.pdf), (".docx", draft.docx)):
            _replace(folder / f"brouillon-{draft.revision.number}{suffix}", self.parts.blobs.read(ref))

    def practitioner(self, case: Case) -> Practitioner:
        """The doctor whose inbox folder it came from; the only doctor when there is one; else one without a name."""
        found = self.parts.journal.user(case.author) if case.author else None
        doctors = [user for user in self.parts.journal.users() if user.role is Role.DOCTOR]
        user = found[0] if found and found[0].role is Role.DOCTOR else None
        if user is None and len(doctors) == 1:
            user = doctors[0]
        if user is None:
            return Practitioner(login="", name="")
        return Practitioner(user.login, user.name, user.specialty, user.rpps)

    def _next_revision(self, case: Case) -> Revision:
        journal = self.parts.journal
        if case.replaces and case.revision_no == 0:
            return self._correction(case)
        found = self.need(case, "identification", Identification)
        patient = journal.patient(found.patient_id)
        if patient is None or found.kind is None:
            raise IntegrityBroken(f"Le patient du dossier {case.number} n'est plus dans le registre.")
        recipient = journal.correspondent(found.recipient_id) if found.recipient_id else None
        context = compose.Context(
            case_id=case.id,
            reference=case.number,
            author=self.practitioner(case),
            practice=self.parts.practice,
            today=local(self.parts.now()).date(),
        )
        earlier = journal.result(case.id, "draft", Draft)
        if earlier is not None:  # the patient or kind was changed: the corrected text is kept
            rules = self.parts.renderer.rules(found.kind)
            return compose.readdress(
                earlier.revision, rules, self.parts.renderer, patient=patient, recipient=recipient, by=WORKER
            )
        checked = self.need(case, "checked", CheckedText)
        return compose.first_revision(checked, found, patient, recipient, context, self.parts.renderer)

    def _correction(self, case: Case) -> Revision:
        record = self.parts.journal.record(case.replaces)
        earlier = self.parts.journal.result(record.case_id, "draft", Draft) if record else None
        if record is None or earlier is None:
            raise IntegrityBroken("Le document à corriger n'a pas de source dans le journal.")
        revision = compose.correction_of(
            earlier.revision,
            case_id=case.id,
            reference=case.number,
            replaces=record.id,
            today=local(self.parts.now()).date(),
            renderer=self.parts.renderer,
        )
        return replace(revision, replaces_reference=earlier.revision.reference, replaces_sha256=record.sha256)

    def _move(self, case: Case, target: Status, results: dict[str, object], changes: CaseChanges | None = None) -> Case:
        return self.parts.journal.move(case, target, actor=WORKER, results=results, changes=changes)

    def _names(self) -> frozenset[str]:
        return frozenset(user.name for user in self.parts.journal.users())

    def _progress(self, case: Case) -> Progress:
        return lambda share: self.parts.journal.set_progress(case.id, share)

    def _clear_drafts(self, case: Case) -> None:
        folder = self.parts.drafts / case.number
        for copy in folder.glob("brouillon-*"):
            copy.unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{target.name}.part")
    temporary.write_bytes(content)
    temporary.replace(target)


def _unexpected(error: BaseException) -> str:
    return (
        f"Une erreur inattendue a arrêté cette étape ({type(error).__name__}). "
        "Relancez ; si elle revient, transmettez ce code à l'administrateur."
    )


def _scan_text(confirmed: ConfirmedScan) -> str:
    """What the index holds of a scan's words."""
    return f"{confirmed.title}\n{confirmed.sender}\n{confirmed.text}"
