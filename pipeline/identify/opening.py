"""What the opening of a dictation says, and where it ends. When in doubt the words stay in the body. Stdlib only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.identify.french import HeardDate, find_dates, likeness, name_words, plain, sound
from pipeline.identify.port import HeardPatient, KindRule, OpeningRules
from pipeline.model.case import Urgency
from pipeline.model.people import Sex

WINDOW = 700
"""Characters in which an opening must lie: the longest openings seen are under 300."""
_NAME_WORDS = 6
_CUE_LIKENESS = 0.72
"""Likeness by sound from which the very first words count as a kind's cue (seen: 0.68 to 0.92 for right ones)."""
_NOTE = 400
"""Characters of the longest note: a few sentences before "fin de note"."""
_NO_WORD = re.compile(r"[\s,.;:!?\-]*")


def any_of(expressions: Iterable[str]) -> str:
    """One alternative of whole words."""
    return r"(?<![\w'])(?:" + "|".join(expressions) + r")(?![\w'])"


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient as heard, the text span of the identity, and whether somebody else may be meant."""

    heard: HeardPatient
    span: Span
    several: bool = False
    end: int = 0


@dataclass(frozen=True, slots=True)
class KindFound:
    """A kind's rule, the cue's span and the title."""

    rule: KindRule
    span: Span
    title: str


def readable(text: str) -> str:
    """Plain text in which the point of « M. », « Dr. »… is a space: it ends no sentence. Same length."""
    return re.sub(r"\b(m|mr|mme|mlle|dr|pr)\.", r"\1 ", plain(text))


def sentence_end(folded: str, start: int, rules: OpeningRules) -> Span:
    """Where the sentence that holds ``start`` ends (``.start``) and the next one begins (``.end``)."""
    mark = re.compile(rf"[!?;]|\.(?!\d)|\n|[ ,]+{any_of(rules.stops)}[.,]?").search(folded, start)
    if mark is None:
        return Span(len(folded), len(folded))
    return Span(mark.start(), _skip(folded, mark.end()))


def _skip(folded: str, position: int) -> int:
    found = _NO_WORD.match(folded, position)
    return found.end() if found else position


def find_notes(folded: str, rules: OpeningRules) -> list[Span]:
    """Notes for the secretariat: a whole sentence that begins with a note cue and has an end in sight.

    "Fin de note" ends a longer one, within the paragraph. After a comma only a cue with a colon counts.
    """
    notes: list[Span] = []
    for found in re.finditer(rf"(?:^|(?<=[.!?\n,;])|(?<=point)|(?<=point[.,]))[\s]*({any_of(rules.notes)})", folded):
        start = found.start(1)
        colon = re.compile(r"[ ,]*(?::|(?:2|deux) points?\b)[ ,.]*").match(folded, found.end(1))
        content = colon.end() if colon else found.end(1)
        if folded[: found.start()][-1:] in {",", ";"} and not colon:
            continue
        end = _note_end(folded, content, rules)
        if end.start - start <= _NOTE and end.start > content and (not notes or start >= notes[-1].end):
            notes.append(Span(start, end.end))
    return notes


def _note_end(folded: str, content: int, rules: OpeningRules) -> Span:
    end = sentence_end(folded, content, rules)
    paragraph = folded.find("\n\n", content)
    limit = min(content + _NOTE, paragraph if paragraph >= 0 else len(folded))
    said = re.compile(rf"[\s,.;]*{any_of(rules.note_ends)}").search(folded, content, limit)
    if said is None:
        return end
    return Span(max(said.start(), content + 1), _skip(folded, said.end()))


def find_kind(text: str, folded: str, start: int, rules: OpeningRules) -> KindFound | None:
    """The kind: a cue at the start of one of the first sentences, else the first words by their sound."""
    place = start
    for _ in range(3):
        for rule in rules.kinds:
            for cue in (*rule.cues, *(rule.heard if place == start else ())):
                found = re.compile(rf"(?:l'|le |la |un |une )?(?:{cue})").match(folded, place)
                if found:
                    return KindFound(
                        rule, Span(place, found.end()), _title(text, folded, Span(place, found.end()), rule, rules)
                    )
        place = sentence_end(folded, place, rules).end
        if place >= min(len(folded), start + 300):
            break
    return _kind_by_sound(folded, start, rules)


def _kind_by_sound(folded: str, start: int, rules: OpeningRules) -> KindFound | None:
    words = list(re.finditer(r"\S+", folded[start : start + 90]))[:7]
    best: tuple[float, KindRule | None, int] = (0.0, None, start)
    for rule in rules.kinds:
        for cue in (each for each in rule.cues if re.fullmatch(r"[a-z' -]+", each)):
            for count in range(1, len(words) + 1):
                said = folded[start : start + words[count - 1].end()]
                best = max(best, (likeness(sound(said), sound(cue)), rule, start + len(said)), key=lambda each: each[0])
    score, found, end = best
    return KindFound(found, Span(start, end), found.title) if found and score >= _CUE_LIKENESS else None


def _title(text: str, folded: str, cue: Span, rule: KindRule, rules: OpeningRules) -> str:
    """The rule's title and the rest of the first sentence, when the rule says so, without what is urgent."""
    if not rule.whole or any(re.compile(each).match(folded, cue.start) for each in rule.heard):
        return rule.title
    end = sentence_end(folded, cue.end, rules).start
    cut = re.compile(rf",|:|{any_of([*rules.patient_roles, *rules.urgent])}").search(folded, cue.end, end)
    rest = text[cue.end : cut.start() if cut else end].strip(" ,.:-")
    head = text[cue.start : cue.end].strip(" ,.:-") if rule.keep_cue else rule.title
    title = f"{head} {rest}".strip()
    return title[:1].upper() + title[1:] if len(title) <= 90 else rule.title


