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
    marks: frozenset[str]

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
    for stem, _, forms in _words(dictionary):
        yield stem, True
        yield from ((form, False) for form, _ in forms if form != stem)


def described_forms(dictionary: Path) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every form with its stem and what ``fr.dic`` and ``fr.aff`` say of it ("po:nom", "is:fem", "is:pl"). Raises as
    `inflected_forms`."""
    for stem, marks, forms in _words(dictionary):
        if all(form != stem for form, _ in forms):
            yield stem, stem, marks
        yield from ((form, stem, marks | of_form) for form, of_form in forms)


def _words(dictionary: Path) -> Iterator[tuple[str, frozenset[str], list[tuple[str, frozenset[str]]]]]:
    """Each stem with its marks and its forms with theirs."""
    affix_file = dictionary.with_suffix(".aff")
    if not dictionary.is_file() or not affix_file.is_file():
        raise ToolMissing("Le dictionnaire français (paquet Debian hunspell-fr-classical) est absent.")
    try:
        affixes = _read_affixes(affix_file)
        with dictionary.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                fields = line.split()
                if fields and "po:ponc" not in fields:
                    stem, _, flags = fields[0].partition("/")
                    yield stem, frozenset(fields[1:]), list(_forms(stem, flags, affixes))
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
            rule = _Rule("" if strip == "0" else strip, added, re.compile(f"{condition}$"), frozenset(fields[5:]))
            affixes.suffixes.setdefault(flag, []).append(rule)
        elif "'" not in added and added.islower():
            affixes.prefixes.setdefault(flag, []).append(added)
    return affixes


def _forms(stem: str, flags: str, affixes: _Affixes) -> Iterator[tuple[str, frozenset[str]]]:
    for flag in (flags[i : i + 2] for i in range(0, len(flags), 2)):
        for rule in affixes.suffixes.get(flag, ()):
            if form := rule.apply(stem):
                yield form, rule.marks
        for prefix in affixes.prefixes.get(flag, ()):
            yield prefix + stem, frozenset()
            yield f"{prefix}{stem}s", frozenset()
