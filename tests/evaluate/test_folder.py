"""A folder of dictations with their truth, and what is told of a bad one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import FileRefused
from pipeline.evaluate.truth import read_truths
from tests.evaluate.hands import ROOT

ENTRY = {"id": "d1", "spoken": "toux point", "terms": ["toux"], "author": "Dr Roux", "written": None}


def folder_with(path: Path, listing: object, *sounds: str) -> Path:
    (path / "dictations.json").write_text(json.dumps(listing), encoding="utf-8")
    for sound in sounds:
        (path / sound).write_bytes(b"x")
    return path


def test_a_sound_file_is_named_by_its_id_or_by_its_entry(tmp_path: Path) -> None:
    folder_with(tmp_path, [ENTRY, {"id": "d2", "spoken": "x", "file": "other.wav"}], "d1.m4a", "other.wav")
    one, two = read_truths(tmp_path)
    assert (one.path.name, one.terms, one.written, one.author) == ("d1.m4a", ("toux",), "", "Dr Roux")
    assert two.path.name == "other.wav"


def test_the_carried_samples_are_such_a_folder() -> None:
    truths = read_truths(ROOT / "tests" / "audio")
    assert "lookalikes" in {truth.id for truth in truths} and all(truth.written for truth in truths)


def test_only_the_named_ones_are_taken(tmp_path: Path) -> None:
    folder_with(tmp_path, [ENTRY, {**ENTRY, "id": "d2"}], "d1.m4a")
    assert [truth.id for truth in read_truths(tmp_path, ["d1"])] == ["d1"]


@pytest.mark.parametrize(
    ("listing", "only", "says"),
    [
        ([ENTRY], ["d9"], "d9"),
        ([{**ENTRY, "id": "silent"}], [], "silent"),
        ([{"spoken": "x"}], [], "spoken"),
        ({"id": 1}, [], "ne peut pas être lue"),
    ],
)
def test_a_bad_folder_is_told_with_what_to_do(tmp_path: Path, listing: object, only: list[str], says: str) -> None:
    with pytest.raises(FileRefused) as told:
        read_truths(folder_with(tmp_path, listing, "d1.m4a"), only)
    assert says in str(told.value) and told.value.advice


def test_a_folder_without_a_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="liste"):
        read_truths(tmp_path)
