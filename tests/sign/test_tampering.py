"""Whatever is done to a signed file, it is no longer valid; and checking it never raises."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pipeline.sign.certificate import ensure_practice_certificate
from pipeline.sign.pyhanko_signer import PyhankoSigner
from pipeline.sign.pyhanko_verifier import verify_pdf

HEX = b"0123456789abcdefABCDEF"
SEED = 20261122


def container(signed: bytes) -> tuple[int, int]:
    """Where the hexadecimal digits of the signature stand."""
    found = max(re.finditer(rb"/Contents <([0-9a-fA-F]+)>", signed), key=lambda match: len(match.group(1)))
    return found.span(1)


def with_byte(signed: bytes, place: int, value: int) -> bytes:
    return signed[:place] + bytes([value]) + signed[place + 1 :]


def places(signed: bytes) -> list[int]:
    """Seeded places: 16 in the reviewed bytes, 12 in the signature's bytes, 8 in its padding, 12 after it, the ends."""
    chance = random.Random(SEED)
    start, end = container(signed)
    body_end = len(bytes.fromhex(signed[start:end].decode()).rstrip(b"\0")) * 2 + start
    wanted = [chance.randrange(start) for _ in range(16)]
    wanted += [chance.randrange(start, body_end) for _ in range(12)]
    wanted += [chance.randrange(body_end + 1, end) for _ in range(8)]
    wanted += [chance.randrange(end, len(signed)) for _ in range(12)]
    return [0, *wanted, start - 1, end, signed.rindex(b"startxref"), signed.rindex(b"trailer"), len(signed) - 1]


def test_one_changed_byte_anywhere_is_noticed(signed: bytes, signer: PyhankoSigner) -> None:
    start, end = container(signed)
    chance = random.Random(SEED)
    chosen = places(signed)
    assert len(chosen) >= 50
    for place in chosen:
        choices = [value for value in (HEX if start <= place < end else range(256)) if value != signed[place]]
        changed = with_byte(signed, place, chance.choice(list(choices)))
        assert not signer.verify(changed).valid, f"byte {place} of {len(signed)}"


def test_the_fields_of_the_signature_that_no_hash_covers_are_checked_too(signed: bytes, signer: PyhankoSigner) -> None:
    """The first 48 bytes hold version, algorithms and lengths, which pyHanko alone passes over."""
    start, _ = container(signed)
    for place in range(start, start + 96, 3):
        digit = b"0123456789ABCDEF"[int(chr(signed[place]), 16) ^ 2]
        assert not signer.verify(with_byte(signed, place, digit)).valid, f"digit {place - start} of the signature"


def test_the_case_of_one_hexadecimal_digit_is_noticed(signed: bytes, signer: PyhankoSigner) -> None:
    start, _ = container(signed)
    place = next(place for place in range(start, start + 500) if chr(signed[place]).isalpha())
    assert not signer.verify(with_byte(signed, place, signed[place] ^ 0x20)).valid


def add_annotation(signed: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 200, 90))),
            generic.pdf_name("/Contents"): generic.TextStringObject("10 mg"),
        }
    )
    notes = page.get("/Annots", generic.ArrayObject())
    notes.append(writer.add_object(note))
    page[generic.pdf_name("/Annots")] = notes
    writer.update_container(page)
    return written(writer)


def add_text_to_the_page(signed: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    drawn = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 100 400 200 20 re f Q"))
    page[generic.pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), drawn])
    writer.update_container(page)
    return written(writer)


def add_page(signed: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            generic.pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages[generic.pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)
    return written(writer)


def save_again(signed: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as document:
        document.save(output)
    return output.getvalue()


def written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        add_annotation,
        add_text_to_the_page,
        add_page,
        save_again,
        lambda signed: signed + b"\n",
        lambda signed: signed + b"%%EOF\n",
        lambda signed: signed + b"\0" * 4096,
        lambda signed: b"\n" + signed,
        lambda signed: signed[:-200],
        lambda signed: signed[: len(signed) // 2],
        lambda signed: b"",
    ],
    ids=[
        *("annotation", "text", "page", "re-saved", "newline", "second end", "zeros", "first byte"),
        *("cut end", "half", "empty"),
    ],
)
def test_a_file_changed_as_a_whole_is_not_valid(
    signed: bytes, signer: PyhankoSigner, change: Callable[[bytes], bytes]
) -> None:
    report = signer.verify(change(signed))
    assert not report.valid
    assert report.message


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_checking_noise_never_raises(noise: bytes) -> None:
    assert not verify_pdf(b"%PDF-1.7\n" + noise, (), ()).valid


def test_an_unsigned_file_is_said_to_be_unsigned(reviewed: tuple[object, bytes], signer: PyhankoSigner) -> None:
    report = signer.verify(reviewed[1])
    assert not report.valid
    assert "n'est pas signé" in report.message


def test_the_certificate_of_another_practice_is_not_trusted(signed: bytes, tmp_path: Path) -> None:
    other = PyhankoSigner(
        ensure_practice_certificate(tmp_path / "k", "Autre cabinet", datetime(2026, 11, 22, tzinfo=UTC))
    )
    report = other.verify(signed)
    assert (report.valid, report.intact, report.trusted) == (False, True, False)
    assert "pas reconnu" in report.message
