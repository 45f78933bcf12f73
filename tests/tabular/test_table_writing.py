from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import Font, PatternFill

from geogrid.errors import FormatError, InputError
from geogrid.tables import read_table, write_table

FRAME = pd.DataFrame(
    {
        "编号": ["0013", "=1+1", "-12.5"],
        "说明": ["@cmd", "+8613800138000", "他说“好”,\n真的"],
        "wgs84_lon": [114.05, float("nan"), 114.0600000001],
        "wgs84_lat": [22.54, float("nan"), 22.55],
    }
)


def test_csv_for_excel(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_table(FRAME, path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[:3] == [
        "编号,说明,wgs84_lon,wgs84_lat",
        "0013,'@cmd,114.05,22.54",
        "'=1+1,+8613800138000,,",
    ]
    assert lines[3].startswith('-12.5,"他说“好”,\n真的",114.0600000001')
    back = read_table(path).frame
    assert back["编号"].tolist() == FRAME["编号"].tolist()
    assert back["说明"].tolist() == FRAME["说明"].tolist()


def test_no_rows_at_all(tmp_path: Path) -> None:
    for name in ("out.csv", "out.xlsx", "out.geojson"):
        write_table(FRAME.iloc[:0], tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0
    assert read_table(tmp_path / "out.csv").frame.columns.tolist() == FRAME.columns.tolist()


def test_geojson_points(tmp_path: Path) -> None:
    write_table(FRAME, tmp_path / "out.geojson")
    features = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [114.05, 22.54]}
    assert features[1]["geometry"] is None
    assert features[1]["properties"]["编号"] == "=1+1"
    assert features[1]["properties"]["wgs84_lon"] is None


def test_a_new_workbook_keeps_texts_as_texts(tmp_path: Path) -> None:
    frame = FRAME.assign(n=pd.array([1, None, 3], dtype="Int64"), bad=["a\x07b", "", None])
    write_table(frame, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert [cell.value for cell in sheet[2]] == ["0013", "@cmd", 114.05, 22.54, 1, "a\ufffdb"]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["E3"].value is None


def _office_workbook() -> io.BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "三月"
    for row in (["工单明细", None, None], ["编号", "地址", "合计"], ["1", "甲", "=A3*2"]):
        sheet.append(row)
    sheet.append([])
    sheet.append(["2", "乙", "=A5*2"])
    sheet["F3"] = "便签"
    sheet["C2"].font = Font(bold=True, color="FF0000")
    sheet["C2"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["C3"].number_format = "0.00"
    sheet.column_dimensions["B"].width = 40
    book.create_sheet("附表")["A1"] = "=三月!C3"
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return content


def test_the_office_workbook_stays_and_gets_columns(tmp_path: Path) -> None:
    table = read_table(_office_workbook(), filename="三月.xlsx")
    rows = table.frame.assign(grid_code=["001", "=x"], boundary_m=[12.5, float("nan")])
    write_table(rows, tmp_path / "out.xlsx", like=table)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheet = book["三月"]
    assert (sheet["C3"].value, sheet["C5"].value, sheet["F3"].value) == ("=A3*2", "=A5*2", "便签")
    assert (sheet["A1"].value, book["附表"]["A1"].value) == ("工单明细", "=三月!C3")
    assert sheet.column_dimensions["B"].width == 40
    # the note in F is part of what was read, so the new columns come after it
    assert [sheet.cell(2, column).value for column in (7, 8)] == ["grid_code", "boundary_m"]
    assert [sheet.cell(3, column).value for column in (7, 8)] == ["001", 12.5]
    assert (sheet["G5"].value, sheet["G5"].data_type, sheet["H5"].value) == ("=x", "s", None)
    assert sheet["G4"].value is None


def test_new_headings_look_like_the_office_ones(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_office_workbook())
    book["三月"]["F3"] = None
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    table = read_table(content, filename="三月.xlsx")
    write_table(table.frame.assign(grid_code=["001", "002"]), tmp_path / "out.xlsx", like=table)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["三月"]
    assert sheet["D2"].value == "grid_code"
    assert sheet["D2"].font.bold
    assert sheet["D2"].fill.fgColor.rgb == sheet["C2"].fill.fgColor.rgb


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_table(pd.DataFrame({"a": ["\ud800"]}), path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


def test_wrong_targets_are_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"out\.doc: use one of \.csv, \.xlsx, \.geojson"):
        write_table(FRAME, tmp_path / "out.doc")
    with pytest.raises(InputError, match=r"out\.csv cannot be written"):
        write_table(FRAME, tmp_path / "missing" / "out.csv")
    table = read_table(_office_workbook(), filename="x.xlsx")
    with pytest.raises(InputError, match="3 rows to write and 2 rows were read"):
        write_table(FRAME, tmp_path / "out.xlsx", like=table)
