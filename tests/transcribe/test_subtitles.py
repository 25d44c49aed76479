"""A transcript as text, JSON, SRT and WebVTT."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.text import LOOP, Gap, Token, Transcript
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.subtitles import LINE, Format, cues, render, spans
from pipeline.transcribe.written import write
from tests.transcribe.conftest import ROOT, words_of

RULES = load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")


def said(heard: str) -> Transcript:
    """What ``heard`` (``|`` is a pause) becomes by the shipped rules."""
    words = words_of(heard)
    return Transcript(write(words, RULES), words, "told", duration=words[-1].end if words else 0.0)


def test_text_is_the_text_and_a_new_line() -> None:
    assert render(said("toux virgule à la ligne fièvre point"), Format.TXT) == "Toux,\nFièvre.\n"


def test_each_sentence_and_each_line_is_a_subtitle_with_its_times() -> None:
    shown = render(said("toux point | fièvre point à la ligne fin"), Format.SRT)
    assert shown == (
        "1\n00:00:00,000 --> 00:00:00,800\nToux.\n\n"
        "2\n00:00:01,300 --> 00:00:02,100\nFièvre.\n\n"
        "3\n00:00:03,300 --> 00:00:03,700\nFin\n\n"
    )


def test_webvtt_has_its_head_and_escapes_what_would_be_a_tag() -> None:
    tokens = (Token("TSH < 5 & stable", "", "x", start=3599.9994, end=3600.5),)
    assert render(Transcript(tokens), Format.VTT) == (
        "WEBVTT\n\n00:59:59.999 --> 01:00:00.500\nTSH &lt; 5 &amp; stable\n"
    )


def test_a_long_sentence_is_cut_after_a_comma_into_two_lines_of_42_letters() -> None:
    long = (
        "il décrit une dyspnée importante à l'effort modéré depuis trois semaines virgule sans douleur thoracique ni "
    )
    found = cues(said(long + "palpitations ni syncope ni œdème des membres inférieurs point"))
    assert len(found) > 1
    assert found[0].lines[-1].endswith("semaines,")
    assert all(len(line) <= LINE for cue in found for line in cue.lines)
    assert all(len(cue.lines) <= 2 and cue.end - cue.start <= 7.0 for cue in found)


def test_a_mark_stays_with_its_word_and_a_unit_with_its_number() -> None:
    shown = render(said("motif deux points toux point | est-il guéri point d'interrogation"), Format.SRT)
    assert "Motif\u00a0: toux." in shown and "guéri\u202f?" in shown


def test_json_holds_the_evidence_of_each_piece_and_what_was_set_aside() -> None:
    tokens = (
        Token("5 mg", "", "cinq milligrammes", "dose", 0.8, 1.0, 2.0, None, "« 5 » ou « 15 »", ("15 mg",)),
        Token("", "", "non", LOOP, 0.5, 2.0, 2.4),
    )
    transcript = Transcript(tokens, (), "told", duration=9.0, speech=5.0, explained=4.0, gaps=(Gap(3.0, 4.0),))
    told = json.loads(render(transcript, Format.JSON))
    assert told["tokens"] == [
        {
            "text": "5 mg",
            "before": "",
            "raw": "cinq milligrammes",
            "rule": "dose",
            "probability": 0.8,
            "start": 1.0,
            "end": 2.0,
            "doubt": "« 5 » ou « 15 »",
            "offers": ["15 mg"],
        }
    ]
    assert [one["raw"] for one in told["set_aside"]] == ["non"]
    assert told["coverage"] == {"speech": 5.0, "explained": 4.0} and told["gaps"] == [{"start": 3.0, "end": 4.0}]
    assert told["engine"] == "told" and told["text"] == "5 mg"


def test_nothing_heard_is_an_empty_file_of_each_kind() -> None:
    assert [render(Transcript(()), kind) for kind in (Format.TXT, Format.SRT, Format.VTT)] == ["\n", "", "WEBVTT\n"]


def test_gaps_are_told_in_french() -> None:
    assert spans((Gap(12.0, 15.24), Gap(40.1, 41.3))) == "12,0 à 15,2 s, 40,1 à 41,3 s"


SAID = "toux fièvre, douleur. | point virgule à la ligne électrocardiographiquement 12 mg œ : « deux points"
PARTS = st.sampled_from(SAID.split())


@given(st.lists(PARTS, max_size=80))
@settings(max_examples=200, deadline=None)
def test_subtitles_follow_each_other_and_say_the_whole_text(parts: list[str]) -> None:
    transcript = said(" ".join(parts))
    found = cues(transcript)
    assert [word for cue in found for line in cue.lines for word in line.split()] == transcript.text.split()
    assert all(cue.start < cue.end for cue in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize("kind", [Format.SRT, Format.VTT])
def test_times_have_the_form_that_players_read(kind: Format) -> None:
    mark = "," if kind is Format.SRT else r"\."
    times = re.findall(r"^(.*) --> (.*)$", render(said("toux point | fièvre point"), kind), re.MULTILINE)
    assert times and all(re.fullmatch(rf"\d\d:\d\d:\d\d{mark}\d\d\d", one) for pair in times for one in pair)
