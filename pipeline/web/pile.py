"""The pile: filters that stand in the address, lines that stay current, gestures on many, and who is at work."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.desk import WAITING_FOR_PEOPLE, Desk
from pipeline.errors import DocumentIncomplete
from pipeline.gestures import UNDO, UNDONE, Chosen, Gesture, Gestures, Outcome, allowed
from pipeline.intake.refused import refused_stamp
from pipeline.model.case import WORKER_STATUSES, Case, Status, Urgency
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role, User
from pipeline.model.pile import Facets, Order, PileQuery, Week
from pipeline.web.access import AccessGuard
from pipeline.web.accounts import Visit
from pipeline.web.counts import Counts, Recent
from pipeline.web.delays import chart
from pipeline.web.pages import Pages
from pipeline.web.rights import may
from pipeline.web.words import clock

TABS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "a-faire": ("À faire", (Status.HELD, Status.TO_REVIEW, Status.SENT_BACK, Status.TO_CONFIRM, Status.FAILED)),
    "a-signer": ("À signer", (Status.TO_SIGN,)),
    "en-cours": ("En cours", tuple(sorted(WORKER_STATUSES))),
    "classes": ("Classés", (Status.FILED, Status.REPLACED)),
    "ecartes": ("Écartés", (Status.DISCARDED,)),
}
REFUSED = "refuses"
LOT = "POST /pile/lot"
AGES = {"1": "plus d'un jour", "3": "plus de 3 jours", "7": "plus d'une semaine", "30": "plus d'un mois"}
"""Days since reception."""
_MOST_PAGES = 2000
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. ``kept`` is what stands in it, so that a link can change one part."""

    tab: str
    query: PileQuery
    kept: Mapping[str, str]

    @property
    def filtered(self) -> bool:
        return bool(set(self.kept) - {"onglet", "tri", "page"})

    def link(self, **changed: str) -> str:
        """The address with these parts changed; any change but of the page goes back to the first one."""
        parts = {**self.kept, **({"page": ""} if "page" not in changed else {}), **changed}
        return "/?" + urlencode({name: value for name, value in parts.items() if value})


class _State(NamedTuple):
    """``cases``: the last change of a case; ``stamp``: of all that the lines show."""

    cases: str
    stamp: str


