"""Convocations from a list, each filed once however often the list is dropped and wherever the work is cut.

Of each line: the PDF is drawn and kept by its content; one transaction opens its case, under the key of the
appointment, with the confirmed document; the flow's own step files it. What a crash leaves is a case that waits to be
filed, or nothing but kept PDFs of no case. The print file is written last, and one transaction then marks what stands
in it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import UUID, uuid5

from pipeline.archive.step import record_id
from pipeline.batch.moved import moment_of, replaced_by
from pipeline.batch.port import Appointment, Columns, Refusal, Register, Row
from pipeline.batch.step import Rules, judge, key_of, sections_of, subject_of
from pipeline.compose.completeness import advice, missing, overflowing
from pipeline.errors import CalameError, FileRefused
from pipeline.flow import Flow
from pipeline.jobs.port import JobKey
from pipeline.model.case import BlobRef, Case, Status
from pipeline.model.clock import local
from pipeline.model.document import ConfirmedScan, Record, Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.spreadsheet import guarded

_CASES = UUID("3f6f0c55-5a0d-5be1-8c8e-7d1f2b9a4c11")
"""The namespace of the ids of these cases: an arbitrary constant that must never change."""

_TOO_LONG = "L'adresse du patient ne tient pas dans la fenêtre de l'enveloppe : raccourcissez-la dans sa fiche."
_LONGEST = 10
_CANCELLABLE = (Status.CONFIRMED, Status.FAILED, Status.FILED)
_UNDONE = (
    "La convocation de cette ligne (n° {}) a été annulée et remplacée : elle n'est pas refaite. Pour une nouvelle "
    "convocation à cette heure, précisez la durée, le lieu ou les consignes."
)

T = TypeVar("T")


class ListJournal(Register, Protocol):
    """The part of the journal that lists need."""

    def listed(self, keys: Sequence[str]) -> dict[str, Case]: ...

    def listed_subjects(self, subjects: Sequence[str]) -> dict[str, list[tuple[str, Case]]]: ...

    def open_listed(
        self, key: str, subject: str, number: str, confirmed: ConfirmedScan, *, replaces: str = ""
    ) -> Case: ...

    def mark_printed(self, ids: Sequence[str], message: str, *, actor: str, details: dict[str, str]) -> None: ...

    def case(self, case_id: str) -> Case: ...

    def record(self, record_id: str) -> Record | None: ...

    def result(self, case_id: str, stage: str, type_: type[T]) -> T | None: ...


@dataclass(frozen=True)
class BatchParts:
    """What is connected; ``bootstrap.py`` builds it."""

    flow: Flow
    journal: ListJournal
    draw: Callable[[Iterable[Revision], Callable[[bytes], BlobRef]], Iterator[BlobRef]]
    print_file: Callable[[Path, Iterable[bytes], bool], int]
    holiday: Callable[[date], str]
    columns: Columns
    outbox: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would do: lines to make, made before, moved (with the earlier case, now cancelled), refused."""

    lines: tuple[Appointment, ...]
    done: dict[str, Case]
    moved: dict[str, Case]
    refused: tuple[Refusal, ...]

    @property
    def to_make(self) -> tuple[Appointment, ...]:
        return tuple(one for one in self.lines if key_of(one) not in self.done)


@dataclass(frozen=True, slots=True)
class Made:
    """What a list did. ``pages`` and ``print_file`` are of what was not printed before."""

    filed: int
    printed: int = 0
    pages: int = 0
    print_file: Path | None = None


