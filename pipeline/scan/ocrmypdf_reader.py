"""Reads pages with OCRmyPDF: PDF/A-2b with a text layer out of anything scanned."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import CalameError, ScanProtected, ScanUnreadable, StorageBusy, ToolMissing
from pipeline.model.text import ScanReading
from pipeline.scan.lines import ReadPage, to_transcript
from pipeline.scan.port import Progress

# The vendors (OCRmyPDF, pikepdf, pypdfium2, RapidOCR) are imported inside `read`: a worker starts often and is ready at
# once; loading them takes seconds and only a scan needs them.

_BORN_DIGITAL = "texte du PDF"


@dataclass(frozen=True, slots=True)
class OcrmypdfReader:
    """Implements `pipeline.scan.port.PageReader`. ``jobs`` pages are read at a time, one processor thread each."""

    languages: str = "fra"
    jobs: int = 2

    def read(self, original: Path, media_type: str, out: Path, on_progress: Progress) -> ScanReading:
        """Raises `ScanUnreadable`, `ScanProtected`, `ToolMissing`, or `StorageBusy` when the disk is full."""
        from pipeline.scan.images import images_to_pdf  # see above
        from pipeline.scan.pdf_facts import inspect, without_scripts

        with tempfile.TemporaryDirectory(prefix="calame-scan-") as name:
            folder = Path(name)
            source = folder / "source.pdf"
            note = ""
            try:
                if media_type != "application/pdf":
                    pages = images_to_pdf(original, media_type, source)
                else:
                    facts = inspect(original)
                    if facts.keep_because:
                        return _kept(original, facts.pages, facts.keep_because)
                    pages = facts.pages
                    if without_scripts(original, source):
                        note = "Des scripts du PDF ont été retirés de la copie archivée."
                return self._convert(original, source, folder / "out.pdf", out, pages, note, on_progress)
            except OSError as error:
                raise _translated_os(error) from error

    def read_again(self, pdf: Path, out: Path, on_progress: Progress) -> ScanReading:
        """The pages as they stand: a person turned them, so they are not turned back. Raises like `read`."""
        with tempfile.TemporaryDirectory(prefix="calame-scan-") as name:
            try:
                return self._recognised(pdf, Path(name) / "out.pdf", out, on_progress)
            except OSError as error:
                raise _translated_os(error) from error

    def _recognised(self, pdf: Path, made: Path, out: Path, on_progress: Progress) -> ScanReading:
        from pipeline.scan import rapid_plugin  # see above
        from pipeline.scan.rapid_engine import NAME

        with rapid_plugin.job(made, on_progress) as job:
            is_archival = self._run(pdf, made, mode="redo", turn=False)
        if not is_archival or not job.pages:
            raise ScanUnreadable("Les pages tournées n'ont pas pu être relues.")
        _beside(made, out).replace(out)
        transcript = to_transcript([page for _, page in sorted(job.pages.items())], NAME)
        return ScanReading(transcript, len(job.pages), ocr=True, rewritten=True)

    def _convert(
        self, original: Path, source: Path, made: Path, out: Path, pages: int, note: str, on_progress: Progress
    ) -> ScanReading:
        from pipeline.scan import rapid_plugin  # see above
        from pipeline.scan.rapid_engine import NAME

        with rapid_plugin.job(made, on_progress) as job:
            is_archival = self._run(source, made)
        if not is_archival:
            return _kept(original, pages, "Ce PDF ne peut pas être converti en PDF/A : conservé tel quel.", job.pages)
        rest = set(range(pages)) - set(job.pages)
        read = {**job.pages, **_texts(source, rest)}
        notes = [note] if note else []
        if rest:
            notes.append("Le texte déjà présent a été repris sans reconnaissance de caractères.")
        if job.fallbacks:
            notes.append(f"{job.fallbacks} page(s) lues par le second moteur (tesseract) : à relire avec attention.")
        _beside(made, out).replace(out)
        engine = NAME if job.pages else _BORN_DIGITAL
        transcript = to_transcript([read[number] for number in range(pages)], engine)
        return ScanReading(transcript, pages, ocr=bool(job.pages), rewritten=True, note=" ".join(notes))

    def _run(self, source: Path, made: Path, *, mode: str = "skip", turn: bool = True) -> bool:
        """Whether ``made`` is a PDF/A. Raises the errors of this room."""
        import ocrmypdf  # see above
        from ocrmypdf import exceptions

        for name in ("ocrmypdf", "pikepdf", "fontTools", "pdfminer", "img2pdf"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # their lines name files
        try:
            code = ocrmypdf.ocr(
                source,
                made,
                language=[self.languages],
                output_type="pdfa-2",
                pdfa_backend="internal",  # Ghostscript 10.0.0 (Debian 12) damages pages that hold text
                mode=mode,
                jobs=self.jobs,
                use_threads=True,
                rotate_pages=turn,
                rotate_pages_threshold=10 if turn else None,
                optimize=1,
                tagged_pdf_mode="ignore",
                tesseract_thresholding="sauvola",
                max_image_mpixels=250,
                progress_bar=True,
                plugins=["pipeline.scan.rapid_plugin"],
            )
        except (exceptions.PdfaConversionFailedError, exceptions.NonEmbeddedFontsError):
            return False
        except Exception as error:
            raise _translated(error, exceptions) from error
        if code == exceptions.ExitCode.pdfa_conversion_failed:
            return False
        if code != exceptions.ExitCode.ok:
            raise ScanUnreadable(f"La lecture des pages a échoué (code {int(code)}).")
        return True


def _kept(original: Path, pages: int, note: str, recognised: dict[int, ReadPage] | None = None) -> ScanReading:
    """The untouched original with the text that it already holds, or that was ``recognised`` on its pages."""
    seen = recognised or {}
    read = {**seen, **_texts(original, set(range(pages)) - set(seen))}
    transcript = to_transcript([read[number] for number in range(pages)], _BORN_DIGITAL)
    if not transcript.tokens:
        note += " Aucun texte n'a pu y être lu : complétez le titre et les mots utiles à la recherche."
    return ScanReading(transcript, pages, ocr=bool(seen), rewritten=False, note=note)


def _texts(path: Path, wanted: set[int]) -> dict[int, ReadPage]:
    from pipeline.scan.pdf_text import text_pages  # see above

    return dict(text_pages(path, wanted)) if wanted else {}


def _beside(made: Path, out: Path) -> Path:
    """``made`` moved next to ``out``, on the disk, so that ``out`` appears whole or not at all."""
    near = out.with_name(f".{out.name}.part")
    shutil.copyfile(made, near)
    with near.open("rb") as file:
        os.fsync(file.fileno())
    return near


def _translated(error: Exception, exceptions: Any) -> CalameError:
    if isinstance(error, CalameError):
        return error
    if isinstance(error, exceptions.EncryptedPdfError):
        return ScanProtected("Ce PDF est protégé par un mot de passe : il n'a pas pu être lu.")
    if isinstance(error, exceptions.MissingDependencyError):
        return ToolMissing("Aucun moteur de lecture des pages n'est complet : il manque tesseract ou un outil PDF.")
    if isinstance(error, OSError) and error.errno is not None:
        return _translated_os(error)
    return ScanUnreadable("Les pages de ce document ne peuvent pas être lues.")


def _translated_os(error: OSError) -> CalameError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE):
        return StorageBusy("Le disque est plein ou occupé.", advice="Libérez de la place : la lecture reprendra.")
    return ScanUnreadable("Le fichier numérisé ne peut pas être ouvert.")
