"""What a received or old letter says of its patient, its sender and its date. Stdlib only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.identify.french import HeardDate, find_dates, name_words, plain, repair_digits
from pipeline.identify.opening import any_of, readable
from pipeline.identify.port import HeardPatient, OpeningRules
from pipeline.model.identity import ReadAt
from pipeline.model.people import Sex


@dataclass(frozen=True, slots=True)
class PaperFound:
    """The patient as read, the line it stands on, several people or not, the sender and the letter's date; ``read_at``
    says where."""

    heard: HeardPatient
    evidence: str
    several: bool
    sender: str
    document_date: date | None
    read_at: tuple[ReadAt, ...] = ()


Place = tuple[int, int]
"""Start and end in the text."""


def read_paper(text: str, ins: str, rules: OpeningRules, today: date) -> PaperFound:
    """Read the labels and lines of a scanned letter; an address block alone never names the patient."""
    repaired = repair_digits(text)
    folded = readable(repaired)
    dates = find_dates(repaired)
    cue = rf"{any_of(rules.birth_cues)}[ ,:]*(?:le )?[ :]*$"
    born = [each for each in dates if re.search(cue, folded[max(0, each.start - 40) : each.start])]
    names, evidence, sex, places = _labelled(text, folded, rules)
    if not names:
        names, evidence, sex, places = _in_lines(text, folded, born, rules)
    several = len({each.days for each in born}) > 1
    days = born[0].days if born else ()
    heard = HeardPatient(names, days, sex, ins)
    sender, sender_at = _sender(text, folded, rules)
    written = _letter_date(folded, dates, born, today)
    places += [(each.start, each.end) for each in born]
    read_at = [ReadAt("patient", *place) for place in places] + [ReadAt("sender", *place) for place in sender_at]
    if written:
        read_at.append(ReadAt("date", written.start, written.end))
    return PaperFound(heard, evidence, several, sender, written.days[0] if written else None, tuple(read_at))


def _labelled(text: str, folded: str, rules: OpeningRules) -> tuple[str, str, Sex, list[Place]]:
    """« Nom : … » and « Prénom : … » fields."""
    family, family_at = _field(text, folded, rules.scan_name_labels)
    first, first_at = _field(text, folded, rules.scan_first_labels)
    if not (family and first):
        return "", "", Sex.UNKNOWN, []
    names = f"{first} {family}"
    return names, names, Sex.UNKNOWN, [family_at, first_at]


def _field(text: str, folded: str, labels: tuple[str, ...]) -> tuple[str, Place]:
    for label in labels:
        found = re.search(rf"(?<!\w)(?<!pre)(?:{label}) ?: ?([^\n:,]+)", folded)
        if found:
            value = text[found.start(1) : found.end(1)]
            cut = re.search(r" +(?:pr[ée]noms?|n[ée]e?\b|nom\b|sexe|date|ins|ipp)", value, re.IGNORECASE)
            value = value[: cut.start() if cut else len(value)]
            return value.strip(" .-"), (found.start(1), found.start(1) + len(value.rstrip()))
    return "", (0, 0)


def _in_lines(text: str, folded: str, born: list[HeardDate], rules: OpeningRules) -> tuple[str, str, Sex, list[Place]]:
    """The name after a role word, before the birth date when there is one, else on a labelled line."""
    limit = born[0].start if born else len(folded)
    since = max(0, limit - 160) if born else 0
    roles = list(re.compile(any_of(rules.scan_patient_labels)).finditer(folded, since, limit))
    for role in reversed(roles) if born else roles:
        if not born and not re.match(r" ?:", folded[role.end() :]) and not re.search("concern|patient", role[0]):
            continue
        line = folded[role.end() : limit if born else _line_end(folded, role.end())]
        cut = re.search(rf"[,;]|\({any_of(rules.birth_cues)}|{any_of(rules.birth_cues)}", line.lstrip(" :"))
        zone = text[role.end() : role.end() + len(line)].lstrip(" :")
        words = _clean(zone[: cut.start() if cut else len(zone)], rules)
        if 1 <= len(name_words(words)) <= 6:
            end = min(len(text), role.end() + len(line))
            evidence = " ".join(text[role.start() : end].split())[:160]
            return words, evidence, _sex(role[0], rules), [(role.start(), end)]
    return "", "", Sex.UNKNOWN, []


def _sex(role: str, rules: OpeningRules) -> Sex:
    if re.fullmatch(any_of(rules.male_roles), role):
        return Sex.MALE
    return Sex.FEMALE if re.fullmatch(any_of(rules.female_roles), role) and "patient" not in role else Sex.UNKNOWN


def _line_end(folded: str, start: int) -> int:
    end = folded.find("\n", start)
    return len(folded) if end < 0 else end


def _clean(zone: str, rules: OpeningRules) -> str:
    fillers = re.compile(any_of(rules.name_fillers))
    words = re.findall(r"[^\s,;:.()]+", zone)
    return " ".join(word for word in words if not fillers.fullmatch(plain(word)) and name_words(word))


def _sender(text: str, folded: str, rules: OpeningRules) -> tuple[str, list[Place]]:
    """The first letterhead line that names a doctor or a house."""
    position = 0
    for line in folded.split("\n")[:12]:
        if re.match(rf" *(?:{'|'.join(rules.scan_senders)})", line):
            end = position + len(line)
            return " ".join(text[position:end].split())[:100], [(position, end)]
        position += len(line) + 1
    return "", []


def _letter_date(folded: str, dates: list[HeardDate], born: list[HeardDate], today: date) -> HeardDate | None:
    """The first date of the upper part that is nobody's birth date and not in the future, best after « le »."""
    upper = [each for each in dates if each not in born and len(each.days) == 1 and each.days[0] <= today]
    upper = [each for each in upper if each.start < max(900, len(folded) // 2)]
    after_le = [
        each for each in upper if re.search(r"(?:, ?|\b)le $|date ?: ?$", folded[max(0, each.start - 12) : each.start])
    ]
    return next(iter(after_le or upper), None)
