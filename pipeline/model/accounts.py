"""What an account holds beside the person: state, second factor, open sessions, reasons of access; and who else may
vouch for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from pipeline.model.people import User


@dataclass(frozen=True, slots=True)
class Account:
    """A user with what opens the account. ``works_for`` are the doctors of a secretary; empty means all.

    ``password_hash`` is argon2id's text; ``totp_secret`` is sealed (`pipeline/web/vault.py`), and empty without
    a second factor; ``totp_step`` is the last step (of 30 s since 1970) whose code was used.
    """

    user: User
    password_hash: str
    active: bool = True
    must_change: bool = False
    totp_secret: str = ""
    totp_step: int = 0
    works_for: tuple[str, ...] = ()


class Level(StrEnum):
    """How far a session has come."""

    PASSWORD = "password"  # noqa: S105  the second factor is still to come: opens nothing
    FULL = "full"
    PROVIDER = "provider"
    """Full, by an identity provider with two factors of its own."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session. ``id`` can be shown, the token cannot: only its SHA-256 is kept. ``origin`` is the address it
    was opened from, ``agent`` what the browser calls itself."""

    id: str
    login: str
    level: Level
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    origin: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class AccessReason:
    """Why somebody opened the file of a patient who is not one of theirs. ``subject`` is the patient's id, or the
    case's while it has no patient; ``text`` may name people, so it is kept beside the audit chain, never in it."""

    id: str
    login: str
    subject: str
    code: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Provider:
    """Where to send people, and how to know them. ``claim`` of the userinfo holds the RPPS number; ``acr`` is asked for
    and must come back, unless empty; ``ca`` is a PEM file of authorities instead of the system's."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    discovery: str = ""
    name: str = "Pro Santé Connect"
    scope: str = "openid scope_all"
    acr: str = "eidas1"
    claim: str = "SubjectNameID"
    ca: str = ""


def is_private(address: str) -> bool:
    """Whether nobody on the way can read along: TLS, or this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