class PilePages:
    """Pages over the journal's pile; what is written goes through `Gestures` and the journal's locks."""

    def __init__(self, desk: Desk, pages: Pages, access: AccessGuard) -> None:
        self._desk = desk
        self._access = access
        self._journal = desk.journal
        self._pages = pages
        self._gestures = Gestures(desk)
        self._counts = Counts(self._journal.facets)
        self._weeks: Recent[list[Week]] = Recent(self._journal.turnaround)

    def show(self, request: Request, user: User) -> Response:
        asked, state, people = read(request, user), self._state(), self._journal.users()
        facets = self._counts.facets(asked.query, state.cases)
        return self._pages.render(
            request,
            user,
            "pile.html",
            **self._lines(asked, state.stamp, facets, user, people),
            **self._choices(asked, facets, user, people),
        )

    def lines(self, request: Request, user: User) -> Response:
        """The lines again: nothing (204) when nothing changed since the stamp ``vu``, only the bars of progress when
        only those did. So people who wait cost no more than a look at the ends of three indexes."""
        seen = request.query_params.get("vu", "")
        state = self._state()
        stamp = state.stamp
        if seen == stamp:
            return Response(status_code=204)
        asked = read(request, user)
        if seen.partition("~")[0] == stamp.partition("~")[0]:
            rows = [row for row in self._journal.pile_rows(asked.query) if row.progress is not None]
            answer: Response = self._pages.render(request, user, "_avancement.html", rows=rows, stamp=stamp)
            answer.headers["HX-Reswap"] = "none"
            return answer
        answer = self._pages.render(
            request,
            user,
            "_pile.html",
            **self._lines(asked, stamp, self._counts.facets(asked.query, state.cases), user, self._journal.users()),
        )
        if "vu" not in request.query_params:  # a filter was changed: the address says so
            answer.headers["HX-Replace-Url"] = asked.link(page=asked.kept.get("page", ""))
        return answer

    def delays(self, request: Request, user: User) -> Response:
        """Turnaround of four weeks, counted at most once a minute, for all who ask meanwhile."""
        weeks = self._weeks.get()
        return self._pages.render(request, user, "_delais.html", weeks=weeks, chart=chart(weeks))

    def together(self, request: Request, user: User, form: FormData) -> Response:
        """One gesture on the chosen cases, each judged as if it were alone, told as a fragment with a way to take it
        back."""
        try:
            gesture = Gesture(str(form.get("geste", "")))
            chosen = [_chosen(str(value)) for value in form.getlist("case")]
        except ValueError as error:
            raise DocumentIncomplete("Ce geste n'existe pas.", advice="Rechargez la page.") from error
        if not chosen:
            raise DocumentIncomplete("Aucun dossier n'est coché.", advice="Cochez ceux que vous voulez traiter.")
        reason, to = str(form.get("reason", "")).strip(), str(form.get("to", ""))
        if gesture is Gesture.DISCARD and not reason:
            raise DocumentIncomplete("Dites pourquoi ces dossiers sont écartés.")
        visit: Visit = request.state.visit

        def admit(case: Case) -> None:
            self._access.check(visit, {"case": case.id}, reading=False)

        outcomes = list(self._gestures.make(gesture, chosen, by=user, reason=reason, to=to, admit=admit))
        answer = self._pages.render(request, user, "_bilan.html", **_told(gesture, outcomes))
        answer.headers["HX-Trigger"] = "pile"
        return answer

    def hold(self, request: Request, user: User, form: FormData) -> Response:
        """A page says that somebody works on a case (``tenir``), takes over (``prendre``) or leaves (``rendre``)."""
        case = self._journal.case(request.path_params["case"])
        verb = str(form.get("verbe", ""))
        if case.status not in WAITING_FOR_PEOPLE:
            return Response(status_code=204)
        if verb == "rendre":
            self._journal.unlock(case.id, user.login)
            return Response(status_code=204)
        lock = self._journal.lock(case.id, user.login, take_over=verb == "prendre")
        names = {one.login: one.name for one in self._journal.users()}
        return JSONResponse(
            {
                "mine": lock.login == user.login,
                "name": names.get(lock.login, lock.login),
                "since": clock(lock.since),
                "left": max(0, round((lock.until - datetime.now(UTC)).total_seconds())),
            }
        )

    def _state(self) -> _State:
        """Read before what it stands for: a change in between is seen at the next look."""
        cases, held, progress = self._journal.pile_stamp()
        minute = int(time.time() // 60)  # ages are told in minutes
        return _State(cases, f"{cases}/{held}/{refused_stamp(self._desk.parts.inbox)}/{minute}~{progress}")

    def _lines(self, asked: Asked, stamp: str, facets: Facets, user: User, people: list[User]) -> dict[str, Any]:
        refused = self._desk.refused()
        query, ticks = asked.query, may(user.role, LOT)
        total = sum(facets.statuses[status] for status in query.statuses) if asked.tab != REFUSED else 0
        last = max(1, -(-total // query.size))
        page = min(query.page, last)
        rows = self._journal.pile_rows(replace(query, page=page)) if total else []
        counted = [(REFUSED, "Refusés", len(refused))] if refused or asked.tab == REFUSED else []
        tabs = [(key, label, sum(facets.statuses[s] for s in of)) for key, (label, of) in TABS.items()]
        statuses = TABS[asked.tab][1] if asked.tab in TABS else ()
        return {
            "asked": asked,
            "stamp": stamp,
            "tab": asked.tab,
            "tabs": tabs + counted,
            "statuses": [(s, count) for s in statuses if (count := facets.statuses[s]) or query.statuses == (s,)],
            "set_aside": refused if asked.tab == REFUSED else [],
            "rows": rows,
            "total": total,
            "page": page,
            "last": last,
            "authors": {one.login: one.name for one in people},
            "gestures_of": {status: allowed(status) if ticks else frozenset() for status in query.statuses},
            "ticks": ticks,
            "inbox": self._desk.parts.inbox.name,
            "waiting": sum(facets.statuses[status] for status in WAITING_FOR_PEOPLE),
        }

    def _choices(self, asked: Asked, facets: Facets, user: User, people: list[User]) -> dict[str, Any]:
        offered = frozenset().union(*(allowed(status) for status in asked.query.statuses))
        return {
            "ages": AGES,
            "doctors": [(one, facets.authors.get(one.login, 0)) for one in people if one.role is Role.DOCTOR],
            "people": people,
            "kinds": {kind: count for kind, count in facets.kinds.items() if kind},
            "offered": [gesture for gesture in Gesture if gesture in offered and may(user.role, LOT)],
        }


def read(request: Request, user: User) -> Asked:
    """What the address asks for; what it says wrongly is left out."""
    given = {name: value.strip()[:_LONGEST] for name, value in request.query_params.items()}
    default = "a-signer" if user.role is Role.DOCTOR else "a-faire"
    tab = given.get("onglet", "")
    tab = tab if tab in (*TABS, REFUSED) else default
    of = TABS[tab][1] if tab in TABS else ()
    one = next((status for status in of if status.value == given.get("statut")), None)
    kept = {
        "onglet": tab,
        "statut": one.value if one else "",
        "urgence": given.get("urgence", "") if given.get("urgence") in set(Urgency) else "",
        "auteur": given.get("auteur", ""),
        "confie": given.get("confie", ""),
        "type": given.get("type", "") if given.get("type") in set(DocumentKind) else "",
        "patient": given.get("patient", ""),
        "age": given.get("age", "") if given.get("age") in AGES else "",
        "tri": given.get("tri", "") if given.get("tri") in set(Order) else "",
        "page": given.get("page", ""),
    }
    newest = Order.NEWEST if tab in ("classes", "ecartes") else Order.WAITING
    page = int(kept["page"]) if kept["page"].isascii() and kept["page"].isdigit() else 1
    query = PileQuery(
        statuses=(one,) if one else of,
        urgency=Urgency(kept["urgence"]) if kept["urgence"] else None,
        author=kept["auteur"],
        assigned=kept["confie"],
        kind=kept["type"],
        patient=kept["patient"],
        before=datetime.now(UTC) - timedelta(days=int(kept["age"])) if kept["age"] else None,
        order=Order(kept["tri"]) if kept["tri"] else newest,
        page=min(max(page, 1), _MOST_PAGES),
    )
    return Asked(tab, query, {name: value for name, value in kept.items() if value})


def _chosen(value: str) -> Chosen:
    """From ``id:move`` or ``id:move:login``. Raises ValueError."""
    case_id, move_no, *assigned = value.split(":", 2)
    return Chosen(case_id, int(move_no), assigned[0] if assigned else None)


def _told(gesture: Gesture, outcomes: list[Outcome]) -> dict[str, Any]:
    undo = [
        f"{one.undo.case_id}:{one.undo.move_no}" + (f":{one.undo.assigned}" if one.undo.assigned is not None else "")
        for one in outcomes
        if one.undo
    ]
    failed = [one for one in outcomes if one.error]
    return {
        "gesture": gesture.value,
        "count": len(outcomes) - len(failed),
        "failed": failed,
        "undo": undo if gesture in UNDO else [],
        "undo_gesture": UNDO[gesture].value if gesture in UNDO else "",
        "undo_reason": UNDONE,
    }
