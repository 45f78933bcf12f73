"""Invalid polygons for which the sum of edges holds all the same: they only touch themselves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.rings import Rings, polygon_rings, ring_polygons
from geogrid.topology import chain_sum, ring_edges

__all__ = ["self_touching"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]


def self_touching(rings: Rings, polygons: Integers) -> tuple[Integers, Floats]:
    """Return which polygons wind at most once around any point, and so does each of their rings.

    A shape whose edges sum to those of a valid one winds as that does around every point: once
    around what it holds. Where this is so of a polygon and of each of its rings, a point in the
    shell and in no hole (odd counts, as the plain rule has it) is one that the polygon winds
    around once. Only edges that run there and back are in no sum, and yet touch points.

    Parameters
    ----------
    rings : of all polygons
    polygons : (k,) which to look at, ascending

    Returns
    -------
    sound, boxes
        The polygons; (b, 4) bounds of their edges that run there and back.
    """
    if not len(polygons):
        return polygons, np.zeros((0, 4))
    some = rings.of(polygons)
    whole = ring_polygons(some, len(polygons))
    winds = _wind_once(np.concatenate([whole, shapely.polygons(shapely.get_rings(whole))]))
    alone = np.bincount(some.polygon, ~winds[len(whole) :], len(whole)) == 0
    is_sound = winds[: len(whole)] & alone
    return polygons[is_sound], _doubled(whole[is_sound])


def _wind_once(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Return which shapes have the sum of a valid polygon."""
    made = shapely.make_valid(shapes)
    made = np.array([_areal(shape) for shape in made], dtype=object)
    edges = ring_edges(polygon_rings(np.concatenate([shapes, made])))
    sign = np.repeat(np.array([1, -1], dtype=np.int8), len(shapes))
    total = chain_sum(edges, sign, np.tile(np.arange(len(shapes)), 2))
    differs = np.bincount(total.group, total.weight != 0, len(shapes)) > 0
    return ~differs & shapely.is_valid(made) & ~shapely.is_empty(made)


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(shapely.get_parts(parts[shapely.get_dimensions(parts) == 2]))


def _doubled(shapes: Shapes) -> Floats:
    """Return (b, 4) bounds of the edges that a shape has more than once."""
    edges = ring_edges(polygon_rings(shapes))
    total = chain_sum(edges, group=np.arange(len(shapes)))
    often = np.bincount(total.member, minlength=len(total.low)) > 1
    ends = edges.vertices[total.low[often]], edges.vertices[total.high[often]]
    return np.hstack([np.minimum(*ends), np.maximum(*ends)])
