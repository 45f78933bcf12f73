"""Lines and strips by which grids are halved or made alike, by area or by points with weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.crs import metres_per_degree
from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["border_strip", "halving_line", "line_between", "side_of"]

Floats = npt.NDArray[np.float64]

_WAYS = 36
_HALVINGS = 50
_OUT_DEGREES = 2e-6
_COLLAR_DEGREES = 1e-6


@dataclass(frozen=True, eq=False)
class _Plane:
    """Degrees around a place, longitudes squeezed so that lengths are alike both ways."""

    lon: float
    lat: float
    squeeze: float

    def flat(self, points: Floats) -> Floats:
        return np.asarray((points - [self.lon, self.lat]) * [self.squeeze, 1.0])

    def degrees(self, points: Floats) -> Floats:
        return np.asarray(points / [self.squeeze, 1.0] + [self.lon, self.lat])


def _plane(shape: shapely.Geometry) -> _Plane:
    middle = shape.centroid
    east, north = metres_per_degree(middle.y)
    return _Plane(middle.x, middle.y, float(east / north))


def halving_line(
    shape: shapely.Geometry, points: Floats | None = None, weights: Floats | None = None
) -> Floats:
    """Return a straight line that halves a polygon.

    Of lines in 36 directions that cut it into two pieces it is the shortest, those which
    miss the half by more than a hundredth last.

    Parameters
    ----------
    shape : in degrees
    points, weights : (n, 2) degrees and (n,) what is to be halved; area when left out

    Returns
    -------
    (2, 2) degrees; both ends lie outside.

    Raises
    ------
    InputError
        Every line would cut it into more than two pieces.
    """
    plane = _plane(shape)
    flat = shapely.transform(shape, plane.flat)
    places = None if points is None else plane.flat(points)
    ranked = []
    for way in range(_WAYS):
        angle = np.pi * way / _WAYS
        along, across = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        if places is None or weights is None:
            offset, miss = _area_offset(flat, along, across)
        else:
            offset, miss = _weight_offset(places @ across, weights)
        line = _line(flat, along, across, offset)
        pieces = _count(_below(flat, along, across, offset, sign=1)) + _count(
            _below(flat, along, across, offset, sign=-1)
        )
        if pieces == _count(flat) + 1:
            long = shapely.length(shapely.intersection(flat, shapely.linestrings(line)))
            ranked.append((max(0.0, round(miss, 2) - 0.01), float(long), way, line))
    if not ranked:
        raise InputError(_("No straight line cuts this grid in two; draw a line yourself."))
    return plane.degrees(min(ranked, key=lambda one: one[:3])[3])


def _area_offset(flat: shapely.Geometry, along: Floats, across: Floats) -> tuple[float, float]:
    reach, whole = _reach(flat), shapely.area(flat)
    low, high = -reach, reach
    for _step in range(_HALVINGS):
        offset = (low + high) / 2
        share = shapely.area(_below(flat, along, across, offset, sign=1)) / whole
        low, high = (offset, high) if share < 0.5 else (low, offset)
    return offset, abs(float(share) - 0.5)


def _weight_offset(at: Floats, weights: Floats) -> tuple[float, float]:
    order = np.argsort(at, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    last = int(np.abs(share[:-1] - 0.5).argmin())
    offset = (at[order[last]] + at[order[last + 1]]) / 2
    return float(offset), abs(float(share[last]) - 0.5)


def _reach(flat: shapely.Geometry) -> float:
    west, south, east, north = flat.bounds
    return float(1.1 * max(abs(west), abs(east)) + 1.1 * max(abs(south), abs(north)))


def _line(flat: shapely.Geometry, along: Floats, across: Floats, offset: float) -> Floats:
    reach = _reach(flat)
    return np.array([across * offset - along * reach, across * offset + along * reach])


def _below(
    flat: shapely.Geometry, along: Floats, across: Floats, offset: float, *, sign: int
) -> shapely.Geometry:
    """Return what of a polygon lies on one side of a line."""
    one, other = _line(flat, along, across, offset)
    far = -sign * 3 * _reach(flat) * across
    return shapely.intersection(flat, shapely.Polygon([one, other, other + far, one + far]))


def _count(shape: shapely.Geometry) -> int:
    parts = shapely.get_parts(shape)
    return int((shapely.area(parts) > 0.0).sum())


def border_strip(
    giver: shapely.Geometry, taker: shapely.Geometry, border: shapely.Geometry, share: float
) -> shapely.Geometry | None:
    """Return what moves the border of two polygons so that one gives a share of its area.

    Parameters
    ----------
    giver, taker : in degrees
    border : what they have in common
    share : of the area of the giver, above 0 and below 1

    Returns
    -------
    The places within some distance of the border, None where one of both would be in more
    pieces than now. What lies outside of the giver does not matter.
    """
    plane = _plane(giver)
    flat, line = (shapely.transform(each, plane.flat) for each in (giver, border))
    wanted = share * shapely.area(flat)
    low, high = 0.0, 4 * _reach(flat)
    for _step in range(_HALVINGS):
        width = (low + high) / 2
        strip = shapely.simplify(shapely.buffer(line, width, quad_segs=4), width / 30)
        is_less = shapely.area(shapely.intersection(flat, strip)) < wanted
        low, high = (width, high) if is_less else (low, width)
    left = shapely.difference(flat, strip)
    area = shapely.transform(strip, plane.degrees)
    got = shapely.union(taker, shapely.intersection(giver, area))
    is_torn = _count(left) > _count(flat) or _count(shapely.set_precision(got, 1e-8)) > _count(
        taker
    )
    return None if is_torn else area


def line_between(
    one: shapely.Geometry, other: shapely.Geometry, whole: shapely.Geometry
) -> shapely.Geometry:
    """Return the border of two parts of a polygon, both ends drawn out across its edge.

    A corner at its end that only rounding put beside the edge is left out.

    Parameters
    ----------
    one, other : parts that share vertices, in degrees
    whole : both together
    """
    shared = shapely.intersection(shapely.boundary(one), shapely.boundary(other))
    lines = [part for part in shapely.get_parts(shared) if part.geom_type == "LineString"]
    merged = shapely.line_merge(shapely.multilinestrings(lines)) if lines else None
    corners = {(x, y) for x, y in shapely.get_coordinates(whole).tolist()}
    parts = [] if merged is None else shapely.get_parts(merged)
    return shapely.multilinestrings([_drawn_out(part, corners) for part in parts])


def _drawn_out(line: shapely.Geometry, corners: set[tuple[float, float]]) -> shapely.Geometry:
    path = shapely.get_coordinates(line)
    if (path[0] == path[-1]).all():
        return line
    front, back = _further(path[1], path[0]), _further(path[-2], path[-1])
    inner = path[
        0 if (path[0][0], path[0][1]) in corners else 1 :
        len(path) if (path[-1][0], path[-1][1]) in corners else -1
    ]  # fmt: skip
    return shapely.linestrings(np.concatenate([[front], inner, [back]]))


def _further(inner: Floats, end: Floats) -> Floats:
    way = end - inner
    return np.asarray(end + way * (_OUT_DEGREES / np.hypot(*way)))


def side_of(
    part: shapely.Geometry, rest: shapely.Geometry, whole: shapely.Geometry
) -> shapely.Geometry:
    """Return an area that has a part of a polygon on the one side of :func:`line_between`.

    It reaches over the edge of the polygon, so that rounding leaves no slivers there.
    """
    around = shapely.buffer(whole, _COLLAR_DEGREES, join_style="mitre", mitre_limit=2.0)
    lines = [shapely.boundary(around), line_between(part, rest, whole)]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    mine = shapely.area(shapely.intersection(faces, part))
    other = shapely.area(shapely.intersection(faces, rest))
    return shapely.union_all(faces[mine > other])
