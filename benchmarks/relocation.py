"""``python -m benchmarks.relocation``: what a publication does to cases, and to who else writes.

First a first plan of 20,000 grids comes into force with 20,000 posts, 50,000 buildings and 100,000
cases: how long that holds the writer of the database, of which SQLite has one, its commit included.

Then a plan that changes 1 % of the area, with a million cases. What is compared is the work on the
cases, within the transaction of a publication: reading them and their places, finding their
grids, writing those that moved and their history. Once as :func:`geogrid.store.move_places` does
it, once for all cases with the same reading, locator (built anew) and writing. Both are rolled
back, in turn, and medians count. Then the plan is published, and every case compared with
locating all.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import Connection, Engine, insert, select

from benchmarks.location.postgis import USER, end_cluster, programs, start_cluster
from geogrid.locate import build_index, locate
from geogrid.store.database.engine import database_url, open_database, reading, writing
from geogrid.store.database.migrate import upgrade
from geogrid.store.database.tables import case_places, cases
from geogrid.store.moving import Move, move_places, read_placed, write_moved
from geogrid.store.plan_tables import keep_tables, table_rows
from geogrid.store.plans import PlanRecord, add_draft, submit_draft
from geogrid.store.publish import prepare_plan, publish_plan, put_in_force

SIDE = 100
STEP = 0.0005
WEST, SOUTH = 114.0, 22.5
FIRST_SIDE = 142
BUILDINGS, CASES = 50_000, 100_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
_AT_ONCE = 50_000


HELD = "| database | grids | cases | prepared before | writer held |"
RACED = (
    "| database | grids changed | cases read | located again | moved | all | these | ratio |"
    " other grid than locating all |"
)


class _UndoError(Exception):
    """Rolls a transaction back."""


def lattice(*, is_changed: bool, side: int = SIDE) -> gpd.GeoDataFrame:
    """Return grids with uneven corners; 100 of them are changed by moving corners."""
    rng = np.random.default_rng(0)
    x, y = np.meshgrid(WEST + np.arange(side + 1) * STEP, SOUTH + np.arange(side + 1) * STEP)
    inner = (slice(1, -1), slice(1, -1))
    for axis in (x, y):
        axis[inner] += rng.uniform(-0.2, 0.2, (side - 1, side - 1)) * STEP
    if is_changed:
        x[41:50, 41:50] += 0.45 * STEP  # of these nodes only the grids around them, 10 by 10
    corners = np.stack([x, y], axis=-1)
    rings = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2
    ).reshape(-1, 4, 2)
    codes = [f"g{at:05d}" for at in range(side * side)]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=shapely.polygons(rings), crs=4326)
    return frame.assign(name="", parent="", level=1, kind="", households=None, people=None)


def owners(
    grids: gpd.GeoDataFrame, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> npt.NDArray[np.object_]:
    """Return the code of each point by locating all, with an index built anew."""
    found = locate(build_index(grids, grids["code"]), lon, lat)
    codes: npt.NDArray[np.object_] = np.append(grids["code"].to_numpy(dtype=object), "")[found]
    return codes


def fill(engine: Engine, codes: npt.NDArray[np.object_], lon: Any, lat: Any) -> None:
    """Write the cases as they are in force."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            _copy(connection, codes, lon, lat)
        else:
            _insert(connection, codes, lon, lat)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _insert(connection: Connection, codes: npt.NDArray[np.object_], lon: Any, lat: Any) -> None:
    points = shapely.points(lon, lat)
    for begin in range(0, len(codes), _AT_ONCE):
        some = range(begin, min(begin + _AT_ONCE, len(codes)))
        rows = [
            {"id": at + 1, "case_id": f"C{at + 1}", "status": "reported", "grid_now": codes[at],
             "grid_at_report": codes[at], "reported_at": NOW} for at in some
        ]  # fmt: skip
        connection.execute(insert(cases), rows)
        places = [{"case_id": at + 1, "geometry": points[at]} for at in some]
        connection.execute(insert(case_places), places)


def _copy(connection: Connection, codes: npt.NDArray[np.object_], lon: Any, lat: Any) -> None:
    """Write the same rows as `_insert`, as PostgreSQL takes many."""
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE given (id int, code text, x float8, y float8) ON COMMIT DROP"
    )
    cursor = connection.connection.cursor()
    with cursor.copy("COPY given FROM STDIN") as copy:
        for row in zip(count(1), codes, lon.tolist(), lat.tolist(), strict=False):
            copy.write_row(row)
    connection.exec_driver_sql(
        "INSERT INTO cases (id, case_id, status, grid_now, grid_at_report, reported_at)"
        f" SELECT id, 'C' || id, 'reported', code, code, '{NOW.isoformat()}' FROM given"
    )
    connection.exec_driver_sql(
        "INSERT INTO case_places SELECT id, ST_SetSRID(ST_MakePoint(x, y), 4326) FROM given"
    )


def review(engine: Engine, grids: gpd.GeoDataFrame, at: datetime) -> PlanRecord:
    """Return a plan in review."""
    draft = add_draft(engine, "x", grids, at=at)
    return submit_draft(engine, draft.id, draft.version, approval="1", at=at)


def timed(engine: Engine, work: Callable[[Connection], None]) -> float:
    """Return the seconds of some work in a transaction, which is then undone."""
    took_s = 0.0
    try:
        with writing(engine) as connection:
            start = time.perf_counter()
            work(connection)
            took_s = time.perf_counter() - start
            raise _UndoError
    except _UndoError:
        return took_s


