"""``python -m benchmarks.locate_exact``: the locator against the plain rule, on hard points.

Corners of grids, middles of edges, one ulp around both, and random points, ten million in all,
over the sample, 200 random coverages and, where ``GEOGRID_BENCH_DATA`` names a folder with
them, Denver, Lucknow, and England and Wales. Every answer must be the plain rule's; the owners
must be the same for 16 orders of the grids; and every corner must have one. ``--quick`` asks a
hundredth of the points, of the sample and 20 random coverages. Exit status 1 where anything
differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.coverage.inputs import DATA_SETTING, NATIONAL_FILE
from benchmarks.coverage.voronoi import voronoi
from geogrid.locate import build_index, locate
from geogrid.store import sample_folder

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

SHUFFLES = 16
SHUFFLED_POINTS = 200_000
SAMPLE_POINTS = 1_500_000
RANDOM_LAYERS, RANDOM_POINTS = 200, 10_000
FILES = {
    "DenverCo_precincts2020_orig.gpkg": 1_500_000,
    "ward_boundary.geojson": 1_500_000,
    NATIONAL_FILE: 3_500_000,
}
"""In the folder, and how many points are asked of each."""
QUICK = 100


def hard_points(shapes: Shapes, count: int, seed: int) -> tuple[Floats, Floats]:
    """Return `count` points, three in four on or beside corners and edges."""
    rng = np.random.default_rng(seed)
    rings = shapely.get_rings(shapely.get_parts(shapes))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    middles = (corners[:-1][same] + corners[1:][same]) / 2
    places = np.unique(np.vstack([corners, middles]), axis=0)
    kinds = [(dx, dy) for dx in (-np.inf, 0, np.inf) for dy in (-np.inf, 0, np.inf)]
    wanted = min(count * 3 // 4, len(places) * len(kinds))
    chosen = rng.choice(len(places) * len(kinds), wanted, replace=False)
    place, kind = places[chosen % len(places)], np.array(kinds)[chosen // len(places)]
    moved = np.where(kind == 0, place, np.nextafter(place, kind))
    west, south, east, north = shapely.total_bounds(shapes)
    left = count - wanted
    return (
        np.concatenate([moved[:, 0], rng.uniform(west, east, left)]),
        np.concatenate([moved[:, 1], rng.uniform(south, north, left)]),
    )


def layers(quick: int) -> Iterator[tuple[str, Shapes, int]]:
    """Yield name, polygons and number of points of each layer; fewer where `quick` is above 1."""
    sample = gpd.read_file(sample_folder("futian") / "grids.geojson")
    yield "sample", sample[sample["level"] == 4].geometry.to_numpy(), SAMPLE_POINTS // quick
    if quick == 1:
        yield from _real()
    for seed in range(RANDOM_LAYERS if quick == 1 else RANDOM_LAYERS // 10):
        yield f"random {seed}", random_layer(seed), RANDOM_POINTS // quick


def _real() -> Iterator[tuple[str, Shapes, int]]:
    folder = os.environ.get(DATA_SETTING)
    for name, count in FILES.items():
        file = Path(folder or "") / name
        if not folder or not file.is_file():
            print(f"left out: {DATA_SETTING} names no folder with {name}", flush=True)
            continue
        read = gpd.read_parquet if file.suffix == ".parquet" else gpd.read_file
        yield file.stem, read(file).geometry.to_numpy(), count


def random_layer(seed: int) -> Shapes:
    """Return a coverage of cells dealt out to grids, some to nobody, some to two."""
    rng = np.random.default_rng(seed)
    cells = voronoi(int(rng.integers(60, 400)), seed=seed).grids.geometry.to_numpy()
    scale = 10.0 ** rng.integers(-4, 6)
    shift = ((0.0, 0.0), (114.0, 22.5), (3.85e7, 2.5e6))[seed % 3]
    cells = shapely.transform(cells, lambda c: c * scale + shift)
    owner = rng.integers(0, max(2, len(cells) // 4), len(cells))
    kept = rng.random(len(cells)) > 0.05
    grids = [shapely.coverage_union_all(cells[kept & (owner == g)]) for g in np.unique(owner[kept])]
    if seed % 4 == 0:
        grids.append(shapely.union_all(cells[rng.random(len(cells)) < 0.1]))
    return np.array(grids, dtype=object)


def check(name: str, shapes: Shapes, count: int) -> tuple[int, int]:
    """Print one row; return how many points were asked and how many answers differ."""
    x, y = hard_points(shapes, count, 1)
    index = build_index(shapes)
    raster = index.raster
    start = time.perf_counter()
    found = locate(index, x, y)
    ours_s = time.perf_counter() - start
    start = time.perf_counter()
    expected = index.plain.find(index.order, index.rank, x, y)
    plain_s = time.perf_counter() - start
    wrong = int((found != expected).sum())
    corners = shapely.get_coordinates(shapes)
    without = int((locate(index, *corners.T) < 0).sum())
    some = np.random.default_rng(2).integers(len(x), size=min(len(x), SHUFFLED_POINTS))
    shuffled = sum(
        differs_shuffled(shapes, x[some], y[some], found[some], k) for k in range(SHUFFLES)
    )
    if not name.startswith("random") or wrong or without or shuffled:
        print(
            f"{name}: {len(shapes):,} grids, {len(x):,} points, {wrong} differ, {without} corners "
            f"without a grid, {shuffled} differ in {SHUFFLES} shuffles; {ours_s:.2f} s against "
            f"{plain_s:.2f} s{'' if raster is not None else '; no raster'}",
            flush=True,
        )
    return len(x), wrong + without + shuffled


def differs_shuffled(
    shapes: Shapes, x: Floats, y: Floats, found: npt.NDArray[np.int32], seed: int
) -> int:
    """Return how many owners differ when the grids come in another order."""
    order = np.random.default_rng(seed).permutation(len(shapes))
    index = build_index(shapes[order])
    index.raster  # noqa: B018 - asked, whatever the number of points
    return int((np.append(order, -1)[locate(index, x, y)] != found).sum())


def main() -> int:
    """Check every layer; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = QUICK if parser.parse_args().quick else 1
    asked = differ = 0
    for name, shapes, count in layers(quick):
        points, wrong = check(name, shapes, count)
        asked, differ = asked + points, differ + wrong
    print(f"in all {asked:,} points, {differ} differences")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
