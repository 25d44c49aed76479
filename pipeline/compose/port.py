"""What this room needs to render a revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, Role


class Addressee(StrEnum):
    """Who stands in the window of the envelope."""

    CORRESPONDENT = "correspondent"
    PATIENT = "patient"
    NOBODY = "nobody"  # handed over: a certificate, a consent sheet


class Field(StrEnum):
    """What a document may have to carry besides its text."""

    RECIPIENT = "recipient"
    ADDRESS = "address"  # of whoever stands in the window
    FITTING_ADDRESS = "fitting_address"  # one that the window can hold
    PATIENT_ADDRESS = "patient_address"
    PATIENT_BIRTH_DATE = "patient_birth_date"


class Confidentiality(StrEnum):
    """HL7 v3 Confidentiality, as the value set of the DMP names it: normal, restricted, very restricted."""

    NORMAL = "N"
    RESTRICTED = "R"
    VERY_RESTRICTED = "V"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something a document must say: one of ``words`` stands in it, or a text under one of ``headings``.

    Case and accents are ignored; a word counts at the start of a word of the text ("allergi" finds "allergies"), one of
    at most two letters only as a whole; "admis … pour" has other words between, "<date>" is any day. A clause with one
    of ``refused`` does not count, nor one that says that nothing is known. ``least`` asks for that many words. With
    ``field``, that must be there instead. Nothing is asked unless one of ``when`` stands in the text and one of
    ``titled`` in the title, where these are given. ``says`` is the French sentence for what lacks; it names
    the article that asks for it.
    """

    words: tuple[str, ...]
    says: str
    headings: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    least: int = 0
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a document is kept: ``years`` after the last visit, at least to the patient's birthday ``until_age``."""

    years: int
    source: str
    until_age: int = 0


@dataclass(frozen=True, slots=True)
class KindRules:
    """A catalogue entry (``templates/catalog.yaml``). ``template`` is without suffix, such as ``letters/letter``.

    ``requires`` stands in the way of approval, ``advises`` is only shown. ``facts`` are headings whose short text is
    shown in a grid, ``tables`` maps a heading, folded, to the names of the columns of a table under it. ``delegation``
    lets the secretariat sign in the name of the doctor.
    """

    kind: DocumentKind
    label: str
    title: str
    template: str
    loinc: str
    signers: tuple[Role, ...]
    group: str = ""
    to: Addressee = Addressee.CORRESPONDENT
    confidentiality: Confidentiality = Confidentiality.NORMAL
    retention: Retention = Retention(20, "")
    headings: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tables: Mapping[str, tuple[str, ...]] | None = None
    requires: tuple[Requirement, ...] = ()
    advises: tuple[Requirement, ...] = ()
    frames: str = ""
    patient_signs: bool = False
    source: str = ""
    delegation: bool = False


@dataclass(frozen=True, slots=True)
class PaperRules:
    """What goes with a document and is neither signed nor filed: an envelope, labels, a covering slip."""

    name: str
    label: str
    template: str
    requires: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every kind, in the order of the file, and every paper by its name."""

    kinds: Mapping[DocumentKind, KindRules]
    papers: Mapping[str, PaperRules]


class Renderer(Protocol):
    """Makes both files of a revision."""

    @property
    def catalog(self) -> Catalog: ...

    def rules(self, kind: DocumentKind) -> KindRules: ...

    def template_sha256(self, kind: DocumentKind) -> str: ...

    def undrawable(self, letters: str) -> str:
        """Those of ``letters`` that no installed font has."""
        ...

    def pdf(self, revision: Revision) -> bytes:
        """PDF/A-3a + PDF/UA-1 with ``revision.source`` embedded; same revision, same bytes. Raises `TemplateFault`."""
        ...

    def docx(self, revision: Revision) -> bytes:
        """The exchange copy. Raises `TemplateFault`."""
        ...

    def paper(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        """The PDF of a paper for this document and one addressee, the patient when None. Raises `TemplateFault`."""
        ...

    def paper_docx(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        """The same to be changed before printing. Raises `TemplateFault`."""
        ...
