"""Small areas, such as islands between carriageways, joined to the neighbour along most border."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["join_small"]

Integers = npt.NDArray[np.intp]
Geometries = npt.NDArray[np.object_]


def join_small(
    polygons: Geometries, is_fixed: npt.NDArray[np.bool_], *, least_m2: float
) -> tuple[Geometries, Integers]:
    """Join areas smaller than a limit to a neighbour, the smallest first.

    Parameters
    ----------
    polygons : (n,) polygons of a coverage in metres
    is_fixed : (n,) areas that stay, such as those with a name; others may join them
    least_m2 : what is smaller joins the neighbour with which it shares most border

    Returns
    -------
    joined, of : (m,) polygons, and (n,) which of them each area is part of
        No border moves. An area without a neighbour stays, however small; two small ones
        that are enough together stay as one.

    Examples
    --------
    >>> areas = shapely.box([0, 10, 11], [0, 0, 0], [10, 11, 20], [10, 10, 10])
    >>> joined, of = join_small(areas, np.zeros(3, bool), least_m2=50.0)
    >>> of.tolist(), shapely.area(joined).tolist()
    ([0, 0, 1], [110.0, 90.0])
    """
    area = shapely.area(polygons)
    borders = _borders(polygons)
    owner = np.arange(len(polygons))
    size, fixed = area.copy(), is_fixed.copy()
    heap = [(float(size[at]), at) for at in np.flatnonzero(~fixed & (size < least_m2)).tolist()]
    heapq.heapify(heap)
    while heap:
        known, at = heapq.heappop(heap)
        if owner[at] != at or fixed[at] or known != size[at] or not borders[at]:
            continue
        near = borders[at]
        to = max(near, key=lambda other: (near[other], -other))
        for other, length in near.items():
            del borders[other][at]
            if other != to:
                borders[to][other] = borders[other][to] = borders[to].get(other, 0.0) + length
        borders[at] = {}
        owner[owner == at] = to
        size[to] += size[at]
        if not fixed[to] and size[to] < least_m2:
            heapq.heappush(heap, (float(size[to]), int(to)))
    kept, of = np.unique(owner, return_inverse=True)
    joined = [_joined(polygons[of == each]) for each in range(len(kept))]
    return np.array(joined, dtype=object), of.astype(np.intp)


def _joined(parts: Geometries) -> shapely.Geometry:
    return parts[0] if len(parts) == 1 else shapely.coverage_union_all(parts)


def _borders(polygons: Geometries) -> list[dict[int, float]]:
    """Return for each area the length it shares with each neighbour."""
    rings, of_ring = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    of = of_ring[ring]
    is_step = ring[1:] == ring[:-1]
    start, end, area = points[:-1][is_step], points[1:][is_step], of[:-1][is_step]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(turned[:, None], end, start), np.where(turned[:, None], start, end)
    key = np.unique(np.hstack([low, high]), axis=0, return_inverse=True)[1].ravel()
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    one, two = area[order][:-1][same], area[order][1:][same]
    length = np.hypot(*(end - start).T)[order][:-1][same]
    borders: list[dict[int, float]] = [{} for _area in polygons]
    for a, b, metres in zip(one.tolist(), two.tolist(), length.tolist(), strict=True):
        if a != b:
            borders[a][b] = borders[b][a] = borders[a].get(b, 0.0) + metres
    return borders
