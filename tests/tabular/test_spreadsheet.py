from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from geogrid.errors import FieldError, FormatError, LimitError
from geogrid.tables import Table, read_table


def _book(fill: Callable[[Worksheet], object], sheet: str | None = None) -> Table:
    book = openpyxl.Workbook()
    fill(book.active)
    return _read(book, sheet)


def _read(book: openpyxl.Workbook, sheet: str | None = None) -> Table:
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return read_table(content, filename="list.xlsx", sheet=sheet)


def test_numbers_dates_and_codes_read_as_people_write_them() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["编号", "经度", "日期", "时间", "时刻", "时长", "满意", "小数"])
        sheet.append(
            [
                440304001001001,
                114.05,
                dt.date(2026, 3, 1),
                dt.datetime(2026, 3, 1, 8, 5),
                dt.time(8, 5),
                dt.timedelta(hours=30),
                True,
                1e-7,
            ]
        )

    table = _book(fill)
    assert table.frame.iloc[0].tolist() == [
        "440304001001001",
        "114.05",
        "2026-03-01",
        "2026-03-01 08:05:00",
        "08:05:00",
        "30:00:00",
        "TRUE",
        "0.0000001",
    ]


def test_percent_and_leading_zeros_as_shown() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["网格编码", "办结率", "户数"])
        sheet.append([7, 0.855, 12])
        sheet.append([12, 1, 30])
        for row in (2, 3):
            sheet.cell(row, 1).number_format = "000"
            sheet.cell(row, 2).number_format = "0.0%"

    assert _book(fill).frame.to_numpy().tolist() == [["007", "85.5%", "12"], ["012", "100%", "30"]]


def test_digits_excel_has_lost_are_said() -> None:
    table = _book(lambda sheet: [sheet.append(row) for row in (["编号", "x"], [1.2e17, "a"])])
    assert table.frame.iloc[0, 0] == "120000000000000000"
    assert [finding.kind for finding in table.findings] == ["long_numbers"]
    assert table.findings[0].rows == (0,)


def test_merged_cells_down_the_rows_are_filled() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["社区", "网格编码"], ["甲", "1"], [None, "2"], [None, "3"], ["乙", "4"]):
            sheet.append(row)
        sheet.merge_cells("A2:A4")

    assert _book(fill).frame["社区"].tolist() == ["甲", "甲", "甲", "乙"]


def test_a_table_that_does_not_begin_in_a1() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C4"], sheet["D4"] = "编号", "地址"
        sheet["C5"], sheet["D5"] = 1, "甲"

    table = _book(fill)
    assert table.frame.columns.tolist() == ["column_1", "column_2", "编号", "地址"]
    assert (table.header_rows, table.row_numbers.tolist()) == ((4,), [5])


def _two_sheets() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.sheet_state = "hidden"
    book.active.append(["隐藏", "x"])
    for title in ("空", "三月", "四月"):
        book.create_sheet(title)
    for title in ("三月", "四月"):
        book[title].append(["编号", "地址"])
        book[title].append([title, "甲"])
    return book


def test_the_first_visible_sheet_that_is_filled() -> None:
    table = _read(_two_sheets())
    assert (table.sheet, table.frame.iloc[0, 0]) == ("三月", "三月")
    assert "四月" in table.findings[0].text()
    assert _read(_two_sheets(), "四月").frame.iloc[0, 0] == "四月"
    with pytest.raises(FieldError, match="no sheet “五月”; it has 说明, 空, 三月, 四月"):
        _read(_two_sheets(), "五月")


def test_formulas_read_as_their_last_results() -> None:
    content = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["编号", "合计"])
    book.active.append(["a", "=1+1"])
    book.save(content)
    patched = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(patched, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", data))
    patched.seek(0)
    assert read_table(patched, filename="f.xlsx").frame.iloc[0].tolist() == ["a", "2"]


def test_stray_cells_far_away_and_bombs_are_refused() -> None:
    def stray(sheet: Worksheet) -> None:
        sheet.append(["编号", "地址"])
        sheet["XFD1048576"] = "x"

    with pytest.raises(LimitError, match="row 1048576 and column 16384"):
        _book(stray)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 << 20))
    bomb.seek(0)
    with pytest.raises(LimitError, match="archive bombs"):
        read_table(bomb, filename="bomb.xlsx")


def _with_sheet(change: Callable[[bytes], bytes]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in (["编号", "经度"], [1, 2]):
        book.active.append(row)
    content, changed = io.BytesIO(), io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, change(data) if info.filename.endswith("sheet1.xml") else data)
    changed.seek(0)
    return changed


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        (b'r="B2"', b'r="xfd1048576"', "column 16384"),
        (b'r="B2"', b"r" + b" " * 9_000 + b'="XFD1048576"', "column 16384"),
        (b'r="B2"', b'r="&#88;FD1048576"', "column 16384"),
        (b'r="B2"', b'r="XFD104857600"', "is damaged"),
        (b'r="B2"', b'r="ZZZZ9"', "is damaged"),
        (b'r="B2"', b'r="B2" r="XFD9"', "is damaged"),
        (b'<row r="2"', b'<row r="x"', "is damaged"),
        (b"<sheetData>", b"<sheetData><oops>", "is damaged"),
    ],
)
def test_cells_far_away_are_seen_however_they_are_written(
    written: bytes, instead: bytes, said: str
) -> None:
    hostile = _with_sheet(lambda data: data.replace(written, instead))
    with pytest.raises((LimitError, FormatError), match=said):
        read_table(hostile, filename="hostile.xlsx")


def test_rows_far_away_without_references() -> None:
    def change(data: bytes) -> bytes:
        data = re.sub(rb'<c r="[A-Z]\d"', b"<c", data)
        return data.replace(b'<row r="2"', b'<row r="4294967290"')

    with pytest.raises(LimitError, match="row 4294967290 and column 2"):
        read_table(_with_sheet(change), filename="hostile.xlsx")


def test_overlapping_merges_do_not_take_for_ever() -> None:
    merges = b"".join(b'<mergeCell ref="A%d:A1048576"/>' % row for row in range(2, 5_000))
    content = _with_sheet(
        lambda data: data.replace(
            b"</sheetData>", b"</sheetData><mergeCells>%s</mergeCells>" % merges
        )
    )
    assert len(read_table(content, filename="hostile.xlsx").frame) == 1


def test_other_archives_are_told_so() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("grids.shp", b"")
    content.seek(0)
    with pytest.raises(FormatError, match="is an archive, not a table"):
        read_table(content, filename="grids.zip")


def test_a_workbook_with_no_rows() -> None:
    with pytest.raises(FormatError, match="has no rows"):
        _read(openpyxl.Workbook())
