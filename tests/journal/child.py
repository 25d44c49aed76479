"""Run as its own process by the tests: ``child.py URL VERB …``."""

from __future__ import annotations

import sys
import time

from pipeline.errors import FileRefused, StaleCase
from pipeline.journal.sql import SqlJournal
from pipeline.model.case import Status
from tests.journal.builders import blob, opened


def main(url: str, verb: str, *arguments: str) -> None:
    journal = SqlJournal(url)
    if verb == "open":  # NAME COUNT: open cases, all processes the same files too
        for number in range(int(arguments[1])):
            opened(journal, f"{arguments[0]}-{number}")
            try:
                opened(journal, f"shared-{number}")
            except FileRefused:
                print("refused")
    elif verb == "move":  # NUMBER NAME: move it from RECEIVED once
        case = journal.case(arguments[0])
        ready(arguments[1])
        if case.move_no == 0:
            try:
                journal.move(case, Status.TRANSCRIBED, actor=arguments[1], results={"by": blob(arguments[1])})
                print("won")
            except StaleCase:
                print("stale")
    elif verb == "write-forever":  # until killed
        number = 0
        while True:
            case = opened(journal, f"{arguments[0]}-{number}")
            journal.move(case, Status.TRANSCRIBED, actor="worker", results={"r": blob(str(number)), "s": blob("s")})
            print(number, flush=True)
            number += 1
    elif verb == "hang":  # hold the writers' lock in the middle of a write

        def work(connection: object) -> None:
            opened_inside = journal.case(arguments[0])
            print("inside", opened_inside.number, flush=True)
            time.sleep(600)

        journal._write(work)
    journal.close()


def ready(_name: str) -> None:
    """Wait until the parent says go."""
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
