"""What was learned from corrections: kept with its evidence, switched off and on, forgotten.

The words stand in these two tables only. The audit chain, which can never be cleaned, holds ids and counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from pipeline.errors import RegisterError
from pipeline.journal import chain
from pipeline.journal.codec import decode, encode, storable
from pipeline.journal.engine import Store
from pipeline.journal.tables import accepted_words, cases, learned, sightings
from pipeline.model.case import Case
from pipeline.model.dictionary import Dictionary
from pipeline.model.learning import Learned, Sighting, plain


class Lessons(Store):
    """The part of `SqlJournal` about what was learned."""

    def learned(self, author: str) -> tuple[Learned, ...]:
        """All corrections of one author, also those switched off, the latest first; none for ``""``."""
        return self._learned(learned.c.author == author) if author else ()

    def all_learned(self) -> tuple[Learned, ...]:
        """Of every author, the latest first."""
        return self._learned(sa.true())

    def switch_learned(self, learned_id: str, active: bool, *, actor: str) -> None:
        """Use a correction no longer, or again. Raises `RegisterError` when it is not there."""

        def work(connection: sa.Connection) -> None:
            known = connection.execute(sa.select(learned).where(learned.c.id == learned_id)).first()
            if known is None:
                raise _gone()
            if bool(known.active) == active:
                return
            connection.execute(learned.update().where(learned.c.id == learned_id).values(active=active))
            self._noted(connection, actor, "learned-on" if active else "learned-off", learned_id)

        self._write(work)

    def share_learned(self, learned_id: str, shared: bool, *, actor: str) -> None:
        """Propose a correction to the whole practice, or no longer. Raises `RegisterError` when it is not there."""

        def work(connection: sa.Connection) -> None:
            known = connection.execute(sa.select(learned).where(learned.c.id == learned_id)).first()
            if known is None:
                raise _gone()
            if bool(known.shared) == shared:
                return
            connection.execute(learned.update().where(learned.c.id == learned_id).values(shared=shared))
            self._noted(connection, actor, "learned-shared" if shared else "learned-unshared", learned_id)

        self._write(work)

    def bring_dictionary(self, brought: Dictionary, *, actor: str) -> int:
        """Add an imported dictionary in one transaction: what is there stays, counts become the larger of both.

        Each entry that this adds or changes has its line in the audit, by its id; a file brought twice adds nothing.
        Returns how many it added or changed.
        """
        here = {(one.author, one.key, one.right): one for one in self.all_learned()}

        def work(connection: sa.Connection) -> int:
            changed = 0
            words = set(connection.scalars(sa.select(accepted_words.c.word)))
            for word in brought.accepted:
                if word.word not in words:
                    id_ = uuid4().hex
                    values = {"id": id_, "word": word.word, "actor": storable(word.by), "at": word.at}
                    values |= {"author": word.author, "shared": word.shared, "active": word.active}
                    connection.execute(accepted_words.insert().values(values))
                    details = {"word": id_}
                    chain.append(connection, at=self._now(), actor=actor, action="accept-word", details=details)
                    changed += 1
            for one in brought.learned:
                if id_ := _bring(connection, one, here.get((one.author, one.key, one.right))):
                    self._noted(connection, actor, "learned-imported", id_)
                    changed += 1
            return changed

        return self._write(work)

    def forget_learned(self, learned_id: str, *, actor: str) -> None:
        """Delete a correction and its evidence; its id stays in the audit. Raises `RegisterError`."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sightings.delete().where(sightings.c.learned_id == learned_id))
            if not connection.execute(learned.delete().where(learned.c.id == learned_id)).rowcount:
                raise _gone()
            self._noted(connection, actor, "learned-forgotten", learned_id)

        self._write(work)

    def _noted(self, connection: sa.Connection, actor: str, action: str, learned_id: str) -> None:
        chain.append(connection, at=self._now(), actor=actor, action=action, details={"learned": learned_id})

    def _learned(self, condition: sa.ColumnElement[bool]) -> tuple[Learned, ...]:
        number = cases.c.number.label("case_number")
        evidence = sa.select(sightings, number, cases.c.original_sha256).join(cases).join(learned).where(condition)
        with self._read() as connection:
            rows = connection.execute(sa.select(learned).where(condition)).all()
            seen: dict[str, list[sa.Row[Any]]] = {}
            for row in connection.execute(evidence):
                seen.setdefault(row.learned_id, []).append(row)
        found = [_learned_of(row, seen.get(row.id, [])) for row in rows]
        return tuple(sorted(found, key=lambda one: (one.last_seen is None, _since(one), one.key, one.right)))


