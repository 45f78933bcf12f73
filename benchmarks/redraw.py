"""``python -m benchmarks.redraw``: what an operation on a draft costs, in plans of any size.

The sample (581 finest grids, four levels) and lattices of 10,000 and 100,000 grids with parents
of 100 each. Every operation is done at places all over the plan, and what a server does for it is
timed: the operation with all its checks, its record as JSON, putting it in force, and the new
polygons of the finest grids that it touched. Then it is undone. Medians count, of wall time and of
the processor time of this process, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.coverage.lattice import seamless
from benchmarks.fetching import ROOT
from benchmarks.report import machine
from geogrid.errors import InputError
from geogrid.redraw import (
    Arc,
    ArcGraph,
    Record,
    build_graph,
    change_parent,
    delete_vertex,
    give_area,
    graph_bytes,
    graph_from_bytes,
    grid_polygon,
    insert_vertex,
    merge,
    move_vertex,
    new_grid,
    record_json,
    rename,
    replay,
    reshape,
    snap_to_line,
    split,
    undo,
)
from geogrid.store.plan import load_plan

IN_GROUP = 100


class Where(NamedTuple):
    """A border in the plan, with what lies beside it, in degrees."""

    graph: ArcGraph
    arc: Arc
    code: str
    other: str
    line: shapely.LineString
    size: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.line.interpolate(0.5, normalized=True).coords[0]

    def beside(self, share: float, off: float) -> tuple[float, float]:
        x, y = self.line.interpolate(share, normalized=True).coords[0]
        return x + off * self.size, y + 0.7 * off * self.size


def _line_over(where: Where) -> list[tuple[float, float]]:
    west, south, east, north = grid_polygon(where.graph, where.code).bounds
    return [(west - 1e-5, (south + north) / 2), (east + 1e-5, (south + north) / 2)]


OPERATIONS: dict[str, Callable[[Where], Record]] = {
    "move a junction": lambda w: move_vertex(w.graph, w.line.coords[0], w.beside(0, 0.05)),
    "move a corner": lambda w: move_vertex(w.graph, w.line.coords[1], w.beside(0.4, 0.02)),
    "insert a corner": lambda w: insert_vertex(w.graph, w.middle, w.beside(0.5, 0.03)),
    "delete a corner": lambda w: delete_vertex(w.graph, w.line.coords[1]),
    "reshape": lambda w: reshape(
        w.graph, [w.beside(0.2, 0), w.beside(0.4, 0.05), w.beside(0.6, 0.06), w.beside(0.8, 0)]
    ),
    "snap to a street": lambda w: snap_to_line(
        w.graph, w.middle, [w.beside(share, 0.04) for share in (0.1, 0.5, 0.9)]
    ),
    "split": lambda w: split(w.graph, w.code, _line_over(w)),
    "merge": lambda w: merge(w.graph, [w.code, w.other]),
    "give an area": lambda w: give_area(
        w.graph, shapely.Point(w.middle).buffer(0.15 * w.size, quad_segs=3), w.code
    ),
    "new grid": lambda w: new_grid(
        w.graph, shapely.Point(w.middle).buffer(0.15 * w.size, quad_segs=3), "新",
        parent=str(w.graph.rows[w.graph.label(w.code)]["parent"]),
    ),
    "change the parent": lambda w: change_parent(
        w.graph, [w.code], str(w.graph.rows[w.graph.label(w.other)]["parent"])
    ),
    "rename": lambda w: rename(w.graph, w.code, "新名"),
}  # fmt: skip


def plan(count: int) -> ArcGraph:
    """Return a draft of the sample, or of a lattice with about `count` grids in groups of 100."""
    if count == 581:
        sample = load_plan(ROOT / "data" / "boundaries" / "futian")
        return build_graph(sample.grids, sample.region)
    cells = seamless(count).grids
    side = round(count**0.5)
    row, column = np.divmod(np.arange(len(cells)), side)
    group = row // 10 * (side // 10 + 1) + column // 10
    names = pd.Series([f"9{number:06d}" for number in group])
    within = names.groupby(names).cumcount()
    codes = [f"{name}{number:04d}" for name, number in zip(names, within, strict=True)]
    cells = cells[["geometry"]].assign(code=codes, parent=names.to_numpy(), level=3)
    groups = cells.groupby("parent")["geometry"].apply(
        lambda some: shapely.coverage_union_all(some.to_numpy())
    )
    upper = gpd.GeoDataFrame(
        {"code": groups.index, "parent": "", "level": 2}, geometry=groups.to_numpy(), crs=cells.crs
    )
    both = pd.concat([upper, cells], ignore_index=True)
    return build_graph(both.assign(name="", kind="community", households=None, people=None))


def places(graph: ArcGraph, rng: Random) -> Iterator[Where]:
    """Give borders between two grids, from all over the plan."""
    arcs = [arc for arc in graph.arcs.values() if arc.left and arc.right and len(arc.points) > 2]
    while True:
        arc = rng.choice(arcs)
        sides = [graph.code(arc.left), graph.code(arc.right)]
        rng.shuffle(sides)
        line = shapely.LineString(arc.points / 1e9)
        yield Where(graph, arc, *sides, line, line.length)


def timed(operation: Callable[[Where], Record], where: Where) -> tuple[float, float, int] | None:
    """Return seconds by the clock and of the processor, and the record's bytes; None if refused."""
    begin, busy = time.perf_counter(), time.process_time()
    try:
        record = operation(where)
    except InputError:
        return None
    text = record_json(record)
    replay(where.graph, record)
    rows = where.graph.rows
    shapes = [
        grid_polygon(where.graph, where.graph.code(label))
        for label in record.labels
        if label in rows and where.graph.is_leaf(label)
    ]
    took = time.perf_counter() - begin, time.process_time() - busy, len(text.encode())
    assert shapes or not record.added
    undo(where.graph, record)
    return took


