"""The visible stamp: a small PDF page drawn by WeasyPrint, because text stamps break on 2048-unit fonts.

The page has the size of the field and no transparency, and its fonts are embedded, so that the signed file stays
PDF/A (ISO 19005-3, 6.2.11.4).
"""

from __future__ import annotations

import html
from datetime import datetime
from zoneinfo import ZoneInfo

from weasyprint import HTML

from pipeline.model.calendar import day_in_words
from pipeline.model.people import Role, User, titled

_CSS = """
@page {{ size: {width:.2f}pt {height:.2f}pt; margin: 0 }}
html {{ hyphens: manual }}
body {{ margin: 0; box-sizing: border-box; width: {width:.2f}pt; height: {height:.2f}pt; padding: 4pt 7pt;
  border: 0.75pt solid #1d4f73; border-left-width: 3pt; background: #fff; color: #111;
  font: {size:.2f}pt/1.3 Carlito, "Liberation Sans", sans-serif;
  display: flex; flex-direction: column; justify-content: center }}
p {{ margin: 0 }}
.name {{ font-weight: bold; font-size: 1.15em }}
.by {{ color: #1d4f73 }}
"""


def stamp_lines(signer: User, at: datetime, timezone: ZoneInfo, on_behalf_of: str = "") -> tuple[str, ...]:
    """What the stamp says, in order: the act, who, by whose delegation or their RPPS number, when (local time)."""
    local = at.astimezone(timezone)
    when = f"le {day_in_words(local)} à {local:%H:%M}"
    number = (f"RPPS {signer.rpps}",) if signer.rpps else ()
    delegation = (f"par délégation du {titled(on_behalf_of)}",) if on_behalf_of else ()
    return ("Signé électroniquement par", _titled(signer), *delegation, *number, when)


def draw_stamp(lines: tuple[str, ...], width: float, height: float) -> bytes:
    """A one-page PDF of ``width`` × ``height`` points with these lines."""
    size = min(10.0, height / (len(lines) * 1.3 + 1.6))
    css = _CSS.format(width=width, height=height, size=size)
    classes = ("by", "name")
    body = "".join(
        f'<p class="{classes[index] if index < len(classes) else ""}">{html.escape(line)}</p>'
        for index, line in enumerate(lines)
    )
    page = f'<!doctype html><html lang="fr"><head><title>Signature</title><style>{css}</style></head>{body}</html>'
    return bytes(HTML(string=page, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/a-3b"))


def _titled(signer: User) -> str:
    return titled(signer.name) if signer.role is Role.DOCTOR else signer.name


def _refuse(url: str, *_arguments: object, **_options: object) -> dict[str, object]:
    raise ValueError(f"the stamp loads nothing: {url}")
