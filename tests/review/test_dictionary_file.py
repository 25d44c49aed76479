"""The practice's dictionary as a CSV file: the same after a round trip, and nothing in it can hurt."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RegisterError
from pipeline.model.dictionary import Accepted, Dictionary
from pipeline.model.learning import Learned, Use, plain
from pipeline.review.dictionary_file import BadLine, Guards, read, write
from pipeline.review.learning import Learning
from pipeline.review.rules_yaml import load_learning_rules
from pipeline.settings import data_folder
from pipeline.testing import WordListLexicon

DAY = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
FREE = Guards(lambda _: "", lambda *_: ("", ""), frozenset({"dr-vial", "dr-roche"}))


@cache
def guards() -> Guards:
    drugs = dict.fromkeys(("apixaban", "rivaroxaban", "bisoprolol"), "drug")
    unknown = dict.fromkeys(("apixabon", "fibrilation", "disponée", "octopusine", "bisopropol", "dispnée"), ())
    learning = Learning(
        load_learning_rules(data_folder("lexicon") / "learning.yaml"), WordListLexicon(unknown, grouped=drugs)
    )
    return Guards(lambda word: learning.danger([word]), learning.brought, frozenset({"dr-vial"}))


def taken(*lines: str, header: str = "sorte;auteur;entendu;écrit") -> tuple[Dictionary, tuple[BadLine, ...]]:
    return read("\n".join((header, *lines)), guards())


words = st.text(st.characters(codec="utf-8", categories=("L", "P", "S")), min_size=1, max_size=12).filter(
    lambda text: text.isprintable() and any(map(str.isalpha, text))
)
counts = st.integers(0, 999)
days = st.none() | st.datetimes(timezones=st.just(UTC))
accepted = st.builds(
    Accepted, st.just(""), words, words, days.filter(bool), st.just("dr-vial"), st.booleans(), st.booleans()
)
corrected = st.builds(
    lambda author, heard, right, cases, more, refused, **kept: Learned(
        "", author, plain(heard), heard, right, cases=cases, times=cases + more, refused=refused, **kept
    ),
    st.sampled_from(["dr-vial", "dr-roche"]), words, words, counts, counts, counts,
    first_seen=days, last_seen=days, active=st.booleans(), shared=st.booleans(), by=words,
    rejected=st.just(0),
)  # fmt: skip
dictionaries = st.builds(
    Dictionary,
    st.lists(accepted, max_size=4, unique_by=lambda one: one.word).map(tuple),
    st.lists(corrected, max_size=4, unique_by=lambda one: (one.author, one.key, one.right)).map(tuple),
)


@given(dictionaries)
def test_what_is_written_is_read_the_same_and_no_cell_is_a_formula(dictionary: Dictionary) -> None:
    text = write(dictionary)
    back, bad = read("\ufeff" + text, FREE)
    assert bad == () and write(back) == text
    assert set(back.accepted) == set(dictionary.accepted) and set(back.learned) == set(dictionary.learned)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    for content in (text, f"sorte;entendu;écrit\n{text}"):
        with suppress(RegisterError):
            read(content, FREE)


def test_a_file_made_by_hand_with_commas_needs_four_columns_only() -> None:
    found, bad = taken(
        "accepté,,disponée,disponée", "corrigé,dr-vial,fibrilation,fibrillation", header="sorte,auteur,entendu,écrit"
    )
    [word], [one] = found.accepted, found.learned
    assert bad == () and (word.word, word.shared, word.active) == ("disponée", True, True)
    assert (one.heard, one.right, one.cases, one.use) == ("fibrilation", "fibrillation", 1, Use.OFFERED)


def test_each_bad_line_is_told_by_its_number_and_the_good_ones_are_taken() -> None:
    found, bad = taken(
        "accepté;;disponée;disponée",
        "appris;dr-vial;octopusine;octopusine",
        "corrigé;dr-inconnu;fibrilation;fibrillation",
        "corrigé;dr-vial;fibrilation",
        "",
        "accepté;;disponée;disponée",
        "corrigé;;fibrilation;fibrillation",
        'corrigé;dr-vial;"fibri\nlation";fibrillation',
        "corrigé;dr-vial;fibrilation;fibrillation",
    )
    assert [one.word for one in found.accepted] == ["disponée"]
    assert [one.right for one in found.learned] == ["fibrillation"]
    assert [line.number for line in bad] == [3, 4, 5, 7, 8, 9]
    assert "sorte" in bad[0].reason and "pas un compte" in bad[1].reason and "3 cellules" in bad[2].reason
    assert "déjà plus haut" in bad[3].reason and "auteur" in bad[4].reason and "invisible" in bad[5].reason


@pytest.mark.parametrize(
    ("heard", "right", "why"),
    [
        ("apixaban", "rivaroxaban", "médicament"),
        ("l'apixaban", "la rivaroxaban", "médicament"),
        ("fibrilation 5 mg", "fibrillation 50 mg", "nombre"),
        ("cinq milligrammes", "cent milligrammes", "nombre"),
        ("dix milligrammes", "dix microgrammes", "nombre"),
        ("milligrammes", "microgrammes", "unité"),
        ("droit", "droite", "côté"),
        ("gauche fibrilation", "droite fibrilation", "côté"),
        ("pas de fibrilation", "passe de fibrilation", "négation"),
        ("sans dispnée", "avec dispnée", "négation"),
        ("hypertension", "hypotension", "sens opposé"),
        ("fibrilation", "Martinet", "nom"),
        ("disponée", "fibrillation", "mots mal entendus"),
    ],
)
def test_a_correction_that_could_hurt_is_never_brought(heard: str, right: str, why: str) -> None:
    for swapped in ((heard, right), (right, heard)) if why not in ("nom", "mots mal entendus") else ((heard, right),):
        found, [bad] = taken(f"corrigé;dr-vial;{swapped[0]};{swapped[1]}")
        assert found == Dictionary() and bad.number == 2 and why in bad.reason


def test_a_misheard_drug_is_brought_but_only_ever_offered_however_often_the_file_says() -> None:
    header = "sorte;auteur;entendu;écrit;dossiers;fois;partagé"
    found, bad = taken("corrigé;dr-vial;apixabon;apixaban;99;99;oui", header=header)
    [one] = found.learned
    assert bad == () and (one.reason, one.use, one.shared) == ("médicament", Use.OFFERED, True)


@pytest.mark.parametrize("word", ["apixaban", "pas", "gauche", "mg", "deux", "hypofibrilation"])
def test_a_word_that_could_hurt_is_neither_accepted_nor_rejected_from_a_file(word: str) -> None:
    found, bad = taken(f"accepté;;{word};{word}", f"rejeté;dr-vial;fibrilation;{word}")
    assert found == Dictionary() and [line.number for line in bad] == [2, 3]


@pytest.mark.parametrize("text", ["", "mot;sens\na;b", "sorte;entendu;écrit;écrit\n", "sorte;entendu;écrit;prix\n"])
def test_another_csv_is_refused_whole(text: str) -> None:
    with pytest.raises(RegisterError, match="première ligne"):
        read(text, FREE)
