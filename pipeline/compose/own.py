"""A practice's own templates: what one is made of, where they lie, and which are in service.

A template is a folder of the workshop (``modeles/NAME`` of the home folder): ``modele.yaml`` says which kinds it draws,
``modele.html`` and ``modele.docx`` how, beside them the styles, fonts and pictures that they use. What serves is a copy
of what was checked, under its SHA-256: a change in the workshop changes no document before it was checked again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from pipeline.compose.catalog import requirements, strings
from pipeline.compose.port import Catalog, KindRules, Requirement
from pipeline.errors import TemplateFault
from pipeline.model.identity import DocumentKind

ENTRY, PAGE, COPY = "modele.yaml", "modele.html", "modele.docx"
SUFFIXES = (
    ".yaml",
    ".html",
    ".css",
    ".docx",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".ttf",
    ".otf",
    ".woff",
    ".woff2",
)
MOST_FILES = 60
LARGEST_FILE = 4 * 1024 * 1024
LARGEST_ENTRY = 64 * 1024
LARGEST_TEMPLATE = 16 * 1024 * 1024

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FILE = re.compile(r"[\w][\w .-]{0,79}")
_KEYS = ("kinds", "title", "headings", "requires", "advises")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong where. ``line`` is 0 where there is none; of a DOCX it is the number of the paragraph."""

    file: str
    says: str
    advice: str = ""
    line: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template of the practice. What is empty is as in the shipped catalogue; requirements are added to its own."""

    name: str
    folder: Path
    sha256: str
    kinds: tuple[DocumentKind, ...]
    title: str = ""
    headings: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()
    advises: tuple[Requirement, ...] = ()

    def over(self, shipped: KindRules) -> KindRules:
        """The catalogue's entry with this template. What the law asks for stays."""
        return replace(
            shipped,
            template=f"modeles/{self.name}/modele",
            title=self.title or shipped.title,
            headings=tuple(dict.fromkeys((*shipped.headings, *self.headings))),
            requires=(*shipped.requires, *self.requires),
            advises=(*shipped.advises, *self.advises),
        )


def known_name(name: str) -> str:
    """Raises `TemplateFault` for anything but small letters, digits and hyphens: it becomes the name of a folder."""
    if not _NAME.fullmatch(name):
        raise TemplateFault(
            "Ce nom de modèle n'est pas admis.",
            advice="Écrivez-le en minuscules sans accent, chiffres et tirets : « lettre-cabinet ».",
        )
    return name


def folder_mistakes(folder: Path) -> list[Mistake]:
    """What must not lie in a template's folder: links, special files, unknown kinds of files, too many, too large.

    Nothing is opened: names and sizes only.
    """
    found: list[Mistake] = []
    if folder.is_symlink() or not folder.is_dir():
        return [Mistake(folder.name, "ce n'est pas un dossier", "Un modèle est un dossier, sans lien symbolique.")]
    total = count = 0
    for path in sorted(folder.rglob("*")):
        name, status = path.relative_to(folder).as_posix(), path.lstat()
        count += 1
        if stat.S_ISDIR(status.st_mode):
            continue
        total += status.st_size
        if stat.S_ISLNK(status.st_mode):
            found.append(Mistake(name, "lien symbolique", "Remplacez-le par le fichier lui-même."))
        elif not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            found.append(Mistake(name, "ce n'est pas un fichier ordinaire", "Retirez-le ou copiez-le à nouveau."))
        elif path.suffix.lower() not in SUFFIXES or not all(_FILE.fullmatch(part) for part in name.split("/")):
            found.append(Mistake(name, "fichier inattendu", f"Un modèle contient des fichiers {', '.join(SUFFIXES)}."))
        elif status.st_size > (LARGEST_ENTRY if name == ENTRY else LARGEST_FILE):
            found.append(Mistake(name, "fichier trop grand", "Réduisez-le : 4 Mo au plus."))
        if count > MOST_FILES or total > LARGEST_TEMPLATE:
            found.append(Mistake(folder.name, "dossier trop grand", f"{MOST_FILES} fichiers et 16 Mo au plus."))
            break
    return found


def load_own(folder: Path, name: str = "") -> tuple[OwnTemplate | None, list[Mistake]]:
    """The template of a folder, and what is wrong with its files and its entry."""
    found = folder_mistakes(folder)
    if found:
        return None, found
    for needed in (ENTRY, PAGE, COPY):
        if not (folder / needed).is_file():
            found.append(
                Mistake(needed, "ce fichier manque", "Recopiez-le d'un modèle neuf (« calame templates new »).")
            )
    entry: dict[str, Any] = {}
    if (folder / ENTRY).is_file():
        entry, wrong = _entry((folder / ENTRY).read_bytes())
        found += wrong
    if found:
        return None, found
    own = OwnTemplate(name or folder.name, folder, fingerprint(folder), **entry)
    return own, []


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of all files."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _entry(content: bytes) -> tuple[dict[str, Any], list[Mistake]]:
    try:
        text = content.decode("utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (UnicodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        return {}, [
            Mistake(ENTRY, "ce fichier YAML est mal écrit", "Corrigez cette ligne.", mark.line + 1 if mark else 0)
        ]
    if not isinstance(data, dict) or not isinstance(tree, yaml.MappingNode):
        return {}, [
            Mistake(ENTRY, "la rubrique « kinds » manque", "Écrivez par exemple « kinds: [letter] ».", 1, "kinds")
        ]
    lines: dict[str, int] = {}
    made: dict[str, Any] = {}
    found: list[Mistake] = []
    for name, line in ((str(key.value), key.start_mark.line + 1) for key, _ in tree.value):
        if name in lines:
            says = f"cette rubrique est déjà écrite à la ligne {lines[name]}"
            found.append(Mistake(ENTRY, says, "Gardez une seule des deux lignes.", line, name[:40]))
        lines[name] = line
    for key, value in data.items():
        try:
            made[str(key)] = _value(str(key), value)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError, TemplateFault) as error:
            says = error.message if isinstance(error, TemplateFault) else str(error)[:200]
            found.append(Mistake(ENTRY, says, "Corrigez cette ligne.", lines.get(str(key), 0), str(key)[:40]))
    if not data.get("kinds"):
        found.append(Mistake(ENTRY, "aucun type de document", "Écrivez par exemple « kinds: [letter] ».", 1, "kinds"))
    return made, found


