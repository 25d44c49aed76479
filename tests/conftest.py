"""The order of the tests: what takes minutes begins first, so that no processor ends with it alone."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("calame", deadline=None)  # a timing is no assertion: the first call of a part loads it
settings.load_profile("calame")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a test marked ``slow`` first, then the others as they were found. Within a file nothing moves: the
    files are dealt out whole (``--dist loadfile``)."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
