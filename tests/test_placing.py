from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from shapely import box

from geogrid.crs import from_wgs84
from geogrid.errors import CrsError, FieldError
from geogrid.findings import Finding
from geogrid.placing import STATUSES, in_language, locate_rows

WEST, SOUTH, STEP = 114.0, 22.5, 0.01


def _box(i: int, j: int, w: int = 1, h: int = 1) -> object:
    west, south = WEST + i * STEP, SOUTH + j * STEP
    return box(west, south, west + w * STEP, south + h * STEP)


GRIDS = gpd.GeoDataFrame(
    {
        "code": ["S", "C1", "C2", "G1", "G2", "M1", "M2", "D"],
        "name": ["街道", "社区一", "社区二", "网格1", "网格2", "微1", "微2", "专属"],
        "parent": ["", "S", "S", "C1", "C1", "G1", "G1", "C2"],
        "level": pd.array([1, 2, 2, 3, 3, 4, 4, 3], dtype="Int64"),
    },
    geometry=[
        _box(0, 0, 4, 2), _box(0, 0, 2, 2), _box(2, 0, 2, 2), _box(0, 0, 2, 1), _box(0, 1, 2, 1),
        _box(0, 0), _box(1, 0), _box(2, 0, 2, 2),
    ],
    crs=4326,
)  # fmt: skip
"""
G2 G2 D D      one subdistrict; C1 is G1 (split in two) and G2, C2 is a dedicated grid
M1 M2 D D
"""


def _at(i: float, j: float) -> tuple[str, str]:
    return repr(WEST + i * STEP), repr(SOUTH + j * STEP)


def _rows(*places: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["经度", "纬度"], dtype="str")


def _locate(*places: tuple[str, str], **options: object) -> pd.DataFrame:
    return locate_rows(_rows(*places), GRIDS, **{"datum": "wgs84", **options})


def test_the_finest_grid_and_the_names_above() -> None:
    located = _locate(_at(0.5, 0.5), _at(0.5, 1.5), _at(3.5, 0.5), _at(9, 9))
    added = ["grid_code", "grid_name", "level_3_name", "level_2_name", "level_1_name"]
    assert located.columns.tolist() == [
        "经度", "纬度", *added, "boundary_m", "status", "reason", "wgs84_lon", "wgs84_lat",
    ]  # fmt: skip
    assert located[added].to_numpy().tolist() == [
        ["M1", "微1", "网格1", "社区一", "街道"],
        ["G2", "网格2", "网格2", "社区一", "街道"],
        ["D", "专属", "专属", "社区二", "街道"],
        ["", "", "", "", ""],
    ]
    assert located["status"].tolist() == ["inside", "inside", "inside", "outside"]
    assert set(located["status"]) < set(STATUSES)


def test_borders_by_the_rule_and_metres_to_them() -> None:
    located = _locate(_at(1, 0.5), _at(1, 1), _at(0.999, 0.5), _at(0, 0))
    assert located["grid_code"].tolist() == ["M2", "G2", "M1", "M1"]
    assert located["status"].tolist() == ["on_boundary", "on_boundary", "inside", "on_boundary"]
    assert located["boundary_m"].tolist() == pytest.approx([0, 0, 1.03, 0], abs=0.01)


def test_all_rows_come_back_in_order_with_status_and_reason() -> None:
    places = [
        ("", ""),
        ("x", "22.5"),
        ("0", "0"),
        _at(0.5, 0.5)[::-1],
        ("514000", "2493000"),
        _at(0.5, 0.5),
        ("114°0′18″E", "22°30′18″N"),
    ]
    rows = _rows(*places)
    rows.index = pd.Index([9, 9, 3, 2, 1, 0, 5])
    located = locate_rows(rows, GRIDS, datum="wgs84")
    assert list(zip(located["经度"], located["纬度"], strict=True)) == places
    assert located["status"].tolist() == ["no_position", *["bad_position"] * 4, "inside", "inside"]
    kinds = [reason.kind if reason else "" for reason in located["reason"]]
    assert kinds == [
        "",
        "not_a_number",
        "at_zero",
        "swapped_axes",
        "looks_projected",
        "",
        "",
    ]
    assert np.isnan(located["wgs84_lon"][:5]).all()
    assert (located["grid_code"][:5] == "").all()
    texts = in_language(located, "en")["reason"].tolist()
    assert texts[0] == ""
    assert texts[3] == "Longitude and latitude look swapped."


def test_swapped_where_both_orders_are_possible() -> None:
    grids = gpd.GeoDataFrame({"code": ["1"]}, geometry=[box(40, 30, 50, 35)], crs=4326)
    located = locate_rows(_rows(("45", "32"), ("32", "45")), grids, datum="wgs84")
    assert located["status"].tolist() == ["inside", "bad_position"]
    [finding] = located.attrs["findings"]
    assert (finding.kind, finding.rows) == ("swapped_axes", (1,))


