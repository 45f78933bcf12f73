"""timezonefinder's point-in-polygon kernel, behind a tree of bounds.

The kernel takes one ring of whole numbers (degrees times 10⁷) and one point; what asks it
about the candidates, one after the other, is compiled as well. Holes are asked like rings.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import shapely
from timezonefinder import (  # type: ignore[import-not-found,unused-ignore]
    utils_numba,
)

from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer

_FACTOR = 1e7
_inside = utils_numba.pt_in_poly_python


@numba.njit(nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _owners(points: Any, part: Any, x: Any, y: Any, at: Any, rings: Any, starts: Any) -> Any:
    holds = np.zeros(len(points), np.bool_)
    for k in range(len(points)):
        px, py = x[points[k]], y[points[k]]
        odd = False
        for ring in range(rings[part[k]], rings[part[k] + 1]):
            if _inside(px, py, at[:, starts[ring] : starts[ring + 1]].copy()):
                odd = not odd
        holds[k] = odd
    return holds


def locate() -> Contestant:
    """Candidates by bounds from a tree that is there, then the kernel."""
    return Contestant(_locate, lambda found: Pairs(*np.concatenate(found, axis=1)))


def _locate(layer: Layer) -> Callable[[], Any]:
    parts, owner = shapely.get_parts(layer.grids.geometry.to_numpy(), return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    counts = shapely.get_num_coordinates(rings) - 1  # the kernel closes rings itself
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    is_last = np.append(of_ring[1:] != of_ring[:-1], True)
    at = np.ascontiguousarray(_whole(xy[~is_last].T))
    starts = np.concatenate([[0], np.cumsum(counts)])
    first = np.searchsorted(of_part, np.arange(len(parts) + 1))
    tree = shapely.STRtree(parts)
    x, y = _whole(layer.x), _whole(layer.y)
    chunks = np.array_split(np.arange(len(x)), threads())
    shapes = shapely.points(layer.x, layer.y)
    pool = ThreadPoolExecutor(threads())

    def query(chunk: Any) -> Any:
        point, part = tree.query(shapes[chunk])
        point = chunk[point]
        holds = _owners(point, part, x, y, at, first, starts)
        return np.stack([point[holds], owner[part[holds]]])

    return lambda: list(pool.map(query, chunks))


def _whole(degrees: Any) -> Any:
    return np.round(degrees * _FACTOR).astype(np.int32)
