"""Compares heard identities with the registers: rapidfuzz for likeness, python-stdnum for the INS key."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio
from stdnum.fr import nir

from pipeline.identify.french import likeness, name_words, sound
from pipeline.identify.port import (
    CorrespondentRegister,
    HeardPatient,
    PatientMatch,
    PatientRegister,
    VersionedRegister,
)
from pipeline.model.people import Correspondent, Patient

_INDEX_SECONDS = 30.0
"""Age at which the name index of a register without ``version()`` is rebuilt. It only finds candidates for questions;
what is attributed by itself always comes from live look-ups by date or INS."""
_INS_SHAPE = re.compile(r"(?<![\w])[1-478](?:[ .]?[\dOolIAB]){14}(?!\w)")
_BEFORE, _BEHIND = ("DE",), ("NELE", "NEL")
"""Sounds of words that a small model glues to a name: « patients decelange » for « patiente Solange », « marchant
néle » for « Marchand, née le ». A name is compared with and without them."""
_MISHEARD = ((6, 16), (10, 6), (2, 12), (3, 13), (13, 16), (13, 30), (14, 40), (15, 50), (4, 24), (1, 21))


@dataclass
class _Index:
    """Where each family name's sound is found, and every known name, of one version of a register."""

    made: float
    version: str
    by_family: dict[str, list[Patient]] = field(default_factory=lambda: defaultdict(list))
    firsts: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)


class RegisterMatcher:
    """The `Matcher` of production. Not shared between threads: give each worker its own."""

    def __init__(self, first_names: frozenset[str] = frozenset(), clock: Callable[[], float] = time.monotonic) -> None:
        self._known_firsts = {word for name in first_names for word in name_words(name)}
        self._clock = clock
        self._index: _Index | None = None
        self._owner: PatientRegister | None = None

    def ins_in(self, text: str) -> str:
        """See `Matcher.ins_in`; the key is 97 − (13 digits mod 97), Corsica 2A/2B as `stdnum.fr.nir` has it."""
        for found in _INS_SHAPE.finditer(text):
            digits = re.sub(r"[ .]", "", found[0]).translate(str.maketrans("OolI", "0011"))
            if nir.is_valid(digits):
                return digits
        return ""

    def patients(self, heard: HeardPatient, register: PatientRegister) -> list[PatientMatch]:
        """See `Matcher.patients`. Exact date and INS first, then near dates, then the family name's sound."""
        index = self._indexed(register)
        pool: dict[str, tuple[Patient, str]] = {}
        for patient in register.patients_by_ins(heard.ins) if heard.ins else ():
            pool[patient.id] = (patient, "ins")
        for day in heard.dates:
            for patient in register.patients_born_on(day):
                pool.setdefault(patient.id, (patient, "exact"))
        for day in dict.fromkeys(near for said in heard.dates for near in near_dates(said)):
            for patient in register.patients_born_on(day):
                pool.setdefault(patient.id, (patient, "near"))
        for patient in _same_sound(index, heard.names):
            pool.setdefault(patient.id, (patient, "name"))
        exact = [patient for patient, how in pool.values() if how in ("exact", "ins")]
        matches = [self._compare(heard, patient, index) for patient, _ in pool.values()]
        alike = {each.id: each for patient in exact for each in _homonyms(index, patient) if each.id not in pool}
        matches += [self._compare(heard, patient, index) for patient in alike.values()]
        return sorted((m for m in matches if _worth(m)), key=_rank, reverse=True)[:20]

    def correspondents(self, heard: str, register: CorrespondentRegister) -> list[tuple[Correspondent, float]]:
        """See `Matcher.correspondents`. A specialty that is named adds a little, as a tie-break."""
        scored = [(each, _correspondent_score(heard, each)) for each in register.all_correspondents()]
        return sorted(((c, s) for c, s in scored if s >= 0.6), key=lambda pair: pair[1], reverse=True)[:8]

    def _indexed(self, register: PatientRegister) -> _Index:
        version = register.version() if isinstance(register, VersionedRegister) else ""
        index, now = self._index, self._clock()
        same = index is not None and self._owner is register and index.version == version
        if index is not None and same and (version or now - index.made < _INDEX_SECONDS):
            return index
        index = _Index(now, version)
        for patient in register.all_patients():
            for family in _families(patient):
                index.by_family[sound(family)].append(patient)
                index.families.add("".join(name_words(family)))
            index.firsts.update(name_words(patient.first_names))
        self._index, self._owner = index, register
        return index

    def _compare(self, heard: HeardPatient, patient: Patient, index: _Index) -> PatientMatch:
        full, family, first = _name_likeness(heard.names, patient)
        words = name_words(heard.names)
        own_firsts, own_families = (
            name_words(patient.first_names),
            [w for f in _families(patient) for w in name_words(f)],
        )
        own = set(own_firsts) | set(own_families) | {"".join(name_words(f)) for f in _families(patient)}
        own_sounds = {sound(word) for word in own}
        # cut otherwise ("les agiraux" for "Léa Giraud") words may look like other names: those that glue to a name of
        # this patient are explained, the others are not
        explained = {word for pair in pairwise(words) if "".join(pair) in own for word in pair}
        strange = [w for w in words if w not in own and w not in explained and sound(w) not in own_sounds]
        firsts = self._known_firsts | index.firsts
        other = full < 0.999
        born = patient.birth_date
        return PatientMatch(
            patient,
            full,
            family,
            first,
            alone=_alone(heard.names, patient),
            date_exact=born is not None and born in heard.dates,
            date_near=born is not None
            and born not in heard.dates
            and any(born in near_dates(day) for day in heard.dates),
            ins=bool(heard.ins) and patient.ins == heard.ins,
            rival_first=other
            and (
                any(word in firsts for word in strange)
                or (born in heard.dates and any(_nearer_first(word, patient, firsts) for word in strange))
            ),
            rival_family=other and any(word in index.families for word in strange),
        )


