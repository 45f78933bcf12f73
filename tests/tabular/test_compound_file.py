from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import FormatError, GeogridError, LimitError
from geogrid.tables import read_table
from geogrid.tabular.compound_file import workbook_stream

ROSTER = (Path(__file__).parent.parent / "data" / "tables" / "roster.xls").read_bytes()


def _patched(at: int, number: int) -> bytes:
    return ROSTER[:at] + struct.pack("<I", number) + ROSTER[at + 4 :]


def test_a_real_workbook_is_sound() -> None:
    assert "网格员".encode("utf-16-le") in (workbook_stream(ROSTER) or b"")
    assert workbook_stream(ROSTER[:300]) is None
    assert workbook_stream(b"") is None


@pytest.mark.parametrize(
    "at",
    [48, 60, 68, 76],
    ids=["directory", "small streams", "table of tables", "table"],
)
def test_a_sector_far_beyond_the_end_is_refused(at: int) -> None:
    hostile = _patched(at, 0x01000000)
    if at == 60:
        hostile = hostile[:64] + struct.pack("<I", 1) + hostile[68:]
    assert workbook_stream(hostile) is None
    with pytest.raises(FormatError, match="is damaged"):
        read_table(io.BytesIO(hostile), filename="hostile.xls")


def test_a_ring_of_sectors_is_refused() -> None:
    [table] = struct.unpack_from("<I", ROSTER, 76)
    [directory] = struct.unpack_from("<I", ROSTER, 48)
    entry = 512 + table * 512 + directory * 4
    assert workbook_stream(_patched(entry, directory)) is None


def test_a_cell_far_away_is_refused_before_memory_is_asked_for() -> None:
    cell = ROSTER.index(struct.pack("<HHHH", 0xFD, 10, 4, 1))
    hostile = ROSTER[: cell + 4] + b"\xff\xff\xff\x7f" + ROSTER[cell + 8 :]
    with pytest.raises(LimitError, match="row 65536 and column 32768"):
        read_table(io.BytesIO(hostile), filename="hostile.xls")


def test_a_wrong_number_of_texts_is_refused() -> None:
    texts = ROSTER.index(b"\xfc\x00", 600)
    hostile = ROSTER[: texts + 8] + b"\xff\xff\xff\xff" + ROSTER[texts + 12 :]
    with pytest.raises(FormatError, match="is damaged"):
        read_table(io.BytesIO(hostile), filename="hostile.xls")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(ROSTER) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, len(ROSTER)),
)
def test_damaged_workbooks_are_read_or_refused(changes: list[tuple[int, int]], length: int) -> None:
    damaged = bytearray(ROSTER)
    for at, value in changes:
        damaged[at] = value
    if length > 1_000:
        damaged = damaged[:length]
    try:
        table = read_table(io.BytesIO(bytes(damaged)), filename="damaged.xls")
    except GeogridError:
        return
    assert table.frame.columns.is_unique
