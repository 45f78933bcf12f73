"""What the people of an office do, click by click; between clicks they think."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any
from urllib.parse import urlencode

import numpy as np

from benchmarks.inputs import random_points
from benchmarks.load.client import Client
from benchmarks.load.ledger import Ledger, Step
from geogrid.store.plan import Plan

__all__ = [
    "LOOK_UP",
    "Office",
    "User",
    "bring_in",
    "bring_in_draft",
    "change",
    "look_up",
    "plan_drafts",
    "send_roster",
]

LOOK_UP = "look-up"
THINK_S = 5.0
BATCH = 10_000
SMALL = 12
_JSON = "application/json"


@dataclass
class Office:
    """What all users share: the plan they ask about, the files they send, what was acknowledged."""

    plan: Plan
    ledger: Ledger = field(default_factory=Ledger)
    drafts: list[int] = field(default_factory=list)
    """Plans of all planners: each may change those of the others."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def name(self, what: str) -> str:
        """Return a name that nothing else has."""
        return f"{what} {next(self._numbers)}"

    @cached_property
    def leaves(self) -> Any:
        """The finest grids."""
        grids = self.plan.grids
        return grids[~grids["code"].isin(set(grids["parent"]))]

    @cached_property
    def questions(self) -> list[str]:
        """Paths that look something up: as many by address, by point and by grid."""
        lon, lat = random_points(self.leaves, 400)
        places = [{"lon": x, "lat": y, "datum": "wgs84"} for x, y in zip(lon, lat, strict=True)]
        units = self.plan.units
        addresses = units.loc[units["address"].ne(""), "address"].sample(200, random_state=1)
        asked = [{"q": address} for address in addresses]
        asked += [{"grid": code} for code in self.leaves["code"].sample(200, random_state=1)]
        paths = [f"/api/v1/lookup?{urlencode(each)}" for each in [*asked, *places[:200]]]
        return paths + [f"/api/v1/locate?{urlencode(each)}" for each in places[200:]]

    @cached_property
    def small_file(self) -> tuple[bytes, int]:
        """A file of a few grids, and how many."""
        return _file(self.leaves.head(SMALL).assign(parent="", level=1))

    @cached_property
    def large_file(self) -> tuple[bytes, int]:
        """A file of the whole plan."""
        return _file(self.plan.grids)

    @cached_property
    def batch(self) -> bytes:
        """Points to locate at once."""
        lon, lat = random_points(self.leaves, BATCH, seed=2)
        return json.dumps({"lon": lon.tolist(), "lat": lat.tolist(), "datum": "wgs84"}).encode()

    def roster(self, holder: str) -> bytes:
        """Return all posts as a table of the office, one of them with somebody new."""
        rows = self.plan.posts.copy()
        rows.loc[rows.index[np.random.default_rng().integers(len(rows))], "holder"] = holder
        return rows.to_csv(index=False).encode()


def _file(grids: Any) -> tuple[bytes, int]:
    columns = ["code", "name", "parent", "level", "geometry"]
    return grids[columns].to_json(drop_id=True).encode(), len(grids)


class User(threading.Thread):
    """Somebody who clicks, thinks, and clicks again until the time is over.

    Parameters
    ----------
    clicks : of the role; each ``yield`` is a pause to think
    until : on the clock of ``time.perf_counter``
    seed : of the pauses, which are exponential with a mean of :data:`THINK_S`
    """

    def __init__(
        self,
        client: Client,
        office: Office,
        clicks: Callable[[Client, Office, random.Random], Iterator[None]],
        *,
        until: float,
        seed: int,
    ) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.failure: Exception | None = None
        self._chance = random.Random(seed)
        self._clicks = clicks(client, office, self._chance)
        self._until = until

    def run(self) -> None:
        """Click; what goes wrong here, not at the server, is kept."""
        try:
            while self._think():
                next(self._clicks)
        except Exception as error:
            self.failure = error

    def _think(self) -> bool:
        wait_s = self._chance.expovariate(1 / THINK_S)
        time.sleep(max(min(wait_s, self._until - time.perf_counter()), 0))
        return time.perf_counter() < self._until


def look_up(client: Client, office: Office, chance: random.Random) -> Iterator[None]:
    """Ask where something is, as a worker does."""
    while True:
        client.get(LOOK_UP, chance.choice(office.questions))
        yield


def plan_drafts(client: Client, office: Office, chance: random.Random) -> Iterator[None]:
    """Send a draft, hand plans in, take them back, delete them; now and then a roster."""
    while True:
        if chance.random() < 0.2:
            yield from send_roster(client, office)
        yield from bring_in_draft(client, office, *office.small_file)
        for _ in range(3):
            yield from change(client, office, chance)


def bring_in(client: Client, office: Office, chance: random.Random) -> Iterator[None]:
    """Send the boundaries of a whole district, and lists of points to locate."""
    while True:
        if chance.random() < 0.3:
            yield from bring_in_draft(client, office, *office.large_file)
        client.send("10,000 points", "POST", "/api/v1/locate", office.batch, Content_Type=_JSON)
        yield


def bring_in_draft(client: Client, office: Office, body: bytes, grids: int) -> Iterator[None]:
    name = office.name("draft")
    kind = "application/octet-stream"
    path = f"/api/v1/plans?{urlencode({'name': name})}"
    answer = client.send("import", "POST", path, body, Content_Type=kind)
    if answer.is_acknowledged:
        job = answer.json()["id"]
        office.ledger.imported(job, name, grids)
    yield
    if not answer.is_acknowledged:
        return
    for _ in range(10):
        told = client.get("job", f"/api/v1/jobs/{job}")
        yield
        if told.status == 200 and told.json()["status"] == "done":
            if grids == SMALL:
                office.drafts.append(told.json()["plan"])
            return


def change(client: Client, office: Office, chance: random.Random) -> Iterator[None]:
    """Read a plan, anybody's, think, and change what was read, unless it was changed since."""
    if not office.drafts:
        return
    plan = chance.choice(office.drafts[-20:])
    path = f"/api/v1/plans/{plan}"
    seen = client.get("plan", path)
    yield
    if seen.status != 200:
        return
    known = seen.json()
    kinds = {"draft": ["submit", "submit", "delete"], "review": ["withdraw"]}[known["status"]]
    kind, approval = chance.choice(kinds), ""
    if kind == "delete":
        answer = client.send(kind, "DELETE", path, If_Match=seen.tag)
    elif kind == "submit":
        approval = office.name("approval")
        body = json.dumps({"approval": approval}).encode()
        answer = client.send(
            kind, "POST", f"{path}/submit", body, If_Match=seen.tag, Content_Type=_JSON
        )
    else:
        answer = client.send(kind, "POST", f"{path}/withdraw", If_Match=seen.tag)
    if answer.is_acknowledged:
        office.ledger.changed(Step(plan, kind, known["version"], approval))
    yield


def send_roster(client: Client, office: Office) -> Iterator[None]:
    """Upload a roster, look at what becomes of it, confirm."""
    holder = office.name("holder")
    body = b"\r\n".join(
        (
            b"--load", b'Content-Disposition: form-data; name="file"; filename="roster.csv"',
            b"Content-Type: text/csv", b"", office.roster(holder), b"--load--", b"",
        )
    )  # fmt: skip
    form = "multipart/form-data; boundary=load"
    sent = client.send("roster", "POST", "/api/v1/workspace/posts", body, Content_Type=form)
    yield
    if not sent.is_acknowledged:
        return
    used = client.send("roster", "POST", f"/api/v1{sent.json()['url']}/use")
    if used.is_acknowledged:
        office.ledger.roster(holder)
    yield
