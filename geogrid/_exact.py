"""Signs of orientation and order of directions, decided exactly.

A float filter (Shewchuk 1997, *Adaptive Precision Floating-Point Arithmetic*, bound A of
``orient2d``) settles nearly everything at array speed; what it leaves open is decided with
rational numbers, in which every double is exact.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

__all__ = ["direction_key", "is_on_edge", "orientation", "side_of_edge"]

Floats = npt.NDArray[np.float64]

_FILTER = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
_UNDERFLOW = 1e-290


def orientation(
    ax: Floats, ay: Floats, bx: Floats, by: Floats, px: Floats, py: Floats
) -> npt.NDArray[np.int8]:
    """Return +1 where p is left of the line from a to b, −1 right of it, 0 exactly on it.

    Parameters
    ----------
    ax, ay, bx, by, px, py : (n,) finite coordinates
    """
    dax, day, dbx, dby = ax - px, ay - py, bx - px, by - py
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        left, right = dax * dby, day * dbx
        value = left - right
        size = np.abs(left) + np.abs(right)
        is_certain = (np.abs(value) > _FILTER * size) & (size > _UNDERFLOW)
    sign = np.sign(np.where(is_certain, value, 0.0)).astype(np.int8)
    is_zero = (
        ((dax == 0) & (day == 0))
        | ((dbx == 0) & (dby == 0))
        | ((dax == 0) & (dbx == 0))
        | ((day == 0) & (dby == 0))
    )
    for at in np.flatnonzero(~is_certain & ~is_zero):
        sign[at] = _exact_sign(*(float(part[at]) for part in (ax, ay, bx, by, px, py)))
    return sign


def side_of_edge(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    """Return what :func:`orientation` does, for one point."""
    left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
    size = abs(left) + abs(right)
    if abs(left - right) > _FILTER * size and _UNDERFLOW < size < math.inf:
        return 1 if left > right else -1
    return _exact_sign(ax, ay, bx, by, x, y)


def _exact_sign(*values: float) -> int:
    ax, ay, bx, by, px, py = map(Fraction, values)
    value = (ax - px) * (by - py) - (ay - py) * (bx - px)
    return (value > 0) - (value < 0)


def is_on_edge(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Return whether a point lies exactly on a segment, its ends included."""
    in_box = min(start[0], end[0]) <= x <= max(start[0], end[0]) and min(
        start[1], end[1]
    ) <= y <= max(start[1], end[1])
    return in_box and _exact_sign(*start, *end, x, y) == 0


def direction_key(x: float, y: float, to: tuple[float, float]) -> tuple[int, Fraction]:
    """Return a key that sorts directions counter-clockwise, from just north of east to east.

    The direction is from (`x`, `y`) to another point `to`; equal directions have equal keys.
    """
    dx, dy = Fraction(to[0]) - Fraction(x), Fraction(to[1]) - Fraction(y)
    if dy == 0:
        return (1 if dx < 0 else 3), Fraction(0)
    return (0 if dy > 0 else 2), -dx / dy
