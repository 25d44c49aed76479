"""The rules of composing: from a checked text and its identification to a revision, and from it to two files.

Every word of the dictated body ends in a section, in its order; nothing is added, reworded or guessed. What the
opening said stays in the checked text and is shown in the review.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.compose.port import KindRules, Renderer
from pipeline.compose.typography import fold
from pipeline.errors import DocumentIncomplete
from pipeline.model.case import Urgency
from pipeline.model.document import Revision, Section
from pipeline.model.identity import Identification
from pipeline.model.people import Correspondent, Patient, Practice, Practitioner
from pipeline.model.text import CheckedText

WORKER = "worker"

_STOPS = ".!?…"
_LONE_MARK = re.compile(rf"(?P<mark>[,;:{_STOPS}]+)(?P<space>\s+|\Z)")
_SECTION_BREAK = re.compile(r"\n{3,}")
"""What "nouvelle section" becomes in a transcript (`pipeline.model.text.Token`)."""


@dataclass(frozen=True, slots=True)
class Context:
    """Whose document it is: the case and its number, the doctor, the practice, and the day (local time)."""

    case_id: str
    reference: str
    author: Practitioner
    practice: Practice
    today: date


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both files of a revision."""

    pdf: bytes
    docx: bytes


def first_revision(
    checked: CheckedText,
    found: Identification,
    patient: Patient,
    recipient: Correspondent | None,
    context: Context,
    renderer: Renderer,
) -> Revision:
    """Revision number 1. Raises `DocumentIncomplete` when the kind is not known."""
    if found.kind is None:
        raise DocumentIncomplete(
            "Le type de document n'est pas connu.", advice="Choisissez-le dans la page du dossier, puis relancez."
        )
    rules = renderer.rules(found.kind)
    return Revision(
        case_id=context.case_id,
        number=1,
        kind=rules.kind,
        title=found.title or rules.title,
        document_date=found.document_date or context.today,
        sections=split_sections(body_of(checked.text, found.body_start, found.removed), rules.headings),
        patient=patient,
        author=context.author,
        practice=context.practice,
        template=rules.template,
        template_sha256=renderer.template_sha256(rules.kind),
        recipient=recipient,
        urgent=found.urgency is Urgency.URGENT,
        reference=context.reference,
        made_by=WORKER,
    )


def revise(
    revision: Revision,
    sections: Sequence[Section],
    renderer: Renderer,
    *,
    by: str,
    title: str | None = None,
    document_date: date | None = None,
    urgent: bool | None = None,
    copies: Sequence[str] | None = None,
    copy_to: Sequence[Correspondent] | None = None,
) -> Revision:
    """The next revision with these sections; what is None stays as it was.

    Empty sections are dropped and a browser's line ends (CR LF) become ``\\n``; no other character changes.
    """
    plain = (Section(section.heading.strip(), _line_ends(section.text).strip()) for section in sections)
    kept = tuple(section for section in plain if section.heading or section.text)
    return replace(
        revision,
        number=revision.number + 1,
        sections=kept,
        title=revision.title if title is None else title.strip() or renderer.rules(revision.kind).title,
        document_date=document_date or revision.document_date,
        urgent=revision.urgent if urgent is None else urgent,
        copies=revision.copies if copies is None else tuple(copies),
        copy_to=revision.copy_to if copy_to is None else tuple(copy_to),
        template=renderer.rules(revision.kind).template,
        template_sha256=renderer.template_sha256(revision.kind),
        made_by=by,
    )


def readdress(
    revision: Revision,
    rules: KindRules,
    renderer: Renderer,
    *,
    patient: Patient,
    recipient: Correspondent | None,
    by: str,
) -> Revision:
    """The next revision for another patient, recipient or kind; the sections stay as a person corrected them.

    The title follows the kind unless a person gave it another one.
    """
    untouched = revision.title == renderer.rules(revision.kind).title
    return replace(
        revision,
        number=revision.number + 1,
        kind=rules.kind,
        title=rules.title if untouched else revision.title,
        patient=patient,
        recipient=recipient,
        template=rules.template,
        template_sha256=renderer.template_sha256(rules.kind),
        made_by=by,
    )


