"""``python -m benchmarks.redraw_http``: what a whole request for an operation on a draft costs.

The sample with its buildings, cases and staff (581 finest grids), and lattices of 10,000 and
100,000 grids with four homes in each. A server in this process is asked over its WSGI interface:
operations at places all over the plan, each first only tried, then appended to the log on disk, and
answered in full. Then undo, and what the page asks every second. Medians count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.fetching import ROOT
from benchmarks.redraw import plan
from benchmarks.report import machine
from geogrid.redraw import graph_frame
from geogrid.redraw.graph import ArcGraph
from geogrid.store.database.engine import writing
from geogrid.store.drafting import prepare_draft, write_draft
from geogrid.store.opening import kept_open, make_ready
from geogrid.store.plan import load_plan
from web import create_app
from web.config import Settings

HOMES_PER_GRID = 4
Took = tuple[float, float, int]
"""Seconds by the clock and of the processor, and the bytes of the answer."""


def parts(count: int, graph: ArcGraph) -> dict[str, Any]:
    """Return a plan with homes in its grids."""
    if count == 581:
        sample = load_plan(ROOT / "data" / "boundaries" / "futian")
        names = ("grids", "region", "posts", "units", "cases", "streets")
        return {name: getattr(sample, name) for name in names} | {"name": "sample"}
    frame = graph_frame(graph)
    finest = frame[frame["parent"] != ""]
    middle = np.repeat(finest.geometry.representative_point().get_coordinates().to_numpy(),
                       HOMES_PER_GRID, axis=0)  # fmt: skip
    rng = np.random.default_rng(1)
    places = middle + rng.normal(0.0, 1e-4, middle.shape)
    homes = pd.DataFrame({
        "unit_id": [f"U{number}" for number in range(len(places))], "kind": "building",
        "lon": places[:, 0], "lat": places[:, 1], "households": 10, "people": 25,
    })  # fmt: skip
    for name in ("parent", "name", "compound", "street", "number", "building", "entrance",
                 "address", "grid"):  # fmt: skip
        homes[name] = ""
    grids: gpd.GeoDataFrame = frame
    return {"name": f"{count} grids", "grids": grids, "units": homes}


def operations(graph: ArcGraph, rng: Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give operations at borders all over the plan."""
    arcs = [arc for arc in graph.arcs.values() if arc.left and arc.right and len(arc.points) > 2]
    rng.shuffle(arcs)
    for arc in arcs:
        (x, y), (u, v) = (arc.points[:2] / 1e9).tolist()
        middle = [(x + u) / 2, (y + v) / 2]
        aside = [middle[0] + 0.02 * (v - y), middle[1] - 0.02 * (u - x)]
        codes = [graph.code(arc.left), graph.code(arc.right)]
        yield "insert_vertex", {"at": middle, "to": aside}
        yield "move_vertex", {"at": [u, v], "to": [u + 0.02 * (v - y), v - 0.02 * (u - x)]}
        boxes = np.array([one.box for one in graph.beside(arc.left)]) / 1e9
        west, east, high = boxes[:, 0].min(), boxes[:, 2].max(), boxes[:, [1, 3]].mean()
        yield "split", {"code": codes[0], "line": [[west - 1e-5, high], [east + 1e-5, high]]}
        yield "merge", {"codes": codes}
        yield "rename", {"code": codes[1], "name": "新名"}


def measure(count: int, rounds: int, where: Path | None) -> Iterator[str]:
    """Give the lines of a table."""
    graph = plan(count)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=where))
        app = create_app(Settings(workspace=Path(folder)))
        make_ready(app.config["DATABASE"])
        stack.enter_context(kept_open(app.config["DATABASE"]))  # as a server does
        draft = prepare_draft(parts(count, graph))  # type: ignore[arg-type]
        with writing(app.config["DATABASE"]) as connection:
            write_draft(connection, draft, at=datetime.now(UTC), by=None)
        client = app.test_client()
        base = "/api/v1/plans/1/redraw"
        begin = time.perf_counter()
        west, south, east, north = next(iter(graph.arcs.values())).box
        box = ",".join(str(side / 1e9) for side in (west, south, east, north))
        first = client.get(f"{base}?bbox={box}")
        assert first.status_code == 200, first.get_json()
        yield f"\n{count:,} grids: opened in {time.perf_counter() - begin:.1f} s\n"
        yield "| request | times | ms | ms of the processor | p95 ms | kB |"
        yield "|---|---:|---:|---:|---:|---:|"
        took: dict[str, list[Took]] = {}
        version = first.get_json()["version"]
        for number, (name, parameters) in enumerate(operations(graph, Random(1))):
            for dry in (True, False):
                body = {"version": version, "operation": name, "parameters": parameters, "dry": dry}
                told = f"{name}, tried" if dry else name
                answer = _asked(took, told, client.post, f"{base}/operations", json=body)
                if answer.status_code == 200:
                    version = answer.get_json()["version"]
            if number >= 5 * rounds:
                break
        for _undo in range(rounds):
            answer = _asked(took, "undo", client.post, f"{base}/undo", json={"version": version})
            version = answer.get_json().get("version", version)
        for _poll in range(rounds):
            _asked(took, "changes", client.get, f"{base}/changes?since={version}")
            _asked(took, "a view", client.get, f"{base}?bbox={box}")
        everything = [
            one for name in took for one in took[name] if name not in ("changes", "a view")
        ]
        for name, found in [*took.items(), ("all operations", everything)]:
            yield _line(name, found)


def _asked(took: dict[str, list[Took]], name: str, ask: Any, *given: Any, **more: Any) -> Any:
    begin, busy = time.perf_counter(), time.process_time()
    answer = ask(*given, **more)
    spent = time.perf_counter() - begin, time.process_time() - busy
    if answer.status_code == 200:
        took.setdefault(name, []).append((*spent, len(answer.data)))
    return answer


def _disk_ms(folder: Path | None) -> float:
    """Return how long it takes until a small write is on the disk: what keeping anything costs."""
    with tempfile.TemporaryFile(dir=folder) as file:
        took = []
        for _write in range(11):
            begin = time.perf_counter()
            os.write(file.fileno(), bytes(4096))
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begin)
    return 1e3 * statistics.median(took)


def _line(name: str, found: list[Took]) -> str:
    wall, busy, size = (sorted(column) for column in zip(*found, strict=True))
    late = 1e3 * wall[min(len(wall) - 1, int(0.95 * len(wall)))]
    middle = [1e3 * statistics.median(column) for column in (wall, busy)]
    kilobytes = statistics.median(size) / 1e3
    cells = [f"{value:.1f}" for value in (*middle, late, kilobytes)]
    return f"| {name} | {len(found)} | {' | '.join(cells)} |"


def main() -> None:
    """Measure in each plan."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redraw_http", description=__doc__)
    parser.add_argument("--grids", type=int, nargs="*", default=[581, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where the database is, on the disk to measure")
    asked = parser.parse_args()
    print(machine())
    print(f"A write of 4 kB is on this disk after {_disk_ms(asked.folder):.1f} ms (median).")
    for count in asked.grids:
        for line in measure(count, asked.rounds, asked.folder):
            print(line, flush=True)


if __name__ == "__main__":
    main()
