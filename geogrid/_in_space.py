"""Places and boxes on the ellipsoid in space, where nothing jumps at a pole or a meridian."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyproj

__all__ = ["LARGEST_RADIUS_M", "boxes_in_space", "in_space"]

Floats = npt.NDArray[np.float64]

LARGEST_RADIUS_M = 6.5e6
"""More than any radius of curvature, and any second derivative of a place by its angles."""
_ROOM_M = 1e-6
_WGS84 = pyproj.Geod(ellps="WGS84")


def in_space(places: Floats) -> Floats:
    """Return (n, 3) metres from the middle of the ellipsoid, of (n, 2) degrees."""
    lon, lat = np.radians(places).T
    sine = np.sin(lat)
    prime = _WGS84.a / np.sqrt(1.0 - _WGS84.es * sine**2)
    radius = prime * np.cos(lat)
    place = radius * np.cos(lon), radius * np.sin(lon), prime * (1.0 - _WGS84.es) * sine
    return np.stack(place, axis=1)


def boxes_in_space(boxes: Floats) -> Floats:
    """Return (e, 6, 8) boxes in metres around (e, 4, 8) boxes in degrees.

    Between the corners a coordinate differs from what lies straight between theirs by an eighth
    of its second derivatives times the widths squared, at most. Boxes at infinity become NaN.
    """
    boxes = np.where(np.isfinite(boxes), boxes, np.nan)
    west, south, east, north = np.moveaxis(boxes, 1, 0)
    corners = ((west, south), (west, north), (east, south), (east, north))
    places = [in_space(np.column_stack([lon.ravel(), lat.ravel()])) for lon, lat in corners]
    wide, high = np.radians(east - west).ravel(), np.radians(north - south).ravel()
    room = (LARGEST_RADIUS_M * (wide**2 + high**2) / 8 + _ROOM_M)[:, None]
    both = np.hstack([np.min(places, axis=0) - room, np.max(places, axis=0) + room])
    return np.moveaxis(both.reshape(*west.shape, 6), 2, 1)
