"""Polygons from rings of vertices, many rows at once, without repairing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.formats.layer import Rows

__all__ = ["PolygonRows", "Ring"]

Floats = npt.NDArray[np.float64]
Ring = Floats
"""Vertices of one ring, shape (k, 2), longitude or easting first."""

_SMALLEST_RING = 4


class PolygonRows:
    """Collects the polygons of many rows and builds them in one go.

    A ring that is not closed is closed; a ring of fewer than three different places is
    left out; a row with a coordinate that is no number is left out. Each is noted in
    :attr:`problems` under ``unclosed_ring``, ``degenerate_ring``, ``bad_coordinate``.
    """

    def __init__(self) -> None:
        self.problems: Rows = {}
        self._rings: list[Ring] = []
        self._polygon_of_ring: list[int] = []
        self._row_of_polygon: list[int] = []
        self._multi_rows: set[int] = set()

    def note(self, kind: str, row: int) -> None:
        """Note that `row` has the problem `kind`."""
        rows = self.problems.setdefault(kind, [])
        if not rows or rows[-1] != row:
            rows.append(row)

    def add(self, row: int, polygons: Iterable[Sequence[Ring]], *, multi: bool) -> None:
        """Add the polygons of `row`: of each its shell, then its holes."""
        usable = []
        for rings in polygons:
            if not all(np.isfinite(ring).all() for ring in rings):
                self.note("bad_coordinate", row)
                return
            prepared = [self._closed(row, ring) for ring in rings]
            if prepared and prepared[0] is not None:
                usable.append([ring for ring in prepared if ring is not None])
        for kept in usable:
            self._polygon_of_ring += [len(self._row_of_polygon)] * len(kept)
            self._row_of_polygon.append(row)
            self._rings += kept
        if multi:
            self._multi_rows.add(row)

    def _closed(self, row: int, ring: Ring) -> Ring | None:
        if len(ring) and not np.array_equal(ring[0], ring[-1]):
            self.note("unclosed_ring", row)
            ring = np.vstack([ring, ring[:1]])
        if len(ring) < _SMALLEST_RING:
            self.note("degenerate_ring", row)
            return None
        return ring

    def build(self, count: int) -> npt.NDArray[np.object_]:
        """Return the geometry of rows 0 to `count` − 1; None where nothing was added."""
        geometry = np.full(count, None, dtype=object)
        if not self._rings:
            return geometry
        lengths = [len(ring) for ring in self._rings]
        rings = shapely.linearrings(
            np.concatenate(self._rings), indices=np.repeat(np.arange(len(lengths)), lengths)
        )
        polygons = shapely.polygons(rings, indices=np.array(self._polygon_of_ring))
        rows, first, parts = np.unique(self._row_of_polygon, return_index=True, return_counts=True)
        geometry[rows] = polygons[first]
        is_multi = (parts > 1) | np.isin(rows, list(self._multi_rows))
        in_multi = np.isin(self._row_of_polygon, rows[is_multi])
        if in_multi.any():
            order = np.repeat(np.arange(is_multi.sum()), parts[is_multi])
            geometry[rows[is_multi]] = shapely.multipolygons(polygons[in_multi], indices=order)
        return geometry
