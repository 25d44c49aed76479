"""What is said about the text itself: corrections, spelled names, texts of the practice. ``|`` is a pause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import LexiconError
from pipeline.model.text import TAKEN_BACK, Token
from pipeline.transcribe.macros_yaml import load_macros
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.written import write
from tests.transcribe.conftest import ROOT, words_of

RULES = replace(
    load_dictation_rules(ROOT / "lexicon" / "dictation.yaml"), macros=load_macros(ROOT / "lexicon" / "macros.yaml")
)

ERASED = [
    ("Il tousse point. Il a mal point. Effacez la dernière phrase point. Il va bien point.", "Il tousse. Il va bien."),
    ("Il tousse point il a mal point effacez la dernière phrase point il va bien point", "Il tousse. Il va bien."),
    ("Il tousse. Il a mal. Effacer la dernière frase. Il va bien.", "Il tousse. Il va bien."),
    ("Il tousse. Il a mal. Et facile à dernière phrase. Il va bien.", "Il tousse. Il va bien."),
    ("Il tousse. Il a mal. Supprimez la phrase précédente. Il va bien.", "Il tousse. Il va bien."),
    ("Il tousse. Il a mal. Annulez la dernière phrase.", "Il tousse."),
    ("Il tousse. Il dort. Il a mal. Effacez les deux dernières phrases. Fin.", "Il tousse. Fin."),
    ("Il tousse. Il dort. Il a mal. Effacez les 2 dernières phrases. Fin.", "Il tousse. Fin."),
    ("Il tousse point à la ligne il a mal point effacez la dernière phrase point fin point", "Il tousse.\nFin."),
    ("Il tousse. Il a mal. Effacez la dernière phrase. Effacez la dernière phrase. Fin.", "Fin."),
    ("Je propose une exérèse. Effacez le dernier mot. Biopsie simple.", "Je propose une biopsie simple."),
    ("Je propose une exérèse | effacez le dernier mot | biopsie point", "Je propose une biopsie."),
    (
        "Toux virgule fièvre virgule toux point. | Une exérèse poids et fassez le dernier mot poids. | Biopsie point.",
        "Toux, fièvre, toux. Une biopsie.",
    ),
    ("Toux sèche et tenace point. Supprimez les trois derniers mots point. grasse point.", "Toux grasse."),
    ("Bonjour point. À la ligne. Il tousse. Il a mal. Effacez le dernier paragraphe. Bien.", "Bonjour.\nBien."),
    ("Il prend 5 mg. Effacez la dernière phrase. Il va bien.", "Il va bien."),
]

REPLACED = [
    ("Paracétamol sept jours point. Remplacez sept jours par dix jours point.", "Paracétamol dix jours."),
    ("Paracétamol 7 jours. Remplacez sept jours par dix jours.", "Paracétamol dix jours."),
    ("Une gêne supportables. Corriger supportable par modérée. Merci.", "Une gêne modérée. Merci."),
    ("Il est fébrile, algique. Changez fébrile en apyrétique.", "Il est apyrétique, algique."),
    ("Douleur droite. Il tousse. Remplacez droite par gauche.", "Douleur gauche. Il tousse."),
    ("Fébrile depuis hier. Remplacez fébrile par apyrétique.", "Apyrétique depuis hier."),
]

UNTOUCHED = [
    "Le traitement corrige la carence.",
    "Corrigez le déficit en fer.",
    "Corrigez le déficit en fer par du Venofer.",
    "Il a un déficit en fer. Corrigez le déficit en fer par du Venofer.",
    "Elle prend du bisoprolol. Remplacez le bisoprolol par le nébivolol.",
    "Elle prend le bisoprolol. Remplacez le bisoprolol par le nébivolol.",
    "Je corrige le traitement.",
    "Il faut corriger l'anémie. Merci.",
    "Remplacez le pansement par un simple adhésif.",
    "Remplacez la sonde tous les mois.",
    "Toux et toux sèche. Remplacez toux par fièvre.",
    "Effacez la dernière phrase.",
    "Annulez le rendez-vous de demain.",
    "Annulez la dernière phrase du compte rendu de 2019.",
    "Il efface la dernière phrase de son discours.",
    "Supprimez le dernier repas avant l'examen.",
    "Supprimez le sel.",
    "Retirez les derniers fils dans dix jours.",
    "Enlevez le dernier pansement demain.",
    "Le dernier mot lui revient.",
    "La correction de l'hyponatrémie est lente.",
    "La correction, lente, est surveillée.",
    "Je prends note de votre avis.",
    "Une note pour le confrère est jointe.",
    "L'enfant épelle A B C.",
    "Il épelle ses mots difficilement.",
    "Le patient s'appelle Philippe.",
    "L'examen cardio normal rassure le patient.",
    "L'examen est normal.",
    "Insérez la sonde.",
    "Insérez le cathéter par voie fémorale.",
    "Macro-adénome hypophysaire.",
    "Une crise majuscule.",
    "Une minuscule lésion du lobe droit.",
    "Il va, entre guillemets, mieux.",
    "Le trait d'union entre les deux services.",
    "L'alinéa 2 de l'article.",
    "Il écrit en majuscules, sans erreur.".replace("en majuscules, sans", "en capitales romaines sans"),
]

DOUBTED = [
    (
        "Merci de prévoir une exérèse rapidement point, corrigez deux points, ouvrez les guillemets avant la fin "
        "du mois fermez les guillemets points. Bien à vous point.",
        (
            "Merci de prévoir une exérèse avant la fin du mois.",
            "Merci de prévoir une exérèse rapidement avant la fin du mois.",
        ),
    ),
    (
        "Bisoprolol 5 mg le matin. Je corrige : 10 mg. Merci.",
        ("Bisoprolol 10 mg le matin.", "Bisoprolol 5 mg le matin 10 mg."),
    ),
    (
        "Monsieur Duran va bien. Rectification, Durand. Merci.",
        ("Monsieur Durand va bien.", "Monsieur Duran va bien Durand."),
    ),
    ("Contrôle dans trois mois. Non, corrigez : dans six mois. Merci.", ("Contrôle dans six mois.",)),
]

SPELLED = [
    ("Monsieur Phil, j'épelle P H I L, né le 3 mai", "Monsieur Phil, né le 3 mai"),
    ("Monsieur Fil, j'épelle P-H-I-L, né le 3 mai", "Monsieur Phil, né le 3 mai"),
    ("Monsieur Fil, j'épelle P.H.I.L. Il va bien", "Monsieur Phil. Il va bien"),
    ("Monsieur Fil, j'épelle PHIL. Il va bien", "Monsieur Phil. Il va bien"),
    ("Monsieur fil je l'épelle pé hache i elle point il va bien", "Monsieur Phil. Il va bien"),
    ("Monsieur Fil, j'ai pelle P H I L, né le 3 mai", "Monsieur Phil, né le 3 mai"),
    ("Madame Balar, j'épelle B A deux L A R D point", "Madame Ballard."),
    ("Madame Balar, j'épelle B A 2 L A R D point", "Madame Ballard."),
    ("Madame Ailer, j'épelle H E accent aigu L E R", "Madame Héler"),
    ("Madame Saint Clair, j'épelle S A I N T tiret C L A I R point", "Madame Saint-Clair."),
    ("Madame Saint Clair, j'épelle S A I N T trait d'union C L A I R point", "Madame Saint-Clair."),
    ("Monsieur Daville, j'épelle D apostrophe A V I L L E point", "Monsieur D'Aville."),
    ("Monsieur Dubois, j'épelle D comme Denis U B O I S, né le", "Monsieur Dubois, né le"),
    ("Monsieur le fort, j'épelle L E F O R T, né le 11 août", "Monsieur Lefort, né le 11 août"),
    ("Monsieur LEFOR, j'épelle L E F O R T, né le 11 août", "Monsieur LEFORT, né le 11 août"),
]

CALLED = [
    ("Texte type examen pulmonaire normal point. Il sort point.", "surajouté. Il sort."),
    ("Macro auscultation pulmonaire normale. Il sort.", "surajouté. Il sort."),
    ("Texte type, examin, pulmonaire, normal point. Il sort.", "surajouté. Il sort."),
    ("Insérez examen pulmonaire normal. Il sort.", "surajouté. Il sort."),
    ("Il va bien. Examen pulmonaire normal. Il sort.", "surajouté. Il sort."),
]

CASES = [
    ("majuscule bonjour", "Bonjour"),
    ("le service majuscule urgences point", "Le service Urgences."),
    ("nom en majuscules Dupont point", "Nom DUPONT."),
    ("monsieur Dupont en majuscules, né le 3 mai", "Monsieur DUPONT, né le 3 mai"),
    ("tout en majuscules urgent point", "URGENT."),
    ("le produit initiale majuscule doliprane point", "Le produit Doliprane."),
    ("il dit entre guillemets j'ai mal fin de guillemets point", "Il dit «␣j'ai mal␣»."),
    ("lésion entre parenthèses bénigne fermez la parenthèse point", "Lésion (bénigne)."),
    ("gamma slash delta point", "Gamma/delta."),
    ("anti trait d'union inflammatoire point", "Anti-inflammatoire."),
    ("bonjour point alinéa merci", "Bonjour.\nMerci"),
    ("bonjour point sautez une ligne merci", "Bonjour.\n\nMerci"),
    ("Liste deux points à la ligne tiret aspirine à la ligne tiret repos point", "Liste␣:\n– Aspirine\n– Repos."),
    ("bonjour point passez à la ligne merci", "Bonjour.\nMerci"),
]


def shown(text: str) -> str:
    return text.replace("\u00a0", "␣").replace("\u202f", "·")


def tokens_of(heard: str) -> tuple[Token, ...]:
    return write(words_of(heard), RULES)


def text_of(heard: str) -> str:
    return shown("".join(token.before + token.text for token in tokens_of(heard)))


@pytest.mark.parametrize(("heard", "written"), ERASED)
def test_what_is_taken_back_is_not_written(heard: str, written: str) -> None:
    assert text_of(heard) == written


@pytest.mark.parametrize(("heard", "written"), REPLACED)
def test_words_named_with_their_successors_are_replaced_where_they_stand_once(heard: str, written: str) -> None:
    assert text_of(heard) == written


@pytest.mark.parametrize("heard", UNTOUCHED)
def test_prose_and_advice_to_a_colleague_stay_as_they_were_said(heard: str) -> None:
    assert text_of(heard).replace("·", " ") == heard


@pytest.mark.parametrize(("heard", "offers"), DOUBTED)
def test_a_correction_without_a_target_stays_written_and_offers_the_corrected_sentence(
    heard: str, offers: tuple[str, ...]
) -> None:
    doubted = [token for token in tokens_of(heard) if token.doubt]
    assert {token.doubt for token in doubted} == {"correction dictée : à appliquer"}
    assert doubted[0].offers[: len(offers)] == offers
    assert "orrig" in text_of(heard) or "ectification" in text_of(heard)


def test_what_was_taken_back_and_the_instruction_are_shown_beside_the_text() -> None:
    tokens = tokens_of("Il tousse point. Il a mal point. Effacez la dernière phrase point.")
    assert [token.raw for token in tokens if token.rule == TAKEN_BACK] == ["Il", "a", "mal", "point."]
    said = [token.raw for token in tokens if token.rule == "correction dictée"]
    assert said == ["Effacez", "la", "dernière", "phrase", "point."]
    assert not any(token.text for token in tokens[4:])


def test_a_replaced_word_keeps_what_was_heard_and_asks_to_be_verified() -> None:
    tokens = tokens_of("Douleur droite. Remplacez droite par gauche.")
    token = next(token for token in tokens if token.text == "gauche.")
    assert (token.raw, token.doubt, token.offers) == ("droite.", "correction dictée : à vérifier", ("droite",))


def test_a_quoted_replacement_asks_nothing() -> None:
    tokens = tokens_of(
        "Douleur droite point. Remplacez ouvrez les guillemets droite fermez les guillemets par ouvrez les guillemets "
        "gauche fermez les guillemets point."
    )
    assert "".join(token.before + token.text for token in tokens) == "Douleur gauche."
    assert not any(token.doubt for token in tokens)


@pytest.mark.parametrize(("heard", "written"), SPELLED)
def test_a_spelled_name_takes_the_place_of_the_one_that_sounds_like_it(heard: str, written: str) -> None:
    assert text_of(heard) == written


def test_letters_that_spell_something_else_stay_and_are_doubted() -> None:
    tokens = tokens_of("Monsieur Durand, j'épelle X Y Z, né le 3 mai")
    assert "".join(token.before + token.text for token in tokens) == "Monsieur Durand, j'épelle X Y Z, né le 3 mai"
    assert next(token.offers for token in tokens if token.doubt) == ("Xyz",)


@pytest.mark.parametrize(("heard", "end"), CALLED)
def test_a_text_of_the_practice_is_called_by_its_name(heard: str, end: str) -> None:
    text = text_of(heard)
    assert "L'auscultation pulmonaire est symétrique, sans bruit" in text and text.endswith(end)


def test_the_first_piece_of_a_called_text_keeps_the_words_that_called_it() -> None:
    token = tokens_of("Texte type abdomen normal point.")[0]
    assert (token.raw, token.rule) == ("Texte type abdomen normal", "texte type : examen abdominal normal")


def test_a_name_alone_may_be_a_sentence_and_is_marked() -> None:
    token = tokens_of("Examen pulmonaire normal. Il sort.")[0]
    assert (token.doubt, token.offers) == (
        "texte type appelé par son seul nom : à vérifier",
        ("Examen pulmonaire normal.",),
    )
    assert (
        text_of("Auscultation pulmonaire normale. Abdomen normal.")
        == "Auscultation pulmonaire normale. Abdomen normal."
    )


def test_an_unknown_text_stays_as_words_and_is_doubted() -> None:
    tokens = tokens_of("Texte type genou. Il sort.")
    assert [token.text for token in tokens if token.doubt == "texte type inconnu"] == ["Texte", "type", "genou."]


@pytest.mark.parametrize(("heard", "written"), CASES)
def test_capitals_brackets_joins_and_lines_are_written(heard: str, written: str) -> None:
    assert text_of(heard) == written


def test_a_practice_s_own_text_wins_over_the_sample(tmp_path: Path) -> None:
    own = tmp_path / "macros.yaml"
    own.write_text('macros:\n  - name: Abdomen normal\n    text: "Abdomen souple."\n', encoding="utf-8")
    rules = replace(RULES, macros=load_macros(own))
    assert "".join(t.text for t in write(words_of("macro abdomen normal"), rules)) == "Abdomen souple."
    assert load_macros(tmp_path / "none.yaml") == ()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("macros:\n  - name: a\n    text: b\n  - nom: c\n    text: d\n", "ligne 4 : « nom » n'est pas connu"),
        ("macros:\n  - name: a\n", "ligne 2 : le texte (« text: ») de « a » manque"),
        ("macros:\n  - text: a\n", "ligne 2 : le nom (« name: ») manque"),
        (
            "macros:\n  - name: a\n    text: b\n  - name: A\n    text: c\n",
            "ligne 4 : « a » appelle déjà le texte « a »",
        ),
        ("macros:\n  - name: [\n", "n'est pas celle d'un fichier YAML"),
        ("textes: 3\n", "il manque la liste « macros: »"),
        ("macros:\n  - name: a\n    say: b\n    text: c\n", "« say: » de « a » doit être une liste"),
    ],
)
def test_a_badly_written_file_of_texts_is_refused_with_its_line(tmp_path: Path, written: str, says: str) -> None:
    path = tmp_path / "macros.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(LexiconError) as refused:
        load_macros(path)
    assert says in str(refused.value)


_PARTS = (
    "effacez supprimez la dernière phrase le dernier mot paragraphe point. point virgule remplacez corrigez par toux "
    "fièvre Il va bien. j'épelle P H PHIL deux L texte type examen cardio normal macro formule de politesse en "
    "majuscules majuscule à ligne 5 mg « » : je corrige non, entre guillemets tiret apostrophe | slash"
)
PARTS = st.lists(st.sampled_from(_PARTS.split()), max_size=30)


@given(PARTS)
@settings(max_examples=400, deadline=None)
def test_every_raw_word_is_accounted_for_in_order(parts: list[str]) -> None:
    words = words_of(" ".join(parts))
    assert "".join(t.raw for t in write(words, RULES)).replace(" ", "") == "".join(word.text for word in words)


@given(PARTS)
@settings(max_examples=300, deadline=None)
def test_a_figure_that_is_not_written_was_taken_back_on_request(parts: list[str]) -> None:
    for token in write(words_of(" ".join(parts)), RULES):
        if any(char.isdigit() for char in token.raw) and "5" not in token.text:
            assert token.rule in {TAKEN_BACK, "correction dictée"} or token.rule.startswith("texte type")


@given(PARTS)
@settings(max_examples=300, deadline=None)
def test_no_stray_space_is_left_where_words_were_taken_back(parts: list[str]) -> None:
    text = "".join(token.before + token.text for token in write(words_of(" ".join(parts)), RULES))
    assert text == text.strip() and "  " not in text and " \n" not in text and "\n " not in text


_ORDINARY = "Toux, fièvre. Il va bien le patient présente une douleur à l'examen 5 mg M. Roux"
ORDINARY = st.sampled_from(_ORDINARY.split())


@given(st.lists(ORDINARY, max_size=40))
@settings(max_examples=200, deadline=None)
def test_where_no_command_is_said_every_word_is_written(parts: list[str]) -> None:
    text = "".join(token.before + token.text for token in write(words_of(" ".join(parts)), RULES))
    assert text.lower() == " ".join(parts).lower()