def find_subject(text: str, folded: str, start: int, rules: OpeningRules, today: date) -> Subject | None:
    """The patient: the names before a birth date, else after a role word. None when nobody is named."""
    dates = find_dates(folded)
    cue = rf"{any_of(rules.birth_cues)}[ ,:]*(?:le )?$"
    born = [each for each in dates if re.search(cue, folded[max(0, each.start - 30) : each.start])]
    near = [each for each in dates if start <= each.start < start + WINDOW]
    chosen = next((each for each in near if each in born), None) or next(
        (each for each in near if _follows_name(folded, each, start, rules, today)), None
    )
    if chosen is None:
        return _named_only(text, folded, start, rules)
    several = any(set(other.days) != set(chosen.days) for other in born)
    return _subject(text, folded, start, chosen, rules, several)


def _last_role(folded: str, start: int, end: int, rules: OpeningRules) -> re.Match[str] | None:
    """The last patient's role word in the sentence part before ``end``; not a recipient's."""
    roles = list(re.compile(any_of(rules.patient_roles)).finditer(folded, max(start, end - 110), end))
    if len(roles) > 1 and not name_words(folded[roles[-1].end() : end]):
        roles.pop()
    return roles[-1] if roles else None


def _follows_name(folded: str, found: HeardDate, start: int, rules: OpeningRules, today: date) -> bool:
    """Whether a date without « née » stands right after a patient's name, perhaps after a mishearing of « née »."""
    role = _last_role(folded, start, found.start, rules)
    if role is None or min(found.days) > today:
        return False
    said = folded[role.end() : found.start]
    between = re.sub(rf"{any_of(rules.birth_heard)}[ ,]*(?:le )?$", "", said)
    if between != said:  # the engine ends a sentence at a breath: « examiné ce jour. Hugo Renard n'est le… »
        between = between.lstrip(" .,:")
    between = re.sub(r"[ ,]+(?:le )?$", "", between)
    words = name_words(between)
    return 1 <= len(words) <= 5 and not re.search(
        r"[.;:!?\n\d]|\b(?:du|au|pour|vue?|hospitalisee?|consulte|rendez)\b", between
    )


def _subject(text: str, folded: str, start: int, born: HeardDate, rules: OpeningRules, several: bool) -> Subject:
    role = _last_role(folded, start, born.start, rules)
    since = role.end() if role else _part_start(folded, start, born.start)
    zone = folded[since : born.start]
    zone = re.sub(rf"{any_of((*rules.birth_cues, *rules.birth_heard))}[ ,:]*(?:le )?$", "", zone.rstrip(" ,:"))
    doctor = re.search(any_of(rules.recipient_roles), zone)
    names = _names(text[since : since + len(zone)], rules)
    several = several or bool(re.search(any_of(rules.kin), zone)) or doctor is not None
    head = role.start() if role else since
    heard = HeardPatient(names, born.days, _sex(folded, start, head, since, rules))
    return Subject(heard, Span(head, born.end), several, born.end)


