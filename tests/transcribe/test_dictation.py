"""What is heard stands beside what must be written. ``|`` is a pause; ``␣`` U+00A0; ``·`` U+202F."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compose.step import split_sections
from pipeline.errors import LexiconError
from pipeline.model.document import Section
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.written import write
from tests.transcribe.conftest import ROOT, words_of

RULES = load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")

COMMANDS = [
    ("patient stable point", "Patient stable."),
    ("toux virgule fièvre virgule frissons point", "Toux, fièvre, frissons."),
    ("motif deux points douleur point", "Motif␣: douleur."),
    ("repos point virgule glace point", "Repos·; glace."),
    ("toux points de suspension", "Toux…"),
    ("toux trois points de suspension puis rien", "Toux… Puis rien"),
    ("est-il guéri point d'interrogation oui", "Est-il guéri·? Oui"),
    ("bravo point d'exclamation", "Bravo·!"),
    ("Boston (coté à huit fermez la parenthèse point", "Boston (coté à huit)."),
    ("mesure ouvrez la parenthèse score à huit fermez la parenthèse point", "Mesure (score à huit)."),
    ("la lésion ouvrez la parenthèse bénigne fermez la parenthèse persiste", "La lésion (bénigne) persiste"),
    ("il dit ouvrir les guillemets je vais bien fermer les guillemets point", "Il dit «␣je vais bien␣»."),
    ("bonjour point à la ligne merci", "Bonjour.\nMerci"),
    ("bonjour point nouveau paragraphe merci", "Bonjour.\n\nMerci"),
    ("bonjour point nouvelle section merci", "Bonjour.\n\n\nMerci"),
    ("traitement tiret aspirine", "Traitement – aspirine"),
    ("cher confrère virgule à la ligne je vois", "Cher confrère,\nJe vois"),
]

AS_WHISPER_WRITES = [
    ("Insuffisance altérée point. | Elle décrit", "Insuffisance altérée. Elle décrit"),
    ("Une toux virgule, une fièvre virgule, un frisson point.", "Une toux, une fièvre, un frisson."),
    ("aspirine 20mg. point. | Elle va bien", "Aspirine 20mg. Elle va bien"),
    ("fois par jour virgule. Gliclazide 60mg virgule. Mme Roux point.", "Fois par jour, gliclazide 60mg, Mme Roux."),
    ("Motif 2. diabète point.", "Motif␣: diabète."),
    ("Examen 2.pas de déficit. | Conclusion 2.repos.", "Examen␣: pas de déficit. Conclusion␣: repos."),
    ("Biologie, 2 points hémoglobine à 8,9% virgule, stable", "Biologie␣: hémoglobine à 8,9%, stable"),
    ("Cher confrère virgule. À la lingue. je vois", "Cher confrère,\nJe vois"),
    ("A la ligne. Merci", "Merci"),
    ("Merci point. Nouveau paragraphe. Bien à vous point !", "Merci.\n\nBien à vous."),
    ("plaie de la main-point. | Suture", "Plaie de la main. Suture"),
    ("virgules toux", "Toux"),
    ("Bien. point point. Merci", "Bien. Merci"),
    ("toux virgule point fièvre", "Toux. Fièvre"),
    ("Toux, , points, suture", "Toux. Suture"),
]

IN_ALL_POSITIONS = [
    ("Virgule, je vois ce patient", "Je vois ce patient"),
    ("point. Je vois ce patient", "Je vois ce patient"),
    ("Bonjour à la ligne virgule merci", "Bonjour\nMerci"),
    ("à la ligne à la ligne Je vois", "Je vois"),
    ("Il va bien point nouvelle section", "Il va bien."),
    ("Il va bien point à la ligne nouveau paragraphe Il sort point", "Il va bien.\n\nIl sort."),
    ("Il va bien point.À la ligne Il sort point.", "Il va bien.\nIl sort."),
    ("Il va bien point.Il sort virgule,ce soir point.", "Il va bien. Il sort, ce soir."),
    ("Il va bien, point, à la ligne, il sort, point final.", "Il va bien.\nIl sort."),
    ("Frissons point. | Virgule, je vois", "Frissons. Je vois"),
    ("Motif, deux-points, douleur", "Motif␣: douleur"),
    ("Traitement 2 points de l'aspirine", "Traitement␣: de l'aspirine"),
    ("fébrile, ouvrez la parenthèse, 39,5, fermez la parenthèse, depuis hier", "Fébrile (39,5) depuis hier"),
    (
        "Il dit, ouvrez les guillemets, j'ai mal, fermez les guillemets, point.",
        "Il dit, «␣j'ai mal␣».",
    ),
    ("toux virgule, ouvrez la parenthèse sèche fermez la parenthèse point", "Toux, (sèche)."),
    ("Traitement deux points. À la ligne. Tiret. Aspirine 75 mg.", "Traitement␣:\n– Aspirine 75 mg."),
    ("pas de fièvre point De plus virgule il mange", "Pas de fièvre. De plus, il mange"),
    ("pas de fièvre point d'autre part il mange", "Pas de fièvre. D'autre part il mange"),
    ("il n'en prend pas point il va bien", "Il n'en prend pas. Il va bien"),
    ("pouls à 72 point un ECG est fait", "Pouls à 72. Un ECG est fait"),
]

FIGURES = [
    ("2 virgule 5 mg", "2,5 mg"),
    ("0 virgule 25 mg le matin point", "0,25 mg le matin."),
    ("créatinine à 8,9 point", "Créatinine à 8,9."),
    ("tension à 138 sur 82 virgule pouls à 72 point", "Tension à 138 sur 82, pouls à 72."),
    ("fracture T12-L1 point", "Fracture T12-L1."),
    ("metformine 1000 virgule 3 fois par jour", "Metformine 1000, 3 fois par jour"),
    ("5 virgule 2 fois par jour", "5, 2 fois par jour"),
    ("en 2024 virgule 3 épisodes", "En 2024, 3 épisodes"),
    ("2 virgule 5 virgule 3 virgule 5", "2,5, 3,5"),
    ("hémoglobine à 8,9 virgule 12 auparavant", "Hémoglobine à 8,9, 12 auparavant"),
    # what is not sure stays as it was heard, for a person to read
    ("hémoglobine à 3 point 5 grammes", "Hémoglobine à 3 point 5 grammes"),
    ("trois point cinq", "Trois point cinq"),
    ("dose de 2 virgule, 5 mg", "Dose de 2 virgule, 5 mg"),
    ("toux virgule fièvre virgule frissons point. | Les 2, 3 et 4 mars", "Toux, fièvre, frissons. Les 2, 3 et 4 mars"),
]

LOOK_ALIKES = [
    "Il souffre au point de ne plus dormir",
    "Un point de côté",
    "Deux points de suture sur la main",
    "Trois points de suture",
    "Un calcul en virgule flottante",
    "Après mise au point du traitement",
    "Le point d'impact de la balle",
    "À tel point que la toux persiste",
    "Un point douloureux à la palpation",
    "Il faut faire le point ensemble",
    "Des points noirs du visage",
    "Du point de vue moteur",
    "Douleur à la ligne médiane",
    "Perte de poids.",
    "La perte de poids. | La toux",
    "Score à 12 points. | Il va bien",
    "Diabète de type 2. | Il va bien",
    "Stade deux virgule cinq milligrammes",
    "Prise de deux virgule vingt-cinq milligrammes",
    "HbA1c à 8,9 %",
    "Dr. Roux et M. Petit",
    "Il n'a point de fièvre",
    "Il ne présente point d'œdème",
    "Aucun point d'appel infectieux",
    "Deux points importants à discuter",
    "Point important pour la suite",
    "Il y a deux points à surveiller",
    "Score à deux points",
    "Score à 2 points",
    "5 points au score de Glasgow",
    "Perte de deux points d'hémoglobine",
    "Suture par deux points d'Ethilon",
    "HbA1c en baisse de 2 points.",
    "Un bon point",
    "On doit faire un point",
    "Le point G",
    "Deux points d'appui au talon",
    "Je ferme la parenthèse",
    "Petite parenthèse sur le traitement",
    "À la ligne de démarcation",
    "Nouvelle section de jambe",
    "Un tiret",
    "Point de départ urinaire",
    "Poids : 80 kg".replace(" :", "\u00a0:"),
    "Poids, 80 kg",
]


SPOKEN = "Toux virgule fièvre virgule frissons point. | "
"""What makes of a recording one that says its punctuation."""

BY_SOUND = [
    ("À l'antivirgule fièvre point.", "À l'anti, fièvre."),
    ("Par ailleurs virgulexéma de contact virgule asthme point.", "Par ailleurs, exéma de contact, asthme."),
    ("Toux virgulefièvre virgule frissons point.", "Toux, fièvre, frissons."),
    ("Toux virgulereprise virgule frissons point.", "Toux, reprise, frissons."),
    ("Toux virguleaspirine virgule frissons point.", "Toux, aspirine, frissons."),
    ("Entessé dans deux points, asthme point.", "Antécédents␣: asthme."),
    ("Consultation dans trois mois de points.", "Consultation dans trois mois."),
    # as base and small wrote them for accented voices
    ("Motif deux poés hypertension poés. | Fin", "Motif␣: hypertension. Fin"),
    ("Indication de poids traumatisme au ski-poir. | Fin", "Indication␣: traumatisme au ski. Fin"),
    ("Technique de poids séquence sagittale poêle. | Fin", "Technique␣: séquence sagittale. Fin"),
    ("Suites 2 poids reprise poids. | Fin", "Suites␣: reprise. Fin"),
    ("Antécédents 2 points, hypertension point.", "Antécédents␣: hypertension."),
    ("Conclusion 2, poés épreuve d'effort poés.", "Conclusion␣: épreuve d'effort."),
    ("Traitement d'eux pois aspirine point.", "Traitement␣: aspirine."),
    ("Traitement de sortie de poissipofloxacine 500mg point.", "Traitement de sortie␣: sipofloxacine 500mg."),
    ("Indication de poicholes point.", "Indication␣: choles."),
    ("Indication 2. Cholestase point.", "Indication␣: cholestase."),
    ("Addication 2. Cholestase point.", "Indication␣: cholestase."),
    ("DASL, l'intervention 2. 12 novembre point.", "Date de l'intervention␣: 12 novembre."),
    ("Examen clinique 2.pas de déficit point.", "Examen clinique␣: pas de déficit."),
    ("Il est modéré vieux guls pas de kyste point.", "Il est modéré, pas de kyste."),
    ("Épanchement modéheve et augule, pas de kyste point.", "Épanchement modéheve, pas de kyste."),
    ("Toux sèche virguls pas de fièvre point.", "Toux sèche, pas de fièvre."),
    ("Synovite virgule-hypothyroïdie point.", "Synovite, hypothyroïdie."),
    ("Sans fragment l'exépoir. ménisque normal point.", "Sans fragment l'exé. Ménisque normal."),
    ("Sonde double g-poin. | L'uroculture", "Sonde double g. L'uroculture"),
    ("Trois toitocarpouet. | La vésicule", "Trois toitocar. La vésicule"),
    ("Perte de 3 kilopois, | il sort point.", "Perte de 3 kilo. Il sort."),
    ("Il sort le soir même point.", "Il sort le soir même."),
    ("Valable un mois poise. | Fin", "Valable un mois. Fin"),
    ("Examen normal poids virgule pas de raideur point.", "Examen normal·; pas de raideur."),
    ("Examen normal pour virgule pas de raideur point.", "Examen normal·; pas de raideur."),
    ("Le foot poids d'exclamation.", "Le foot·!"),
    ("Il va bien point. Nous vaut pas à grave, bien cordialement point.", "Il va bien.\n\nBien cordialement."),
    ("Il va bien point. Allerling, intervention point.", "Il va bien.\nIntervention."),
    ("Il va bien point. A l'aligne, il sort point.", "Il va bien.\nIl sort."),
    ("Il dit ouvrer les guimets supportable fermés les guillemets points.", "Il dit «␣supportable␣»."),
    ("Il dit ouvrait les guillemets gênante fermer les guillemets point.", "Il dit «␣gênante␣»."),
    ("Une cystoscopie ouvrée la parenthèse locale fermée la parenthèse point.", "Une cystoscopie (locale)."),
    ("Traitement deux points à la ligne tiré repos point.", "Traitement␣:\n– Repos."),
    (
        "Biologie deux points CRP à 4 virgule 2 points. | Conclusion 2. bien point.",
        "Biologie␣: CRP à 4,2. Conclusion␣: bien.",
    ),
    ("Certificat remis en main propre point. | Finale.", "Certificat remis en main propre."),
    ("Note pour le secretariat de point rappeler la famille point.", "Note pour le secretariat␣: rappeler la famille."),
    ("Antecedant 2 points, asthme point.", "Antécédents␣: asthme."),
    ("En técédant deux points asthme point.", "Antécédents␣: asthme."),
    ("Têtement de sortie deux points aspirine point.", "Traitement de sortie␣: aspirine."),
    ("Motife 2. Toux point.", "Motif␣: toux."),
    ("Suite sa donnée 2.contrôle point.", "Suites à donner␣: contrôle."),
    ("Motif 2 peut douleur point.", "Motif␣: douleur."),
    ("Conclusion de poème maladie stable point.", "Conclusion␣: maladie stable."),
    ("Examen clinique de poéspasticité point.", "Examen clinique␣: spasticité."),
    ("Plaie du cuir chevelu vie-agule suturée point.", "Plaie du cuir chevelu, suturée."),
    ("Spasticité des membres peut virgule marche possible point.", "Spasticité des membres·; marche possible."),
    ("Fermeture cutanée et point ? Suites 2 points, bien point.", "Fermeture cutanée et. Suites␣: bien."),
    ("Coupes sagittale-virgule-axiale-virgule-après-injection-poin.", "Coupes sagittale, axiale, après-injection."),
    ("Ligne en place-poé-virgule-ventricules normaux point.", "Ligne en place·; ventricules normaux."),
    ("Tendinopathie ouvrez-la, parenthèse droite fermé la parenthèse point.", "Tendinopathie (droite)."),
    ("Indication 2.cf point.", "Indication␣: cf."),
    ("Note pour le secrétariat, 2.envoyer une copie point.", "Note pour le secrétariat␣: envoyer une copie."),
    ("Examen clinique 2.M. Souple point.", "Examen clinique␣: M. Souple."),
    ("Histoir de la malady 2 poin. Fièvre depuis hier point.", "Histoire de la maladie␣: fièvre depuis hier."),
]

NOT_BY_SOUND = [
    "Divisé dans deux points séparés",
    "Trois mois de points forts",
    "Perte de poids.",
    "Prise de poids de 3 kilos.",
    "Courbe de poids stable.",
    "Suivi de poids.",
    "Évolution de poids stable.",
    "Surcharge de poids importante.",
    "Le poids est stable.",
    "Il peut marcher.",
    "Un lit d'appoint.",
    "Traitement 2 par jour.",
    "Motif de peu de gravité.",
    "Conclusion de poète.".replace("Conclusion", "Recueil"),
    "Taille et poids stables.",
    "Son poids. Sa taille.",
    "Un poisson cru.",
    "Examen de poignet.",
    "Fracture de poignet droit.",
    "Une poire par jour.",
    "Un poil incarné.",
    "Marche sur la pointe.",
    "Il garde espoir.",
    "Patient en surpoids.",
    "Un contrepoids.",
    "Anse jugulaire.",
    "Une plaque angulée.",
    "Le sang coagule.",
    "Une fracture triangulée.",
    "Biologie 2,5 g de fer.",
    "Hémoglobine 2,5 points.".replace(" points", " grammes"),
    "Traitement 2 comprimés par jour.",
    "Il tire sur la sonde.",
    "Une nouvelle session de kinésithérapie.",
    "La ligne blanche.",
    "Il est en ligne.",
    "Trois points de suture.",
    "Les pieds sont froids.",
    "Un doigt en virgule flottante.",
    "Pour Virginie, le bilan.",
    "Il ouvre les yeux.",
    "Il ferme les paupières.",
    "Un examen clinique normal.",
    "Diabète de type 2. Il va bien.",
]

HEADINGS_OF_THEIR_OWN = [
    "Médication", "Éducation", "Rééducation", "Dissection", "En conclusion", "Inclusion", "Palpation", "Auscultation",
    "Vaccination", "Habitation", "Profession", "Orientation", "Observation", "Pathologie", "Étiologie", "Virologie",
    "Ventilation", "Contre-indication", "Indications", "Facteurs de risque", "Situation familiale", "Opération",
    "Examen neurologique", "Antécédents allergiques", "Traitement local", "Hospitalisation", "Radiographie",
]  # fmt: skip


def shown(text: str) -> str:
    return text.replace("\u00a0", "␣").replace("\u202f", "·")


def text_of(heard: str) -> str:
    return shown("".join(token.before + token.text for token in write(words_of(heard), RULES)))


@pytest.mark.parametrize(("heard", "written"), COMMANDS)
def test_a_spoken_command_becomes_its_mark(heard: str, written: str) -> None:
    assert text_of(heard) == written


@pytest.mark.parametrize(("heard", "written"), AS_WHISPER_WRITES)
def test_marks_of_whisper_beside_spoken_ones_are_not_doubled(heard: str, written: str) -> None:
    assert text_of(heard) == written


@pytest.mark.parametrize(("heard", "written"), BY_SOUND)
def test_what_sounds_like_a_command_in_its_place_is_the_command(heard: str, written: str) -> None:
    assert text_of(SPOKEN + heard) == "Toux, fièvre, frissons. " + written


@pytest.mark.parametrize("heard", NOT_BY_SOUND)
def test_what_sounds_like_a_command_elsewhere_stays_a_word(heard: str) -> None:
    assert text_of(SPOKEN + heard).replace(",", "") == "Toux fièvre frissons. " + heard.replace(",", "")


@pytest.mark.parametrize("heading", HEADINGS_OF_THEIR_OWN)
def test_a_heading_that_no_catalogue_knows_stays_as_it_was_said(heading: str) -> None:
    assert f"frissons. {heading}␣: " in text_of(SPOKEN + heading + " deux points normal point.")


@pytest.mark.parametrize(
    ("heard", "written", "doubt", "offers"),
    [
        ("Fermeture 2.2. séparés point.", "Fermeture 2.2 séparés.", "« deux points » entendu ?", (":",)),
        ("Biologie 2,5 hémoglobine point.", "Biologie 2,5 hémoglobine.", "« deux points » entendu ?", (":",)),
        ("Conclusion 2.1 arrêt point.", "Conclusion 2.1 arrêt.", "« deux points » entendu ?", (":",)),
        ("Examen 2,104 kg point.", "Examen 2,104 kg.", "« deux points » entendu ?", (": 104", ":")),
        ("Indication de poignée point.", "Indication de poignée.", "« deux points » entendu ?", (":",)),
        ("Il sort dans trois mois de poids.", "Il sort dans trois mois de poids.", "« point » entendu ?", (".",)),
        ("Fragment luxe et point ménisque.", "Fragment luxe et point ménisque.", "« point » entendu ?", (".",)),
        ("Aducation de poids toux point.", "Aducation␣: toux.", "titre « Indication » entendu ?", ("Indication",)),
        ("Exémane deux points normal point.", "Exémane␣: normal.", "titre « Examen » entendu ?", ("Examen",)),
    ],
)  # fmt: skip
def test_what_may_be_a_command_and_is_not_certain_stays_and_is_doubted(
    heard: str, written: str, doubt: str, offers: tuple[str, ...]
) -> None:
    tokens = write(words_of(SPOKEN + heard), RULES)
    assert text_of(SPOKEN + heard) == "Toux, fièvre, frissons. " + written
    assert {(token.doubt, token.offers) for token in tokens if token.doubt} == {(doubt, offers)}


def test_the_headings_of_the_catalogue_are_known_by_their_sound() -> None:
    catalogue = yaml.safe_load((ROOT / "templates" / "catalog.yaml").read_text(encoding="utf-8"))
    headings = [*catalogue["headings"], *(h for kind in catalogue["kinds"].values() for h in kind.get("headings", []))]
    assert set(headings) <= set(RULES.titles)


@pytest.mark.parametrize(
    "heard",
    ["Conclusion deux points normale point", "Conclusion 2. normale point", "Conclusion, 2 points, normale point",
     "Conclusion 2.normale point", "Conclusion de poids normale point", "Conclusion | à la ligne normale point",
     "Conclusion deux points à la ligne normale point", "Conclution deux poés normale point"],
)  # fmt: skip
def test_a_dictated_heading_opens_its_section_in_all_the_ways_it_is_heard(heard: str) -> None:
    text = "".join(t.before + t.text for t in write(words_of(SPOKEN + "| à la ligne. " + heard), RULES))
    assert split_sections(text, ["Conclusion"])[-1] == Section(
        "Conclusion", "Normale." if "ligne" in heard else "normale."
    )


@pytest.mark.parametrize("heard", LOOK_ALIKES)
def test_a_word_that_only_looks_like_a_command_stays_a_word(heard: str) -> None:
    assert text_of(heard) == shown(heard.replace(" | ", " "))


@pytest.mark.parametrize(("heard", "written"), IN_ALL_POSITIONS)
def test_commands_at_any_place_are_written_as_a_secretary_types_them(heard: str, written: str) -> None:
    assert text_of(heard) == written


@pytest.mark.parametrize(("heard", "written"), FIGURES)
def test_a_figure_is_a_decimal_only_when_nothing_else_is_possible(heard: str, written: str) -> None:
    assert text_of(heard) == written


def test_a_sound_alike_at_the_beginning_of_a_sentence_or_before_a_value_is_a_word() -> None:
    spoken = "toux virgule fièvre virgule frissons point. | "
    assert text_of(spoken + "Poids. | 80 kilos point").endswith("frissons. Poids. 80 kilos.")
    assert text_of(spoken + "Taille, poids. | Il va bien").endswith("frissons. Taille poids. Il va bien")


@pytest.mark.parametrize("heard", LOOK_ALIKES)
def test_it_stays_a_word_where_all_punctuation_is_spoken(heard: str) -> None:
    written = text_of(f"Toux virgule fièvre virgule frissons point. | {heard}")
    assert written.replace(",", "") == shown("Toux fièvre frissons. " + heard.replace(" | ", " ").replace(",", ""))


def test_a_spoken_decimal_between_digits_is_a_decimal_comma() -> None:
    assert text_of("kaliémie à 6 virgule 1 millimoles") == "Kaliémie à 6,1 millimoles"


def test_a_comma_between_two_numbers_with_a_pause_is_no_decimal() -> None:
    assert text_of("tension à 68 virgule | 12 comprimés") == "Tension à 68, 12 comprimés"


def test_the_comma_of_whisper_goes_where_commas_are_spoken_and_no_pause_is_heard() -> None:
    heard = "toux virgule fièvre virgule frissons point. | Dyspnée de stade, deux sans œdème point."
    assert text_of(heard) == "Toux, fièvre, frissons. Dyspnée de stade deux sans œdème."


def test_its_full_stop_stays_before_a_capital_because_it_may_be_the_spoken_one() -> None:
    heard = "toux virgule fièvre virgule frissons point. | Une fibrillation auriculaire. Je débute un traitement point."
    assert text_of(heard).endswith("Une fibrillation auriculaire. Je débute un traitement.")


def test_without_spoken_punctuation_the_marks_of_whisper_are_kept() -> None:
    assert text_of("Toux, fièvre. Il va mieux : sortie !") == "Toux, fièvre. Il va mieux : sortie !".replace(
        " :", "␣:"
    ).replace(" !", "·!")


def test_a_sound_alike_is_the_command_only_at_the_end_of_a_clause_of_a_dictation_that_says_its_marks() -> None:
    assert text_of("toux virgule fièvre virgule frissons virgule repos poêle. | Le poids est stable point.").endswith(
        "repos. Le poids est stable."
    )
    assert text_of("Brûlure par poêle.") == "Brûlure par poêle."


def test_each_mark_remembers_what_was_heard_its_rule_and_its_time() -> None:
    token = next(token for token in write(words_of("toux deux points fièvre"), RULES) if token.text == ":")
    assert (token.raw, token.rule) == ("deux points", "deux points")
    assert token.start is not None and token.end is not None and 0.4 <= token.start < token.end <= 1.2001


def test_a_missing_list_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="Rétablissez"):
        load_dictation_rules(tmp_path / "dictation.yaml")


_PARTS = (
    "point points point. virgule virgule, deux 2 2. points, de suture au à la ligne A lingue. nouveau paragraphe. "
    "nouvelle section ouvrez fermez les guillemets parenthèse tiret toux Toux, fièvre. 8,9 5mg main-point. ! , . "
    "2.douleur fin.Examen M. poids. poêle | virgule. d'interrogation suspension trois « » … Jean-virgule 12"
)
PARTS = st.sampled_from(_PARTS.split())
ANY_WORD = st.text(st.characters(blacklist_categories=("Z", "C")), min_size=1, max_size=8)


@given(st.lists(st.one_of(PARTS, ANY_WORD), max_size=25))
@settings(max_examples=300, deadline=None)
def test_every_raw_word_is_accounted_for_in_order(parts: list[str]) -> None:
    words = words_of(" ".join(parts))
    tokens = write(words, RULES)
    assert "".join(token.raw for token in tokens).replace(" ", "") == "".join(word.text for word in words)


@given(st.lists(PARTS, max_size=25))
@settings(max_examples=300, deadline=None)
def test_the_text_has_no_doubled_mark_and_no_stray_space(parts: list[str]) -> None:
    text = "".join(token.before + token.text for token in write(words_of(" ".join(parts)), RULES))
    assert text == text.strip()
    assert ",," not in text and ".." not in text and ",." not in text
    assert "  " not in text and "\n\n\n\n" not in text and " \n" not in text


@given(st.lists(PARTS, max_size=25))
@settings(max_examples=200, deadline=None)
def test_digits_are_never_changed(parts: list[str]) -> None:
    heard = [p for p in parts if p not in {"2", "2.", "2.douleur"}]
    text = "".join(token.before + token.text for token in write(words_of(" ".join(heard)), RULES))
    assert [c for c in text if c.isdigit()] == [c for c in " ".join(heard) if c.isdigit()]


def test_the_shipped_rules_hold_the_commands_that_are_promised(rules: DictationRules) -> None:
    assert {command.text for command in rules.commands} >= set(".,:;…?!()«»–")
    assert {command.layout for command in rules.commands} >= {"\n", "\n\n", "\n\n\n"}


def test_a_comma_that_an_accent_made_a_vehicle_is_a_comma_where_no_noun_can_stand() -> None:
    spoken = "Antécédents deux points ostéoporose véhicule démence point Motif deux points chute virgule douleur point"
    assert text_of(spoken) == "Antécédents␣: ostéoporose, démence. Motif␣: chute, douleur."
    accident = "Accident de véhicule point Le véhicule roulait virgule vite virgule trop point Contusion simple point"
    assert text_of(accident) == "Accident de véhicule. Le véhicule roulait, vite, trop. Contusion simple."


def test_a_colon_that_became_one_word_is_a_colon_after_a_heading_only() -> None:
    spoken = "Traitement actuel d'auprès interféron virgule baclofène point Motif deux points suivi point"
    assert text_of(spoken) == "Traitement actuel␣: interféron, baclofène. Motif␣: suivi."
    assert "d'auprès" in text_of("Elle revient d'auprès de sa mère virgule calme point Bien à vous point")
