"""Columns and sheets added to workbooks: everything else stays to the byte."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from geogrid.tables import read_table
from geogrid.tabular.workbook import Sheet
from geogrid.tabular.xlsx_book import add_to_workbook
from geogrid.tabular.xlsx_rows import UnsoundError, column_letters

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
_CELL = st.one_of(
    st.none(),
    _TEXT,
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.just("=A1&\"<c r='Z9'>\""),
    st.just("]]><row r='1'>"),
)


def _bytes(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _added(content: bytes, records: dict[int, list[object]], **changes: object) -> bytes:
    stream = io.BytesIO()
    asked = {"sheet": "表", "width": 1, "header": min(records), "records": records} | changes
    add_to_workbook(content, stream, **asked)  # type: ignore[arg-type]
    return stream.getvalue()


def _rewritten(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook whose first sheet another program wrote."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part) if name == "xl/worksheets/sheet1.xml" else part)
    return stream.getvalue()


@settings(max_examples=60)
@given(
    cells=st.dictionaries(
        st.tuples(st.integers(1, 9), st.integers(1, 5)), _CELL, min_size=1, max_size=12
    ),
    styled=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 12)), max_size=5),
    widths=st.dictionaries(st.integers(1, 16), st.integers(2, 60), max_size=3),
    merged=st.sampled_from(["", "A1:F1", "B3:C4", "A2:L2"]),
    values=st.lists(st.one_of(_TEXT, st.floats(), st.none()), min_size=2, max_size=3),
)
def test_every_other_cell_is_what_it_was(
    cells: dict[tuple[int, int], object],
    styled: list[tuple[int, int]],
    widths: dict[int, int],
    merged: str,
    values: list[object],
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for (row, column), value in cells.items():
        sheet.cell(row, column, value)
    for row, column in styled:
        sheet.cell(row, column).border = Border(left=Side(style="thin"))
        sheet.cell(row, column).number_format = "yyyy-mm-dd"
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    if merged:
        sheet.merge_cells(merged)
    book.create_sheet("其他")["A1"] = "=表!A1"
    content = _bytes(book)
    before = openpyxl.load_workbook(io.BytesIO(content))["表"]
    rows = sorted({row for row, _column in cells})
    records = dict.fromkeys(rows, values)
    stream = io.BytesIO()
    more = [Sheet("其他", [["行", "地址"], [3, "=1+1"]])]
    first = add_to_workbook(
        content, stream, sheet="表", width=1, header=rows[0], records=records, sheets=more
    )
    written = stream.getvalue()
    after_book = openpyxl.load_workbook(io.BytesIO(written))
    after = after_book["表"]
    assert after_book.sheetnames == ["表", "其他", "其他 2"]
    assert after_book["其他 2"]["B2"].data_type == "s"
    filled = [cell for row in before.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.column < first or cell.row not in records for cell in filled)
    for row in before.iter_rows():
        for cell in row:
            same = after.cell(cell.row, cell.column)
            if cell.column < first or cell.row not in records:
                assert (cell.value, cell.data_type) == (same.value, same.data_type)
                assert getattr(cell, "_style", None) == getattr(same, "_style", None)
    assert before.merged_cells.ranges == after.merged_cells.ranges
    for column, width in widths.items():
        if column < first:
            assert after.column_dimensions[get_column_letter(column)].width == width
    for at in rows:
        assert after.cell(at, first).number_format == "General"
    for name in _members(content) - {"xl/styles.xml", "xl/worksheets/sheet1.xml"}:
        if "sheet" in name and "rels" not in name:
            assert _part(content, name) == _part(written, name)


def _members(content: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return set(book.namelist())


def _part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(name)


def _office() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in (["地址", "件数", "合计"], ["甲路1号", 2, "=B2*2"], ["乙路2号", 3, "=B3*2"]):
        sheet.append(row)
    sheet["A1"].font = Font(bold=True)
    sheet["C2"].number_format = "0.00"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = "A1:C3"
    choice = DataValidation(type="list", formula1='"是,否"')
    choice.add("C2:C3")
    sheet.add_data_validation(choice)
    return _bytes(book)


RECORDS: dict[int, list[object]] = {1: ["网格", "经度"], 2: ["一", 114.05], 3: ["二", None]}


def test_what_is_around_the_rows_stays() -> None:
    content = _office()
    written = _added(content, RECORDS, width=3)
    tail = re.compile(rb"</sheetData>.*", re.S)
    parts = [_part(each, "xl/worksheets/sheet1.xml") for each in (content, written)]
    assert tail.search(parts[0])[0] == tail.search(parts[1])[0]  # type: ignore[index]
    sheet = openpyxl.load_workbook(io.BytesIO(written))["表"]
    assert sheet.dimensions == "A1:E3"
    assert [cell.value for cell in sheet[2]] == ["甲路1号", 2, "=B2*2", "一", 114.05]
    assert read_table(io.BytesIO(written), filename="x.xlsx").frame["经度"].tolist() == [
        "114.05",
        "",
    ]


def test_a_chart_sheet_behind_the_table_is_no_worksheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_office()))
    book.create_chartsheet("图").add_chart(BarChart())
    written = _added(_bytes(book), RECORDS, width=3, sheets=[Sheet("待核对", [["甲"]], widths=[9])])
    again = openpyxl.load_workbook(io.BytesIO(written))
    assert again.sheetnames[-2:] == ["图", "待核对"]
    assert again["待核对"]["A1"].value == "甲"


def test_macros_do_not_stay_in_what_is_no_workbook_of_macros() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_office())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                ).replace(
                    b"</Types>",
                    b'<Override PartName="/xl/vbaProject.bin" ContentType="application/'
                    b'vnd.ms-office.vbaProject"/></Types>',
                )
            if name == "xl/_rels/workbook.xml.rels":
                part = part.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rIdV" Type="http://schemas.microsoft.com/office/2006/'
                    b'relationships/vbaProject" Target="vbaProject.bin"/></Relationships>',
                )
            new.writestr(name, part)
        new.writestr("xl/vbaProject.bin", b"code")
    written = _added(stream.getvalue(), RECORDS, width=3)
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        assert "xl/vbaProject.bin" not in book.namelist()
        said = book.read("[Content_Types].xml") + book.read("xl/_rels/workbook.xml.rels")
    assert b"acro" not in said
    assert b"vba" not in said
    assert openpyxl.load_workbook(io.BytesIO(written))["表"]["D2"].value == "一"


def test_prefixes_missing_references_and_spans() -> None:
    def changed(xml: bytes) -> bytes:
        xml = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml).replace(b" xmlns=", b" xmlns:x=")
        xml = re.sub(rb"(<x:row) r=\"(\d+)\"", rb'\1 spans="1:3"', xml)
        return re.sub(rb"(<x:c) r=\"\w+\"", rb"\1", xml)

    written = _added(_rewritten(_office(), changed), RECORDS, width=3)
    sheet = openpyxl.load_workbook(io.BytesIO(written))["表"]
    assert [cell.value for cell in sheet[3]] == ["乙路2号", 3, "=B3*2", "二", None]
    assert b'spans="1:5"' in _part(written, "xl/worksheets/sheet1.xml")


def test_hidden_columns_to_the_right_do_not_hide_the_new_ones() -> None:
    wide = b'<cols><col min="2" max="16384" width="9" hidden="1"/></cols><sheetData>'
    content = _rewritten(_office(), lambda xml: xml.replace(b"<sheetData>", wide))
    part = _part(_added(content, RECORDS, width=3), "xl/worksheets/sheet1.xml")
    edges = re.findall(rb'<col min="(\d+)" max="(\d+)" width="\d+" (hidden|custom)', part)
    assert edges == [
        (b"2", b"3", b"hidden"),
        (b"4", b"4", b"custom"),
        (b"5", b"5", b"custom"),
        (b"6", b"16384", b"hidden"),
    ]


def test_empty_cells_in_the_way_are_replaced_and_later_ones_stay() -> None:
    cells = b'<c r="D2" s="1"/><c r="E2" s="1"></c><c r="H2" s="1"/></row>'
    content = _rewritten(
        _office(), lambda xml: xml.replace(b"</row>", cells, 2).replace(cells, b"</row>", 1)
    )
    part = _part(_added(content, RECORDS, width=3), "xl/worksheets/sheet1.xml")
    row = re.search(rb'<row r="2".*?</row>', part)[0]  # type: ignore[index]
    assert re.findall(rb'r="([A-Z]+2)"', row) == [b"A2", b"B2", b"C2", b"D2", b"E2", b"H2"]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.decode().encode("utf-16"),
        lambda xml: xml.replace(b"sheetData", b"other"),
        lambda xml: xml.replace(b'<row r="3"', b'<row r="9"'),
    ],
)
def test_what_is_not_as_expected_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UnsoundError):
        _added(_rewritten(_office(), change), RECORDS, width=3)


def test_no_room_is_refused() -> None:
    with pytest.raises(UnsoundError):
        _added(_office(), RECORDS, width=16_383)


@given(st.integers(1, 16_384))
def test_letters_of_columns(column: int) -> None:
    assert column_letters(column) == get_column_letter(column)
