"""A small picture of boundaries as SVG path data, for a page or a printed report."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Frame", "fit_frame", "frame_points", "path_data"]

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

MOST_VERTICES = 12_000
_STEADY_PX = 0.4
_COARSEST_PX = 64.0


@dataclass(frozen=True)
class Frame:
    """Where coordinates fall in a picture with north at the top.

    Attributes
    ----------
    west, north
        The corner of the picture at 0, 0 in units of the data.
    x_scale, y_scale
        Pixels per unit.
    width, height
        Size of the picture in pixels.
    """

    west: float
    north: float
    x_scale: float
    y_scale: float
    width: float
    height: float


def fit_frame(
    bounds: npt.ArrayLike, *, width: float, height: float, is_geographic: bool, margin: float = 6.0
) -> Frame:
    """Return the frame that shows `bounds` as large as it can be.

    Parameters
    ----------
    bounds : array_like (4,)
        West, south, east, north in the units of the data.
    width, height
        Largest size in pixels; the picture takes the shape of the data within it.
    is_geographic
        Whether the units are degrees, which are narrower from west to east.
    margin
        Pixels left free on each side.

    Examples
    --------
    >>> frame = fit_frame([0, 0, 20, 10], width=112, height=112, is_geographic=False)
    >>> frame.width, frame.height
    (112.0, 62.0)
    """
    west, south, east, north = (float(edge) for edge in np.asarray(bounds, np.float64))
    squeeze = math.cos(math.radians((south + north) / 2)) if is_geographic else 1.0
    squeeze = max(squeeze, 1e-3)
    wide, high = max((east - west) * squeeze, 1e-12), max(north - south, 1e-12)
    scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
    return Frame(
        west=west - margin / (scale * squeeze),
        north=north + margin / scale,
        x_scale=scale * squeeze,
        y_scale=scale,
        width=round(wide * scale + 2 * margin, 1),
        height=round(high * scale + 2 * margin, 1),
    )


def frame_points(frame: Frame, xy: npt.ArrayLike) -> Floats:
    """Return the pixels (n, 2) of coordinates (n, 2)."""
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    return np.column_stack(
        [(points[:, 0] - frame.west) * frame.x_scale, (frame.north - points[:, 1]) * frame.y_scale]
    )


def path_data(geometries: npt.ArrayLike, frame: Frame) -> str:
    """Return the rings of (Multi)Polygons as one SVG path, simplified to what can be seen.

    Parameters
    ----------
    geometries : array_like (n,) of polygons in the units of `frame`; None and empty ones
        draw nothing

    Returns
    -------
    str
        Coordinates with one decimal; empty when nothing can be drawn.
    """
    shapes = np.atleast_1d(np.asarray(geometries, dtype=object))
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    parts = shapely.get_parts(shapes[finite])
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == 3])
    pixels = shapely.transform(rings, lambda xy: frame_points(frame, xy))
    step = _STEADY_PX
    while True:
        seen = shapely.simplify(pixels, step, preserve_topology=False)
        if int(shapely.get_num_coordinates(seen).sum()) <= MOST_VERTICES or step > _COARSEST_PX:
            break
        step *= 4
    return "".join(_ring_path(ring) for ring in _largest(seen) if not shapely.is_empty(ring))


def _largest(rings: Geometries) -> Geometries:
    """Return rings in their order, of too many only the largest: the rest are specks."""
    vertices = shapely.get_num_coordinates(rings)
    if int(vertices.sum()) <= MOST_VERTICES:
        return rings
    size = shapely.area(shapely.envelope(rings))
    order = np.argsort(-size, kind="stable")
    kept = order[np.cumsum(vertices[order]) <= max(MOST_VERTICES, vertices[order[0]])]
    return rings[np.sort(kept)]


def _ring_path(ring: shapely.LinearRing) -> str:
    xy = shapely.get_coordinates(ring)[:-1]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in xy.tolist()) + "Z" if len(xy) else ""
