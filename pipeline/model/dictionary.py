"""What an author is offered of what was learned: the own corrections, and those that the whole practice shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipeline.model.learning import Learned, Use

SHARED = "partagé par le cabinet"
"""The reason for which what others taught is only ever offered."""


WordChange = Literal["forget", "restore", "share", "unshare", "erase"]
"""What a person does with an accepted word."""


@dataclass(frozen=True, slots=True)
class SharingRules:
    """``rejected_documents`` and ``shared_authors`` of ``lexicon/learning.yaml``, explained there."""

    rejected_documents: int = 3
    shared_authors: int = 2


@dataclass(frozen=True, slots=True)
class Accepted:
    """A word that is right; who said so (a login), when, and in whose dictation ("" when that is not known).

    ``shared``: the whole practice knows it, else its author only. ``active`` is false when a person forgot it.
    """

    id: str
    word: str
    by: str
    at: datetime
    author: str = ""
    shared: bool = True
    active: bool = True


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What people taught: words that are right, and, of each author, what was corrected and rejected."""

    accepted: tuple[Accepted, ...] = ()
    learned: tuple[Learned, ...] = ()


def taught(author: str, everything: Iterable[Learned], rules: SharingRules) -> tuple[Learned, ...]:
    """What the next dictation of ``author`` is read with: the own corrections, then, only ever offered, those that
    a person shared or that enough authors' documents were given. Own corrections and refusals come first."""
    everything = tuple(everything)
    own = tuple(one for one in everything if author and one.author == author)
    settled = {one.key for one in own if one.cases and one.use in (Use.WRITTEN, Use.OFFERED)}
    refused = {(one.key, one.right) for one in own if one.use is not Use.REJECTED}
    refused |= rejected(own, rules)
    groups: dict[tuple[str, str], list[Learned]] = {}
    for one in everything:
        if one.author != author and one.use in (Use.WRITTEN, Use.OFFERED):
            groups.setdefault((one.key, one.right), []).append(one)
    shared = [
        replace(ones[0], author=author, cases=1, refused=0, rejected=0, reason=SHARED)
        for place, ones in groups.items()
        if place[0] not in settled
        and place not in refused
        and (any(one.shared for one in ones) or len({one.author for one in ones}) >= rules.shared_authors)
    ]
    return own + tuple(shared)


def rejected(learned: Iterable[Learned], rules: SharingRules) -> frozenset[tuple[str, str]]:
    """The (plain words, proposal) that are no longer proposed to the author of ``learned``."""
    return frozenset(
        (one.key, one.right) for one in learned if one.use is Use.REJECTED and one.rejected >= rules.rejected_documents
    )
