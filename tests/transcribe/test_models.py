"""The model store, with the real Whisper base and small made-up folders."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import ModelDamaged, ModelMissing
from pipeline.transcribe.models import MANIFEST, ModelStore


def nothing(share: float) -> None:
    assert 0 <= share <= 1


@pytest.fixture
def given_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_bytes(name.encode() * 100)
    return folder


@pytest.fixture
def small(tmp_path: Path, given_folder: Path) -> ModelStore:
    store = ModelStore(tmp_path / "store")
    store.get("small", nothing, folder=given_folder)
    return store


def test_base_is_joined_from_its_packages_and_every_byte_is_right(store: ModelStore) -> None:
    folder = store.verify("base")
    assert (folder / "model.bin").stat().st_size == 145_217_532
    assert [model.name for model in store.installed()] == ["base"]


def test_an_absent_model_is_named_with_the_command_that_brings_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="calame models get base"):
        ModelStore(tmp_path / "none").path("base")


def test_a_half_made_model_counts_as_absent(tmp_path: Path, store: ModelStore) -> None:
    half = tmp_path / "base"
    half.mkdir()
    shutil.copy(store.path("base") / "config.json", half)
    with pytest.raises(ModelMissing):
        ModelStore(tmp_path).path("base")


def test_one_flipped_byte_is_noticed_at_start(small: ModelStore) -> None:
    model = small.path("small") / "model.bin"
    model.write_bytes(b"X" + model.read_bytes()[1:])
    with pytest.raises(ModelDamaged, match="calame models get small"):
        small.path("small")


def test_a_truncated_file_is_noticed_at_start(small: ModelStore) -> None:
    model = small.path("small") / "model.bin"
    model.write_bytes(model.read_bytes()[:-1])
    with pytest.raises(ModelDamaged):
        small.path("small")


def test_a_missing_file_is_noticed_at_start(small: ModelStore) -> None:
    (small.path("small") / "tokenizer.json").unlink()
    with pytest.raises(ModelDamaged):
        small.path("small")


def test_a_touched_but_equal_file_is_hashed_once_and_accepted(small: ModelStore) -> None:
    folder = small.path("small")
    (folder / "model.bin").touch()
    before = (folder / MANIFEST).read_bytes()
    assert small.path("small") == folder
    assert (folder / MANIFEST).read_bytes() != before


def test_a_manifest_that_lies_about_base_does_not_help(tmp_path: Path, given_folder: Path) -> None:
    """A folder is named "base" but does not hold the pinned files."""
    with pytest.raises(ModelDamaged):
        ModelStore(tmp_path / "store").get("base", nothing, folder=given_folder)
    assert not (tmp_path / "store" / "base").exists()


def test_a_damaged_manifest_is_damage(small: ModelStore) -> None:
    (small.path("small") / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(ModelDamaged):
        small.path("small")


def test_getting_again_mends_a_damaged_model(small: ModelStore, given_folder: Path) -> None:
    (small.path("small") / "model.bin").write_bytes(b"damage")
    small.get("small", nothing, folder=given_folder)
    assert (small.verify("small") / "model.bin").read_bytes() == (given_folder / "model.bin").read_bytes()
    assert [path.name for path in small.root.iterdir()] == ["small"]


def test_an_incomplete_folder_is_refused_and_leaves_nothing(tmp_path: Path, given_folder: Path) -> None:
    (given_folder / "vocabulary.json").unlink()
    store = ModelStore(tmp_path / "store")
    with pytest.raises(ModelMissing, match="vocabulary"):
        store.get("small", nothing, folder=given_folder)
    assert list(store.root.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "", ".hidden", "unknown", "a/b"])
def test_a_name_that_is_not_a_models_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelMissing):
        ModelStore(tmp_path).get(name, nothing)


def test_a_hub_that_cannot_be_reached_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("faster_whisper.download_model", unreachable)
    with pytest.raises(ModelMissing, match="--folder"):
        ModelStore(tmp_path).get("large-v3-turbo", nothing)


def test_packages_that_can_neither_be_found_nor_fetched_are_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    def failing(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr("importlib.metadata.distribution", absent)
    monkeypatch.setattr("subprocess.run", failing)
    with pytest.raises(ModelMissing, match="Vérifiez la connexion"):
        ModelStore(tmp_path).get("base", nothing)
    assert list(tmp_path.iterdir()) == []
