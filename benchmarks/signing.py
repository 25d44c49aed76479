"""Signatures per second: a pile after one code, from a PKCS#12 file, as a doctor signs it.

    python benchmarks/signing.py [DOCUMENTS]

Each document is a composed letter. Three figures: the secretary's « relu », the doctor's signature with its stamp (each
followed by a check of the whole file, as in the pile), and the check alone.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.compose.weasyprint_renderer import TemplateRenderer  # noqa: E402
from pipeline.model.case import BlobRef  # noqa: E402
from pipeline.model.document import Draft, ReviewedDraft  # noqa: E402
from pipeline.model.identity import DocumentKind  # noqa: E402
from pipeline.model.people import Role, User  # noqa: E402
from pipeline.sign.certificate import ensure_practice_certificate  # noqa: E402
from pipeline.sign.pyhanko_signer import PyhankoSigner  # noqa: E402
from pipeline.sign.step import mark_reviewed, sign  # noqa: E402
from tests.compose.samples import revision  # noqa: E402

DOCTOR = User("dr", "Dr Hélène Vasseur", Role.DOCTOR, "cardiologie", "10001234566")
SECRETARY = User("sylvie", "Sylvie Durand", Role.SECRETARY)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    renderer = TemplateRenderer(ROOT / "templates")
    source = revision(renderer, DocumentKind.LETTER)
    pdf = renderer.pdf(source)
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        signer = PyhankoSigner(ensure_practice_certificate(Path(folder) / "keys", "Cabinet d'essai", now))
    draft = Draft(source, _ref(pdf), _ref(b""))
    marked = mark_reviewed(draft, pdf, SECRETARY, signer, now) or pdf
    reviewed = ReviewedDraft(source, draft.pdf, draft.docx, SECRETARY.login, now, _ref(marked))
    signed, level = sign(reviewed, marked, DOCTOR, (Role.DOCTOR,), signer, now)  # once, so that libraries are loaded
    print(f"{count} letters, {level}, {len(pdf)} bytes, {len(signed)} signed")
    _time("relu", count, lambda: mark_reviewed(draft, pdf, SECRETARY, signer, now))
    _time("signature and its check", count, lambda: sign(reviewed, marked, DOCTOR, (Role.DOCTOR,), signer, now))
    _time("check", count, lambda: signer.verify(signed))


def _time(what: str, count: int, work: Callable[[], object]) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        work()
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"{what}: {count / seconds:.1f} a second, {used / count:.3f} CPU s each")


def _ref(content: bytes) -> BlobRef:
    return BlobRef(hashlib.sha256(content).hexdigest(), len(content), "application/pdf")


if __name__ == "__main__":
    main()
