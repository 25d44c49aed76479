"""What a file is, told from its first bytes; its extension is never trusted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.intake.reasons import Reason
from pipeline.model.case import Medium
from pipeline.model.exchange import DOCX

HEAD = 4096
"""Bytes of the beginning that `sniff` wants."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A recognised content. ``medium`` is None for the DOCX copy of a draft, which opens no case."""

    medium: Medium | None
    media_type: str


def _dictation(media_type: str) -> Kind:
    return Kind(Medium.DICTATION, media_type)


def _scan(media_type: str) -> Kind:
    return Kind(Medium.SCAN, media_type)


def _is_version_and_layer(byte: int) -> bool:
    return byte >= 0xE0 and byte & 0x18 != 0x08 and byte & 0x06 != 0


def _is_rate(byte: int) -> bool:
    return 0x10 <= byte < 0xF0 and byte & 0x0C != 0x0C


def _any_of(test: Callable[[int], bool]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % byte for byte in range(256) if test(byte)) + b"]"


_SIGNATURES: tuple[tuple[re.Pattern[bytes], Kind | Reason], ...] = tuple(
    (re.compile(pattern, re.DOTALL), meaning)
    for pattern, meaning in (
        (rb"(RIFF|RF64).{4}WAVE", _dictation("audio/wav")),
        (rb"fLaC", _dictation("audio/flac")),
        (rb"OggS", _dictation("audio/ogg")),
        (rb"#!AMR(-WB)?\n", _dictation("audio/amr")),
        (rb"\.snd", _dictation("audio/basic")),
        (rb"FORM.{4}AIF[FC]", _dictation("audio/aiff")),
        (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", _dictation("audio/x-ms-wma")),
        (rb"\x1aE\xdf\xa3", _dictation("audio/webm")),
        (rb".{4}ftyp(hei[cxms]|hev[cx]|mif1|msf1|avif)", Reason.PHOTO_HEIC),
        (rb".{4}ftyp", _dictation("audio/mp4")),
        (rb"ID3[\x02-\x04]", _dictation("audio/mpeg")),
        # ADTS AAC has layer bits 00, which MPEG audio never has (ISO/IEC 13818-7, 11172-3)
        (rb"\xff[\xf0\xf1\xf8\xf9]", _dictation("audio/aac")),
        # an MPEG audio frame header: version not reserved, layer 1 to 3, bit rate and sampling rate valid
        (rb"\xff" + _any_of(_is_version_and_layer) + _any_of(_is_rate), _dictation("audio/mpeg")),
        (rb"\xff\xd8\xff", _scan("image/jpeg")),
        (rb"\x89PNG\r\n\x1a\n", _scan("image/png")),
        (rb"II[*+]\x00|MM\x00[*+]", _scan("image/tiff")),
        (rb".{0,1019}%PDF-", _scan("application/pdf")),
        (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", Reason.OFFICE),
        # Word writes the listing of types first, LibreOffice the properties
        (rb"PK\x03\x04.*(word/|docProps/|_rels/|\[Content_Types\])", Kind(None, DOCX)),
        (rb"PK\x03\x04.*mimetypeapplication/vnd\.oasis", Reason.OFFICE),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf", Reason.OFFICE),
        (rb"[\x02\x03](dss|ds2)", Reason.DICTAPHONE),
    )
)


def sniff(head: bytes) -> Kind | Reason:
    """The kind of content that begins with ``head`` (up to `HEAD` bytes), or the reason why it is not taken.

    Sources: the signatures stand in each format's specification; a PDF header may stand anywhere in the first
    1,024 bytes (ISO 32000-1, annex H, note 13).
    """
    for pattern, meaning in _SIGNATURES:
        if pattern.match(head):
            return meaning
    return Reason.UNKNOWN_TYPE
