"""What a template may show of a revision: plain text, ready to print. Standard library only.

Both renderers draw from the same `view`, so that PDF and DOCX say the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.compose.port import Addressee, KindRules
from pipeline.compose.postal import Block, address_block
from pipeline.compose.tables import Rows, introduced, rows_of, setting_of
from pipeline.compose.typography import NO_BREAK, capital, fold, french_date, ins_groups, no_break, quotes, short_date
from pipeline.compose.widths import ems
from pipeline.model.document import Revision, Section
from pipeline.model.people import Correspondent, Patient, Role, Sex

QUALIFIED = "VALI"
"""Only a qualified identity may carry its INS (HL7 table 0445; référentiel INS)."""

INS_LABELS = {
    "1.2.250.1.213.1.4.8": "INS (NIR)",
    "1.2.250.1.213.1.4.9": "INS (NIA)",
    "1.2.250.1.213.1.4.10": "INS (NIR de test)",
    "1.2.250.1.213.1.4.11": "INS (NIR de démonstration)",
}
"""OID of the INS's authority to its label (ANS, "Liste des OID des autorités d'affectation des INS")."""

_LONG_NAME, _FEW_LINES, _LONG_LINE = 36, 2, 60
"""Above these (characters, lines), the letterhead is set smaller, so that the address below stays in the window."""

_LONG_NAMES = 52
"""Ems of all names together above which a label is set smaller."""

SHORT_HASH = 16
"""Hexadecimal digits of the source's SHA-256 that are printed: 64 bits."""