def correction_of(
    revision: Revision, *, case_id: str, reference: str, replaces: str, today: date, renderer: Renderer
) -> Revision:
    """Revision number 1 of a new case that corrects the filed record ``replaces``: same words, today's date."""
    return replace(
        revision,
        case_id=case_id,
        number=1,
        reference=reference,
        replaces=replaces,
        document_date=today,
        template=renderer.rules(revision.kind).template,
        template_sha256=renderer.template_sha256(revision.kind),
        made_by=WORKER,
    )


def compose(revision: Revision, renderer: Renderer) -> Rendered:
    """Both files. Raises `TemplateFault`."""
    return Rendered(pdf=renderer.pdf(revision), docx=renderer.docx(revision))


# --- from text to sections --------------------------------------------------------------------------------------


def body_of(text: str, body_start: int, removed: Iterable[tuple[int, int]]) -> str:
    """``text`` from ``body_start`` on without the ``removed`` spans (offsets in ``text``; they may overlap).

    A mark that a cut left alone ("merci. . Bien", ", Cher confrère") goes with what was cut; every word stays.
    """
    pieces: list[str] = []
    position = body_start
    for start, end in sorted(removed):
        if start > position:
            pieces.append(text[position:start])
        position = max(position, end)
    pieces.append(text[position:])
    body = ""
    for piece in pieces:
        body = _join(body, piece)
    body = body.strip()
    lone = _LONE_MARK.match(body) if body_start else None
    return body[lone.end() :] if lone else body


def _join(left: str, right: str) -> str:
    """Both sides of a cut, with the stronger of the two white spaces that met there (a space when there was none)."""
    if not left.strip() or not right.strip():
        return left if left.strip() else right
    kept, following = left.rstrip(), right.lstrip()
    space_left, space_right = left[len(kept) :], right[: len(right) - len(following)]
    lone = _LONE_MARK.match(following)
    if lone:
        kept = kept if kept[-1] in _STOPS else kept.rstrip(",;:") + lone["mark"]
        space_right, following = max(space_right, lone["space"], key=_strength), following[lone.end() :]
    return kept + (max(space_left, space_right, key=_strength) or " ") + following


def _strength(space: str) -> tuple[int, int]:
    return space.count("\n"), len(space)


def split_sections(body: str, headings: Iterable[str]) -> tuple[Section, ...]:
    """Sections of a body: cut at "nouvelle section" and where a known heading was dictated.

    A heading counts at the start of a sentence when a colon follows ("Conclusion : …"), or alone on its line. It is
    spelled as in ``headings``; every other word stays as it is.
    """
    spelling = {fold(heading): heading for heading in headings}
    sections: list[Section] = []
    for part in _SECTION_BREAK.split(_tidy(body)):
        sections.extend(_split_part(part.strip(), spelling))
    return tuple(section for section in sections if section.heading or section.text)


def _split_part(part: str, spelling: dict[str, str]) -> Iterable[Section]:
    heading, start = "", 0
    for found in _pattern(spelling).finditer(fold(part)) if spelling else ():
        yield Section(heading, part[start : found.start()].strip())
        heading, start = spelling[found["dictated"] or found["alone"]], found.end()
    yield Section(heading, part[start:].strip())


def _pattern(spelling: Iterable[str]) -> re.Pattern[str]:
    """Matches a heading in folded text, longest first."""
    names = "|".join(re.escape(name) for name in sorted(spelling, key=len, reverse=True))
    dictated = rf"(?:\A|(?<=\n)|(?<=[.!?…][ \n]))(?P<dictated>{names}) ?:[ \n]*"
    alone = rf"(?:\A|(?<=\n))(?P<alone>{names})\.?(?=\n)"
    return re.compile(f"{dictated}|{alone}")


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tidy(body: str) -> str:
    """Without double spaces and spaces at line ends; line breaks stay."""
    body = re.sub(r" {2,}", " ", _line_ends(body).replace("\t", " "))
    return re.sub(r" *\n *", "\n", body).strip()