class Batches:
    """Makes the convocations of lists."""

    def __init__(self, parts: BatchParts) -> None:
        self.parts = parts
        self._templates: dict[DocumentKind, str] = {}

    def plan(self, rows: Iterable[Row]) -> Plan:
        """Judge every line; nothing is written."""
        now = local(self.parts.flow.parts.now()).replace(tzinfo=None)
        good, refused = judge(rows, Rules(self.parts.journal, self.parts.holiday, now, self.parts.columns))
        lines: list[Appointment] = []
        for one in good:
            renderer = self.parts.flow.parts.renderer
            revision, rules = self._revision(one), renderer.rules(one.kind)
            lacks = [*missing(revision, rules, undrawable=renderer.undrawable)]
            lacks += [_TOO_LONG for _ in overflowing(revision, rules)]
            if lacks:
                refused.append(Refusal(one.row, "", lacks[0]))
            else:
                lines.append(replace(one, warnings=(*one.warnings, *advice(revision, rules))))
        keys = {key_of(one): one for one in lines}
        done = self.parts.journal.listed(list(keys))
        new = [one for key, one in keys.items() if key not in done]
        moved, told, unclear = replaced_by(new, self._ahead(keys, new, now), self.parts.columns)
        undone = {key: case for key, case in done.items() if case.status is Status.REPLACED}
        refused += unclear
        refused += [Refusal(keys[key].row, "", _UNDONE.format(case.number)) for key, case in undone.items()]
        unusable = {no.row.number for no in refused}
        usable = (one for one in lines if one.row.number not in unusable)
        kept = tuple(replace(one, warnings=(*one.warnings, *filter(None, [told.get(key_of(one))]))) for one in usable)
        still = {key: case for key, case in done.items() if key not in undone}
        return Plan(kept, still, moved, tuple(sorted(refused, key=lambda one: one.row.number)))

    def _ahead(
        self, keys: Mapping[str, Appointment], new: Sequence[Appointment], now: datetime
    ) -> dict[str, list[Case]]:
        """The convocations to come that this list does not hold, by their subject: what a new one may cancel."""
        earlier = self.parts.journal.listed_subjects(list(dict.fromkeys(map(subject_of, new))))
        return {
            subject: [case for key, case in cases if key not in keys and self._is_ahead(case, now)]
            for subject, cases in earlier.items()
        }

    def _is_ahead(self, case: Case, now: datetime) -> bool:
        if case.status not in _CANCELLABLE:
            return False
        confirmed = self.parts.journal.result(case.id, "confirmed", ConfirmedScan)
        at = moment_of(confirmed.text) if confirmed else None
        return at is not None and at > now

    def make(self, plan: Plan, *, by: str, duplex: bool, on_filed: Callable[[], None]) -> Made:
        """File every line of the plan that is not filed, then write the print file. Raises `TemplateFault`."""
        for case in (*plan.done.values(), *plan.moved.values()):
            self._file(case)
        to_make = plan.to_make
        olds = [plan.moved.get(key_of(one)) if plan.moved else None for one in to_make]
        with self.parts.flow.parts.index.kept():
            pdfs = self.parts.draw(map(self._revision, to_make, olds), self._keep)
            for one, old, pdf in zip(to_make, olds, pdfs, strict=True):
                self._file(self._open(one, old, pdf, by))
                on_filed()
        return self._print(plan, len(to_make), by, duplex)

    def refusals(self, plan: Plan, source: Path) -> Path | None:
        """Write the refused lines as they stood, with why, in a CSV file that can be corrected and dropped again.

        One of an earlier run is taken away when no line is refused any more.
        """
        name = source.stem if source.suffix.lower() == ".csv" else source.name  # each kind has its own
        target = self.parts.outbox / f"{name}-refus.csv"
        if not plan.refused:
            target.unlink(missing_ok=True)
            return None
        names = list(dict.fromkeys(name for one in plan.refused for name in one.row.cells))
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file, delimiter=";")
            rows.writerow(("n° de ligne", "colonne en cause", "raison du refus", *names))
            for one in plan.refused:
                cells = [one.row.cells.get(name, "") for name in names]
                rows.writerow((one.row.number, one.column, *map(guarded, (one.reason, *cells))))
        return target

    def _revision(self, one: Appointment, old: Case | None = None) -> Revision:
        """``old`` is the case of the convocation that it cancels."""
        parts, key = self.parts.flow.parts, key_of(one)
        record = self.parts.journal.record(record_id(old.id)) if old else None
        rules = parts.renderer.rules(one.kind)
        return Revision(
            case_id=_case_id(key),
            number=1,
            kind=one.kind,
            title=rules.title,
            document_date=local(parts.now()).date(),
            sections=sections_of(one),
            patient=one.patient,
            author=one.author,
            practice=parts.practice,
            template=rules.template,
            template_sha256=self._sha256(one),
            reference=_number(one.at, key),
            made_by="list",
            replaces=record.id if record else "",
            replaces_reference=old.number if old else "",
            replaces_sha256=record.sha256 if record else "",
        )

    def _sha256(self, one: Appointment) -> str:
        """Of the template, read once a kind: a template that changes meanwhile is told by the renderer."""
        if one.kind not in self._templates:
            self._templates[one.kind] = self.parts.flow.parts.renderer.template_sha256(one.kind)
        return self._templates[one.kind]

    def _keep(self, pdf: bytes) -> BlobRef:
        return self.parts.flow.parts.blobs.put(pdf, "application/pdf")

    def _open(self, one: Appointment, old: Case | None, pdf: BlobRef, by: str) -> Case:
        parts, key = self.parts.flow.parts, key_of(one)
        at = parts.now()
        confirmed = ConfirmedScan(
            case_id=_case_id(key),
            patient=one.patient,
            kind=one.kind,
            title=parts.renderer.rules(one.kind).title,
            document_date=local(at).date(),
            sender=one.author.name,
            pdf=pdf,
            original=pdf,
            text="\n".join(f"{section.heading}\n{section.text}" for section in sections_of(one)),
            confirmed_by=by,
            confirmed_at=at,
        )
        replaces = record_id(old.id) if old else ""
        return self.parts.journal.open_listed(key, subject_of(one), _number(one.at, key), confirmed, replaces=replaces)

    def _file(self, case: Case) -> None:
        """File a case that waits for it, also one that failed at it and was put back; raise when it cannot be."""
        if case.status is Status.FILED:
            return
        self.parts.flow.work(JobKey.of(case))
        now = self.parts.journal.case(case.id)
        if now.status is not Status.FILED:
            raise CalameError(
                f"La convocation du dossier {now.number} n'a pas pu être classée. {now.message}",
                advice="Ouvrez ce dossier dans le parapheur, puis relancez la liste : rien n'est fait deux fois.",
            )

    def _print(self, plan: Plan, filed: int, by: str, duplex: bool) -> Made:
        keys = [key_of(one) for one in plan.lines]
        cases = self.parts.journal.listed(keys)
        waiting = [cases[key] for key in keys if key in cases and not cases[key].message]
        if not waiting:
            return Made(filed)
        now: datetime = local(self.parts.flow.parts.now())
        digest = hashlib.sha256("".join(case.id for case in waiting).encode()).hexdigest()[:8]
        target = self.parts.outbox / f"convocations-{digest}.pdf"
        blobs = self.parts.flow.parts.blobs
        pages = self.parts.print_file(target, (blobs.read(case.original) for case in waiting), duplex)
        details = {"cases": str(len(waiting)), "pages": str(pages), "list": digest}
        message = f"Dans le fichier d'impression {target.name} du {now:%d/%m/%Y}."
        self.parts.journal.mark_printed([case.id for case in waiting], message, actor=by, details=details)
        return Made(filed, len(waiting), pages, target)


def read_list(path: Path, readers: dict[str, Callable[[Path], list[Row]]]) -> list[Row]:
    """The lines of a list, by the reader of its suffix. Raises `FileRefused`."""
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileRefused("Ce fichier n'est pas une liste CSV, XLSX ou ICS.", advice="Enregistrez-la ainsi.")
    return reader(path)


def _case_id(key: str) -> str:
    return uuid5(_CASES, key).hex


def _number(at: datetime, key: str) -> str:
    """Printed before the journal knows of it, so made of the appointment: its year and the start of its key."""
    return f"{at.year}-C{key[:_LONGEST].upper()}"
