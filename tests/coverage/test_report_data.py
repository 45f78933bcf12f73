"""What pages are told of a report: plain JSON, in words, ranked."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geogrid.coverage import check_coverage
from geogrid.coverage.report_data import KIND_WORDS, grid_label, kind_word, report_data

GRIDS = gpd.GeoDataFrame(
    {"code": ["A", "B"], "name": ["东网格", ""], "level": pd.array([3, 3], dtype="Int64")},
    geometry=[
        shapely.box(114.000, 22.5, 114.0011, 22.501),
        shapely.box(114.001, 22.5, 114.0019, 22.501),
    ],
    crs="EPSG:4326",
)
REGION = shapely.box(114.000, 22.5, 114.002, 22.501)
UNITS = pd.DataFrame(
    {"kind": ["building"], "lon": [114.00195], "lat": [22.5005], "households": [37]}
)


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return report_data(check_coverage(GRIDS, REGION, units=UNITS), GRIDS, "zh_CN")


def test_it_is_plain_json(data: dict[str, Any]) -> None:
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_rows_say_who_lives_there_the_gravest_first(data: dict[str, Any]) -> None:
    gap, overlap = data["rows"][:2]
    assert (gap["kind"], gap["households"], gap["buildings"]) == ("gap", 37, 1)
    assert (overlap["kind"], overlap["codes"]) == ("overlap", ["A", "B"])
    assert overlap["label"] == "东网格、B"
    west, south, east, north = overlap["bounds"]
    assert west <= overlap["lon"] <= east
    assert south <= overlap["lat"] <= north


def test_remarks_name_the_grids() -> None:
    lost = GRIDS.assign(name=["东网格", "西网格"])
    data = report_data(check_coverage(lost, REGION), lost, "zh_CN")
    overlap = next(row for row in data["rows"] if row["kind"] == "overlap")
    assert "东网格" in overlap["detail"]
    assert "西网格" in overlap["detail"]


def test_sums_reconcile(data: dict[str, Any]) -> None:
    sums = data["sums"]
    assert sums["grids_m2"] == pytest.approx(
        sums["region_m2"] + sums["overlap_m2"] + sums["spill_m2"] - sums["gap_m2"]
    )


def test_pairs_of_neighbours_name_their_rows(data: dict[str, Any]) -> None:
    pair = next(each for each in data["neighbours"] if each["kind"] == "overlap")
    assert pair["label"] == "东网格 与 B"
    assert pair["ids"] == [row["id"] for row in data["rows"] if row["kind"] == "overlap"]


def test_long_lists_are_cut_and_counted() -> None:
    report = check_coverage(GRIDS, REGION)
    cut = report_data(report, GRIDS, "en", most_rows=1)
    assert (len(cut["rows"]), cut["total"]) == (1, len(report.defects))


def test_nobody_is_known_without_units() -> None:
    row = report_data(check_coverage(GRIDS, REGION), GRIDS, "en")["rows"][0]
    assert row["households"] is None
    assert row["buildings"] is None


def test_a_proof_is_said() -> None:
    whole = GRIDS.iloc[[0]]
    data = report_data(check_coverage(whole, whole.geometry.iloc[0]), whole, "en")
    assert (data["is_proven"], data["rows"], len(data["notes"])) == (True, [], 1)


def test_labels_stay_short() -> None:
    assert grid_label(["A", "B", "C"], {"A": "东"}, "en") == "东, B, C"
    assert grid_label(list("ABCDE"), {}, "en") == "A, B, C and 2 more"
    assert grid_label([], {}, "en") == ""


def test_every_kind_has_a_word_in_chinese() -> None:
    for kind, english in KIND_WORDS.items():
        assert kind_word(kind, "zh_CN") not in (english, kind)
