"""What is kept as JSON comes back equal."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import IntegrityBroken
from pipeline.journal.codec import decode, encode
from pipeline.model.document import Draft, ReviewedDraft, Revision, Section
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Practice, Practitioner
from pipeline.model.text import Box, Token, Transcript
from tests.journal.builders import JEANNE, blob

number = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
tokens = st.builds(
    Token,
    words,
    st.sampled_from(["", " ", "\u202f", "\n\n\n"]),
    words,
    probability=number,
    start=st.none() | number,
    box=st.none() | st.builds(Box, st.integers(0, 9), number, number, number, number),
)


@given(st.builds(Transcript, st.lists(tokens, max_size=4).map(tuple), duration=number))
def test_any_transcript_comes_back_equal(transcript: Transcript) -> None:
    assert decode(encode(transcript), Transcript) == transcript


def test_a_reviewed_draft_comes_back_with_the_same_hash_also_after_it_was_computed() -> None:
    revision = Revision(
        case_id="c",
        number=2,
        kind=DocumentKind.LETTER,
        title="Œdème",
        document_date=date(2026, 11, 3),
        sections=(Section("", "2,5 mg\n\nà jeun"),),
        patient=JEANNE,
        author=Practitioner("luc", "Dr Luc"),
        practice=Practice(),
        template="letters/letter.html",
        template_sha256="ab",
    )
    before = revision.sha256
    at = datetime(2026, 11, 3, 13, 5, 0, 1, tzinfo=UTC)
    reviewed = ReviewedDraft(revision, blob("pdf"), blob("docx"), "anne", at)
    back = decode(encode(reviewed), ReviewedDraft)
    assert back == reviewed
    assert back.revision.sha256 == before
    assert back.reviewed_at.utcoffset() is not None


def test_what_would_be_lost_is_refused() -> None:
    with pytest.raises(TypeError):
        encode(Transcript((), duration=math.nan))
    with pytest.raises(TypeError):
        encode(object())


def test_a_body_that_is_something_else_is_told_without_quoting_it() -> None:
    with pytest.raises(IntegrityBroken) as told:
        decode(encode(JEANNE), Draft)
    assert "Lefèvre" not in repr(told.value)
    assert told.value.__cause__ is None
    assert decode(encode(JEANNE), Patient) == JEANNE
