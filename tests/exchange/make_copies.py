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


def converted(content: bytes, folder: Path, *, of: str = "docx", to: str = "docx") -> bytes:
    """The file opened and saved by LibreOffice, with a profile of its own."""
    source = folder / f"copie.{of}"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", to, "--outdir", str(folder / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "out" / f"copie.{to}").read_bytes()


def edited_in_libreoffice(content: bytes, folder: Path, *changes: tuple[str, str]) -> bytes:
    """Opened as LibreOffice's own document (ODT), changed there, and saved as DOCX from it."""
    odt = rewritten(converted(content, folder, to="odt"), *changes, part="content.xml")
    return converted(odt, folder, of="odt")


def main() -> None:
    DATA.mkdir(exist_ok=True)
    given = TemplateRenderer(samples.TEMPLATES).docx(revision())
    (DATA / "given.docx").write_bytes(given)
    with tempfile.TemporaryDirectory() as folder:
        (DATA / "libreoffice.docx").write_bytes(edited_in_libreoffice(given, Path(folder), CHANGE))


if __name__ == "__main__":
    main()
