"""The heard text as a page shows it: words with their times, shading and findings, and what the ear left out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.desk import Dossier
from pipeline.model.case import Medium
from pipeline.model.text import Finding, FindingKind, Token, Transcript, Word
from pipeline.web.words import GRAVE, RISK, SET_ASIDE, counted, duration, span

UNSURE = 0.6
"""Word probability under which a word is shaded: a hint for the eye only, see the docs on word probabilities."""
SHOWN_WORDS = 8
"""Of a passage set aside, so many words stand in the transcript; the list beside it has them all."""


@dataclass(frozen=True, slots=True)
class ShownWord:
    """One token, a passage set aside (``removed`` says why), or a place without text (``gap``).

    ``finding`` is the index of the open finding it belongs to, or -1; ``grave`` whether that is a figure or a drug.
    ``title`` is what was heard before a rule or a second hearing wrote something else.
    """

    before: str
    text: str
    start: float | None
    end: float | None
    unsure: bool = False
    finding: int = -1
    rule: str = ""
    aside: bool = False
    title: str = ""
    removed: str = ""
    gap: bool = False
    grave: bool = False


@dataclass(frozen=True, slots=True)
class ShownGap:
    """Speech without words; ``finding`` is the index of its open finding, -1 once a person has listened."""

    start: float
    end: float
    finding: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much speech a dictation has and how much of it (whole percent, never rounded up) has a text."""

    speech: str
    percent: int
    gaps: tuple[ShownGap, ...]

    @property
    def unheard(self) -> int:
        return sum(gap.finding >= 0 for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Words in a row that one rule left out: ``words`` once, ``times`` how often in a row; ``why`` in plain French."""

    words: str
    times: int
    why: str
    start: float | None
    end: float | None

    @property
    def short(self) -> str:
        parts = self.words.split()
        return " ".join(parts[:SHOWN_WORDS]) + (" …" if len(parts) > SHOWN_WORDS else "")


@dataclass(frozen=True, slots=True)
class Doubts:
    """The open findings by weight: ``grave`` names those to check first (index to label); how many of them there are,
    and how many others."""

    grave: dict[int, str]
    first: str
    others: str


def coverage(dossier: Dossier) -> Coverage | None:
    """None for paper, and for a transcript that does not know its speech."""
    if dossier.checked is None or dossier.case.medium is not Medium.DICTATION:
        return None
    transcript = dossier.checked.transcript
    if transcript.speech <= 0:
        return None
    silent = sum(gap.end - gap.start for gap in transcript.gaps)
    explained = transcript.explained or max(0.0, transcript.speech - silent)
    percent = int(100 * min(1.0, explained / transcript.speech) + 1e-6)
    unheard = {
        (one.audio_start, one.audio_end): index for index, one in dossier.open_findings if one.kind is FindingKind.GAP
    }
    gaps = tuple(ShownGap(gap.start, gap.end, unheard.get((gap.start, gap.end), -1)) for gap in transcript.gaps)
    return Coverage(duration(transcript.speech), min(percent, 99) if gaps else percent, gaps)


def set_aside(dossier: Dossier) -> list[SetAside]:
    """What was heard and is not written, in order, one entry for words in a row that one rule left out."""
    if dossier.checked is None:
        return []
    return [_entry(group) for group in _groups(dossier.checked.transcript.tokens).values()]


def doubts(dossier: Dossier, *, everything: bool = False) -> Doubts:
    """Risks are named and counted first, then figures and drugs, the passages to listen to, and the words.

    ``everything`` counts the answered ones too.
    """
    all_of = enumerate(dossier.checked.findings) if dossier.checked else ()
    found = list(all_of) if everything else dossier.asked
    named = [(index, label) for index, one in found if (label := _grave(one))]
    grave = dict(sorted(named, key=lambda pair: pair[1] != RISK))
    gaps = sum(one.kind is FindingKind.GAP for _, one in found)
    labels = list(grave.values())
    first = [counted(labels.count(label), label) for label in dict.fromkeys((RISK, *GRAVE.values()))]
    rest = counted(len(found) - len(grave) - gaps, "autre doute" if grave or gaps else "doute")
    others = [counted(gaps, "passage à écouter"), rest]
    return Doubts(grave, ", ".join(filter(None, first)), ", ".join(filter(None, others)))


def marked_words(dossier: Dossier) -> list[ShownWord]:
    """The transcript in order. ``aside`` marks the spoken opening and notes, not in the letter."""
    if dossier.checked is None:
        return []
    transcript = dossier.checked.transcript
    body = dossier.identification.body_start if dossier.identification else 0
    cuts = dossier.identification.removed if dossier.identification else ()
    findings = dossier.open_findings
    graves = doubts(dossier).grave
    groups, firsts = _groups(transcript.tokens), FirstHearing(transcript)
    gaps = [(one.start, index, one) for index, one in findings if one.kind is FindingKind.GAP]
    shown: list[ShownWord] = []
    for place, (token, (start, end)) in enumerate(zip(transcript.tokens, transcript.offsets, strict=True)):
        while gaps and gaps[0][0] < end:
            _, index, one = gaps.pop(0)
            shown.append(_gap(one, index, shown))
        if place in groups:
            shown.append(_removed(_entry(groups[place]), shown))
        if token.is_set_aside:
            continue
        finding = _finding_at(findings, start, end)
        word = ShownWord(
            before=token.before,
            text=token.text,
            start=token.start,
            end=token.end,
            unsure=token.probability < UNSURE,
            finding=finding,
            rule=token.rule,
            aside=end <= body or any(a <= start and end <= b for a, b in cuts),
            title=_title(token, firsts),
            grave=finding in graves,
        )
        glued = word.text[:1].isalnum() and not word.before and shown and (shown[-1].removed or shown[-1].gap)
        shown.append(replace(word, before=" ") if glued else word)
    for _, index, one in gaps:
        shown.append(_gap(one, index, shown))
    return shown


def _finding_at(findings: list[tuple[int, Finding]], start: int, end: int) -> int:
    return next((index for index, one in findings if one.start < end and start < one.end), -1)


def _grave(finding: Finding) -> str:
    """The name of a doubt that could harm when it is passed over ("chiffre à vérifier"), else ``""``."""
    if finding.kind is FindingKind.RISK:
        return RISK
    return GRAVE.get(finding.message.split(" ")[0], "") if finding.kind is not FindingKind.GAP else ""


# --- what was left out ---------------------------------------------------------------------------------------------


def _groups(tokens: Sequence[Token]) -> dict[int, list[Token]]:
    """Set-aside tokens in a row under one rule, by the place of the first. A mark that is not written parts nothing."""
    groups: dict[int, list[Token]] = {}
    last = -1
    for place, token in enumerate(tokens):
        if token.is_set_aside:
            if last < 0 or groups[last][0].rule != token.rule:
                last = place
            groups.setdefault(last, []).append(token)
        elif token.text or token.before:
            last = -1
    return groups


def _entry(group: Sequence[Token]) -> SetAside:
    words = [token.raw.strip() for token in group]
    once = _once(words)
    return SetAside(
        " ".join(words[:once]),
        len(words) // once,
        SET_ASIDE.get(group[0].rule, group[0].rule),
        group[0].start,
        group[-1].end,
    )


def _once(words: Sequence[str]) -> int:
    """Of words that only repeat, how many make one round: "non non non" is "non", three times."""
    plain = [word.lower().strip(".,;:!?…") for word in words]
    rounds = (n for n in range(1, len(plain) // 2 + 1) if len(plain) % n == 0)
    return next((n for n in rounds if plain == plain[:n] * (len(plain) // n)), len(plain))


def _removed(one: SetAside, shown: Sequence[ShownWord]) -> ShownWord:
    again = f" × {one.times}" if one.times > 1 else ""
    label = f"mis de côté : {one.short}{again}, {one.why}"
    return ShownWord(_space(shown), one.short + again, one.start, one.end, title=label, removed=label)


def _gap(finding: Finding, index: int, shown: Sequence[ShownWord]) -> ShownWord:
    label = f"▶ à écouter {span(finding.audio_start, finding.audio_end)}"
    return ShownWord(_space(shown), label, finding.audio_start, finding.audio_end, finding=index, gap=True)


def _space(shown: Sequence[ShownWord]) -> str:
    return " " if shown else ""


# --- what was heard ------------------------------------------------------------------------------------------------


def _title(token: Token, firsts: FirstHearing) -> str:
    """``entendu : 6 virgule 1 · règle : virgule · première écoute : 61``."""
    parts = []
    if token.rule or token.raw.strip() != token.text:
        parts.append(f"entendu : {token.raw.strip()}")
    if token.rule:
        parts.append(f"règle : {token.rule}")
    if first := " … ".join(dict.fromkeys(firsts.at(token))):
        parts += [*([] if parts else [f"entendu : {token.raw.strip()}"]), f"première écoute : {first}"]
    return " · ".join(parts)


class FirstHearing:
    """What the first hearing wrote where it heard something else (`Word.first`), by time: tokens do not carry it."""

    def __init__(self, transcript: Transcript) -> None:
        self._words = sorted((word for word in transcript.words if word.first), key=_middle)
        self._middles = [_middle(word) for word in self._words]

    def at(self, token: Token) -> Iterator[str]:
        """A token may be part of a raw word, or several of them: the middle of one lies in the other."""
        if token.start is None or token.end is None or not token.text:
            return
        start, end = token.start, token.end
        middle = (start + end) / 2
        near = bisect_left(self._middles, start)
        for word in self._words[max(0, near - 1) :]:
            if _middle(word) > end and word.start > middle:
                break
            if start <= _middle(word) <= end or word.start <= middle <= word.end:
                yield word.first


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
