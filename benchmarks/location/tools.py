"""Peers that are not in our lock, fetched once into ``.cache/bench`` at fixed versions."""

from __future__ import annotations

import sys

from benchmarks.fetching import CACHE, Fetched
from benchmarks.location.contestant import PEERS, POSTGIS, Entry
from benchmarks.location.inputs import Input
from benchmarks.location.postgis import programs

VERSIONS = {
    "duckdb": "1.5.5",
    "duckdb-extension-spatial": "1.5.5",
    "polars-st": "0.11.0",
    "polars": "2.1.0",
    "psycopg[binary]": "3.3.9",
    "sedonadb": "0.5.0",
    "timezonefinder": "9.0.0",
}
_SHARED = ("geopandas", "numba", "numpy", "pandas", "pyarrow", "shapely")


class Tools:
    """What can be run; offline, only what is installed with us."""

    def __init__(self, *, offline: bool) -> None:
        self._fetched = Fetched(offline=offline)

    def command(self, entry: Entry, given: Input) -> list[str] | str:
        """Return the command that runs a contestant on an input, or why there is none."""
        python, failure = sys.executable, ""
        if entry.runtime == PEERS:
            peers = [f"{name}=={version}" for name, version in VERSIONS.items()]
            python, failure = self._fetched.python(CACHE / "location", peers, _SHARED)
        if entry == POSTGIS and programs() is None:
            failure = "not installed on this machine"
        worker = [python, "-m", "benchmarks.location.worker"]
        return failure or [*worker, entry.target, str(given.folder)]
