"""The medical terms, read as data from the installed packages and from the project's own lists.

Nothing of EDS-NLP is imported (its ``eds.cim10`` pipe takes a minute to load): its data files are found through the
package's metadata. Licences: EDS-NLP 0.23 BSD-3-Clause; CIM-11 (``cim-11-certic``) CeCILL-C code with WHO terms under
CC BY-ND: read on the user's machine, never carried. The project's lists are described in ``lexicon/README.md``.
"""

from __future__ import annotations

import csv
import gzip
import importlib.metadata
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from math import log10
from pathlib import Path

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError, ToolMissing
from pipeline.verify.port import LISTED as LISTED
from pipeline.verify.port import OWN as OWN
from pipeline.verify.port import PRACTICE as PRACTICE
from pipeline.verify.spelling import plain

SPECIALTIES = "specialties.yaml"
COLUMNS = ["word", "class", "gender", "number", "note"]
SENSE_COLUMNS = [*COLUMNS, "specialty", "may_expand"]
"""The columns of the project's abbreviations: one line for each sense (`abbreviations`)."""
BEGINNINGS = frozenset({"prefix", "opposite-prefix"})
"""The classes whose entries are no words by themselves."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an own list. ``group`` is its class ("abbreviation", "drug", "title", "prefix"…), ``source`` whose list
    it is. Of an abbreviation, ``note`` is one sense, ``specialty`` where that sense is used ("" for everywhere), and
    ``may_expand`` whether it may be written out without asking."""

    word: str
    group: str
    gender: str = ""
    number: str = ""
    note: str = ""
    source: str = OWN
    specialty: str = ""
    may_expand: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a nomenclature and where it comes from. ``shouted`` labels are capitals without accents."""

    text: str
    source: str
    shouted: bool = False


def versions() -> dict[str, str]:
    """The installed versions of the packages whose data is read. Raises `ToolMissing` when one is absent."""
    return {name: _distribution(name).version for name in ("edsnlp", "cim-11-certic", "wordfreq")}


def spoken_terms(folder: Path) -> tuple[str, ...]:
    """The terms of several words of ``specialties.yaml``, once each. Raises `LexiconError`."""
    path = folder / SPECIALTIES
    if not path.is_file():
        return ()
    try:
        lists = yaml_text.load(path.read_text(encoding="utf-8")).values()
        terms = [str(term) for one in lists for term in one["terms"] if " " in str(term)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise LexiconError(f"La liste « {path.name} » ne peut pas être lue.") from error
    return tuple(dict.fromkeys(terms))


def frequencies() -> dict[str, float]:
    """How often general French uses a word, as its Zipf value: 6 is once in a thousand words, 3 once in a million.

    From wordfreq 3.1 (code Apache-2.0, data CC BY-SA 4.0), read on the user's machine, never carried. Imported here
    because it is only needed while a lexicon is built.
    """
    import wordfreq  # lazy: half a second

    shares: dict[str, float] = {}
    for word, share in wordfreq.get_frequency_dict("fr", wordlist="large").items():
        shares[plain(word)] = shares.get(plain(word), 0.0) + share
    return {word: round(log10(share) + 9, 2) for word, share in shares.items() if share > 0}


def own_entries(folder: Path, practice: Path | None = None) -> tuple[Entry, ...]:
    """Every line of ``lexicon/*.csv``, then those of the practice's own list (a file that may be absent).

    Lines that begin with ``#`` are comments. Raises `LexiconError`.
    """
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise LexiconError(f"Le dossier des listes de termes « {folder.name} » est vide ou absent.")
    entries = [entry for path in files for entry in read_list(path)]
    return (*entries, *(read_list(practice, PRACTICE) if practice and practice.is_file() else ()))


def labels() -> Iterator[Label]:
    """CIM-10, CIM-11, drugs and ADICAP, in that order. Raises `LexiconError` when a data file is malformed."""
    try:
        resources = Path(str(_distribution("edsnlp").locate_file("edsnlp/resources")))
        with gzip.open(resources / "cim10.csv.gz", "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield Label(row["long"], "CIM-10")
        yield from _cim11()
        yield from _drugs(resources / "drugs.json")
        with gzip.open(resources / "adicap.json.gz", "rt", encoding="utf-8") as text:
            for dictionary in json.load(text).values():
                for label in dictionary["codes"].values():
                    yield Label(_adicap_text(label), "ADICAP", shouted=True)
    except (OSError, KeyError, ValueError, sqlite3.Error) as error:
        raise LexiconError("Une nomenclature installée est illisible ; réinstallez edsnlp et cim-11-certic.") from error


def drug_names() -> Iterator[str]:
    """The names of drugs as EDS-NLP has them: substances and brands. Raises `ToolMissing`, `LexiconError`."""
    path = Path(str(_distribution("edsnlp").locate_file("edsnlp/resources/drugs.json")))
    try:
        for label in _drugs(path):
            yield label.text
    except (OSError, ValueError, AttributeError) as error:
        raise LexiconError("La liste des médicaments d'edsnlp est illisible ; réinstallez edsnlp.") from error


def read_list(path: Path, source: str = OWN) -> Iterator[Entry]:
    """The lines of one list. Raises `LexiconError` that names it when it is unreadable or malformed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LexiconError(f"La liste de termes « {path.name} » n'est pas en UTF-8.") from error
    except OSError as error:
        raise LexiconError(f"La liste de termes « {path.name} » ne peut pas être lue ({error.strerror}).") from error
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = csv.reader(lines)
    columns = next(rows, None)
    if columns != COLUMNS and (columns != SENSE_COLUMNS or source == PRACTICE):
        raise LexiconError(f"La liste de termes « {path.name} » n'a pas les colonnes {', '.join(COLUMNS)}.")
    for number, row in enumerate(rows, 2):
        fields = [field.strip() for field in row]
        if len(fields) != len(columns) or not fields[0] or not fields[1] or fields[6:] not in ([], ["yes"], ["no"]):
            raise LexiconError(f"La liste de termes « {path.name} » a une ligne mal formée (entrée {number}).")
        word, group, gender, kind, note = fields[:5]
        yield Entry(word, group, gender, kind, note, source, "".join(fields[5:6]), fields[6:] == ["yes"])


def _cim11() -> Iterator[Label]:
    database = Path(str(_distribution("cim-11-certic").locate_file("cim_11/cim-11.sqlite3")))
    with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
        for (label,) in connection.execute("SELECT c2 FROM cim11_content WHERE c2 IS NOT NULL"):
            yield Label(str(label), "CIM-11")


def _drugs(path: Path) -> Iterator[Label]:
    for names in json.loads(path.read_text(encoding="utf-8")).values():
        for name in names:
            yield Label(name, "médicaments", shouted=name.isupper())


def _adicap_text(label: object) -> str:
    return str(label.get("label", "")) if isinstance(label, dict) else str(label)


def _distribution(name: str) -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError as error:
        raise ToolMissing(f"Le paquet Python {name}, dont les termes sont lus, est absent.") from error
