"""A preview promises nobody who is not registered."""

from __future__ import annotations

import io

import geopandas as gpd
import shapely

from geogrid.tables import Table, read_table
from web.workspace.office_preview import preview_posts

GRIDS = gpd.GeoDataFrame(
    {
        "code": ["C", "A", "B"],
        "name": ["南园社区", "东网格", "西网格"],
        "parent": ["", "C", "C"],
        "level": [2, 3, 3],
    },
    geometry=[shapely.box(0, 0, 2, 1), shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    crs="EPSG:4326",
)


def roster(*lines: str) -> list[Table]:
    text = "\n".join(["网格,岗位,姓名", *lines]) + "\n"
    return [read_table(io.BytesIO(text.encode()), filename="花名册.csv")]


def test_the_preview_says_that_nobody_above_is_registered() -> None:
    vacant = "东网格,网格长,"
    alone = preview_posts(roster(vacant, "西网格,网格长,甲"), GRIDS, "zh_CN")
    assert [line.fate for line in alone.lines] == ["warn", "good"]
    assert "nobody above" in alone.lines[0].words
    led = preview_posts(roster(vacant, "南园社区,网格长,乙"), GRIDS, "zh_CN")
    assert led.lines[0].words == "Vacant, the level above answers"
    own = preview_posts(roster(vacant, "东网格,兼职网格员,丙"), GRIDS, "zh_CN")
    assert own.lines[0].words == "Vacant, somebody else of the grid answers"
    both = preview_posts(
        roster(vacant, "东网格,兼职网格员,丙", "南园社区,网格长,乙"), GRIDS, "zh_CN"
    )
    assert both.lines[0].words == "Vacant, the level above answers"


def test_the_preview_says_that_the_deputy_answers() -> None:
    text = "网格,岗位,姓名,B岗\n东网格,网格长,,丁\n"
    table = read_table(io.BytesIO(text.encode()), filename="花名册.csv")
    assert preview_posts([table], GRIDS, "zh_CN").lines[0].words == "Vacant, the deputy answers"
