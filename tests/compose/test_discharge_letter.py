"""The discharge letter: its headings in the words of the law, what it must say, and what does not count as said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.compose.catalog import load_catalog
from pipeline.compose.completeness import missing
from pipeline.compose.step import split_sections
from pipeline.model.identity import DocumentKind
from pipeline.testing import PlainRenderer
from tests.compose.samples import GP, TEMPLATES, revision

CATALOG = load_catalog(TEMPLATES)
RULES = CATALOG.kinds[DocumentKind.DISCHARGE_LETTER]
OF_THE_LAW = [
    "Dates d'entrée et de sortie",
    "Motif d'hospitalisation",
    "Motif du séjour",
    "Synthèse médicale du séjour",
    "Événements indésirables",
    "Porteur de BMR",
    "Bactéries multirésistantes",
    "Micro-organismes multirésistants ou émergents",
    "Produits sanguins et dérivés",
    "Produits sanguins ou dérivés du sang",
    "Dispositifs médicaux implantables",
    "Pose d'un dispositif médical implantable",
    "Traitements à la sortie",
    "Traitements arrêtés et motif",
    "Résultats d'examens en attente",
    "Examens en attente",
    "Suites à donner",
    "Surveillances particulières",
]


def test_each_heading_of_the_article_opens_a_section() -> None:
    text = " ".join(f"{heading} : texte {number}." for number, heading in enumerate(OF_THE_LAW))
    found = split_sections(text, RULES.headings)
    assert [(one.heading, one.text) for one in found] == [
        (heading, f"texte {number}.") for number, heading in enumerate(OF_THE_LAW)
    ]