def test_a_datum_must_be_said_and_is_never_guessed() -> None:
    with pytest.raises(CrsError, match="--datum wgs84, cgcs2000, gcj02"):
        _locate(_at(0.5, 0.5), datum=None)
    with pytest.raises(CrsError, match="mars"):
        _locate(_at(0.5, 0.5), datum="mars")
    assert _locate(("", ""), datum=None)["status"].tolist() == ["no_position"]


@pytest.mark.parametrize("datum", ["cgcs2000", "gcj02", "bd09"])
def test_positions_of_every_datum_arrive_in_wgs84(datum: str) -> None:
    lon, lat = from_wgs84(WEST + 0.5 * STEP, SOUTH + 0.5 * STEP, datum)
    located = _locate((repr(lon), repr(lat)), datum=datum)
    assert located["grid_code"].tolist() == ["M1"]
    assert located["wgs84_lon"][0] == pytest.approx(WEST + 0.5 * STEP, abs=1e-10)
    assert located["wgs84_lat"][0] == pytest.approx(SOUTH + 0.5 * STEP, abs=1e-10)


def _many(datum: str) -> list[tuple[str, str]]:
    rng = np.random.default_rng(2)
    lon = WEST + rng.uniform(0, 4, 200) * STEP
    lat = SOUTH + rng.uniform(0, 2, 200) * STEP
    written = from_wgs84(lon, lat, datum)
    return [(repr(float(x)), repr(float(y))) for x, y in zip(*written, strict=True)]


@pytest.mark.parametrize(
    ("said", "real"), [("wgs84", "bd09"), ("cgcs2000", "gcj02"), ("bd09", "wgs84")]
)
def test_a_wrong_datum_is_suspected_with_the_evidence(said: str, real: str) -> None:
    findings = _locate(*_many(real), datum=said).attrs["findings"]
    assert [each.kind for each in findings[:-1]] == ["cgcs2000_as_wgs84"] * (said == "cgcs2000")
    finding = findings[-1]
    assert finding.kind == "datum_suspected"
    assert finding.params["other"] == real
    assert f"Read as {said}, " in finding.text()
    assert f"as {real} it would be 100%" in finding.text()


def test_the_right_datum_and_few_points_raise_no_suspicion() -> None:
    assert _locate(*_many("gcj02"), datum="gcj02").attrs["findings"] == []
    assert _locate(*_many("bd09")[:9], datum="wgs84").attrs["findings"] == []


@pytest.mark.parametrize(
    ("said", "real"), [("wgs84", "gcj02"), ("gcj02", "bd09"), ("bd09", "cgcs2000")]
)
def test_rows_that_name_their_grid_show_an_offset_where_no_point_falls_outside(
    said: str, real: str
) -> None:
    rng = np.random.default_rng(3)
    middle = WEST + rng.uniform(1.2, 2.8, 60) * STEP, SOUTH + rng.uniform(0.8, 1.2, 60) * STEP
    written = np.column_stack(from_wgs84(*middle, real))
    rows = _rows(*((repr(float(x)), repr(float(y))) for x, y in written))
    true_codes = locate_rows(rows, GRIDS, datum=real)["grid_code"]
    silent = locate_rows(rows, GRIDS, datum=said)
    assert set(silent["status"]) <= {"inside", "on_boundary"}
    assert silent.attrs["findings"] == []
    rows["所属网格"] = [*true_codes[:50], *["", "不详"] * 5]
    [finding] = locate_rows(rows, GRIDS, datum=said).attrs["findings"]
    assert finding.kind == "datum_suspected"
    assert finding.params["other"] == {"cgcs2000": "wgs84"}.get(real, real)
    assert finding.params["better"] == 1
    assert "the grid that their own row names" in finding.text()
    kinds = [each.kind for each in locate_rows(rows, GRIDS, datum=real).attrs["findings"]]
    assert kinds == ["cgcs2000_as_wgs84"] * (real == "cgcs2000")


def test_rows_that_name_the_grids_of_another_plan_do_not_hide_a_wrong_datum() -> None:
    rows = _rows(*_many("bd09"))
    rows["所属网格"] = (["M1", "M2", "G2", "D"] * 50)[::-1]
    [finding] = locate_rows(rows, GRIDS, datum="wgs84").attrs["findings"]
    assert finding.params["other"] == "bd09"
    assert "lie in the grids" in finding.text()