def _part_start(folded: str, start: int, end: int) -> int:
    """Where the sentence of ``end`` begins, at most a name's length back."""
    cut = max((m.end() for m in re.compile(r"[.!?\n]").finditer(folded, start, end)), default=start)
    return max(cut, end - 70)


def _named_only(text: str, folded: str, start: int, rules: OpeningRules) -> Subject | None:
    role = re.compile(any_of(rules.patient_roles)).search(folded, start, min(len(folded), start + 300))
    if role is None:
        return None
    end = sentence_end(folded, role.end(), rules)
    stop = re.compile(rf",|:|{any_of((*rules.recipient_ends, *rules.body_starts, *rules.birth_heard))}").search(
        folded, role.end() + 1, end.start
    )
    last = stop.start() if stop else end.start
    names = _names(text[role.end() : last], rules)
    if not names or len(name_words(names)) > _NAME_WORDS:
        return None
    heard = HeardPatient(names, (), _sex(folded, start, role.start(), role.end(), rules))
    kin = bool(re.search(any_of(rules.kin), folded[role.start() : end.start]))
    return Subject(heard, Span(role.start(), last), kin, last)


def _names(zone: str, rules: OpeningRules) -> str:
    """The name words of a zone, as written, without « née », « épouse »…"""
    fillers = re.compile(any_of(rules.name_fillers))
    words = re.findall(r"[^\s,;:.()]+", zone)
    return " ".join(word for word in words if not fillers.fullmatch(plain(word)) and name_words(word))


def _sex(folded: str, start: int, head: int, since: int, rules: OpeningRules) -> Sex:
    """By the civility, which is audible. « né/née » and « patient » are not: they say nothing."""
    said = folded[max(start, head - 25) : since]
    female = re.search(any_of(rules.female_roles), said)
    male = re.search(any_of(rules.male_roles), said)
    if bool(female) == bool(male):
        return Sex.UNKNOWN
    return Sex.FEMALE if female else Sex.MALE


def find_recipient(text: str, folded: str, start: int, end: int, rules: OpeningRules) -> tuple[str, Span] | None:
    """The name after « courrier au docteur », with its title and perhaps a specialty; None when nobody is named."""
    cue = re.compile(any_of(rules.recipient_cues)).search(folded, start, end)
    if cue is None:
        return None
    role = re.compile(any_of(rules.recipient_roles)).search(folded, cue.end(), min(end, cue.end() + 60))
    if role is None:
        return None
    stop = re.compile(
        rf"[.!?\n;]|,(?! ?(?:l'|d'|d )?\w+(?:logue|iste|logie|iatre|rgien)s?\b)|{any_of(rules.recipient_ends)}"
    ).search(folded, role.end() + 1)
    last = min(stop.start() if stop else end, role.end() + 80)
    heard = text[role.end() : last].strip(" ,.:-")
    return (heard, Span(cue.start(), last)) if heard else None


def body_start(folded: str, start: int, pieces: list[Span], rules: OpeningRules) -> int:
    """The end of the last known piece of the opening; never beyond words that begin a body."""
    body = re.compile(rf"(?<!\w)(?:{'|'.join(rules.body_starts)})").search(folded, start, start + WINDOW)
    limit = body.start() if body else len(folded)
    end = start
    for piece in sorted(pieces, key=lambda each: each.end):
        gap = folded[end : piece.start]
        if piece.end <= limit and len(name_words(gap)) <= 1:
            end = max(end, piece.end)
    stop = re.compile(rf"[ ,]*{any_of(rules.stops)}[ ,.]*").match(folded, end)
    return _skip(folded, stop.end() if stop else end)


def urgency_of(said: str, rules: OpeningRules) -> Urgency:
    """Urgent only by an instruction in ``said`` (the opening and the notes, never the body)."""
    said = re.sub("|".join(rules.not_urgent), " ", said)
    return Urgency.URGENT if re.search("|".join(rules.urgent), said) else Urgency.ROUTINE


def find_document_date(
    folded: str, start: int, end: int, born: Span | None, rules: OpeningRules, today: date
) -> date | None:
    """A date said in the opening after « du », « en date du »…; never the birth date, never in the future."""
    for each in find_dates(folded[:end]):
        apart = born is None or not born.start <= each.start < born.end
        cue = re.search(rf"{any_of(rules.date_cues)}[ :]*$", folded[max(start, each.start - 25) : each.start])
        if each.start >= start and apart and cue and len(each.days) == 1 and each.days[0] <= today:
            return each.days[0]
    return None
