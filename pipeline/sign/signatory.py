"""Who signed, as the certificate says: the name and the numbers of its holder, and whether it was made to sign.

What a file claims (``/Name``) is compared with it, never shown in its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from asn1crypto import x509 as asn1_x509

_RPPS = re.compile(r"(?<!\d)8?(\d{11})(?!\d)")
"""A professional's national number is "8" followed by the RPPS number (root OID 1.2.250.1.71.4.2.1); other authorities
write the 11 digits alone."""
_TITLES = (
    "dr", "docteur", "docteure", "pr", "prof", "professeur", "professeure", "m", "mr", "mme", "mlle", "monsieur",
    "madame", "me", "maitre",
)  # fmt: skip
_NUMBERS = ("serial_number", "organization_identifier")
_FOR_OTHER_USES = frozenset(("time_stamping", "ocsp_signing"))


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate it is. ``name`` is the given name and surname, else the common name, else the organisation;
    ``numbers`` are the identifiers that it carries, the RPPS number as such."""

    name: str
    numbers: tuple[str, ...] = ()
    rpps: frozenset[str] = frozenset()

    @property
    def described(self) -> str:
        """``Hélène VASSEUR (RPPS 10001234566)``."""
        return f"{self.name} ({', '.join(self.numbers)})" if self.numbers else self.name


def holder_of(name: asn1_x509.Name) -> Holder:
    """The holder that a certificate's subject (or issuer) names."""
    parts = {key: one_line(value) for key, value in name.native.items()}
    person = " ".join(filter(None, (parts.get("given_name", ""), parts.get("surname", ""))))
    if not (parts.get("given_name") and parts.get("surname")):
        person = parts.get("common_name") or parts.get("organization_name") or ""
    rpps = rpps_in(parts.values())
    others = [parts[key] for key in _NUMBERS if parts.get(key) and not rpps_in([parts[key]])]
    numbers = (*(f"RPPS {one}" for one in sorted(rpps)), *(f"n° {one}" for one in others))
    return Holder(person, numbers, frozenset(rpps))


def rpps_in(values: Iterable[str]) -> set[str]:
    """The RPPS numbers in the parts of a name."""
    return {found for value in values for found in _RPPS.findall(value)}


def one_line(value: object) -> str:
    """A name as it may be shown: on one line, without signs that turn or hide what follows."""
    text = " / ".join(map(str, value)) if isinstance(value, list) else str(value)
    seen = "".join(
        " " if one.isspace() else one for one in text if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    return " ".join(seen.split())


def same_name(claimed: str, holder: str) -> bool:
    """Whether two ways to write a name may be the same person's: titles, case, accents, order and second given names
    are passed over, an initial stands for its name. Nothing claimed agrees with everybody."""
    if not claimed:
        return True
    apart, other = _words(claimed, " "), _words(holder, " ")
    if not apart or not other:
        return claimed.casefold() == holder.casefold()
    if sorted(apart) == sorted(other):
        return True
    return _holds(_words(claimed, ""), _words(holder, ""))


def is_made_to_sign(path: Iterable[asn1_x509.Certificate]) -> bool:
    """Whether a chain (root first, holder last) is one of signatures: no link of it is kept for time stamps or answers
    about revocation (RFC 5280, 4.2.1.12; an authority's uses bind what it issues)."""
    links = [set(one.extended_key_usage_value.native) if one.extended_key_usage_value else set() for one in path]
    if not links or links[-1] & _FOR_OTHER_USES:
        return False
    return not any(uses and uses <= _FOR_OTHER_USES for uses in links[:-1])


def _words(name: str, hyphen: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    joined = re.sub(r"[-‐‑'’]", hyphen, bare)
    return [word for word in re.findall(r"[^\W_]+", joined) if word not in _TITLES]


def _holds(one: list[str], other: list[str]) -> bool:
    """Whether every word of the shorter name is a word of the longer one, an initial at most once."""
    few, many = sorted((one, other), key=len)
    left = list(many)
    for word in sorted(few, key=len, reverse=True):
        found = word if word in left else next((known for known in left if _is_initial(word, known)), None)
        if found is None:
            return False
        left.remove(found)
    return any(len(word) > 1 and word in many for word in few)


def _is_initial(one: str, other: str) -> bool:
    return 1 in (len(one), len(other)) and one[0] == other[0]
