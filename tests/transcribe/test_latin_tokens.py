"""The vocabulary without other scripts, made from the real model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pipeline.settings import Settings
from pipeline.transcribe.ct2_weights import read_variables
from pipeline.transcribe.latin_tokens import PIECES, latin_files, mended
from pipeline.transcribe.models import ModelStore

EMBEDDINGS = "decoder/embeddings/weight"
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_characters="\x7f"), max_size=40)


@pytest.fixture(scope="module")
def folder() -> Path:
    return ModelStore(Settings().models).path("base")


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, bytes]:
    found = latin_files(folder)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def smaller(files: dict[str, bytes]) -> Tokenizer:
    return Tokenizer.from_str(files["tokenizer.json"].decode())


@pytest.fixture(scope="module")
def whole(folder: Path) -> Tokenizer:
    return Tokenizer.from_str(mended((folder / "tokenizer.json").read_text(encoding="utf-8")))


def tokens(tokenizer: Tokenizer, text: str) -> list[str]:
    found: list[str] = tokenizer.encode(text, add_special_tokens=False).tokens
    return found


@settings(max_examples=200, deadline=None)
@given(text=LATIN)
def test_what_is_written_with_latin_letters_has_the_same_pieces_as_before(
    text: str, smaller: Tokenizer, whole: Tokenizer
) -> None:
    assert tokens(smaller, text) == tokens(whole, text)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=20))
def test_any_text_can_still_be_spelled(text: str, smaller: Tokenizer) -> None:
    assert smaller.decode(smaller.encode(text, add_special_tokens=False).ids) == text


def test_a_fifth_of_the_pieces_is_gone_and_none_of_them_is_latin(smaller: Tokenizer, whole: Tokenizer) -> None:
    gone = set(whole.get_vocab()) - set(smaller.get_vocab())
    assert 0.15 < len(gone) / PIECES < 0.25
    assert not [piece for piece in gone if piece.isascii()]


@pytest.mark.parametrize("word", ["tour", "traitement", "troubles", "tension"])
def test_a_word_that_begins_with_t_is_shown_as_whisper_knows_it(word: str, folder: Path, smaller: Tokenizer) -> None:
    untouched = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokens(untouched, f" {word}")[0] == "Ġ"
    assert tokens(smaller, f" {word}")[0].startswith("Ġt")


def test_each_piece_that_stays_has_its_own_weights(
    files: dict[str, bytes], folder: Path, tmp_path: Path, smaller: Tokenizer, whole: Tokenizer
) -> None:
    (tmp_path / "model.bin").write_bytes(files["model.bin"])
    before, after = (read_variables(place / "model.bin") for place in (folder, tmp_path))
    assert before.keys() == after.keys()
    old, new = whole.get_vocab(), smaller.get_vocab()
    some = sorted(new)[::97]
    assert np.array_equal(after[EMBEDDINGS][[new[piece] for piece in some]], before[EMBEDDINGS][[old[p] for p in some]])
    assert all(np.array_equal(after[name], before[name]) for name in before if before[name].shape[:1] != (51_865,))


def test_the_numbers_of_the_settings_and_the_list_of_pieces_are_the_new_ones(
    files: dict[str, bytes], folder: Path, smaller: Tokenizer
) -> None:
    listed = files["vocabulary.txt"].decode().splitlines()
    old = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    before = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    after = json.loads(files["config.json"])
    assert [listed[number] for number in after["lang_ids"]] == [old[number] for number in before["lang_ids"]]
    assert listed[after["suppress_ids_begin"][0]] == old[before["suppress_ids_begin"][0]]
    assert smaller.token_to_id("<|notimestamps|>") == listed.index("<|notimestamps|>")


def test_a_model_with_another_vocabulary_stays_as_it_is(folder: Path, tmp_path: Path) -> None:
    table = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    table["added_tokens"] = [{**one, "id": one["id"] - 1} for one in table["added_tokens"]]  # as the English models
    (tmp_path / "tokenizer.json").write_text(json.dumps(table), encoding="utf-8")
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert latin_files(tmp_path) is None
