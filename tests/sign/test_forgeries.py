"""The tampering table: every forgery of a signed document is refused, at the first level and at the last."""

from __future__ import annotations

import pytest

from pipeline.sign.certificate import LoadedCertificate
from pipeline.sign.levels import Level
from pipeline.sign.pyhanko_verifier import verify_pdf
from tests.sign.authorities import Authority
from tests.sign.conftest import signer_of
from tests.sign.forgeries import ALL, Forgery, swap_the_attachment


@pytest.mark.parametrize("level", [Level.B, Level.LTA])
@pytest.mark.parametrize("forge", ALL, ids=lambda forge: forge.__name__)
def test_a_forged_document_is_refused(
    forge: Forgery, level: Level, files: dict[Level, bytes], authority: Authority, doctor: LoadedCertificate
) -> None:
    forged = forge(files[level])
    assert forged != files[level]
    report = signer_of(authority, doctor, Level.B).verify(forged)
    assert not report.valid
    assert not (report.intact and report.whole_file and not report.trusted), "refused, not merely unknown"
    assert report.message


def test_a_swapped_source_is_named(files: dict[Level, bytes], authority: Authority, doctor: LoadedCertificate) -> None:
    report = signer_of(authority, doctor, Level.B).verify(swap_the_attachment(files[Level.B]))
    assert report.source_intact is False


def test_without_any_trusted_authority_an_intact_file_is_only_unknown(files: dict[Level, bytes]) -> None:
    report = verify_pdf(files[Level.LTA], (), ())
    assert (report.valid, report.intact, report.whole_file, report.trusted) == (False, True, True, False)
