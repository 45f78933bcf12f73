"""Whether the records of an old Excel workbook ask for more memory than its cells need.

Readers spread a sheet out to the rectangle around its cells and make room for as many
texts as a number in the file says; a few changed bytes can make that 60 gigabytes.
"""

from __future__ import annotations

import struct

from geogrid.tabular.sheet_extent import MOST_CELLS, too_far

__all__ = ["check_records"]

_BEGIN, _TEXTS, _EXTENT = 0x0809, 0x00FC, 0x0200
_MANY_CELLS = frozenset((0x00BD, 0x00BE))
_REACHING = _MANY_CELLS | {
    _EXTENT, 0x0006, 0x0206, 0x0406, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E,
}  # fmt: skip
"""Records that say which cells are used."""


def check_records(stream: bytes, name: str) -> bool:
    """Return whether the records are sound; `name` is the file's in messages.

    Parameters
    ----------
    stream
        The workbook in Microsoft's Binary Interchange File Format ([MS-XLS]).

    Raises
    ------
    LimitError
        The rectangle around a sheet's cells is too large.
    """
    at = rows = columns = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _BEGIN:
            rows = columns = 0
        elif kind == _TEXTS and len(body) >= 8:
            if max(struct.unpack_from("<II", body)) > len(stream):
                return False
        elif kind in _REACHING:
            reach = _reach(kind, body)
            if reach is None:
                return False
            rows, columns = max(rows, reach[0]), max(columns, reach[1])
            if rows * columns > MOST_CELLS:
                raise too_far(name, rows, columns)
    return True


def _reach(kind: int, body: bytes) -> tuple[int, int] | None:
    """Return the rows and columns a record says are used, None when it contradicts itself."""
    if kind == _EXTENT:
        layout = "<IIHH" if len(body) >= 12 else "<HHHH"
        if len(body) < struct.calcsize(layout):
            return None
        top, bottom, left, right = struct.unpack_from(layout, body)
        is_empty = bottom == top == 0 or left == right == 0
        return (bottom, right) if is_empty or (top < bottom and left < right) else None
    if len(body) < 6:
        return None
    row, first = struct.unpack_from("<HH", body)
    last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind in _MANY_CELLS else first
    return (row + 1, last + 1) if first <= last else None
