"""What people do at a case: answer, correct, approve, send back, sign, confirm, set aside, take up again.

Pages and commands call this and nothing else. Every verb says who did it, checks that the person may and that
nobody was quicker, and is one journal transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from pipeline.archive.step import record_id
from pipeline.compose import step as compose
from pipeline.compose.completeness import advice, missing, missing_on_paper
from pipeline.compose.port import KindRules
from pipeline.errors import CalameError, DocumentIncomplete, MoveForbidden, NotAllowed, RegisterError, StaleDraft
from pipeline.flow import Flow
from pipeline.identify.addressee import addressee_answered, addressee_named
from pipeline.intake.refused import RefusedFile, refused_files
from pipeline.journal.port import CaseChanges
from pipeline.model.case import MOVES, WORKER_STATUSES, BlobRef, Case, Medium, Move, Status, Urgency
from pipeline.model.clock import local
from pipeline.model.dictionary import Accepted, WordChange, taught
from pipeline.model.document import (
    ConfirmedScan,
    Draft,
    Hit,
    Record,
    ReviewedDraft,
    Revision,
    SearchQuery,
    Section,
)
from pipeline.model.identity import DocumentKind, Identification
from pipeline.model.learning import Learned, Sighting
from pipeline.model.pages import GONE, Layout
from pipeline.model.people import Correspondent, Patient, Role, User
from pipeline.model.text import CheckedText, Finding, FindingKind, ScanReading
from pipeline.review import step as review
from pipeline.review.step import Remark, Seen, Settled
from pipeline.review.written import FIRST, KEPT, Written, beside, numbered, text_of, twins, unanswered
from pipeline.sign import step as sign
from pipeline.sign.port import PdfSigner

log = logging.getLogger("calame.desk")
WAITING_FOR_PEOPLE = (
    Status.HELD,
    Status.SENT_BACK,
    Status.TO_REVIEW,
    Status.TO_CONFIRM,
    Status.TO_SIGN,
    Status.FAILED,
)
EDITABLE = (Status.TO_REVIEW, Status.SENT_BACK)
DECISIONS = ("replaced", "kept", "learned", "heard", "reopened")
PAPER_KINDS = (DocumentKind.RECEIVED_LETTER, DocumentKind.ARCHIVE)
PDF = "application/pdf"
RELOAD = "Rechargez la page."
MOST_MET = 20
"""Documents that are counted to tell how often a word is met."""


@dataclass(frozen=True)
class Dossier:
    """All that a page shows of one case. What does not exist yet is None or empty."""

    case: Case
    moves: list[Move]
    checked: CheckedText | None
    settled: list[Settled]
    identification: Identification | None
    patient: Patient | None
    candidates: list[Patient]
    recipients: list[Correspondent]
    draft: Draft | None
    rules: KindRules | None
    missing: tuple[str, ...]
    advice: tuple[str, ...]
    remarks: list[Remark]
    scan: ScanReading | None
    record: Record | None
    written: tuple[Written, ...] = ()
    """The risks of the draft that nobody answered and that no open finding asks about."""

    @property
    def asked(self) -> list[tuple[int, Finding]]:
        """All that a person is asked about a draft: the open findings, then what its own text says."""
        return [*self.open_findings, *((one.index, one.finding) for one in self.written)]

    @property
    def open_findings(self) -> list[tuple[int, Finding]]:
        found = review.open_findings(self.checked, self.settled) if self.checked else []
        return [(index, finding) for index, finding in found if self.concerns(finding)]

    def concerns(self, finding: Finding) -> bool:
        """Whether a person has to look at it: a doubt about the spoken opening has no use once that became a draft, for
        patient and recipient have questions of their own. A risk or a gap always has."""
        body = self.identification.body_start if self.identification and self.draft else 0
        return finding.end > body or finding.kind in (FindingKind.RISK, FindingKind.GAP)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the secretary typed. ``seen_revision`` is the number of the revision that was on the screen."""

    sections: tuple[Section, ...]
    seen_revision: int
    title: str = ""
    recipient_id: str | None = None
    copy_to: tuple[str, ...] | None = None
    document_date: date | None = None
    author_login: str = ""


@dataclass(frozen=True, slots=True)
class ToSign:
    """A document that waits for a signature. ``on_behalf_of`` is the doctor by whose delegation it would be signed;
    ``seen``: this person had all of it on the screen."""

    case: Case
    reviewed: ReviewedDraft
    on_behalf_of: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A document of a pile: its case and the SHA-256 of the PDF that was on the screen."""

    case_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of one document of a pile: its number once signed, else the reason in French."""

    shown: Shown
    error: str = ""
    number: str = ""


