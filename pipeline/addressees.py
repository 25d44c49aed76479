"""A recipient who is not in the register yet: looked for under the same name, created, and put on the draft at once."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.desk import EDITABLE, Correction, Desk
from pipeline.errors import DocumentIncomplete, MoveForbidden, RegisterError
from pipeline.journal.folding import folded
from pipeline.model.document import Draft
from pipeline.model.people import Correspondent, User


@dataclass(frozen=True, slots=True)
class Alike:
    """Records of the register that may be the same person. ``surely``: they have the same RPPS number."""

    people: tuple[Correspondent, ...] = ()
    surely: bool = False


class Addressees:
    """Over a `Desk`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def alike(self, person: Correspondent) -> Alike:
        """Who is in the register under this RPPS number, else under this name and first name (accents, case and order
        aside); a record without a first name may be anybody's of that name."""
        known = list(self._desk.journal.all_correspondents())
        same = tuple(one for one in known if person.rpps and one.rpps == person.rpps)
        if same:
            return Alike(same, surely=True)
        return Alike(tuple(one for one in known if _same_name(one, person)))

    def create(self, person: Correspondent, *, case_id: str, by: User) -> Correspondent:
        """Add them to the register, for this case. Raises `RegisterError` when their RPPS number is another's,
        `MoveForbidden` when the case no longer asks for a recipient."""
        case = self._desk.journal.case(case_id)
        if case.status not in EDITABLE and not self._desk.may_identify(case):
            raise MoveForbidden("Ce document ne peut pas être modifié maintenant.", advice="Rechargez la page.")
        return self._desk.journal.add_correspondent(person, actor=by.login, case_id=case.id)

    def address(self, case_id: str, recipient_id: str, *, by: User) -> Draft:
        """Send the draft to them: a new version, a new PDF. Raises `RegisterError`, `StaleDraft`, `MoveForbidden`."""
        if self._desk.journal.correspondent(recipient_id) is None:
            raise RegisterError("Ce correspondant n'est plus dans le registre.", advice="Choisissez-en un autre.")
        draft = self._desk.open(case_id).draft
        if draft is None:
            raise DocumentIncomplete("Ce dossier n'a pas de brouillon.")
        now = draft.revision
        return self._desk.correct(case_id, Correction(now.sections, now.number, recipient_id=recipient_id), by=by)


def _same_name(known: Correspondent, person: Correspondent) -> bool:
    mine, theirs = _letters(person.last_name), _letters(known.last_name)
    firsts = _letters(person.first_name), _letters(known.first_name)
    if mine == theirs and (firsts[0] == firsts[1] or "" in firsts):
        return True
    return bool(all(firsts)) and (mine, firsts[0]) == (firsts[1], theirs)


def _letters(name: str) -> str:
    return folded(name).replace(" ", "")
