"""The second factor: codes of an authenticator application (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

import pyotp
import segno

STEP = 30
"""Seconds, RFC 6238 section 4."""
DRIFT = 1
"""Steps that a telephone may be early or late, RFC 6238 section 5.2."""
RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 characters that are not mistaken for one another: 5 bits each."""


def new_secret() -> str:
    """160 bits (RFC 4226 section 4, R6), base32."""
    return pyotp.random_base32()


def is_code(text: str) -> bool:
    """Whether it looks like a code of an application: six figures. A recovery code does not."""
    return re.fullmatch(r"[0-9]{6}", re.sub(r"\s", "", text)) is not None


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The step (of 30 s since 1970) whose code this is, within the drift; the caller lets it be used once."""
    digits = re.sub(r"\s", "", code)
    if not is_code(code):
        return None
    totp = pyotp.TOTP(secret)
    current = int(now) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def qr_picture(secret: str, login: str) -> str:
    """A ``data:`` address of an SVG picture that the application reads."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Calame")
    return segno.make(address, error="m").svg_data_uri(scale=5, light="#fff", dark="#000")


def new_recovery_codes() -> list[str]:
    """80 bits each, so that one unsalted hash of each is enough."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    return ["-".join(re.findall("....", code)) for code in codes]


def recovery_hash(code: str) -> str:
    """SHA-256 of the code without its hyphens, however it was typed."""
    return hashlib.sha256(re.sub(r"[^A-Z0-9]", "", code.upper()).encode()).hexdigest()
