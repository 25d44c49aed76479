"""The word lists: what is known, and what is proposed for what is not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import LexiconError, ToolMissing
from pipeline.model.phonetic import distance, edits, keys_alike, sound, sound_of
from pipeline.verify.build import build, lexicon_version
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.misspelled import SLIPS, misspelled
from pipeline.verify.retrieve import perhaps_alike
from pipeline.verify.sources import COLUMNS, own_entries
from pipeline.verify.spelling import is_variant
from tests.verify.conftest import CACHE, LISTS


@pytest.mark.parametrize(
    "word",
    [
        "œdème",
        "Oedème",
        "OEDÈME",
        "apixaban",
        "Entresto",
        "Ozempic",
        "NT-proBNP",
        "mmHg",
        "cholécystectomies",
        "Echographie",
        "DYSPNEE",
        "hta",
        "prescrivons",
        "confraternellement",
        "laparoscopie",
        "hypokaliémies",
    ],
)
def test_a_right_word_is_known_whatever_its_case(lexicon: FrenchLexicon, word: str) -> None:
    assert lexicon.knows(word)


@pytest.mark.parametrize("word", ["oedeme", "dyspnees", "disponée", "pixaban", "zorblax", "creatinine"])
def test_a_wrong_word_is_not_known(lexicon: FrenchLexicon, word: str) -> None:
    assert not lexicon.knows(word)


def test_regular_forms_and_learned_compounds_of_known_words_are_known(lexicon: FrenchLexicon) -> None:
    for word in ("antéversé", "hypersignaux", "endovaginale", "ostéotendineux", "méniscales"):
        assert lexicon.knows(word), word


def test_the_gaps_of_the_nomenclatures_are_filled_by_own_lists() -> None:
    entries = own_entries(LISTS)
    assert len(entries) > 700
    assert {"abbreviation", "drug", "procedure", "lab-test", "imaging", "device", "unit", "title"} <= {
        e.group for e in entries
    }
    assert next(e.note for e in entries if e.word == "BPCO") == "bronchopneumopathie chronique obstructive"


def test_proposals_keep_case_and_number(lexicon: FrenchLexicon) -> None:
    assert lexicon.propose("Disponées")[0].text == "Dyspnées"
    assert lexicon.propose("CREATININE")[0].text == "CRÉATININE"
    assert lexicon.propose("glomérulère")[0].text == "glomérulaire"


def test_a_term_of_opposite_meaning_comes_later_and_says_so(lexicon: FrenchLexicon) -> None:
    proposals = lexicon.propose("hiperkalémie")
    assert proposals[0].text == "hyperkaliémie"
    assert "sens opposé" not in proposals[0].source
    (opposite,) = [p for p in lexicon.propose("nictérique") if p.text == "anictérique"]
    assert "attention : sens opposé" in opposite.source


def test_a_proposal_never_brings_a_figure(lexicon: FrenchLexicon) -> None:
    for words in ("diabaisse de type", "spo", "acha deux"):
        assert not any(letter.isdigit() for p in lexicon.propose(words, 10) for letter in p.text)


def test_nothing_or_nonsense_gives_no_error(lexicon: FrenchLexicon) -> None:
    for words in ("", " ", "-", "x", "\u00a0", "𝔘", "a" * 300):
        assert all(0 <= p.score <= 1 for p in lexicon.propose(words))


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("alirocumab", "alirocumabe"),
        ("évérolimus", "évérolimousse"),
        ("rectum", "rectome"),
        ("pharynx", "farinkse"),
        ("prazépam", "prazépame"),
        ("fatigue", "fatig"),
        ("dépressif", "dépraissif"),
        ("lithiase", "litiase"),
        ("infirmiers", "infirmier"),
        ("quadriceps", "couadricepse"),
        ("initiation", "inissiation"),
    ],
)
def test_the_letters_that_are_heard_in_learned_words_are_in_the_key(word: str, heard: str) -> None:
    assert distance(sound(word), sound(heard)) <= 0.5


def test_a_hard_g_is_no_soft_one() -> None:
    assert sound("langue") != sound("lange") and sound("bague") != sound("bage")


@given(st.text("aéiouAIOEgkJsptdmnr", max_size=9), st.text("aéiouAIOEgkJsptdmnr", max_size=9))
def test_the_parts_of_a_distance_add_up_to_it(heard: str, meant: str) -> None:
    changed, unexplained, unheard = edits(heard, meant)
    assert changed + unexplained + unheard == distance(heard, meant)


def test_what_was_lost_and_what_was_made_up_are_told_apart() -> None:
    assert edits(sound_of("apixaban"), sound_of("pixaban")) == (0.0, 1.0, 0.0)
    assert edits(sound_of("pixaban"), sound_of("apixaban")) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("written", "heard"), [("d'effort", "des forts"), ("s'altère", "saltère"), ("t'amène", "tamène"), ("c'est", "ses")]
)
def test_the_consonant_of_an_elided_word_is_heard(written: str, heard: str) -> None:
    assert sound_of(written) == sound_of(heard)


def test_a_lone_letter_sounds_like_its_name() -> None:
    assert sound_of("hépatite B") == sound_of("hépatite bé") and sound_of("vitamine K") == sound_of("vitamine ka")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("phacoémulsification", "phakoémulsification", True),
        ("estradiolémie", "œstradiolémie", True),
        ("béclométasone", "béclométhasone", True),
        ("anévrisme", "anévrysme", True),
        ("otoscopie", "autoscopie", False),
        ("éthosuximide", "méthosuximide", False),
        ("visage", "vissage", False),
        ("attelée", "attelle", False),
        ("pertes", "Perthes", False),
        ("AVC", "AVK", False),
    ],
)
def test_two_spellings_of_one_word_are_told_from_two_words(left: str, right: str, same: bool) -> None:
    assert is_variant(left, right) is same


def test_a_substance_has_no_plural_and_a_class_of_drugs_has(lexicon: FrenchLexicon) -> None:
    assert not lexicon.knows("terbutalines")
    assert all(map(lexicon.knows, ("statines", "insulines", "héparines", "corticoïdes")))


def test_labels_without_accents_are_offered_with_them(lexicon: FrenchLexicon) -> None:
    assert lexicon.propose("cléronodulaire", 5)[0].text == "scléronodulaire"


def test_the_pronoun_y_is_no_letter() -> None:
    assert sound_of("il y a que") == sound_of("iliaque") and sound_of("a-t-il") == sound_of("a t'il")


def test_labels_in_capitals_are_offered_in_small_letters(lexicon: FrenchLexicon) -> None:
    offered = [one.text for one in lexicon.propose("chlorure de magnézium", 5)]
    assert "Chlorure de magnésium" in offered
    assert not any(text[:2].isupper() for text in offered)


def test_words_that_sound_alike_have_the_same_key() -> None:
    for left, right in [("amoxicilline", "amoxicyline"), ("thyroïdie", "tiroïdi"), ("phlébite", "flébite")]:
        assert sound(left) == sound(right)
    assert distance(sound("dyspnée"), sound("dispnée")) < distance(sound("dyspnée"), sound("dysphonie"))


def test_the_version_follows_the_content_of_the_lists(tmp_path: Path) -> None:
    header = ",".join(COLUMNS)
    (tmp_path / "a.csv").write_text(f"{header}\nzorblax,drug,,,\n", encoding="utf-8")
    first = lexicon_version(tmp_path)
    (tmp_path / "a.csv").write_text(f"{header}\nzorblix,drug,,,\n", encoding="utf-8")
    assert lexicon_version(tmp_path) != first


def test_a_built_lexicon_is_not_built_again(lexicon: FrenchLexicon) -> None:
    built = CACHE / f"lexicon-{lexicon.version}"
    before = (built / "known.txt").stat().st_mtime_ns
    assert build(LISTS, CACHE) == built
    assert (built / "known.txt").stat().st_mtime_ns == before


def test_a_missing_french_dictionary_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="hunspell-fr"):
        FrenchLexicon(LISTS, tmp_path, tmp_path / "fr.dic")


@pytest.mark.parametrize("content", ["", "mot,classe\na,b\n", ",".join(COLUMNS) + "\nmot,drug\n"])
def test_a_malformed_list_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "mauvaise.csv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"mauvaise\.csv"):
        own_entries(tmp_path)


@pytest.mark.parametrize(("feminine", "masculine"), [("aiguë", "aigu"), ("aigüe", "aigu"), ("exiguë", "exigu")])
def test_a_diaeresis_says_that_the_u_is_heard(feminine: str, masculine: str) -> None:
    assert sound(feminine) == sound(masculine) and sound("fatigué") == sound("fatigués") != sound("fatigu")


@pytest.mark.parametrize("word", ["dyspné", "diarrhé", "tachypné"])
def test_a_noun_of_a_disease_has_no_masculine(lexicon: FrenchLexicon, word: str) -> None:
    assert not lexicon.knows(word) and lexicon.knows(word + "e") and lexicon.knows(word + "es")


def test_a_term_that_another_one_ends_with_is_proposed_beside_an_article(lexicon: FrenchLexicon) -> None:
    found = [one.text.lower() for one in lexicon.propose("les chographies", 5)]
    assert found[0] == "l'échographie" and "échographie" not in found


@given(
    st.text("aAéEIioOupbtdkgfvszSJmnNlrU", min_size=1, max_size=14),
    st.lists(st.text("aAéEIioOupbtdkgfvszSJmnNlrU", min_size=1, max_size=14), max_size=8),
    st.sampled_from((0.6, 0.8, 0.95)),
)
def test_no_key_that_sounds_alike_enough_is_passed_over(key: str, keys: list[str], least: float) -> None:
    keys = [*keys, key, key[1:] + "n", key[::-1]]
    alike = {place for place, other in enumerate(keys) if other and keys_alike(key, other) >= least}
    assert alike <= set(perhaps_alike(key, keys, least))


def test_a_key_of_other_sounds_is_passed_over() -> None:
    assert perhaps_alike("dispnédéfOr", ["fiblilasiO", "dispnédéfOr", "dispnédéfo"], 0.8) == [1, 2]


@pytest.mark.parametrize(
    ("slip", "right"), [("nourisson", "nourrisson"), ("exéma", "eczéma"), ("cristalin", "cristallin")]
)
def test_a_slip_of_a_nomenclature_is_no_word(lexicon: FrenchLexicon, slip: str, right: str) -> None:
    assert not lexicon.knows(slip)
    assert lexicon.propose(slip)[0].text == right


@given(st.lists(st.sampled_from(("nourrisson", "nourisson", "veine", "vaine", "phalange")), max_size=40))
def test_no_right_word_and_no_usual_one_is_a_slip(words: list[str]) -> None:
    uses = Counter(words)
    found = misspelled(uses, {"veine", "vaine", "phalange"}) - SLIPS
    assert found <= {"nourisson", "nourrisson"}
    assert all(max(uses.values()) >= 5 * uses[word] for word in found)


def test_a_drug_has_no_plural_and_a_class_of_drugs_has_one(lexicon: FrenchLexicon) -> None:
    assert not lexicon.knows("paclitaxels")
    assert lexicon.knows("statines")


@pytest.mark.parametrize(("heard", "meant"), [("quist", "kyste"), ("latanoproste", "latanoprost")])
def test_a_final_st_is_heard(lexicon: FrenchLexicon, heard: str, meant: str) -> None:
    assert lexicon.propose(heard)[0].text == meant
