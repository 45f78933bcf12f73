"""A few people at work for a moment: no failure and nothing lost; how fast is no matter here."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.engine import URL

from benchmarks.load import users
from benchmarks.load.__main__ import measure
from benchmarks.load.client import Client
from benchmarks.load.ledger import Step
from benchmarks.load.service import serve
from benchmarks.load.users import LOOK_UP, Office
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import plans, posts


def _address(empty: URL) -> str:
    is_file = empty.get_backend_name() == "sqlite"
    return "" if is_file else empty.render_as_string(hide_password=False)


@pytest.mark.slow
def test_nothing_fails_and_nothing_is_lost(
    empty_database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "THINK_S", 0.5)  # so that ten people do as much as a hundred
    run = measure(users=10, seconds=5, database=_address(empty_database), workers=2)
    assert (run.failed, run.lost) == ([], [])
    asked = {click.what for click in run.clicks}
    assert asked >= {LOOK_UP, "import", "job", "plan", "10,000 points"}
    assert run.writes >= 3
    assert all(click.status < 400 for click in run.clicks if click.what == LOOK_UP)


class FirstOf(random.Random):
    """Takes the first of what there is to choose from."""

    def choice(self, seq: Any) -> Any:
        """Return the first."""
        return seq[0]


@pytest.mark.slow
def test_what_is_lost_is_noticed() -> None:
    """The ledger is no witness unless it can say that something is missing."""
    with serve({"planner": 1}, database="", workers=1) as service, ExitStack() as stack:
        client, office = Client(service.port, service.keys["planner"][0]), Office(service.plan)
        stack.callback(client.close)
        plan, ledger = _submitted(client, office), office.ledger
        assert ledger.lost(client, service.engine) == []
        ledger.roster("nobody")
        ledger.changed(Step(plan, "submit", 1, "another"))
        assert len(ledger.lost(client, service.engine)) == 4  # order, end, audit, roster
        del ledger.steps[-1], ledger.rosters[-1]
        with writing(service.engine) as connection:
            connection.execute(update(plans).where(plans.c.id == plan).values(approval="2"))
            connection.execute(delete(posts))
        assert len(ledger.lost(client, service.engine)) == 2
        with writing(service.engine) as connection:
            connection.execute(delete(plans).where(plans.c.id == plan))
        assert any("gone" in each for each in ledger.lost(client, service.engine))


def _submitted(client: Client, office: Office) -> int:
    """Keep a roster, import a draft and hand it in, as planners do; return the plan."""
    for _ in users.send_roster(client, office):
        pass
    for _ in users.bring_in_draft(client, office, *office.small_file):
        time.sleep(0.2)
    for _ in users.change(client, office, FirstOf()):
        pass
    return office.drafts[0]
