"""What a form of the pages holds, read into plain values."""

from __future__ import annotations

from datetime import date

from starlette.datastructures import FormData

from pipeline.desk import Correction, Dossier
from pipeline.errors import DocumentIncomplete
from pipeline.model.document import Section
from pipeline.model.identity import NOBODY


def text(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()


def number(form: FormData, name: str) -> int:
    """-1 for what is no number."""
    value = text(form, name)
    return int(value) if value.isdecimal() else -1


def day(form: FormData, name: str) -> date | None:
    """Raises `DocumentIncomplete` for a day that does not exist."""
    value = text(form, name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise DocumentIncomplete("Cette date n'existe pas.", advice="Écrivez-la comme 2026-11-22.") from error


def correction(form: FormData) -> Correction:
    """The draft as it was typed. Raises `DocumentIncomplete`."""
    return Correction(
        sections=_sections(form),
        seen_revision=number(form, "revision"),
        title=text(form, "title"),
        recipient_id=text(form, "recipient"),
        copy_to=tuple(str(value) for value in form.getlist("copy_to")),
        document_date=day(form, "document_date"),
        author_login=text(form, "author"),
    )


def changed(dossier: Dossier, typed: Correction) -> bool:
    """Whether what was typed differs from the draft."""
    if dossier.draft is None:
        return False
    now = dossier.draft.revision
    found = dossier.identification
    nobody = NOBODY if found and found.recipient_id == NOBODY else ""
    recipient = now.recipient.id if now.recipient else nobody
    return (
        typed.sections != tuple(Section(s.heading.strip(), s.text.strip()) for s in now.sections)
        or typed.title != now.title
        or typed.recipient_id != recipient
        or set(typed.copy_to or ()) != {person.id for person in now.copy_to}
        or typed.document_date != now.document_date
        or typed.author_login != now.author.login
    )


def _sections(form: FormData) -> tuple[Section, ...]:
    headings = [str(value) for value in form.getlist("heading")]
    texts = [str(value).replace("\r\n", "\n").strip() for value in form.getlist("text")]
    if len(headings) != len(texts):
        raise DocumentIncomplete("Le texte reçu est incomplet.", advice="Rechargez la page et recommencez.")
    return tuple(
        Section(heading.strip(), body) for heading, body in zip(headings, texts, strict=True) if heading.strip() or body
    )
