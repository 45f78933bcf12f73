"""Columns added to text tables: every other byte stays."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.tables import read_table
from geogrid.tabular.text_columns import add_to_text

_CELL = st.text(st.sampled_from('甲乙镕1a ,"\n\r=-'), max_size=6)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encoding_delimiter_and_line_ends_stay(encoding: str, end: str) -> None:
    text = end.join(["某街道台账;;", "编号;地址;备注", '1;泰然路1号;"两\n行"', "2;沙嘴路", ""])
    data = text.encode(encoding)
    table = read_table(io.BytesIO(data), filename="x.csv")
    header = table.header_rows[-1]
    numbers = table.row_numbers.tolist()
    records = {header: ["网格"], numbers[0]: ["一"], numbers[1]: ["=二;"]}
    added = add_to_text(data, "x.csv", records)
    lines = [
        "某街道台账;;",
        "编号;地址;备注;网格",
        '1;泰然路1号;"两\n行";一',
        '2;沙嘴路;;"\'=二;"',
        "",
    ]
    assert added == end.join(lines).encode(encoding)
    again = read_table(io.BytesIO(added), filename="x.csv")
    assert again.frame["网格"].tolist()[0] == "一"


@pytest.mark.parametrize("odd", [b"\x00", b"A"])
def test_an_odd_last_byte_stays(odd: bytes) -> None:
    data = "地址\n甲路1号\n".encode("utf-16") + odd
    added = add_to_text(data, "x.csv", {1: ["网格"], 2: ["一"]})
    assert added == "地址,网格\n甲路1号,一\n".encode("utf-16") + odd


def test_excels_own_first_line() -> None:
    data = "sep=|\n地址|数\n甲路1号|2\n".encode()
    table = read_table(io.BytesIO(data), filename="x.csv")
    records = {table.header_rows[-1]: ["网格"], int(table.row_numbers[0]): ["一"]}
    assert add_to_text(data, "x.csv", records).decode() == "sep=|\n地址|数|网格\n甲路1号|2|一\n"


@given(
    rows=st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=2, max_size=6),
    encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]),
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_every_other_cell_stays(rows: list[list[str]], encoding: str, end: str) -> None:
    stream = io.StringIO(newline="")
    rows = [[f"列{at}" for at in range(3)], *([f"x{row[0]}", *row[1:]] for row in rows)]
    csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    data = stream.getvalue().encode(encoding)
    reader = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    ends = [reader.line_num for _row in reader]
    added = add_to_text(data, "x.csv", {line: [f"新{line}"] for line in ends})
    read = list(csv.reader(io.StringIO(added.decode(encoding), newline="")))
    assert read == [[*row, f"新{line}"] for row, line in zip(rows, ends, strict=True)]
