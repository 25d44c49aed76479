"""What was learned of an author, used on the next transcript of the same author.

Where the words of a `Learned` correction are heard again, its right words are written (rule "appris"; what was heard
stays the token's ``raw``), or only offered: then the token keeps its text and carries a doubt. Whole tokens, the
longest place first, never over a line's or a sentence's end. A word that a doubt or another rule already holds is left
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.model.learning import APPRIS, Learned, Use, plain, split_elision, split_marks
from pipeline.model.text import Token

MOST_WORDS = 5
"""A correction has at most so many words."""
FINAL = frozenset(".?!…")
_VOWELS = frozenset("aeiouyh")


def vocabulary(learned: Iterable[Learned], most: int = 60) -> tuple[str, ...]:
    """The right words of an author that are still in use, those met in most cases first: hints for an engine."""
    used = [one for one in learned if one.use in (Use.WRITTEN, Use.OFFERED)]
    ordered = sorted(used, key=lambda one: (-one.cases, one.right))
    return tuple(dict.fromkeys(one.right for one in ordered))[:most]


def apply_learned(tokens: Sequence[Token], learned: Iterable[Learned]) -> tuple[Token, ...]:
    """The tokens with what was learned written or offered. Joined, the raws stay what they were."""
    book = _book(learned)
    if not book:
        return tuple(tokens)
    words = list(_words(tokens))
    done: list[Token] = []
    place = 0
    while place < len(words):
        found = _longest(words, place, book)
        if found is None:
            done.append(words[place].token)
            place += 1
            continue
        length, span, entries = found
        done += _written(span, entries[0]) if _may_write(span, entries) else _offered(span, entries)
        place += length
    return tuple(done)


@dataclass(frozen=True, slots=True)
class _Word:
    """A token cut into marks, elided article and word. ``free``: it is one word that nobody changed or doubts.

    ``opens``: it begins a sentence. ``joins``: it follows the word before on the same line, with no mark between.
    """

    token: Token
    lead: str = ""
    elided: str = ""
    core: str = ""
    trail: str = ""
    free: bool = False
    opens: bool = False
    joins: bool = False

    @property
    def name_like(self) -> bool:
        return self.core[:1].isupper() and not self.opens


Book = dict[str, list[Learned]]


def _book(learned: Iterable[Learned]) -> Book:
    book: Book = {}
    for one in sorted(learned, key=lambda one: (-one.cases, one.right)):
        if one.use in (Use.WRITTEN, Use.OFFERED):
            book.setdefault(one.key, []).append(one)
    return book


def _words(tokens: Sequence[Token]) -> Iterator[_Word]:
    opens, marked = True, True
    for token in tokens:
        lead, middle, trail = split_marks(token.text)
        elided, core = split_elision(middle)
        opens = opens or "\n" in token.before
        joins = not marked and not lead and token.before != "" and "\n" not in token.before
        free = bool(core) and len(middle.split()) == 1 and _as_heard(token, middle) and not token.doubt
        yield _Word(token, lead, elided, core, trail, free, opens, joins)
        marked = bool(trail) or not core
        if token.text:
            opens = bool(FINAL & set(token.text[len(lead + middle) :] if core else token.text))


def _as_heard(token: Token, core: str) -> bool:
    """No rule gave the token other letters, and it holds no figure."""
    return plain(split_marks(token.raw)[1]) == plain(core) and not any(char.isdigit() for char in core)


Found = tuple[int, list[_Word], list[Learned]]


def _longest(words: Sequence[_Word], place: int, book: Book) -> Found | None:
    span: list[_Word] = []
    best: Found | None = None
    for word in words[place : place + MOST_WORDS]:
        if not word.free or (span and not word.joins):
            break
        span.append(word)
        entries = _entries(span, book)
        if entries:
            best = len(span), list(span), entries
    return best


def _entries(span: Sequence[_Word], book: Book) -> list[Learned]:
    """What was learned of these words; an elided article before them stays, where the right words allow one."""
    rest = [word.elided + word.core for word in span[1:]]
    whole = book.get(plain(" ".join([span[0].elided + span[0].core, *rest])), [])
    if whole or not span[0].elided:
        return whole
    behind = book.get(plain(" ".join([span[0].core, *rest])), [])
    return [one for one in behind if plain(one.right)[:1] in _VOWELS]


def _may_write(span: Sequence[_Word], entries: Sequence[Learned]) -> bool:
    """One meaning only, and sure; a capital inside a sentence, where it was not heard before, may be a name."""
    if len(entries) != 1 or entries[0].use is not Use.WRITTEN:
        return False
    before = [split_elision(word)[1] for word in entries[0].heard.split()]
    return all(old[:1].isupper() or not word.name_like for word, old in zip(span, before, strict=False))


def _written(span: Sequence[_Word], entry: Learned) -> list[Token]:
    first, last = span[0].token, span[-1].token
    text = _text(span, entry)
    if plain(text) == plain(" ".join(word.token.text for word in span)):
        return [word.token for word in span]
    return [
        replace(
            first,
            text=text,
            raw=" ".join(word.token.raw for word in span),
            rule=APPRIS,
            probability=min(word.token.probability for word in span),
            end=last.end,
        )
    ]


def _offered(span: Sequence[_Word], entries: Sequence[Learned]) -> list[Token]:
    """The words as heard, one place with one doubt. An offer replaces the whole place, so it keeps the marks."""
    said = " ou ".join(f"« {one.right} »" for one in entries[:3])
    offers = tuple(dict.fromkeys(_text(span, one) for one in entries[:3]))
    return [replace(word.token, doubt=f"déjà corrigé en {said}", offers=offers) for word in span]


def _text(span: Sequence[_Word], entry: Learned) -> str:
    whole = plain(" ".join(word.elided + word.core for word in span)) == entry.key
    elided = "" if whole else span[0].elided
    right = entry.right
    if span[0].opens and not elided and right[:1].islower():
        right = right[0].upper() + right[1:]
    return span[0].lead + elided + right + span[-1].trail
