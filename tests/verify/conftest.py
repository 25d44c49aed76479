"""A lexicon built once: kept between runs, named by its content, so a change of a source builds it anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from pipeline.verify.edsnlp_contexts import EdsContexts
from pipeline.verify.lexicon import FrenchLexicon

LISTS = Path(__file__).parents[2] / "lexicon"
CACHE = Path(tempfile.gettempdir()) / "calame-test-lexicon"
CONTEXTS = EdsContexts(LISTS)
"""EDS-NLP takes seconds to load: one for all tests of a process."""


@pytest.fixture(scope="session")
def lexicon() -> FrenchLexicon:
    return FrenchLexicon(LISTS, CACHE)
