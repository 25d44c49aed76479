"""Two spellings of the same thing are one; two different things never are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.evaluate.items import Kind, load_spellings, read
from tests.evaluate.hands import ROOT, SPELLINGS, keys

SAME = [
    ("trente-huit pour cent", "38 %"),
    ("Trente huit pourcent.", "38%."),
    ("cent douze sur soixante-huit", "112/68"),
    ("neuf cent quarante picogrammes par millilitre", "940 pg/mL"),
    ("trente-cinq millimètres de mercure", "35 mmHg"),
    ("huit virgule neuf", "8,9"),
    ("zéro virgule zéro cinq", "0.05"),
    ("zéro virgule vingt-cinq milligramme par semaine", "0,25 mg par semaine"),
    ("quarante-neuf cinquante et un milligrammes", "49/51 mg"),
    ("mille neuf cent soixante et onze", "1971"),
    ("dix-neuf cent soixante-dix-sept", "1977"),
    ("quatre-vingt-dix-neuf", "quatre vingts dix neuf"),
    ("deux mille vingt-six", "2026"),
    ("1 000 mg", "mille milligrammes"),
    ("150 000/mm³", "cent cinquante mille par millimètre cube"),
    ("5 mg/j", "cinq milligrammes par jour"),
    ("à 14h30", "à quatorze heures trente"),
    ("12/11/2026", "douze novembre deux mille vingt-six"),
    ("1er décembre", "premier décembre"),
    ("3ème génération", "troisième génération"),
    ("Dr Perrin", "docteur Perrin"),
    ("M. Petit et Mme Roux", "monsieur Petit et madame Roux"),
    ("T1", "T un"),
    ("l’œdème", "L'oedème"),
    ("NT-proBNP", "NT proBNP"),
    ("64/min", "64 par minute"),
]
DIFFERENT = [
    ("38 %", "38"),
    ("5 mg", "5 g"),
    ("8,9", "89"),
    ("8,9", "8, 9"),
    ("112/68", "112/86"),
    ("5 mg/j", "5 mg/kg"),
    ("patient", "patiente"),
    ("à", "a"),
    ("soixante-huit virgule le pouls", "68,7 le pouls"),
    ("douze l'été", "12 L l'été"),
    ("vingt-quatre", "24,0"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_thing_are_the_same(one: str, other: str) -> None:
    assert keys(one) == keys(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_things_are_never_the_same(one: str, other: str) -> None:
    assert keys(one) != keys(other)


def test_each_item_knows_its_place_and_its_kind() -> None:
    text = "Kaliémie à six virgule un millimoles par litre,\nstable"
    items = read(text, SPELLINGS)
    assert [(text[i.start : i.end], i.key, i.kind) for i in items] == [
        ("Kaliémie", "kaliémie", Kind.WORD),
        ("à", "à", Kind.WORD),
        ("six virgule un", "6.1", Kind.NUMBER),
        ("millimoles par litre", "mmol/l", Kind.UNIT),
        (",", ",", Kind.MARK),
        ("\n", "\n", Kind.MARK),
        ("stable", "stable", Kind.WORD),
    ]


def test_a_missing_table_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="Rétablissez"):
        load_spellings(tmp_path / "evaluation.yaml")


def test_the_carried_table_is_read() -> None:
    assert load_spellings(ROOT / "lexicon" / "evaluation.yaml").units[("pour", "cent")] == "%"