@pytest.mark.parametrize(("easting", "fix"), [("38500100.5", "EPSG:4526"), ("500100.5", None)])
def test_eastings_of_another_zone_are_said(easting: str, fix: str | None) -> None:
    rows = pd.DataFrame({"X": [easting] * 3, "Y": ["2493000"] * 3}, dtype="str")
    findings = locate_rows(rows, GRIDS, crs="EPSG:4547").attrs["findings"]
    said = ["cgcs2000_as_wgs84", *["other_zone"] * (fix is not None)]
    assert [each.kind for each in findings] == said
    if fix is not None:
        assert f"--crs {fix}" in findings[-1].text()
        assert len(locate_rows(rows, GRIDS, crs=fix)) == 3


@pytest.mark.parametrize(
    ("real", "said"),
    [("EPSG:4546", "EPSG:4547"), ("EPSG:4508", "EPSG:4547"), ("EPSG:2382", "EPSG:2383")],
)
def test_another_zone_without_numbers_is_suspected(real: str, said: str) -> None:
    lon, lat = WEST + np.linspace(0.1, 3.9, 40) * STEP, SOUTH + np.linspace(0.1, 1.9, 40) * STEP
    x, y = pyproj.Transformer.from_crs(4326, real, always_xy=True).transform(lon, lat)
    rows = pd.DataFrame({"X": x, "Y": y})
    findings = locate_rows(rows, GRIDS, crs=said).attrs["findings"]
    assert findings[-1].kind == "datum_suspected"
    assert f"as {findings[-1].params['other']} it would be 100%" in findings[-1].text()
    other = pyproj.CRS(findings[-1].params["other"]).coordinate_operation.params[1].value
    assert other == pyproj.CRS(real).coordinate_operation.params[1].value
    right = locate_rows(rows, GRIDS, crs=real).attrs["findings"]
    assert [each.kind for each in right if each.severity != "note"] == []


def test_numbers_outside_the_projection_are_bad_positions() -> None:
    rows = pd.DataFrame({"X": ["38500100.5", ""], "Y": ["2493000", ""]}, dtype="str")
    located = locate_rows(rows, GRIDS, crs="EPSG:4547")
    assert located["status"].tolist() == ["bad_position", "no_position"]
    assert located["reason"][0].kind == "off_map"


def test_rows_where_grids_overlap_are_said() -> None:
    grids = gpd.GeoDataFrame(
        {"code": ["b", "a"]}, geometry=[_box(0, 0, 2), _box(1, 0, 2)], crs=4326
    )
    rows = _rows(_at(0.5, 0.5), _at(1.5, 0.5), _at(2.5, 0.5), _at(9, 9), _at(2, 0.5))
    located = locate_rows(rows, grids, datum="wgs84")
    assert located["grid_code"].tolist() == ["b", "a", "a", "", "a"]
    [finding] = located.attrs["findings"]
    assert (finding.kind, finding.rows, finding.severity) == ("overlapping_grids", (1,), "warning")
    assert "1 rows lie where grids overlap" in finding.text()


def test_projected_coordinates() -> None:
    rows = pd.DataFrame({"X": ["500100.5", "2493000"], "Y": ["2493000", "500100.5"]}, dtype="str")
    grids = gpd.GeoDataFrame(
        {"code": ["1"]}, geometry=[box(500_000, 2_492_000, 501_000, 2_494_000)], crs=4547
    )
    located = locate_rows(rows, grids, crs="EPSG:4547")
    assert located["status"].tolist() == ["inside", "bad_position"]
    assert located["reason"][1].kind == "swapped_axes"
    assert located["wgs84_lon"][0] == pytest.approx(114.001, abs=1e-3)
    assert located["boundary_m"][0] == pytest.approx(100.5, rel=1e-3)
    with pytest.raises(CrsError, match="EPSG:999999"):
        locate_rows(rows, grids, crs="EPSG:999999")


def test_geographic_crs_instead_of_a_datum() -> None:
    located = _locate(_at(0.5, 0.5), ("22.5", "114"), datum=None, crs="EPSG:4490")
    assert located["status"].tolist() == ["inside", "bad_position"]


def _book(texts: Sequence[str]) -> list[tuple[float, float, str] | None]:
    known = {"泰然路3号": (WEST + 1.5 * STEP, SOUTH + 0.5 * STEP, "泰然路3号楼")}
    return [known.get(text) for text in texts]


ADDRESSES = pd.DataFrame(
    {
        "地址": ["泰然路3号", "月球路1号", "", "泰然路3号"],
        "经度": ["", "", "", "0"],
        "纬度": ["", "", "", "0"],
    },
    dtype="str",
)


