"""What is heard stands beside what must be written. ``|`` is a pause; ``␣`` U+00A0; ``·`` U+202F."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import LexiconError
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
