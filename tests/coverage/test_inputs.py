"""What :func:`check_coverage` says of arguments it cannot work with."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from geogrid.coverage import check_coverage
from geogrid.errors import CrsError, FieldError, InputError

SQUARES = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
with np.errstate(invalid="ignore"):
    NOT_A_NUMBER = shapely.from_wkt("POLYGON ((0 0, NaN 0, 1 1, 0 1, 0 0))")


def grids(**columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["A", "B"], **columns}, geometry=SQUARES, crs="EPSG:4326")


@pytest.mark.parametrize("level", [["x", "3"], [3, 1.5], [3.0, np.inf]])
def test_a_level_that_is_no_whole_number_is_named(level: list[object]) -> None:
    with pytest.raises(FieldError, match=r"Row \d .*level"):
        check_coverage(grids(level=level))


@pytest.mark.parametrize("given", [SQUARES, pd.DataFrame({"code": ["A"]}), None, "grids.gpkg"])
def test_what_is_no_frame_of_polygons_is_refused(given: Any) -> None:
    with pytest.raises((InputError, CrsError), match="GeoDataFrame"):
        check_coverage(given)


def test_a_frame_without_geometry_is_refused() -> None:
    with pytest.raises(InputError, match="GeoDataFrame"):
        check_coverage(gpd.GeoDataFrame({"code": ["A"]}))


@pytest.mark.parametrize("region", ["region.gpkg", 5, pd.DataFrame({"a": [1], "b": [2]})])
def test_a_region_that_is_none_is_refused(region: object) -> None:
    with pytest.raises(InputError, match="must be a polygon"):
        check_coverage(grids(), region)


@pytest.mark.parametrize("tolerance_m", ["1", None, np.nan, -1])
def test_a_tolerance_that_is_no_length_is_refused(tolerance_m: Any) -> None:
    with pytest.raises(InputError, match="tolerance"):
        check_coverage(grids(), tolerance_m=tolerance_m)


def test_a_coordinate_that_is_no_number_is_put_where_it_is() -> None:
    with pytest.raises(FieldError, match="region has"):
        check_coverage(grids(), NOT_A_NUMBER)
    with pytest.raises(FieldError, match="approved gaps have"):
        check_coverage(grids(), approved_gaps=NOT_A_NUMBER)


def test_a_latitude_beyond_the_pole_is_put_where_it_is() -> None:
    swapped = [SQUARES[0], box(22, 113, 23, 114)]
    frame = grids().set_geometry(swapped, crs="EPSG:4326")
    for region in (None, box(0, 0, 1, 1)):
        with pytest.raises(FieldError, match=r"Row 2 \(B\) has a latitude beyond 90°"):
            check_coverage(frame, region)
    with pytest.raises(FieldError, match="region has a latitude"):
        check_coverage(grids(), box(0, -91, 1, 0))
    with pytest.raises(FieldError, match="approved gaps have a latitude"):
        check_coverage(grids(), approved_gaps=box(0, 89, 1, 91))
    pole = grids().set_geometry([box(0, 80, 1, 90), box(1, 80, 2, 90)], crs="EPSG:4326")
    assert check_coverage(pole, box(0, 80, 2, 90)).is_seamless
    assert check_coverage(frame.set_crs("EPSG:4547", allow_override=True)).grids == 2


def test_an_approved_gap_with_a_broken_outline_is_refused() -> None:
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    for approved in (bowtie, gpd.GeoSeries([box(5, 5, 6, 6), bowtie], crs="EPSG:4326")):
        with pytest.raises(FieldError, match=r"approved gap number \d has a broken outline"):
            check_coverage(grids(), box(0, 0, 3, 1), approved_gaps=approved)


@pytest.mark.parametrize("shape", [None, shapely.Polygon()])
def test_grids_without_any_polygon_are_not_seamless(shape: object) -> None:
    empty = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=[shape, shape], crs="EPSG:4326")
    with pytest.raises(InputError, match="has a polygon"):
        check_coverage(empty)


def test_codes_from_a_column_of_numbers_have_no_decimals() -> None:
    numbered = grids(code=[440304001.0, 440304002.0])
    report = check_coverage(numbered, box(0, 0, 3, 1))
    named = {code for codes in report.defects["grids"] for code in codes}
    assert named == {"440304001", "440304002"}


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_row_without_a_code_goes_by_its_number(missing: object) -> None:
    report = check_coverage(grids(code=[missing, "B"], parent=[missing, "B"]), box(0, 0, 1.5, 1))
    assert set(report.defects["grids"].sum()) == {"#1", "B"}
