from __future__ import annotations

import struct
from typing import NamedTuple

import pandas as pd
import pytest

from geogrid.errors import FormatError
from geogrid.formats.dbf import BYTES, decode_table, detect_encoding, named_encoding, read_header
from geogrid.formats.gdal import read_with_gdal

Column = tuple[str, str, int, int]


def table(
    columns: list[Column], rows: list[list[bytes]], *, encoding: str = "gbk", driver: int = 0,
    deleted: tuple[int, ...] = (),
) -> bytes:  # fmt: skip
    """Return a dBASE table written byte by byte."""
    width = 1 + sum(column[2] for column in columns)
    header = bytearray(
        struct.pack("<4BIHH", 3, 126, 11, 1, len(rows), 33 + 32 * len(columns), width)
    )
    header += bytes(17) + bytes([driver]) + bytes(2)
    for name, kind, size, decimals in columns:
        header += name.encode(encoding)[:10].ljust(11, b"\0") + kind.encode()
        header += bytes(4) + bytes([size, decimals]) + bytes(14)
    body = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(value.ljust(column[2]) for value, column in zip(row, columns, strict=True))
        for number, row in enumerate(rows)
    )
    return bytes(header) + b"\r" + body + b"\x1a"


class Table(NamedTuple):
    frame: pd.DataFrame
    encoding: str
    is_detected: bool
    deleted: list[int]


def read_dbf(data: bytes, name: str, *, said: str | None = None) -> Table:
    """Read a table with as many shapes that are null beside it."""
    header = read_header(data, name)
    shapes = [struct.pack(">2i", row + 1, 2) + bytes(4) for row in range(header.rows)]
    places = [struct.pack(">2i", 50 + 6 * row, 2) for row in range(header.rows)]
    shp, shx = (
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(body) // 2)
        + struct.pack("<2i", 1000, 5) + bytes(64) + body
        for body in (b"".join(shapes), b"".join(places))
    )  # fmt: skip
    files = {".shp": shp, ".shx": shx, ".dbf": header.as_text}
    *_rest, columns = read_with_gdal(files, name, ENCODING=BYTES)
    return Table(*decode_table(columns, header, said, name), header.deleted)


NAMES: list[Column] = [("网格名称", "C", 20, 0)]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_text_is_read_though_nothing_says_its_encoding(encoding: str) -> None:
    rows = [["泰然一网格".encode(encoding)], ["天安社区".encode(encoding)]]
    found = read_dbf(table([("名称", "C", 20, 0)], rows, encoding=encoding), "x.dbf")
    assert found.frame.columns.tolist() == ["名称"]
    assert found.frame["名称"].tolist() == ["泰然一网格", "天安社区"]
    assert found.is_detected


def test_a_character_cut_by_the_width_of_the_field_does_not_hide_the_encoding() -> None:
    cut = "泰然九路社区网".encode("gbk")[:13]
    found = read_dbf(table([("名称", "C", 13, 0)], [[cut], ["下沙".encode("gbk")]]), "x.dbf")
    assert found.frame["名称"].tolist() == ["泰然九路社区", "下沙"]
    assert found.encoding == "gb18030"


@pytest.mark.parametrize(
    ("said", "driver"), [("GBK", 0), ("936", 0), ("ANSI 936", 0), (None, 0x4D), ("CP936\n", 0)]
)
def test_what_the_file_says_is_used(said: str | None, driver: int) -> None:
    data = table(NAMES, [["泰然".encode("gbk")]], driver=driver)
    found = read_dbf(data, "x.dbf", said=said)
    assert found.frame.iloc[0, 0] == "泰然"
    assert not found.is_detected


@pytest.mark.parametrize(("said", "driver"), [("UTF-8", 0), (None, 0x57), (None, 0x03), ("?", 0)])
def test_what_the_file_says_wrongly_is_not(said: str | None, driver: int) -> None:
    found = read_dbf(table(NAMES, [["泰然".encode("gbk")]], driver=driver), "x", said=said)
    assert found.frame.iloc[0, 0] == "泰然"
    assert found.is_detected


def test_types_become_values() -> None:
    columns: list[Column] = [("N", "N", 8, 0), ("F", "N", 8, 2), ("D", "D", 8, 0), ("L", "L", 1, 0),
                             ("M", "M", 10, 0)]  # fmt: skip
    rows = [[b"260", b"1.50", b"20261101", b"T", b"1"], [b"", b"", b"", b"?", b""],
            [b"********", b"2.25", b"00000000", b"f", b""]]  # fmt: skip
    frame = read_dbf(table(columns, rows), "x").frame
    assert frame["N"].isna().tolist() == [False, True, True]
    assert frame["N"].iloc[0] == 260
    assert frame["F"].tolist()[::2] == [1.5, 2.25]
    assert frame["D"].tolist() == ["2026-11-01", None, None]
    assert frame["L"].tolist() == [True, None, False]
    assert frame["M"].tolist() == [None, None, None]


def test_a_code_of_twenty_digits_in_a_number_field_keeps_them() -> None:
    code = b"44030400300112345678"
    assert read_dbf(table([("BM", "N", 20, 0)], [[code]]), "x").frame["BM"].tolist() == [
        code.decode()
    ]


def test_deleted_rows_and_double_names_are_told_apart() -> None:
    columns: list[Column] = [("A", "C", 2, 0), ("A", "C", 2, 0)]
    found = read_dbf(table(columns, [[b"1", b"2"], [b"3", b"4"]], deleted=(1,)), "x")
    assert found.frame.columns.tolist() == ["A", "A_1"]
    assert found.deleted == [1]


@pytest.mark.parametrize("size", [0, 10, 32, 40, 65, 70, 80])
def test_a_table_cut_off_is_refused(size: int) -> None:
    data = table(NAMES, [["泰然".encode("gbk")]] * 2)
    with pytest.raises(FormatError, match="cut off"):
        read_dbf(data[:size], "x.dbf")


@pytest.mark.parametrize(
    ("values", "encoding"),
    [
        ([b"abc"], "utf-8"),
        (["社区".encode("gbk")], "gb18030"),
        (["社区".encode()], "utf-8"),
        (["Città di Forlì, café, naïve, über, été, noël".encode()], "utf-8"),
        ([b"\xff\xff\xff"], None),
        ([], "utf-8"),
    ],
)  # fmt: skip
def test_encodings_are_told_by_the_bytes(values: list[bytes], encoding: str | None) -> None:
    assert detect_encoding(values) == encoding


def test_a_few_bytes_valid_in_both_are_chinese() -> None:
    both = "摹".encode("gbk")
    assert both.decode() is not None
    assert detect_encoding([both]) == "gb18030"


@pytest.mark.parametrize(
    ("said", "encoding"),
    [("UTF-8", "utf-8"), ("65001", "utf-8"), ("936", "gb18030"), ("GB2312", "gb18030"),
     ("windows-1252", "cp1252"), ("OEM", None), ("", None), ("\x00", None)],
)  # fmt: skip
def test_code_pages_are_known_by_their_names(said: str, encoding: str | None) -> None:
    assert named_encoding(said) == encoding
