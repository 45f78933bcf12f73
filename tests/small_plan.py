"""A hand-drawn plan: two communities, three grids, a few awkward homes.

::

    22.54 +-----------+-----------+-----------+
          |    111    |    112    |    121    |     11 = 111 + 112, 12 = 121, 1 = 11 + 12
    22.53 +-----------+-----------+-----------+
        114.00      114.01      114.02      114.03
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from geogrid.store.workspace import Workspace

HOSTILE = "<img src=x onerror=alert(1)>"
GRIDS = [
    ("1", "示例街道", "", 1, box(114.00, 22.53, 114.03, 22.54)),
    ("11", "甲社区", "1", 2, box(114.00, 22.53, 114.02, 22.54)),
    ("12", "乙社区", "1", 2, box(114.02, 22.53, 114.03, 22.54)),
    ("111", "甲一网格", "11", 3, box(114.00, 22.53, 114.01, 22.54)),
    ("112", "甲二网格", "11", 3, box(114.01, 22.53, 114.02, 22.54)),
    ("121", HOSTILE, "12", 3, box(114.02, 22.53, 114.03, 22.54)),
]
POSTS = [
    ("P1", "111", "full_time", "甲一员", "甲一副", "0755-1111-0001", "0755-1111-0002"),
    ("P2", "112", "full_time", "", "甲二副", "", "0755-1111-0003"),
    ("P3", "1", "leader", "街道网格长", "", "0755-1111-0004", ""),
    ("P4", "111", "leader", "甲一网格长", "", "0755-1111-0005", ""),
]
UNITS = [
    # id, kind, parent, name, street, number, building, lon, lat, grid on the list
    ("C1", "compound", "", "甲苑", "西街", "1", "", 114.0099, 22.535, ""),
    ("B1", "building", "C1", "甲苑1号楼", "西街", "1", "1号楼", 114.008, 22.535, ""),
    ("B2", "building", "C1", "甲苑2号楼", "西街", "1", "2号楼", 114.012, 22.535, ""),
    ("B3", "building", "", "错列楼", "东街", "3", "", 114.025, 22.535, "111"),
    ("B4", "building", "", "旧码楼", "东街", "4", "", 114.025, 22.536, "999"),
    ("B5", "building", "", "无坐标楼", "东街", "5", "", None, None, "112"),
    ("B6", "building", "", "无着落楼", "东街", "6", "", None, None, ""),
    ("B7", "building", "", "边界楼", "西街", "7", "", 114.0099, 22.537, ""),
    ("B8", "building", "", "界外楼", "外街", "8", "", 114.04, 22.535, ""),
    ("B9", "building", "", HOSTILE, "东街", "9", "", 114.025, 22.537, ""),
    ("B10", "building", "", "上级楼", "东街", "10", "", 114.025, 22.538, "12"),
]  # fmt: skip


def grids() -> gpd.GeoDataFrame:
    rows = pd.DataFrame([row[:4] for row in GRIDS], columns=["code", "name", "parent", "level"])
    rows = rows.assign(kind="community", households=100, people=280)
    return gpd.GeoDataFrame(rows, geometry=[row[4] for row in GRIDS], crs=4326)


def posts() -> pd.DataFrame:
    names = ["post_id", "grid", "post", "holder", "deputy", "phone", "deputy_phone"]
    return pd.DataFrame(POSTS, columns=names)


def units() -> pd.DataFrame:
    text = ["unit_id", "kind", "parent", "name", "street", "number", "building"]
    rows = pd.DataFrame(UNITS, columns=[*text, "lon", "lat", "grid"])
    compound = ["甲苑" if row[0] in {"C1", "B1", "B2"} else "" for row in UNITS]
    address = [f"{row[4]}{row[5]}号{row[6]}" for row in UNITS]
    return rows.assign(
        compound=compound, address=address, entrance="", households=10, people=28
    ).astype({"lon": "float64", "lat": "float64"})


def use_small_plan(workspace: Workspace, *, has_tables: bool = True) -> None:
    """Make the hand-drawn plan current, with or without its tables."""
    tables = {"posts": posts(), "units": units()} if has_tables else {}
    workspace.use(name="手绘方案", grids=grids(), **tables)
