"""Which ring is a hole of which: by what lies inside what, not by orientation.

The Shapefile format says shells run clockwise, and many programs write them otherwise; a
CAD outline has no orientation at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.errors import LimitError
from geogrid.formats.rings import Ring
from geogrid.i18n import mark as _

__all__ = ["nest_rings", "rings_inside"]

_PAIRS = 5_000_000


def rings_inside(rings: Sequence[Ring]) -> npt.NDArray[np.intp]:
    """Return pairs (inner, outer) of rings of which one lies wholly inside another.

    Parameters
    ----------
    rings
        Closed rings, each of shape (k, 2), k ≥ 4.

    Returns
    -------
    ndarray of shape (n, 2)
        Rings that touch count as inside; equal rings do not.

    Raises
    ------
    LimitError
        More rings lie over one another than can be looked at.
    """
    areas = shapely.polygons([shapely.linearrings(ring) for ring in rings])
    inner, outer = shapely.STRtree(areas).query(areas)
    if len(inner) > _PAIRS:
        raise LimitError(
            _("{count} rings of one boundary lie over one another; that is no boundary."),
            count=len(rings),
        )
    bounds = shapely.bounds(areas)
    size = shapely.area(areas)
    is_candidate = (
        (inner != outer)
        & (size[inner] < size[outer])
        & (bounds[inner, :2] >= bounds[outer, :2]).all(axis=1)
        & (bounds[inner, 2:] <= bounds[outer, 2:]).all(axis=1)
    )
    pairs = np.column_stack([inner, outer])[is_candidate]
    shapely.prepare(areas)
    is_inside = [
        bool(shapely.intersects_xy(areas[b], rings[a][:, 0], rings[a][:, 1]).all())
        for a, b in pairs
    ]
    return pairs[np.array(is_inside, dtype=bool)]


def nest_rings(rings: Sequence[Ring]) -> list[list[int]]:
    """Group the rings of one boundary into polygons: a shell, then its holes.

    A ring inside an odd number of others is a hole of the smallest of them, whatever its
    orientation.

    Examples
    --------
    >>> def square(low, high):
    ...     return np.array([(low, low), (high, low), (high, high), (low, high), (low, low)])
    >>> nest_rings([square(1, 2), square(0, 9), square(20, 21)])
    [[1, 0], [2]]
    """
    if len(rings) == 1:
        return [[0]]
    pairs = rings_inside(rings)
    depth = np.bincount(pairs[:, 0], minlength=len(rings))
    polygons = {ring: [ring] for ring in np.flatnonzero(depth % 2 == 0).tolist()}
    for inner, outer in pairs:
        if depth[inner] % 2 == 1 and depth[outer] == depth[inner] - 1:
            polygons[int(outer)].append(int(inner))
    return list(polygons.values())
