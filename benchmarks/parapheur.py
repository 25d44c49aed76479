"""The parapheur under load: a pile of 10,000 cases, a patient with 2,000 documents, 20 people working.

    python -m benchmarks.parapheur [--cases 10000] [--documents 2000] [--people 20] [--seconds 60]

Makes the journal, the archive and the index in a temporary folder, serves them with the real server in a process of its
own (`Calame.server`), and lets that many people work over HTTP: each looks at the pile (polling it as the page does),
filters it, opens a case and holds its lock, searches letter by letter, opens the patient's file and scrolls in it.
Prints the server's time for each kind of page, from a request's arrival to its answer, beside that of a page without
content (the log-in form) as a measure of what else the machine does, the processor time of the server, and its memory
before,
halfway and after.
Every name is invented.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from pipeline.bootstrap import Calame
from pipeline.journal.port import CaseChanges
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import BlobRef, Case, Medium, Status, Urgency
from pipeline.model.document import Record
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Role, Sex, User
from pipeline.settings import Settings
from pipeline.web.accounts import hash_password

PASSWORD = "mot-de-passe-de-mesure"
PORT = 8533
ROAD = (Status.TRANSCRIBED, Status.CHECKED, Status.IDENTIFIED, Status.TO_REVIEW, Status.TO_SIGN, Status.SIGNED)
SHARES = {
    **{Status.TO_REVIEW: 8, Status.HELD: 3, Status.TO_SIGN: 6, Status.FAILED: 1, Status.DISCARDED: 2},
    Status.FILED: 80,
}
"""Of a hundred cases, how many stand where."""
KINDS = (DocumentKind.LETTER, DocumentKind.CONSULTATION_REPORT, DocumentKind.IMAGING_REPORT, DocumentKind.CERTIFICATE)
WORDS = ("fibrillation", "auriculaire", "hypertension", "genou", "lombalgie", "asthme", "diabète", "échographie")
FAT = "le-patient"
"""The id of the patient with the thick file."""
CALM = (0.5, 2.0)
"""Seconds that a person thinks between two pages, at least and at most."""


def fill(calame: Calame, cases: int, documents: int) -> None:
    """Write everything through the journal itself, so that the audit chain is whole."""
    chance = random.Random(1)
    doctors = [User(f"dr-{n}", f"Dr Essai {n}", Role.DOCTOR, "médecine", f"1099999{n:04}") for n in range(5)]
    people = [*doctors, *(User(f"sec-{n}", f"Secrétaire {n}", Role.SECRETARY) for n in range(20))]
    hashed = hash_password(PASSWORD)
    for user in people:
        calame.journal.save_user(user, hashed, actor="bench")
    patients = [Patient(FAT, "DOSSIER", "Épais", date(1950, 1, 1), Sex.FEMALE)]
    patients += [
        Patient(f"p{n}", f"NOM{n % 700}", f"Prénom{n}", date(1940, 1, 1) + timedelta(days=n * 7), Sex.MALE)
        for n in range(3000)
    ]
    calame.journal.import_patients(patients, actor="bench")
    ends = chance.choices(list(SHARES), list(SHARES.values()), k=cases)
    filed = 0
    for number, end in enumerate(ends):
        patient = patients[0] if end is Status.FILED and filed < documents else chance.choice(patients[1:])
        filed += end is Status.FILED
        _case(calame.journal, number, end, patient, chance)


def _case(journal: SqlJournal, number: int, end: Status, patient: Patient, chance: random.Random) -> None:
    at = datetime.now(UTC) - timedelta(hours=chance.uniform(0, 24 * 40))
    case = journal.open_case(
        claim_id=f"bench-{number}",
        medium=Medium.DICTATION,
        author=f"dr-{number % 5}",
        original=BlobRef(f"{number:064x}", 1000, "audio/ogg"),
        original_name=f"{number}.ogg",
        received_at=at,
    )
    kind = chance.choice(KINDS)
    urgency = Urgency.URGENT if number % 17 == 0 else Urgency.ROUTINE
    changes = CaseChanges(patient_id=patient.id, kind=kind.value, title=f"{WORDS[number % 8].title()}", urgency=urgency)
    stops = {Status.FAILED: 0, Status.DISCARDED: 0, Status.HELD: 2, Status.TO_REVIEW: 4, Status.TO_SIGN: 5}
    for status in ROAD[: stops.get(end, 6)]:
        case = journal.move(case, status, actor="worker", changes=changes)
    if end is Status.FILED:
        journal.move(case, end, actor="worker", record=_record(case, patient, kind, number, chance))
    elif case.status is not end:
        journal.move(case, end, actor="worker", reason="essai", changes=replace(changes, message="Essai."))


def _record(case: Case, patient: Patient, kind: DocumentKind, number: int, chance: random.Random) -> Record:
    day = date(2016, 1, 1) + timedelta(days=chance.randrange(3900))
    sha = f"{number:064x}"
    path = f"{patient.id}/{number}.pdf"
    return Record(
        case.id, case.id, patient.id, kind, case.title, day, 1, path, sha, datetime.now(UTC), "", "", case.author
    )


def index(calame: Calame) -> None:
    """Index every record with a text of its own, without reading contexts."""
    chance = random.Random(2)
    entries = []
    for record in calame.journal.all_records():
        patient = calame.journal.patient(record.patient_id)
        assert patient is not None
        text = " ".join(chance.choices((*WORDS, *(f"mot{n}" for n in range(400))), k=200))
        entries.append((record, patient, text))
    calame._index(None).rebuild(entries)


def settings(folder: Path) -> Settings:
    return Settings(inbox=folder / "inbox", outbox=folder / "outbox", home=folder / "var", port=PORT).resolved()


def serve(folder: str) -> None:
    server = Calame(settings(Path(folder))).server()
    server.config.app = timed(server.config.app)
    server.run()


def timed(app: Any) -> Any:  # an ASGI application
    """The application, each answer with the milliseconds from the request's arrival to its answer."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        begin = time.perf_counter()

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                spent = f"{1000 * (time.perf_counter() - begin):.2f}".encode()
                message = {**message, "headers": [*message["headers"], (b"x-spent", spent)]}
            await send(message)

        await app(scope, receive, told)

    return wrapped


