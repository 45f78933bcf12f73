"""The rings of many polygons as arrays, and the exact direction of each.

The form in which sums and checks over edges run: coordinates once, in the order of the
polygons, and where each ring begins and stops in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely

__all__ = [
    "COMPILED_FROM",
    "COMPILED_UP_TO",
    "Rings",
    "are_valid",
    "polygon_rings",
    "ring_polygons",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.int8]

COMPILED_FROM = 100_000
"""Coordinates from which compiled kernels are worth loading."""

COMPILED_UP_TO = 2**31
"""Kernels pack positions into 31 bits."""

_TINY = 1e-280


@dataclass(frozen=True)
class Rings:
    """The rings of many (Multi)Polygons.

    Attributes
    ----------
    coordinates
        (n, 2) in the units of the data, ring after ring, each closed; no −0.
    first, stop
        (r,) each ring is ``coordinates[first:stop]``; ascending.
    polygon
        (r,) position of the polygon that the ring belongs to.
    direction
        (r,) 1 where the polygon lies to the left of the ring as it runs, −1 where to the
        right, 0 for rings without area; decided exactly.
    is_finite
        (r,) whether all its coordinates are numbers.
    """

    coordinates: Floats
    first: Integers
    stop: Integers
    polygon: Integers
    direction: Signs
    is_finite: Flags

    def has(self, count: int) -> Flags:
        """Return which of `count` polygons have rings, so are polygons and not empty."""
        found = np.zeros(count, dtype=bool)
        found[self.polygon] = True
        return found

    def of(self, polygons: Integers) -> Rings:
        """Return the rings of the chosen, different polygons, numbered by their place there."""
        if len(polygons) and np.array_equal(polygons, np.arange(len(polygons))):
            chosen = self.polygon < len(polygons)
            return self if chosen.all() else self.where(chosen)
        place = np.full(int(self.polygon.max(initial=-1)) + 1, -1, dtype=np.int64)
        known = polygons < len(place)
        place[polygons[known]] = np.flatnonzero(known)
        return self._take(place[self.polygon] >= 0, place[self.polygon])

    def exchanged(self, positions: Integers, polygons: npt.NDArray[np.object_]) -> Rings:
        """Return the rings with other polygons at some positions."""
        if not len(positions):
            return self
        fresh = polygon_rings(polygons)
        kept = self.where(~np.isin(self.polygon, positions))
        offset = len(self.coordinates)
        return Rings(
            np.concatenate([self.coordinates, fresh.coordinates]),
            np.concatenate([kept.first, fresh.first + offset]),
            np.concatenate([kept.stop, fresh.stop + offset]),
            np.concatenate([kept.polygon, positions[fresh.polygon]]),
            np.concatenate([kept.direction, fresh.direction]),
            np.concatenate([kept.is_finite, fresh.is_finite]),
        )

    def where(self, chosen: Flags) -> Rings:
        """Return the chosen rings."""
        return self._take(chosen, self.polygon)

    def ring_of(self, position: Integers) -> Integers:
        """Return the ring of each position in the coordinates."""
        return np.asarray(np.searchsorted(self.first, position, side="right") - 1)

    def _take(self, chosen: Flags, polygon: Integers) -> Rings:
        return Rings(
            self.coordinates,
            self.first[chosen],
            self.stop[chosen],
            polygon[chosen],
            self.direction[chosen],
            self.is_finite[chosen],
        )


def polygon_rings(polygons: npt.NDArray[np.object_]) -> Rings:
    """Return the rings of polygons.

    Parameters
    ----------
    polygons : (n,) of (Multi)Polygons; everything else, None and empty ones have no rings

    Examples
    --------
    >>> rings = polygon_rings(np.array([None, shapely.box(0, 0, 1, 1)]))
    >>> rings.polygon.tolist(), rings.stop.tolist()
    ([1], [5])
    """
    kind = shapely.get_type_id(polygons)
    is_single = kind == shapely.GeometryType.POLYGON
    is_areal = is_single | (kind == shapely.GeometryType.MULTIPOLYGON)
    areal = polygons
    if not is_areal.all():
        areal = polygons.copy()
        areal[~is_areal] = None
    steps = np.where(is_areal, shapely.get_num_coordinates(areal), 0)
    is_plain = is_single & (shapely.get_num_interior_rings(areal) == 0)
    many = np.flatnonzero((steps > 0) & ~is_plain)
    parts, part_of = shapely.get_parts(areal[many], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    ring_polygon = part_of[ring_part]
    count = (steps > 0).astype(np.int64)
    count[many] = np.bincount(ring_polygon, minlength=len(many))
    polygon = np.repeat(np.arange(len(polygons)), count)
    is_one = is_plain[polygon]
    length = np.empty(len(polygon), dtype=np.int64)
    length[is_one] = steps[polygon[is_one]]
    length[~is_one] = shapely.get_num_coordinates(rings)
    is_hole = np.zeros(len(polygon), dtype=bool)
    is_hole[~is_one] = np.append(False, ring_part[1:] == ring_part[:-1])[: len(rings)]
    coordinates = shapely.get_coordinates(areal)
    coordinates += 0.0  # −0 + 0 is 0
    some = length > 0  # parts may be empty
    length, polygon, is_hole = length[some], polygon[some], is_hole[some]
    stop = np.cumsum(length)
    first = stop - length
    turn, is_finite = _turns(coordinates, first, stop)
    direction = np.where(is_hole, -turn, turn)
    return Rings(coordinates, first, stop, polygon, direction, is_finite)


def are_valid(polygons: npt.NDArray[np.object_], rings: Rings) -> Flags:
    """Return which geometries are valid (Multi)Polygons that are not empty.

    Parameters
    ----------
    polygons : (n,) geometries or None
    rings : of those that are polygons

    Returns
    -------
    (n,) as ``shapely.is_valid`` says. Of many polygons with one ring a compiled pass finds
    those that are valid beyond doubt, and GEOS is asked about the others.
    """
    unknown = rings.has(len(polygons))
    is_valid = np.zeros(len(polygons), dtype=bool)
    if len(rings.coordinates) >= COMPILED_FROM:
        from geogrid._ring_kernels import are_certainly_simple  # noqa: PLC0415 - the compiler

        is_only = np.bincount(rings.polygon, minlength=len(polygons))[rings.polygon] == 1
        only = rings.where(is_only & rings.is_finite)
        is_simple = are_certainly_simple(only.coordinates, only.first, only.stop)
        is_valid[only.polygon[is_simple]] = True
        unknown &= ~is_valid
    is_valid[unknown] = shapely.is_valid(polygons[unknown])
    return is_valid


def _turns(coordinates: Floats, first: Integers, stop: Integers) -> tuple[Signs, Flags]:
    """Return the sign of each closed ring's signed area, exact; and which rings are finite."""
    if not len(first):
        return np.zeros(0, dtype=np.int8), np.zeros(0, dtype=bool)
    if len(coordinates) >= COMPILED_FROM:
        from geogrid._ring_kernels import doubled_areas  # noqa: PLC0415 - loads the compiler

        doubled, size = doubled_areas(coordinates, first, stop)
    else:
        doubled, size = _doubled_areas(coordinates, first, stop)
    steps = stop - first
    bound = (steps + 8) * np.finfo(np.float64).eps * size
    is_sure = np.abs(doubled) > np.maximum(bound, _TINY)
    sign = np.sign(np.where(is_sure, doubled, 0.0)).astype(np.int8)
    is_finite = np.isfinite(size)
    for at in np.flatnonzero(~is_finite):  # or too large to multiply
        is_finite[at] = bool(np.isfinite(coordinates[first[at] : stop[at]]).all())
    for unsure in np.flatnonzero(~is_sure & is_finite & (steps > 2)):  # as thin as rounding
        sign[unsure] = _exact_sign(coordinates[first[unsure] : stop[unsure]])
    return sign, is_finite


