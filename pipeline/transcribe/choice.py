"""Which speech engine hears whom: one for everybody, and others for the doctors or inbox folders that are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

FASTER_WHISPER = "faster-whisper"
OPENAI_WHISPER = "openai-whisper"
REMOTE = "remote"
ENGINES = (FASTER_WHISPER, OPENAI_WHISPER, REMOTE)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """One engine with one model; equal choices share one loaded engine.

    ``model`` is a name of the store, or the server's own for a remote one; ``folder`` stands in its place where given.
    ``url``, ``token`` and ``ca`` are those of a remote one, else empty.
    """

    engine: str
    model: str
    folder: Path | None = None
    url: str = ""
    token: str = field(default="", repr=False)
    ca: Path | None = None

    @property
    def says(self) -> str:
        """For people, without the token."""
        return f"{self.engine} {self.url or self.folder or ''} {self.model if not self.folder else ''}".strip()


@dataclass(frozen=True, slots=True)
class EngineChoices:
    """``authors``: by login or path below the inbox ("dr-vasseur", "dr-vasseur/longues")."""

    usual: EngineChoice
    authors: Mapping[str, EngineChoice] = field(default_factory=dict)

    def of(self, *names: str) -> EngineChoice:
        """The choice for the first of ``names`` (an inbox path, a login) that has one, the nearest folder of a path
        before those above it; the usual one for nobody known."""
        known = {_key(name): choice for name, choice in self.authors.items()}
        for name in names:
            parts = _key(name).split("/")
            for length in range(len(parts), 0, -1):
                found = known.get("/".join(parts[:length]))
                if found is not None:
                    return found
        return self.usual

    def __iter__(self) -> Iterator[EngineChoice]:
        """Every engine that may be asked for, once, the usual one first."""
        return iter(dict.fromkeys((self.usual, *self.authors.values())))


def _key(path: str) -> str:
    return "/".join(part for part in path.casefold().replace("\\", "/").split("/") if part)