class Person:
    """Somebody who works: think, look, think. Times go to ``seen``, in seconds, by kind of page."""

    def __init__(self, number: int, http: httpx.AsyncClient, seen: dict[str, list[float]]) -> None:
        self._chance, self._http, self._seen = random.Random(number), http, seen
        self._login = f"sec-{number}" if number % 4 else f"dr-{number // 4 % 5}"
        self._csrf = self._stamp = ""
        self.failures: Counter[str] = Counter()

    async def work(self, until: float) -> None:
        await asyncio.sleep(self._chance.uniform(0, 3))  # nobody comes at the same moment as all others
        await self._http.post("/connexion", data={"login": self._login, "password": PASSWORD})
        html = await self._get("pile", "/")
        self._csrf = re.findall(r'name="csrf" value="([^"]+)"', html)[0]
        watching = asyncio.create_task(self._watch(until))
        deeds: list[Callable[[], Awaitable[object]]] = [self._sift, self._open, self._search, self._file, self._blank]
        while time.monotonic() < until:
            await asyncio.sleep(self._chance.uniform(*CALM))
            await self._chance.choice(deeds)()
        await watching

    async def _watch(self, until: float) -> None:
        """The pile stays open in another window."""
        while time.monotonic() < until:
            await asyncio.sleep(3)
            html = await self._get("pile, watched", f"/pile?onglet=a-faire&vu={quote(self._stamp)}")
            self._stamp = (re.findall(r'name="vu" value="([^"]+)"', html) or [self._stamp])[0]

    async def _sift(self) -> None:
        part = self._chance.choice(
            ("patient=nom12", "urgence=urgent", "onglet=classes", "onglet=classes&tri=patient&page=40", "auteur=dr-2")
        )
        await self._get("pile, filtered", f"/pile?{part}")
        await self._get("pile", "/")

    async def _open(self) -> None:
        html = await self._get("pile", "/")
        case = self._chance.choice(re.findall(r'href="/dossiers/([0-9a-f]{32})"', html))
        await self._send("lock", f"/dossiers/{case}/main", verbe="tenir")
        if self._chance.random() < 0.3:
            await self._get("turnaround", "/pile/delais")
        await asyncio.sleep(self._chance.uniform(*CALM))
        await self._send("lock", f"/dossiers/{case}/main", verbe="rendre")

    async def _search(self) -> None:
        word = self._chance.choice(WORDS)
        for size in range(3, len(word), 3):
            await self._get("search, typing", f"/recherche?q={word[:size]}", fragment=True)
            await asyncio.sleep(0.25)

    async def _file(self) -> None:
        await self._get("patient's file", f"/patients/{FAT}")
        await self._get("file, scrolled", f"/patients/{FAT}?page={self._chance.randint(2, 30)}", fragment=True)
        await self._get("search in file", f"/recherche?q=asthme&dossier={FAT}", fragment=True)

    async def _blank(self) -> None:
        await self._get("(log-in form)", "/connexion")

    async def _get(self, name: str, path: str, *, fragment: bool = False) -> str:
        return await self._timed(name, self._http.get(path, headers={"hx-request": "true"} if fragment else {}))

    async def _send(self, name: str, path: str, **fields: str) -> str:
        return await self._timed(name, self._http.post(path, data={"csrf": self._csrf, **fields}))

    async def _timed(self, name: str, asked: Awaitable[httpx.Response]) -> str:
        answer = await asked
        self._seen[name].append(float(answer.headers["x-spent"]) / 1000)
        if answer.status_code not in (200, 204):
            self.failures[f"{name} {answer.status_code}"] += 1
        return answer.text