def replace_sightings(
    connection: sa.Connection, case: Case, seen: Iterable[Sighting], *, actor: str, at: datetime
) -> int:
    """What this case teaches, in place of what it taught; returns how many. Part of the approval's transaction.

    A correction without evidence is gone, unless a person had switched it off: that is remembered. A refusal of what
    is not (or no longer) known teaches nothing.
    """
    connection.execute(sightings.delete().where(sightings.c.case_id == case.id))
    count = 0
    for one in seen:
        known = _id_of(connection, one)
        if known is None and one.refused and not one.proposed:
            continue
        id_ = known or _add(connection, one)
        if not one.refused:
            connection.execute(learned.update().where(learned.c.id == id_).values(reason=one.reason))
        connection.execute(
            sightings.insert().values(
                learned_id=id_,
                case_id=case.id,
                refused=one.refused,
                proposed=one.proposed,
                revision_no=case.revision_no,
                times=one.times,
                start=one.start,
                stop=one.end,
                actor=storable(actor),
                at=at,
            )
        )
        count += 1
    proof = sightings.c.refused.is_(False) | sightings.c.proposed.is_(True)
    proved = sa.select(sightings.c.learned_id).where(proof)
    unproved = learned.c.active.is_(True), learned.c.brought == "", learned.c.id.not_in(proved)
    bare = sa.select(learned.c.id).where(*unproved).scalar_subquery()
    connection.execute(sightings.delete().where(sightings.c.learned_id.in_(bare)))
    connection.execute(learned.delete().where(learned.c.id.in_(bare)))
    return count


def _id_of(connection: sa.Connection, one: Sighting) -> str | None:
    return connection.scalar(
        sa.select(learned.c.id).where(
            learned.c.author == one.author,
            learned.c.key == storable(plain(one.heard)),
            learned.c.written == storable(one.right),
        )
    )


def _add(connection: sa.Connection, one: Sighting) -> str:
    id_ = uuid4().hex  # made of nothing: an id made of the words could be guessed back from the audit
    heard, written = storable(one.heard), storable(one.right)
    connection.execute(
        learned.insert().values(
            id=id_, author=one.author, key=plain(heard), heard=heard, written=written, reason=one.reason, active=True
        )
    )
    return id_


def _bring(connection: sa.Connection, file: Learned, known: Learned | None) -> str:
    """Add or raise one entry; returns its id, ``""`` when the file says nothing new."""
    if known is None:
        id_ = _add(connection, Sighting(file.author, file.heard, file.right, 0, 0, reason=file.reason))
        values = {"active": file.active, "shared": file.shared, "brought": encode(_Brought().raised(file))}
    else:
        id_ = known.id
        body = connection.scalar(sa.select(learned.c.brought).where(learned.c.id == id_))
        old = decode(body, _Brought) if body else _Brought()
        new = old.raised(file, known)
        if new == old:
            return ""
        values = {"brought": encode(new)}
    connection.execute(learned.update().where(learned.c.id == id_).values(values))
    return id_


def _learned_of(row: sa.Row[Any], seen: Sequence[sa.Row[Any]]) -> Learned:
    left = sorted((each for each in seen if each.proposed), key=lambda each: each.at)
    made = sorted((each for each in seen if not each.refused), key=lambda each: each.at)
    told = made or left
    last = told[-1] if told else None
    more = decode(row.brought, _Brought) if row.brought else _Brought()
    return Learned(
        id=row.id,
        author=row.author,
        key=row.key,
        heard=row.heard,
        right=row.written,
        case_id=last.case_id if last else "",
        case_number=last.case_number if last else "",
        original_sha256=last.original_sha256 if last else "",
        start=last.start if last else 0.0,
        end=last.stop if last else 0.0,
        times=sum(each.times for each in made) + more.times,
        cases=len(made) + more.cases,
        refused=sum(1 for each in seen if each.refused and not each.proposed) + more.refused,
        first_seen=min(filter(None, (told[0].at if told else None, more.first)), default=None),
        last_seen=max(filter(None, (last.at if last else None, more.last)), default=None),
        active=bool(row.active),
        by=last.actor if last else more.by,
        reason=row.reason,
        rejected=len(left) + more.rejected,
        shared=bool(row.shared),
    )


@dataclass(frozen=True, slots=True)
class _Brought:
    """What an imported file adds to the evidence of this practice's own cases."""

    cases: int = 0
    times: int = 0
    refused: int = 0
    rejected: int = 0
    by: str = ""
    first: datetime | None = None
    last: datetime | None = None

    def raised(self, file: Learned, known: Learned | None = None) -> _Brought:
        """So much more that what is known, which counts this already, is no less than the file's."""
        known = known or Learned("", "", "", "", "")
        days = (self.first, file.first_seen), (self.last, file.last_seen)
        return _Brought(
            self.cases + max(0, file.cases - known.cases),
            self.times + max(0, file.times - known.times),
            self.refused + max(0, file.refused - known.refused),
            self.rejected + max(0, file.rejected - known.rejected),
            self.by or (file.by if not known.by else ""),
            min(filter(None, days[0]), default=None) if not known.first_seen or self.first else None,
            max(filter(None, days[1]), default=None) if not known.last_seen or self.last else None,
        )


def _since(one: Learned) -> float:
    return -one.last_seen.timestamp() if one.last_seen else 0.0


def _gone() -> RegisterError:
    return RegisterError("Cette correction n'est plus là.", advice="Rechargez la page.")
