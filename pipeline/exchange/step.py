"""The rule of a copy that comes back: what stands in its sections becomes a new revision, all else must be as it was.

It is compared with the copy that was given out, read by the same reader, so that what the templates add is known. A
paragraph that was not changed keeps the very characters of the revision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.errors import FileRefused
from pipeline.exchange.port import Block, Copy
from pipeline.model.calendar import day_in_words
from pipeline.model.document import Revision, Section
from pipeline.model.exchange import alike

_PARAGRAPHS = re.compile(r"\n{2,}")
_FROM_PAGE = "Faites ce changement dans la page du dossier, puis repartez d'une nouvelle copie DOCX."
_PLAIN = "Écrivez-le en texte ordinaire, puis déposez le fichier à nouveau."
_LOST = "Repartez de la copie DOCX proposée dans la page du dossier."


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading or a paragraph, with its text as it is compared. ``starts`` marks the first one of a section."""

    text: str
    heading: bool
    starts: bool
    same: str
    section: int = 0


def changed_sections(returned: Copy, given: Copy, revision: Revision) -> tuple[Section, ...]:
    """The sections of ``revision`` as ``returned`` says them; ``given`` is the copy that was made of it.

    Equal to the revision's own when nothing changed. Raises `FileRefused`: something outside the sections changed, or
    something inside is not plain text.
    """
    inside = _inside(returned, given, revision)
    faults = dict.fromkeys(fault for block in inside for fault in (*block.faults, *block.drawn))
    if faults:
        raise FileRefused(f"Une partie du document contient {_enumerated(list(faults))}.", advice=_PLAIN)
    if not any(block.section for block in inside) and any(block.section for block in given.blocks):
        raise FileRefused("Les repères des parties (signets « section_… ») ont disparu de ce DOCX.", advice=_LOST)
    before, after = list(_parts_of(revision)), list(_parts(inside))
    known = list(_parts(given.blocks[slice(*_extent(given, revision))]))
    kept, marked = list(after), {block.section for block in inside}
    old, new = [part.same for part in known], [part.same for part in after]
    for tag, start, end, at, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for offset in range(end - start):
                was, now = known[start + offset], kept[at + offset]
                starts = now.starts or (was.starts and was.section not in marked)
                kept[at + offset] = _Part(before[start + offset].text, now.heading, starts, "")
    sections = tuple(_assembled(kept))
    return revision.sections if _facts_of(sections) == _facts_of(revision.sections) else sections


# --- outside ---------------------------------------------------------------------------------------------------------


def _inside(returned: Copy, given: Copy, revision: Revision) -> list[Block]:
    """The blocks between what stands before the first section and what stands after the last. Raises `FileRefused`."""
    if returned.margins != given.margins:
        raise FileRefused("L'en-tête ou le pied de page de ce DOCX a été modifié.", advice=_FROM_PAGE)
    first, last = _extent(given, revision)
    head, tail = _shown(given.blocks[:first]), _shown(given.blocks[last:])
    blocks = [block for block in returned.blocks if block.lines or block.drawn]
    start = _consumed(blocks, head, revision)
    end = len(blocks) - _consumed(blocks[::-1], tail[::-1], revision)
    if start > end:
        raise FileRefused("Les parties de ce DOCX ont disparu.", advice=_LOST)
    return blocks[start:end]


def _consumed(blocks: Sequence[Block], wanted: Sequence[Block], revision: Revision) -> int:
    """How many of ``blocks`` are exactly the ``wanted`` ones."""
    for index, block in enumerate(wanted):
        found = blocks[index] if index < len(blocks) else None
        if found is None or _frame(found) != _frame(block):
            raise FileRefused(
                f"Ce DOCX a été modifié en dehors de ses parties : {_what(block, found, revision)}.", advice=_FROM_PAGE
            )
    return len(wanted)


def _shown(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.lines or block.drawn]


def _frame(block: Block) -> tuple[list[str], tuple[str, ...]]:
    words = [alike(line) for line in block.lines]
    return [line for line in words if line], block.drawn


