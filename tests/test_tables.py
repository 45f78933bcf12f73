from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from geogrid.errors import FormatError, InputError, LimitError
from geogrid.tables import Table, read_table

DATA = Path(__file__).parent / "data" / "tables"


def _read(text: str, *, encoding: str = "utf-8", name: str = "list.csv") -> Table:
    return read_table(io.BytesIO(text.encode(encoding)), filename=name)


def _rows(table: Table) -> list[list[str]]:
    return table.frame.to_numpy().tolist()


def _kinds(table: Table) -> list[str]:
    return [finding.kind for finding in table.findings]


def test_a_plain_csv() -> None:
    table = _read("编号,地址,经度,纬度\nA1, 泰然七路12号 ,114.05,22.54\nA2,,,\n")
    assert list(table.frame.columns) == ["编号", "地址", "经度", "纬度"]
    assert _rows(table) == [["A1", "泰然七路12号", "114.05", "22.54"], ["A2", "", "", ""]]
    assert (table.source, table.sheet, table.header_rows) == ("utf-8", "", (1,))
    assert table.row_numbers.tolist() == [2, 3]
    assert table.findings == ()
    assert {str(kind) for kind in table.frame.dtypes} == {"str"}


def test_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "工单.csv"
    path.write_text("编号,地址\n1,甲\n", encoding="gb18030")
    assert read_table(path).name == "工单.csv"
    assert read_table(str(path)).source == "gb18030"
    with pytest.raises(InputError, match=r"cannot be opened"):
        read_table(tmp_path)


def test_titles_above_the_header_and_empty_rows_are_said_not_lost() -> None:
    table = _read(
        "2026年3月工单明细表,,\n填报单位：沙头街道,,填报日期：2026-03-31\n"
        "工单编号,诉求内容,事发地址\n1,漏水,泰然路\n,,\n\n2,噪音,车公庙\n,,\n"
    )
    assert table.header_rows == (3,)
    assert _rows(table) == [["1", "漏水", "泰然路"], ["2", "噪音", "车公庙"]]
    assert table.row_numbers.tolist() == [4, 7]
    assert [finding.text() for finding in table.findings] == [
        "Empty rows left out: 2 (in the file: 5, 6)."
    ]


def test_empty_rows_between_rows_stay_when_asked_for() -> None:
    text = "id,lon,lat\n1,114,22.6\n,,\n\n2,114,22.6\n,,\n\n"
    table = read_table(io.BytesIO(text.encode()), filename="x.csv", keep_empty=True)
    assert table.frame["id"].tolist() == ["1", "", "", "2", ""]
    assert table.row_numbers.tolist() == [2, 3, 4, 5, 6]
    assert table.findings == ()


def test_columns_without_a_name_and_twice_the_same() -> None:
    table = _read("姓名,电话,电话,,\n甲,1,2,3,\n")
    assert list(table.frame.columns) == ["姓名", "电话", "电话 2", "column_4"]
    assert _rows(table) == [["甲", "1", "2", "3"]]


def test_values_beyond_the_header_are_kept() -> None:
    table = _read("编号,地址\n1,甲,乙,丙\n2,丁\n")
    assert _rows(table) == [["1", "甲", "乙", "丙"], ["2", "丁", "", ""]]


def test_a_list_without_header_keeps_its_first_row() -> None:
    table = _read("114.05,22.54\n114.06,22.55\n")
    assert list(table.frame.columns) == ["column_1", "column_2"]
    assert len(table.frame) == 2
    assert table.header_rows == ()
    assert _kinds(table) == ["no_header"]


def test_numbers_kept_as_text_and_long_codes() -> None:
    table = _read('编号,电话,代码\n\'440304001001001,\'13800138000,"=""0013"""\n1\t,+86 755,-5\n')
    assert _rows(table) == [["440304001001001", "13800138000", "0013"], ["1", "+86 755", "-5"]]


def test_only_a_header() -> None:
    table = _read("编号,地址,经度\n")
    assert len(table.frame) == 0
    assert list(table.frame.columns) == ["编号", "地址", "经度"]
    assert _kinds(table) == ["no_rows"]


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf"])
def test_empty_files(content: bytes) -> None:
    with pytest.raises(FormatError, match=r"is empty|no rows"):
        read_table(io.BytesIO(content), filename="empty.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "is a PDF file"),
        (b"\x89PNG\r\n", "is a PNG file"),
        (bytes(range(256)) * 20, "is not a table"),
        (b"PK\x03\x04 not a zip", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is damaged"),
    ],
)
def test_what_is_no_table_is_told_so(content: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_table(io.BytesIO(content), filename="list.xls")


def test_limits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = ",".join(["x"] * 1_001)
    with pytest.raises(LimitError, match="1001 columns; at most 1000"):
        _read(wide + "\n" + wide)
    monkeypatch.setattr("geogrid.tables._MOST_BYTES", 1 << 20)
    with pytest.raises(LimitError, match="larger than 1 MB"):
        _read("a,b\n" * (1 << 19))
    monkeypatch.setattr("geogrid.tabular.delimited.MOST_ROWS", 10)
    monkeypatch.setattr("geogrid.tabular.rows.MOST_ROWS", 10)
    with pytest.raises(LimitError, match="more than 10 rows"):
        _read("a,b\n" * 20)


def test_an_old_workbook_with_merged_header_and_merged_rows() -> None:
    table = read_table(DATA / "roster.xls")
    assert list(table.frame.columns) == ["网格编码", "人员 姓名", "人员 电话", "到岗日期", "备注"]
    assert _rows(table) == [
        ["440304001001", "专职网格员001号", "755000001", "2026-03-03", ""],
        ["440304001001", "专职网格员002号", "0755-0000-0002", "2026-03-04", ""],
        ["440304001002", "专职网格员003号", "0755-0000-0003", "2026-03-05", ""],
    ]
    assert (table.source, table.sheet, table.header_rows) == ("xls", "网格员", (2, 3))
    assert table.row_numbers.tolist() == [4, 5, 6]


def test_a_protected_workbook_is_told_how_to_open() -> None:
    with pytest.raises(FormatError, match="protected with a password"):
        read_table(DATA / "protected.xlsx")


def test_content_counts_not_the_name() -> None:
    book = openpyxl.Workbook()
    book.active.append(["编号", "地址"])
    book.active.append([1, "甲"])
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    table = read_table(content, filename="really.csv")
    assert table.source == "xlsx"
    assert _read("编号\t地址\n1\t甲\n", encoding="gbk", name="really.xls").frame.shape == (1, 2)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read_table(tmp_path / "x.csv")
