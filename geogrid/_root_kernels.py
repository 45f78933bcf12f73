"""Compiled: the cells of a raster's root that points lie in."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._compiled import kernel
from geogrid._raster import FIRST_LINK, OUTSIDE

__all__ = ["ask_root", "list_links"]


@kernel
def ask_root(
    px: Any, py: Any, found: Any, frame: Any, columns: Any, cells: Any, numbers: Any
) -> None:
    """Write the codes of the root's cells; `numbers` is room for those of the cells.

    The first loop becomes vector instructions, the loads of the second do not wait for each other.
    """
    west, south, east, north = frame[0], frame[1], frame[2], frame[3]
    from_x, from_y, scale_x, scale_y = frame[4], frame[5], frame[6], frame[7]
    wide = np.uint32(columns[0])
    last_column, last_row = np.uint32(columns[0] - 1), np.uint32(columns[1] - 1)
    for at in range(len(px)):
        x, y = px[at], py[at]
        is_inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        column = min(np.uint32(np.int32((x - from_x) * scale_x)), last_column)
        row = min(np.uint32(np.int32((y - from_y) * scale_y)), last_row)
        numbers[at] = np.uint32(row * wide + column) if is_inside else np.uint32(0)
        found[at] = np.int32(0) if is_inside else np.int32(OUTSIDE)
    for at in range(len(px)):
        found[at] |= cells[numbers[at]]  # all bits of `OUTSIDE` are set


@kernel
def list_links(codes: Any, listed: Any) -> int:
    """List the points that codes lead on; return how many."""
    count = 0
    for at in range(len(codes)):
        listed[count] = at
        count += codes[at] <= FIRST_LINK
    return count
