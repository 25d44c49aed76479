"""Turnaround times as a small picture (SVG coordinates) and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.pile import Span, Week

WIDTH, HEIGHT = 420, 150
_LEFT, _TOP, _BOTTOM, _BAR = 44, 12, 112, 22
_STEPS = (0.5, 1, 2, 4, 8, 12, 24, 48, 96, 168, 336, 720)
"""Hours at which the scale may end."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The median as a bar from ``y`` down, the 90th percentile as a tick above it."""

    x: float
    y: float
    height: float
    tick: float
    css: str
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``lines`` are ``(y, label)`` of the scale, ``weeks`` ``(x, label)`` under the bars."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    weeks: tuple[tuple[float, str], ...]


def hours(value: float | None) -> str:
    """``35 min``, ``3,2 h``, ``2,5 j``; a dash without a value."""
    if value is None:
        return "—"
    if value < 1:
        return f"{round(value * 60)} min"
    number = value if value < 48 else value / 24
    return f"{number:.1f}".replace(".", ",").removesuffix(",0") + (" h" if value < 48 else " j")


def chart(weeks: Sequence[Week]) -> Chart | None:
    """None when nothing was signed or filed in these weeks."""
    most = max((span.ninth or 0 for week in weeks for span in (week.signed, week.filed)), default=0)
    if not any(span.count for week in weeks for span in (week.signed, week.filed)):
        return None
    top = next((step for step in _STEPS if step >= most), most)
    room = (WIDTH - _LEFT) / len(weeks)

    def height(value: float | None) -> float:
        return round((value or 0) / top * (_BOTTOM - _TOP), 1)

    bars, labels = [], []
    for number, week in enumerate(weeks):
        middle = _LEFT + room * (number + 0.5)
        labels.append((round(middle, 1), f"{week.first:%d/%m}"))
        for span, x, css, done in (
            (week.signed, middle - _BAR - 2, "signed", "signature"),
            (week.filed, middle + 2, "filed", "classement"),
        ):
            if span.count:
                tall = height(span.median)
                says = f"semaine du {week.first:%d/%m}, {done} : {_said(span)}"
                bars.append(Bar(round(x, 1), _BOTTOM - tall, tall, _BOTTOM - height(span.ninth), css, says))
    lines = tuple((round(_BOTTOM - height(top * share), 1), hours(top * share)) for share in (0, 0.5, 1))
    return Chart(tuple(bars), ((lines[0][0], "0"), *lines[1:]), tuple(labels))


def _said(span: Span) -> str:
    return f"médiane {hours(span.median)}, 9 sur 10 en {hours(span.ninth)}"
