"""Ellipsoidal area as a sum over edges that are straight in longitude and latitude.

The area between an edge and a parallel is the integral of S(φ) dλ, where S is the
ellipsoid's area from that parallel to latitude φ per radian of longitude (Snyder 1987,
*Map Projections: A Working Manual*, eq. 3-12). Along a straight edge λ is linear in φ,
so the integral is Δλ times the mean of S: splitting an edge changes nothing, and areas
of parts add up to the area of the whole to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["edge_area", "polygon_area"]

Floats = npt.NDArray[np.float64]

_SHORT_RAD = 0.002
"""Edges lower than this (11 km) need three Gauss points for full precision, others twenty."""


def _zone(lat: Floats, origin: Floats, axis_m: float, e2: float) -> Floats:
    """Return the area between two parallels per radian of longitude, in m².

    Written in the difference of the sines, so that a hamlet far from the equator keeps
    all its digits. The factor Σ (k+1)/(2k+1) e²ᵏ (s²ᵏ + s²ᵏ⁻¹ r + … + r²ᵏ) is the divided
    difference of ∫ ds / (1 − e² s²)².
    """
    half = (lat - origin) * 0.5
    difference = 2.0 * np.cos(origin + half) * np.sin(half)
    r = np.sin(origin)
    s = r + difference
    chain = np.ones_like(s)
    r_power = np.ones_like(r)
    factor = np.ones_like(s)
    for k in range(1, 7):
        for _ in range(2):
            r_power = r_power * r
            chain = chain * s + r_power
        factor = factor + (k + 1) / (2 * k + 1) * e2**k * chain
    return np.asarray(axis_m * axis_m * (1.0 - e2) * difference * factor)


@lru_cache(maxsize=4)
def _gauss(points: int) -> tuple[list[float], list[float]]:
    """Return the nodes and weights of Gauss's rule between −1 and 1."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return nodes.tolist(), weights.tolist()


def _mean_zone(
    start: Floats, end: Floats, origin: Floats, axis_m: float, e2: float, points: int
) -> Floats:
    nodes, weights = _gauss(points)
    total = np.zeros_like(start)
    for node, weight in zip(nodes, weights, strict=True):
        share = 0.5 * (1.0 + node)
        total += 0.5 * weight * _zone(start + share * (end - start), origin, axis_m, e2)
    return total


def edge_area(
    start: Floats, end: Floats, origin_lat: Floats, *, axis_m: float, e2: float
) -> Floats:
    """Return the signed area between each directed edge and the parallel of its origin.

    Parameters
    ----------
    start, end : (n, 2) longitude and latitude in radians
    origin_lat : (n,) latitude in radians; the same for all edges of a ring, near the ring
    axis_m, e2 : equatorial radius in metres and squared eccentricity of the ellipsoid

    Returns
    -------
    (n,) m²; over a closed ring the sum is positive when it runs counter-clockwise.
    """
    mean = np.empty(len(start))
    short = np.abs(end[:, 1] - start[:, 1]) < _SHORT_RAD
    for chosen, points in ((short, 3), (~short, 20)):
        if not chosen.any():
            continue
        mean[chosen] = _mean_zone(
            start[chosen, 1], end[chosen, 1], origin_lat[chosen], axis_m, e2, points
        )
    return np.asarray((start[:, 0] - end[:, 0]) * mean)


def polygon_area(
    shapes: npt.NDArray[np.object_],
    radians: Callable[[Floats], Floats],
    *,
    axis_m: float,
    e2: float,
) -> Floats:
    """Return the area of (n,) shapely (Multi)Polygons in m²; other geometries count 0.

    `radians` turns (m, 2) coordinates into longitude and latitude in radians.
    """
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    if len(coordinates) == 0:
        return np.zeros(len(shapes))
    position = radians(coordinates)
    is_edge = owner[1:] == owner[:-1]
    edge_owner = owner[1:][is_edge]
    first = np.searchsorted(owner, np.arange(len(rings)))
    areas = edge_area(
        position[:-1][is_edge],
        position[1:][is_edge],
        position[first, 1][edge_owner],
        axis_m=axis_m,
        e2=e2,
    )
    ring_area = np.abs(np.bincount(edge_owner, weights=areas, minlength=len(rings)))
    is_shell = np.ones(len(rings), np.bool_)
    is_shell[1:] = ring_part[1:] != ring_part[:-1]
    signed = np.where(is_shell, ring_area, -ring_area)
    return np.asarray(
        np.bincount(part_owner[ring_part], weights=signed, minlength=len(shapes)), np.float64
    )
