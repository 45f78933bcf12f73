"""Lists of a comparison: pages of rows, and files whose rows are those of the comparison."""

from __future__ import annotations

import csv
import io
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from small_plan import HOSTILE, grids, units

from geogrid.compare import PlanComparison, compare_plans
from geogrid.compare.lists import (
    LIST_WORDS,
    changed_grids,
    list_file,
    list_length,
    list_rows,
    moved_totals,
)
from geogrid.compare.record import ComparisonRecord
from geogrid.compare.sketch import Sketch, sketch_svg

FORMULA = "=HYPERLINK(1)"


def merged() -> gpd.GeoDataFrame:
    """Give 112 to 111."""
    plan = grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = shapely.box(114.00, 22.53, 114.02, 22.54)
    return plan.drop("112").reset_index(drop=True)


@pytest.fixture(scope="module")
def comparison() -> PlanComparison:
    before, homes = grids(), units()
    before.loc[before["code"] == "112", "name"] = FORMULA
    homes.loc[homes["unit_id"] == "B2", "address"] = "+cmd|' /C calc'!A0"
    cases = pd.DataFrame(
        {"case_id": ["c1", "c2"], "status": "reported", "title": ["@SUM(1)", ""],
         "lon": [114.015, 114.025], "lat": 22.535}
    )  # fmt: skip
    posts = pd.DataFrame({"grid": ["112"], "post": ["leader"], "holder": ["-王"]})
    return compare_plans(before, merged(), units=homes, cases=cases, posts=posts)


def read(content: bytes, kind: str) -> list[list[Any]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["unit", "case", "post"])
def test_a_file_has_what_moves_row_by_row(comparison: PlanComparison, what: str, kind: str) -> None:
    things = comparison.things[comparison.things["what"] == what]
    assert len(things) > 0
    head, *rows = read(list_file(ComparisonRecord(comparison, language="en"), what, kind), kind)
    assert len(rows) == len(things)
    assert len(set(head)) == len(head)
    for row, thing in zip(rows, things.to_dict("records"), strict=True):
        assert row[2].removeprefix("'") == thing["label"]
        assert (thing["from"] in row[3], thing["to"] in row[4]) == (True, True)
        if what == "unit":
            assert row[1] == thing["id"]
            assert [int(n) for n in row[5:]] == [thing["households"], thing["people"]]


def test_no_cell_of_a_csv_is_a_formula(comparison: PlanComparison) -> None:
    record = ComparisonRecord(comparison, language="en")
    cells = [
        cell for what in LIST_WORDS for row in read(list_file(record, what, "csv"), "csv")
        for cell in row
    ]  # fmt: skip
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert any(cell.startswith("'+cmd") for cell in cells)
    assert any(cell.startswith("'@SUM") for cell in cells)
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t") or cell.startswith("+c")]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_has_every_grid_with_its_counts(comparison: PlanComparison, kind: str) -> None:
    record = ComparisonRecord(comparison, language="en")
    head, *rows = read(list_file(record, "grids", kind), kind)
    table = comparison.grids
    assert len(rows) == len(table)
    for name, heading in (("before", "before"), ("out", "handed on"), ("in", "taken over")):
        at = head.index(f"Households, {heading}")
        given = [int(value) for value in table[f"households_{name}"].fillna(-1)]
        assert [-1 if row[at] == "" else int(row[at]) for row in rows] == given


def test_a_page_has_its_rows_of_the_list(comparison: PlanComparison) -> None:
    record = ComparisonRecord(comparison, language="en")
    total = list_length(record, "unit")
    every = list_rows(record, "unit", first=0, most=total)
    assert [row["title"] for row in every] == list(
        comparison.things["id"][comparison.things["what"] == "unit"]
    )
    assert list_rows(record, "unit", first=1, most=1) == every[1:2]
    assert list_rows(record, "unit", first=total, most=5) == []
    grid = list_rows(record, "grids", first=0, most=1)[0]
    assert (grid["code"], grid["kind"]) == ("111", "merged")
    assert list_length(record, "grids") == len(changed_grids(comparison))


def test_totals_are_those_of_the_finest_level(comparison: PlanComparison) -> None:
    totals = {
        name: count
        for name, _words, count in moved_totals(ComparisonRecord(comparison, language="en"))
    }
    moves = comparison.moves[comparison.moves["level"] == 3]
    for name in ("households", "people", "buildings", "open_cases", "staff"):
        assert totals[name] == moves[name].sum()
    assert totals["addresses"] is None, "nobody knows, which is not nought"


def test_what_stays_in_its_micro_grid_moves_with_it() -> None:
    """The micro-grid of 112 goes on below 111: whoever lives there has another grid."""
    micro = gpd.GeoDataFrame(
        {"code": ["1121", "1111"], "name": "", "parent": ["112", "111"], "level": 4},
        geometry=shapely.box([114.01, 114.00], 22.53, [114.02, 114.01], 22.54), crs=4326,
    )  # fmt: skip
    before = gpd.GeoDataFrame(pd.concat([grids(), micro], ignore_index=True), crs=4326)
    after = gpd.GeoDataFrame(
        pd.concat([merged(), micro.assign(parent="111")], ignore_index=True), crs=4326
    )
    posts = pd.DataFrame({"grid": ["1121"], "post": ["leader"], "holder": ["王"]})
    homes = units().dropna(subset=["lon"])
    found = compare_plans(before, after, units=homes, posts=posts)
    ends = found.things[["from", "to"]].drop_duplicates().values.tolist()
    assert ends == [["112", "111"]]
    level = found.moves[found.moves["level"] == 3]
    assert found.things["households"].sum() == level["households"].sum() > 0
    assert not (found.things["what"] == "post").any(), "a post stays at the grid that it is held at"
    renamed = after.assign(code=after["code"].replace("11", "19"))
    renamed["parent"] = renamed["parent"].replace("11", "19")
    again = compare_plans(after, renamed, units=homes)
    assert len(again.things) == 0, "a community under another code is the same one"


def test_a_small_map_escapes_names_and_tells_what_comes_from_what_goes() -> None:
    plan = grids()
    picture = sketch_svg(
        Sketch(
            plan.geometry[3], merged().geometry[3], HOSTILE,
            gained=plan.geometry[4:5].to_numpy(), around=plan.geometry[5:6].to_numpy(),
            names=[HOSTILE], come=units()[["lon", "lat"]].to_numpy(),
        )
    )  # fmt: skip
    assert HOSTILE not in picture
    assert "&lt;img" in picture
    assert picture.count("<circle") == units()["lon"].notna().sum()
    assert 'class="sk-gained"' in picture
    assert 'class="sk-lost"' not in picture
    assert sketch_svg(Sketch(None, None, "")) == ""
