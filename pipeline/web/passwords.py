"""Which passwords are refused.

CNIL, recommendation 2022-100 of 21 July 2022 (case 2: password and restriction of the account): 50 bits of entropy;
ANSSI, "Recommandations relatives à l'authentification multifacteur et aux mots de passe" (2021), R22-R27: at least 12
characters for a medium-strong one, no rule of composition without need, a list of common ones, no forced periodic
change. NIST SP 800-63B 5.1.1.2 asks for the list, and for nothing that speaks of the person.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

MIN_PASSWORD = 12
MAX_PASSWORD = 256
"""Characters; a longer text only costs the server time."""
MIN_DIFFERENT = 6
"""Different characters: twelve times the same one is not twelve."""
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890123456789",
)
_RUN = 6
"""Neighbours on the keyboard or in the alphabet that count as one."""


def weakness(password: str, *, login: str = "", name: str = "") -> str:
    """Why a password is refused, as a French sentence; empty when it is good."""
    if len(password) < MIN_PASSWORD:
        return f"Le mot de passe doit compter au moins {MIN_PASSWORD} caractères."
    if len(password) > MAX_PASSWORD:
        return f"Le mot de passe ne peut pas dépasser {MAX_PASSWORD} caractères."
    plain = _plain(password)
    if len(set(plain)) < MIN_DIFFERENT:
        return "Le mot de passe répète trop peu de caractères différents."
    letters = re.sub(r"[^a-z]", "", plain)
    if letters in _common() or re.sub(r"[^a-z0-9]", "", plain) in _common():
        return "Ce mot de passe est trop courant."
    about = [part for part in re.split(r"[^a-z0-9]+", _plain(f"{login} {name}")) if len(part) >= 4]
    rest = plain
    for part in about:
        rest = rest.replace(part, "")
    if len(re.sub(r"\W", "", rest)) < MIN_PASSWORD / 2 < len(re.sub(r"\W", "", plain)):
        return "Le mot de passe ne doit pas être fait de votre nom ou de votre identifiant."
    if len(_without_runs(plain)) < MIN_PASSWORD / 2:
        return "Le mot de passe ne doit pas suivre l'ordre du clavier, de l'alphabet ou des chiffres."
    return ""


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _without_runs(text: str) -> str:
    """Each run of `_RUN` or more neighbours becomes one character."""
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), _RUN - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "·")
    return text


@cache
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