def race(graph: ArcGraph, rounds: int) -> Iterator[str]:
    """Give the lines of a table."""
    everything = []
    for name, operation in OPERATIONS.items():
        some = places(graph, Random(name))
        found: list[tuple[float, float, int]] = []
        for _attempt in range(10 * rounds):
            took = timed(operation, next(some))
            found += [took] if took else []
            if len(found) == rounds:
                break
        everything += found
        yield _line(name, found)
    yield _line("all", everything)


def _line(name: str, found: list[tuple[float, float, int]]) -> str:
    if not found:
        return f"| {name} | refused at every place | | | | |"
    wall, busy, size = (sorted(column) for column in zip(*found, strict=True))
    middle = [1e3 * statistics.median(column) for column in (wall, busy)]
    late = 1e3 * wall[min(len(wall) - 1, int(0.99 * len(wall)))]
    return (
        f"| {name} | {len(found)} | {middle[0]:.2f} | {middle[1]:.2f} | {late:.1f} |"
        f" {statistics.median(size):,.0f} |"
    )


def main() -> None:
    """Measure in each plan."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redraw", description=__doc__)
    parser.add_argument("--grids", type=int, nargs="*", default=[581, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    print(machine())
    for count in asked.grids:
        begin = time.perf_counter()
        graph = plan(count)
        made = time.perf_counter() - begin
        data = graph_bytes(graph)
        begin = time.perf_counter()
        graph = graph_from_bytes(data)
        print(
            f"\n{count:,} finest grids, {len(graph.arcs):,} borders: built and proven in"
            f" {made:.1f} s, from {len(data) / 1e6:.1f} MB in {time.perf_counter() - begin:.1f} s\n"
        )
        print("| operation | times | ms | ms of the processor | p99 ms | bytes of the record |")
        print("|---|---:|---:|---:|---:|---:|")
        for line in race(graph, asked.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
