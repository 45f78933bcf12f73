from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import FormatError
from geogrid.tabular.delimited import decode, read_delimited

TEXT = "编号,地址\n1,泰然七路12号\n2,车公庙\n"


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("gbk"), "gb18030"),
        (TEXT.replace(",", "\t").encode("utf-16"), "utf-16"),
        (TEXT.replace(",", "\t").encode("utf-16-be"), "utf-16-be"),
        (TEXT.replace(",", "\t").encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.replace(",", ";").encode("gb18030"), "gb18030"),
        (TEXT.replace(",", "|").encode(), "utf-8"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
        (("sep=;\n" + TEXT.replace(",", ";")).encode("utf-8-sig"), "utf-8"),
    ],
)
def test_encodings_and_delimiters(content: bytes, source: str) -> None:
    raw = read_delimited(content, "list.csv")
    assert raw.rows == [["编号", "地址"], ["1", "泰然七路12号"], ["2", "车公庙"]]
    assert raw.source == source
    assert raw.findings == ()


def test_a_rare_character_of_gb18030() -> None:
    assert read_delimited("姓名,地址\n𠮷,䶮\n".encode("gb18030"), "x").rows[1] == ["𠮷", "䶮"]


def test_quotes_hold_delimiters_and_line_breaks() -> None:
    raw = read_delimited('a,b\n"1,5","甲\n乙"\n"他说""好""",x\n'.encode(), "x")
    assert raw.rows[1:] == [["1,5", "甲\n乙"], ['他说"好"', "x"]]
    assert list(raw.numbers) == [1, 3, 4]


def test_a_quote_never_closed_does_not_swallow_the_rest() -> None:
    text = 'a,b\n"坏,1\n' + "好,2\n" * 300
    raw = read_delimited(text.encode(), "x")
    assert len(raw.rows) == 302
    assert [finding.kind for finding in raw.findings] == ["stray_quote"]


def test_semicolons_win_over_decimal_commas() -> None:
    raw = read_delimited(b"lon;lat\n114,05;22,54\n114,06;22,55\n", "x")
    assert raw.rows[1] == ["114,05", "22,54"]


def test_a_column_of_pairs_stays_one_column() -> None:
    raw = read_delimited("坐标\n114.05,22.54\n114.06,22.55\n".encode(), "x")
    assert raw.rows[1] == ["114.05,22.54"]


def test_a_character_cut_in_half_is_said() -> None:
    content = TEXT.encode("gbk") * 200
    raw = read_delimited(content + b"3,\xd6", "x")
    assert len(raw.rows) == 601
    assert raw.rows[-1] == ["3", "�"]
    assert raw.findings[0].kind == "damaged_text"
    assert "1 characters" in raw.findings[0].text()


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(FormatError, match="neither Excel nor text"):
        decode(b"\x00\x01\x02\x03\xff" * 100, "x.dat")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_characters_that_are_not_text_are_shown_as_what_they_are(encoding: str) -> None:
    text, _kind, findings = decode("姓名,电话\n甲\0乙,1\x07\n".encode(encoding), "x.csv")
    assert text == "姓名,电话\n甲\ufffd乙,1\ufffd\n"
    assert findings[0].params == {"characters": 2}


@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="gb18030", exclude_categories=["C", "Z"]), max_size=6),
            min_size=3,
            max_size=3,
        ),
        min_size=2,
        max_size=6,
    ),
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_written_rows_come_back(rows: list[list[str]], encoding: str) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    raw = read_delimited("\n".join(["甲,乙,丙", *quoted]).encode(encoding), "x")
    tricks = ("'", '="')
    for read, written in zip(raw.rows[1:], rows, strict=True):
        for got, cell in zip(read, written, strict=True):
            assert got == cell or cell.startswith(tricks)
