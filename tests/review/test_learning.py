"""What a corrected dictation teaches, and what it must never teach. The lexicon is the real one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind, Identification, Traits
from pipeline.model.learning import Learned, Sighting, plain
from pipeline.model.people import Correspondent, Patient, Practice, Practitioner, Sex
from pipeline.model.text import CheckedText
from pipeline.review.learning import Learning
from pipeline.review.rules_yaml import load_learning_rules
from pipeline.settings import data_folder
from pipeline.testing import WordListLexicon, spoken
from pipeline.transcribe.learned import apply_learned
from pipeline.verify.lexicon import FrenchLexicon
from tests.verify.conftest import CACHE, LISTS

RULES = load_learning_rules(data_folder("lexicon") / "learning.yaml")
PATIENT = Patient("p1", "MARCHAND", "Solange", date(1954, 4, 12), Sex.FEMALE, used_name="PERDRIX")
COLLEAGUE = Correspondent("c1", "LESCURE", "Antoine", "Dr")


@pytest.fixture(scope="module")
def learning() -> Learning:
    return Learning(RULES, FrenchLexicon(LISTS, CACHE))


def revision(*texts: str) -> Revision:
    return Revision(
        case_id="case",
        number=2,
        kind=DocumentKind.LETTER,
        title="Courrier",
        document_date=date(2026, 3, 3),
        sections=tuple(Section("", text) for text in texts),
        patient=PATIENT,
        author=Practitioner("dr-vial", "Dr Anne Vial"),
        practice=Practice("Cabinet", "", "", ""),
        template="letter.html",
        template_sha256="0" * 64,
        recipient=COLLEAGUE,
    )


def taught(
    learning: Learning, heard: str, *written: str, known: tuple[Learned, ...] = (), body: str = "", **found: object
) -> list[Sighting]:
    """What is learned when ``heard`` was approved as ``written``. ``body`` is where the letter begins."""
    transcript = spoken(heard)
    tokens = apply_learned(transcript.tokens, known)
    checked = CheckedText(type(transcript)(tokens, duration=transcript.duration))
    start = checked.text.index(body) if body else 0
    identification = Identification(DocumentKind.LETTER, body_start=start, **found)  # type: ignore[arg-type]
    return list(learning(checked, identification, revision(*written), known))


def pairs(sightings: list[Sighting]) -> list[tuple[str, str]]:
    return [(one.heard, one.right) for one in sightings if not one.refused]


def reason_of(learning: Learning, heard: str, written: str) -> str:
    [one] = taught(learning, f"On retient {heard} ce jour.", f"On retient {written} ce jour.")
    return one.reason


# --- what is learned -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "written", "pair"),
    [
        ("Je note une fibrilation stable.", "Je note une fibrillation stable.", ("fibrilation", "fibrillation")),
        ("Elle décrit une orthop née.", "Elle décrit une orthopnée.", ("orthop née", "orthopnée")),
        ("Pose d'un instinctif ce jour.", "Pose d'un stent actif ce jour.", ("instinctif", "stent actif")),
        ("On entend des crêpe itant aux bases.", "On entend des crépitants aux bases.", ("crêpe itant", "crépitants")),
        ("Fibrilation stable.", "Fibrillation stable.", ("fibrilation", "fibrillation")),
        ("Signe d'ortopnée nette.", "Signe d'orthopnée nette.", ("ortopnée", "orthopnée")),
        ("la lipotimie, sans chute", "la lipothymie, sans chute", ("lipotimie", "lipothymie")),
        ("une douleur l'ombert chronique", "une douleur lombaire chronique", ("l'ombert", "lombaire")),
        ("avec par acétamol 6 besoin", "avec paracétamol si besoin", ("par acétamol", "paracétamol")),
        ("une maladie de Krone active", "une maladie de Crohn active", ("Krone", "Crohn")),
    ],
)
def test_words_that_sound_alike_are_learned(
    learning: Learning, heard: str, written: str, pair: tuple[str, str]
) -> None:
    assert pairs(taught(learning, heard, written)) == [pair]


def test_two_misheard_words_in_a_row_are_learned_one_by_one(learning: Learning) -> None:
    found = taught(learning, "une fibrilation oriculaire ancienne", "une fibrillation auriculaire ancienne")
    assert pairs(found) == [("fibrilation", "fibrillation"), ("oriculaire", "auriculaire")]


def test_what_is_learned_keeps_its_author_its_seconds_and_how_often(learning: Learning) -> None:
    heard, right = (
        "La fibrilation persiste, puis la fibrilation cède.",
        "La fibrillation persiste, puis la fibrillation cède.",
    )
    [one] = taught(learning, heard, right)
    assert (one.author, one.times, one.refused) == ("dr-vial", 2, False)
    assert one.end - one.start == pytest.approx(0.4) and one.start > 0


def test_a_proposal_taken_and_words_added_around_teach_the_same(learning: Learning) -> None:
    found = taught(
        learning,
        "Je revois cette patiente. Elle a une fibrilation stable. Merci.",
        "Cher confrère,",
        "Je revois cette patiente que vous connaissez bien.\n\nElle a une fibrillation stable.",
    )
    assert pairs(found) == [("fibrilation", "fibrillation")]


# --- what is not ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("La patiente va bien ce jour.", "La patiente se porte bien ce jour."),
        ("Je vous adresse cette patiente pour avis.", "Merci de recevoir cette personne en consultation."),
        ("On note une gêne à l'effort depuis mars.", "Il existe un essoufflement lorsqu'elle marche vite."),
        ("Elle a été hospitalisée pour un bilan.", "Une hospitalisation a permis de faire le point."),
    ],
)
def test_a_rewritten_sentence_is_not_learned(learning: Learning, heard: str, written: str) -> None:
    assert taught(learning, heard, written) == []


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Les patiente sont revues.", "Les patientes sont revues."),
        ("Elle est adressé ce jour.", "Elle est adressée ce jour."),
        ("Il revient est parle peu.", "Il revient et parle peu."),
        ("Elle demande a rentrer.", "Elle demande à rentrer."),
        ("Le malade marchais bien.", "Le malade marchait bien."),
    ],
)
def test_an_agreement_or_a_small_word_is_not_learned(learning: Learning, heard: str, written: str) -> None:
    assert taught(learning, heard, written) == []


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Le poids est de 58kg environ.", "Le poids est de 68kg environ."),
        ("Il prend six comprimé par jour.", "Il prend dix comprimés par jour."),
        ("Opéré en mais dernier.", "Opéré en mai dernier."),
        ("Revu un jeudy au cabinet.", "Revu un jeudi au cabinet."),
        ("Un angor de stade treiz stable.", "Un angor de stade 3 stable."),
    ],
)
def test_figures_and_dates_are_never_learned(learning: Learning, heard: str, written: str) -> None:
    assert not {right for _, right in pairs(taught(learning, heard, written))} & {"dix", "mai", "jeudi", "3", "68kg"}


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Je revois madame Marchande ce jour.", "Je revois madame Marchand ce jour."),
        ("Je revois solenge ce jour.", "Je revois Solange ce jour."),
        ("Je revois madame perdri ce jour.", "Je revois madame perdrix ce jour."),
        ("Vu avec le docteur Lécure hier.", "Vu avec le docteur Lescure hier."),
        ("Son mari Kervadeck est présent.", "Son mari Kervadec est présent."),
        ("Elle habite à Sint Sylvin seule.", "Elle habite à Saint-Sylvain seule."),
        ("Dupon accompagne la patiente.", "Dupont accompagne la patiente."),
        ("La marchante est longue.", "La marchande est longue."),
    ],
)
def test_names_are_never_learned(learning: Learning, heard: str, written: str) -> None:
    assert taught(learning, heard, written) == []


def test_names_that_were_heard_in_the_opening_are_never_learned(learning: Learning) -> None:
    traits = Traits(names="odile bertholon")
    assert taught(learning, "avec bertolon ce jour", "avec bertholon ce jour", traits=traits) == []


def test_the_spoken_opening_teaches_nothing(learning: Learning) -> None:
    heard = "Courrier pour une fibrilation. Cher confrère, une ortopnée nette."
    found = taught(learning, heard, "Courrier pour une fibrillation. Cher confrère, une orthopnée nette.", body="Cher")
    assert pairs(found) == [("ortopnée", "orthopnée")]


def test_a_note_to_the_secretary_teaches_nothing(learning: Learning) -> None:
    heard = "Fin du texte. Note : la fibrilation. Merci."
    start = heard.index("Note")
    found = taught(learning, heard, "Fin du texte. Note : la fibrillation. Merci.", removed=((start, len(heard) - 7),))
    assert found == []


# --- what is only offered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "written", "reason"),
    [
        ("l'absance", "l'absence", "négation"),
        ("un genou droite", "un genou gauche", None),
        ("la cuisse gôche", "la cuisse gauche", "côté"),
        ("une atteinte bilatairale", "une atteinte bilatérale", "côté"),
        ("trop de milligrame", "trop de milligrammes", "unité"),
        ("une hipotension", "une hypotension", "sens opposé"),
        ("une ipertension", "une hypertension", "sens opposé"),
        ("un aspect ictairique", "un aspect anictérique", "sens opposé"),
        ("du bisoprolole", "du bisoprolol", "médicament"),
        ("du calgic", "du Kardegic", "médicament"),
        ("un instinctif", "un stent actif", "mots connus"),
        ("une fibrilation", "une fibrillation", ""),
        ("une zone l'ombert", "une zone lombaire", ""),
        ("ce qui nétait", "ce qui n'était", "négation"),
        ("une ortopnée", "une orthopnée", ""),
    ],
)
def test_what_could_change_the_meaning_is_only_offered(
    learning: Learning, heard: str, written: str, reason: str | None
) -> None:
    if reason is None:
        assert taught(learning, f"On note {heard} ce jour.", f"On note {written} ce jour.") == []
    else:
        assert reason_of(learning, heard, written) == reason


# --- what is refused -------------------------------------------------------------------------------------------------


def known(heard: str, right: str, cases: int = 2, **more: object) -> Learned:
    return Learned(f"id-{heard}", "dr-vial", plain(heard), heard, right, cases=cases, **more)  # type: ignore[arg-type]


def refused(sightings: list[Sighting]) -> list[tuple[str, str]]:
    return [(one.heard, one.right) for one in sightings if one.refused]


def test_what_was_written_by_itself_and_stays_is_no_refusal(learning: Learning) -> None:
    entries = (known("fibrilation", "fibrillation"),)
    assert taught(learning, "Une fibrilation stable.", "Une fibrillation stable.", known=entries) == []


@pytest.mark.parametrize("instead", ["fibrilation", "vibration", "arythmie"])
def test_what_was_written_by_itself_and_is_changed_is_refused(learning: Learning, instead: str) -> None:
    entries = (known("fibrilation", "fibrillation"),)
    found = taught(learning, "Une fibrilation stable.", f"Une {instead} stable.", known=entries)
    assert refused(found) == [("fibrilation", "fibrillation")]


def test_what_was_offered_and_left_as_it_was_heard_is_refused(learning: Learning) -> None:
    entries = (known("instinctif", "stent actif", reason="mots connus"),)
    found = taught(learning, "Un geste instinctif ce jour.", "Un geste instinctif ce jour.", known=entries)
    assert refused(found) == [("instinctif", "stent actif")] and pairs(found) == []


def test_what_was_offered_and_taken_is_seen_again(learning: Learning) -> None:
    entries = (known("instinctif", "stent actif", reason="mots connus"),)
    found = taught(learning, "Pose d'un instinctif ce jour.", "Pose d'un stent actif ce jour.", known=entries)
    assert refused(found) == [] and pairs(found) == [("instinctif", "stent actif")]


def test_a_sentence_that_was_taken_out_refuses_nothing(learning: Learning) -> None:
    entries = (known("fibrilation", "fibrillation"),)
    found = taught(learning, "Une fibrilation stable. Le reste va bien.", "Le reste va bien.", known=entries)
    assert found == []


# --- properties ----------------------------------------------------------------------------------------------------

HEARD = """fibrilation fibrillation la pixaban
l'apixaban Marchand Solange née le 12 avril gauche pas sans mg vingt . , ;
est et stable Cher confrère orthop orthopnée"""
WORDS = st.sampled_from(HEARD.split())
DOUBLE = Learning(RULES, WordListLexicon({"fibrilation": (), "pixaban": (), "orthop": ()}))


@settings(max_examples=200, deadline=None)
@given(heard=st.lists(WORDS, max_size=20), written=st.lists(WORDS, max_size=20))
def test_whatever_is_written_no_name_and_no_figure_is_ever_kept(heard: list[str], written: list[str]) -> None:
    for one in taught(DOUBLE, " ".join(heard), " ".join(written)):
        kept = plain(f"{one.heard} {one.right}")
        assert not any(char.isdigit() for char in kept)
        assert not {"marchand", "solange", "avril", "vingt"} & set(kept.split())
        assert 1 <= len(one.heard.split()) <= 5 and 1 <= len(one.right.split()) <= 5


@settings(max_examples=100, deadline=None)
@given(heard=st.lists(WORDS, max_size=20))
def test_what_is_approved_as_it_was_heard_teaches_nothing(heard: list[str]) -> None:
    assert taught(DOUBLE, " ".join(heard), " ".join(heard)) == []
