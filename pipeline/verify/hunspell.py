"""The general French dictionary (Debian ``hunspell-fr-classical``, MPL-2.0), expanded to its inflected forms.

The format is that of ``man 5 hunspell``: each line of ``fr.dic`` is a stem and two-character flags (``FLAG long``),
and each flag names suffix rules of ``fr.aff`` (what is taken off, what is put on, and on which endings). The French
files use one level of suffixes. Their prefixes are elisions (l', d', qu'…), which the tokeniser takes off, and
the prefixes of units (kilo, milli…), which are expanded. The files are read where Debian put them: none is carried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LexiconError, ToolMissing


@dataclass(frozen=True, slots=True)
class _Rule:
    strip: str
    add: str
    fits: re.Pattern[str]

    def apply(self, stem: str) -> str | None:
        if not stem.endswith(self.strip) or not self.fits.search(stem):
            return None
        return stem[: len(stem) - len(self.strip)] + self.add


@dataclass(frozen=True, slots=True)
class _Affixes:
    suffixes: dict[str, list[_Rule]]
    prefixes: dict[str, list[str]]


def inflected_forms(dictionary: Path) -> Iterator[tuple[str, bool]]:
    """Yield ``(form, is_stem)`` for every form of ``fr.dic``, whose ``fr.aff`` stands beside it.

    ``is_stem`` is true for the form as ``fr.dic`` lists it. Raises `ToolMissing` when the files are absent
    and `LexiconError` when they cannot be read as UTF-8 hunspell files.
    """
    affix_file = dictionary.with_suffix(".aff")
    if not dictionary.is_file() or not affix_file.is_file():
        raise ToolMissing("Le dictionnaire français (paquet Debian hunspell-fr-classical) est absent.")
    try:
        affixes = _read_affixes(affix_file)
        with dictionary.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                yield from _forms(line, affixes)
    except (UnicodeDecodeError, StopIteration, re.error) as error:
        raise LexiconError("Le dictionnaire français installé est illisible.") from error


def _read_affixes(path: Path) -> _Affixes:
    affixes = _Affixes({}, {})
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) < 5 or fields[0] not in ("SFX", "PFX"):
            continue
        kind, flag, strip, add, condition = fields[:5]
        added = "" if add.split("/")[0] == "0" else add.split("/")[0]
        if kind == "SFX":
            rule = _Rule("" if strip == "0" else strip, added, re.compile(f"{condition}$"))
            affixes.suffixes.setdefault(flag, []).append(rule)
        elif "'" not in added and added.islower():
            affixes.prefixes.setdefault(flag, []).append(added)
    return affixes


def _forms(line: str, affixes: _Affixes) -> Iterator[tuple[str, bool]]:
    fields = line.split()
    if not fields or "po:ponc" in fields:
        return
    stem, _, flag_text = fields[0].partition("/")
    flags = [flag_text[i : i + 2] for i in range(0, len(flag_text), 2)]
    yield stem, True
    for flag in flags:
        for rule in affixes.suffixes.get(flag, ()):
            form = rule.apply(stem)
            if form and form != stem:
                yield form, False
        for prefix in affixes.prefixes.get(flag, ()):
            yield prefix + stem, False
            yield f"{prefix}{stem}s", False
