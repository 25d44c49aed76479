"""What a page shows of the addressee beside what was said, and of an identity that is being chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import FormData

from pipeline.compose.completeness import may_go_without
from pipeline.desk import EDITABLE, Desk, Dossier
from pipeline.identify.addressee import addressee_named
from pipeline.model.case import Status
from pipeline.model.identity import NOBODY, DocumentKind
from pipeline.model.people import Correspondent
from pipeline.web import forms
from pipeline.web.newcomer import TITLES, Newcomer, offered


@dataclass(frozen=True, slots=True)
class Picked:
    """What stands chosen in the identity question and is not confirmed yet: ids, and the name of a kind."""

    patient: str = ""
    kind: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Who gets the document, as the identity at the top says it; ``open``: a person has to answer that."""

    text: str
    open: bool = False


def recipient_line(dossier: Dossier, now: Correspondent | None) -> Line:
    """``now`` is the recipient."""
    found = dossier.identification
    if now is not None:
        who = ", ".join(part for part in (now.display_name, now.specialty) if part)
        return Line(" · ".join(part for part in (f"à {who}", *now.address.splitlines()[-1:]) if part))
    if found and found.recipient_id == NOBODY:
        return Line("sans destinataire")
    if addressee_named(found):
        return Line("Destinataire à choisir" if dossier.recipients else "Destinataire absent du répertoire", open=True)
    return Line("")


def picked(form: FormData) -> Picked:
    return Picked(forms.text(form, "patient"), forms.text(form, "kind"), forms.text(form, "recipient"))


def query(chosen: Picked, recipient: str, *, done: str = "") -> str:
    """The end of the address of the same question with what was chosen; ``recipient`` is new since."""
    parts = {"patient": chosen.patient, "genre": chosen.kind, "a": recipient or chosen.recipient}
    parts["fait"] = done or ("destinataire-pret" if recipient else "")
    return "?" + urlencode({name: value for name, value in parts.items() if value}) + "#identite"


def shown(
    desk: Desk, dossier: Dossier, asked: Mapping[str, str], person: Newcomer | None, chosen: Picked | None
) -> dict[str, object]:
    """For the templates: the register, the addressee, the form of a new one, and what stands chosen."""
    case, found, draft = dossier.case, dossier.identification, dossier.draft
    open_ = case.status in EDITABLE or case.status in (Status.HELD, Status.FAILED)
    chosen = chosen or Picked(asked.get("patient", ""), asked.get("genre", ""), asked.get("a", ""))
    if draft is not None:
        now = draft.revision.recipient
    else:
        now = desk.journal.correspondent(found.recipient_id) if found and found.recipient_id else None
    nobody = bool(now is None and found and found.recipient_id == NOBODY)
    return {
        "correspondents": sorted(desk.journal.all_correspondents(), key=_by_name) if open_ else [],
        "chosen": desk.journal.patient(chosen.patient) if chosen.patient else None,
        "picked_kind": chosen.kind if chosen.kind in set(DocumentKind) else case.kind,
        "picked_to": chosen.recipient or (now.id if now else NOBODY if nobody else ""),
        "addressee": now,
        "to_line": recipient_line(dossier, now),
        "nobody": nobody,
        "named": addressee_named(found) if now is None else "",
        "may_go_without": bool(dossier.rules and may_go_without(dossier.rules)) or draft is None,
        "newcomer": person or offered(found),
        "TITLES": TITLES,
        "NOBODY": NOBODY,
    }


def _by_name(person: Correspondent) -> tuple[str, str]:
    return person.last_name.casefold(), person.first_name.casefold()