def test_rows_with_an_address_only() -> None:
    located = locate_rows(ADDRESSES, GRIDS, datum="wgs84", find_address=_book)
    assert located["status"].tolist() == ["inside", "no_position", "no_position", "inside"]
    assert located["grid_code"].tolist() == ["M2", "", "", "M2"]
    assert located["matched_address"].tolist() == ["泰然路3号楼", "", "", "泰然路3号楼"]
    kinds = [reason.kind if reason else "" for reason in located["reason"]]
    assert kinds == ["", "unknown_address", "", "at_zero"]
    assert located["reason"][1].text() == "The address “月球路1号” is not known."


def test_addresses_need_a_list_of_buildings() -> None:
    located = locate_rows(ADDRESSES.drop(columns=["经度", "纬度"]), GRIDS)
    assert located["status"].tolist() == ["no_position"] * 4
    assert "--units" in located["reason"][0].text()
    assert located["reason"][2] is None
    assert "matched_address" not in located


def test_the_address_column_can_be_chosen() -> None:
    rows = pd.DataFrame({"哪里": ["泰然路3号"]}, dtype="str")
    located = locate_rows(rows, GRIDS, address="哪里", find_address=_book)
    assert located["grid_code"].tolist() == ["M2"]
    assert located.attrs["fields"] == {"address": "哪里"}


@pytest.mark.parametrize("column", ["坐标", "经纬度", "GPS坐标", "lnglat"])
def test_both_numbers_in_one_column(column: str) -> None:
    rows = pd.DataFrame({column: [",".join(_at(0.5, 0.5)), "", "甲"]}, dtype="str")
    located = locate_rows(rows, GRIDS, datum="wgs84")
    assert located["status"].tolist() == ["inside", "no_position", "bad_position"]


def test_columns_can_be_chosen_and_must_exist() -> None:
    rows = pd.DataFrame(
        [[*_at(0.5, 0.5), "9", "9"]], columns=["a", "b", "经度", "纬度"], dtype="str"
    )
    located = locate_rows(rows, GRIDS, datum="wgs84", lon="a", lat="b")
    assert located["grid_code"].tolist() == ["M1"]
    pair = pd.DataFrame({"where": [",".join(_at(0.5, 0.5))], "纬度": ["9"]}, dtype="str")
    assert locate_rows(pair, GRIDS, datum="wgs84", lon="where")["grid_code"].tolist() == ["M1"]
    assert locate_rows(rows, GRIDS, lon="")["status"].tolist() == ["no_position"]
    with pytest.raises(FieldError, match="no column “c”"):
        locate_rows(rows, GRIDS, datum="wgs84", lon="c", lat="b")


def test_columns_of_the_same_name_are_kept_apart() -> None:
    rows = _rows(_at(0.5, 0.5)).assign(grid_code=["office"], status=["办结"])
    located = locate_rows(rows, GRIDS, datum="wgs84")
    assert located["grid_code (input)"].tolist() == ["office"]
    assert located["status (input)"].tolist() == ["办结"]
    assert located["grid_code"].tolist() == ["M1"]
    assert located.columns.is_unique


def test_numbers_and_missing_values_instead_of_texts() -> None:
    rows = pd.DataFrame({"lon": [WEST + 0.5 * STEP, np.nan], "lat": [SOUTH + 0.5 * STEP, np.nan]})
    located = locate_rows(rows, GRIDS, datum="wgs84")
    assert located["status"].tolist() == ["inside", "no_position"]


def test_no_rows() -> None:
    located = locate_rows(_rows(), GRIDS, datum="wgs84")
    assert len(located) == 0
    assert "grid_code" in located


def test_grids_without_levels_parents_or_crs() -> None:
    flat = GRIDS[GRIDS["code"].isin(["M1", "M2"])][["code", "geometry"]]
    located = locate_rows(_rows(_at(0.5, 0.5)), flat, datum="wgs84")
    assert located["grid_code"].tolist() == ["M1"]
    assert not [name for name in located if name.startswith("level_")]
    with pytest.raises(CrsError, match="The grids have no"):
        locate_rows(_rows(_at(0.5, 0.5)), flat.set_crs(None, allow_override=True), datum="wgs84")


def test_levels_without_parents_do_not_overlap() -> None:
    located = locate_rows(_rows(_at(0.5, 0.5)), GRIDS.assign(parent=""), datum="wgs84")
    assert located["grid_code"].tolist() == ["M1"]


def test_a_parent_that_is_only_a_name() -> None:
    flat = GRIDS[GRIDS["code"] == "G2"].assign(parent="沙头社区")
    located = locate_rows(_rows(_at(0.5, 1.5)), flat, datum="wgs84")
    assert located["level_2_name"].tolist() == ["沙头社区"]


def test_reasons_are_findings() -> None:
    located = _locate(("x", "y"), _at(0.5, 0.5))
    assert isinstance(located["reason"][0], Finding)
    assert located["reason"][1] is None
