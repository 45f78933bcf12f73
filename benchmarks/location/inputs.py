"""Layers and points by name, as files that every contestant reads."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.coverage.inputs import national_areas
from benchmarks.coverage.lattice import seamless
from benchmarks.fetching import ROOT

Floats = npt.NDArray[np.float64]

SAMPLE = ROOT / "data" / "boundaries" / "futian" / "grids.geojson"
POINTS = 5_000_000
_FEWEST = 100
_SEED = 20261129


class Input(NamedTuple):
    """A layer and points on disk.

    Attributes
    ----------
    folder : where ``grids.parquet`` and ``points.npy`` lie
    grids, vertices, points : how many
    """

    folder: Path
    grids: int
    vertices: int
    points: int

    @property
    def array_bytes(self) -> int:
        """Bytes of the layer's coordinate arrays: two floats each."""
        return 16 * self.vertices


class Layer(NamedTuple):
    """What a contestant works on: n polygons, m points in their system, a folder for its own."""

    grids: gpd.GeoDataFrame
    x: Floats
    y: Floats
    folder: Path


def made_input(kind: str, root: Path, *, scale: float) -> Input | None:
    """Write an input: ``"lattice"``, ``"sample"``, ``"national"`` or ``"people"``.

    The last has its points in the output areas of England & Wales, each with equal chance;
    they were drawn to have about as many people. None where the setting names no folder.
    """
    if kind == "lattice":
        grids = seamless(max(round(10_000 * scale), _FEWEST)).grids
    elif kind == "sample":
        plan = gpd.read_file(SAMPLE)
        grids = plan[plan["level"] == plan["level"].max()]
    else:
        found = national_areas()
        if found is None:
            return None
        found = found.sort_values("code")
        grids = found[: max(round(len(found) * scale), _FEWEST)]
    count = max(round(POINTS * scale), _FEWEST)
    points = _in_boxes(grids, count) if kind == "people" else _uniform(grids, count)
    return written(grids[["code", "geometry"]].reset_index(drop=True), points, root / kind)


def written(grids: gpd.GeoDataFrame, points: Floats, folder: Path) -> Input:
    """Write a layer and points, (2, m)."""
    folder.mkdir(parents=True, exist_ok=True)
    grids.to_parquet(folder / "grids.parquet")
    np.save(folder / "points.npy", points)
    vertices = int(shapely.get_num_coordinates(grids.geometry.to_numpy()).sum())
    return Input(folder, len(grids), vertices, points.shape[1])


def read_layer(folder: Path) -> Layer:
    """Return what was written."""
    x, y = np.load(folder / "points.npy")
    return Layer(gpd.read_parquet(folder / "grids.parquet"), x, y, folder)


def small_layer(folder: Path) -> Layer:
    """Return a layer on which everything is run once before it is measured."""
    grids = seamless(2_000).grids
    return Layer(grids, *_uniform(grids, 150_000), folder)


def _uniform(grids: gpd.GeoDataFrame, count: int) -> Floats:
    west, south, east, north = grids.total_bounds
    rng = np.random.default_rng(_SEED)
    return np.stack([rng.uniform(west, east, count), rng.uniform(south, north, count)])


def _in_boxes(grids: gpd.GeoDataFrame, count: int) -> Floats:
    """Return points in the bounds of areas taken with equal chance."""
    rng = np.random.default_rng(_SEED)
    box = grids.bounds.to_numpy()[rng.integers(0, len(grids), count)]
    return np.stack([rng.uniform(box[:, axis], box[:, axis + 2]) for axis in (0, 1)])
