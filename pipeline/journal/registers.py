"""Patients and correspondents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline.errors import RegisterError
from pipeline.journal import chain
from pipeline.journal.books import CorrespondentBook, PatientBook
from pipeline.journal.codec import storable
from pipeline.journal.engine import Store
from pipeline.journal.folding import folded, name_words, patient_id
from pipeline.journal.port import Imported
from pipeline.journal.searched import read_search
from pipeline.journal.tables import correspondents, meta, patients
from pipeline.model.people import Correspondent, Patient, Sex

P = TypeVar("P", Patient, Correspondent)

CHUNK = 1000
"""Rows read at once where a whole register is walked."""

FEW = 200
"""Up to so many new lines are compared with the rows they may match; beyond, with the whole register."""


class Registers(Store):
    """The part of `SqlJournal` about patients and correspondents."""

    def import_patients(self, patients: Sequence[Patient], *, actor: str) -> Imported:
        """Add or complete patients; see `PatientBook.merge`. ``refused`` counts the lines from 1 as they were given.

        One transaction; the audit entry holds counts only.
        """

        def work(connection: sa.Connection) -> Imported:
            book = PatientBook(_patients(connection, _may_match(patients)))
            done = _import(connection, _PATIENTS, dict(book.by_id), patients, book.merge, _patient_row)
            self._audit_import(connection, actor, "import-patients", done)
            return done

        return self._write(work)

    def patient(self, patient_id: str) -> Patient | None:
        with self._read() as connection:
            return next(iter(_patients(connection, _PATIENTS.c.id == patient_id)), None)

    def find_patients(self, text: str, *, limit: int = 20) -> list[Patient]:
        """Patients of whom every word of ``text`` begins a name word, accents and case aside, and who were born on the
        date in it, if any: "dupont", "DUP mar", "12/03/1954", "1954-03-12", "dupont marie 12/03/1954". A matricule
        (at least 13 of its characters) is found too. By name; nothing for an empty text."""
        conditions = named_like(text)
        if not conditions:
            return []
        query = sa.select(_PATIENTS).where(*conditions).order_by(_PATIENTS.c.folded, _PATIENTS.c.id).limit(limit)
        with self._read() as connection:
            return [patient_of(row) for row in connection.execute(query)]

    def patients_by_ins(self, ins: str) -> list[Patient]:
        """The 15 characters, exactly; none for an empty text."""
        if not ins:
            return []
        with self._read() as connection:
            return _patients(connection, _PATIENTS.c.ins == ins)

    def patients_born_on(self, day: date) -> list[Patient]:
        with self._read() as connection:
            return _patients(connection, _PATIENTS.c.birth_date == day)

    def all_patients(self) -> Iterable[Patient]:
        """By id, read in pieces: nothing is kept open between two pieces."""
        return self._walk(_PATIENTS, patient_of)

    def version(self) -> str:
        """Changes with every import of patients: who keeps an index of the register asks whether it is still good."""
        with self._read() as connection:
            return connection.scalar(sa.select(meta.c.value).where(meta.c.key == "seq-import-patients")) or "0"

    def import_correspondents(self, people: Sequence[Correspondent], *, actor: str) -> Imported:
        """Add or complete correspondents; see `CorrespondentBook.merge`."""

        def work(connection: sa.Connection) -> Imported:
            known = [_correspondent_of(row) for row in connection.execute(sa.select(correspondents))]
            book = CorrespondentBook(known)
            done = _import(connection, correspondents, dict(book.by_id), people, book.merge, _correspondent_row)
            self._audit_import(connection, actor, "import-correspondents", done)
            return done

        return self._write(work)

    def add_correspondent(self, person: Correspondent, *, actor: str, case_id: str = "") -> Correspondent:
        """See `Journal.add_correspondent`. One transaction; the audit entry holds the new id, no name."""

        def work(connection: sa.Connection) -> Correspondent:
            book = CorrespondentBook(_correspondent_of(row) for row in connection.execute(sa.select(correspondents)))
            kept = book.add(person)
            connection.execute(correspondents.insert().values(**_correspondent_row(kept)))
            details = {"correspondent": kept.id}
            chain.append(
                connection, at=self._now(), actor=actor, action="create-correspondent", case_id=case_id, details=details
            )
            return kept

        return self._write(work)

    def correspondent(self, correspondent_id: str) -> Correspondent | None:
        query = sa.select(correspondents).where(correspondents.c.id == correspondent_id)
        with self._read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _correspondent_of(row)

    def all_correspondents(self) -> Iterable[Correspondent]:
        """By id, read in pieces."""
        return self._walk(correspondents, _correspondent_of)

    def _walk(self, table: sa.Table, made: Callable[[sa.Row[Any]], P]) -> Iterator[P]:
        last = ""
        while True:
            query = sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(CHUNK)
            with self._read() as connection:
                found = [made(row) for row in connection.execute(query)]
            yield from found
            if len(found) < CHUNK:
                return
            last = found[-1].id

    def _audit_import(self, connection: sa.Connection, actor: str, action: str, done: Imported) -> None:
        counts = {"added": done.added, "changed": done.changed, "same": done.same, "refused": len(done.refused)}
        details = {name: str(count) for name, count in counts.items()}
        seq = chain.append(connection, at=self._now(), actor=actor, action=action, details=details)
        key = f"seq-{action}"  # the register's version, see `version`
        if not connection.execute(meta.update().where(meta.c.key == key).values(value=str(seq))).rowcount:
            connection.execute(meta.insert().values(key=key, value=str(seq)))


_PATIENTS = patients  # the table, where a parameter has its name
_TRAITS = tuple(one.name for one in fields(Patient))


def _import(
    connection: sa.Connection,
    table: sa.Table,
    before: Mapping[str, P],
    people: Sequence[P],
    merge: Callable[[P], P],
    row_of: Callable[[P], dict[str, object]],
) -> Imported:
    """Merge line by line, then write what is new and what changed."""
    after: dict[str, P] = {}
    refused: list[tuple[int, str]] = []
    for line, person in enumerate(people, start=1):
        try:
            kept = merge(person)
        except RegisterError as error:
            refused.append((line, str(error)))
        else:
            after[kept.id] = kept
    added = [person for id_, person in after.items() if id_ not in before]
    changed = [person for id_, person in after.items() if id_ in before and before[id_] != person]
    if added:
        connection.execute(table.insert(), [row_of(person) for person in added])
    for person in changed:
        connection.execute(table.update().where(table.c.id == person.id).values(**row_of(person)))
    same = len(people) - len(refused) - len(added) - len(changed)
    return Imported(added=len(added), changed=len(changed), same=same, refused=tuple(refused))


def _may_match(new: Sequence[Patient]) -> sa.ColumnElement[bool]:
    """The rows that these lines may be about: `PatientBook` looks at ids, INS and birth dates."""
    if len(new) > FEW:
        return sa.true()
    ids = {i for p in new for i in (p.id, patient_id(p)) if i}
    matricules = {p.ins for p in new if p.ins}
    days = {p.birth_date for p in new if p.birth_date}
    columns = _PATIENTS.c
    return sa.or_(columns.id.in_(ids), columns.ins.in_(matricules), columns.birth_date.in_(days))


def named_like(text: str) -> list[sa.ColumnElement[bool]]:
    """What must hold of a row of `patients` that ``text`` finds (see `Registers.find_patients`); empty when it holds
    nothing to look for."""
    wanted = read_search(text)
    found: list[sa.ColumnElement[bool]] = [_PATIENTS.c.folded.like(f"% {word}%") for word in wanted.words]
    if wanted.born is not None:
        found.append(_PATIENTS.c.birth_date == wanted.born)
    if wanted.ins:
        found.append(_PATIENTS.c.ins.like(f"{wanted.ins}%"))
    return found


def _patients(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Patient]:
    query = sa.select(_PATIENTS).where(condition).order_by(_PATIENTS.c.folded, _PATIENTS.c.id)
    return [patient_of(row) for row in connection.execute(query)]


def patient_of(row: sa.Row[Any]) -> Patient:
    """A row of `patients` as a `Patient`."""
    values = {name: getattr(row, name) for name in _TRAITS}
    return Patient(**(values | {"sex": Sex(row.sex)}))


def _patient_row(patient: Patient) -> dict[str, object]:
    words = name_words(patient.birth_name, patient.used_name, patient.first_names)
    return _plain(patient) | {"sex": patient.sex.value, "folded": words}


def _correspondent_of(row: sa.Row[Any]) -> Correspondent:
    return Correspondent(**{f.name: getattr(row, f.name) for f in fields(Correspondent)})


def _correspondent_row(person: Correspondent) -> dict[str, object]:
    return _plain(person) | {"folded": " " + folded(f"{person.last_name} {person.first_name}")}


def _plain(person: Patient | Correspondent) -> dict[str, object]:
    values = {f.name: getattr(person, f.name) for f in fields(person)}
    return {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
