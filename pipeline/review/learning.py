"""The rule of learning: the checked transcript is compared with the text that a person approved.

A place where other words stand that sound like the heard ones was misheard: it is kept. A rewritten sentence, an
agreement or an added word is not. What could say who the patient is never enters: a figure, a number word, a month, a
name of the case (or what sounds like one), an unknown word with a capital, the spoken opening. Negations, sides,
units, opposite prefixes, drugs and words that all exist are kept with the reason for which they are only ever offered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline.model.dictionary import SHARED
from pipeline.model.document import Revision, Section
from pipeline.model.identity import Identification
from pipeline.model.learning import APPRIS, Learned, Sighting, cores, plain, split_elision, split_marks
from pipeline.model.phonetic import likeness
from pipeline.model.text import CheckedText, Finding, FindingKind, Transcript
from pipeline.review.port import Terms

FINAL = frozenset(".?!…")
SAME_REST = 0.85
"""Likeness from which two words behind different prefixes are one word: "anictérique" and "ictérique"."""
NAME_LIKE = 0.8
"""Likeness from which a word may be a misheard name of the case: such a correction is not kept."""
LONGEST_PREFIX = 6
ACRONYM = 5
KNOWN = "mots connus"
DRUG = "médicament"
ASKED = frozenset({FindingKind.UNKNOWN_WORD, FindingKind.LIKELY_MISHEARD})
"""Findings about a word that no list knows."""
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class LearningRules:
    """The tables of ``lexicon/learning.yaml``, where each is explained; every word plain."""

    most_words: int
    alike: float
    letters: int
    rewritten: int
    rejected_documents: int
    shared_authors: int
    covered: float
    never: frozenset[str]
    endings: frozenset[str]
    offered: tuple[tuple[str, frozenset[str]], ...]
    opposites: tuple[str, ...]


@dataclass(frozen=True)
class Learning:
    """The rule with its tables and the word lists."""

    rules: LearningRules
    terms: Terms

    def __call__(
        self, checked: CheckedText, found: Identification, revision: Revision, known: Sequence[Learned]
    ) -> tuple[Sighting, ...]:
        """What this approved revision teaches of its author, and which of the ``known`` corrections it refuses."""
        heard = list(_heard(checked.transcript, found))
        written = list(_written(revision.sections))
        changes = SequenceMatcher(
            None, [word.plain for word in heard], [word.plain for word in written], autojunk=False
        ).get_opcodes()
        names = _names(revision, found)
        seen: list[Sighting] = []
        for verb, i, j, k, m in changes:
            if verb != "replace" or max(j - i, m - k) > self.rules.rewritten:
                continue
            for ours, theirs in self._pairs(heard[i:j], written[k:m]):
                lesson = self._lesson(ours, theirs, names)
                seen += [replace(lesson, author=revision.author.login)] if lesson else []
        seen += _refused(heard, written, changes, known)
        seen += self._rejected(checked, heard, written, changes, names, revision.author.login)
        return _counted(seen)

    def harm(self, finding: Finding) -> str:
        """Why the words of a finding may not become known to the practice, in French; ``""`` when they may."""
        if finding.kind not in ASKED:
            return "ce doute n'est pas un mot inconnu"
        return self.danger([finding.excerpt, *(proposal.text for proposal in finding.proposals)])

    def danger(self, texts: Iterable[str]) -> str:
        """Why a mistake with one of these texts could hurt, in French; ``""`` when it could not."""
        words = [word for text in texts for word in cores(text)]
        if any(map(_figure, words)) or not self.rules.never.isdisjoint(p for word in words for p in _parts(word)):
            return "nombre"
        drug = any(self.terms.is_drug(text) for text in texts)
        reason = DRUG if drug else self._reason(words, [])
        return "" if reason == KNOWN else reason

    def brought(self, one: Learned, rejected: bool) -> tuple[str, str]:
        """Of an entry that a file brings: why it is refused, and why it is only ever offered, in French, or ``""``.

        The rules are those for a correction that was made here; as nobody made it here, what could turn a drug into
        another one, or a side, a negation, a unit or a meaning into another, is refused and not only offered.
        """
        ours, theirs = cores(one.heard), cores(one.right)
        if not 0 < len(ours) <= self.rules.most_words or not 0 < len(theirs) <= self.rules.most_words:
            return f"de un à {self.rules.most_words} mots", ""
        if self._private(ours, [_Word(text, False) for text in theirs], theirs, frozenset()):
            return "nombre, date ou nom", ""
        if rejected:
            return self.danger([one.heard, one.right]), ""
        reason = self._reason(ours, theirs)
        drug = any(self.terms.is_drug(text) for text in (one.heard, *(split_elision(word)[1] for word in ours)))
        if drug or reason not in ("", KNOWN, DRUG):
            return DRUG if drug else reason, ""
        if self._grammar(ours, theirs) or likeness(one.heard, one.right) < self.rules.alike:
            return "ce ne sont pas des mots mal entendus", ""
        return "", reason

    def _rejected(
        self,
        checked: CheckedText,
        heard: list[_Word],
        written: list[_Word],
        changes: Sequence[Change],
        names: frozenset[str],
        author: str,
    ) -> Iterator[Sighting]:
        """Terms that the lexicon proposed where the approved text has other words; never what could hurt."""
        offsets = checked.transcript.offsets
        for finding in checked.findings:
            if finding.kind not in ASKED:
                continue
            place = [
                at
                for at, word in enumerate(heard)
                if offsets[word.token][0] < finding.end and finding.start < offsets[word.token][1]
            ]
            now = _now(place[0], place[-1] + 1, written, changes) if place else ""
            if not now:
                continue
            words = heard[place[0] : place[-1] + 1]
            for proposal in finding.proposals:
                ours, theirs = cores(finding.excerpt), cores(proposal.text)
                if _holds(now, proposal.text) or self._private(ours, words, theirs, names):
                    continue
                if ours and theirs and not self.danger([finding.excerpt, proposal.text]):
                    start, end = words[0].start, words[-1].end
                    yield Sighting(author, finding.excerpt, proposal.text, start, end, refused=True, proposed=True)

    # --- which words stand for which ------------------------------------------------------------------------------

    def _pairs(self, heard: list[_Word], written: list[_Word]) -> list[tuple[list[_Word], list[_Word]]]:
        """The alike groups of one changed place, in order; none when too much of it has no pair: it was rewritten."""
        best: dict[tuple[int, int], tuple[float, list[tuple[int, int, int, int]]]] = {}
        for i in range(len(heard), -1, -1):
            for k in range(len(written), -1, -1):
                choices = [best[at] for at in ((i + 1, k), (i, k + 1)) if at in best]
                for j, m, score in self._alike(heard, written, i, k):
                    after, pairs = best[j, m]
                    choices.append((score + after, [(i, j, k, m), *pairs]))
                best[i, k] = max(choices, key=lambda choice: choice[0], default=(0.0, []))
        pairs = best[0, 0][1]
        if sum(j - i for i, j, _, _ in pairs) < self.rules.covered * len(heard):
            return []
        return [(heard[i:j], written[k:m]) for i, j, k, m in pairs]

    def _alike(self, heard: list[_Word], written: list[_Word], i: int, k: int) -> Iterator[tuple[int, int, float]]:
        """Groups that begin at ``i`` and ``k``, with what they are worth: small groups before large ones."""
        most = self.rules.most_words
        for j in range(i + 1, min(i + most, len(heard)) + 1):
            if _figure(heard[j - 1].text):
                break
            ours = " ".join(word.text for word in heard[i:j])
            for m in range(k + 1, min(k + most, len(written)) + 1):
                if _figure(written[m - 1].text):
                    break
                theirs = " ".join(word.text for word in written[k:m])
                if not 0.5 <= len(ours) / len(theirs) <= 2:
                    continue
                alike = likeness(ours, theirs)
                if alike >= self.rules.alike:
                    yield j, m, (alike - 0.05 * (max(j - i, m - k) - 1)) * (len(ours) + len(theirs))

    # --- what may be kept ----------------------------------------------------------------------------------------

    def _lesson(self, heard: list[_Word], written: list[_Word], names: frozenset[str]) -> Sighting | None:
        if not _one_place(heard):
            return None
        ours, theirs = [word.text for word in heard], [word.text for word in written]
        article, first = split_elision(ours[0])
        other, rest = split_elision(theirs[0])
        if article and plain(article) == plain(other):  # "d'apixabon" teaches "apixabon"
            ours[0], theirs[0] = first, rest
        if self._private(ours, written, theirs, names) or self._grammar(ours, theirs):
            return None
        for side, words in ((ours, heard), (theirs, written)):  # the capital was the sentence's
            if words[0].opens and side[0][:1].isupper() and side[0][1:].islower():
                side[0] = side[0].lower()
        said, right = " ".join(ours), " ".join(theirs)
        return Sighting("", said, right, heard[0].start, heard[-1].end, reason=self._reason(ours, theirs))

    def _private(self, ours: list[str], written: list[_Word], theirs: list[str], names: frozenset[str]) -> bool:
        """Whether it may hold a figure, a date or a name."""
        if any(map(_figure, (*ours, *theirs))):
            return True
        parts = [part for text in (*ours, *theirs) for part in _parts(text)]
        if not self.rules.never.isdisjoint(parts):
            return True
        if any(self._like_a_name(part, names) for part in parts):
            return True
        return any(self._unknown_capital(word) for word in written)

    def _like_a_name(self, part: str, names: frozenset[str]) -> bool:
        return part in names or (
            len(part) > 3 and any(len(name) > 3 and likeness(part, name) >= NAME_LIKE for name in names)
        )

    def _unknown_capital(self, word: _Word) -> bool:
        """A capital that may be a name's: inside a sentence any word's but a term's, at its beginning also an ordinary
        word has one."""
        core = split_elision(word.text)[1]
        if not core[:1].isupper():
            return False
        if self.terms.is_drug(core) or self.terms.classes(core) - {"title"}:
            return False
        if core.isupper() and len(core) <= ACRONYM:
            return not self.terms.knows(core)
        return not (word.opens and self.terms.is_common(core))

    def _grammar(self, ours: list[str], theirs: list[str]) -> bool:
        """Small words only, or known words of the same beginnings: agreement and tense are not mishearing."""
        most = min(max(len(_LETTERS.findall(text)) for text in side) for side in (ours, theirs))
        if most < self.rules.letters:
            return True
        if len(ours) != len(theirs) or not self._all_known(ours) or not self._all_known(theirs):
            return False
        return all(self._inflected(plain(a), plain(b)) for a, b in zip(ours, theirs, strict=True))

    def _inflected(self, left: str, right: str) -> bool:
        ends = self.rules.endings
        return left == right or any(
            left[:cut] == right[:cut] and left[cut:] in ends and right[cut:] in ends
            for cut in range(3, min(len(left), len(right)) + 1)
        )

    def _all_known(self, texts: Iterable[str]) -> bool:
        return all(self.terms.knows(split_elision(text)[1]) for text in texts)

    # --- what is only offered --------------------------------------------------------------------------------------

    def _reason(self, ours: list[str], theirs: list[str]) -> str:
        """Why a person must always decide, in French; ``""`` when it may be written by itself."""
        parts = [part for text in (*ours, *theirs) for part in _parts(text)]
        for reason, words in self.rules.offered:
            if not words.isdisjoint(parts):
                return reason
        if any("unit" in self.terms.classes(text) for text in (*ours, *theirs)):
            return "unité"
        if any(part.startswith(self.rules.opposites) for part in parts) or self._flips(ours, theirs):
            return "sens opposé"
        names = (*(split_elision(text)[1] for text in (*ours, *theirs)), " ".join(theirs))
        if any(self.terms.is_drug(name) for name in names):
            return DRUG
        return KNOWN if self._all_known(ours) else ""

    def _flips(self, ours: list[str], theirs: list[str]) -> bool:
        """One side has a beginning that changes the meaning and the other has not, or another one."""
        left, right = ("".join(_LETTERS.findall("".join(side).lower())) for side in (ours, theirs))
        if left == right:
            return False
        same = [
            a == b
            for a, rest in self._beginnings(left)
            for b, other in self._beginnings(right)
            if (a or b) and min(len(rest), len(other)) > 3 and likeness(rest, other) >= SAME_REST
        ]
        return bool(same) and not any(same)

    def _beginnings(self, word: str) -> list[tuple[str, str]]:
        cuts = [cut for cut in range(1, LONGEST_PREFIX + 1) if "opposite-prefix" in self.terms.classes(word[:cut])]
        return [("", word), *((word[:cut], word[cut:]) for cut in cuts)]


# --- words of both sides --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """A word without its marks. ``opens``: it begins a sentence.

    Of a heard word also: the place of its ``token``, whether it is that token's only word and stands as it was heard
    (``free``), whether a mark follows it, its seconds, and what was written or offered there (``used``: the raw words,
    plain, and the texts).
    """

    text: str
    opens: bool
    token: int = -1
    free: bool = False
    marked: bool = False
    start: float = 0.0
    end: float = 0.0
    used: tuple[str, tuple[str, ...]] = ("", ())

    @property
    def plain(self) -> str:
        return plain(self.text)


def _heard(transcript: Transcript, found: Identification) -> Iterator[_Word]:
    """The words of the dictated body: not of the opening, nor of the notes to the secretariat."""
    opens = True
    for place, (token, (start, end)) in enumerate(zip(transcript.tokens, transcript.offsets, strict=True)):
        opens = opens or "\n" in token.before
        aside = end <= found.body_start or any(a <= start and end <= b for a, b in found.removed)
        words = cores(token.text)
        raw = plain(" ".join(cores(token.raw)))
        free = len(words) == 1 and raw == plain(words[0]) and token.start is not None
        used = (raw, (token.text,) if token.rule == APPRIS else token.offers if token.doubt else ())
        trail = split_marks(token.text)[2]
        for word in () if aside else words:
            yield _Word(
                word, opens, place, free, bool(trail), token.start or 0.0, token.end or token.start or 0.0, used
            )
            opens = False
        if token.text:
            opens = bool(FINAL & set(trail or (token.text if not words else "")))


def _written(sections: Iterable[Section]) -> Iterator[_Word]:
    for line in (line for section in sections for line in (section.heading, *section.text.split("\n"))):
        opens = True
        for chunk in line.split():
            for word in cores(chunk):
                yield _Word(word, opens)
            opens = bool(FINAL & set(split_marks(chunk)[2] or (chunk if not cores(chunk) else "")))


def _one_place(heard: list[_Word]) -> bool:
    """Whole tokens in a row, as they were heard, without a mark or a new sentence between them."""
    row = all(after.token == word.token + 1 for word, after in pairwise(heard))
    open_inside = any(word.opens for word in heard[1:]) or any(word.marked for word in heard[:-1])
    return row and not open_inside and all(word.free for word in heard)


def _parts(text: str) -> list[str]:
    """Plain words of a word: its hyphened parts, and the "n" of "n'est"; another elided letter says nothing."""
    elided, word = split_elision(text)
    parts = re.split(r"['\-‑]+", plain(word))
    return [part for part in (plain(elided).rstrip("'") if elided[:1] in "nN" else "", *parts) if part]


def _figure(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _names(revision: Revision, found: Identification) -> frozenset[str]:
    """Every word of a name that the case knows."""
    patient, recipient = revision.patient, revision.recipient
    texts = [patient.birth_name, patient.used_name, patient.first_names, found.traits.names, found.recipient_heard]
    texts += [recipient.last_name, recipient.first_name] if recipient else []
    texts.append(found.sender_heard)
    return frozenset(part for text in texts for word in cores(text) for part in _parts(word) if len(part) > 1)


# --- what was refused -----------------------------------------------------------------------------------------------

Change = tuple[str, int, int, int, int]


def _refused(
    heard: list[_Word], written: list[_Word], changes: Sequence[Change], known: Sequence[Learned]
) -> Iterator[Sighting]:
    """Places where a known correction was written or offered, and the person wanted other words. A place that is no
    longer in the text says nothing."""
    for first, last in _places(heard):
        now = _now(first, last, written, changes)
        raw = " ".join({word.token: word.used[0] for word in heard[first:last]}.values())
        texts = heard[first].used[1]
        for one in known:
            if one.key not in (raw, split_elision(raw)[1]) or not any(_holds(text, one.right) for text in texts):
                continue
            if now and not _holds(now, one.right):
                start, end = heard[first].start, heard[last - 1].end
                shared = one.reason == SHARED
                reason = "" if shared else one.reason
                yield Sighting(one.author, one.heard, one.right, start, end, 1, True, reason, proposed=shared)


def _places(heard: list[_Word]) -> Iterator[tuple[int, int]]:
    """Words in a row with the same thing written or offered."""
    first = 0
    for last in range(1, len(heard) + 1):
        if last < len(heard) and heard[last].used[1] == heard[first].used[1]:
            continue
        if heard[first].used[1]:
            yield first, last
        first = last


def _now(first: int, last: int, written: list[_Word], changes: Sequence[Change]) -> str:
    """What the approved text has in the place of these words; in a changed place, all of it."""
    words: list[_Word] = []
    for verb, i, j, k, m in changes:
        if j <= first or last <= i:
            continue
        if verb == "equal":
            words += written[k + max(first - i, 0) : k + min(last, j) - i]
        else:
            words += written[k:m]
    return " ".join(word.text for word in words)


def _holds(text: str, right: str) -> bool:
    """Whether ``right`` stands in ``text``, whole words, marks and articles aside."""
    place, wanted = (
        " ".join(part for word in cores(each) for part in plain(word).replace("'", "' ").split())
        for each in (text, right)
    )
    return f" {wanted} " in f" {place} "


def _counted(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The same correction of one case once, with how often it was made."""
    kept: dict[tuple[str, str, str, bool], Sighting] = {}
    times: Counter[tuple[str, str, str, bool]] = Counter()
    for one in sightings:
        key = (one.author, plain(one.heard), one.right, one.refused)
        kept.setdefault(key, one)
        times[key] += one.times
    return tuple(replace(one, times=times[key]) for key, one in kept.items())
