"""What the secretary sees of the ear: speech covered, words set aside, passages to listen to, figures to check."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.errors import DocumentIncomplete
from pipeline.model.case import Case, Status
from pipeline.model.text import FOREIGN, LOOP, STOCK_PHRASE, TAKEN_BACK, FindingKind, Gap, Token, Transcript, Word
from pipeline.settings import data_folder
from pipeline.testing import WordListLexicon, spoken
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.written import write
from pipeline.web.reading import coverage, doubts, marked_words, set_aside
from pipeline.web.words import SET_ASIDE, counted, duration, span
from tests.practice import LETTER, SECRETARY, Cabinet
from tests.web.conftest import Visitor
from tests.web.test_browser import SOUND, log_in

GAP = Gap(2.0, 3.5)
FIGURE = "chiffre à vérifier : aussi entendu « 15 »"


def heard(
    *left_out: tuple[str, str], gaps: tuple[Gap, ...] = (), text: str = LETTER, figure: bool = False
) -> Transcript:
    """``text`` as it was heard, with words and the rule that sets them aside before "Elle prend"."""
    transcript = spoken(text)
    tokens = [replace(t, doubt=FIGURE) if figure and t.text == "5" else t for t in transcript.tokens]
    place = next(place for place, token in enumerate(tokens) if token.text == "Elle")
    start = tokens[place].start or 0.0
    tokens[place:place] = [
        Token("", "", word, rule, 0.4, start - 0.1, start) for words, rule in left_out for word in words.split()
    ]
    speech = transcript.speech
    return replace(
        transcript, tokens=tuple(tokens), gaps=gaps, explained=speech - sum(gap.end - gap.start for gap in gaps)
    )


def dictated(cabinet: Cabinet, transcript: Transcript) -> Case:
    cabinet.hearing.transcript = transcript
    return cabinet.dictate(sound=SOUND.read_bytes())


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).replace("&#39;", "'").split())


# --- speech and its text -------------------------------------------------------------------------------------------


def test_speech_without_words_is_counted_and_each_passage_can_be_played(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = dictated(cabinet, replace(heard(gaps=(GAP,)), speech=62.0, explained=60.5))
    html = sylvie.get(f"/dossiers/{case.id}").text
    [line] = re.findall(r'<p class="coverage open".*?</p>', html, re.DOTALL)
    assert text_of(line) == "Parole : 1 min 02 s, expliquée à 97 % · 1 passage à écouter (0:02–0:04) ▶"
    assert 'data-from="2.0" data-to="3.5"' in line
    cabinet.desk.settle(case.id, 0, "heard", by=SECRETARY)
    html = sylvie.get(f"/dossiers/{case.id}").text
    assert "le passage sans texte a été écouté" in html and 'class="coverage done"' in html


def test_a_dictation_whose_speech_all_has_words_says_so(sylvie: Visitor, cabinet: Cabinet) -> None:
    html = sylvie.get(f"/dossiers/{dictated(cabinet, heard()).id}").text
    assert "✓ toute la parole a un texte" in html and "passage à écouter" not in html


def test_paper_has_no_speech(sylvie: Visitor, cabinet: Cabinet) -> None:
    pdf = sylvie.get(f"/dossiers/{cabinet.dictate().id}/document.pdf").content
    case = cabinet.scan(pdf, "Concernant Solange MARCHAND née le 12/04/1954")
    assert "couverture" not in sylvie.get(f"/dossiers/{case.id}").text


@pytest.mark.parametrize(("speech", "silent", "percent"), [(1000.0, 1.0, 99), (3.0, 1.0, 66), (2.0, 2.0, 0)])
def test_a_share_is_never_rounded_up(cabinet: Cabinet, speech: float, silent: float, percent: int) -> None:
    gaps = (Gap(2.0, 2.0 + silent),)
    for explained in (speech - silent, 0.0):  # transcripts of an earlier version do not know what is explained
        case = cabinet.dictate()
        dossier = cabinet.desk.open(case.id)
        assert dossier.checked is not None
        known = replace(dossier.checked.transcript, speech=speech, explained=explained, gaps=gaps)
        shown = coverage(replace(dossier, checked=replace(dossier.checked, transcript=known)))
        assert shown is not None and shown.percent == percent


def test_times_and_counts_are_french() -> None:
    assert [duration(value) for value in (58.4, 62, 3900)] == ["58 s", "1 min 02 s", "1 h 05 min"]
    assert span(12.0, 14.2) == "0:12–0:15"
    assert counted(2, "chiffre à vérifier") == "2 chiffres à vérifier"
    assert (counted(3, "autre doute"), counted(1, "doute"), counted(0, "doute")) == ("3 autres doutes", "1 doute", "")


# --- what was set aside --------------------------------------------------------------------------------------------


def test_words_set_aside_are_listed_with_their_reason_one_entry_for_words_in_a_row(cabinet: Cabinet) -> None:
    case = dictated(
        cabinet,
        heard(("non Non, non", LOOP), ("merci de votre attention", STOCK_PHRASE), ("contrôle point", TAKEN_BACK)),
    )
    entries = set_aside(cabinet.desk.open(case.id))
    assert [(one.words, one.times, one.why) for one in entries] == [
        ("non", 3, SET_ASIDE[LOOP]),
        ("merci de votre attention", 1, SET_ASIDE[STOCK_PHRASE]),
        ("contrôle point", 1, SET_ASIDE[TAKEN_BACK]),
    ]


def test_words_set_aside_stand_struck_out_at_their_place_and_nowhere_in_the_draft(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = dictated(cabinet, heard(("good <b>morning", FOREIGN)))
    shown = marked_words(cabinet.desk.open(case.id))
    place = next(place for place, word in enumerate(shown) if word.removed)
    assert (shown[place - 1].text, shown[place].text, shown[place + 1].text) == (
        "auriculaire.",
        "good <b>morning",
        "Elle",
    )
    html = sylvie.get(f"/dossiers/{case.id}").text
    assert 'aria-label="mis de côté : good &lt;b&gt;morning, dit dans une autre langue"' in html
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and all("morning" not in section.text for section in draft.revision.sections)


def test_a_passage_set_aside_is_taken_into_the_text_at_the_caret_with_the_keyboard(
    page: Page, cabinet: Cabinet
) -> None:
    case = dictated(cabinet, heard(("good morning", FOREIGN)))
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    text = page.locator(".ProseMirror")
    page.keyboard.press("Escape")
    text.focus()
    page.evaluate("""() => {
      const words = [...document.querySelectorAll(".ProseMirror .w")];
      getSelection().collapse(words.find((word) => word.textContent.includes("auriculaire")).firstChild, 0);
    }""")
    page.wait_for_timeout(100)
    take = page.get_by_role("button", name="Reprendre dans le texte : good morning")
    take.focus()
    page.keyboard.press("Enter")
    expect(text).to_be_focused()
    expect(text).to_contain_text("une fibrilation good morning auriculaire. Elle")
    page.keyboard.press("Control+z")
    expect(text).to_contain_text("une fibrilation auriculaire. Elle")
    take.click()
    page.keyboard.press("Control+s")
    expect(page.locator("#dit")).to_contain_text("Enregistré")
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and "good morning" in draft.revision.sections[0].text


# --- passages to listen to -----------------------------------------------------------------------------------------


def test_jumping_over_a_passage_is_not_listening_to_it(page: Page, cabinet: Cabinet) -> None:
    case = dictated(cabinet, heard(gaps=(Gap(2.0, 8.0),)))
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    page.wait_for_function("() => document.querySelector('#son').readyState > 0")
    for second in (1.8, 7.7):
        page.evaluate(
            "at => { const s = document.querySelector('#son'); s.currentTime = at; return s.play(); }", second
        )
        page.wait_for_timeout(700)
    expect(page.locator("#bulle [data-answer=e]")).to_be_disabled()


def test_without_a_script_or_without_a_sound_a_passage_can_still_be_answered(
    sylvie: Visitor, page: Page, cabinet: Cabinet
) -> None:
    cabinet.hearing.transcript = heard(gaps=(GAP,))
    case = cabinet.dictate(sound=b"RIFF no sound at all")
    html = sylvie.get(f"/dossiers/{case.id}").text
    [button] = re.findall(r"<button[^>]*data-needs-play[^>]*>", html)
    assert "disabled" not in button
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.locator("#bulle [data-answer=e]")).to_be_enabled()


# --- doubts --------------------------------------------------------------------------------------------------------


def test_a_figure_and_a_drug_in_doubt_are_counted_before_the_words(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = dictated(cabinet, heard(gaps=(GAP,), figure=True))
    found = doubts(cabinet.desk.open(case.id))
    assert (found.first, found.others) == ("1 chiffre à vérifier", "1 passage à écouter, 1 autre doute")
    html = sylvie.get(f"/dossiers/{case.id}").text
    assert "finding dictated grave" in html and 'class="w doubt grave"' in html
    [figure] = re.findall(r'<li[^>]*class="finding dictated grave".*?</li>', html, re.DOTALL)
    assert text_of(figure).startswith("! 5 chiffre à vérifier : aussi entendu « 15 »")


def test_a_risk_is_named_first_and_must_be_answered(sylvie: Visitor, cabinet: Cabinet) -> None:
    text = LETTER.replace("Elle prend", "Elle prend de la lévothyroxine 75 mg. Elle prend")
    case = dictated(cabinet, heard(text=text))
    dossier = cabinet.desk.open(case.id)
    assert doubts(dossier).first == "1 risque à vérifier"
    [risk] = re.findall(
        r'<li[^>]*class="finding risk grave".*?</li>', sylvie.get(f"/dossiers/{case.id}").text, re.DOTALL
    )
    assert text_of(risk).startswith("! 75 mg 75 mg de lévothyroxine : la dose usuelle est de 25 à 200 µg.")
    assert dossier.draft is not None
    with pytest.raises(DocumentIncomplete, match="risque"):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=dossier.draft.pdf.sha256)
    [index] = [index for index, one in dossier.open_findings if one.kind is FindingKind.RISK]
    draft = cabinet.desk.settle(case.id, index, "replaced", by=SECRETARY, text="75\u00a0µg")
    assert draft is not None
    assert cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=draft.pdf.sha256).status is Status.TO_SIGN


def test_what_the_rules_of_dictation_offer_is_taken_with_its_key(page: Page, cabinet: Cabinet) -> None:
    rules = load_dictation_rules(data_folder("lexicon") / "dictation.yaml")
    said = "Je revois votre patiente. Contrôle dans six mois. Corrigez deux points : trois mois. Merci."
    cut = LETTER.index("Je revois")
    opening = spoken(LETTER[:cut])
    start = opening.duration
    words = [Word(word, start + at * 0.4, start + at * 0.4 + 0.3, 0.9) for at, word in enumerate(said.split())]
    tokens = list(write(words, rules))
    tokens[0] = replace(tokens[0], before="\n")
    transcript = replace(opening, tokens=(*opening.tokens, *tokens))
    assert [token for token in tokens if token.offers]
    case = dictated(cabinet, transcript)
    [(index, finding)] = cabinet.desk.open(case.id).open_findings
    assert len(finding.excerpt.split()) > 4 and 1 <= len(finding.proposals) <= 3

    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.locator("#bulle-mot")).to_have_text(finding.excerpt)
    page.keyboard.press("1")
    expect(page.locator("#etat-texte")).to_contain_text("Enregistré")
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and index not in dict(cabinet.desk.open(case.id).open_findings)
    text = draft.revision.sections[0].text
    assert finding.proposals[0].text in text and "Corrigez" not in text and text.endswith("Merci.")


def test_thirty_doubts_are_walked_with_tab_and_stay_in_sight(page: Page, cabinet: Cabinet) -> None:
    strange = [f"mot{first}{last}x" for first in "abcdef" for last in "uvwyz"]
    cabinet.lexicon = WordListLexicon(dict.fromkeys(strange, ("motif", "moteur")))
    letter = LETTER.replace("Elle prend", f"{' '.join(strange)}. Elle prend")
    case = dictated(cabinet, heard(text=letter, figure=True))
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    word = page.locator("#bulle-mot")
    for one in strange:
        expect(word).to_have_text(one)
        page.keyboard.press("Tab")
    expect(word).to_have_text("5")
    expect(page.locator(".ProseMirror .current")).to_be_in_viewport()
    expect(page.locator("#bulle")).to_be_in_viewport()
    page.keyboard.press("Shift+Tab")
    expect(word).to_have_text(strange[-1])


def test_a_word_says_what_was_heard_first(cabinet: Cabinet) -> None:
    transcript = spoken(LETTER)
    tokens = list(transcript.tokens)
    place = next(place for place, token in enumerate(tokens) if token.text == "5")
    tokens[place] = replace(tokens[place], raw="cinq", rule="nombre")
    # the figure is part of a raw word "cinq mg"; "bisoprolol." is one token for two raw words
    drug = tokens[place + 3]
    assert drug.text == "bisoprolol." and drug.start is not None and drug.end is not None
    middle = (drug.start + drug.end) / 2
    words = (
        Word("cinq mg", tokens[place].start or 0, tokens[place + 1].end or 0, 0.9, first="6 mg"),
        Word("bisopro", drug.start, middle, 0.9, first="biseau prolo"),
        Word("lol.", middle, drug.end, 0.9, first="biseau prolo"),
    )
    case = dictated(cabinet, replace(transcript, tokens=tuple(tokens), words=words))
    titles = {word.text: word.title for word in marked_words(cabinet.desk.open(case.id)) if word.title}
    assert titles == {
        "5": "entendu : cinq · règle : nombre · première écoute : 6 mg",
        "mg": "entendu : mg · première écoute : 6 mg",
        "bisoprolol.": "entendu : bisoprolol. · première écoute : biseau prolo",
    }


# --- colours -------------------------------------------------------------------------------------------------------

STYLE = (Path(__file__).parents[2] / "pipeline" / "web" / "static" / "style.css").read_text("utf-8")
SCHEMES = [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{([^}]*)\}", STYLE)]
READ = [("bad", "bad-ground"), ("bad", "paper"), ("paper", "bad"), ("main", "paper"), ("main", "bad-ground")]
READ += [("main-ink", "main"), ("soft", "paper"), ("soft", "shade"), ("ok", "paper"), ("ink", "bad-ground")]


@pytest.mark.parametrize("scheme", SCHEMES, ids=("light", "dark"))
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_what_is_read_has_the_contrast_of_wcag_aa(scheme: dict[str, str], ink: str, ground: str) -> None:
    bright, dark = sorted((_luminance(scheme[ink]), _luminance(scheme[ground])), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
