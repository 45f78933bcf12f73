"""Communities from one file, grids from another, one plan."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geogrid.coverage import check_coverage
from geogrid.coverage.upper_level import add_upper_level
from geogrid.errors import FieldError

EDGES = [114.0, 114.01, 114.02, 114.03]
SQUARES = [shapely.box(west, 22.5, east, 22.51) for west, east in pairwise(EDGES)]


def layer(codes: list[str], shapes: list[Any], level: int | None, **columns: Any) -> Any:
    table = {
        "code": codes,
        "name": [f"名{code}" for code in codes],
        "parent": "",
        "level": pd.array([level] * len(codes), dtype="Int64"),
        "kind": "",
        "households": pd.array([5] * len(codes), dtype="Int64"),
        "people": pd.array([9] * len(codes), dtype="Int64"),
    }
    return gpd.GeoDataFrame(table | columns, geometry=shapes, crs="EPSG:4326")


AREAS = layer(["E", "W"], [SQUARES[0], shapely.union_all(SQUARES[1:])], None)


def test_grids_belong_where_they_lie() -> None:
    frame, findings = add_upper_level(layer(["1", "2", "3"], SQUARES, 3), AREAS)
    assert frame["code"].tolist() == ["E", "W", "1", "2", "3"]
    assert frame["parent"].tolist() == ["", "", "E", "W", "W"]
    assert frame["level"].tolist() == [2, 2, 3, 3, 3]
    assert findings == []
    assert check_coverage(frame, shapely.union_all(SQUARES)).is_proven


def test_a_parent_that_is_named_counts_more_than_the_place() -> None:
    grids = layer(["1", "2", "3"], SQUARES, 3, parent=["W", "名E", "somewhere"])
    frame, _findings = add_upper_level(grids, AREAS)
    assert frame["parent"].tolist()[2:] == ["W", "E", "W"]


def test_two_levels_below_stay_as_they_are() -> None:
    grids = layer(["1", "11"], [SQUARES[0], SQUARES[0]], 3, parent=["", "1"])
    grids["level"] = pd.array([3, 4], dtype="Int64")
    frame, _findings = add_upper_level(grids, AREAS)
    assert frame["parent"].tolist() == ["", "", "E", "1"]


def test_what_lies_in_no_area_is_said() -> None:
    frame, findings = add_upper_level(layer(["1", "3"], [SQUARES[0], SQUARES[2]], 3), AREAS[:1])
    assert frame["parent"].tolist() == ["", "E", ""]
    assert [(found.kind, found.rows) for found in findings] == [("no_parent", (1,))]


def test_areas_in_another_system_are_converted_and_broken_grids_are_placed() -> None:
    bowtie = shapely.Polygon([(114, 22.5), (114.01, 22.51), (114.01, 22.5), (114, 22.51)])
    frame, _findings = add_upper_level(layer(["1"], [bowtie], 3), AREAS.to_crs("EPSG:4547"))
    assert frame.crs == "EPSG:4326"
    assert frame["parent"].tolist() == ["", "", "E"]


def test_one_code_for_two_things_is_refused() -> None:
    with pytest.raises(FieldError, match="E"):
        add_upper_level(layer(["E"], [SQUARES[0]], 3), AREAS)
