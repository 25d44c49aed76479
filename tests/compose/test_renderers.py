"""What every renderer promises, on the real one and on its double."""

from __future__ import annotations

import pytest

from pipeline.compose.catalog import load_catalog
from pipeline.compose.port import Renderer
from pipeline.compose.step import compose, revise
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.errors import TemplateFault
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind
from pipeline.testing import PlainRenderer
from tests.compose.samples import TEMPLATES, revision


@pytest.fixture(params=["real", "double"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    return TemplateRenderer(TEMPLATES) if request.param == "real" else PlainRenderer(load_catalog(TEMPLATES))


def test_a_kind_that_is_only_scanned_has_no_template(renderer: Renderer) -> None:
    with pytest.raises(TemplateFault, match="received_letter"):
        renderer.rules(DocumentKind.RECEIVED_LETTER)


def test_the_hash_of_a_template_is_stable(renderer: Renderer) -> None:
    first = renderer.template_sha256(DocumentKind.LETTER)
    assert (len(first), first) == (64, renderer.template_sha256(DocumentKind.LETTER))
    assert first != renderer.template_sha256(DocumentKind.CERTIFICATE)


def test_same_revision_same_files_and_another_word_other_files(renderer: Renderer) -> None:
    made = revision(renderer)
    files = compose(made, renderer)
    assert files == compose(made, renderer)
    other = compose(revise(made, [Section("", "Bonsoir.")], renderer, by="anne"), renderer)
    assert files.pdf != other.pdf
    assert files.docx != other.docx
