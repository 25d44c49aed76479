"""The inbox's door for DOCX copies of drafts: what was changed in one becomes a new revision, reviewed again.

Every other file goes on to the flow. Nothing is overwritten: a copy of an older revision is kept beside the newer one
and shown as a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pipeline.compose import step as compose
from pipeline.errors import CaseUnknown, FileRefused
from pipeline.exchange.port import Copy, CopyReader
from pipeline.exchange.step import changed_sections
from pipeline.flow import WORKER, Flow
from pipeline.intake.port import Claimed
from pipeline.journal.port import CaseChanges
from pipeline.model.case import Case, Status
from pipeline.model.document import Draft, Revision, Section
from pipeline.model.exchange import DOCX, Returned
from pipeline.model.text import Finding
from pipeline.verify.plain_text import transcript_of

OPEN = (Status.TO_REVIEW, Status.SENT_BACK, Status.TO_SIGN)
"""Where a changed copy is taken. An approved document goes back to review."""
_CLOSED = {
    Status.SIGNED: "Ce document est déjà signé : un DOCX modifié ne peut plus le changer.",
    Status.FILED: "Ce document est déjà signé et classé : un DOCX modifié ne peut plus le changer.",
    Status.REPLACED: "Ce document est annulé et remplacé : un DOCX modifié ne peut plus le changer.",
    Status.DISCARDED: "Ce dossier a été écarté : un DOCX modifié n'y est plus repris.",
}


class Returns:
    """Implements `pipeline.intake.port.Reception` over a `Flow`."""

    def __init__(self, flow: Flow, reader: CopyReader) -> None:
        self._flow = flow
        self._reader = reader
        self._journal = flow.parts.journal

    def receive(self, claimed: Claimed) -> Case:
        """Raises `FileRefused` with the reason, `StaleCase` when somebody was at the case (it is tried again)."""
        return self._take_back(claimed) if claimed.media_type == DOCX else self._flow.receive(claimed)

    def _take_back(self, claimed: Claimed) -> Case:
        copy = self._reader.read(claimed.path.read_bytes())
        with _comments_told(copy):
            case = self._case(copy)
        last = self._journal.result(case.id, "returned", Returned)
        if last is not None and last.claim_id == claimed.claim_id:  # a crash came after it was taken
            return self._refuse_older(last, case) if not last.number else case
        with _comments_told(copy):
            base, current, sections = self._read(case, copy)
            same = sections in (base.sections, current.sections)
            if same and not copy.comments:
                raise _unchanged(case)
            if case.status not in OPEN:
                raise _closed(case)
        stands = current.number == base.number
        number = current.number if same else current.number + 1 if stands else 0
        returned = Returned(
            base=base.number,
            current=current.number,
            number=number,
            sections=sections,
            comments=copy.comments,
            notes=copy.notes,
            original=self._flow.parts.blobs.put_file(claimed.path, DOCX),
            claim_id=claimed.claim_id,
            by=self._who(claimed),
            at=self._flow.parts.now(),
            doubts=self._doubts(case, base.sections, sections) if number != current.number else (),
        )
        if same:
            return self._remark(case, returned)
        if stands:
            return self._revise(case, current, returned)
        self._journal.note(case, actor=returned.by, action="docx-conflict", results={"returned": returned})
        return self._refuse_older(returned, case)

    def _read(self, case: Case, copy: Copy) -> tuple[Revision, Revision, tuple[Section, ...]]:
        """The revision that the copy was made from, the newest one, and the sections as the copy has them."""
        drafts = self._journal.results(case.id, "draft", Draft)
        base = next((one for one in drafts if one.revision.sha256 == copy.sha256), None)
        if base is None or base.revision.number != copy.number:
            raise FileRefused(
                f"La version inscrite dans ce DOCX n'existe pas dans le dossier {case.number}.",
                advice="Repartez de la copie DOCX proposée dans la page du dossier.",
            )
        given = self._reader.read(self._flow.parts.blobs.read(base.docx))
        return base.revision, drafts[-1].revision, changed_sections(copy, given, base.revision)

    def _case(self, copy: Copy) -> Case:
        try:
            case = self._journal.case(copy.case_id)
        except CaseUnknown as error:
            raise FileRefused(
                "Ce DOCX vient d'un dossier que Calame ne connaît pas.",
                advice="Vérifiez qu'il a été fait ici, et repartez de la copie DOCX de la page du dossier.",
            ) from error
        if case.status in _CLOSED:
            raise _closed(case)
        return case

    def _remark(self, case: Case, returned: Returned) -> Case:
        """Comments and no other word: the draft stays and is read again with them, also when it was approved."""
        told = _counted(len(returned.comments))
        results: dict[str, object] = {"returned": returned}
        changes = CaseChanges(message=f"DOCX rendu avec {told}, sans changement du texte : à lire.")
        details = {"number": str(returned.number), "docx": returned.original.sha256}
        return self._noted(case, returned, "un DOCX commenté a été déposé", results, changes, details)

    def _revise(self, case: Case, current: Revision, returned: Returned) -> Case:
        renderer = self._flow.parts.renderer
        revision = compose.revise(current, returned.sections, renderer, by=returned.by)
        draft = self._flow.render(revision)
        results: dict[str, object] = {"draft": draft, "returned": returned}
        changes = CaseChanges(
            revision_no=revision.number, message=f"Version {revision.number} reprise d'un DOCX modifié : à relire."
        )
        details = {"revision": revision.sha256, "number": str(revision.number), "docx": returned.original.sha256}
        case = self._noted(case, returned, "un DOCX modifié a été déposé", results, changes, details)
        self._flow.copy_draft(case, draft)
        return case

    def _noted(
        self,
        case: Case,
        returned: Returned,
        why: str,
        results: dict[str, object],
        changes: CaseChanges,
        details: dict[str, str],
    ) -> Case:
        """Written to the journal; an approved document goes back to review."""
        if case.status is not Status.TO_SIGN:
            return self._journal.note(
                case, actor=returned.by, action="docx", results=results, changes=changes, details=details
            )
        return self._journal.move(
            case,
            Status.TO_REVIEW,
            actor=returned.by,
            reason=why,
            results=results,
            changes=changes,
            details=details,
            learned=(),
        )

    def _refuse_older(self, returned: Returned, case: Case) -> Case:
        raise FileRefused(
            f"Ce DOCX vient de la version {returned.base} du dossier {case.number}, mais la version "
            f"{returned.current} a été faite entre-temps. Rien n'a été remplacé.",
            advice=f"Ouvrez le dossier {case.number} : les deux textes y sont affichés côte à côte. Reprenez-y ce qui "
            "manque, ou repartez de la dernière copie DOCX.",
        )

    def _doubts(self, case: Case, before: Sequence[Section], after: Sequence[Section]) -> tuple[Finding, ...]:
        """Of what was written in the copy: the doubts of the text that it did not bring along."""
        old, new = (self._flow.checked(case, transcript_of(_text(sections))).findings for sections in (before, after))
        known = Counter((one.kind, one.excerpt, one.message) for one in old)
        fresh = []
        for one in new:
            if known[one.kind, one.excerpt, one.message]:
                known[one.kind, one.excerpt, one.message] -= 1
            else:
                fresh.append(one)
        return tuple(fresh)

    def _who(self, claimed: Claimed) -> str:
        return claimed.author if claimed.author and self._journal.user(claimed.author) else WORKER


def _text(sections: Sequence[Section]) -> str:
    return "\n\n".join(part for one in sections for part in (one.heading, one.text) if part)


def _unchanged(case: Case) -> FileRefused:
    return FileRefused(
        f"Aucun changement : ce DOCX dit la même chose que le dossier {case.number}. Aucune version n'a été faite.",
        advice="Rien à faire. Seuls le texte et les commentaires sont lus : une couleur ou du gras n'est pas repris, "
        "écrivez-le en commentaire.",
    )


@contextmanager
def _comments_told(copy: Copy) -> Iterator[None]:
    """A refusal says that comments were there too; their words are a patient's, and stay in the file."""
    try:
        yield
    except FileRefused as refused:
        if not copy.comments:
            raise
        raise FileRefused(
            f"{refused.message} Ce DOCX porte aussi {_counted(len(copy.comments))}, à lire dans le fichier lui-même : "
            "rien n'en a été repris.",
            advice=f"{refused.advice} Ouvrez ce fichier pour lire ses commentaires ; ne le supprimez pas avant.",
        ) from refused


def _counted(comments: int) -> str:
    return f"{comments} commentaire{'s' if comments > 1 else ''}"


def _closed(case: Case) -> FileRefused:
    message = _CLOSED.get(case.status, "Ce dossier n'est pas en relecture.")
    advice = (
        "Pour le corriger, ouvrez le dossier et faites-en une nouvelle version."
        if case.status is Status.FILED
        else "Ouvrez le dossier pour voir où il en est."
    )
    return FileRefused(f"{message} (Dossier {case.number}.)", advice=advice)
