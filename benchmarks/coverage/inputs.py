"""The inputs, each by a name, as files that every contestant reads.

Each is a folder with ``grids.parquet`` and, where there is a region, ``region.parquet``, so
that processes of their own work on the same coordinates, bit by bit.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import shapely

from benchmarks.coverage.lattice import Coverage, seamless, unmatched
from benchmarks.coverage.tiny import tiny_cases
from benchmarks.coverage.voronoi import broken_voronoi

DATA_SETTING = "GEOGRID_BENCH_DATA"
NATIONAL_FILE = "ew_oa_2011.parquet"

_MAKERS = {"seamless": seamless, "unmatched": unmatched, "broken": broken_voronoi}


class Input(NamedTuple):
    """A coverage on disk.

    Attributes
    ----------
    folder : where ``grids.parquet`` lies
    grids, coordinates : how many
    missing_corners : how many corners of one side the other side lacks
    """

    folder: Path
    grids: int
    coordinates: int
    missing_corners: int

    @property
    def array_bytes(self) -> int:
        """Bytes of the coordinate arrays: two floats each."""
        return 16 * self.coordinates


def generated(kind: str, count: int, root: Path) -> Input:
    """Make a coverage of `count` polygons: ``"seamless"``, ``"unmatched"`` or ``"broken"``."""
    return _written(_MAKERS[kind](count), root / f"{kind}-{count}")


def tiny(root: Path) -> dict[str, Input]:
    """Return the tiny cases by name."""
    return {
        name: _written(case, root / name.replace(" ", "-").replace(",", ""))
        for name, case in tiny_cases().items()
    }


def national(root: Path) -> Input | None:
    """Return the output areas of England & Wales, ``None`` where the setting names no folder."""
    grids = national_areas()
    return None if grids is None else _written(Coverage(grids, None), root / "national")


def national_areas() -> gpd.GeoDataFrame | None:
    """Return code and geometry of the areas, ``None`` where the setting names no folder."""
    folder = os.environ.get(DATA_SETTING)
    if not folder:
        return None
    source = next(Path(folder).rglob(NATIONAL_FILE), None)
    if source is None:
        raise SystemExit(f"{DATA_SETTING} names {folder}, and no {NATIONAL_FILE} lies there.")
    grids = gpd.read_parquet(source)
    code = next(name for name in grids.columns if name.lower().startswith("oa"))
    return grids[[code, "geometry"]].rename(columns={code: "code"})


def read_input(folder: Path) -> Coverage:
    """Return the frames of an input; the region is ``None`` where there is none."""
    region = folder / "region.parquet"
    return Coverage(
        gpd.read_parquet(folder / "grids.parquet"),
        gpd.read_parquet(region) if region.exists() else None,
    )


def _written(coverage: Coverage, folder: Path) -> Input:
    folder.mkdir(parents=True, exist_ok=True)
    coverage.grids.to_parquet(folder / "grids.parquet")
    if coverage.region is not None:
        coverage.region.to_parquet(folder / "region.parquet")
    coordinates = int(shapely.get_num_coordinates(coverage.grids.geometry.to_numpy()).sum())
    return Input(folder, len(coverage.grids), coordinates, coverage.missing_corners)
