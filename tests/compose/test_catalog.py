"""The catalogue: every kind has its codes, its signers, its law and an example that lacks nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeline.compose.catalog import load_catalog
from pipeline.compose.completeness import advice, missing, missing_on_paper
from pipeline.compose.port import Addressee, Confidentiality
from pipeline.compose.step import split_sections
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind as Kind
from pipeline.model.people import Role
from pipeline.testing import PlainRenderer
from pipeline.web.words import KIND_GROUPS
from tests.compose.samples import EXAMPLES, GP, TEMPLATES

CATALOG = load_catalog(TEMPLATES)
RENDERER = PlainRenderer(CATALOG)
SCANNED = {Kind.RECEIVED_LETTER, Kind.ARCHIVE}


def example(kind: Kind) -> Revision:
    return EXAMPLES.revision(kind, RENDERER)


def without(kind: Kind, *headings: str) -> Revision:
    made = example(kind)
    return replace(made, sections=tuple(one for one in made.sections if one.heading not in headings))


def said(kind: Kind, text: str) -> Revision:
    return replace(example(kind), sections=split_sections(text, CATALOG.kinds[kind].headings))


def lacks(revision: Revision) -> str:
    return " ".join(missing(revision, CATALOG.kinds[revision.kind]))


def test_every_kind_that_is_not_a_scan_is_in_the_catalogue_and_in_the_list_of_the_review_page() -> None:
    assert set(CATALOG.kinds) == set(Kind) - SCANNED
    shown = {group: set(kinds) for group, kinds in KIND_GROUPS.items() if group != "Papier"}
    groups = {rules.group for rules in CATALOG.kinds.values()}
    assert shown == {group: {kind for kind, rules in CATALOG.kinds.items() if rules.group == group} for group in groups}


@pytest.mark.parametrize("kind", CATALOG.kinds)
def test_the_example_of_each_kind_lacks_nothing_and_forgets_nothing(kind: Kind) -> None:
    assert missing(example(kind), CATALOG.kinds[kind]) == ()
    assert advice(example(kind), CATALOG.kinds[kind]) == ()


@pytest.mark.parametrize("kind", CATALOG.kinds)
def test_every_heading_of_an_example_is_one_that_its_kind_knows(kind: Kind) -> None:
    text = EXAMPLES.text(kind)
    lines = [line.split(" : ")[0] for line in text.splitlines() if " : " in line and not line.startswith("-")]
    headed = {section.heading for section in example(kind).sections}
    assert {line for line in lines if line[:1].isupper() and len(line.split()) <= 4} <= headed


def test_every_kind_names_its_law_its_confidentiality_and_how_long_it_is_kept() -> None:
    for rules in CATALOG.kinds.values():
        assert rules.source
        assert rules.retention.years >= 10
        assert rules.retention.source.startswith("Article")
    restricted = {kind for kind, r in CATALOG.kinds.items() if r.confidentiality is not Confidentiality.NORMAL}
    assert restricted == {Kind.CERTIFICATE_INJURIES, Kind.CERTIFICATE_PREGNANCY}


def test_only_administrative_papers_may_be_signed_by_a_secretary() -> None:
    by_secretary = {kind for kind, rules in CATALOG.kinds.items() if Role.SECRETARY in rules.signers}
    convocations = {kind for kind in Kind if kind.value.startswith("convocation")}
    assert by_secretary == {*convocations, Kind.DOCUMENT_REQUEST}
    assert all(Role.DOCTOR in rules.signers for rules in CATALOG.kinds.values())


def test_certificates_are_handed_over_and_convocations_go_to_the_patient() -> None:
    for kind, rules in CATALOG.kinds.items():
        if kind.value.startswith("certificate"):
            assert rules.to is Addressee.NOBODY
        if kind.value.startswith("convocation"):
            assert rules.to is Addressee.PATIENT


def test_the_codes_are_those_of_the_national_value_set() -> None:
    codes = {
        **dict.fromkeys(("letter", "referral_letter", "referral_answer", "results_letter"), "96349-6"),
        "discharge_letter": "11490-0",
        "admission_letter": "18761-7",
        "consultation_report": "11488-4",
        "operative_report": "34874-8",
        "imaging_report": "18748-4",
        "hospital_report": "34112-3",
        "pathology_report": "11526-1",
        **dict.fromkeys(("endoscopy_report", "functional_report"), "70004-7"),
        **dict.fromkeys(("document_request", "information_consent"), "51851-4"),
        **{kind.value: "89601-9" for kind in Kind if kind.value.startswith("certificate")},
        **{kind.value: "56446-8" for kind in Kind if kind.value.startswith("convocation")},
    }
    assert {kind.value: rules.loinc for kind, rules in CATALOG.kinds.items()} == codes


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("Entrée", "1°"),
        ("Sortie", "1°"),
        ("Motif d'hospitalisation", "2°"),
        ("Synthèse médicale du séjour", "3°"),
    ],
)
def test_a_discharge_letter_without_one_of_its_legal_headings_cannot_be_approved(heading: str, number: str) -> None:
    (lack,) = missing(without(Kind.DISCHARGE_LETTER, heading), CATALOG.kinds[Kind.DISCHARGE_LETTER])
    assert "R.1112-1-2" in lack
    assert number in lack


def test_a_discharge_letter_is_reminded_of_what_the_law_asks_where_it_happened() -> None:
    bare = said(Kind.DISCHARGE_LETTER, "Hospitalisée du 2 au 9 novembre 2026. Motif : asthme. Synthèse : bien. Sans")
    reminded = " ".join(advice(bare, CATALOG.kinds[Kind.DISCHARGE_LETTER]))
    for each in (
        "indésirables",
        "multirésistant",
        "produits sanguins",
        "implantable",
        "en attente",
        "suites",
        "arrêtés",
    ):
        assert each in reminded


@pytest.mark.parametrize(
    ("kind", "text", "article"),
    [
        (Kind.ADMISSION_LETTER, "Motif : asthme. Traitement : aucun.", "R.1112-1-1"),
        (Kind.REFERRAL_ANSWER, "Cher confrère, merci.", "R.4127-60"),
        (Kind.CERTIFICATE_SPORT, "J'ai examiné Léa ce jour : judo.", "L.231-2"),
        (Kind.CERTIFICATE_INJURIES, "J'ai examiné Léa, qui déclare une chute. Une plaie.", "222-11"),
        (Kind.CERTIFICATE_INJURIES, "J'ai examiné Léa, frappée hier. Une plaie. ITT : 2 jours.", "R.4127-28"),
        (Kind.CERTIFICATE_PREGNANCY, "Elle est enceinte.", "L.1225-17"),
        (Kind.CERTIFICATE_CONTRAINDICATION, "Examinée ce jour. Sport contre-indiqué.", "R.312-2"),
        (Kind.CERTIFICATE_SCHOOL_ABSENCE, "Léa a une angine.", "L.131-8"),
        (Kind.INFORMATION_CONSENT, "Utilité : guérir. Risques : aucun. Je consens.", "L.1111-2"),
        (Kind.INFORMATION_CONSENT, "Utilité, risques, autres solutions, refus.", "L.1111-4"),
        (Kind.HOSPITAL_REPORT, "Motif : asthme. Conclusion : asthme.", "R.1112-2"),
        (Kind.ENDOSCOPY_REPORT, "Constatations : polype.", "R.1112-2"),
        (Kind.CONVOCATION_EXAMINATION, "Venez à jeun.", "date du rendez-vous"),
        (Kind.CONVOCATION_MISSED, "Bonjour.", "rendez-vous manqué"),
    ],
)
def test_what_lacks_is_named_with_the_article_that_asks_for_it(kind: Kind, text: str, article: str) -> None:
    assert article in lacks(said(kind, text))


def test_a_heading_without_a_text_says_nothing() -> None:
    made = example(Kind.DISCHARGE_LETTER)
    empty = [replace(one, text="") if one.heading.startswith("Motif") else one for one in made.sections]
    assert "2°" in lacks(replace(made, sections=tuple(empty)))


def test_a_short_word_of_the_catalogue_is_a_whole_word_of_the_text() -> None:
    assert "L'heure" not in " ".join(advice(said(Kind.CERTIFICATE_PRESENCE, "Présent à 9h30, lui-même."), presence()))
    assert "L'heure" in " ".join(advice(said(Kind.CERTIFICATE_PRESENCE, "Présent à l'hôpital."), presence()))


def presence():  # type: ignore[no-untyped-def]
    return CATALOG.kinds[Kind.CERTIFICATE_PRESENCE]


def test_the_dose_is_asked_of_a_scanner_and_not_of_an_mri() -> None:
    scanner = replace(example(Kind.IMAGING_REPORT), title="Scanner du thorax")
    assert "22 septembre 2006" in " ".join(advice(scanner, CATALOG.kinds[Kind.IMAGING_REPORT]))


def test_an_implant_without_its_lot_is_noticed() -> None:
    made = example(Kind.OPERATIVE_REPORT)
    kept = tuple(one for one in made.sections if one.heading != "Matériel implanté")
    placed = replace(made, sections=(*kept, Section("Geste", "Pose d'une prothèse.")))
    assert "R.5212-36" in " ".join(advice(placed, CATALOG.kinds[Kind.OPERATIVE_REPORT]))


def test_an_envelope_needs_an_address_and_a_label_a_birth_date() -> None:
    made = example(Kind.LETTER)
    papers = CATALOG.papers
    nowhere = replace(made, patient=replace(made.patient, address="", birth_date=None))
    assert [bool(missing_on_paper(nowhere, papers[name], None)) for name in ("envelope", "slip", "labels")] == [
        True
    ] * 3
    assert not any(missing_on_paper(made, paper, GP) for paper in papers.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidentiality": "X"},
        {"retention": "forever"},
        {"group": "Divers"},
        {"to": "everybody"},
        {"requires": [{"says": "Il manque."}]},
        {"requires": [{"field": "colour", "says": "Il manque."}]},
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, wrong: dict[str, object]) -> None:
    shutil.copy(TEMPLATES / "catalog.yaml", tmp_path)
    data = yaml.safe_load((tmp_path / "catalog.yaml").read_text("utf-8"))
    data["kinds"]["letter"] |= wrong
    (tmp_path / "catalog.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(TemplateFault, match="letter"):
        load_catalog(tmp_path)
