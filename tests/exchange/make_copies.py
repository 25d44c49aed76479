"""Make the two files of ``data/``: a copy as it goes out, and the same edited and saved by LibreOffice.

    python -m tests.exchange.make_copies

LibreOffice Writer must be installed; the tests that use the files need it not.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.model.document import Revision, Section
from tests.compose import samples
from tests.exchange.copies import rewritten

DATA = Path(__file__).parent / "data"
SECTIONS = (
    Section("Motif", "Suivi d'une fibrillation auriculaire, « stable »."),
    Section("Traitement", "Médicament | Dose\nbisoprolol | 5 mg\napixaban | 5 mg"),
    Section("", "Cher confrère,\n\nContrôle dans trois mois :\n- NFS ;\n- créatinine.\n\nBien confraternellement."),
)
CHANGE = ("trois mois", "six mois")


def revision() -> Revision:
    return samples.revision(TemplateRenderer(samples.TEMPLATES), sections=SECTIONS)


def saved_by_libreoffice(content: bytes, folder: Path) -> bytes:
    """The file opened and saved by LibreOffice, with a profile of its own."""
    source = folder / "copie.docx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "docx", "--outdir", str(folder / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "out" / "copie.docx").read_bytes()


def main() -> None:
    DATA.mkdir(exist_ok=True)
    given = TemplateRenderer(samples.TEMPLATES).docx(revision())
    (DATA / "given.docx").write_bytes(given)
    with tempfile.TemporaryDirectory() as folder:
        (DATA / "libreoffice.docx").write_bytes(saved_by_libreoffice(rewritten(given, CHANGE), Path(folder)))


if __name__ == "__main__":
    main()