def in_anothers_name(revision: Revision, user: User) -> bool:
    """Whether this doctor would sign what another doctor dictated."""
    return user.role is Role.DOCTOR and revision.author.login not in ("", user.login)


class Desk:
    """The verbs of people, over a `Flow`."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.parts = flow.parts
        self.journal = flow.parts.journal

    # --- look ---------------------------------------------------------------------------------------------------

    def pile(self, statuses: Sequence[Status] = WAITING_FOR_PEOPLE) -> list[Case]:
        return self.journal.pile(statuses)

    def refused(self) -> list[RefusedFile]:
        """What the inbox set aside, with its reasons, newest first."""
        return refused_files(self.parts.inbox)

    def open(self, case_id: str) -> Dossier:
        """By id or number. Raises `CaseUnknown`."""
        case = self.journal.case(case_id)
        result = self.journal.result
        found = result(case.id, "identification", Identification)
        draft = result(case.id, "draft", Draft)
        chosen = case.patient_id or (found.patient_id if found else "")
        near = [self.journal.patient(c.id) for c in found.patients] if found else []
        people = [self.journal.correspondent(c.id) for c in found.recipients] if found else []
        rules = self.parts.renderer.rules(draft.revision.kind) if draft else None
        checked = result(case.id, "checked", CheckedText)
        settled = self.journal.results(case.id, "settled", Settled)
        asking = draft if case.status in EDITABLE else None
        return Dossier(
            case=case,
            moves=self.journal.moves(case.id),
            checked=checked,
            settled=settled,
            written=tuple(beside(self._open_written(case, asking), checked, settled)) if asking else (),
            identification=found,
            patient=self.journal.patient(chosen) if chosen else None,
            candidates=[patient for patient in near if patient],
            recipients=[person for person in people if person],
            draft=draft,
            rules=rules,
            missing=self._missing(draft.revision, rules, addressee_named(found)) if draft and rules else (),
            advice=advice(draft.revision, rules) if draft and rules else (),
            remarks=self.journal.results(case.id, "remark", Remark),
            scan=result(case.id, "scan", ScanReading),
            record=self.journal.record(record_id(case.id)) if chosen else None,
        )

    def _missing(self, revision: Revision, rules: KindRules, named: str) -> tuple[str, ...]:
        return missing(revision, rules, named, self.parts.renderer.undrawable)

    # --- identity ------------------------------------------------------------------------------------------------

    def choose_identity(
        self, case_id: str, *, patient_id: str, kind: DocumentKind, by: User, recipient_id: str = "", move_no: int = -1
    ) -> Case:
        """A person names patient and kind of a held dictation, or changes them on a draft. Raises `RegisterError`."""
        case = self._case(case_id, move_no)
        if self.journal.patient(patient_id) is None:
            raise RegisterError("Ce patient n'est pas dans le registre.", advice="Choisissez-le ou créez sa fiche.")
        if case.status is Status.TO_SIGN:
            raise MoveForbidden("Ce document est approuvé.", advice="Annulez d'abord l'approbation.")
        if case.replaces:
            raise MoveForbidden("Le patient d'un document déjà classé ne change pas.")
        if not self.may_identify(case):
            raise MoveForbidden("Ce dossier n'attend pas d'identité.", advice=RELOAD)
        found = self.flow.need(case, "identification", Identification)
        answered = replace(found, patient_id=patient_id, kind=kind, recipient_id=recipient_id, questions=())
        return self.journal.move(
            case,
            Status.IDENTIFIED,
            actor=by.login,
            reason="identité confirmée par une personne",
            results={"identification": answered},
            changes=CaseChanges(patient_id=patient_id, kind=kind.value, message=""),
        )

    def create_patient(self, patient: Patient, *, by: User) -> Patient:
        """Add a patient to the register. Raises `RegisterError` when one with the same traits is there."""
        if not patient.birth_name or not patient.first_names or patient.birth_date is None:
            raise RegisterError("Il faut au moins le nom de naissance, le prénom et la date de naissance.")
        if patient.birth_date > local(self.parts.now()).date():
            raise RegisterError("Cette date de naissance est dans le futur.", advice="Corrigez l'année.")
        done = self.journal.import_patients([patient], actor=by.login)
        if done.refused:
            raise RegisterError(done.refused[0][1])
        return patient

    # --- the draft -------------------------------------------------------------------------------------------------

    def correct(self, case_id: str, correction: Correction, *, by: User) -> Draft:
        """A new revision from what was typed. Raises `StaleDraft`, `MoveForbidden`."""
        case, draft = self._editable(case_id)
        review.check_seen(draft, correction.seen_revision)
        copy_to = None if correction.copy_to is None else self.correspondents(correction.copy_to)
        renderer = self.parts.renderer
        revision = compose.revise(draft.revision, correction.sections, renderer, by=by.login, copy_to=copy_to)
        if correction.title:
            revision = replace(revision, title=correction.title)
        if correction.document_date:
            revision = replace(revision, document_date=correction.document_date)
        if correction.recipient_id is not None:
            revision = replace(revision, recipient=self.journal.correspondent(correction.recipient_id))
        if correction.author_login:
            named = self.flow.practitioner(replace(case, author=correction.author_login))
            revision = replace(revision, author=named)
        found = self.journal.result(case.id, "identification", Identification)
        return self._save(case, revision, by, "correct", addressee_answered(found, correction.recipient_id))

    def undo(self, case_id: str, *, by: User, seen_revision: int) -> Draft:
        """A new revision with the text of the one before; a doubt that it settled is open again.

        Raises `MoveForbidden` when there is none, or when what changed was the patient or the kind: an old revision
        must never bring a former patient back under the identity that a person chose since.
        """
        case, draft = self._editable(case_id)
        review.check_seen(draft, seen_revision)
        now = draft.revision
        before = [d.revision for d in self.journal.results(case.id, "draft", Draft)]
        earlier = next((one for one in before if one.number == now.number - 1), None)
        if earlier is None:
            raise MoveForbidden("Il n'y a pas de version précédente de ce brouillon.")
        if (earlier.patient.id, earlier.kind) != (now.patient.id, now.kind):
            raise MoveForbidden(
                "La dernière modification est un changement de patient ou de type : elle ne s'annule pas ici.",
                advice="Utilisez « Changer de patient ou de type ».",
            )
        revision = replace(earlier, number=now.number + 1, patient=now.patient, made_by=by.login)
        settled = self.journal.results(case.id, "settled", Settled)
        undone = [one for one in settled if one.decision == "replaced" and one.revision == now.number]
        draft = self._save(case, revision, by, "undo")
        for one in undone:
            self.answer(case_id, one.index, "reopened", by=by)
        return draft

    def settle(self, case_id: str, index: int, decision: str, *, by: User, text: str = "") -> Draft | None:
        """Answer a finding: ``replaced`` (``text`` is put into the draft), ``kept``, ``learned`` or ``heard``.

        Returns the new draft when the text changed. Raises `DocumentIncomplete` when the words no longer stand there.
        """
        case, draft = self._editable(case_id)
        if index >= FIRST:
            return self._settle_written(case, draft, index, decision, by, text)
        checked = self.flow.need(case, "checked", CheckedText)
        finding = self._answerable(case, checked, index, decision, by)
        made = draft.revision.number + 1 if decision == "replaced" else 0
        answer = Settled(index, decision, by.login, self.parts.now(), text, made)
        if decision != "replaced":
            self._note_answers(case, by, [answer, *self._of_twins(draft, checked, finding, answer)])
            return None
        found = self.journal.result(case.id, "identification", Identification)
        body = found.body_start if found and found.body_start <= finding.start else 0
        sections = review.replace_excerpt(
            draft.revision.sections, finding.excerpt, text, heard=checked.text[body:], at=finding.start - body
        )
        if sections is None:
            raise DocumentIncomplete(
                "Ces mots ne sont plus dans le texte.", advice="Corrigez directement, puis gardez le doute comme réglé."
            )
        revision = compose.revise(draft.revision, sections, self.parts.renderer, by=by.login)
        return self._save(case, revision, by, "settle", {"settled": answer})

    def answer(self, case_id: str, index: int, decision: str, *, by: User, text: str = "") -> None:
        """Note the answer to a finding; its replacement already stands in the draft. ``reopened`` takes one back.

        Raises `DocumentIncomplete`, `MoveForbidden`.
        """
        case, draft = self._editable(case_id)
        made = draft.revision.number if decision == "replaced" else 0
        answer = Settled(index, decision, by.login, self.parts.now(), text, made)
        if index >= FIRST:
            if any(one.index == index for one in self._written(draft)):  # else its sentence changed since
                self._note_answers(case, by, [answer])
            return
        checked = self.flow.need(case, "checked", CheckedText)
        finding = self._answerable(case, checked, index, decision, by)
        self._note_answers(case, by, [answer, *self._of_twins(draft, checked, finding, answer)])

    # --- risks of what the draft says now --------------------------------------------------------------------------

    def _written(self, draft: Draft) -> tuple[Written, ...]:
        return numbered(self.parts.guard(text_of(draft.revision)))

    def _open_written(self, case: Case, draft: Draft) -> tuple[Written, ...]:
        """The unanswered risks of this text. What was answered for the document that it replaces stays answered."""
        settled, each = self.journal.results(case.id, "settled", Settled), case
        while each.replaces and (record := self.journal.record(each.replaces)):
            each = self.journal.case(record.case_id)
            settled = [*self.journal.results(each.id, "settled", Settled), *settled]
        return unanswered(self._written(draft), settled)

    def _settle_written(self, case: Case, draft: Draft, index: int, decision: str, by: User, text: str) -> Draft | None:
        one = next((each for each in self._written(draft) if each.index == index), None)
        if one is None or decision not in (KEPT, "replaced", "reopened"):
            raise DocumentIncomplete("Ce doute n'existe plus.", advice=RELOAD)
        if decision != "replaced":
            self._note_answers(case, by, [Settled(index, decision, by.login, self.parts.now())])
            return None
        title, sections = draft.revision.title, draft.revision.sections
        at = one.finding.start - (len(title) + 2 if title else 0)
        body = "\n\n".join(part for each in sections for part in (each.heading, each.text) if part)
        changed = review.replace_excerpt(sections, one.finding.excerpt, text, heard=body, at=max(at, 0))
        if changed is None:
            raise DocumentIncomplete("Ces mots sont dans un titre.", advice="Corrigez-les directement, ou gardez-les.")
        return self._save(case, compose.revise(draft.revision, changed, self.parts.renderer, by=by.login), by, "settle")

    def _of_twins(self, draft: Draft, checked: CheckedText, finding: Finding, answer: Settled) -> list[Settled]:
        """To keep a heard risk is to keep it where it stands in the draft."""
        if answer.decision != KEPT or finding.kind is not FindingKind.RISK:
            return []
        return [replace(answer, index=one.index) for one in twins(finding, self._written(draft), checked)]

    def _note_answers(self, case: Case, by: User, answers: Sequence[Settled]) -> None:
        for one in answers:
            self.journal.note(case, actor=by.login, action="settle", results={"settled": one})

    def _answerable(self, case: Case, checked: CheckedText, index: int, decision: str, by: User) -> Finding:
        """The finding that may be answered so; a word to be learned is added. Raises `DocumentIncomplete`."""
        if not 0 <= index < len(checked.findings) or decision not in DECISIONS:
            raise DocumentIncomplete("Ce doute n'existe plus.", advice="Rechargez la page.")
        finding = checked.findings[index]
        if finding.kind is FindingKind.GAP and decision not in ("heard", "reopened"):
            raise DocumentIncomplete("Ce passage n'a pas de texte.", advice="Écoutez-le, puis marquez-le « écouté ».")
        if decision == "learned":
            if harm := self.parts.harm(finding):
                raise DocumentIncomplete(
                    f"« {finding.excerpt} » n'est pas ajouté au dictionnaire ({harm}).",
                    advice="Une erreur y serait grave : gardez le mot ici, ou corrigez-le. Un vrai terme s'ajoute avec "
                    "« calame lexicon add ».",
                )
            author = self.flow.practitioner(case).login if case.medium is Medium.DICTATION else ""
            self.journal.accept_word(finding.excerpt, actor=by.login, author=author)
        return finding

    def approve(self, case_id: str, *, by: User, seen_sha256: str) -> Case:
        """Approve exactly the PDF that was seen. Raises `StaleDraft`, `DocumentIncomplete`."""
        case, draft = self._editable(case_id)
        rules = self.parts.renderer.rules(draft.revision.kind)
        named = addressee_named(self.journal.result(case.id, "identification", Identification))
        checked = self.journal.result(case.id, "checked", CheckedText)
        settled = self.journal.results(case.id, "settled", Settled)
        written = beside(self._open_written(case, draft), checked, settled)
        lacks = self._missing(draft.revision, rules, named)
        review.check_approvable(lacks, checked, settled, [one.finding for one in written])
        at = self.parts.now()
        reviewed = draft.approve(by=by.login, at=at, seen_sha256=seen_sha256)
        details = {"revision": draft.revision.sha256, "pdf": draft.pdf.sha256}
        if self.parts.mark_review:
            marked = sign.mark_reviewed(draft, self.parts.blobs.read(draft.pdf), by, self.parts.signer, at)
            if marked is not None:
                reviewed = replace(reviewed, marked=self.parts.blobs.put(marked, PDF))
                details["marked"] = reviewed.to_sign.sha256
        return self.journal.move(
            case,
            Status.TO_SIGN,
            actor=by.login,
            results={"reviewed": reviewed},
            changes=CaseChanges(message=""),
            details=details,
            learned=self._taught(case, checked, draft.revision),
        )

    def unapprove(self, case_id: str, *, by: User) -> Case:
        """Take an approval back, before signature, and with it what it taught."""
        return self.journal.move(
            self._case(case_id), Status.TO_REVIEW, actor=by.login, reason="approbation annulée", learned=()
        )

    def send_back(self, case_id: str, remark: str, *, by: User, sound: BlobRef | None = None) -> Case:
        """The doctor sends an approved draft back with a remark, written or spoken (``sound``, Ogg Opus). Raises
        `NotAllowed`, `DocumentIncomplete`."""
        if by.role is not Role.DOCTOR:
            raise NotAllowed("Seul le médecin renvoie un document.", advice="Annulez plutôt l'approbation.")
        if not (remark.strip() or sound):
            raise DocumentIncomplete("Dites en quelques mots ce qu'il faut corriger.")
        said = Remark(remark.strip(), by.login, self.parts.now(), sound)
        case = self._case(case_id)
        return self.journal.move(case, Status.SENT_BACK, actor=by.login, results={"remark": said}, learned=())

    # --- signature -----------------------------------------------------------------------------------------------

    def needs_pin(self, by: User) -> bool:
        """Whether this person signs with a card; a secretary signs with the practice's certificate."""
        return self.parts.token is not None and by.role is Role.DOCTOR

    def to_sign(self, *, by: User) -> list[ToSign]:
        """What this person may sign, urgent and old first, each with the hash of the PDF that was reviewed."""
        found = []
        for case in self.pile((Status.TO_SIGN,)):
            reviewed = self.flow.need(case, "reviewed", ReviewedDraft)
            rules = self.parts.renderer.rules(reviewed.revision.kind)
            if sign.may_sign(by.role, rules.signers) and not in_anothers_name(reviewed.revision, by):
                doctor = sign.delegating(reviewed, by, delegation=rules.delegation)
                seen = self.has_seen(case.id, reviewed.pdf.sha256, by=by)
                found.append(ToSign(case, reviewed, doctor, seen))
        return found

    def see(self, case_id: str, sha256: str, *, by: User) -> None:
        """Every page of the reviewed PDF was on this person's screen: noted once. Raises `MoveForbidden`,
        `StaleDraft`."""
        case = self._case(case_id)
        if case.status is not Status.TO_SIGN:
            raise MoveForbidden("Ce document n'attend pas de signature.")
        if self.flow.need(case, "reviewed", ReviewedDraft).pdf.sha256 != sha256:
            raise StaleDraft("Le document a changé depuis que vous l'avez ouvert.")
        if not self.has_seen(case_id, sha256, by=by):
            self.journal.note(
                case, actor=by.login, action="see", results={"seen": Seen(sha256, by.login, self.parts.now())}
            )

    def has_seen(self, case_id: str, sha256: str, *, by: User) -> bool:
        """Whether `see` noted this PDF for this person."""
        notes = self.journal.results(case_id, "seen", Seen)
        return any((one.sha256, one.by) == (sha256, by.login) for one in notes)

    def sign(self, case_id: str, *, by: User, seen_sha256: str, pin: str = "") -> Case:
        """Sign what was reviewed and seen.

        Raises `NotAllowed`, `StaleDraft`, `SigningFailed`, `TimestampUnreachable`, `PinRefused`, `TokenMissing`.
        """
        with self._pen(by, pin) as pen:
            return self._sign(case_id, by, seen_sha256, pen)

    def sign_pile(self, shown: Sequence[Shown], *, by: User, pin: str = "") -> Iterator[Signed]:
        """Sign each document that was shown, after one PIN; one that fails is told and the others go on.

        Each is judged alone: what is signed is the hash that was shown. When an authority does not answer, the rest is
        not tried, so that nobody waits for it again and again. Raises `PinRefused`, `TokenMissing` before the first.
        """
        silent = ""
        with self._pen(by, pin) as pen:
            for one in shown:
                if silent:
                    yield Signed(one, f"Pas essayé : {silent}")
                    continue
                try:
                    case = self._sign(one.case_id, by, one.sha256, pen)
                except CalameError as error:
                    silent = error.message if error.retryable else ""
                    yield Signed(one, str(error))
                except Exception as error:
                    # one bad file must not stop a doctor's pile; its document stays to be signed
                    log.warning("a document of a pile was not signed: %s", type(error).__name__)
                    yield Signed(one, f"Une erreur inattendue est survenue ({type(error).__name__}).")
                else:
                    yield Signed(one, number=case.number)

    @contextmanager
    def _pen(self, by: User, pin: str) -> Iterator[PdfSigner]:
        """What this person signs with, for as long as wanted: the code is asked once and kept nowhere."""
        if self.parts.token is None or not self.needs_pin(by):
            yield self.parts.signer
            return
        with self.parts.token.open(pin) as pen:
            yield pen

    def _sign(self, case_id: str, by: User, seen_sha256: str, pen: PdfSigner) -> Case:
        case = self._case(case_id)
        if case.status is not Status.TO_SIGN:
            raise MoveForbidden("Ce document n'attend pas de signature.")
        reviewed = self.flow.need(case, "reviewed", ReviewedDraft)
        Draft(reviewed.revision, reviewed.pdf, reviewed.docx).approve(
            by=by.login, at=reviewed.reviewed_at, seen_sha256=seen_sha256
        )
        author = reviewed.revision.author
        if in_anothers_name(reviewed.revision, by):
            raise NotAllowed(
                f"Ce document est au nom de {author.name}.", advice="Renvoyez-le pour en changer l'auteur."
            )
        rules = self.parts.renderer.rules(reviewed.revision.kind)
        at = self.parts.now()
        pdf, level = sign.sign(
            reviewed,
            self.parts.blobs.read(reviewed.to_sign),
            signer=by,
            signers=rules.signers,
            port=pen,
            at=at,
            delegation=rules.delegation,
        )
        signed = reviewed.signed(pdf=self.parts.blobs.put(pdf, PDF), by=by.login, at=at, level=level)
        details = {"reviewed": reviewed.pdf.sha256, "signed": signed.pdf.sha256, "level": level}
        doctor = sign.delegating(reviewed, by, delegation=rules.delegation)
        if doctor:
            details["on_behalf_of"] = author.login
        return self.journal.move(case, Status.SIGNED, actor=by.login, results={"signed": signed}, details=details)

    # --- paper -----------------------------------------------------------------------------------------------------

    def confirm_scan(
        self,
        case_id: str,
        *,
        patient_id: str,
        kind: DocumentKind,
        title: str,
        document_date: date | None,
        sender: str,
        by: User,
        move_no: int = -1,
    ) -> Case:
        """A person confirms whose paper it is. Raises `RegisterError`, `MoveForbidden`, `StaleCase`."""
        case = self._case(case_id, move_no)
        if not self.may_confirm(case):
            raise MoveForbidden("Ce document n'attend pas de confirmation.", advice=RELOAD)
        if kind not in PAPER_KINDS:
            raise RegisterError("Ce type n'est pas celui d'un document reçu.", advice="Choisissez-en un autre.")
        patient = self.journal.patient(patient_id)
        if patient is None:
            raise RegisterError("Choisissez le patient de ce document.", advice="Cherchez-le ou créez sa fiche.")
        reading = self.flow.need(case, "scan", ScanReading)
        confirmed = ConfirmedScan(
            case_id=case.id,
            patient=patient,
            kind=kind,
            title=title.strip() or "Courrier reçu",
            document_date=document_date,
            sender=sender.strip(),
            pdf=self.scan_pdf(case),
            original=case.original,
            text=reading.transcript.text,
            confirmed_by=by.login,
            confirmed_at=self.parts.now(),
        )
        return self.journal.move(
            case,
            Status.CONFIRMED,
            actor=by.login,
            results={"confirmed": confirmed},
            changes=CaseChanges(patient_id=patient_id, kind=kind.value, title=confirmed.title, message=""),
        )

    def scan_pdf(self, case: Case) -> BlobRef:
        """The searchable PDF of a scan, or the untouched original."""
        return self.flow.scan_pdf(case)

    # --- set aside, take up again ------------------------------------------------------------------------------------

    def discard(self, case_id: str, reason: str, *, by: User, move_no: int = -1) -> Case:
        """Set a case aside. Nothing is deleted. Raises `DocumentIncomplete` without a reason."""
        if not reason.strip():
            raise DocumentIncomplete("Dites pourquoi ce dossier est écarté.")
        return self.journal.move(self._case(case_id, move_no), Status.DISCARDED, actor=by.login, reason=reason.strip())

    def restore(self, case_id: str, *, by: User, move_no: int = -1) -> Case:
        """Take a discarded case up where it was; from a machine's status it starts again. Raises `MoveForbidden` when
        its pages went to another case."""
        case = self._case(case_id, move_no)
        layout = self.journal.result(case.id, "layout", Layout)
        if layout is not None and layout.did == GONE:
            holder = self.journal.case(layout.other).number
            raise MoveForbidden(f"Ses pages sont dans le dossier {holder}.", advice="Séparez-les là-bas.")
        source = next((m.source for m in reversed(self.journal.moves(case.id)) if m.target is Status.DISCARDED), None)
        target = source if source in MOVES[Status.DISCARDED] else Status.RECEIVED
        return self.journal.move(case, target or Status.RECEIVED, actor=by.login, reason="repris")

    def retry(self, case_id: str, *, by: User, move_no: int = -1) -> Case:
        """Run the failed step again."""
        case = self._case(case_id, move_no)
        return self.journal.move(
            case,
            self._failed_at(case) or Status.RECEIVED,
            actor=by.login,
            reason="relancé",
            changes=CaseChanges(message=""),
        )

    def correct_filed(self, record_id: str, *, by: User) -> Case:
        """Open the correction of a filed document: a new case that names the old record, which stays as it is."""
        record = self.journal.record(record_id)
        if record is None:
            raise RegisterError("Ce document n'est pas dans l'archive.")
        if record.replaced_by:
            raise MoveForbidden("Ce document a déjà été remplacé.", advice="Corrigez sa dernière version.")
        old = self.journal.case(record.case_id)
        if old.medium is Medium.SCAN:
            raise MoveForbidden("Un document numérisé ne se corrige pas.", advice="Numérisez-le à nouveau.")
        content = self.parts.shelf.read(record.path)
        case = self.journal.open_case(
            claim_id=f"correction-{record.id}",
            medium=Medium.DICTATION,
            author=old.author,
            original=self.parts.blobs.put(content, "application/pdf"),
            original_name=f"correction de {old.number}",
            received_at=self.parts.now(),
            replaces=record.id,
        )
        if case.status is Status.DISCARDED:  # an earlier correction was set aside: it is taken up again
            case = self.restore(case.id, by=by)
        self.journal.record_action(
            actor=by.login, action="correct-filed", case_id=case.id, details={"record": record.id}
        )
        return case

    def set_urgency(self, case_id: str, urgency: Urgency, *, by: User) -> Case:
        return self.journal.note(
            self._case(case_id), actor=by.login, action="urgency", changes=CaseChanges(urgency=urgency)
        )

    def assign(self, case_id: str, login: str, *, by: User) -> Case:
        """Give a case to somebody, or to nobody (``""``). Raises `RegisterError` for an unknown login."""
        if login and self.journal.user(login) is None:
            raise RegisterError("Cette personne n'a pas de compte.", advice=RELOAD)
        return self.journal.note(
            self._case(case_id), actor=by.login, action="assign", changes=CaseChanges(assigned=login)
        )

    # --- what was learned --------------------------------------------------------------------------------------------

    def learned(self, author: str = "") -> tuple[Learned, ...]:
        """What the corrections of one author's dictations taught, or of all; the latest first."""
        return self.journal.learned(author) if author else self.journal.all_learned()

    def may_listen(self, one: Learned) -> bool:
        """Whether the recording in which it was last heard is still there."""
        if not one.case_id:
            return False
        case = self.journal.case(one.case_id)
        return case.medium is Medium.DICTATION and self.parts.blobs.path(case.original).is_file()

    def switch_learned(self, learned_id: str, active: bool, *, by: User) -> None:
        """Use a correction no longer, or again. Raises `RegisterError`."""
        self.journal.switch_learned(learned_id, active, actor=by.login)

    def forget_learned(self, learned_id: str, *, by: User) -> None:
        """Delete a correction with its evidence; the audit keeps its id only. Raises `RegisterError`."""
        self.journal.forget_learned(learned_id, actor=by.login)

    def share_learned(self, learned_id: str, shared: bool, *, by: User) -> None:
        """Propose a correction to the whole practice, or no longer. Raises `RegisterError`."""
        self.journal.share_learned(learned_id, shared, actor=by.login)

    def accepted(self, login: str = "") -> tuple[Accepted, ...]:
        """The words that one person accepted or that stand in the own dictations, or all; also the forgotten ones."""
        return tuple(one for one in self.journal.all_accepted() if login in ("", one.by, one.author))

    def met(self, words: Sequence[str]) -> list[int]:
        """How many documents of the archive hold each of ``words``, replaced ones aside; `MOST_MET` is "or more"."""
        return self.parts.index.met(words, MOST_MET)

    def change_word(self, word_id: str, change: WordChange, *, by: User) -> None:
        """Forget an accepted word, restore, share, keep for its author or erase it. Raises `RegisterError`."""
        self.journal.change_word(word_id, change, actor=by.login)

    def _taught(self, case: Case, checked: CheckedText | None, revision: Revision) -> tuple[Sighting, ...]:
        """What this approval teaches. A lexicon that cannot be read must not stand in the way of an approval."""
        found = self.journal.result(case.id, "identification", Identification)
        author = revision.author.login
        if checked is None or found is None or not author or case.replaces:
            return ()
        try:
            known = taught(author, self.journal.all_learned(), self.parts.sharing)
            return self.parts.learn(checked, found, revision, known)
        except CalameError as error:
            log.warning("case %s taught nothing: %s", case.id, error.code)
            return ()

    # --- what goes with a document -----------------------------------------------------------------------------------

    def correspondents(self, ids: Sequence[str]) -> tuple[Correspondent, ...]:
        """Those of the register with these ids, in their order."""
        people = (self.journal.correspondent(each) for each in dict.fromkeys(ids))
        return tuple(person for person in people if person)

    def paper(self, case_id: str, name: str, to: str = "", *, docx: bool = False) -> bytes:
        """An envelope, labels or a covering slip for one addressee of the draft, the patient when ``to`` is empty.

        A PDF, or a DOCX to be changed before printing. Raises `DocumentIncomplete` (an address lacks), `TemplateFault`.
        """
        case = self.journal.case(case_id)
        revision = self.flow.need(case, "draft", Draft).revision
        people = [person for person in (revision.recipient, *revision.copy_to) if person]
        addressee = next((person for person in people if person.id == to), None)
        rules = self.parts.renderer.catalog.papers.get(name)
        if rules is None or (to and addressee is None):
            raise DocumentIncomplete("Ce papier ou ce destinataire n'existe pas.", advice=RELOAD)
        lacks = missing_on_paper(revision, rules, addressee)
        if lacks:
            raise DocumentIncomplete(lacks[0])
        made = self.parts.renderer.paper_docx if docx else self.parts.renderer.paper
        return made(name, revision, addressee)

    # --- archive -----------------------------------------------------------------------------------------------------

    def search(self, query: SearchQuery, *, by: str) -> list[Hit]:
        """Search the archive; that somebody searched is recorded, the words are not."""
        hits = self.parts.index.search(query)
        self.journal.record_action(actor=by, action="search", details={"hits": str(len(hits))})
        return hits

    def read_record(self, record_id: str, *, by: str) -> tuple[Record, bytes]:
        """A filed PDF; that it was read is recorded."""
        record = self.journal.record(record_id)
        if record is None:
            raise RegisterError("Ce document n'est pas dans l'archive.")
        content = self.parts.shelf.read(record.path)
        self.journal.record_action(actor=by, action="read", case_id=record.case_id, details={"record": record.id})
        return record, content

    def texts_of(self, author: str, most: int) -> Iterator[str]:
        """What the last filed letters of an author (login) say, newest first."""
        mine = [record for record in self.journal.all_records() if record.author == author and not record.replaced_by]
        for record in sorted(mine, key=lambda one: one.filed_at, reverse=True)[:most]:
            yield self.flow.indexed(self.journal.case(record.case_id), record)[2]

    def indexed_texts(self) -> Iterator[tuple[Record, Patient, str]]:
        """Every record with what the index holds of it, to build the index again."""
        for record in self.journal.all_records():
            case = self.journal.case(record.case_id)
            yield self.flow.indexed(case, record)

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _case(self, case_id: str, move_no: int = -1) -> Case:
        case = self.journal.case(case_id)
        return case if move_no < 0 else replace(case, move_no=move_no)

    def may_identify(self, case: Case) -> bool:
        """Whether a person may name the patient and kind of this dictation; also when composing its draft failed."""
        if case.medium is not Medium.DICTATION or case.replaces:
            return False
        return case.status in (Status.HELD, *EDITABLE) or self._failed_at(case) is Status.IDENTIFIED

    def may_confirm(self, case: Case) -> bool:
        """Whether a person may say whose paper this is; also when filing it failed."""
        return case.status is Status.TO_CONFIRM or self._failed_at(case) is Status.CONFIRMED

    def _failed_at(self, case: Case) -> Status | None:
        """The machine's status at which a failed case failed; None for a case that is not failed."""
        if case.status is not Status.FAILED:
            return None
        sources = (m.source for m in reversed(self.journal.moves(case.id)) if m.target is Status.FAILED)
        return next((source for source in sources if source in WORKER_STATUSES), None)

    def _editable(self, case_id: str) -> tuple[Case, Draft]:
        case = self.journal.case(case_id)
        if case.status not in EDITABLE:
            raise MoveForbidden("Ce document ne peut pas être modifié maintenant.", advice="Rechargez la page.")
        return case, self.flow.need(case, "draft", Draft)

    def _save(
        self, case: Case, revision: Revision, by: User, action: str, more: dict[str, object] | None = None
    ) -> Draft:
        """Keep a new revision. Its copies are made last: of two people who save at once, one only makes them."""
        draft = self.flow.render(revision)
        self.journal.note(
            case,
            actor=by.login,
            action=action,
            results={"draft": draft, **(more or {})},
            changes=CaseChanges(
                revision_no=revision.number, title=revision.title, author=revision.author.login or None
            ),
            details={"revision": revision.sha256, "number": str(revision.number)},
        )
        self.flow.copy_draft(case, draft)
        return draft
