"""Who and what a checked text is about. A doubt is a question for the secretary, never a guess."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pipeline.identify.decision import Decision, decide
from pipeline.identify.french import name_words, sound
from pipeline.identify.hearings import Hearing, agreed, kind_of
from pipeline.identify.opening import (
    KindFound,
    Span,
    Subject,
    body_start,
    find_document_date,
    find_kind,
    find_notes,
    find_recipient,
    find_subject,
    readable,
    sentence_end,
    urgency_of,
)
from pipeline.identify.paper import read_paper
from pipeline.identify.port import CorrespondentRegister, HeardPatient, Matcher, OpeningRules, PatientRegister
from pipeline.model.case import Medium, Urgency
from pipeline.model.identity import Candidate, DocumentKind, Identification, Question, QuestionKind, Traits
from pipeline.model.text import CheckedText

_ARCHIVE_DAYS = 365
_RECIPIENT, _RECIPIENT_LEAD = 0.8, 0.08
"""Likeness and lead from which a correspondent of the register is taken; below, a person chooses."""


@dataclass(frozen=True, slots=True)
class _Registers:
    patients: PatientRegister
    correspondents: CorrespondentRegister
    matcher: Matcher


def identify(
    checked: CheckedText,
    medium: Medium,
    patients: PatientRegister,
    correspondents: CorrespondentRegister,
    rules: OpeningRules,
    matcher: Matcher,
    today: date,
    own_names: frozenset[str] = frozenset(),
) -> Identification:
    """Kind, patient, recipient, urgency and the place where the body begins.

    ``own_names`` are the practice's doctors: a patient heard under such a name is always asked about. Raises nothing
    of its own: what cannot be found becomes a `Question`.
    """
    registers = _Registers(patients, correspondents, matcher)
    if medium is Medium.SCAN:
        return _identify_paper(checked.text, registers, rules, today, own_names)
    others = checked.transcript.alternatives
    return _identify_dictation(checked.text, others, registers, rules, today, own_names)


def _identify_dictation(
    text: str,
    others: tuple[str, ...],
    registers: _Registers,
    rules: OpeningRules,
    today: date,
    own_names: frozenset[str],
) -> Identification:
    folded = readable(text)
    notes = find_notes(folded, rules)
    start = _said_from(folded, notes)
    kind = find_kind(text, folded, start, rules)
    subject = find_subject(text, folded, start, rules, today)
    limit = body_start(folded, start, [], rules) if subject is None else max(start, subject.end)
    recipient = find_recipient(text, folded, start, max(limit, _first_sentences(folded, start, rules)), rules)
    pieces = _pieces(folded, start, kind, subject, recipient[1] if recipient else None, rules)
    body = body_start(folded, start, pieces, rules)
    heard = replace(subject.heard if subject else HeardPatient(), ins=registers.matcher.ins_in(text[: body + 200]))
    evidence = text[subject.span.start : subject.span.end] if subject else ""
    result = Identification(
        kind=kind.rule.kind if kind else None,
        kind_evidence=text[kind.span.start : kind.span.end].strip() if kind else "",
        title=kind.title if kind else "",
        urgency=_urgency(folded, start, body, notes, rules),
        body_start=body,
        removed=tuple((note.start, note.end) for note in notes if note.start >= body),
        notes=tuple(text[note.start : note.end].strip() for note in notes),
        document_date=find_document_date(folded, start, body, subject.span if subject else None, rules, today),
    )
    if kind is None:
        result = _with_kind_heard_again(result, folded[start:], others, rules)
    main = _hearing(heard, evidence, bool(subject and subject.several), registers, own_names)
    again = [_heard_again(each, registers, rules, today, own_names) for each in others]
    result = _with_patient(result, agreed([main, *again], registers.matcher, registers.patients))
    result = _with_recipient(result, _named(text, recipient), registers, rules)
    result = _with_recipient_heard_again(result, others, registers, rules)
    if result.kind is None:
        question = Question(QuestionKind.KIND_UNKNOWN, "Le type de document n'a pas été entendu : choisissez-le.")
        result = replace(result, questions=(*result.questions, question))
    return result


def _said_from(folded: str, notes: list[Span]) -> int:
    """Where the opening begins: after a note for the secretariat that nothing precedes."""
    return next((note.end for note in notes if not name_words(folded[: note.start])), 0)


def _with_kind_heard_again(
    result: Identification, said: str, others: tuple[str, ...], rules: OpeningRules
) -> Identification:
    found = []
    for text in others:
        folded = readable(text)
        kind = find_kind(text, folded, _said_from(folded, find_notes(folded, rules)), rules)
        if kind:
            found.append((text, kind))
    kind = kind_of(said, found)
    if kind is None:
        return result
    text = next(text for text, each in found if each is kind)
    evidence = text[kind.span.start : kind.span.end].strip()
    return replace(result, kind=kind.rule.kind, kind_evidence=evidence, title=kind.rule.title)


def _heard_again(
    text: str, registers: _Registers, rules: OpeningRules, today: date, own_names: frozenset[str]
) -> Hearing:
    """The patient of another hearing of the opening, found by the same rules."""
    folded = readable(text)
    subject = find_subject(text, folded, _said_from(folded, find_notes(folded, rules)), rules, today)
    if subject is None:
        return Hearing(HeardPatient(), [], Decision("", ()), "")
    evidence = text[subject.span.start : subject.span.end]
    return _hearing(subject.heard, evidence, subject.several, registers, own_names)


def _hearing(
    heard: HeardPatient, evidence: str, several: bool, registers: _Registers, own_names: frozenset[str]
) -> Hearing:
    matches = registers.matcher.patients(heard, registers.patients)
    own = any(sound(heard.names) == sound(name) for name in own_names) if heard.names else False
    decision = decide(heard, matches, several=several or own)
    return Hearing(heard, matches, decision, evidence, several or own)


def _first_sentences(folded: str, start: int, rules: OpeningRules) -> int:
    return sentence_end(folded, start, rules).start


def _pieces(
    folded: str,
    start: int,
    kind: KindFound | None,
    subject: Subject | None,
    recipient: Span | None,
    rules: OpeningRules,
) -> list[Span]:
    """The known pieces of the opening. The kind's sentence ends at its mark, unless the patient stands in it."""
    pieces = [recipient] if recipient else []
    if kind:
        end = sentence_end(folded, kind.span.end, rules).start
        short = len(name_words(folded[kind.span.end : end])) <= 8
        inside = bool(subject) and subject is not None and subject.span.start < end
        pieces.append(Span(kind.span.start, kind.span.end if inside or not short else end))
    if subject and (kind or subject.heard.dates) and subject.span.start - start < 400:
        pieces.append(subject.span)
    return sorted(pieces, key=lambda piece: piece.start)