@lru_cache(maxsize=64)
def near_dates(day: date) -> frozenset[date]:
    """Dates that a slip of ear, eye or hand makes of ``day``: one part other, or day and month swapped.

    A part differs by one digit or by a known mishearing (six/seize, 46/66…); ``day`` itself is left out.
    """
    return frozenset(_near_dates(day))


def _near_dates(day: date) -> Iterator[date]:
    parts = [(d, day.month, day.year) for d in _slips(day.day, 31)]
    parts += [(day.day, m, day.year) for m in range(1, 13)]
    century, year = divmod(day.year, 100)
    parts += [(day.day, day.month, century * 100 + y) for y in (*_slips(year, 99),)]
    parts += [(day.day, day.month, day.year + 100), (day.day, day.month, day.year - 100)]
    parts.append((day.month, day.day, day.year))
    for d, m, y in parts:
        try:
            other = date(y, m, d)
        except ValueError:
            continue
        if other != day:
            yield other


def _slips(value: int, top: int) -> Iterator[int]:
    tens, ones = divmod(value, 10)
    yield from (tens * 10 + one for one in range(10))
    yield from (ten * 10 + ones for ten in range(top // 10 + 1))
    for pair in _MISHEARD:
        if value in pair:
            yield from pair


def _families(patient: Patient) -> list[str]:
    both = (
        patient.used_name and f"{patient.used_name} {patient.birth_name}",
        patient.used_name and f"{patient.birth_name} {patient.used_name}",
    )
    return list(dict.fromkeys(name for name in (patient.birth_name, patient.used_name, *both) if name.strip()))


def _nearer_first(word: str, patient: Patient, firsts: Collection[str]) -> bool:
    """Whether a word that stands for the first name is more like another known one: "enne" is Anne, not Jeanne."""
    said = sound(word)
    own = max(likeness(said, sound(first)) for first in [*name_words(patient.first_names), ""])
    family = max(likeness(said, sound(part)) for name in _families(patient) for part in [*name_words(name), ""])
    if family >= own:
        return False
    return any(Levenshtein.normalized_similarity(said, sound(first)) > own for first in firsts)


def _same_sound(index: _Index, names: str) -> list[Patient]:
    words = name_words(names)
    runs = {sound(" ".join(words[i:j])) for i in range(len(words)) for j in range(i + 1, min(i + 4, len(words) + 1))}
    return [patient for run in runs for patient in index.by_family.get(run, ())[:400]]


def _homonyms(index: _Index, patient: Patient) -> list[Patient]:
    """Others whose names sound like this patient's, whatever was heard: a father and his son of the same name."""
    first = sound(patient.first_names)
    same = (each for family in _families(patient) for each in index.by_family.get(sound(family), ()))
    return [each for each in same if each.id != patient.id and likeness(sound(each.first_names), first) >= 0.8]


def _name_likeness(heard: str, patient: Patient) -> tuple[float, float, float]:
    """(full, family, first) likeness: the best over name orders, birth or used name, sound or spelling."""
    firsts = dict.fromkeys([patient.first_names, *name_words(patient.first_names)])
    sounds = [(sound(family), sound(first)) for family in _families(patient) for first in firsts]
    spoken = [(said, *names) for said in _unglued(sound(heard)) for names in sounds]
    said = "".join(name_words(heard))
    spelled = [
        (said, "".join(name_words(family)), "".join(name_words(first)))
        for family in _families(patient)
        for first in firsts
    ]
    scored = sorted(((_full(*forms), forms) for forms in (*spoken, *spelled)), reverse=True)
    # only the likeliest spellings are cut in two: cutting is what costs
    near = [_best_cut(full, *forms) for full, forms in scored if full >= max(0.5, scored[0][0] - 0.12)]
    alone = _alone(heard, patient)
    return max([*near, (0.9 * alone, alone, 0.0)])


@lru_cache(maxsize=1024)
def _unglued(said: str) -> tuple[str, ...]:
    """``said``, and what is left of it without the sounds of words that do not belong to the name."""
    ends = [said, *(said.removesuffix(one) for one in _BEHIND if said.endswith(one) and len(said) > len(one))]
    starts = [end.removeprefix(one) for end in ends for one in _BEFORE if end.startswith(one) and len(end) > len(one)]
    return tuple(dict.fromkeys([*ends, *starts]))


def _full(said: str, family: str, first: str) -> float:
    return max(
        Levenshtein.normalized_similarity(said, family + first), Levenshtein.normalized_similarity(said, first + family)
    )


def _alone(heard: str, patient: Patient) -> float:
    """How like a family name all that was heard is: 1 when only the family name was said."""
    return max(Levenshtein.normalized_similarity(sound(heard), sound(family)) for family in [*_families(patient), ""])


def _best_cut(full: float, said: str, family: str, first: str) -> tuple[float, float, float]:
    """Cut ``said`` in two at the place, and in the order, that fits family and first name best."""
    best = (Levenshtein.normalized_similarity(said, family), 0.0)
    for length in {len(family) - 1, len(family), len(family) + 1, len(said) - len(first)}:
        cut, tail = max(1, min(length, len(said) - 1)), max(1, min(len(said) - length, len(said) - 1))
        for family_part, first_part in ((said[:cut], said[cut:]), (said[tail:], said[:tail])):
            pair = (
                Levenshtein.normalized_similarity(family_part, family),
                Levenshtein.normalized_similarity(first_part, first),
            )
            best = max(best, pair, key=sum)
    return (full, *best)


def _worth(match: PatientMatch) -> bool:
    if match.ins:
        return True
    floor = 0.4 if match.date_exact else 0.5 if match.date_near else 0.8
    return match.full >= floor


def _rank(match: PatientMatch) -> float:
    return match.full + 0.5 * match.date_exact + 0.2 * match.date_near + 1.0 * match.ins


def _correspondent_score(heard: str, person: Correspondent) -> float:
    specialty = sound(person.specialty.split()[-1]) if person.specialty else ""
    words = heard.split()
    naming = [w for w in words if len(specialty) > 4 and ratio(sound(w)[-len(specialty) :], specialty) >= 75]
    names = " ".join(word for word in words if word not in naming)
    said, spelled = sound(names), " ".join(name_words(names))
    forms = (f"{person.first_name} {person.last_name}", f"{person.last_name} {person.first_name}")
    best = max(max(ratio(said, sound(form)), ratio(spelled, " ".join(name_words(form)))) / 100 for form in forms)
    alone = max(ratio(said, sound(person.last_name)) / 100 - 0.05, 0.0)
    return min(1.0, max(best, alone) + (0.05 if naming else 0.0))
