"""Names along streets, sign by sign, as on a map of a city."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.printing.fonts import ASCENT, DESCENT, face
from geogrid.printing.labels import Occupied
from geogrid.printing.paper import POINT_MM, Box

__all__ = ["Sign", "along"]

_MOST_TURN = 28.0
_UPRIGHT_FROM = 50.0
_EM_MIDDLE = (ASCENT - DESCENT) / 2


@dataclass(frozen=True)
class Sign:
    """One sign of a name: its middle in mm and its turn in degrees."""

    text: str
    x: float
    y: float
    angle: float


def along(
    line: shapely.LineString, name: str, size: float, taken: Occupied, *, gap: float = 0.12
) -> list[Sign]:
    """Return a name set along a line, and take its place; empty where there is none.

    Stretches are tried from the middle outward; one that turns too much, leaves the frame or lies
    on another name is passed over. On steep streets Chinese signs stand upright, one below the
    other, as people read them.

    Parameters
    ----------
    line : in mm
    name : without signs that cannot be drawn
    size : in points
    taken : what other names hold
    gap : between signs, in ems
    """
    em = size * POINT_MM
    widths = np.array([face("regular").width(sign, size) + gap * em for sign in name])
    length, needed = line.length, float(widths.sum())
    if length < needed * 1.05:
        return []
    for start in _starts(length, needed):
        signs = _set(line, name, widths, start)
        if not signs:
            continue
        boxes = [_sign_box(sign, size) for sign in signs]
        if all(taken.is_free(box) for box in boxes):
            for box in boxes:
                taken.take(box)
            return signs
    return []


def _starts(length: float, needed: float) -> npt.NDArray[np.float64]:
    free = length - needed
    steps = np.linspace(0.0, free, max(int(free / 4.0), 1) + 2)
    found: npt.NDArray[np.float64] = steps[np.argsort(np.abs(steps - free / 2), kind="stable")]
    return found


def _set(
    line: shapely.LineString, name: str, widths: npt.NDArray[np.float64], start: float
) -> list[Sign]:
    total = float(widths.sum())
    first, last = shapely.get_coordinates(
        shapely.line_interpolate_point(line, [start, start + total])
    )
    slope = degrees(atan2(last[1] - first[1], last[0] - first[0]))
    is_upright = not name.isascii() and _UPRIGHT_FROM < abs(slope) < 180 - _UPRIGHT_FROM
    is_backward = slope > 0 if is_upright else abs(slope) > 90
    middles = start + np.cumsum(widths) - widths / 2
    if is_backward:
        middles = 2 * start + total - middles
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, middles))
    half = widths / 2
    before = shapely.get_coordinates(shapely.line_interpolate_point(line, middles - half))
    after = shapely.get_coordinates(shapely.line_interpolate_point(line, middles + half))
    steps = (after - before) * (-1 if is_backward else 1)
    angles = np.degrees(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))
    if len(angles) > 1 and np.ptp(angles) > _MOST_TURN * 2:
        return []
    if len(angles) > 1 and np.abs(np.diff(angles)).max() > _MOST_TURN:
        return []
    turned = angles + 90 if is_upright else angles
    return [
        Sign(sign, float(x), float(y), float((angle + 180) % 360 - 180))
        for sign, (x, y), angle in zip(name, points, turned, strict=True)
    ]


def _sign_box(sign: Sign, size: float) -> Box:
    half = size * POINT_MM * 0.58
    return Box(sign.x - half, sign.y - half, sign.x + half, sign.y + half)


def base_line(sign: Sign, size: float) -> tuple[float, float]:
    """Return where the base line of a sign lies below its middle."""
    drop = size * POINT_MM * _EM_MIDDLE
    turn = np.radians(sign.angle)
    return sign.x + drop * float(np.sin(turn)), sign.y - drop * float(np.cos(turn))
