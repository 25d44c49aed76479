"""Measures the proposals on made wrong/right pairs, kind by kind, and the alarms on clean texts.

Run: ``python -m benchmarks.pairs [--pairs 500] [--seed 11] [--misses 20]``. The right words are of the lexicon: half of
the own lists, half learned words of the nomenclatures. A quarter of them, chosen by a hash, is held back and told
apart: no rule was ever chosen on it. *Asked*: the check has a finding at the wrong words in a sentence.

- typing: one or two letters lost, doubled, swapped or hit beside the right key of a French keyboard
- sound: spellings of the same or a near sound
- split: a word cut in two, half of them with a spelling of the same sound
- real-word: words that all exist and together sound like the term, as a recogniser writes them, in a sentence that
  fits the term's class; *repaired*: one of the three proposals of the finding in the sentence is right
- merge: words run together (a term of several words, or a small word and a term), half of them with such a spelling
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from benchmarks.terms import GROUPS, by_sound, nomenclature_words
from pipeline.model.phonetic import sound, sound_of
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.plain_text import transcript_of
from pipeline.verify.sources import own_entries
from pipeline.verify.spelling import squash
from pipeline.verify.step import check

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(tempfile.gettempdir()) / "calame-test-lexicon"
ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
GLUED = ("la ", "une ", "le ", "un ", "de ", "sous ", "avec ", "l'", "d'")
SMALL_WORDS = ("à", "la", "le", "de", "des", "un", "en", "et", "au", "sa", "si", "ou", "on", "par", "pas", "ses", "mes")
IN_USE = 3.0
"""Zipf value of a word that a recogniser writes; a medical one is the term itself more often, up to the next value."""
MEDICAL_IN_USE = 4.0
SENTENCES = {
    "drug": "Traitement par {} depuis un mois.",
    "procedure": "Réalisation d'une {} ce jour.",
    "imaging": "L'examen montre une {} ce jour.",
    "lab-test": "Dosage de la {} ce jour.",
    "": "On note ce jour {} dans le dossier.",
}
HELD = 4
"""One right word of so many is held back."""


@dataclass(frozen=True, slots=True)
class Pair:
    """``rights`` are the texts that repair ``wrong``."""

    kind: str
    wrong: str
    rights: tuple[str, ...]

    @property
    def held(self) -> bool:
        return crc32(self.rights[0].encode()) % HELD == 0


def beside(letter: str, dice: random.Random) -> str:
    row = next((row for row in ROWS if letter in row), "")
    place = row.find(letter)
    keys = [row[other] for other in (place - 1, place + 1) if row and 0 <= other < len(row)]
    return dice.choice(keys) if keys else letter


def by_typing(term: str, dice: random.Random) -> str:
    for _ in range(dice.choice([1, 1, 2])):
        place = dice.randrange(1, len(term) - 1)
        start, letter, after, rest = term[:place], term[place], term[place + 1], term[place + 2 :]
        made = (start + after + rest, start + 2 * letter + after + rest, start + after + letter + rest)
        term = dice.choice([*made, start + beside(letter, dice) + after + rest])
    return term


def typing(word: str, dice: random.Random) -> Pair:
    return Pair("typing", by_typing(word, dice), (word,))


def sound_alike(word: str, dice: random.Random) -> Pair:
    return Pair("sound", by_sound(word, dice), (word,))


def split(word: str, dice: random.Random) -> Pair:
    place = dice.randrange(3, len(word) - 2)
    start = by_sound(word[:place], dice) if dice.random() < 0.5 else word[:place]
    return Pair("split", f"{start} {word[place:]}", (word,))


def merge(words: str, dice: random.Random) -> Pair:
    said = by_sound(words, dice) if dice.random() < 0.5 else words
    if " " in words:
        return Pair("merge", said.replace(" ", "").replace("'", ""), (words,))
    vowel = words[0] in "aeéiouyœ"
    small = dice.choice([one for one in GLUED if one.endswith("'") == vowel])
    return Pair("merge", small.strip().replace("'", "") + said, (words, small + words))


class RealWords:
    """Finds words in use whose sounds, one after the other, are those of a term."""

    def __init__(self, lexicon: FrenchLexicon) -> None:
        self._words: dict[str, str] = {}
        known = [line.split("\t")[1] for line in (lexicon.built / "sounds.txt").read_text("utf-8").splitlines()]
        in_use = sorted(
            (-lexicon.frequency(word), word) for word in (*known, *SMALL_WORDS) if not lexicon.classes(word)
        )
        for frequency, word in in_use:
            if -frequency >= IN_USE and not (lexicon.is_medical(word) and -frequency < MEDICAL_IN_USE):
                self._words.setdefault(sound(word), word)

    def respelt(self, term: str, dice: random.Random) -> str:
        """One to three words that are not the term, ``""`` when there are none."""
        found = [" ".join(words) for words in self._cut(sound_of(term), 3)]
        found = [words for words in found if squash(words) != squash(term)]
        return dice.choice(found) if found else ""

    def _cut(self, key: str, most: int) -> Iterator[list[str]]:
        if word := self._words.get(key):
            yield [word]
        for place in range(1, len(key)) if most > 1 else ():
            if word := self._words.get(key[:place]):
                yield from ([word, *rest] for rest in self._cut(key[place:], most - 1))


def real_word(word: str, dice: random.Random, words: RealWords) -> Pair:
    """Number is not heard in most words: either is right."""
    return Pair("real-word", words.respelt(word, dice), (word, word[:-1] if word.endswith("s") else f"{word}s"))


MAKERS = {"typing": typing, "sound": sound_alike, "split": split, "merge": merge}
KINDS = (*MAKERS, "real-word")


def made_pairs(count: int, seed: int, lexicon: FrenchLexicon) -> list[Pair]:
    """As many of each kind; none of them is right by chance."""
    dice = random.Random(seed)
    words = sorted({entry.word for entry in own_entries(ROOT / "lexicon") if entry.group in GROUPS})
    single = [word for word in words if word.isalpha() and word.islower() and len(word) >= 7]
    several = [word for word in words if re.fullmatch(r"[^\W\d_]{3,}(?: [^\W\d_]{3,}){1,2}", word) and word.islower()]
    others = nomenclature_words(set(single))
    respelling = RealWords(lexicon)
    pairs: list[Pair] = []
    seen: set[str] = set()
    while len(pairs) < count:
        kind = KINDS[len(pairs) % len(KINDS)]
        right = dice.choice(dice.choice([single, others]))
        if kind == "merge" and dice.random() < 0.5:
            right = dice.choice(several)
        pair = MAKERS[kind](right, dice) if kind in MAKERS else real_word(right, dice, respelling)
        known = kind in MAKERS and lexicon.knows(pair.wrong)
        if pair.wrong and pair.wrong not in seen and pair.wrong not in pair.rights and not known:
            seen.add(pair.wrong)
            pairs.append(pair)
    return pairs


def asked(pair: Pair, lexicon: FrenchLexicon) -> tuple[bool, bool]:
    """Whether the check has a finding at the wrong words in a sentence, and whether it repairs them."""
    group = next((name for name in lexicon.classes(pair.rights[0]) if name in SENTENCES), "")
    sentence = SENTENCES[group if pair.kind == "real-word" else ""]
    text = "Courrier.\n" + sentence.format(pair.wrong)
    start = text.index(pair.wrong, 10)
    end = start + len(pair.wrong)
    found = [one for one in check(transcript_of(text), lexicon).findings if one.start < end and start < one.end]
    made = (text[: one.start] + offer.text + text[one.end :] for one in found for offer in one.proposals)
    right = {squash("Courrier.\n" + sentence.format(one)) for one in pair.rights}
    return bool(found), any(squash(text) in right for text in made)


def measure(pairs: list[Pair], lexicon: FrenchLexicon, misses: int) -> None:
    tally: dict[tuple[bool, str], Counter[str]] = defaultdict(Counter)
    missed: list[str] = []
    spent = 0.0
    for pair in pairs:
        begun = time.process_time()
        found = [squash(one.text) for one in lexicon.propose(pair.wrong, 3)]
        spent += time.process_time() - begun
        rights = {squash(right) for right in pair.rights}
        first, top = bool(rights & set(found[:1])), bool(rights & set(found))
        found_here, repaired = asked(pair, lexicon)
        for kind in (pair.kind, "all"):
            tally[pair.held, kind].update(n=1, top1=first, top3=top, asked=found_here, repaired=repaired)
        if not first:
            missed.append(f"  {pair.kind}: {pair.wrong} for {pair.rights[0]}: {found}")
    print("| pairs | kind | n | top 1 | top 3 | asked | repaired |\n|---|---|---|---|---|---|---|")
    for held in (False, True):
        for kind in (*KINDS, "all"):
            counts = tally[held, kind]
            shares = " | ".join(
                f"{100 * counts[name] / max(1, counts['n']):.1f}%" for name in ("top1", "top3", "asked", "repaired")
            )
            print(f"| {'held back' if held else 'open'} | {kind} | {counts['n']} | {shares} |")
    print(f"\n{1000 * spent / len(pairs):.2f} CPU ms a call")
    print("\n".join(missed[:misses]))


def alarms(lexicon: FrenchLexicon, folder: Path, shown: bool) -> None:
    """Findings on right texts: each is false. With proposals they could mislead, without they only cost a look."""
    words = proposing = count = 0
    begun = time.process_time()
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8").strip()
        found = check(transcript_of(text), lexicon).findings
        words += len(text.split())
        count += len(found)
        proposing += sum(bool(one.proposals) for one in found)
        for one in found if shown else ():
            print(f"  {path.stem}: {one.excerpt} → {', '.join(proposal.text for proposal in one.proposals)}")
    speed = words / (time.process_time() - begun)
    rate, all_of = 1000 * proposing / words, 1000 * count / words
    print(
        f"alarms on {words} clean words ({folder.name}): with proposals {rate:.1f}, in all {all_of:.1f} per 1,000; "
        f"{speed:.0f} words a CPU second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--misses", type=int, default=0, help="print so many misses, and every alarm")
    options = parser.parse_args()
    lexicon = FrenchLexicon(ROOT / "lexicon", CACHE)
    lexicon.propose("apixabam")
    measure(made_pairs(options.pairs, options.seed, lexicon), lexicon, options.misses)
    for folder in ("clean", "clean/second"):
        alarms(lexicon, ROOT / "tests" / "verify" / folder, options.misses > 0)


if __name__ == "__main__":
    main()
