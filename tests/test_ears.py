"""What a practice knows, from its real journal, as hints for the ear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.ears import FRESH, IN_LETTERS, MOST_BORN, Ears, terms_of
from pipeline.errors import LexiconError
from pipeline.journal.sql import SqlJournal
from pipeline.model.learning import Learned
from pipeline.model.people import Correspondent, Patient, Role, Sex, User
from pipeline.model.text import Recording, Word
from pipeline.testing import WordListLexicon
from pipeline.transcribe.hints import PracticeEars
from tests.practice import DOCTOR, LETTER, Cabinet

SPECIALTIES = """
cardiologie:
  also: [cardiologue, Médecine cardiovasculaire]
  terms: [orthopnée, turgescence jugulaire, HTA]
médecine générale:
  terms: [lombalgie]
"""
RECORDING = Recording("x.wav", "", author="dr-vial", specialty="Cardiologue")
DOUBTS = WordListLexicon({"ortopné": (), "cystectomi": (), "lombalji": (), "apixa": ("apixaban", "apivaxan", "x")})
SOLANGE = Patient("p1", "MARCHAND", "Solange Anne", date(1954, 4, 12), Sex.FEMALE, "DŒUVRE-MARTIN")
HUGO = Patient("p2", "D'HÉRAULT", "Hugo", date(2012, 5, 15))
NAMELESS = Patient("p3", "INCONNU", "", date(1960, 1, 2))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    made = SqlJournal(f"sqlite:///{tmp_path / 'calame.db'}")
    made.upgrade()
    made.import_patients([SOLANGE, HUGO, NAMELESS], actor="test")
    colleagues = [Correspondent("c1", "LESCURE", "Antoine"), Correspondent("c2", "BELKACEM")]
    made.import_correspondents(colleagues, actor="test")
    made.save_user(User("dr-vial", "Dr Anne Vialatte", Role.DOCTOR), "x", actor="test")
    made.save_user(User("sylvie", "Sylvie Durandeau", Role.SECRETARY), "x", actor="test")
    yield made
    made.close()


@pytest.fixture
def specialties(tmp_path: Path) -> Path:
    path = tmp_path / "specialties.yaml"
    path.write_text(SPECIALTIES, encoding="utf-8")
    return path


@pytest.fixture
def ears(journal: SqlJournal, specialties: Path) -> PracticeEars:
    return Ears(lambda: DOUBTS, specialties, journal).prompter()


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("Courrier au docteur Antoine Lescur", "Antoine Lescure"),
        ("Cher confrère Lescur", "Lescure"),
        ("docteur Belcacem", "Belkacem"),
        ("le docteur Vialate", "Vialatte"),
        ("vu par Anne Vialate", "Dr Anne Vialatte"),
    ],
)
def test_a_colleague_who_sounds_alike_is_hinted_anywhere(ears: PracticeEars, heard: str, name: str) -> None:
    hints = ears(heard, RECORDING)
    assert name in hints.terms and hints.later == ()


def test_nobody_else_is(ears: PracticeEars) -> None:
    assert ears("madame Sylvie Durandeau et monsieur Dupuis", RECORDING).terms == ()
    assert ears("Courrier, Patiente, Madame, Marchand", RECORDING).terms == ()


@pytest.mark.parametrize(
    "heard",
    [
        "Patiente Solange Marchant née le 12 avril 1954",
        "née le douze avril mille neuf cent cinquante-quatre",
        "née le 12/04/1954",
    ],
)
def test_a_patient_born_on_a_day_that_was_heard_is_hinted_later_only(ears: PracticeEars, heard: str) -> None:
    hints = ears(heard, RECORDING)
    assert hints.later == ("Solange Marchand", "Solange Dœuvre-Martin")
    assert not any("olange" in term or "archand" in term for term in hints.terms)


def test_a_patient_is_not_hinted_by_name_or_by_another_day(ears: PracticeEars) -> None:
    assert ears("Patiente Solange Marchand, née le 13 avril 1954", RECORDING).later == ()
    assert ears("Patiente Solange Marchand, née en 1954", RECORDING).later == ()


def test_names_are_written_as_they_stand_in_a_text(ears: PracticeEars) -> None:
    assert ears("né le 15 mai 2012", RECORDING).later == ("Hugo D'Hérault",)
    assert ears("né le 2 janvier 1960", RECORDING).later == ("Inconnu",)
    assert ears("vu le 15 mai 2012, née le 12 avril 1954", RECORDING).later[0] == "Solange Marchand"


def test_a_day_on_which_too_many_are_born_hints_nobody(ears: PracticeEars, journal: SqlJournal) -> None:
    unknown = [Patient(f"u{n}", f"SANS{n}", "X", date(1950, 1, 1)) for n in range(MOST_BORN + 1)]
    journal.import_patients(unknown, actor="test")
    assert ears("né le premier janvier 1950", RECORDING).later == ()
    assert ears("né le premier janvier 1950, ou le 15 mai 2012", RECORDING).later == ("Hugo D'Hérault",)


def test_without_a_journal_nobody_is_known(specialties: Path) -> None:
    ears = Ears(lambda: DOUBTS, specialties).prompter()
    hints = ears("Docteur Lescur, née le 12 avril 1954, ortopné", RECORDING)
    assert hints.later == () and hints.terms == ("orthopnée",)


# --- words -----------------------------------------------------------------------------------------------------------


def test_a_word_in_doubt_has_the_two_best_of_the_lexicon_the_best_one_last(ears: PracticeEars) -> None:
    assert ears("sous apixa ce jour", RECORDING).terms == ("apivaxan", "apixaban")


def test_a_word_that_somebody_accepted_is_in_doubt_no_more(ears: PracticeEars, journal: SqlJournal) -> None:
    journal.accept_word("ortopné", actor="test")
    assert ears("une ortopné", RECORDING).terms == ()


def test_the_terms_of_the_specialty_of_the_author_are_near(ears: PracticeEars) -> None:
    assert ears("une ortopné et une lombalji", RECORDING).terms == ("orthopnée",)
    general = replace(RECORDING, author="dr-roche", specialty="médecine générale")
    assert ears("une ortopné et une lombalji", general).terms == ("lombalgie",)
    assert ears("une ortopné", replace(RECORDING, author="x", specialty="")).terms == ()
    assert ears("une ortopné", replace(RECORDING, author="x", specialty="astrologie")).terms == ()


@pytest.mark.parametrize("written", ["cardiologie", "Cardiologie", "CARDIOLOGUE", "medecine cardiovasculaire"])
def test_a_specialty_is_known_by_any_of_its_names(specialties: Path, written: str) -> None:
    assert terms_of(written, specialties) == ("orthopnée", "turgescence jugulaire", "HTA")


def with_letters(specialties: Path, *letters: str) -> PracticeEars:
    def texts(author: str, most: int) -> Iterable[str]:
        return letters[:most] if author == "dr-vial" else ()

    return Ears(lambda: DOUBTS, specialties, letters=texts).prompter()


def test_a_word_of_two_past_letters_of_the_author_is_near(specialties: Path) -> None:
    ears = with_letters(specialties, "Une cystectomie en 2020.", "La cystectomie, ancienne.")
    assert ears("une cystectomi", RECORDING).terms == ("cystectomie",)
    assert ears("une cystectomi", replace(RECORDING, author="dr-roche")).terms == ()


@pytest.mark.parametrize(
    "letters",
    [
        ("Une cystectomie. Cette cystectomie.", "Rien."),  # twice in one letter
        ("La Cystectomie", "La Cystectomie"),  # a capital may be a name
        ("CYSTECTOMIE", "CYSTECTOMIE"),
        ("cystectomie-curage", "cystectomie-curage"),
    ],
)
def test_what_only_one_letter_says_and_what_begins_with_a_capital_is_not(
    specialties: Path, letters: tuple[str, ...]
) -> None:
    assert IN_LETTERS == 2
    assert with_letters(specialties, *letters)("une cystectomi", RECORDING).terms == ()


def test_no_name_of_a_patient_comes_out_of_past_letters(specialties: Path) -> None:
    letter = "Madame Solange Œdipe-Marchand, D'HÉRAULT, d'Hérault, Œrsted, Élisabeth Ça."
    book = Ears(lambda: DOUBTS, specialties, letters=lambda _author, _most: [letter] * 3)._book(RECORDING, ())
    names = {"cardiologie", "médecine générale"}
    assert sorted({*book.entries} - names) == ["orthopnée", "turgescence jugulaire"]  # "HTA" sounds like too much else


def test_what_was_learned_of_the_author_is_near(specialties: Path) -> None:
    learned = Learned("l1", "dr-vial", "cistectomi", "cistectomi", "cystectomie", cases=4)
    ears = Ears(lambda: DOUBTS, specialties).prompter()
    assert ears("une cystectomi", replace(RECORDING, learned=(learned,))).terms == ("cystectomie",)
    off = replace(learned, active=False)
    assert ears("une cystectomi", replace(RECORDING, learned=(off,))).terms == ()


def test_registers_and_letters_are_read_again_after_a_while_only(
    journal: SqlJournal, specialties: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, read = [0.0], []

    def texts(author: str, most: int) -> Iterable[str]:
        read.append((author, most))
        return ()

    monkeypatch.setattr("pipeline.ears.time.monotonic", lambda: now[0])
    made = Ears(lambda: DOUBTS, specialties, journal, texts)
    ears = made.prompter()
    for _ in range(3):
        ears("une ortopné du docteur Kervennoail", RECORDING)
    assert len(read) == 1
    journal.import_correspondents([Correspondent("c3", "KERVENNOAEL", "Yann")], actor="test")
    assert ears("docteur Kervennoail", RECORDING).terms == ()
    now[0] = FRESH + 1
    assert ears("docteur Kervennoail", RECORDING).terms == ("Kervennoael",)
    assert len(read) == 2


def test_what_is_no_longer_fresh_is_not_kept_for_ever(specialties: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("pipeline.ears.time.monotonic", lambda: now[0])
    made = Ears(lambda: DOUBTS, specialties)
    for number in range(5):
        made.prompter()("une ortopné", replace(RECORDING, author=f"dr-{number}"))
        now[0] += FRESH + 1
    assert len(made._kept) <= 2


# --- a broken list ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"cardiologie: [",
        b"",
        b"- cardiologie",
        b"cardiologie:",
        b"cardiologie: {also: [cardiologue]}",
        b"cardiologie: {terms: }",
        b"cardiologie: {also: , terms: [a]}",
        b"cardiologie: {terms: orthopnee}",
        b"cardiologie: {also: cardiologue, terms: [a]}",
        b"autre: {also: [1], terms: [a]}",
        b"autre: {terms: [2026-13-45]}",
        b"1: {terms: [a]}",
        "cardiologie: {terms: [orthopnée]}".encode("latin-1"),
    ],
)
def test_a_broken_list_of_specialties_is_said_in_french(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "specialties.yaml"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=r"spécialités « specialties\.yaml ».*mal écrite") as told:
        terms_of("cardiologie", path)
    assert told.value.advice.startswith("Rétablissez")


def test_a_list_that_is_not_there_is_said_in_french_unless_nobody_needs_it(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="absente"):
        terms_of("cardiologie", tmp_path / "specialties.yaml")
    assert terms_of(" ", tmp_path / "specialties.yaml") == ()


# --- a practice at work ----------------------------------------------------------------------------------------------


def test_the_letters_that_a_doctor_signed_are_known_to_the_ear(tmp_path: Path, specialties: Path) -> None:
    cabinet = Cabinet(tmp_path)
    cabinet.filed()
    cabinet.filed(LETTER.replace("bisoprolol", "bisoprolol, sans cystectomie"))
    assert len(list(cabinet.desk.texts_of(DOCTOR.login, 200))) == 2
    ears = Ears(lambda: DOUBTS, specialties, cabinet.journal, cabinet.desk.texts_of)
    entries = ears._book(Recording("x.wav", "", author=DOCTOR.login), ()).entries
    assert {"bisoprolol", "auriculaire", "patiente"} <= set(entries)
    assert not {"cystectomie", "Marchand", "marchand", "Solange", "Lescure"} & set(entries)
    assert not {"bisoprolol", "auriculaire", "patiente"} & set(
        ears._book(Recording("x.wav", "", author="dr-roche"), ()).entries
    )


def test_a_capital_is_a_name_in_the_opening_and_may_be_a_misheard_word_after_it(specialties: Path) -> None:
    ears = Ears(lambda: DOUBTS, specialties).prompter()
    heard = tuple(Word(text, n, n + 1, 0.5) for n, text in enumerate(("Ortopné", "en", "2020.")))
    assert ears.candidates(heard, RECORDING, opening=True) == []
    assert {one.text for one in ears.candidates(heard, RECORDING, opening=False)} == {"orthopnée"}
