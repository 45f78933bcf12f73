"""Three real places as their figures describe them, drawn as squares."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

POST_COLUMNS = ["grid", "post", "holder", "deputy", "phone", "deputy_phone"]


def squares(count: int) -> list[shapely.Geometry]:
    """Return squares of about 200 m, ten in a row, the first row in the north."""
    at = np.arange(count)
    west, north = 114.0 + 0.002 * (at % 10), 22.5 - 0.002 * (at // 10)
    return list(shapely.box(west, north - 0.002, west + 0.002, north))


def place(households: list[int] | None, count: int, kind: str = "") -> gpd.GeoDataFrame:
    columns = {
        "code": [f"11{at:03d}" for at in range(1, count + 1)],
        "name": [f"第 {at} 网格" for at in range(1, count + 1)],
        "parent": "11",
        "level": 3,
        "kind": kind,
        "households": pd.array(households or [None] * count, dtype="Int64"),
    }
    return gpd.GeoDataFrame(columns, geometry=squares(count), crs="EPSG:4326")


def spread(total: int, count: int, reach: int) -> list[int]:
    """Return `count` numbers around the mean that add up to `total`."""
    numbers = [total // count + (-1) ** at * (at % (reach + 1)) for at in range(count)]
    numbers[0] += total - sum(numbers)
    return numbers


def city() -> gpd.GeoDataFrame:
    """Return a city community of 2,345 households in 9 grids."""
    return place(spread(2345, 9, 8), 9)


def village() -> gpd.GeoDataFrame:
    """Return a village of 1,138 households in 17 grids."""
    return place(spread(1138, 17, 12), 17)


def town() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return a town of 92 grids, 43 leaders, 75 full-time and 75 part-time workers."""
    grids = place(None, 92)
    codes = grids["code"].tolist()
    rows = [(code, "leader", f"长{at % 43}") for at, code in enumerate(codes)]
    rows += [(code, "full_time", f"专{at}") for at, code in enumerate(codes[:75])]
    rows += [(code, "part_time", f"兼{at}") for at, code in enumerate(codes[-75:])]
    return grids, posts(*rows)


def posts(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([(*row, *[""] * (6 - len(row))) for row in rows], columns=POST_COLUMNS)
