"""The raster of a layer: where a point lies, answered from the few edges near it.

What lies over a point is a sum. Crossing an edge eastward changes it by what the edge is
worth: each grid counts 2³² + its position + 1, so that the sum over a point tells how many
grids hold it and, where it is one, which. Edges that neighbours share are added up once.

The extent is cut into cells. A cell without edges keeps its answer. Any other keeps its edges
and one number, the sum in its west: of an edge that comes from there, the part outside is
thought of as turned along the western limit, away from its own end, so that it passes every
point in the cell on the same side as the edge itself. So a cell needs no more than its edges.
Where just one edge passes right through a cell, its two sides are all there is to know.
Crowded cells are cut again, as often as needed, so that metres and countries go together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "CACHE_BYTES",
    "COUNT_SHIFT",
    "FIRST_LINK",
    "HEADER",
    "LEAF",
    "LINE",
    "MARGIN",
    "NODE",
    "OUTSIDE",
    "UNSETTLED",
    "WORDS",
    "Raster",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

COUNT_SHIFT = 32
"""Bit from which a sum counts grids; below, it adds up their positions + 1."""
OUTSIDE = -1
UNSETTLED = -2
"""The plain rule must decide: grids overlap, or a polygon is invalid."""
FIRST_LINK = -3
"""Codes from here down lead on: −3 − 4·place − kind, of these kinds:"""
LEAF = 0
"""to a leaf that begins at this word,"""
NODE = 1
"""to a node of this number,"""
LINE = 2
"""to a line that begins at this word: the one edge of a cell, which passes right through."""
HEADER = 3
"""Words of a leaf before its edges: what lies west of it, its western limit, its edges."""
WORDS = 5
"""Words of an edge: its ends, the lower one first, and what crossing it eastward changes. A line
has the answers left and right of it instead (32 bits each), and is one for all its cells."""
CACHE_BYTES = 32_000_000
"""A raster beyond this is more than a processor keeps close."""
MARGIN = 1e-4
"""Edges count as inside cells that they miss by less, in widths of the cell."""


@dataclass(frozen=True, eq=False)
class Raster:
    """Cells over the extent of a layer; arrays only.

    Attributes
    ----------
    frame : (8,) west, south, east, north of the layer; where the raster begins, x and y; cells
        of the root per unit of x and y
    columns : (2,) cells of the root, along x and y
    cells : answer of each cell (grid, `OUTSIDE`, `UNSETTLED`) or a link; root first
    first_cell, fineness : of each node, its first cell and how many there are along each axis;
        the root is node 0
    leaves : leaves and lines, 8-byte words, some of them integers
    """

    frame: Floats
    columns: Integers
    cells: npt.NDArray[np.int32]
    first_cell: Integers
    fineness: Integers
    leaves: Floats

    @property
    def nbytes(self) -> int:
        """Bytes of what points lead to."""
        return self.cells.nbytes + self.leaves.nbytes
