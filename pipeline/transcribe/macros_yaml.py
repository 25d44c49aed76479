"""Reads the texts of a practice (``macros.yaml``) with PyYAML, and says in French what is wrong with a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.transcribe.dictation import Macro, plain


def load_macros(*paths: Path) -> tuple[Macro, ...]:
    """The texts of all files that exist; of two with the same name, the one of the later file.

    Raises `LexiconError`, in French and with the line, when a file is malformed or two texts of one file share a name.
    """
    found: dict[str, Macro] = {}
    for path in paths:
        if path.exists():
            for macro in _read(path):
                found[plain(macro.name)] = macro
    return tuple(found.values())


def _read(path: Path) -> list[Macro]:
    try:
        text = path.read_text(encoding="utf-8")
        data: Any = yaml_text.load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refused(path, line, "l'écriture n'est pas celle d'un fichier YAML") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _refused(path, 1, "le fichier ne peut pas être lu comme du texte UTF-8") from error
    if data is None:
        return []
    if not isinstance(data, dict) or not isinstance(data.get("macros"), list):
        raise _refused(path, 1, "il manque la liste « macros: »")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("- ")]
    macros: list[Macro] = []
    taken: dict[tuple[str, ...], str] = {}
    for place, entry in enumerate(data["macros"]):
        line = lines[place] if len(lines) == len(data["macros"]) else _line_of(text, entry)
        macro = _macro(path, line, entry)
        for say in macro.say:
            if say in taken:
                raise _refused(path, line, f"« {' '.join(say)} » appelle déjà le texte « {taken[say]} »")
            taken[say] = macro.name
        macros.append(macro)
    return macros


def _macro(path: Path, line: int, entry: Any) -> Macro:
    if not isinstance(entry, dict):
        raise _refused(path, line, "un texte type est fait de « name: » et de « text: »")
    unknown = sorted(str(key) for key in entry if key not in {"name", "say", "text"})
    if unknown:
        raise _refused(path, line, f"« {unknown[0]} » n'est pas connu (name, say, text)")
    name, text, also = entry.get("name"), entry.get("text"), entry.get("say") or []
    if not isinstance(name, str) or not words_of_name(name):
        raise _refused(path, line, "le nom (« name: ») manque")
    if not isinstance(text, str) or not text.strip():
        raise _refused(path, line, f"le texte (« text: ») de « {name} » manque")
    if not isinstance(also, list) or not all(isinstance(say, str) and words_of_name(say) for say in also):
        raise _refused(path, line, f"« say: » de « {name} » doit être une liste de noms")
    says = tuple(dict.fromkeys(words_of_name(say) for say in (name, *also)))
    return Macro(name.strip(), says, text.strip().replace("\r\n", "\n"))


def words_of_name(name: str) -> tuple[str, ...]:
    """A name as its plain words."""
    return tuple(plain(name).replace("-", " ").replace(",", " ").split())


def _line_of(text: str, entry: Any) -> int:
    name = entry.get("name") if isinstance(entry, dict) else None
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if name and str(name) in line), 1)


def _refused(path: Path, line: int, why: str) -> LexiconError:
    return LexiconError(
        f"Le fichier de textes types « {path.name} », ligne {line} : {why}.",
        advice="Corrigez cette ligne, puis vérifiez avec « calame macros list ».",
    )
