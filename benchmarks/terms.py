"""Measures the term check: how often the right term is proposed for a made error, speed, memory, false alarms.

Run: ``.venv/bin/python benchmarks/terms.py [--pairs 900] [--seed 7]``. The errors are made half from the own lists and
half from medical words of the nomenclatures: a letter lost, doubled, swapped or changed, accents lost, spellings of
the same or a near sound, a word cut in two.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from pipeline.model.text import Token, Transcript
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.sources import labels, own_entries
from pipeline.verify.spelling import squash, words_of
from pipeline.verify.step import check

ROOT = Path(__file__).parents[1]
CACHE = Path(tempfile.gettempdir()) / "calame-test-lexicon"
GROUPS = {"drug", "procedure", "lab-test", "imaging", "sign"}
SOUNDS = [
    ("ph", "f"), ("th", "t"), ("y", "i"), ("rh", "r"), ("ch", "k"), ("qu", "k"), ("c", "k"), ("h", ""), ("ae", "é"),
    ("œ", "e"), ("ss", "s"), ("s", "z"), ("z", "s"), ("mm", "m"), ("nn", "n"), ("ll", "l"), ("tt", "t"), ("rr", "r"),
    ("an", "en"), ("en", "an"), ("in", "ain"), ("ein", "in"), ("au", "o"), ("eau", "o"), ("tion", "sion"), ("é", "er"),
    ("ie", "i"), ("que", "c"), ("ique", "ik"), ("b", "p"), ("d", "t"), ("g", "k"), ("v", "f"), ("m", "n"), ("x", "cs"),
]  # fmt: skip


def by_sound(term: str, dice: random.Random) -> str:
    fitting = [(old, new) for old, new in SOUNDS if old in term]
    for old, new in dice.sample(fitting, min(len(fitting), dice.choice([1, 2, 2]))):
        places = [m.start() for m in re.finditer(re.escape(old), term) if m.end() < len(term)]
        if places:
            place = dice.choice(places)
            term = term[:place] + new + term[place + len(old) :]
    return term


def by_finger(term: str, dice: random.Random) -> str:
    for _ in range(dice.choice([1, 1, 2])):
        place = dice.randrange(1, len(term) - 1)
        kind = dice.randrange(4)
        if kind == 0:
            term = term[:place] + term[place + 1 :]
        elif kind == 1:
            term = term[:place] + term[place] + term[place:]
        elif kind == 2:
            term = term[:place] + term[place + 1] + term[place] + term[place + 2 :]
        else:
            term = term[:place] + dice.choice("aeiourstnlmpcd") + term[place + 1 :]
    return term


def by_division(term: str, dice: random.Random) -> str:
    place = dice.randrange(3, len(term) - 3)
    return by_sound(term[:place], dice) + " " + term[place:]


MAKERS = {"sound": by_sound, "finger": by_finger, "division": by_division}


def nomenclature_words(own: set[str]) -> list[str]:
    """Words of CIM-10 and CIM-11 that the general dictionary does not make up: those with a learned root."""
    learned = re.compile("ph|th|y|rh|œ|ite$|ose$|ome$|émie|urie|algie|ectomie|plasie|tomie|trophie|gène|oïde")
    seen = {word for label in labels() if label.source.startswith("CIM") for word in words_of(label.text)}
    return sorted(w for w in seen - own if w.islower() and w.isalpha() and len(w) >= 7 and learned.search(w))


def made_pairs(count: int, seed: int) -> list[tuple[str, str, str]]:
    """``(kind, wrong, right)``; single words of at least seven letters."""
    dice = random.Random(seed)
    words = sorted({e.word for e in own_entries(ROOT / "lexicon") if e.group in GROUPS})
    words = [word for word in words if word.isalpha() and word.islower() and len(word) >= 7]
    others = nomenclature_words(set(words))
    pairs: list[tuple[str, str, str]] = []
    while len(pairs) < count:
        kind = dice.choice(list(MAKERS))
        right = dice.choice(dice.choice([words, others]))
        wrong = MAKERS[kind](right, dice)
        if squash(wrong) != squash(right) or " " in wrong:
            pairs.append((kind, wrong, right))
    return pairs


def false_alarms(lexicon: FrenchLexicon) -> tuple[int, int]:
    alarms = words = 0
    for path in sorted((ROOT / "tests/verify/data").glob("*.txt")):
        text = path.read_text(encoding="utf-8").strip()
        tokens = tuple(Token(m[2], m[1], m[2]) for m in re.finditer(r"(\s*)(\S+)", text))
        alarms += len(check(Transcript(tokens), lexicon).findings)
        words += len(tokens)
    return alarms, words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=900)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", type=int, default=0, help="print so many misses")
    options = parser.parse_args()
    FrenchLexicon(ROOT / "lexicon", CACHE)  # builds it when it is not there
    began = time.process_time()
    lexicon = FrenchLexicon(ROOT / "lexicon", CACHE)
    lexicon.propose("apixabam")
    print(f"open and first query: {time.process_time() - began:.2f} CPU s")
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    misses: list[tuple[str, str, list[str]]] = []
    pairs = made_pairs(options.pairs, options.seed)
    began = time.process_time()
    for kind, wrong, right in pairs:
        found = [squash(p.text) for p in lexicon.propose(wrong, 3)]
        for name in (kind, "all"):
            tally[name].update(n=1, top1=found[:1] == [squash(right)], top3=squash(right) in found)
        if found[:1] != [squash(right)]:
            misses.append((wrong, right, found))
    milliseconds = 1000 * (time.process_time() - began) / len(pairs)
    for name, counts in sorted(tally.items()):
        top1, top3 = counts["top1"] / counts["n"], counts["top3"] / counts["n"]
        print(f"{name:9} n={counts['n']:4} top1 {top1:.1%} top3 {top3:.1%}")
    print(f"{milliseconds:.2f} CPU ms a query")
    alarms, words = false_alarms(lexicon)
    print(f"false alarms on right texts: {alarms} in {words} words = {1000 * alarms / words:.1f} per 1,000")
    print(f"memory (peak resident): {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    for wrong, right, found in misses[: options.misses]:
        print(f"  {wrong} for {right}: {found}")


if __name__ == "__main__":
    main()