def _value(key: str, value: Any) -> Any:
    if key not in _KEYS:
        raise ValueError(f"rubrique inconnue (attendu : {', '.join(_KEYS)})")
    if key == "title":
        if not isinstance(value, str):
            raise TypeError("un texte est attendu")
        return value.strip()
    if key == "kinds":
        names = [kind.value for kind in DocumentKind]
        unknown = [name for name in strings(key, value) if name not in names]
        if unknown:
            raise ValueError(f"type inconnu : {unknown[0][:40]} (« calame templates list » les montre tous)")
        return tuple(DocumentKind(name) for name in value)
    return strings(key, value) if key == "headings" else requirements(key, value)


class OwnTemplates:
    """The workshop, and the copies in service with the register ``en-service.json`` (name: SHA-256 and kinds)."""

    def __init__(self, workshop: Path, service: Path) -> None:
        self.workshop, self._service = workshop, service
        self._register = service / "en-service.json"

    def names(self) -> list[str]:
        """The templates of the workshop."""
        if not self.workshop.is_dir():
            return []
        return sorted(path.name for path in self.workshop.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))

    def serving(self) -> Mapping[DocumentKind, str]:
        """Which template draws which kind. Raises `TemplateFault` when the register is damaged."""
        return {DocumentKind(kind): name for name, entry in self._read().items() for kind in entry["kinds"]}

    def sha256(self, name: str) -> str:
        """Of the copy in service, "" when there is none."""
        return str(self._read().get(name, {}).get("sha256", ""))

    def in_service(self, name: str) -> OwnTemplate:
        """The copy that serves, unchanged since it was checked. Raises `TemplateFault`."""
        sha256 = self.sha256(name)
        own, mistakes = load_own(self._copy(name, sha256), name)
        if own is None or mistakes or own.sha256 != sha256:
            raise TemplateFault(
                f"La copie en service du modèle « {name} » a été modifiée ou effacée : "
                "aucun autre modèle n'est employé à sa place.",
                advice=f"Lancez « calame templates use {name} », ou « calame templates retire {name} » pour revenir au "
                "modèle livré.",
            )
        return own

    def use(self, own: OwnTemplate) -> OwnTemplate:
        """Put a checked template in service. Raises `TemplateFault` when another one draws one of its kinds."""
        register = self._read()
        for kind, name in self.serving().items():
            if kind in own.kinds and name != own.name:
                raise TemplateFault(
                    f"Le modèle « {name} » dessine déjà les documents « {kind.value} ».",
                    advice=f"Lancez d'abord « calame templates retire {name} ».",
                )
        before, target = self.sha256(own.name), self._copy(own.name, own.sha256)
        self._service.mkdir(parents=True, exist_ok=True, mode=0o750)
        shutil.rmtree(target, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self._service) as scratch:
            shutil.copytree(own.folder, Path(scratch) / "copy", symlinks=True)
            if folder_mistakes(Path(scratch) / "copy") or fingerprint(Path(scratch) / "copy") != own.sha256:
                raise TemplateFault("Le modèle a changé pendant sa vérification.", advice="Recommencez.")
            (Path(scratch) / "copy").replace(target)
        self._write(register | {own.name: {"sha256": own.sha256, "kinds": [kind.value for kind in own.kinds]}})
        if before and before != own.sha256:
            shutil.rmtree(self._copy(own.name, before), ignore_errors=True)
        return self.in_service(own.name)

    def retire(self, name: str) -> None:
        """Back to the shipped template. Raises `TemplateFault` when it is not in service."""
        register, sha256 = dict(self._read()), self.sha256(name)
        if register.pop(name, None) is None:
            raise TemplateFault(
                f"Le modèle « {name} » n'est pas en service.", advice="« calame templates list » le dit."
            )
        self._write(register)
        shutil.rmtree(self._copy(name, sha256), ignore_errors=True)

    def _copy(self, name: str, sha256: str) -> Path:
        return self._service / f"{known_name(name)}-{sha256[:16]}"

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._register.read_text("utf-8"))
            for entry in found.values():
                _ = entry["sha256"], [DocumentKind(kind) for kind in entry["kinds"]]
            return dict(found)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise TemplateFault(
                "La liste des modèles en service est illisible : aucun document n'est dessiné.",
                advice=f"Rétablissez {self._register.name}, ou effacez-le et remettez les modèles en service.",
            ) from error

    def _write(self, register: Mapping[str, Any]) -> None:
        scratch = self._register.with_suffix(".new")
        scratch.write_text(json.dumps(register, indent=1), "utf-8")
        scratch.replace(self._register)


def catalog_with(shipped: Catalog, own: Iterator[OwnTemplate]) -> Catalog:
    """The shipped catalogue with the practice's templates."""
    kinds = dict(shipped.kinds)
    for each in own:
        kinds |= {kind: each.over(shipped.kinds[kind]) for kind in each.kinds if kind in shipped.kinds}
    return Catalog(kinds, shipped.papers)
