"""The list counts, the position says where it disagrees."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geogrid.crs import geodesic_m
from geogrid.hierarchy import Hierarchy
from geogrid.unit_grids import (
    DISAGREEMENTS,
    metres_to_grids,
    settle_matched,
    settle_places,
    settle_units,
)

TREE = Hierarchy({"1": "", "11": "1", "111": "11", "112": "11"}, {}, {})


@pytest.mark.parametrize(
    ("listed", "drawn", "has_place", "grid", "disagreement"),
    [
        ("111", "111", True, "111", ""),
        ("", "111", True, "111", ""),
        (None, "111", True, "111", ""),
        (np.nan, "111", True, "111", ""),
        ("11", "111", True, "111", ""),  # coarser, no contradiction
        ("112", "111", True, "112", "elsewhere"),
        ("112", "", True, "112", "outside"),
        ("112", "", False, "112", ""),
        ("999", "111", True, "111", "unknown"),
        ("999", "", False, "", "unknown"),
        ("", "", False, "", "nowhere"),
        ("", "", True, "", "nowhere"),
    ],
)
def test_every_way_to_disagree(
    listed: object, drawn: str, has_place: bool, grid: str, disagreement: str
) -> None:
    found = settle_units([listed], [drawn], [has_place], TREE)
    assert found.loc[0].tolist() == [grid, disagreement]
    assert disagreement in ("", *DISAGREEMENTS)


def test_what_was_found_at_a_unit_is_in_its_grid() -> None:
    units = pd.DataFrame({"unit_id": ["u1", "u2"], "grid": ["112", ""]})
    matched = pd.Series(["u1", "u2", "", "gone", None], index=[3, 4, 5, 6, 7])
    found = settle_matched(matched, ["111"] * 5, units, TREE)
    assert found["grid"].to_dict() == {3: "112", 4: "111", 5: "111", 6: "111", 7: "111"}
    assert found["disagreement"].tolist() == ["elsewhere", "", "", "", ""]


@pytest.mark.parametrize(
    ("kind", "listed", "drawn", "grid", "by", "disagreement"),
    [
        ("building", "", "111", "111", "polygon", ""),
        ("building", "111", "111", "111", "list", ""),
        ("building", "112", "111", "112", "list", "elsewhere"),
        ("building", "11", "111", "111", "polygon", ""),
        ("building", "999", "111", "111", "polygon", "unknown"),
        ("place", "", "", "", "", "nowhere"),
        ("grid", "11", "111", "11", "named", ""),
    ],
)
def test_grid_of_a_place_that_was_found(kind, listed, drawn, grid, by, disagreement):
    found = pd.DataFrame({"kind": [kind], "grid": [listed], "lon": [1.0], "lat": [1.0]})
    settled = settle_places(found, [drawn], TREE)
    assert settled[["grid", "by", "disagreement"]].loc[0].tolist() == [grid, by, disagreement]


def test_metres_are_those_on_the_ground(monkeypatch: pytest.MonkeyPatch) -> None:
    lon, lat = (axis.ravel() for axis in np.meshgrid(114 + np.arange(20) / 40, [22.3, 22.6, 30.0]))
    codes = pd.Series([f"{at}" for at in range(len(lon))])
    cells = shapely.box(lon, lat, lon + 0.02, lat + 0.02)
    shapes = gpd.GeoSeries(cells, index=codes, crs=4326)[::-1]
    made = []
    make = pyproj.Transformer.from_crs
    monkeypatch.setattr(
        pyproj.Transformer, "from_crs", lambda *of, **more: made.append(of) or make(*of, **more)
    )
    found = metres_to_grids(pd.Series(lon + 0.05), pd.Series(lat + 0.01), codes, shapes)
    expected = geodesic_m(lon + 0.02, lat + 0.01, lon + 0.05, lat + 0.01)
    np.testing.assert_allclose(found, expected, rtol=3e-5)
    assert len(made) < 8, "not one for each grid, which takes 20 ms"


def test_metres_where_there_is_nothing_to_measure() -> None:
    shapes = gpd.GeoSeries({"1": shapely.box(114.0, 22.5, 114.01, 22.51)}, crs=4326)
    lon, lat = pd.Series([np.nan, 114.0, 114.005]), pd.Series([22.5, 22.5, np.nan])
    assert np.isnan(metres_to_grids(lon, lat, pd.Series(["1", "2", "1"]), shapes)).all()
    nobody = pd.Series([], dtype="float64")
    assert metres_to_grids(nobody, nobody, pd.Series([], dtype="str"), shapes).size == 0