def facts(pid: int) -> tuple[float, float]:
    """``(resident MB, processor seconds)`` of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def load(pid: int, people: int, seconds: float) -> None:
    address = f"http://127.0.0.1:{PORT}"
    seen: dict[str, list[float]] = defaultdict(list)
    clients = [httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=60) for _ in range(people)]
    crowd = [Person(number, http, seen) for number, http in enumerate(clients)]
    await asyncio.gather(*(one.work(time.monotonic() + 10) for one in crowd))  # warms up
    seen.clear()
    memory, processor = [facts(pid)[0]], facts(pid)[1]
    began = time.monotonic()
    for _ in range(2):
        await asyncio.gather(*(one.work(time.monotonic() + seconds / 2) for one in crowd))
        memory.append(facts(pid)[0])
    spent = time.monotonic() - began
    print(f"\n| page ({people} people, {spent:.0f} s) | times | p50 ms | p95 ms | p99 ms | worst ms |")
    print("|---|---|---|---|---|---|")
    for name, times in sorted(seen.items()):
        cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
        columns = " | ".join(f"{1000 * value:.0f}" for value in (cuts[49], cuts[94], cuts[98], max(times)))
        print(f"| {name} | {len(times)} | {columns} |")
    total = sum(map(len, seen.values()))
    used = facts(pid)[1] - processor
    print(
        f"\n{total / spent:.0f} requests a second; server: {1000 * used / total:.1f} ms of processor a request, ",
        end="",
    )
    print(f"{used / spent:.2f} of a core; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"memory of the server: {memory[0]:.0f} MB warm, {memory[1]:.0f} MB halfway, {memory[2]:.0f} MB after")
    failures = sum((one.failures for one in crowd), Counter[str]())
    print(f"answers other than 200 and 204: {dict(failures) or 'none'}")
    for http in clients:
        await http.aclose()


def main() -> None:
    """Fill, serve, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--folder", type=Path, default=None, help="keep the practice here, and use it again when it is there"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "var" / "calame.db").exists():
            begin = time.perf_counter()
            calame = Calame(settings(folder))
            calame.journal._engine.dispose()
            fill(calame, options.cases, options.documents)
            index(calame)
            calame.finish()
            print(f"{options.cases} cases made in {time.perf_counter() - begin:.0f} s")
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(str(folder),), daemon=True)
        server.start()
        assert server.pid is not None
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{PORT}/connexion")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        try:
            asyncio.run(load(server.pid, options.people, options.seconds))
        finally:
            server.terminate()
            server.join()


if __name__ == "__main__":
    main()
