"""Random plans with what offices' data have: long names, codes with zeros, gaps, quotes, HTML."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st

from geogrid.hierarchy import fill_levels
from geogrid.store.bundle import COLUMNS, complete
from geogrid.store.plan import Plan

HOSTILE = (
    "",
    '=HYPERLINK("http://a")',
    "+1",
    "@SUM(A1)",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; & &amp; &#1;",
    "空 格 \"引号\" 'x'",
    "'0013",
    "第一行\n第二行",
    "a\r\nb",
    "𠮷野家 €",
    " 前后空格 ",
    "专职网格员",
    "full_time",
    "_x0041_",
    "很长" * 200,
    "NULL",
    "1e5",
    "440304A01",
)
CODES = st.from_regex(r"\A[0-9]{15}\Z") | st.from_regex(r"\A0{2}[0-9]{18}\Z")
TEXTS = st.sampled_from(HOSTILE) | CODES | st.text(max_size=12)
NUMBERS = st.none() | st.integers(-(2**40), 2**40)
LONGITUDES = st.floats(-180, 180, allow_subnormal=False)
LATITUDES = st.floats(-85, 85, allow_subnormal=False)


@st.composite
def _polygons(draw: st.DrawFn) -> shapely.Geometry:
    west, south = draw(LONGITUDES), draw(LATITUDES)
    far = draw(st.floats(0.001, 1.0))
    shell = shapely.box(west, south, west + far, south + far)
    kind = draw(st.sampled_from(["plain", "hole", "parts", "one_part"]))
    if kind == "hole":
        third = far / 3
        hole = shapely.box(west + third, south + third, west + 2 * third, south + 2 * third)
        return shapely.Polygon(shell.exterior, [hole.exterior])
    if kind == "parts":
        return shapely.MultiPolygon(
            [shell, shapely.box(west + 2, south, west + 2 + far, south + 1)]
        )
    return shapely.MultiPolygon([shell]) if kind == "one_part" else shell


@st.composite
def _lines(draw: st.DrawFn) -> shapely.Geometry:
    points = draw(st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=2, max_size=4, unique=True))
    line = shapely.LineString(points)
    return draw(st.sampled_from([line, shapely.MultiLineString([points, points[::-1]])]))


def _values(kind: str) -> st.SearchStrategy[Any]:
    moments = st.datetimes(
        min_value=pd.Timestamp("1990-01-01"), max_value=pd.Timestamp("2090-01-01")
    )
    return {
        "text": TEXTS,
        "int": NUMBERS,
        "float": st.none() | LATITUDES,
        "time": st.none() | moments,
    }[kind]


EXTRA = st.sampled_from(["text", "int", "float", "bool", "mixed"])
_EXTRA_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.none() | TEXTS,
    "int": st.none() | st.integers(-(2**63), 2**63 - 1),
    "float": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.none() | st.booleans(),
    "mixed": st.none() | TEXTS | st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2),
}
NAMES = st.sampled_from(
    [
        "备注",
        "fid",
        "Name",
        "geom",
        "geometry",
        "很长很长的列名称之一",
        "很长很长的列名称之二",
        "x y",
        "WKT",
    ]
)


@st.composite
def _table(draw: st.DrawFn, part: str, *, has_extra: bool = True) -> pd.DataFrame:
    count = draw(st.integers(0, 4))
    columns: dict[str, Any] = {
        name: [draw(_values(kind)) for _row in range(count)]
        for name, kind in COLUMNS.get(part, {"reason": "text"}).items()
    }
    if has_extra:
        for name in draw(st.lists(NAMES, unique=True, max_size=3)):
            values = _EXTRA_VALUES[draw(EXTRA)]
            columns[name] = pd.Series([draw(values) for _row in range(count)], dtype=object)
    rows = pd.DataFrame(columns, index=range(count))
    for name, kind in COLUMNS.get(part, {}).items():
        if kind == "time":
            rows[name] = pd.to_datetime(rows[name], utc=True)
        if kind in ("int", "float"):
            rows[name] = rows[name].astype("Int64" if kind == "int" else "float64")
    return complete(rows, part) if part in COLUMNS else rows


@st.composite
def _layer(draw: st.DrawFn, part: str) -> gpd.GeoDataFrame:
    rows = draw(_table(part))
    shape = _lines() if part == "streets" else _polygons()
    shapes = np.empty(len(rows), dtype=object)
    for row in range(len(rows)):
        shapes[row] = draw(st.none() | shape)
    return gpd.GeoDataFrame(
        rows.rename(columns={"geometry": "geometry_"}), geometry=shapes, crs="EPSG:4326"
    )


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, gpd.GeoDataFrame | None]:
    """Return a plan that only exists in memory, and its approved gaps."""
    grids = fill_levels(draw(_layer("grids")))
    plan = Plan(
        key="",
        digest="",
        name=draw(TEXTS),
        is_sample=draw(st.booleans()),
        note=draw(TEXTS),
        attribution="",
        source=draw(TEXTS),
        created_at="2026-03-01T02:03:04Z",
        grids=grids,
        region=draw(st.none() | _layer("region")),
        posts=draw(_table("posts")),
        units=draw(_table("units")),
        cases=draw(_table("cases", has_extra=False)),
        streets=draw(_layer("streets")),
    )
    return plan, draw(st.none() | _layer("gaps"))
