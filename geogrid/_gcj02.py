"""The closed formulas of GCJ-02 and BD-09, with the same bits for a point alone or in a batch.

A point alone is computed in Python's floats: NumPy's cost per call would make it twenty times
slower. Only ``+ - * /``, ``sqrt`` and rounding are used: IEEE 754 fixes their result for each
element, whereas NumPy's sine may take another code path for another array length or
processor. A corner shared by two grids must not move differently in two files.

Sources: the WGS-84 → GCJ-02 formula as published in *eviltransform* and *gcoord*, and
Baidu's GCJ-02 → BD-09 step as published in *gcoord* (there with ``atan2``; here as the
same rotation by a small angle).
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial, floor, pi, sqrt
from typing import TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["bd09_from_wgs84", "gcj02_from_wgs84", "inverse"]

Floats = npt.NDArray[np.float64]
Value = TypeVar("Value", float, Floats)
Forward = Callable[[Value, Value], tuple[Value, Value]]

_AXIS_M = 6378245.0
_E2 = 0.00669342162296594323
_ITERATIONS = 8
_PIECE = 8192
_SINE = tuple((-1) ** k * pi ** (2 * k + 1) / factorial(2 * k + 1) for k in range(12))


def _sin_pi(turns: Value) -> Value:
    """Return sin(π·t), error below 4e-16: exact reduction to ±½, then its series."""
    whole = float(round(turns)) if isinstance(turns, float) else np.rint(turns)
    rest = turns - whole
    square = rest * rest
    value = _SINE[-1]
    for factor in _SINE[-2::-1]:
        value = value * square + factor
    half = floor(whole * 0.5) if isinstance(turns, float) else np.floor(whole * 0.5)
    odd = whole - 2.0 * half
    return rest * value * (1.0 - 2.0 * odd)


def _root(value: Value) -> Value:
    return sqrt(value) if isinstance(value, float) else np.sqrt(value)


def gcj02_from_wgs84(lon: Value, lat: Value) -> tuple[Value, Value]:
    """Return the GCJ-02 position of WGS 84 points in degrees, all taken as inside China."""
    x, y = lon - 105.0, lat - 35.0
    root = _root(abs(x))
    fine = (20.0 * _sin_pi(6.0 * x) + 20.0 * _sin_pi(2.0 * x)) * (2.0 / 3.0)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + fine
    north = north + (20.0 * _sin_pi(y) + 40.0 * _sin_pi(y / 3.0)) * (2.0 / 3.0)
    north = north + (160.0 * _sin_pi(y / 12.0) + 320.0 * _sin_pi(y / 30.0)) * (2.0 / 3.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + fine
    east = east + (20.0 * _sin_pi(x) + 40.0 * _sin_pi(x / 3.0)) * (2.0 / 3.0)
    east = east + (150.0 * _sin_pi(x / 12.0) + 300.0 * _sin_pi(x / 30.0)) * (2.0 / 3.0)
    sine = _sin_pi(lat / 180.0)
    cosine = _sin_pi(lat / 180.0 + 0.5)
    bulge = 1.0 - _E2 * sine * sine
    meridian_m = _AXIS_M * (1.0 - _E2) / (bulge * _root(bulge))
    parallel_m = _AXIS_M / _root(bulge) * cosine
    return lon + east * 180.0 / (parallel_m * pi), lat + north * 180.0 / (meridian_m * pi)


def bd09_from_wgs84(lon: Value, lat: Value) -> tuple[Value, Value]:
    """Return the BD-09 position of WGS 84 points in degrees, all taken as inside China."""
    x, y = gcj02_from_wgs84(lon, lat)
    radius = _root(x * x + y * y)
    stretch = 1.0 + 0.00002 * _sin_pi(y * 50.0 / 3.0) / radius
    turn = 0.000003 * _sin_pi(x * 50.0 / 3.0 + 0.5)
    sine, cosine = turn - turn * turn * turn / 6.0, 1.0 - turn * turn / 2.0
    return (
        stretch * (x * cosine - y * sine) + 0.0065,
        stretch * (y * cosine + x * sine) + 0.006,
    )


def inverse(forward: Forward[Value], lon: Value, lat: Value) -> tuple[Value, Value]:
    """Return the WGS 84 points that `forward` maps to `lon`, `lat`, in degrees.

    A fixed number of steps w ← g − (f(w) − w). The shift changes by less than 0.03 per
    degree, so eight steps leave less than the rounding of a double. Works through long
    arrays in pieces that stay in the processor's cache.
    """
    if isinstance(lon, float):
        x, y = lon, lat
        for _ in range(_ITERATIONS):
            shifted_x, shifted_y = forward(x, y)
            x, y = lon - (shifted_x - x), lat - (shifted_y - y)
        return x, y
    shape = lon.shape
    lon, lat = lon.ravel(), lat.ravel()
    x, y = lon.copy(), lat.copy()
    for start in range(0, len(lon), _PIECE):
        piece = slice(start, start + _PIECE)
        for _ in range(_ITERATIONS):
            shifted_x, shifted_y = forward(x[piece], y[piece])
            x[piece] = lon[piece] - (shifted_x - x[piece])
            y[piece] = lat[piece] - (shifted_y - y[piece])
    return x.reshape(shape), y.reshape(shape)
