"""Words that do not agree with their neighbour."""

from __future__ import annotations

import pytest

from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.plain_text import transcript_of
from pipeline.verify.reading import Reading
from pipeline.verify.step import check

OPENING = "Courrier.\n"


def not_agreed(lexicon: FrenchLexicon, text: str) -> dict[str, list[str]]:
    found = check(transcript_of(OPENING + text), lexicon).findings
    return {one.excerpt: [p.text for p in one.proposals] for one in found if "ne s'accorde pas" in one.message}


@pytest.mark.parametrize(
    ("text", "excerpt", "agreed"),
    [
        ("Il existe une insuffisance mitral importante.", "insuffisance mitral", "insuffisance mitrale"),
        ("On retrouve un nodules.", "un nodules", "un nodule"),
        ("On retrouve un œdèmes.", "un œdèmes", "un œdème"),
        ("Son état nécessite une évictions sportive.", "une évictions", "une éviction"),
        ("La sténose carotidien est serrée.", "sténose carotidien", "sténose carotidienne"),
        ("Suites : mobilisations immédiate, ablation des fils.", "mobilisations immédiate", "mobilisation immédiate"),
        ("Diamètre abdominal à 165 mm, longueur fémoral à 30 mm.", "longueur fémoral", "longueur fémorale"),
        ("Pas d'idées suicidaire, humeur stable.", "idées suicidaire", "idées suicidaires"),
        (
            "Stratégie : péridurales thoracique, induction par kétamine.",
            "péridurales thoracique",
            "péridurale thoracique",
        ),
        ("Pas d'adénomégalie médiastinal.", "adénomégalie médiastinal", "adénomégalie médiastinale"),
        ("Fémur au rappel, tige cimenté de taille 3.", "tige cimenté", "tige cimentée"),
        ("Une hystérectomie total a été faite.", "hystérectomie total", "hystérectomie totale"),
        ("Longueur du col 36 mm par voie endovaginal.", "voie endovaginal", "voie endovaginale"),
        ("Embolie pulmonaire bilatéral.", "pulmonaire bilatéral", "pulmonaire bilatérale"),
        ("Traitement au céphalosporine.", "au céphalosporine", "aux céphalosporines"),
        ("Elle reste en fibrillation atrial permanente.", "fibrillation atrial", "fibrillation atriale"),
        ("Extraction d'un calcul vésicale.", "calcul vésicale", "calcul vésical"),
        ("Biométrie : diamètre bipariétale 54 mm.", "diamètre bipariétale", "diamètre bipariétal"),
        ("Une endocardite à staphylocoque dorée.", "staphylocoque dorée", "staphylocoque doré"),
        ("Hydratation intraveineux et héparine.", "Hydratation intraveineux", "Hydratation intraveineuse"),
        ("Une asthénie, des ruminations anxieux et des insomnies.", "ruminations anxieux", "ruminations anxieuses"),
        ("Tympans normaux, fontanelles normaux.", "fontanelles normaux", "fontanelles normales"),
        ("À l'examen, fréquence respiratoires à 54.", "fréquence respiratoires", "fréquence respiratoire"),
        ("Il vit sans gêne respiratoires.", "gêne respiratoires", "gêne respiratoire"),
        ("Hier avec des lésions récent.", "lésions récent", "lésions récentes"),
        ("On retrouve une nodule du foie.", "une nodule", "un nodule"),
        ("Douleur du artère fémorale.", "du artère", "de l'artère"),
        ("Érythèmes malaire, à contrôler.", "Érythèmes malaire", "Érythème malaire"),
        (
            "Adénopathie jugulo-carotidiennes gauche.",
            "Adénopathie jugulo-carotidiennes",
            "Adénopathie jugulo-carotidienne",
        ),
    ],
)
def test_words_that_do_not_agree_are_asked_about_with_the_agreed_form_first(
    lexicon: FrenchLexicon, text: str, excerpt: str, agreed: str
) -> None:
    assert not_agreed(lexicon, text)[excerpt][0] == agreed


@pytest.mark.parametrize(
    "text",
    [
        "Une fracture du fémur ouverte, opérée le jour même.",
        "Les reins droit et gauche sont normaux.",
        "Le foie et la rate normaux.",
        "Les artères rénale et mésentérique sont perméables.",
        "Elle a été hospitalisée puis transférée.",
        "Les médicaments ont été suspendus.",
        "Une douleur de type mécanique, des réflexes vifs.",
        "Le suivi porte sur les patients opérés.",
        "Fermeture plan par plan, pansement sec.",
        "Bandelette : nitrites positifs, leucocytes négatifs.",
        "Les gamma-GT élevées et une cystocèle extériorisée.",
        "Des hypersignaux périventriculaires et juxtacorticaux.",
        "Fièvre, toux isolées depuis hier.",
        "Reins de taille symétrique, bien différenciés.",
        "Compte des compresses et des instruments exact.",
        "Douleurs des membres inférieurs et des mains, droites.",
        "Lactulose oral, puis carboxymaltose intraveineux.",
        "Adressée par une cardiologue, suivie par une kinésithérapeute.",
        "Il prend un anti-douleur.",
        "Un peau à peau a été réalisé, et ce suite à une césarienne.",
        "Elle touche l'allocation adulte handicapé.",
        "Les ménisques médial, de grade 2, et latéral sont opérés.",
        "Les genoux droit, de face, et gauche, de profil.",
    ],
)
def test_an_adjective_that_belongs_elsewhere_is_left_alone(lexicon: FrenchLexicon, text: str) -> None:
    assert not_agreed(lexicon, text) == {}


@pytest.mark.parametrize(
    ("text", "excerpt", "usual"),
    [
        ("Suivie pour une sclérose en plaque.", "sclérose en plaque", "sclérose en plaques"),
        ("Un psoriasis en plaque ancien.", "psoriasis en plaque", "psoriasis en plaques"),
    ],
)
def test_an_expression_in_another_number_than_always_is_asked_about(
    lexicon: FrenchLexicon, text: str, excerpt: str, usual: str
) -> None:
    (finding,) = check(transcript_of(text), lexicon).findings
    assert (finding.excerpt, finding.proposals[0].text) == (excerpt, usual)
    assert "s'écrit d'ordinaire" in finding.message


@pytest.mark.parametrize(
    "text", ["Un psoriasis en plaques.", "Un syndrome d'apnée du sommeil.", "Un syndrome d'apnées du sommeil."]
)
def test_an_expression_in_a_number_that_is_usual_is_no_question(lexicon: FrenchLexicon, text: str) -> None:
    assert check(transcript_of(text), lexicon).findings == ()


def test_the_lexicon_knows_gender_and_number_of_learned_words_too(lexicon: FrenchLexicon) -> None:
    assert lexicon.readings("sténoses") == (Reading(True, "f", "p", "sténose"),)
    assert lexicon.readings("ostéotendineuses")[0].genders == "f"
    assert lexicon.inflected("mitral", noun=False, gender="f", number="s") == ("mitrale",)
    assert lexicon.readings("avec") == ()
