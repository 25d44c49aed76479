"""Attributions under noise: right, to a human, wrong (must be 0), and the time of a call.

    python -m benchmarks.identity [--people 20000] [--tries 3000] [--seed 1]

Also tried: patients who are not in the register, many of them the twin, the father or the child of somebody who is
(must never be attributed to anybody); one hearing of the opening, and three of the same words, each misheard in its
own way.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time

from pipeline.identify.matcher import RegisterMatcher
from pipeline.model.people import Patient
from tests.identify.noise import make_hearings
from tests.identify.people import FIRST_NAMES, Register, listen, make_people


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--tries", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    people = make_people(given.people, given.seed)
    absent = people[::20]
    register = Register([patient for index, patient in enumerate(people) if index % 20])
    matcher = RegisterMatcher(FIRST_NAMES)
    listen("Courrier.", register, matcher=matcher)
    wrong = 0
    for name, group in (("known", register.people), ("absent", absent)):
        for amount in (0.0, 0.05, 0.15, 0.4):
            for hearings in (1, 3):
                wrong += measure(name, group, register, matcher, given.tries, (amount, hearings), given.seed)
    print(f"wrong in all: {wrong}")
    return 1 if wrong else 0


def measure(
    name: str,
    group: list[Patient],
    register: Register,
    matcher: RegisterMatcher,
    tries: int,
    noise: tuple[float, int],
    seed: int,
) -> int:
    """``noise``: its amount, and how many hearings of the same words are given."""
    amount, hearings = noise
    rng = random.Random(f"{seed}{name}{amount}")
    right = human = wrong = 0
    times = []
    for _ in range(tries):
        one, *others = make_hearings(group, rng, amount, hearings)
        before = time.perf_counter()
        answer = listen(one.text, register, matcher=matcher, again=tuple(other.text for other in others))
        times.append(time.perf_counter() - before)
        right += answer.patient_id == one.meant
        human += not answer.patient_id
        if answer.patient_id not in ("", one.meant):
            wrong += 1
            found = next(p for p in register.people if p.id == answer.patient_id)
            print("  WRONG", one.text[28:110], "->", found.display_name, found.birth_date, found.id, one.meant)
    print(
        f"{name:7} noise {amount:4.2f}, {hearings} hearings: right {right / tries:6.1%}  "
        f"to a human {human / tries:6.1%}  wrong {wrong}  "
        f"median {statistics.median(times) * 1e3:.1f} ms, 99th {statistics.quantiles(times, n=100)[98] * 1e3:.1f} ms",
        flush=True,
    )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
