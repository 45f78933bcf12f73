"""After a change of plan: locate again only the points that the change can concern.

The boundary edges of every grid that changed are added up, those of the new plan +1 and those
of the old −1, grid by grid (:mod:`geogrid.topology`). What cancels bounds nothing new. Around a
point, the sum of a grid's leftover edges is how often the grid holds the point now minus before;
where it is zero for every grid, the point is held by the same grids as before, and by the tie rule
has the same owner, unless it lies on a leftover edge itself. All of this is decided exactly, by
the rule of :mod:`geogrid.locate` (points moved by (+ε, +ε²)), so nothing is drawn or overlaid.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid._exact import orientation
from geogrid.errors import CrsError, FieldError
from geogrid.i18n import mark as _
from geogrid.locate import build_index, locate
from geogrid.rings import polygon_rings
from geogrid.topology import connected_components, leftovers

__all__ = ["Relocated", "relocate"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

_POINTS_AT_ONCE = 200_000
_LARGEST_RASTER = 1_024
_EDGES_ONE_BY_ONE = 400_000
"""Up to so many edges to look at, the plain rule is faster than making the locator's raster, which
nobody uses again: 4 ms and 40 ms for 4,000 points in grids of five corners."""


class Relocated(NamedTuple):
    """The answer of :func:`relocate`.

    Attributes
    ----------
    positions : (n,) int32 positions into the new grids, −1 outside
    is_again : (n,) whether the point was located again
    """

    positions: npt.NDArray[np.int32]
    is_again: Flags

    @property
    def again(self) -> int:
        """How many points were located again."""
        return int(self.is_again.sum())


class _Change(NamedTuple):
    """The leftover edges of each grid (its code), and grids that only their bounds describe.

    Attributes
    ----------
    low, high : (k, 2) the ends of each edge, by x, then y
    weight : (k,) times the edge runs low → high more often than before
    label : (k,) the grid
    east : (k,) how far east the connected edges of the same grid reach
    boxes : bounds of changed grids that are no valid polygons, old and new
    """

    low: Floats
    high: Floats
    weight: npt.NDArray[np.int32]
    label: Integers
    east: Floats
    boxes: Shapes


def relocate(
    old_grids: gpd.GeoDataFrame,
    new_grids: gpd.GeoDataFrame,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    old_positions: npt.ArrayLike,
) -> Relocated:
    """Locate points in a new plan, given where they were in the old one.

    Parameters
    ----------
    old_grids, new_grids : GeoDataFrames of one level each, in one CRS, with a column ``code``
        in which no code occurs twice; a code is the same grid in both
    x, y : array_like (n,) in the CRS of the grids, longitude first
    old_positions : array_like (n,) what :func:`geogrid.locate.locate` said of them in `old_grids`

    Returns
    -------
    Relocated
        Positions as :func:`geogrid.locate.locate` gives them for `new_grids`. Only points in the
        area whose grid changed, or on its border, are located again.

    Raises
    ------
    FieldError
        A code is missing or occurs twice, there are not as many positions as points, or one
        of them is none of the old grids and not −1.
    CrsError
        The plans are in different reference systems.

    Examples
    --------
    >>> old = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapely.box([0, 2], 0, [2, 4], 1))
    >>> new = gpd.GeoDataFrame({"code": ["b", "a"]}, geometry=shapely.box([3, 0], 0, [4, 3], 1))
    >>> moved = relocate(old, new, [0.5, 2.5, 3.5], [0.5, 0.5, 0.5], [0, 1, 1])
    >>> moved.positions.tolist(), moved.again
    ([1, 1, 0], 1)
    """
    if old_grids.crs != new_grids.crs:
        raise CrsError(_("Both plans must be in the same coordinate reference system."))
    px, py = (np.atleast_1d(np.asarray(axis, np.float64)) for axis in (x, y))
    former = np.atleast_1d(np.asarray(old_positions, np.int64))
    if not px.shape == py.shape == former.shape or px.ndim != 1:
        raise FieldError(_("There must be as many x, y and old positions."))
    wrong = np.flatnonzero((former < -1) | (former >= len(old_grids)))
    if wrong.size:
        raise FieldError(
            _("Row {row}: {position} is no position in the {count} old grids."),
            row=int(wrong[0]) + 1,
            position=int(former[wrong[0]]),
            count=len(old_grids),
        )
    old_codes, new_codes = _codes(old_grids), _codes(new_grids)
    known = np.append(new_codes.get_indexer(old_codes), -1)[former].astype(np.int32)
    is_finite = np.isfinite(px) & np.isfinite(py)
    is_again = is_finite & (former >= 0) & (known < 0)
    rest = np.flatnonzero(is_finite & ~is_again)
    change = _change(_shapes(old_grids), _shapes(new_grids), old_codes, new_codes)
    rest = rest[_is_near(change, px[rest], py[rest])]
    for begin in range(0, len(rest), _POINTS_AT_ONCE):
        some = rest[begin : begin + _POINTS_AT_ONCE]
        is_again[some] = _is_changed(change, px[some], py[some])
    positions = np.where(is_finite, known, -1).astype(np.int32)
    positions[is_again] = _locate(new_grids, px[is_again], py[is_again])
    return Relocated(positions, is_again)


def _codes(grids: gpd.GeoDataFrame) -> pd.Index:
    if "code" not in grids.columns:
        raise FieldError(_("The grids need a column “code”."))
    codes = pd.Index(grids["code"].astype(str))
    double = codes[codes.duplicated()]
    if len(double):
        raise FieldError(
            _("The code {code} occurs twice; a code must name one grid."), code=double[0]
        )
    return codes


def _shapes(grids: gpd.GeoDataFrame) -> Shapes:
    """Return the polygons as the locator takes them: what is not finite contains nothing."""
    shapes: Shapes = shapely.force_2d(grids.geometry.to_numpy())
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    shapes[owner[~np.isfinite(coordinates).all(axis=1)]] = None
    return shapes


def _change(old: Shapes, new: Shapes, old_codes: pd.Index, new_codes: pd.Index) -> _Change:
    codes = old_codes.union(new_codes, sort=False)
    before, after = (
        np.append(shapes, np.array([None], dtype=object))[own.get_indexer(codes)]
        for shapes, own in ((old, old_codes), (new, new_codes))
    )
    both_empty = shapely.is_missing(before) & shapely.is_missing(after)
    differs = ~(shapely.equals_exact(before, after, tolerance=0.0) | both_empty)
    before, after = before[differs], after[differs]
    is_valid = np.ones(len(before), np.bool_)
    for shapes in (before, after):
        is_valid &= shapely.is_valid(shapes) | shapely.is_missing(shapes)
    broken = np.concatenate([before[~is_valid], after[~is_valid]])
    boxes = shapely.box(*shapely.bounds(broken[~shapely.is_missing(broken)]).T)
    count = int(is_valid.sum())
    left = leftovers(
        polygon_rings(np.concatenate([before[is_valid], after[is_valid]])),
        np.repeat(np.array([-1, 1], np.int8), count),
        np.tile(np.arange(count), 2),
    )
    total, vertices = left.total, left.edges.vertices
    low, high = vertices[total.low], vertices[total.high]
    east = _reach(total.group, total.low, total.high, high[:, 0])
    return _Change(low, high, total.weight, total.group, east, np.atleast_1d(boxes))


def _reach(label: Integers, low: Integers, high: Integers, east: Floats) -> Floats:
    """Return for each edge how far east the edges of its label reach that connect with it.

    Such edges are closed chains, which wind around nothing outside their bounds.
    """
    _ends, node = np.unique(
        np.column_stack([np.tile(label, 2), np.append(low, high)]), axis=0, return_inverse=True
    )
    one, other = np.split(node.ravel(), 2)
    piece = connected_components(len(_ends), one, other)[one]
    reach = np.full(len(_ends), -np.inf)
    np.maximum.at(reach, piece, east)
    return np.asarray(reach[piece])


def _is_near(change: _Change, x: Floats, y: Floats) -> Flags:
    """Return which points are worth a closer look, by a coarse raster of what changed."""
    south = np.minimum(change.low[:, 1], change.high[:, 1])
    north = np.maximum(change.low[:, 1], change.high[:, 1])
    reach = np.column_stack([change.low[:, 0], south, change.east, north])
    boxes = np.concatenate([reach, shapely.bounds(change.boxes).reshape(-1, 4)])
    if not len(boxes):
        return np.zeros(len(x), np.bool_)
    origin, end = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    side = min(_LARGEST_RASTER, math.isqrt(len(x)) + 1)
    scale = side / np.maximum(end - origin, 1e-290)

    def cell(values: Floats, axis: int) -> Integers:
        # rounding never puts a coordinate into a cell before that of a smaller one
        place = (values - origin[axis]) * scale[axis]
        return np.clip(place, 0, side - 1).astype(np.int64)

    # each box adds one between its corners, once the differences are summed along both axes
    counts = np.zeros((side + 1, side + 1), np.int64)
    west_south, east_north = ((cell(boxes[:, at], 0), cell(boxes[:, at + 1], 1)) for at in (0, 2))
    after_east, after_north = east_north[0] + 1, east_north[1] + 1
    np.add.at(counts, west_south, 1)
    np.add.at(counts, (after_east, after_north), 1)
    np.add.at(counts, (west_south[0], after_north), -1)
    np.add.at(counts, (after_east, west_south[1]), -1)
    is_marked = counts.cumsum(axis=0).cumsum(axis=1) > 0
    in_box = (origin[0] <= x) & (x <= end[0]) & (origin[1] <= y) & (y <= end[1])
    return np.asarray(in_box & is_marked[cell(x, 0), cell(y, 1)])


def _is_changed(change: _Change, x: Floats, y: Floats) -> Flags:
    """Return which finite points some grid holds more or less often than before, or touches."""
    points = shapely.points(x, y)
    is_changed = np.zeros(len(x), np.bool_)
    is_changed[shapely.STRtree(change.boxes).query(points)[0]] = True
    # vertices are sorted by x, so `low` is the western end of an edge
    south = np.minimum(change.low[:, 1], change.high[:, 1])
    north = np.maximum(change.low[:, 1], change.high[:, 1])
    reaches = shapely.STRtree(shapely.box(change.low[:, 0], south, change.east, north))
    point, edge = reaches.query(points)
    low, high = change.low[edge], change.high[edge]
    side = orientation(low[:, 0], low[:, 1], high[:, 0], high[:, 1], x[point], y[point])
    in_x = (low[:, 0] <= x[point]) & (x[point] <= high[:, 0])
    is_changed[point[(side == 0) & in_x]] = True
    climbs = np.sign(high[:, 1] - low[:, 1]).astype(np.int8)
    passes = (climbs != 0) & (y[point] < north[edge]) & (side * climbs <= 0)
    turns = (climbs * change.weight[edge])[passes]
    is_changed[_with_sum(point[passes], change.label[edge][passes], turns)] = True
    return is_changed


def _with_sum(point: Integers, label: Integers, turns: Integers) -> Integers:
    """Return the points for which the turns of some label do not add up to zero."""
    if not len(point):
        return point
    order = np.lexsort((label, point))
    point, label = point[order], label[order]
    is_first = np.ones(len(point), np.bool_)
    is_first[1:] = (point[1:] != point[:-1]) | (label[1:] != label[:-1])
    first = np.flatnonzero(is_first)
    return np.asarray(point[first][np.add.reduceat(turns[order], first) != 0])


def _locate(grids: gpd.GeoDataFrame, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    """Locate points, indexing only the grids whose bounds some of them may be in."""
    if not len(x):
        return np.zeros(0, np.int32)
    shapes = _shapes(grids)
    near = np.unique(shapely.STRtree(shapes).query(shapely.points(x, y))[1])
    index = build_index(grids.iloc[near])
    edges = shapely.get_num_coordinates(shapes[near]).sum() / max(1, len(near)) * len(x)
    if edges < _EDGES_ONE_BY_ONE:
        found = index.plain.find(index.order, index.rank, x, y)
    else:
        found = locate(index, x, y)
    return np.append(near, -1)[found].astype(np.int32)