def _what(wanted: Block, found: Block | None, revision: Revision) -> str:
    """Which facts no longer stand there, by their names only: a reason never quotes a patient's data."""
    if found is not None and found.drawn != wanted.drawn:
        return _enumerated(list(found.drawn or wanted.drawn))
    mine, other = (_frame(block)[0] if block else [] for block in (wanted, found))
    pieces = SequenceMatcher(None, mine, other, autojunk=False).get_opcodes()
    lost = " ".join(line for tag, start, end, _, _ in pieces if tag != "equal" for line in mine[start:end])
    named = [name for name, values in _facts(revision) if any(value in lost for value in values)]
    return _enumerated(named) if named else "du texte ajouté" if not lost else "le texte du modèle"


def _facts(revision: Revision) -> Iterator[tuple[str, list[str]]]:
    patient, recipient, author, practice = revision.patient, revision.recipient, revision.author, revision.practice
    born = f"{patient.birth_date:%d/%m/%Y}" if patient.birth_date else ""
    for name, values in (
        ("l'identité du patient", (patient.display_name, patient.birth_name.upper(), patient.first_names, born)),
        (
            "le destinataire",
            (recipient.display_name, recipient.specialty, *recipient.address.splitlines()) if recipient else (),
        ),
        ("la date du document", (day_in_words(revision.document_date),)),
        ("le titre", (revision.title,)),
        ("le médecin ou sa signature", (author.name, author.specialty, author.rpps)),
        ("l'en-tête du cabinet", (practice.name, *practice.address.splitlines(), practice.phone, practice.email)),
    ):
        yield name, [alike(value) for value in values if value and value.strip()]


# --- inside ----------------------------------------------------------------------------------------------------------


def _extent(given: Copy, revision: Revision) -> tuple[int, int]:
    """Where the sections begin and end among the blocks: as many as the revision has headings and paragraphs."""
    wanted = sum(1 for _ in _parts_of(revision))
    first = next((index for index, block in enumerate(given.blocks) if block.section), len(given.blocks))
    with_text = [index for index, block in enumerate(given.blocks) if index >= first and block.text]
    if not wanted or len(with_text) < wanted:
        raise FileRefused("Ce document n'a pas de partie à relire dans un DOCX modifié.", advice=_FROM_PAGE)
    return first, with_text[wanted - 1] + 1


def _parts(blocks: Sequence[Block]) -> Iterator[_Part]:
    section = -1
    for block in blocks:
        if not block.text:
            continue
        begins = section < 0 or (block.section not in (0, section)) or block.heading
        section = block.section if block.section or section < 0 else section
        yield _Part(block.text, block.heading, begins, "\n".join(map(alike, block.text.split("\n"))), section)


def _parts_of(revision: Revision) -> Iterator[_Part]:
    """The same of a revision: exactly what the templates show, in their order."""
    for section in revision.sections:
        starts = True
        if section.heading:
            yield _Part(section.heading, True, True, "")
            starts = False
        for text in _PARAGRAPHS.split(section.text.strip("\n")):
            if text.strip():
                yield _Part(text, False, starts, "")
                starts = False


def _assembled(parts: Sequence[_Part]) -> Iterator[Section]:
    heading, any_yet = "", False
    texts: list[str] = []
    for part in parts:
        if part.starts and any_yet:
            yield Section(heading, "\n\n".join(texts))
            heading, texts = "", []
        any_yet = True
        if part.heading and not texts and not heading:
            heading = " ".join(part.text.split())
        else:
            texts.append(_typed(part.text) if part.same else part.text)
    if any_yet:
        yield Section(heading, "\n\n".join(texts))


def _facts_of(sections: Sequence[Section]) -> list[tuple[str, list[str]]]:
    return [
        (alike(one.heading), [alike(text) for text in _PARAGRAPHS.split(one.text.strip("\n")) if text.strip()])
        for one in sections
    ]


def _typed(text: str) -> str:
    """As it is typed in the page: plain spaces and apostrophes (the layout sets the others), no empty line inside."""
    plain = re.sub("[\u00a0\u202f]", " ", text).replace("’", "'")
    return re.sub(r"\n{2,}", "\n", plain).strip()


def _enumerated(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"
