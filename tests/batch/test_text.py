"""A text table in portions has the rows that Python's csv reads from it in one go."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.batch import text_source
from geogrid.batch.text_source import TextSource, open_text
from geogrid.errors import FormatError, LimitError
from geogrid.tables import read_table

CELL = st.text(alphabet="甲é1. |\"\n='", max_size=6)
"""A bar stands for the delimiter, so that no other one can be taken for it."""
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=12)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_source, "PORTION_BYTES", 24)


def rows_of(source: TextSource) -> list[list[str]]:
    tables = [portion.table() for portion in source.portions(source.first, 0)]
    return [list(row.values()) for table in tables for row in table.to_pylist()]


def records_of(source: TextSource) -> list[list[str]]:
    texts = [t for p in source.portions(source.first, 0) for t in p.records().to_pylist()]
    return list(csv.reader(io.StringIO("\r\n".join(texts), newline="")))


def written(rows: list[list[str]], delimiter: str, end: str) -> str:
    texts = []
    for row in ([f"名称{at}" for at in range(4)], *rows):
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        texts.append(text.getvalue().removesuffix("\r\n") + end)
    return "".join(texts)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",\t;"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_portions_hold_every_row_as_it_is_written(
    small: None,
    tmp_path: Path,
    rows: list[list[str]],
    delimiter: str,
    end: str,
    encoding: str,
) -> None:
    drawn = [[cell.replace("|", delimiter) for cell in row[:3]] for row in rows]
    rows = [["甲", *row] for row in [["1", "2", "3"], *drawn]]
    path = tmp_path / "rows.csv"
    path.write_bytes(written(rows, delimiter, end).encode(encoding))
    source = open_text(path)
    wanted = [row + [""] * (4 - len(row)) for row in rows]
    assert source.rows == len(rows)
    assert rows_of(source) == wanted
    assert records_of(source) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "id,lon,lat\n1,2,3\n",
        "id,lon,lat\n1,2,3",
        "\ufeffid,lon,lat\n001,2,3\n\n,,\n4,5\n\n\n",
        "sep=;\nid;lon;lat\n1;2;3\n",
        "工单清单,,\n编号,经度,纬度\n1,2,3\n2,3,4\n",
        "坐标,,备注\n经度,纬度,\n1,2,3\n",
        "1,2,3\n4,5,6\n",
        "id,lon,lat\n1,2,3\n4,5,6,7,8\n",
        "id,lon,lat\n1,2,3,,,\n",
        "lon,lat\n1,2\n,\n,\n",
        'lon,lat\n1,2\n"",""\n""\n  \n\n',
        "lon;lat\n;\n;\n\n",
        '坐标\n1 2\n""\n\n',
        'id,lon,lat\n"1\n1",2,3\n"2""2",5,6\n',
        "标题\n114.05,22.54\n",
    ],
)
def test_header_and_rows_are_those_of_a_table_read_whole(
    small: None, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8", newline="")
    source, table = open_text(path), read_table(path, keep_empty=True)
    assert list(source.names) == table.frame.columns.tolist()
    assert rows_of(source) == table.frame.to_numpy().tolist()
    assert [one.kind for one in source.findings] == [one.kind for one in table.findings]


def test_only_blank_lines_at_the_end_are_no_rows(small: None, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("lon,lat\n1,2\n\n,\n1,2\n,\n,\n\n\n", encoding="utf-8")
    source = open_text(path)
    assert rows_of(source) == [["1", "2"], ["", ""], ["", ""], ["1", "2"], ["", ""], ["", ""]]
    assert records_of(source) == rows_of(source)


def test_texts_come_back_bit_by_bit_and_are_read_without_excels_tricks(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('id,lon,lat\n= "0013" ,\'114.5, 22.5\t\n', encoding="utf-8")
    [portion] = open_text(path).portions(open_text(path).first, 0)
    assert portion.column("id").to_pylist() == ['= "0013" ']
    assert portion.column("lon").to_pylist() == ["'114.5"]
    assert portion.texts("lon").to_pylist() == ["114.5"]
    assert portion.texts("lat").to_pylist() == ["22.5"]


def test_a_quotation_mark_that_is_never_closed_is_an_ordinary_one(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    lines = [f'{at},"{at}' if at == 3 else f"{at},{at}" for at in range(400)]
    path.write_text("id,lon\n" + "\n".join(lines) + "\n", encoding="utf-8")
    source = open_text(path)
    assert [one.kind for one in source.findings] == ["stray_quote"]
    assert rows_of(source)[3] == ["3", '"3']
    assert records_of(source)[3] == ["3", '"3']
    assert source.rows == 400


def test_damaged_characters_are_counted_over_the_whole_file(small: None, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("编号,经度\n".encode("gbk") + b"\xc7\n" + "甲,乙\n".encode("gbk") * 500)
    source = open_text(path)
    assert [one.params for one in source.findings] == [{"characters": 1}]
    assert source.rows == 501
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(FormatError, match="not a table"):
        open_text(path)


@pytest.mark.parametrize("block", [3, 1 << 20])
def test_a_character_cut_off_at_the_end_is_damage(
    small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(text_source, "_BLOCK_BYTES", block)
    path = tmp_path / "rows.csv"
    path.write_bytes("编号,经度\n甲,乙\n丙,丁".encode()[:-1])
    source, table = open_text(path), read_table(path)
    assert [one.params for one in source.findings] == [one.params for one in table.findings]
    assert rows_of(source) == table.frame.to_numpy().tolist()
    assert rows_of(source)[-1][0] == "丙"


def test_lines_without_end_and_tables_without_rows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: None
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,lon\n\n\n", encoding="utf-8")
    with pytest.raises(FormatError, match="no rows"):
        open_text(path)
    monkeypatch.setattr(text_source, "_LONGEST_LINE", 1000)
    path.write_text("id,lon\n1,2\n" + "x" * 5000 + "\n", encoding="utf-8")
    with pytest.raises(LimitError, match=r"rows\.csv has a line"):
        open_text(path)