def _doubled_areas(coordinates: Floats, first: Integers, stop: Integers) -> tuple[Floats, Floats]:
    """Return twice the signed area of each of adjoining rings, and the sum of its terms' sizes."""
    count = len(first)
    ring = np.repeat(np.arange(count), stop - first)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        x, y = (coordinates - coordinates[first][ring]).T
        same = ring[:-1] == ring[1:]
        ahead = np.where(same, x[:-1] * y[1:], 0.0)
        behind = np.where(same, x[1:] * y[:-1], 0.0)
        doubled = np.bincount(ring[:-1], ahead - behind, count)
        size = np.bincount(ring[:-1], np.abs(ahead) + np.abs(behind), count)
    return np.asarray(doubled, np.float64), np.asarray(size, np.float64)


def _exact_sign(ring: Floats) -> int:
    """Return the sign of one closed ring's signed area in rational arithmetic."""
    x = [Fraction(float(value)) for value in ring[:, 0]]
    y = [Fraction(float(value)) for value in ring[:, 1]]
    doubled = sum((x[i] * y[i + 1] - x[i + 1] * y[i] for i in range(len(x) - 1)), start=Fraction(0))
    return (doubled > 0) - (doubled < 0)


def ring_polygons(rings: Rings, count: int) -> npt.NDArray[np.object_]:
    """Return the polygons of rings, which :func:`polygon_rings` undoes.

    Parameters
    ----------
    rings : those of a polygon in succession, its shell first
    count : number of polygons; one without rings is None
    """
    length = rings.stop - rings.first
    ring = np.repeat(np.arange(len(length)), length)
    step = np.arange(len(ring)) - np.repeat(np.cumsum(length) - length, length)
    coordinates = rings.coordinates[rings.first[ring] + step]
    lines = shapely.linearrings(coordinates, indices=ring) if len(ring) else np.zeros(0, object)
    parts = np.full(count, None, dtype=object)
    shapely.polygons(lines, indices=rings.polygon, out=parts)
    return parts
