"""The discharge letter in the words of the law; and for every kind, what does not count as said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.compose.catalog import load_catalog
from pipeline.compose.completeness import advice, missing
from pipeline.compose.step import split_sections
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind as Kind
from pipeline.testing import PlainRenderer
from tests.compose.samples import EXAMPLES, TEMPLATES

CATALOG = load_catalog(TEMPLATES)
RENDERER = PlainRenderer(CATALOG)
RULES = CATALOG.kinds[Kind.DISCHARGE_LETTER]
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


def lacks(kind: Kind, text: str) -> tuple[str, ...]:
    rules = CATALOG.kinds[kind]
    made = replace(EXAMPLES.revision(kind, RENDERER), sections=split_sections(text, rules.headings))
    return missing(made, rules)


def test_each_heading_of_the_article_opens_a_section() -> None:
    text = " ".join(f"{heading} : texte {number}." for number, heading in enumerate(OF_THE_LAW))
    found = split_sections(text, RULES.headings)
    assert [(one.heading, one.text) for one in found] == [
        (heading, f"texte {number}.") for number, heading in enumerate(OF_THE_LAW)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Elle a été admise du 3 au 9 mars 2026 pour une pneumopathie. L'évolution a été favorable. Retour à domicile. "
        "Amoxicilline 1 gramme trois fois par jour pendant cinq jours.",
        "Il est entré le 3 mars 2026 par les urgences et sorti le 9 mars. Il a été hospitalisé en raison d'une "
        "pneumopathie. Synthèse : évolution favorable. Traitement de sortie : aucun.",
        "Dates d'entrée et de sortie : du 3 au 9 mars 2026. Motif du séjour : fièvre d'origine inconnue. "
        "Synthèse médicale du séjour : bilan négatif, apyrexie. Traitements à la sortie : paracétamol, un comprimé.",
        "Madame Pradelle a été hospitalisée dans le service de médecine du 28 octobre au 6 novembre 2026 pour une "
        "pneumopathie. Évolution : favorable. Traitement de sortie : apixaban 2,5 mg.",
        "Patient adressé le lundi 3 mars, après une chute, pour une fracture. Au total, bonne évolution. Il sort le "
        "9 mars, transféré en rééducation. Ordonnance de sortie jointe.",
    ],
)
def test_plain_words_fulfil_the_law(text: str) -> None:
    assert lacks(Kind.DISCHARGE_LETTER, text) == ()


def test_a_letter_that_says_nothing_of_it_is_refused_whatever_words_it_holds() -> None:
    text = "Sans motif précisé. Admise. Évolution inconnue. Sortie au plus vite. Aucun traitement noté."
    found = " ".join(lacks(Kind.DISCHARGE_LETTER, text))
    assert all(number in found for number in ("1°", "2°", "3°", "4°"))


def test_sections_that_hold_a_mark_hold_nothing() -> None:
    made = EXAMPLES.revision(Kind.DISCHARGE_LETTER, RENDERER)
    marks = tuple(Section(section.heading, mark) for section, mark in zip(made.sections, ".?-…" * 9, strict=False))
    found = " ".join(missing(replace(made, sections=marks), RULES))
    assert all(number in found for number in ("1°", "2°", "3°", "4°"))


def test_a_treatment_without_a_duration_and_a_stay_without_a_mode_of_entry_are_spoken_of() -> None:
    text = "Hospitalisée du 3 au 9 mars 2026. Motif : asthme. Synthèse : bien. Amoxicilline 1 g, un comprimé le matin."
    made = replace(EXAMPLES.revision(Kind.DISCHARGE_LETTER, RENDERER), sections=split_sections(text, RULES.headings))
    told = " ".join(advice(made, RULES))
    assert "durée des traitements" in told
    assert "mode d'entrée" in told


@pytest.mark.parametrize(
    ("kind", "text", "lacking"),
    [
        (Kind.ADMISSION_LETTER, "Motif inconnu, traitement inconnu, allergies non précisées.", "allergies"),
        (Kind.CERTIFICATE_INJURIES, "Je n'ai pas examiné cet homme, il dit. Douleur. Pas d'ITT.", "examen"),
        (Kind.CERTIFICATE_SPORT, "Sans l'avoir examiné, apte à la natation.", "examen"),
        (Kind.CERTIFICATE_SCHOOL_ABSENCE, "Le collège.", "dates de l'absence"),
        (Kind.CERTIFICATE_RETURN_TO_WORK, "Elle peut reprendre le sport.", "date de reprise"),
        (Kind.CERTIFICATE, "Je certifie.", "certifié"),
        (Kind.CONVOCATION_CONSULTATION, "Nous vous attendons.", "date du rendez-vous"),
        (Kind.CONVOCATION_EXAMINATION, "Rendez-vous. Vous êtes née le 3 juin 1946.", "date du rendez-vous"),
        (Kind.CONVOCATION_MISSED, "Vous avez été attendu.", "rendez-vous manqué"),
        (Kind.REFERRAL_LETTER, "Pour rien.", "motif"),
    ],
)
def test_a_denial_or_a_bare_word_does_not_count(kind: Kind, text: str, lacking: str) -> None:
    assert lacking in " ".join(lacks(kind, text))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.CONVOCATION_CONSULTATION, "Nous vous attendons. Ce sera mardi à 14 heures."),
        (Kind.CONVOCATION_REMINDER, "Rendez-vous le 04/12/2026 à 9 h."),
        (Kind.CERTIFICATE_RETURN_TO_WORK, "Il peut reprendre son travail à compter de demain."),
        (Kind.CERTIFICATE_SCHOOL_ABSENCE, "Léa a été absente du collège trois jours."),
        (Kind.ADMISSION_LETTER, "Adressée en raison d'un asthme. Salbutamol deux bouffées. Allergies : aucune connue."),
        (Kind.CERTIFICATE, "Je certifie que Léa est vaccinée."),
        (Kind.CERTIFICATE_SPORT, "Examiné ce jour. Pas de contre-indication à la pratique du judo."),
    ],
)
def test_plain_words_are_not_refused(kind: Kind, text: str) -> None:
    assert lacks(kind, text) == ()