_SEXES = {Sex.FEMALE: "féminin", Sex.MALE: "masculin", Sex.UNKNOWN: ""}
_BORN = {Sex.FEMALE: "Née le", Sex.MALE: "Né le", Sex.UNKNOWN: "Né(e) le"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ITEM = re.compile(r"[-–—•] ")
_NEGATIVE = re.compile(r"[-–—] \d+[.,]\d")
_SHORT_FACT = 120
"""Characters of the longest text that is shown in the grid of facts."""


def view(revision: Revision, rules: KindRules) -> dict[str, Any]:
    """Names and values for a template; every value is text, a truth value, or a list or mapping of them."""
    sections = [_section(section, rules) for section in revision.sections]
    return _cleaned(
        {
            "kind": rules.kind.value,
            "label": rules.label,
            "title": revision.title,
            "date": french_date(revision.document_date),
            "iso_date": revision.document_date.isoformat(),
            "urgent": revision.urgent,
            "reference": revision.reference or revision.case_id,
            "version": str(revision.number),
            "hash": revision.sha256[:SHORT_HASH],
            "practice": _practice(revision),
            "author": _author(revision),
            "patient": _patient(revision.patient),
            "recipient": _shown(main_window(revision, rules)),
            "copies": [*(_copy(person) for person in revision.copy_to), *revision.copies],
            "replaces": revision.replaces,
            "replaces_reference": revision.replaces_reference,
            "signed_by_secretary": Role.SECRETARY in rules.signers,
            "patient_signs": rules.patient_signs,
            "frames": _frame(sections, rules),
            "sections": sections,
            "blocks": _blocks(sections),
        }
    )


def paper_view(revision: Revision, rules: KindRules, to: Correspondent | None) -> dict[str, Any]:
    """The same for what goes with the document to one addressee, the patient when None."""
    main = main_window(revision, rules).name
    addressees = [main, *(_copy(person) for person in revision.copy_to), *revision.copies]
    more = {"to": _shown(window(to, revision.patient)), "addressees": [name for name in addressees if name]}
    return view(revision, rules) | _cleaned(more)


def _practice(revision: Revision) -> dict[str, Any]:
    practice = revision.practice
    lines = _lines(practice.address)
    contacts = [f"Tél. {practice.phone}" if practice.phone else "", practice.email]
    return {
        "name": practice.name,
        "address": lines,
        "town": practice.town,
        "phone": practice.phone,
        "email": practice.email,
        "finess": practice.finess,
        "dense": len(practice.name) > _LONG_NAME or len(lines) > _FEW_LINES or len(" · ".join(contacts)) > _LONG_LINE,
    }


def _author(revision: Revision) -> dict[str, Any]:
    author = revision.author
    return {"name": no_break(author.name), "specialty": author.specialty, "rpps": author.rpps}


def _patient(patient: Patient) -> dict[str, Any]:
    used = patient.used_name if patient.used_name.casefold() != patient.birth_name.casefold() else ""
    shows_ins = patient.identity_status == QUALIFIED and patient.ins
    return {
        "name": patient.display_name,
        "birth_name": patient.birth_name.upper(),
        "first_names": patient.first_names,
        "used_name": used.upper(),
        "born": _BORN[patient.sex],
        "birth_date": short_date(patient.birth_date) if patient.birth_date else "",
        "birthplace": patient.birthplace,
        "sex": _SEXES[patient.sex],
        "ins": ins_groups(patient.ins) if shows_ins else "",
        "ins_label": INS_LABELS.get(patient.ins_oid, "INS") if shows_ins else "",
        "dense": ems(patient.display_name) + ems(patient.birth_name + patient.first_names) > _LONG_NAMES,
    }


def _patient_address(patient: Patient) -> Block:
    civil = {Sex.FEMALE: "Madame", Sex.MALE: "Monsieur", Sex.UNKNOWN: ""}[patient.sex]
    first = patient.first_names.split()[0].title() if patient.first_names else ""
    name = " ".join(part for part in (civil, first, (patient.used_name or patient.birth_name).upper()) if part)
    return address_block(name, "", patient.address)


def window(recipient: Correspondent | None, patient: Patient) -> Block:
    """Who stands in the window of an envelope: this correspondent, or the patient when None."""
    if recipient is None:
        return _patient_address(patient)
    return address_block(no_break(recipient.display_name), recipient.specialty, recipient.address)


def main_window(revision: Revision, rules: KindRules) -> Block:
    """The same of the document itself: empty for one that is handed over."""
    if rules.to is Addressee.PATIENT:
        return window(None, revision.patient)
    if rules.to is Addressee.NOBODY or revision.recipient is None:
        return Block("", "", ())
    return window(revision.recipient, revision.patient)


def _shown(block: Block) -> dict[str, Any]:
    return {
        "name": block.name,
        "specialty": block.specialty,
        "address": list(block.address),
        "small": block.small,
        "smaller": block.smaller,
        "smallest": block.smallest,
    }


def _copy(person: Correspondent) -> str:
    """ "Dr Anne Martin (cardiologie)"."""
    name = no_break(person.display_name)
    return f"{name} ({person.specialty})" if person.specialty else name


# --- the text --------------------------------------------------------------------------------------------------


def _section(section: Section, rules: KindRules) -> dict[str, Any]:
    """``fact``: a short line whose heading is one of the kind's facts."""
    heading = fold(section.heading)
    paragraphs = _paragraphs(section, (rules.tables or {}).get(heading, ()))
    short = len(paragraphs) == 1 and len(paragraphs[0]["lines"]) == 1 and len(section.text) <= _SHORT_FACT
    is_fact = short and heading in {fold(fact) for fact in rules.facts}
    wide = any(paragraph["wide"] for paragraph in paragraphs)
    return {"heading": section.heading, "fact": is_fact, "paragraphs": paragraphs, "wide": wide}


def _frame(sections: Sequence[dict[str, Any]], rules: KindRules) -> str:
    """The word whose short paragraph is framed; none where it already stands in the grid of facts."""
    shown = {fold(section["heading"]) for section in sections if section["fact"]}
    return "" if fold(rules.frames) in shown else rules.frames.lower()


def _blocks(sections: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections in order, facts in a row as one block: ``facts`` (heading, text) or ``heading``, ``paragraphs``."""
    blocks: list[dict[str, Any]] = []
    for is_fact, group in groupby(sections, key=lambda section: bool(section["fact"])):
        if is_fact:
            facts = [{"heading": one["heading"], "text": one["paragraphs"][0]["lines"][0]} for one in group]
            blocks.append({"facts": facts, "heading": "", "paragraphs": [], "wide": False})
        else:
            blocks.extend({"facts": [], **one} for one in group)
    return blocks


def cut_tables(revision: Revision, rules: KindRules) -> list[str]:
    """The headings of tables that no type and no sheet holds without a cut inside a word or a figure."""
    shown = (_section(section, rules) for section in revision.sections)
    return [one["heading"] for one in shown if not all(paragraph["fits"] for paragraph in one["paragraphs"])]


def _paragraphs(section: Section, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Each with ``rows`` (and their ``columns``), ``items`` (every line began with a dash) or ``lines``, and ``text``,
    the untouched paragraph."""
    found: list[dict[str, Any]] = []
    for text in re.split(r"\n{2,}", section.text.strip("\n")):
        if text.strip():
            for lines in _parts(text.split("\n"), columns):
                found.append(_paragraph(lines, columns, begins=bool(section.heading) and not found))
    return found


def _parts(lines: list[str], columns: Sequence[str]) -> list[list[str]]:
    """The line that leads to a list or a table, and the list or table; else all of it."""
    cut = introduced(lines)
    rest = lines[cut:]
    return [lines[:cut], rest] if cut and (_are_items(rest) or _table(rest, columns)) else [lines]


def _table(lines: Sequence[str], columns: Sequence[str]) -> Rows | None:
    return rows_of([_ITEM.sub("", line, count=1) for line in lines] if _are_items(lines) else lines, columns)


def _paragraph(lines: list[str], columns: Sequence[str], *, begins: bool) -> dict[str, Any]:
    is_list, table = _are_items(lines), _table(lines, columns)
    shown = [_typeset(_ITEM.sub("", line, count=1) if is_list else line) for line in lines]
    if begins and not is_list:
        shown[0] = capital(shown[0])
    heads = [no_break(name) for name in table.columns] if table else []
    rows = [[_typeset(cell) for cell in row] for row in table.rows] if table else []
    setting = setting_of(heads, rows) if table else None
    return {
        "text": "\n".join(lines),
        "columns": heads,
        "rows": rows,
        "items": shown if is_list and not table else [],
        "lines": [] if is_list or table else shown,
        "even": bool(setting and setting.even),
        "close": bool(setting and setting.close),
        "closest": bool(setting and setting.closest),
        "wide": bool(setting and setting.wide),
        "fits": not setting or setting.fits,
    }


def _are_items(lines: Sequence[str]) -> bool:
    """Whether each begins with a dash that is no minus: "- 2,5 dioptries" stays so, as do lines of figures only."""
    if not all(_ITEM.match(line) for line in lines) or any(_NEGATIVE.match(line) for line in lines):
        return False
    return not all(line[2:3].isdigit() for line in lines)


def _typeset(text: str) -> str:
    return no_break(quotes(text))


def _lines(text: str) -> list[str]:
    return [kept for line in text.splitlines() if (kept := line.strip())]


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _clean(value) for key, value in values.items()}


def _clean(value: Any) -> Any:
    """The same without characters that XML 1.0 cannot carry (they print nothing)."""
    if isinstance(value, str):
        return _CONTROL.sub(lambda found: " " if found.group().isspace() else "", value)
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def signature_label(revision: Revision) -> str:
    """What a screen reader says of the signature field."""
    return f"Signature{NO_BREAK}: {revision.author.name}" if revision.author.name else "Signature"
