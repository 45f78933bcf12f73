"""What is measured: everybody on four inputs, and the first look-up of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely

import geogrid
from benchmarks.location.contestant import BUILD, COPY, LOCATE, PEERS_OF_LOCATE, Entry
from benchmarks.location.first import First, measured
from benchmarks.location.inputs import POINTS, Input, made_input, read_layer
from benchmarks.location.postgis import end_cluster
from benchmarks.location.tools import Tools
from benchmarks.races import Result, race


class Race(NamedTuple):
    """One race.

    Attributes
    ----------
    what : said of it in the table; ``{grids}`` and ``{points}`` are numbers
    kind : of input
    wanted : how many times the fastest peer we want to be
    """

    what: str
    kind: str
    wanted: float


class Outcome(NamedTuple):
    """A race that was run."""

    race: Race
    given: Input
    results: dict[Entry, Result]
    first: dict[str, First]

    @property
    def wanted(self) -> float:
        """What is wanted of the race; nothing where it is smaller than it should be."""
        return self.race.wanted if self.given.points >= POINTS else 0.0

    @property
    def fastest(self) -> list[Entry]:
        """The fastest peer, and the fastest that has our owner for every point if it differs."""
        ended = [entry for entry in PEERS_OF_LOCATE if self.results[entry].median_s is not None]
        ended.sort(key=lambda entry: self.results[entry].median_s or 0.0)
        agreeing = [entry for entry in ended if not self.results[entry].told.get("differ")]
        return list(dict.fromkeys([*ended[:1], *agreeing[:1]]))


RACES = (
    Race("{points} points, {grids} polygons of 16 corners", "lattice", 25),
    Race("{points} points, England & Wales, {grids} areas", "national", 15),
    Race("{points} points where people live, England & Wales, {grids} areas", "people", 15),
    Race("{points} points, the sample's {grids} micro-grids", "sample", 25),
)


def outcomes(
    root: Path, tools: Tools, *, scale: float, runs: int, limit_s: float, only: str = ""
) -> Iterator[Outcome | str]:
    """Run every race whose kind has `only` in it; yield outcomes, or why one was left out."""
    for one in RACES:
        if only not in one.kind:
            continue
        given = made_input(one.kind, root, scale=scale)
        if given is None:
            yield f"left out: {one.kind}: GEOGRID_BENCH_DATA names no folder with the areas"
            continue
        entries = [LOCATE, BUILD, COPY, *PEERS_OF_LOCATE]
        try:
            results = race(given, entries, tools, runs=runs, limit_s=limit_s)
        finally:
            end_cluster(given.folder)
        yield Outcome(one, given, results, _first(given))


def _first(given: Input) -> dict[str, First]:
    layer = read_layer(given.folder)
    x, y = float(np.median(layer.x)), float(np.median(layer.y))
    tree = shapely.STRtree(layer.grids.geometry.to_numpy())
    return {
        "geogrid.locate": measured("ours", geogrid.build_index(layer.grids), x, y, given.folder),
        "shapely.STRtree": measured("tree", tree, x, y, given.folder),
    }
