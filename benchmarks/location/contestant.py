"""What a contestant is, and who there is; nothing here imports what it measures."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.location.inputs import Layer

OURS, PEERS = "ours", "peers"
THREADS_SETTING = "GEOGRID_BENCH_THREADS"


class Pairs(NamedTuple):
    """Points and the grids they are in, by position; a point may be there several times."""

    point: npt.NDArray[np.int64]
    grid: npt.NDArray[np.int64]


class Contestant(NamedTuple):
    """One measured thing.

    Attributes
    ----------
    prepare : takes a layer and returns the action whose time counts; its own does not
    pairs : makes pairs of what the action returned; None where that is no answer
    held : bytes that what the action returned takes, where that is the question
    """

    prepare: Callable[[Layer], Callable[[], Any]]
    pairs: Callable[[Any], Pairs] | None = None
    held: Callable[[Any], int] | None = None


class Entry(NamedTuple):
    """A contestant by name.

    Attributes
    ----------
    label : as the table calls it
    target : ``"module:function"`` in this package; the function returns a `Contestant`
    runtime : whose interpreter runs it
    """

    label: str
    target: str
    runtime: str = OURS


def load(target: str) -> Contestant:
    """Return the contestant that ``"module:function"`` names."""
    module, name = target.split(":")
    made: Contestant = getattr(importlib.import_module(f"benchmarks.location.{module}"), name)()
    return made


def threads() -> int:
    """Return how many threads everybody may use."""
    return int(os.environ.get(THREADS_SETTING, "0")) or len(os.sched_getaffinity(0))


LOCATE = Entry("geogrid.locate", "ours:locate")
BUILD = Entry("geogrid.build_index", "ours:build")
COPY = Entry("copying the coordinates", "ours:copy")
TREE = Entry("shapely.STRtree, built before", "geos:tree")
SJOIN = Entry("geopandas.sjoin", "geos:sjoin")
DUCKDB = Entry("DuckDB spatial", "duckdb_peer:join", PEERS)
SEDONA = Entry("SedonaDB", "sedona_peer:join", PEERS)
POLARS = Entry("polars-st", "polars_peer:join", PEERS)
TIMEZONE = Entry("timezonefinder's kernel", "timezone_peer:locate", PEERS)
POSTGIS = Entry("PostGIS", "postgis_peer:join", PEERS)
WHOLE_JOINS = (SJOIN, DUCKDB, SEDONA, POLARS, POSTGIS)
PEERS_OF_LOCATE = (TREE, TIMEZONE, *WHOLE_JOINS)
