from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

WEST, SOUTH, STEP, SIDE = 114.0, 22.5, 0.01, 5


@pytest.fixture(scope="session")
def grids() -> gpd.GeoDataFrame:
    """25 squares of about a kilometre; one has a name that must be quoted."""
    cells = [(i, j) for j in range(SIDE) for i in range(SIDE)]
    return gpd.GeoDataFrame(
        {
            "code": [f"{at:03}" for at in range(len(cells))],
            "name": ['甲,"乙"', *(f"网格{at}" for at in range(1, len(cells)))],
            "level": 3,
        },
        geometry=[
            box(WEST + i * STEP, SOUTH + j * STEP, WEST + (i + 1) * STEP, SOUTH + (j + 1) * STEP)
            for i, j in cells
        ],
        crs=4326,
    )


@pytest.fixture(scope="session")
def grids_file(grids: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grids") / "grids.parquet"
    grids.to_parquet(path)
    return path
