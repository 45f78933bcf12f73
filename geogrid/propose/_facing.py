"""Faces put together to connected areas, one per unit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.arcs import build_arcs, neighbours

__all__ = ["add_up", "add_up_pieces", "connected", "united"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]


def add_up(number: Integers, values: Floats, count: int) -> Floats:
    """Return the sum of the values of each number, (count,)."""
    return np.asarray(np.bincount(number, values, count), dtype=np.float64)


def add_up_pieces(
    pieces: Geometries, grid: Integers, owner: Integers
) -> tuple[Geometries, Integers, Integers]:
    """Return connected areas with their grid and owner, each owner having just one.

    Of what an owner has in several pieces the largest stays; the others go to the piece of
    another owner in the same grid with the longest common border. Pieces of −1 stay apart.
    """
    pairs = neighbours(build_arcs(pieces), "EPSG:4326")
    pairs = pairs[pairs["one"] >= 0]
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    size = pairs["length_m"].to_numpy()
    same_grid = grid[one] == grid[other]
    one, other, size = one[same_grid], other[same_grid], size[same_grid]
    owner = owner.copy()
    for _round in range(len(pieces)):
        group = connected(len(pieces), one, other, owner[one] == owner[other])
        stray = _strays(shapely.area(pieces), group, owner)
        touches = stray[one] != stray[other]
        if not touches.any():
            break
        _give_away(owner, stray, one[touches], other[touches], size[touches])
    _names, first, number = np.unique(group, return_index=True, return_inverse=True)
    return united(pieces, number, len(first)), grid[first], owner[first]


def _strays(
    area: npt.NDArray[np.float64], group: Integers, owner: Integers
) -> npt.NDArray[np.bool_]:
    """Return which pieces are of a group that is not the largest of its owner."""
    total = np.bincount(group, area)[group]
    order = np.lexsort((group, -total, owner))
    is_first = np.append(True, owner[order][1:] != owner[order][:-1])[: len(order)]
    main = np.full(int(owner.max(initial=0)) + 1, -1)
    main[owner[order][is_first & (owner[order] >= 0)]] = group[
        order[is_first & (owner[order] >= 0)]
    ]
    return (owner >= 0) & (group != main[owner])


def _give_away(
    owner: Integers, stray: npt.NDArray[np.bool_], one: Integers, other: Integers,
    size: npt.NDArray[np.float64],
) -> None:  # fmt: skip
    """Give each stray piece that touches one that stays to the one with the longest border."""
    piece = np.where(stray[one], one, other)
    taker = np.where(stray[one], other, one)
    order = np.lexsort((taker, -size, piece))
    piece, taker = piece[order], taker[order]
    is_first = np.append(True, piece[1:] != piece[:-1])[: len(piece)]
    owner[piece[is_first]] = owner[taker[is_first]]


def connected(
    count: int, one: Integers, other: Integers, chosen: npt.NDArray[np.bool_]
) -> Integers:
    """Return for each of `count` things the lowest one that it hangs together with."""
    group = np.arange(count)
    one, other = one[chosen], other[chosen]
    while True:
        low = np.minimum(group[one], group[other])
        before = group.copy()
        np.minimum.at(group, group[one], low)
        np.minimum.at(group, group[other], low)
        group = group[group]
        if (group == before).all():
            return group


def united(shapes: Geometries, number: Integers, count: int) -> Geometries:
    """Return the union of the shapes of each number, of a coverage, with all vertices kept."""
    order = np.argsort(number, kind="stable")
    first = np.searchsorted(number[order], np.arange(count + 1))
    ordered = shapes[order]
    return np.array(
        [shapely.coverage_union_all(ordered[a:b]) if b > a + 1 else ordered[a]
         for a, b in pairwise(first.tolist())],
        dtype=object,
    )  # fmt: skip
