"""The secrets of second factors, sealed: the database alone opens no account."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.errors import NotAllowed
from pipeline.secret_files import write_once

KEY_FILE = "second-facteur.key"
SEALED = "v1:"
"""Begins a sealed text; base32, as a secret is written, has no colon."""
_KEY_BYTES, _NONCE_BYTES = 32, 12
"""AES-256-GCM with the nonce of NIST SP 800-38D, section 8.2.2: random, 96 bits."""


class SecretVault:
    """Seals with a key in ``folder`` (0700), made (0600) when the first secret is sealed and never overwritten.

    The login is sealed with its secret: a row that is copied to another account opens nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seal(self, login: str, secret: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(make=True)).encrypt(nonce, secret.encode(), login.encode())
        return SEALED + base64.b64encode(nonce + sealed).decode()

    def unseal(self, login: str, sealed: str) -> str:
        """Raises `NotAllowed` when the key is gone, is another one, or the text is another account's."""
        try:
            content = base64.b64decode(sealed.removeprefix(SEALED))
            nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return AESGCM(self._key(make=False)).decrypt(nonce, rest, login.encode()).decode()
        except (InvalidTag, ValueError, OSError) as error:
            raise unreadable() from error

    def _key(self, *, make: bool) -> bytes:
        path = self._folder / KEY_FILE
        if make and not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_once(path, secrets.token_bytes(_KEY_BYTES))
        return path.read_bytes()


def is_sealed(text: str) -> bool:
    return text.startswith(SEALED)


def unreadable() -> NotAllowed:
    return NotAllowed(
        "Le second facteur de ce compte ne peut pas être lu.",
        advice=f"Remettez « {KEY_FILE} » depuis la sauvegarde, ou demandez son retrait à l'administration.",
    )
