"""Lines, outlines and curves of a drawing as vertices, the same for all who share them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import atan, atan2, ceil, hypot, pi, radians, tan
from typing import Any

import ezdxf.path
import numpy as np
import numpy.typing as npt

__all__ = ["STROKES", "arc_vertices", "hatch_outlines"]

Floats = npt.NDArray[np.float64]
Strokes = list[tuple[Floats, bool]]
"""Vertices of shape (k, 2) and whether they are closed."""

_SAGITTA = 0.01
_STEP = pi / 32
_MOST_STEPS = 2000
_STRAIGHT = 1e-6  # off a line of 10 km by 5 mm


def _plane(points: Iterable[Any]) -> Floats:
    return np.array([(point[0], point[1]) for point in points], dtype=np.float64).reshape(-1, 2)


def arc_vertices(start: Floats, end: Floats, bulge: float) -> Floats:
    """Return an arc as vertices after `start` and before `end`.

    Parameters
    ----------
    start, end : (2,)
    bulge
        Tangent of a quarter of the angle, positive counter-clockwise, as in DXF.

    Returns
    -------
    ndarray of shape (k, 2)
        The same bits whichever end is called the start, so that neighbours who both draw
        the arc share its vertices. Off the arc by less than 1 cm in drawings in metres.
    """
    if tuple(end) < tuple(start):
        return arc_vertices(end, start, -bulge)[::-1]
    chord = end - start
    length = hypot(*chord)
    if abs(bulge) < _STRAIGHT or length == 0 or not np.isfinite(length):
        return np.empty((0, 2))
    angle = 4 * atan(bulge)
    radius = length * (1 + bulge * bulge) / (4 * abs(bulge))
    centre = (start + end) / 2 + np.array([-chord[1], chord[0]]) * (1 - bulge**2) / (4 * bulge)
    step = min(_STEP, 2 * (2 * _SAGITTA / radius) ** 0.5)
    count = min(ceil(abs(angle) / step), _MOST_STEPS)
    first = atan2(start[1] - centre[1], start[0] - centre[0])
    turns = first + angle * np.arange(1, count) / count
    return centre + radius * np.column_stack([np.cos(turns), np.sin(turns)])


def _bulged(points: Floats, bulges: list[float], is_closed: bool) -> Floats:
    if not any(bulges):
        return points
    pieces = []
    for at, (point, bulge) in enumerate(zip(points, bulges, strict=True)):
        pieces.append(point[None])
        if bulge and (is_closed or at + 1 < len(points)):
            pieces.append(arc_vertices(point, points[(at + 1) % len(points)], bulge))
    return np.vstack(pieces)


def _lwpolyline(entity: Any) -> Strokes:
    if entity.ocs().transform:
        return [(_plane(ezdxf.path.make_path(entity).flattening(_SAGITTA)), entity.closed)]
    rows = entity.get_points("xyb")
    points = np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2)
    return [(_bulged(points, [row[2] for row in rows], entity.closed), entity.closed)]


def _polyline(entity: Any) -> Strokes:
    if not (entity.is_2d_polyline or entity.is_3d_polyline):
        return []
    if entity.is_2d_polyline and entity.ocs().transform:
        return [(_plane(ezdxf.path.make_path(entity).flattening(_SAGITTA)), entity.is_closed)]
    corners = [vertex for vertex in entity.vertices if not vertex.dxf.get("flags", 0) & 16]
    bulges = [float(vertex.dxf.get("bulge", 0.0)) for vertex in corners]
    points = _plane(vertex.dxf.location for vertex in corners)
    return [(_bulged(points, bulges, entity.is_closed), entity.is_closed)]


def _line(entity: Any) -> Strokes:
    return [(_plane([entity.dxf.start, entity.dxf.end]), False)]


def _arc(entity: Any) -> Strokes:
    ends = _plane([entity.start_point, entity.end_point])
    turn = (entity.dxf.end_angle - entity.dxf.start_angle) % 360 or 360.0
    if turn >= 359.999 or entity.ocs().transform:
        return [(_plane(ezdxf.path.make_path(entity).flattening(_SAGITTA)), False)]
    return [(_bulged(ends, [tan(radians(turn) / 4), 0.0], False), False)]


def _circle(entity: Any) -> Strokes:
    centre, radius = entity.ocs().to_wcs(entity.dxf.center), entity.dxf.radius
    ends = _plane([(centre.x - radius, centre.y), (centre.x + radius, centre.y)])
    return [(_bulged(ends, [1.0, 1.0], True), True)] if radius > 0 else []


def _curve(entity: Any) -> Strokes:
    frame = _plane(ezdxf.path.make_path(entity).control_vertices())
    size = float(np.ptp(frame, axis=0).max()) if len(frame) else 0.0
    flat = _plane(ezdxf.path.make_path(entity).flattening(max(_SAGITTA, size * 1e-4)))
    return [(flat, bool(len(flat) > 3 and np.allclose(flat[0], flat[-1], rtol=0, atol=1e-9)))]


def hatch_outlines(entity: Any) -> Strokes:
    """Return the outlines of a hatched area."""
    outlines = [
        _plane(path.flattening(_SAGITTA, segments=8)) for path in ezdxf.path.from_hatch(entity)
    ]
    return [(outline, True) for outline in outlines if len(outline) > 3]


STROKES: Mapping[str, Callable[[Any], Strokes]] = {
    "LWPOLYLINE": _lwpolyline,
    "POLYLINE": _polyline,
    "LINE": _line,
    "ARC": _arc,
    "CIRCLE": _circle,
    "ELLIPSE": _curve,
    "SPLINE": _curve,
}
"""Type of entity to what makes its strokes."""
