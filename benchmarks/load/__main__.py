"""``python -m benchmarks.load``: fifty people at work for a minute, and what became of it."""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.load.client import BROKEN, Click, Client
from benchmarks.load.service import Service, serve
from benchmarks.load.users import LOOK_UP, Office, User, bring_in, look_up, plan_drafts
from benchmarks.location.postgis import USER, end_cluster, programs, start_cluster

WARM_UP = 400
JOBS_END_WITHIN_S = 180.0


@dataclass(frozen=True)
class Measured:
    """One run.

    Attributes
    ----------
    idle_s, looked_up_s : of look-ups, alone and among the others
    clicks : of all users
    writes : acknowledged
    lost : of those, in words
    """

    idle_s: list[float]
    looked_up_s: list[float]
    clicks: list[Click]
    writes: int
    lost: list[str]

    @property
    def ratio(self) -> float:
        """The 99th percentile of look-ups among the others, by the median alone."""
        return float(np.percentile(self.looked_up_s, 99) / statistics.median(self.idle_s))

    @property
    def failed(self) -> list[Click]:
        """Requests answered with 5xx, or not at all."""
        return [click for click in self.clicks if click.status == BROKEN or click.status >= 500]


def shares(users: int) -> dict[str, int]:
    """Return how many look up, plan and bring files in: seven, two and one of ten."""
    planners, importers = max(users // 5, 1), max(users // 10, 1)
    return {"worker": users - planners - importers, "planner": planners + importers}


def measure(*, users: int, seconds: float, database: str, workers: int) -> Measured:
    """Run once."""
    people = shares(users)
    with serve(people, database=database, workers=workers) as service:
        office = Office(service.plan)
        idle = _idle(service, office)
        at_work = _at_work(service, office, users, seconds)
        clicks = [click for user in at_work for click in user.client.clicks]
        admin = Client(service.port, service.keys["planner"][0])
        _wait_for_jobs(admin, office)
        lost = office.ledger.lost(admin, service.engine)
        admin.close()
        looked_up = [click.seconds for click in clicks if click.what == LOOK_UP]
        if any(click.status >= 500 for click in clicks):  # what the server says of it
            print(service.log.read_text(encoding="utf-8")[-3000:])
    return Measured(idle, looked_up, clicks, office.ledger.writes, lost)


def _idle(service: Service, office: Office) -> list[float]:
    """Return how long look-ups take when nobody else asks; first what is slow only once.

    Users take turns, so that each is asked about in the database as under load: after their
    pauses no process remembers them.
    """
    clients = [Client(service.port, key) for key in service.keys["worker"]]
    questions = office.questions
    for at in range(WARM_UP):
        clients[at % len(clients)].get(LOOK_UP, questions[at * 7 % len(questions)])
    for client in clients:
        client.clicks.clear()
    for at in range(len(questions) // 2):
        time.sleep(0.02)
        clients[at % len(clients)].get(LOOK_UP, questions[at * 7 % len(questions)])
    for client in clients:
        client.close()
    return [click.seconds for client in clients for click in client.clicks]


def _at_work(service: Service, office: Office, users: int, seconds: float) -> list[User]:
    """Let everybody work, and return them."""
    made = (office.small_file, office.large_file, office.batch)  # before the clock starts
    assert made
    planners = max(users // 5, 1)
    roles = [(key, look_up) for key in service.keys["worker"]]
    roles += [(key, plan_drafts) for key in service.keys["planner"][:planners]]
    roles += [(key, bring_in) for key in service.keys["planner"][planners:]]
    until = time.perf_counter() + seconds
    everybody = [
        User(Client(service.port, key), office, clicks, until=until, seed=seed)
        for seed, (key, clicks) in enumerate(roles)
    ]
    for user in everybody:
        user.start()
    for user in everybody:
        user.join()
        user.client.close()
        if user.failure is not None:
            raise user.failure
    return everybody


def _wait_for_jobs(admin: Client, office: Office) -> None:
    until = time.monotonic() + JOBS_END_WITHIN_S
    for job in office.ledger.imports:
        while time.monotonic() < until:
            told = admin.get("afterwards", f"/api/v1/jobs/{job}").json()
            if told["status"] in ("done", "failed", "cancelled"):
                break
            time.sleep(0.2)


def row(name: str, run: Measured) -> str:
    """Return one line of the table."""
    idle, busy = np.array(run.idle_s) * 1e3, np.array(run.looked_up_s) * 1e3
    return (
        f"| {name} | {len(run.clicks)} | {len(run.failed)} | {run.writes} | {len(run.lost)} |"
        f" {np.median(idle):.1f} | {np.median(busy):.1f} | {np.percentile(busy, 99):.1f} |"
        f" {run.ratio:.1f} |"
    )


def details(clicks: Iterable[Click]) -> list[str]:
    """Return what was asked, how it was answered and how long that took."""
    lines = ["| request | answers | p50 ms | p99 ms |", "|---|---|---:|---:|"]
    of: dict[str, list[Click]] = {}
    for click in clicks:
        of.setdefault(click.what, []).append(click)
    for what, some in sorted(of.items()):
        took = np.array([click.seconds for click in some]) * 1e3
        counts = sorted(Counter(click.status for click in some).items())
        answers = ", ".join(f"{status}: {number}" for status, number in counts)
        lines.append(
            f"| {what} | {answers} | {np.median(took):.1f} | {np.percentile(took, 99):.1f} |"
        )
    return lines


def databases(asked: Any, stack: ExitStack) -> dict[str, list[str]]:
    """Return the kind of database to the addresses of empty ones, one for each run."""
    if asked.database_url:
        return {"as given": [asked.database_url]}
    found = {"SQLite": [""] * len(asked.workers)}
    if programs() is None:
        print("PostgreSQL was left out: it is not installed.")
        return found
    import psycopg  # noqa: PLC0415 - needed here only

    folder = Path(stack.enter_context(TemporaryDirectory(prefix="geogrid-load-")))
    stack.callback(end_cluster, folder)
    socket = start_cluster(folder, threads=1)
    with psycopg.connect(host=str(socket), user=USER, autocommit=True) as connection:
        for workers in asked.workers:
            connection.execute(f"CREATE DATABASE load_{workers}")
        found["PostgreSQL"] = [
            f"postgresql://{USER}@/load_{workers}?host={socket}" for workers in asked.workers
        ]
    for workers in asked.workers:
        with psycopg.connect(
            host=str(socket), user=USER, dbname=f"load_{workers}", autocommit=True
        ) as connection:
            connection.execute("CREATE EXTENSION postgis")
    return found


def main() -> None:
    """Run with each database and each number of processes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="processes")
    parser.add_argument("--database-url", default="", help="an empty database, for one run")
    asked = parser.parse_args()
    lines = [
        "| server | requests | 5xx | writes acknowledged | lost | look-up alone, median ms |"
        " among all, median | p99 | p99 / median alone |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    is_well = True
    with ExitStack() as stack:
        for kind, addresses in databases(asked, stack).items():
            for workers, address in zip(asked.workers, addresses, strict=False):
                run = measure(
                    users=asked.users, seconds=asked.seconds, database=address, workers=workers
                )
                name = f"{kind}, {workers} process{'es' * (workers > 1)}"
                load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
                print(f"\n{name} (load of the machine at the end: {load})\n")
                print("\n".join([*details(run.clicks), "", *run.lost]), flush=True)
                lines.append(row(name, run))
                is_well &= not run.failed and not run.lost
    print("\n".join(["", *lines]))
    if not is_well:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
