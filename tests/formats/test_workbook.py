from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.errors import FormatError, LimitError
from geogrid.formats.layer import LIMITS
from geogrid.formats.workbook import check_workbook, sheet_names, sheet_rows
from geogrid.tabular import sheet_extent


def book(folder: Path, *cells: str) -> Path:
    workbook = openpyxl.Workbook()
    for cell in cells:
        workbook.active[cell] = "x"
    workbook.create_sheet("第二张")
    workbook.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def test_sheets_and_rows_are_read(tmp_path: Path) -> None:
    path = book(tmp_path, "A1", "B3")
    assert sheet_names(path, "x", LIMITS) == ["Sheet", "第二张"]
    rows = [tuple(row) for row in sheet_rows(path, "x", "Sheet")]
    assert [row[:2] for row in rows] == [("x",), (), (None, "x")]
    assert list(sheet_rows(path, "x", "第二张")) == []


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD5000"])
def test_a_stray_cell_far_away_is_refused(tmp_path: Path, far: str) -> None:
    path = book(tmp_path, "A1", "BZ1", far)
    with pytest.raises(LimitError, match=r"x\.xlsx.*stray"):
        check_workbook(path, "x.xlsx")


def test_files_in_memory_are_checked_too(tmp_path: Path) -> None:
    check_workbook(io.BytesIO(book(tmp_path, "A1").read_bytes()), "x")
    with pytest.raises(LimitError, match="stray"):
        check_workbook(io.BytesIO(book(tmp_path, "XFD5000").read_bytes()), "x")


def test_a_reference_between_two_pieces_is_seen(tmp_path: Path) -> None:
    row = b"<sheetData>" + b'<c r="A1"/>' * 95_323 + b'<c r="XFD1048576"/></sheetData>'
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", row)
    assert row.index(b"XFD") < 1 << 20 < len(row) - 15
    with pytest.raises(LimitError):
        check_workbook(tmp_path / "x.xlsx", "x")


def test_limits_of_archives_hold(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="100 B"):
        check_workbook(book(tmp_path), "x", limits=replace(LIMITS, unpacked_bytes=100))


@pytest.mark.parametrize("cut", [0, 100, 2000, -10])
def test_damage_is_named(tmp_path: Path, cut: int) -> None:
    path = book(tmp_path, "A1")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FormatError, match="damaged"):
        sheet_names(path, "x", LIMITS)


def test_a_broken_sheet_is_named(tmp_path: Path) -> None:
    path = book(tmp_path, "A1")
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row><c t='s'><v>99</v></c>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(FormatError, match="damaged"):
        list(sheet_rows(path, "x", "Sheet"))


@pytest.mark.parametrize("cell", ['r="xfd1048576"', 'r = "XFD1048576"', "r\n=\n'XFD1048576'"])
def test_however_a_far_cell_is_written_it_is_refused(tmp_path: Path, cell: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        text = f'<sheetData><row><c r="A1"/><c {cell}/></row></sheetData>'
        archive.writestr("xl/worksheets/sheet1.xml", text)
    with pytest.raises((LimitError, FormatError)):
        check_workbook(tmp_path / "x.xlsx", "x")


def test_plain_sheets_are_not_followed_tag_by_tag(tmp_path: Path) -> None:
    with zipfile.ZipFile(book(tmp_path, "A1", "C9")) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert sheet_extent._is_plainly_near(io.BytesIO(sheet))
    for odd in (b'<c r="XFD9000"/>', b"<c/>", b'<x:c r="A1"/>', b"<!-- -->", b'<c s="1" r="A1"/>'):
        changed = sheet.replace(b"</row>", odd + b"</row>", 1)
        assert changed != sheet
        assert not sheet_extent._is_plainly_near(io.BytesIO(changed))


TAGS = [
    '<row r="{}">', "<row>", '<row s="1" r="{}">', "</row>", '<c r="A{}"/>', '<c r="Z{}"/>', "<c/>",
    '<c s="1" r="Q{}"/>', '<c  r="Q{}"/>', '<c r="&#81;{}"/>', "<!-- <c/> -->", "text", "<v>1</v>",
    '<x:c xmlns:x="m" r="Q{}"/>', "<c r='Q{}'/>",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.integers(1, 30)), max_size=12))
def test_what_is_plainly_near_is_near_tag_by_tag(parts: list[tuple[str, int]]) -> None:
    body = "".join(tag.format(number) for tag, number in parts)
    sheet = f"<sheetData>{body}</sheetData>".encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet_extent, "MOST_CELLS", 200)
        if sheet_extent._is_plainly_near(io.BytesIO(sheet)):
            extent = sheet_extent._Extent("x")
            with suppress(expat.ExpatError):  # refused either way
                sheet_extent._read(io.BytesIO(sheet), extent)
            assert extent.rows * extent.columns <= 200
