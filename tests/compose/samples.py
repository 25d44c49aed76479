"""Invented people and documents for the tests, the pictures and the benchmark."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from pipeline.compose.completeness import needs_recipient
from pipeline.compose.examples import Examples
from pipeline.compose.port import Renderer
from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, Patient, Practice, Practitioner, Sex

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
EXAMPLES = Examples(ROOT / "samples")

PRACTICE = Practice(
    name="Cabinet médical des Tilleuls",
    address="14, rue des Tilleuls\n49100 Angers",
    town="Angers",
    phone="02 41 00 00 00",
    email="secretariat@tilleuls.example",
    finess="490000000",
)
DOCTOR = Practitioner("helene.vasseur", "Dr Hélène Vasseur", "Cardiologie", "10001234566")
PATIENT = Patient(
    id="p1",
    birth_name="LEFÈVRE",
    first_names="YVONNE MARIE",
    birth_date=date(1946, 6, 3),
    sex=Sex.FEMALE,
    used_name="CARPENTIER",
    birthplace="51215",
    ins="279035121518989",
    ins_oid="1.2.250.1.213.1.4.10",
    address="Résidence du Parc, appartement 12\n3, allée des Cèdres\n49000 Angers",
    identity_status="VALI",
)
GP = Correspondent(
    id="c1",
    last_name="Perrin",
    first_name="Olivier",
    title="Dr",
    specialty="Médecine générale",
    address="Maison de santé du Lac\n8, place de l'Église\n49480 Saint-Sylvain-d'Anjou",
)

LETTER = (
    Section(
        "",
        "Cher confrère,\n\nJe vois ce jour votre patiente pour le suivi d'une insuffisance cardiaque à fraction "
        "d'éjection altérée. Elle décrit une dyspnée de stade 2 de la NYHA, sans orthopnée ni œdème des membres "
        "inférieurs.\n\nÀ l'examen, la pression artérielle est à 112/68 mmHg, le pouls à 64 par minute. Il n'y a pas "
        "de signe de décompensation.\n\nL'échographie cardiaque montre une fraction d'éjection à 38 %, une "
        "insuffisance mitrale modérée et une pression artérielle pulmonaire systolique à 35 mmHg. Le NT-proBNP est à "
        "940 pg/ml.",
    ),
    Section(
        "Conduite à tenir",
        "- sacubitril/valsartan 49/51 mg : 1 comprimé matin et soir ;\n- bisoprolol 5 mg : poursuivi ;\n"
        "- kaliémie et créatinine dans 15 jours.",
    ),
    Section("", "Je la reverrai dans trois mois.\n\nBien confraternellement."),
)
REPORT = (
    Section("Motif", "diabète de type 2 déséquilibré."),
    Section("Antécédents", "hypercholestérolémie, stéatose hépatique, hypothyroïdie substituée."),
    Section(
        "Traitement",
        "metformine 1 000 mg deux fois par jour, gliclazide 60 mg, lévothyroxine 75 µg, atorvastatine 20 mg.",
    ),
    Section(
        "Examen",
        "poids 104 kg, index de masse corporelle 33,4 kg/m², pas de plaie des pieds, pouls pédieux perçus.",
    ),
    Section(
        "Biologie",
        "hémoglobine glyquée à 8,9 %, débit de filtration glomérulaire à 78 ml/min, microalbuminurie négative, "
        "TSH à 2,1 mUI/l, pH normal.",
    ),
    Section(
        "Conclusion",
        "intensification du traitement par sémaglutide 0,25 mg par semaine, arrêt du gliclazide. Fond d'œil et bilan "
        "podologique demandés. Consultation dans trois mois.",
    ),
)
CERTIFICATE = (
    Section(
        "",
        "Je soussignée, docteur Hélène Vasseur, certifie avoir examiné ce jour Yvonne Carpentier, née le 3 juin 1946."
        "\n\nL'examen clinique ne révèle pas de contre-indication à la pratique de la natation et de la marche "
        "nordique.\n\nValable un an.\n\nCertificat remis en main propre à l'intéressée.",
    ),
)
CONVOCATION = (
    Section("", "Rendez-vous le 4 décembre 2026 à 14 heures pour un scanner abdominal avec injection."),
    Section(
        "Préparation",
        "Venir à jeun depuis 4 heures.\n\nArrêt de la metformine le jour de l'examen, reprise 48 heures après.",
    ),
    Section(
        "À apporter",
        "- le dosage de la créatinine de moins de trois mois ;\n- l'ordonnance ;\n- la carte Vitale.",
    ),
    Section("", "Signaler toute allergie aux produits de contraste iodés."),
)
SECTIONS = {
    DocumentKind.LETTER: LETTER,
    DocumentKind.CONSULTATION_REPORT: REPORT,
    DocumentKind.CERTIFICATE: CERTIFICATE,
    DocumentKind.CONVOCATION: CONVOCATION,
}


def revision(renderer: Renderer, kind: DocumentKind = DocumentKind.LETTER, **changes: object) -> Revision:
    """A complete revision of this kind; ``changes`` replaces fields."""
    rules = renderer.rules(kind)
    made = Revision(
        case_id="case-1",
        number=1,
        kind=kind,
        title=rules.title,
        document_date=date(2026, 11, 22),
        sections=SECTIONS.get(kind, REPORT),
        patient=PATIENT,
        author=DOCTOR,
        practice=PRACTICE,
        template=rules.template,
        template_sha256=renderer.template_sha256(kind),
        recipient=GP if needs_recipient(rules) else None,
        reference="2026-000123",
    )
    return replace(made, **changes)  # type: ignore[arg-type]
