"""``python -m benchmarks``: measure and print a Markdown table of ratios.

Every row runs geogrid and its peer in turn, on the same input in the same process, and
gives the median of several runs of each and the ratio of the medians. Inputs are seeded.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import geopandas as gpd
import shapely

import geogrid
from benchmarks.first_view import measure_first_view
from benchmarks.inputs import random_points, seamless_coverage
from geogrid.store.workspace import sample_folder

RUNS = 5


class Row(NamedTuple):
    """One line of the table: seconds of both sides."""

    what: str
    ours_s: float
    peer: str
    peer_s: float


def median_seconds(action: Callable[[], object]) -> float:
    """Return the median time of a few runs, after one that warms up."""
    action()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def rows() -> Iterator[Row]:
    """Measure everything."""
    for count in (2_500, 10_000):
        grids = seamless_coverage(count)
        region = gpd.GeoDataFrame(geometry=[shapely.union_all(grids.geometry)], crs=grids.crs)
        yield Row(
            f"full check of {count:,} seamless grids, with proof",
            median_seconds(lambda g=grids, r=region: geogrid.check_coverage(g, r)),  # type: ignore[misc]
            "shapely.coverage_is_valid (yes or no)",
            median_seconds(lambda g=grids: shapely.coverage_is_valid(g.geometry.to_numpy())),  # type: ignore[misc]
        )
    sample = gpd.read_file(sample_folder("futian") / "grids.geojson")
    for name, grids in (("581 micro-grids", sample[sample["level"] == 4].reset_index(drop=True)),):
        x, y = random_points(grids, 200_000)
        index = geogrid.build_index(grids, grids["code"].tolist())
        points = gpd.GeoDataFrame(geometry=shapely.points(x, y), crs=grids.crs)
        yield Row(
            f"locate 200,000 points in {name}",
            median_seconds(lambda i=index, a=x, b=y: geogrid.locate(i, a, b)),  # type: ignore[misc]
            "geopandas.sjoin",
            median_seconds(lambda p=points, g=grids: gpd.sjoin(p, g, how="left")),  # type: ignore[misc]
        )


def main() -> None:
    """Print the tables."""
    print("| what | geogrid | peer | peer's time | peer / geogrid |")
    print("|---|---:|---|---:|---:|")
    for row in rows():
        print(
            f"| {row.what} | {row.ours_s * 1000:,.0f} ms | {row.peer} | "
            f"{row.peer_s * 1000:,.0f} ms | {row.peer_s / row.ours_s:.2f} |"
        )
    print("\n| first view of the map page in Chromium | |\n|---|---:|")
    for name, value in measure_first_view().items():
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
