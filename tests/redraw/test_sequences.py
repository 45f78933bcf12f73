"""Long random sequences: after every operation the plan is proven and nobody is lost.

By default a few hundred operations, 10,000 in the nightly profile: 2,500 each on both samples, on
blocks of Denver and on random coverages.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from coverage_strategies import PLACES, Sheet, seamless
from hypothesis import given, settings
from hypothesis import strategies as st
from redraw_operations import random_operation
from redraw_plans import require_seamless, same_frames

from geogrid.errors import InputError
from geogrid.households import units_to_add
from geogrid.locate import build_index, locate
from geogrid.redraw import (
    ArcGraph,
    Record,
    build_graph,
    changed_grids,
    conflicts,
    count_changes,
    graph_bytes,
    graph_frame,
    graph_from_bytes,
    graph_region,
    inverse,
    rebase,
    record_from_json,
    record_json,
    replay,
    undo,
)
from geogrid.store.plan import load_plan

ROOT = Path(__file__).resolve().parents[2]
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
OPERATIONS = {"quick": 15, "nightly": 2500}.get(PROFILE, 80)
IN_A_ROW = 10
IN_DEGREES = tuple(place for place in PLACES if place.crs == "EPSG:4326")


@dataclass
class Walk:
    """A draft on its way, with all that is held against it."""

    graph: ArcGraph
    homes: pd.DataFrame
    log: list[str] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self.first = graph_bytes(self.graph)
        self.region = graph_region(self.graph)
        self.homes["grid"] = self.located(graph_frame(self.graph))
        self.counts = self.counted()

    def located(self, frame: gpd.GeoDataFrame) -> list[str]:
        """Return the finest grid of every home as the locator says it."""
        finest = frame[[self.graph.is_leaf(self.graph.label(code)) for code in frame["code"]]]
        found = locate(build_index(finest), self.homes["lon"], self.homes["lat"])
        return np.append(finest["code"].to_numpy(dtype=object), "")[found].tolist()

    def counted(self) -> dict[str, int]:
        """Return households by code, at all levels, from scratch."""
        sums = self.homes.groupby("grid")["households"].sum()
        found: dict[str, int] = {}
        for code, count in sums.items():
            label = self.graph.find(str(code))
            for each in [label, *self.graph.above(label)] if label else [""]:
                above = self.graph.code(each)
                found[above] = found.get(above, 0) + int(count)
        return {code: count for code, count in found.items() if count}

    def step(self, rng: Random) -> None:
        """Do one operation, seldom two that do not know of each other, or an older one undone."""
        records = self.records(rng)
        self.put(records[0])
        for late in records[1:]:
            if not conflicts(late, self.graph):
                self.put(rebase(late, self.graph))

    def records(self, rng: Random) -> list[Record]:
        kind = rng.random()
        while True:
            try:
                if kind < 0.05 and self.log:
                    older = inverse(record_from_json(rng.choice(self.log)))
                    if not conflicts(older, self.graph):
                        return [rebase(older, self.graph)]
                one = random_operation(self.graph, rng)
                return [one, random_operation(self.graph, rng)] if kind > 0.9 else [one]
            except InputError as error:
                assert error.text("zh_CN") != error.text("en")
                self.refused += 1

    def put(self, record: Record) -> None:
        text = record_json(record)
        changed = [*changed_grids(self.graph, record), ""]  # in a gap
        near = self.homes[self.homes["grid"].isin(changed)]
        changes, moved = count_changes(self.graph, record, near)
        replay(self.graph, record_from_json(text))
        self.log.append(text)
        frame = require_seamless(self.graph, self.region)
        self.homes.loc[moved.index, "grid"] = moved
        assert self.homes["grid"].tolist() == self.located(frame)
        for code, won in changes["households"].items():
            self.counts[code] = self.counts.get(code, 0) + int(won)
        self.counts.pop("", None)
        now = self.counted()
        nobody = now.pop("", 0)
        assert {code: count for code, count in self.counts.items() if count} == now
        tops = [self.graph.code(label) for label in self.graph.below("")]
        total = int(self.homes["households"].sum())
        assert sum(now.get(code, 0) for code in tops) + nobody == total

    def back_and_forth(self) -> None:
        """Undo all, and replay all: the first and the last plan, bit for bit."""
        last, graph = graph_frame(self.graph), graph_from_bytes(self.first)
        first, arcs = graph_frame(graph), dict(self.graph.arcs)
        for text in reversed(self.log):
            undo(self.graph, record_from_json(text))
        assert same_frames(graph_frame(self.graph), first)
        assert same(self.graph, graph)
        for text in self.log:
            replay(graph, record_from_json(text))
        assert same_frames(graph_frame(graph), last)
        assert graph.arcs.keys() == arcs.keys()
        assert all(arc.same(arcs[key]) for key, arc in graph.arcs.items())


def same(one: ArcGraph, other: ArcGraph) -> bool:
    arcs = one.arcs.keys() == other.arcs.keys()
    alike = all(arc.same(other.arcs[key]) for key, arc in one.arcs.items())
    return arcs and alike and one.rows == other.rows and one.gaps == other.gaps


def some_homes(graph: ArcGraph, count: int) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    west, south, east, north = graph_region(graph).bounds
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    places = {"lon": lon.round(9), "lat": lat.round(9)}
    return pd.DataFrame(places).assign(households=rng.integers(1, 40, count), people=3)


def sample(name: str) -> Walk:
    plan = load_plan(ROOT / "data" / "boundaries" / name)
    units = plan.units[units_to_add(plan.units, "households") & plan.units["lon"].notna()]
    columns = ["lon", "lat", "households", "people"]
    return Walk(build_graph(plan.grids, plan.region), units[columns].reset_index(drop=True))


def denver() -> Walk:
    """300 blocks about the middle of the file, in six made-up parents from west to east."""
    blocks = gpd.read_parquet(ROOT / "tests/data/coverage/denver_blocks.parquet")
    centre = shapely.centroid(blocks.geometry.to_numpy())
    near = np.argsort(shapely.distance(centre, centre[5000]), kind="stable")[:300]
    east = np.argsort(np.argsort(shapely.get_x(centre[near]))) // 50
    some = blocks.iloc[near][["code", "geometry"]].to_crs(4326)
    some = some.assign(parent=[f"P{number}" for number in east], level=3)
    parents = [shapely.coverage_union_all(some.geometry[east == number]) for number in range(6)]
    codes = [f"P{number}" for number in range(6)]
    upper = gpd.GeoDataFrame({"code": codes, "parent": "", "level": 2}, geometry=parents, crs=4326)
    grids = pd.concat([upper, some], ignore_index=True).assign(name="", kind="community")
    graph = build_graph(grids)
    return Walk(graph, some_homes(graph, 1000))


@pytest.mark.parametrize("name", ["futian", "rural", "denver"])
def test_plans_stay_proven_and_homes_are_conserved(name: str) -> None:
    walk = denver() if name == "denver" else sample(name)
    rng = Random(f"{name} {OPERATIONS}")
    while len(walk.log) < OPERATIONS:
        walk.step(rng)
    walk.back_and_forth()


@settings(max_examples=OPERATIONS // 4)
@given(seamless(places=IN_DEGREES), st.lists(st.integers(0, 2**32), min_size=1, max_size=IN_A_ROW))
def test_random_coverages_stay_proven(sheet: Sheet, seeds: list[int]) -> None:
    graph = build_graph(sheet.frame, sheet.region)
    walk = Walk(graph, some_homes(graph, 100))
    for seed in seeds:
        rng = Random(seed)
        for _attempt in range(20):
            try:
                record = random_operation(graph, rng)
            except InputError:
                continue
            walk.put(record)
            break
    walk.back_and_forth()
