"""A list of appointments from an iCalendar file (RFC 5545), read by the ``icalendar`` package.

Of each VEVENT: DTSTART in the practice's time, DTEND or DURATION, LOCATION, SUMMARY (the examination or reason), the
patient in ATTENDEE's CN ("DUPONT Marie"), and "Colonne : valeur" lines of DESCRIPTION, which win.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from pipeline.batch.columns import MOST_ROWS, load_columns, made_row, too_long
from pipeline.batch.port import Columns, Row
from pipeline.batch.words import folded
from pipeline.errors import FileRefused
from pipeline.model.clock import local

MOST_BYTES = 20 * 1024 * 1024


def read_ics(path: Path) -> list[Row]:
    """One row an event, in the order of the file. Raises `FileRefused` when it is no calendar."""
    columns = load_columns()
    if path.stat().st_size > MOST_BYTES:
        raise too_long()
    try:
        events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    except (ValueError, IndexError, KeyError) as error:
        raise FileRefused("Le calendrier ICS ne peut pas être lu.", advice="Exportez-le à nouveau.") from error
    if len(events) > MOST_ROWS:
        raise too_long()
    return [_row(number, event, columns) for number, event in enumerate(events, start=1)]


def _row(number: int, event: Any, columns: Columns) -> Row:
    french = columns.french
    cells: dict[str, str] = {}
    for line in str(event.get("DESCRIPTION", "")).splitlines():
        name, mark, value = line.partition(":")
        if mark and folded(name) in columns.fields:
            cells[french[columns.fields[folded(name)]]] = value.strip()
    told: dict[str, str] = {"reason": str(event.get("SUMMARY", "")), "place": str(event.get("LOCATION", ""))}
    told |= dict(zip(("birth_name", "first_names"), _attendee(event), strict=True))
    start, fault = _start(event)
    if start is not None:
        told |= {"date": f"{start:%d/%m/%Y}", "hour": f"{start:%H:%M}", "duration": _duration(event)}
    for field, value in told.items():
        if value and not cells.get(french[field]):
            cells[french[field]] = value
    return made_row(number, cells, columns, fault)


def _start(event: Any) -> tuple[datetime | None, str]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None, "Le rendez-vous est annulé dans le calendrier."
    if event.get("RRULE") or event.get("RDATE"):
        return None, "Le rendez-vous se répète : mettez une ligne par date."
    try:
        start = event.decoded("DTSTART")
    except (KeyError, ValueError):
        return None, "Le rendez-vous n'a pas de début lisible."
    if not isinstance(start, datetime):
        return None, "Le rendez-vous n'a pas d'heure (journée entière)."
    zone = str(event["DTSTART"].params.get("TZID", ""))
    if zone and start.tzinfo is None:
        return None, f"Le fuseau horaire « {zone[:40]} » n'est pas connu : l'heure n'est pas sûre."
    return (local(start) if start.tzinfo else start), ""


def _duration(event: Any) -> str:
    try:
        if event.get("DURATION"):
            length = event.decoded("DURATION")
        else:
            length = event.decoded("DTEND") - event.decoded("DTSTART")
    except (KeyError, ValueError, TypeError):
        return ""
    minutes = length // timedelta(minutes=1) if isinstance(length, timedelta) else 0
    return f"{minutes} minutes" if 0 < minutes < 24 * 60 else ""


def _attendee(event: Any) -> tuple[str, str]:
    """ "DUPONT Marie" or "Marie DUPONT": the words in capitals are the birth name."""
    found = event.get("ATTENDEE") or []
    people = found if isinstance(found, list) else [found]
    words = str(getattr(people[0], "params", {}).get("CN", "")).split() if len(people) == 1 else []
    family = [word for word in words if len(word) > 1 and word.isupper()]
    return " ".join(family), " ".join(word for word in words if word not in family)
