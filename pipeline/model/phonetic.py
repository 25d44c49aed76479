"""A phonetic key for French words: two spellings that sound alike have the same or nearly the same key.

The key is written in a reduced alphabet in which near sounds share a sign, because a dictation confuses them:
``a b d é f g i j k l m n o p r s t u v z`` with ``A`` (an, en), ``I`` (in, un), ``O`` (on), ``E`` (eu, œ),
``S`` (ch), ``J`` (j, g), ``N`` (gn). Open and closed e and o, and u and ou, are not told apart.
The rules are applied in order to the whole word; they are general French spelling (grapheme to phoneme), with the
Greek "ch" of medical words. Each rule is ``(pattern, replacement)``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

_VOWEL = "aeéiouy"
_NOT_NASAL = "(?![nmhaeéiouyEU])"

RULES: tuple[tuple[str, str], ...] = (
    # small words: their "es" is heard
    ("^est?$", "é"),
    ("^([ldmst])es$", r"\1é"),
    ("^ces$", "sé"),
    # an elided word: its consonant is heard
    ("^([dst])$", r"\1°"),
    ("^c$", "C"),
    # Greek and learned spellings
    ("^ps(?=[aeéiouy])", "ps"),
    ("psych", "psik"),
    ("isch|ysch", "isk"),
    ("ouls$", "ou"),
    ("schi", "ski"),
    ("sch", "S"),
    ("ch(?=[rlnmt])", "k"),
    ("ch(?=o[lrn])", "k"),
    ("cch", "k"),
    ("(?<=tra)ch(?=é)|(?<=bra)ch(?=[iy])|(?<=tri)ch(?=o)|(?<=ny)ch(?=o)|(?<=or)ch(?=[iéo])", "k"),
    ("(?<=[éeon])ch(?=o)|^ch(?=élat|aos)", "k"),
    ("ch|sh", "S"),
    ("ph", "f"),
    ("gh", "g"),
    ("th", "T"),
    ("h", ""),
    # learned beginnings and endings, whose u, e or last consonant is heard
    ("^quadr", "kUadr"),
    ("^aqua", "akUa"),
    ("yper(?=[aeéiouy])", "ypér"),
    ("^(int|sup)er(?=[aeéiouy])", r"\1ér"),
    ("um$", "oM"),
    ("am$", "aM"),
    ("eps$", "éps°"),
    ("sts?$", "st°"),
    ("ow$", "o"),
    ("(?<=[aeo])x$|(?<=n)x$", "ks°"),
    ("(?<=lim|occ|vir|ell)us$", "us°"),
    ("(?<=[^m])b$", "b°"),
    ("(?<=[^nr])g$", "g°"),
    ("(?<=[a-zéTM][a-zéTM]i)ers$", "é"),
    # written diaeresis
    ("!i", "Y"),
    ("!u", "u"),
    # s between vowels
    ("(?<=[aeéiouy])s(?=[aeéiouyY])", "z"),
    # groups of vowels
    ("eau|au", "o"),
    ("oeil|euil|ueil", "E!"),
    ("oeu", "E"),
    ("oe(?=[a-zé])|ae", "é"),
    ("eu", "E"),
    ("(?<=[aeoé])ill", "!"),
    ("eil(?=l|$|s$)", "é!"),
    ("ail(?=l|$|s$)", "a!"),
    ("(?<=[^v])ill(?=[eaoé])", "i!"),
    # c, g, q, x, t
    ("gu(?=[eéiy])", "G"),
    ("ge(?=[aou])", "J"),
    ("gn", "N"),
    ("g(?=[eéiy])", "J"),
    ("j", "J"),
    ("qu|q|ck", "k"),
    ("sc(?=[eéiy])", "C"),
    ("[cx]c(?=[eéiy])", "kC"),
    ("c(?=[eéiyE])|ç", "C"),
    ("cc|c", "k"),
    ("^ex(?=[aeéiou])", "égz"),
    ("x$", ""),
    ("x", "ks"),
    ("(?<=[^s])tien(?=[tc])", "CiA"),
    ("(?<=[^s])ti(?=on|e[lu]|aire|al|at|aux$|o$|E)", "Ci"),
    ("e(?=ss)", "é"),
    ("ss", "C"),
    # nasal vowels and digraphs, nasal only when no vowel, n or m follows
    ("ouin|oin", "uI"),
    ("oy(?=[aeéiou])", "uaY"),
    ("oi", "ua"),
    ("ou", "U"),
    ("ay(?=[aeéiou])", "éi"),
    (f"ai(?![nm]{_NOT_NASAL})|ei(?![nm]{_NOT_NASAL})|ey", "é"),
    ("ien(?=$|s$|t$)", "iI"),
    (f"(?:ain|aim|ein|eim|yn|ym|in|im){_NOT_NASAL}", "I"),
    (f"(?:un|um){_NOT_NASAL}", "I"),
    (f"(?:an|am){_NOT_NASAL}", "A"),
    ("(?<=[éiY])en(?=$|s$)", "I"),
    (f"(?:en|em){_NOT_NASAL}", "A"),
    (f"(?:on|om){_NOT_NASAL}", "O"),
    ("y", "i"),
    ("Y", "i"),
    ("w", "v"),
    # an e before a doubled consonant is heard ("effort", "cellule")
    (r"e(?=(ll|tt|ff|rr|pp)[aeéiou])", "é"),
    # doubled letters, silent endings
    (r"(.)\1", r"\1"),
    ("(?:er|ez|et)$", "é"),
    ("ent$", "e"),
    ("es$", "e"),
    ("[tdspgbz]+$", ""),
    ("e$", ""),
    ("^e", "é"),
    (f"e(?=[^{_VOWEL}AIOU!][{_VOWEL}AIOU!])", ""),
    ("e", "é"),
    # the reduced alphabet
    ("C", "s"),
    ("U", "u"),
    ("!", "i"),
    ("M", "m"),
    ("T", "t"),
    ("G", "g"),
    ("°", ""),
    (r"(.)\1", r"\1"),
)
"""The ordered rules. ``C`` is a sure /s/ (not z), ``U`` is "ou", ``!`` is a yod, ``Y`` an i with diaeresis;
``G``, ``M`` and ``T`` are g, m and t that no rule changes, and the consonant before ``°`` is heard."""

_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in RULES)
_HEARD_U = re.compile("gu(?:ë|e\u0308)|g(?:ü|u\u0308)e")
""" "aiguë", "aigüe": the diaeresis says that the u is heard."""
_KEPT = str.maketrans({"è": "é", "ê": "é", "ë": "é", "ï": "!i", "ü": "!u", "û": "U", "œ": "oe", "æ": "ae"})


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """The key of one word (any case; hyphens and apostrophes are dropped). Empty when it holds no letter."""
    key = "".join(_letter(letter) for letter in _HEARD_U.sub("gu", word.lower()).translate(_KEPT))
    for pattern, replacement in _COMPILED:
        key = pattern.sub(replacement, key)
    return key


@lru_cache(maxsize=50_000)
def sound_of(words: str) -> str:
    """The key of several words: their keys put together, so that a wrong division does not matter. A lone letter is
    its name ("protéine C") unless it is elided ("c'est")."""
    return "".join(_spoken(word, bool(elided)) for word, elided in _WORD.findall(words.replace("-t-", "-t'")))


_WORD = re.compile(r"([^\s'’\-/]+)(['’])?")
_NAMES = {
    "b": "bé", "c": "sé", "d": "dé", "f": "éf", "g": "Ji", "h": "aS", "j": "Ji", "k": "ka", "l": "él", "m": "ém",
    "n": "én", "p": "pé", "q": "ku", "r": "ér", "s": "és", "t": "té", "v": "vé", "w": "dublEvé", "x": "iks",
    "z": "zéd",
}  # fmt: skip
"""The key of each letter's name; that of a vowel is itself, and "y" is a word ("il y a"). "g" and "j" have one: each is
taken for the other ("sonde double g")."""


def _spoken(word: str, elided: bool) -> str:
    return sound(word) if elided else _NAMES.get(word.lower()) or sound(word)


def _letter(letter: str) -> str:
    if letter in "éç!U":
        return letter
    plain = unicodedata.normalize("NFD", letter)[0]
    return plain if "a" <= plain <= "z" else ""


_CLASSES = ("aA", "éEI", "iI", "oO", "uE", "pb", "td", "kg", "fv", "sz", "SJ", "sS", "zJ", "mn", "nN", "lr")
_ROUNDING = 1e-9
LEAST_CHANGE = 0.5
"""What the least change of `distance` costs."""
WEAK = frozenset("éi")
"""Sounds that are easily lost or added (a mute e, a glide): half a change."""
NEAR = frozenset((a, b) for pair in _CLASSES for a in pair for b in pair if a != b)
"""Sounds that differ by one trait (voicing, place, nasality): a confusion costs less than another change."""


@lru_cache(maxsize=100_000)
def distance(left: str, right: str, most: float = math.inf) -> float:
    """Edit distance of two keys: 1 for a sound added, lost or changed; 0.5 between `NEAR` or for `WEAK` sounds.

    One above ``most`` may be told as infinite, which is faster.
    """
    start = _shared(left, right)
    end = _shared(left[start:][::-1], right[start:][::-1])
    left, right = left[start : len(left) - end], right[start : len(right) - end]
    costs = [LEAST_CHANGE if b in WEAK else 1.0 for b in right]
    previous = list(accumulate(costs, initial=0.0))
    for a in left:
        lost = LEAST_CHANGE if a in WEAK else 1.0
        current = [previous[0] + lost]
        for j, b in enumerate(right, 1):
            change = 0.0 if a == b else LEAST_CHANGE if (a, b) in NEAR else 1.0
            current.append(min(previous[j] + lost, current[j - 1] + costs[j - 1], previous[j - 1] + change))
        if min(current) > most:
            return math.inf
        previous = current
    return previous[-1]


@lru_cache(maxsize=100_000)
def edits(heard: str, meant: str) -> tuple[float, float, float]:
    """The parts of `distance`: what changed, what was heard and not meant, and what was meant and not heard."""
    start = _shared(heard, meant)
    end = _shared(heard[start:][::-1], meant[start:][::-1])
    heard, meant = heard[start : len(heard) - end], meant[start : len(meant) - end]
    lost = [LEAST_CHANGE if a in WEAK else 1.0 for a in heard]
    gained = [LEAST_CHANGE if b in WEAK else 1.0 for b in meant]
    rows = [[*accumulate(gained, initial=0.0)]]
    for a, cost in zip(heard, lost, strict=True):
        before = rows[-1]
        row = [before[0] + cost]
        for j, b in enumerate(meant, 1):
            row.append(min(before[j] + cost, row[j - 1] + gained[j - 1], before[j - 1] + _change(a, b)))
        rows.append(row)
    i, j, found = len(heard), len(meant), [0.0, 0.0, 0.0]
    while i or j:
        here = rows[i][j]
        if i and j and here == rows[i - 1][j - 1] + (change := _change(heard[i - 1], meant[j - 1])):
            i, j = i - 1, j - 1
            found[0] += change
        elif i and here == rows[i - 1][j] + lost[i - 1]:
            i -= 1
            found[1] += lost[i]
        else:
            j -= 1
            found[2] += gained[j]
    return found[0], found[1], found[2]


def _change(a: str, b: str) -> float:
    return 0.0 if a == b else LEAST_CHANGE if (a, b) in NEAR else 1.0


def _shared(left: str, right: str) -> int:
    """How many first sounds both have."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def likeness(left: str, right: str, least: float = 0.0) -> float:
    """How much two groups of words sound alike, in [0, 1]: 1 when their keys are the same. Below ``least`` it may be 0:
    a sound that only one of them has costs 0.5 at least, which is told much faster than the distance."""
    return keys_alike(sound_of(left), sound_of(right), least)


def keys_alike(ours: str, theirs: str, least: float = 0.0) -> float:
    """`likeness` of two groups of words of which the keys are known."""
    longest = max(len(ours), len(theirs))
    if not ours or not theirs:
        return 0.0
    if least:
        own = max(len(set(ours).difference(theirs)), len(set(theirs).difference(ours)), abs(len(ours) - len(theirs)))
        if 1 - LEAST_CHANGE * own / longest < least:
            return 0.0
        return max(0.0, 1 - distance(ours, theirs, (1 - least) * longest + _ROUNDING) / longest)
    return 1 - distance(ours, theirs) / longest
