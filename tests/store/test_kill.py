"""Killed at a random moment of an import, a publication or a re-location, nothing is lost.

Ten rounds on each kind of database, 200 with the nightly profile.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.engine import URL

from geogrid.locate import build_index, locate
from geogrid.store.database.engine import open_database, reading, writing
from geogrid.store.database.tables import (
    audit,
    case_events,
    case_places,
    cases,
    grids,
    plan_tables,
    plans,
)
from geogrid.store.people import posts_at
from geogrid.store.plan_tables import keep_tables, table_rows
from geogrid.store.plans import add_draft, find_plan, plan_at, plan_grids, submit_draft
from geogrid.store.publish import publish_plan

ROUNDS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 10
SIDE = 20
CASES = 3_000
LATEST_S = 0.6


def _layer(shift: int) -> gpd.GeoDataFrame:
    """A lattice whose inner borders were moved by some thousandths of a cell."""
    places = np.arange(SIDE + 1, dtype=float)
    places[1:-1] += shift / 1_000
    west, south = np.meshgrid(places[:-1], np.arange(SIDE) * 1.0)
    east = np.meshgrid(places[1:], np.arange(SIDE))[0]
    shapes = shapely.box(west / 100, south / 100, east / 100, (south + 1) / 100).ravel()
    codes = [f"g{n:03d}" for n in range(SIDE * SIDE)]
    rows = {"code": codes, "name": str(shift), "parent": "", "level": 1, "kind": ""}
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=4326)
    return frame.assign(households=None, people=None)


def _places() -> tuple[np.ndarray, np.ndarray]:
    random_state = np.random.default_rng(3)
    lon, lat = random_state.uniform(0, SIDE / 100, (2, CASES))
    return lon, lat


def _work(url: URL, said: Pipe) -> None:
    """Import and publish one plan after another, until killed."""
    engine = open_database(url)
    said.send("ready")
    while True:
        with reading(engine) as connection:
            number = plan_at(connection).number
        _publish(engine, number + 1)
        said.send("published")


def _publish(engine: Engine, number: int) -> None:
    """Import a plan with its staff in one transaction, hand it in and publish it."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        plan = add_draft(connection, "方案", _layer(_shift(number)), at=now)
        keep_tables(connection, plan.id, table_rows({"posts": _roster(number)}))
    plan = submit_draft(engine, plan.id, plan.version, approval="1", at=now)
    publish_plan(engine, plan.id, plan.version, at=now)


def _roster(number: int) -> pd.DataFrame:
    """One leader a grid in the first row; every plan has other people."""
    codes = [f"g{n:03d}" for n in range(SIDE)]
    names = [f"{number}号方案{code}" for code in codes]
    return pd.DataFrame({"grid": codes, "post": "leader", "holder": names})


def _shift(number: int) -> int:
    return 7 * (number % 50)


def _begin(engine: Engine) -> None:
    _publish(engine, 1)
    lon, lat = _places()
    found = locate(build_index(_layer(_shift(1))), lon, lat)
    rows = [
        {"case_id": str(n), "status": "reported", "grid_now": f"g{at:03d}"}
        for n, at in enumerate(found)
    ]
    with writing(engine) as connection:
        connection.execute(insert(cases), rows)
        points = shapely.points(lon, lat)
        connection.execute(
            insert(case_places),
            [{"case_id": n + 1, "geometry": point} for n, point in enumerate(points)],
        )


def _require_whole(engine: Engine) -> int:
    """Look at everything; return the number of the plan in force."""
    with reading(engine) as connection:
        in_force = connection.scalars(select(plans.c.id).where(plans.c.status == "published")).all()
        assert len(in_force) == 1
        plan = find_plan(connection, in_force[0])
        number = plan.number
        assert number is not None
        # every plan that ever was is whole, and has its one row in the audit
        assert connection.scalar(select(func.count()).where(plans.c.number.is_not(None))) == number
        for action in ("plan.published", "plan.review"):
            keys = connection.scalars(select(audit.c.subject_id).where(audit.c.action == action))
            found = keys.all()
            assert len(found) == len(set(found)) >= number
        published = connection.scalar(
            select(func.count()).where(audit.c.action == "plan.published")
        )
        assert published == number
        drafted = connection.scalar(select(func.count()).where(audit.c.action == "plan.drafted"))
        assert drafted == connection.scalar(select(func.count()).select_from(plans))
        expected = _layer(_shift(number))
        kept = plan_grids(connection, plan)
        assert kept["code"].tolist() == expected["code"].tolist()
        assert shapely.equals_exact(kept.geometry.to_numpy(), expected.geometry.to_numpy(), 0).all()
        assert connection.scalar(select(func.max(grids.c.since))) <= number
        # each grid has its one leader, who came with the plan
        held = posts_at(connection, datetime.now(UTC))
        assert held["holder"].tolist() == _roster(number)["holder"].tolist()
        waiting = set(connection.scalars(select(plan_tables.c.plan_id)))
        assert waiting <= set(
            connection.scalars(select(plans.c.id).where(plans.c.number.is_(None)))
        )
        # no case is lost or doubled, and each is where the plan in force has it
        lon, lat = _places()
        owners = locate(build_index(expected), lon, lat)
        now = connection.scalars(select(cases.c.grid_now).order_by(cases.c.id)).all()
        assert now == [f"g{at:03d}" for at in owners]
        # its history is the one way from where it was first to where it is
        told = connection.execute(
            select(case_events.c.case_id, case_events.c.detail).order_by(case_events.c.id)
        ).all()
        last = {key: detail["to"] for key, detail in told}
        assert all(now[key - 1] == to for key, to in last.items())
        steps = [(key, detail["plan"]) for key, detail in told]
        assert len(steps) == len(set(steps))
        return number


def test_a_kill_at_any_moment_leaves_the_old_plan_or_the_new(engine: Engine, database: URL) -> None:
    _begin(engine)
    engine.dispose()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "geogrid.store.publish"])
    chance = random.Random(5)
    numbers: list[int] = []
    latest_s = LATEST_S
    for _round in range(ROUNDS):
        here, there = context.Pipe()
        worker = context.Process(target=_work, args=(database, there))
        worker.start()
        assert here.recv() == "ready"
        if not numbers:  # how long a publication takes on this computer today
            begun = time.monotonic()
            assert here.recv() == "published"
            latest_s = max(LATEST_S, 1.5 * (time.monotonic() - begun))
        time.sleep(chance.uniform(0, latest_s))
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        assert worker.exitcode == -signal.SIGKILL  # it was at work until then
        numbers.append(_require_whole(engine))
        engine.dispose()
    assert numbers == sorted(numbers)
    assert numbers[0] > 1