def _urgency(folded: str, start: int, body: int, notes: list[Span], rules: OpeningRules) -> Urgency:
    said = [folded[start:body], *(folded[note.start : note.end] for note in notes)]
    return urgency_of(" \n ".join(said), rules)


def _with_patient(result: Identification, hearing: Hearing) -> Identification:
    heard, decision = hearing.heard, hearing.decision
    born = heard.dates[0] if len(heard.dates) == 1 else None
    traits = Traits(heard.names, born, heard.sex, heard.ins, hearing.evidence)
    questions = (*result.questions, decision.question) if decision.question else result.questions
    return replace(
        result, traits=traits, patient_id=decision.patient_id, patients=decision.candidates, questions=questions
    )


def _named(text: str, found: tuple[str, Span] | None) -> tuple[str, str]:
    """Whom the opening addresses, and all the words that say so."""
    return (found[0], text[found[1].start : found[1].end].strip(" ,.:-")) if found else ("", "")


def _with_recipient(
    result: Identification, said: tuple[str, str], registers: _Registers, rules: OpeningRules
) -> Identification:
    heard, evidence = said
    asks = result.kind in rules.asks_recipient
    if not heard:
        if not asks:
            return result
        message = "Aucun destinataire n'a été entendu : choisissez-le."
        return replace(result, questions=(*result.questions, Question(QuestionKind.RECIPIENT_UNKNOWN, message)))
    ranked = registers.matcher.correspondents(heard, registers.correspondents)
    candidates = tuple(Candidate(person.id, round(score, 3), ("nom",)) for person, score in ranked)
    sure = bool(ranked) and ranked[0][1] >= _RECIPIENT
    sure = sure and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= _RECIPIENT_LEAD)
    result = replace(
        result,
        recipient_heard=heard,
        recipient_evidence=evidence,
        recipients=candidates,
        recipient_id=candidates[0].id if sure else "",
    )
    if sure or not asks:
        return result
    if candidates:
        question = Question(
            QuestionKind.RECIPIENT_DOUBTFUL, "Le destinataire entendu n'est pas certain : choisissez le correspondant."
        )
    else:
        question = Question(
            QuestionKind.RECIPIENT_UNKNOWN,
            f"Le destinataire « {heard} » n'est pas dans les correspondants : choisissez-le ou ajoutez-le.",
        )
    return replace(result, questions=(*result.questions, question))


def _with_recipient_heard_again(
    result: Identification, others: tuple[str, ...], registers: _Registers, rules: OpeningRules
) -> Identification:
    """A correspondent whom the other hearings name surely, all the same, who may be whom the first one named."""
    if result.recipient_id or result.kind not in rules.asks_recipient:
        return result
    found: list[Identification] = []
    for text in others:
        folded = readable(text)
        start = _said_from(folded, find_notes(folded, rules))
        said = find_recipient(text, folded, start, _first_sentences(folded, start, rules), rules)
        one = _with_recipient(replace(result, questions=()), _named(text, said), registers, rules)
        if one.recipient_id:
            found.append(one)
    ids = {one.recipient_id for one in found}
    if len(ids) != 1 or (result.recipient_heard and not ids <= {each.id for each in result.recipients}):
        return result
    asked = {QuestionKind.RECIPIENT_DOUBTFUL, QuestionKind.RECIPIENT_UNKNOWN}
    return replace(found[0], questions=tuple(each for each in result.questions if each.kind not in asked))


def _identify_paper(
    text: str, registers: _Registers, rules: OpeningRules, today: date, own_names: frozenset[str]
) -> Identification:
    found = read_paper(text, registers.matcher.ins_in(text), rules, today)
    old = found.document_date is not None and (today - found.document_date).days > _ARCHIVE_DAYS
    kind = DocumentKind.ARCHIVE if old else DocumentKind.RECEIVED_LETTER
    result = Identification(
        kind=kind,
        title="Document ancien" if old else "Courrier reçu",
        document_date=found.document_date,
        sender_heard=found.sender,
        read_at=found.read_at,
        kind_evidence="daté de plus d'un an" if old else "",
    )
    return _with_patient(result, _hearing(found.heard, found.evidence, found.several, registers, own_names))
