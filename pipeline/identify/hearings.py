"""Other hearings of an opening as further evidence: they may settle a doubt, never overrule what was heard clearly.

A patient is taken from another hearing only when that hearing attributes by itself, a second one names the same person
and none speaks against it: no other birth date, no other person, no other civility. So a father is never taken for his
son by a slip of one hearing, nor somebody who is not in the register for a namesake: their dates would differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.identify.decision import Decision, speaks_against
from pipeline.identify.french import likeness, sound
from pipeline.identify.opening import KindFound
from pipeline.identify.port import HeardPatient, Matcher, PatientMatch, PatientRegister
from pipeline.model.identity import DocumentKind, Question, QuestionKind

_DISAGREE = "Deux écoutes de l'ouverture désignent deux personnes : choisissez le patient."
_ONLY_AGAIN = "Le patient n'a été entendu qu'à une seconde écoute : vérifiez le patient."
_KIND_LIKENESS = 0.4
"""Likeness of the first words, by sound, from which one other hearing alone may name the kind: words of a prompt that
leaked into it are less like what was heard."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """One hearing's patient: what was heard, its own matches and decision; ``several`` people may be meant."""

    heard: HeardPatient
    matches: list[PatientMatch]
    decision: Decision
    evidence: str
    several: bool = False


def agreed(hearings: Sequence[Hearing], matcher: Matcher, register: PatientRegister) -> Hearing:
    """The first hearing, with the decision and the evidence of another where that one settles its doubt."""
    main = hearings[0]
    named = {each.decision.patient_id for each in hearings} - {""}
    if not named:
        return _offering_all(main, hearings[1:])
    if len(named) > 1:
        question = Question(QuestionKind.PATIENT_DOUBTFUL, _DISAGREE)
        return replace(main, decision=Decision("", main.decision.candidates, question))
    if main.decision.patient_id:
        return main
    attributing = [each for each in hearings if each.decision.patient_id]
    sure = attributing[0]
    others = [each for each in hearings if each is not sure and (each.heard.names or each.heard.dates)]
    agree = _Agreement(sure, matcher, register)
    slips = len(attributing) > 1
    if not others or not all(agree.holds_for(each, slips=slips and each is not main) for each in others):
        return _offering_all(main, hearings[1:])
    return replace(main, decision=sure.decision, evidence=" / ".join(filter(None, (main.evidence, sure.evidence))))


def _offering_all(main: Hearing, others: Sequence[Hearing]) -> Hearing:
    """The question stays; a person may also choose whom the other hearings thought of."""
    offered = {each.id: each for hearing in reversed((main, *others)) for each in hearing.decision.candidates}
    first = [each.id for each in main.decision.candidates]
    more = sorted((each for each in offered.values() if each.id not in first), key=lambda each: -each.score)
    decision = replace(main.decision, candidates=(*main.decision.candidates, *more)[:5])
    if more and not first:
        decision = replace(decision, question=Question(QuestionKind.PATIENT_DOUBTFUL, _ONLY_AGAIN))
    return replace(main, decision=decision)


@dataclass(frozen=True, slots=True)
class _Agreement:
    """With the person of ``sure``."""

    sure: Hearing
    matcher: Matcher
    register: PatientRegister

    def holds_for(self, other: Hearing, *, slips: bool) -> bool:
        """Whether what ``other`` heard may well be that person, and nobody else's name is as near.

        ``slips``: words that happen to be some other first name ("se lâche" for Solange is like Sacha) count for
        nothing, as two hearings attributed already; a person of that name would come first in the matches.
        """
        of = self.sure.decision.patient_id
        chosen = next(match.patient for match in self.sure.matches if match.patient.id == of)
        if other.several or chosen.birth_date is None:
            return False
        if other.heard.dates and chosen.birth_date not in other.heard.dates:
            return False
        if not other.heard.names:
            return True
        heard = replace(other.heard, dates=(chosen.birth_date,))
        matches = self.matcher.patients(heard, self.register)
        if not matches or matches[0].patient.id != chosen.id:
            return False
        if slips:
            matches = [replace(matches[0], rival_first=False), *matches[1:]]
        return not speaks_against(heard, matches)


def kind_of(main: str, found: Sequence[tuple[str, KindFound]]) -> KindFound | None:
    """The kind that the other hearings name, when they agree; ``main`` and each text begin where the kind is said."""
    kinds: set[DocumentKind] = {each.rule.kind for _, each in found}
    if len(kinds) != 1:
        return None
    if len(found) > 1:
        return found[0][1]
    text, one = found[0]
    cue = text[one.span.start : one.span.end]
    return one if likeness(sound(main[: len(cue) + 4]), sound(cue)) >= _KIND_LIKENESS else None
