"""What a template may show of a revision: plain text, ready to print. Standard library only.

Both renderers draw from the same `view`, so that PDF and DOCX say the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.compose.port import KindRules
from pipeline.compose.typography import NO_BREAK, capital, french_date, ins_groups, no_break, short_date
from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Role, Sex

QUALIFIED = "VALI"
"""Only a qualified identity may carry its INS (HL7 table 0445; référentiel INS)."""

INS_LABELS = {
    "1.2.250.1.213.1.4.8": "INS (NIR)",
    "1.2.250.1.213.1.4.9": "INS (NIA)",
    "1.2.250.1.213.1.4.10": "INS (NIR de test)",
    "1.2.250.1.213.1.4.11": "INS (NIR de démonstration)",
}
"""OID of the INS's authority to its label (ANS, "Liste des OID des autorités d'affectation des INS")."""

SHORT_HASH = 16
"""Hexadecimal digits of the source's SHA-256 that are printed: 64 bits."""

_SEXES = {Sex.FEMALE: "féminin", Sex.MALE: "masculin", Sex.UNKNOWN: ""}
_BORN = {Sex.FEMALE: "Née le", Sex.MALE: "Né le", Sex.UNKNOWN: "Né(e) le"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ITEM = re.compile(r"[-–—•] ")


def view(revision: Revision, rules: KindRules) -> dict[str, Any]:
    """Names and values for a template; every value is text, a truth value, or a list or mapping of them."""
    letterless = revision.kind is DocumentKind.CONVOCATION
    values: dict[str, Any] = _clean(
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
            "recipient": _patient_address(revision.patient) if letterless else _recipient(revision),
            "copies": list(revision.copies),
            "replaces": revision.replaces,
            "signed_by_secretary": Role.SECRETARY in rules.signers,
            "sections": [_section(section) for section in revision.sections],
        }
    )
    return values


def _practice(revision: Revision) -> dict[str, Any]:
    practice = revision.practice
    return {
        "name": practice.name,
        "address": _lines(practice.address),
        "town": practice.town,
        "phone": practice.phone,
        "email": practice.email,
        "finess": practice.finess,
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
    }


def _patient_address(patient: Patient) -> dict[str, Any]:
    civil = {Sex.FEMALE: "Madame", Sex.MALE: "Monsieur", Sex.UNKNOWN: ""}[patient.sex]
    first = patient.first_names.split()[0].title() if patient.first_names else ""
    name = " ".join(part for part in (civil, first, (patient.used_name or patient.birth_name).upper()) if part)
    return {"name": name, "specialty": "", "address": _lines(patient.address)}


def _recipient(revision: Revision) -> dict[str, Any]:
    recipient = revision.recipient
    if recipient is None:
        return {"name": "", "specialty": "", "address": []}
    return {
        "name": no_break(recipient.display_name),
        "specialty": recipient.specialty,
        "address": _lines(recipient.address),
    }


def _section(section: Section) -> dict[str, Any]:
    return {"heading": section.heading, "paragraphs": _paragraphs(section)}


def _paragraphs(section: Section) -> list[dict[str, Any]]:
    """Each with ``items`` (every line began with a dash) or ``lines``, and ``text``, the untouched paragraph."""
    found: list[dict[str, Any]] = []
    for text in re.split(r"\n{2,}", section.text.strip("\n")):
        lines = text.split("\n")
        is_list = all(_ITEM.match(line) for line in lines)
        shown = [no_break(_ITEM.sub("", line, count=1) if is_list else line) for line in lines]
        if section.heading and not found and not is_list:
            shown[0] = capital(shown[0])
        if text.strip():
            found.append({"text": text, "items": shown if is_list else [], "lines": [] if is_list else shown})
    return found


def _lines(text: str) -> list[str]:
    return [kept for line in text.splitlines() if (kept := line.strip())]


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
