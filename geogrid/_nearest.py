"""Distance to the nearest border, in metres, and the grid across it.

The borders are kept in a tree of boxes. Nearby, a border is measured with the metres per degree
of the latitude half-way to it: by compiled kernels where there is much to do, else by the plain
rule, to the same bits. That holds as long as a degree of longitude is about as long there as here
(a few dozen kilometres, less towards the poles); what is farther away, or across the
180th meridian, is looked up again with distances straight through the ellipsoid, and measured as
a geodesic. Within 6,000 km what is said is true to 1 in 1,000, beyond to 1 in 25.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geogrid._border_grounds import Afar, Around
from geogrid._border_search import Nearest, search
from geogrid._border_tree import BorderTree, along_curve, build_border_tree
from geogrid.crs import geodesic_m
from geogrid.rings import COMPILED_FROM, Rings

__all__ = ["Borders"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Search = Callable[[BorderTree, Around, npt.NDArray[np.int32], Integers], Nearest]

_FEW = 2_000
"""Fewer points than this do not wait for the compiler's library to load."""
_POINTS_AT_ONCE = 8_000
_NEAR = 0.01, 100_000.0
"""Metres per degree may change by this share on the way, which is no longer than this."""
_LEAST_CHANGE = 1e-9
"""So that nothing is divided by 0 on the equator."""
_EXACT = 0.002, 10_000.0
"""As near as this, the metres are those of the geodesic to 1 in 100,000."""


class Borders:
    """The borders of a layer in degrees.

    Parameters
    ----------
    rings : of the (p,) polygons
    owner : (p,) grid of each
    """

    def __init__(self, rings: Rings, owner: Integers) -> None:
        self._rings, self._owner = rings, owner
        self._is_large = len(rings.coordinates) >= COMPILED_FROM

    @cached_property
    def _tree(self) -> BorderTree | None:
        return build_border_tree(self._rings, self._owner)

    def look_up(
        self, x: Floats, y: Floats, own: npt.NDArray[np.int32], rank: Integers
    ) -> tuple[Floats, npt.NDArray[np.int32]]:
        """Return (distance_m, neighbour) of (n,) points, given the grid each one is in."""
        distance_m = np.full(len(x), np.nan)
        neighbour = np.full(len(x), -1, np.int32)
        usable = np.flatnonzero((np.abs(x) <= 360.0) & (np.abs(y) <= 90.0))
        tree = self._tree
        if tree is None or not len(usable):
            return distance_m, neighbour
        find, share_out = self._ways(len(usable))
        if len(usable) > 1:
            usable = usable[np.argsort(along_curve(np.column_stack([x[usable], y[usable]])))]

        def ask(begin: int, stop: int) -> None:
            some = usable[begin:stop]
            found = _ask(tree, find, Around(x[some], y[some]), own[some], rank)
            distance_m[some], neighbour[some] = found

        share_out(
            ask, [(at, at + _POINTS_AT_ONCE) for at in range(0, len(usable), _POINTS_AT_ONCE)]
        )
        return distance_m, neighbour

    def _ways(self, count: int) -> tuple[Search, Callable[..., object]]:
        """Return what finds the nearest of so many points, and what shares them out."""
        if not (self._is_large or count >= _FEW or "geogrid._border_kernels" in sys.modules):
            return search, _in_turn
        from geogrid._border_kernels import find_nearest  # noqa: PLC0415 - loads the compiler
        from geogrid._threads import in_threads  # noqa: PLC0415

        return find_nearest, in_threads


def _in_turn(action: Callable[[int, int], None], runs: list[tuple[int, int]]) -> None:
    for run in runs:
        action(*run)


def _ask(
    tree: BorderTree, find: Search, here: Around, own: npt.NDArray[np.int32], rank: Integers
) -> tuple[Floats, Integers]:
    """Return (distance_m, neighbour) of a few thousand points."""
    reach_m = _reaches_m(here, *_NEAR)
    far = here.apart_m(tree.extent) > reach_m
    square, lon, lat = np.full((3, len(own)), np.inf)
    found = Nearest(square, lon, lat, np.full(len(own), -1))
    _fill(found, ~far, lambda some: find(tree, here.of(some), own[some], rank))
    far |= ~(np.sqrt(square) <= reach_m)
    _fill(found, far, lambda some: search(tree, Afar(here.x[some], here.y[some]), own[some], rank))
    distance_m = np.sqrt(square)
    rest = np.flatnonzero(far | ~(distance_m <= _reaches_m(here, *_EXACT)))
    if len(rest):
        distance_m[rest] = geodesic_m(here.x[rest], here.y[rest], lon[rest], lat[rest])
    return distance_m, found.across


def _fill(found: Nearest, chosen: Flags, ask: Callable[[Integers], Nearest]) -> None:
    """Ask for the chosen points, in place."""
    some = np.flatnonzero(chosen)
    if len(some):
        for all_of_it, new in zip(found, ask(some), strict=True):
            all_of_it[some] = new


def _reaches_m(here: Around, change: float, most_m: float) -> Floats:
    """Return how far the measure of each point holds: it changes by so much, or is as long."""
    east, north, narrows, _ = here.measure.T
    same_m = change * east * north / (2.0 * np.maximum(np.abs(narrows), _LEAST_CHANGE))
    to_meridian_m = 0.9 * (180.0 - np.abs(here.x)) * east
    return np.asarray(np.minimum(np.minimum(same_m, most_m), to_meridian_m))
