"""What the register asks of a correspondent's numbers and addresses, whoever enters them: a CSV file or a person."""

from __future__ import annotations

import re

from stdnum import luhn

_MAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


def plain_rpps(text: str) -> str:
    """Without the spaces that people put between its digits."""
    return re.sub(r"\s", "", text)


def rpps_fault(rpps: str) -> str:
    """Why this is no RPPS number, in French; empty for a good one and for none."""
    if not rpps or (len(rpps) == 11 and rpps.isascii() and rpps.isdecimal() and luhn.is_valid(rpps)):
        return ""
    return "Le numéro RPPS doit avoir 11 chiffres et une clé exacte."


def mail_fault(email: str) -> str:
    """Why this is no electronic address, in French; empty for a good one and for none."""
    return "" if not email or _MAIL.fullmatch(email) else "L'adresse électronique n'est pas valable."