def move_all(connection: Connection, grids: gpd.GeoDataFrame) -> None:
    """Read and locate every case, write those that moved."""
    rows = read_placed(connection, cases)
    write_moved(connection, cases, rows, owners(grids, rows.x, rows.y), number=2, at=NOW)


def lists(codes: list[str]) -> dict[str, pd.DataFrame]:
    """Return a roster with a post in each grid, buildings and cases anywhere in the lattice."""
    rng = np.random.default_rng(2)
    end = math.isqrt(len(codes)) * STEP

    def rows(name: str, start: str, number: int, **more: Any) -> pd.DataFrame:
        lon, lat = WEST + rng.uniform(0, end, number), SOUTH + rng.uniform(0, end, number)
        ids = [f"{start}{at}" for at in range(number)]
        return pd.DataFrame({name: ids, "lon": lon, "lat": lat}).assign(**more)

    people = {"holder": [f"张{code}" for code in codes], "deputy": [f"李{at[:4]}" for at in codes]}
    reported = {"status": "reported", "title": "路边垃圾", "reported_at": NOW}
    return {
        "posts": pd.DataFrame({"grid": codes, "post": "grid_worker", **people}),
        "units": rows("unit_id", "U", BUILDINGS, kind="building", address="测试路1号"),
        "cases": rows("case_id", "C", CASES, **reported),
    }


def held(engine: Engine) -> str:
    """Publish a first plan with all its lists, and give the line of a table."""
    layer = lattice(is_changed=False, side=FIRST_SIDE)
    with writing(engine) as connection:
        draft = add_draft(connection, "x", layer, at=NOW)
        keep_tables(connection, draft.id, table_rows(lists(layer["code"].tolist())))
    plan = submit_draft(engine, draft.id, draft.version, approval="1", at=NOW)
    start = time.perf_counter()
    ready = prepare_plan(engine, plan.id, plan.version)
    prepared_s = time.perf_counter() - start
    with writing(engine) as connection:
        start = time.perf_counter()
        put_in_force(connection, ready, at=NOW)
    held_s = time.perf_counter() - start
    return f"{len(layer):,} | {CASES:,} | {prepared_s:.1f} s | {held_s:.1f} s |"


def race(engine: Engine, number: int, rounds: int) -> Iterator[str]:
    """Give the line of a table."""
    old, new = lattice(is_changed=False), lattice(is_changed=True)
    first = review(engine, old, NOW)
    publish_plan(engine, first.id, first.version, at=NOW)
    rng = np.random.default_rng(1)
    lon = rng.uniform(WEST, WEST + SIDE * STEP, number)
    lat = rng.uniform(SOUTH, SOUTH + SIDE * STEP, number)
    fill(engine, owners(old, lon, lat), lon, lat)
    plan = review(engine, new, NOW)
    ready = prepare_plan(engine, plan.id, plan.version)
    found: dict[str, Move] = {}

    def some(connection: Connection) -> None:
        found.update(move_places(connection, ready.ground, number=2, at=NOW))

    every, part = [], []
    for _round in range(rounds):
        every.append(timed(engine, lambda connection: move_all(connection, new)))
        part.append(timed(engine, some))
    publish_plan(engine, plan.id, plan.version, at=NOW + timedelta(hours=1))
    with reading(engine) as connection:
        got = connection.scalars(select(cases.c.grid_now).order_by(cases.c.id)).all()
    differ = int((np.array(got, dtype=object) != owners(new, lon, lat)).sum())
    ratios = [whole / few for whole, few in zip(every, part, strict=True)]
    move = found["cases"]
    yield (
        f"{len(ready.succession.moved)} | {move.seen:,} | {move.again:,} | {move.moved:,} |"
        f" {statistics.median(every):.2f} s | {statistics.median(part) * 1e3:.0f} ms |"
        f" {statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f}) | {differ} |"
    )


def engines(stack: ExitStack) -> Iterator[tuple[str, Engine, Engine]]:
    """Give two empty databases of each kind."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="geogrid-bench-")))
    one, other = (
        open_database(database_url(f"sqlite:///{folder}/{name}", folder)) for name in ("1", "2")
    )
    yield "SQLite", one, other
    if programs() is None:
        print("PostgreSQL was left out: it is not installed.")
        return
    stack.callback(end_cluster, folder)
    socket = start_cluster(folder, threads=1)
    url = f"postgresql://{USER}@/{{}}?host={socket}"
    one = open_database(database_url(url.format("postgres"), folder))
    with one.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE other")
    other = open_database(database_url(url.format("other"), folder))
    for engine in (one, other):
        stack.callback(engine.dispose)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION postgis")
    yield "PostgreSQL", one, other


def say(titles: str, name: str, line: str) -> None:
    """Print a table of one line."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    under = "|".join(["---", *["---:"] * (titles.count("|") - 2)])
    print(f"{titles}\n|{under}|\n| {name} | {line}  <!-- load {load} -->\n", flush=True)


def main() -> None:
    """Race on each kind of database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relocation", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="sqlite or postgresql")
    asked = parser.parse_args()
    with ExitStack() as stack:
        for name, first, engine in engines(stack):
            if asked.only in name.lower():
                upgrade(first)
                say(HELD, name, held(first))
                upgrade(engine)
                for line in race(engine, asked.cases, asked.rounds):
                    say(RACED, name, line)


if __name__ == "__main__":
    main()
