"""Frozen dataclasses to JSON and back, losing nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from pipeline.errors import IntegrityBroken

T = TypeVar("T")


@lru_cache(maxsize=128)
def _adapter(type_: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, type_))


def encode(value: object) -> str:
    """``value`` (a dataclass of `model/`, or a plain str, int…) as JSON text.

    It is read back at once: what would not come back equal (a NaN, an unknown type) is refused with `TypeError`
    before anything is written.
    """
    adapter = _adapter(cast(Hashable, type(value)))
    try:
        body = adapter.dump_json(value)
        same = bool(adapter.validate_json(body) == value)
    except (PydanticSerializationError, ValidationError) as error:
        # the reason would quote the text, which may be about a patient
        raise TypeError(f"a {type(value).__name__} cannot be kept as JSON") from error
    if not same:
        raise TypeError(f"a {type(value).__name__} would not come back as it was")
    return body.decode("utf-8")


def decode(body: str, type_: type[T]) -> T:
    """The dataclass back. Raises `IntegrityBroken` when the text no longer is one."""
    try:
        value: T = _adapter(cast(Hashable, type_)).validate_json(body)
    except ValidationError:
        # without its cause: that would quote the text
        raise IntegrityBroken("Un résultat du journal ne peut plus être lu.") from None
    return value


def canonical(values: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces: the same values always give the same text."""
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Lower-case hex SHA-256 of the UTF-8 text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def storable(text: str) -> str:
    """``text`` without what a database cannot hold (NUL, lone surrogates): U+FFFD stands in their place."""
    return text.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
