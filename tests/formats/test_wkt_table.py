from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import shapely
from boundary_samples import CODES, NAMES, A, B, table_csv, table_xlsx

from geogrid.errors import FormatError
from geogrid.formats.layer import LIMITS, RawLayer
from geogrid.formats.wkt_table import read_wkt_csv, read_wkt_sheet

SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"


def read(folder: Path, text: str, encoding: str = "utf-8") -> RawLayer:
    (folder / "x.csv").write_bytes(text.encode(encoding))
    return read_wkt_csv(folder / "x.csv", "x.csv", LIMITS)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_rows_are_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    layer = read_wkt_csv(table_csv(tmp_path, encoding), "x.csv", LIMITS)
    assert layer.attributes["网格名称"].tolist() == list(NAMES)
    assert shapely.equals(layer.geometry, [A, B]).all()
    assert layer.crs == "EPSG:4326"
    assert layer.problems == {}


def test_a_sheet_with_a_title_above_is_read(tmp_path: Path) -> None:
    layer = read_wkt_sheet(table_xlsx(tmp_path), "x.xlsx", "Sheet", LIMITS)
    assert layer.attributes["网格编码"].tolist() == list(CODES)
    assert shapely.equals(layer.geometry, [A, B]).all()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_are_told_from_the_header(tmp_path: Path, delimiter: str) -> None:
    rows = [["code", "boundary text"], ["a", f'"{SQUARE}"']]
    layer = read(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert layer.geometry[0].area == 1
    assert layer.attributes["code"].tolist() == ["a"]


def test_the_column_is_found_by_its_name_or_its_content(tmp_path: Path) -> None:
    assert read(tmp_path, f'a,图形\n1,\n2,"{SQUARE}"\n').geometry[1].area == 1
    assert read(tmp_path, f'a,whatever\n1,"{SQUARE}"\n').geometry[0].area == 1


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        (f'crs,wkt\nEPSG:4547,"{SQUARE}"\n', "EPSG:4547"),
        (f'srid,wkt\n4547,"{SQUARE}"\n', "EPSG:4547"),
        (f'wkt\n"SRID=4547;{SQUARE}"\n', "EPSG:4547"),
        (f'坐标系,wkt\n,"{SQUARE}"\n', None),
        (f'crs,wkt\nEPSG:4547,"{SQUARE}"\nEPSG:4326,"{SQUARE}"\n', None),
    ],
)
def test_the_system_is_read_where_every_row_says_the_same(
    tmp_path: Path, text: str, crs: str | None
) -> None:
    assert read(tmp_path, text).crs == crs


def test_odd_rows_are_named_and_blank_lines_no_rows(tmp_path: Path) -> None:
    layer = read(tmp_path, f'code,wkt\na,"{SQUARE}"\n\nb,\nc,"POLYGON ((0 0"\nd\n')
    assert layer.problems == {"broken_geometry": [2]}
    assert layer.attributes["code"].tolist() == ["a", "b", "c", "d"]
    assert [shape is None for shape in layer.geometry] == [False, True, True, True]


def test_a_boundary_longer_than_a_cell_goes_on_in_the_next_column(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["code", "WKT", "WKT 2"])
    workbook.active.append(["a", SQUARE[:20], SQUARE[20:]])
    workbook.save(tmp_path / "x.xlsx")
    layer = read_wkt_sheet(tmp_path / "x.xlsx", "x", "Sheet", LIMITS)
    assert layer.geometry[0].area == 1
    assert layer.attributes.columns.tolist() == ["code"]


def test_a_long_boundary_is_read_from_csv(tmp_path: Path) -> None:
    circle = shapely.Point(0, 0).buffer(1, quad_segs=4000)
    layer = read(tmp_path, f'wkt\n"{circle.wkt}"\n')
    assert len(circle.wkt) > 131_072
    assert shapely.get_num_coordinates(layer.geometry[0]) == shapely.get_num_coordinates(circle)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("地址,经度,纬度\n泰然七路,114.05,22.54\n", "geogrid locate"),
        ("just one line", "no column"),
        (f"code,wkt\na,{SQUARE}\n", "quotation"),
        (f'code,wkt\na,"{SQUARE}\n', "cut off"),
    ],
)
def test_other_tables_are_refused_with_a_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        read(tmp_path, text)


def test_columns_without_a_name_get_one(tmp_path: Path) -> None:
    assert read(tmp_path, f'wkt,\n"{SQUARE}",x\n').attributes.columns.tolist() == ["column_2"]
