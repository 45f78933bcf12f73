"""Bins of points for the view a map shows: what is sent does not grow with the points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Bins", "bin_points"]

FloatArray = npt.NDArray[np.float64]

_TILE_PX = 256
_MAX_LAT = 85.051128779806604
_DEGREE = np.pi / 180


@dataclass(frozen=True)
class Bins:
    """Points counted on squares of the map.

    Attributes
    ----------
    lon, lat
        float64[n]: centres of the bins that hold points, in degrees.
    count
        int64[n]: points in each.
    mean_lon, mean_lat
        float64[n]: means of the points in each, to show a single point where it is.
    size_px
        Side of a bin in pixels at the zoom asked: the size asked, or doubled until the view
        has no more bins than allowed.
    """

    lon: FloatArray
    lat: FloatArray
    count: npt.NDArray[np.int64]
    mean_lon: FloatArray
    mean_lat: FloatArray
    size_px: float


def bin_points(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    *,
    bounds: tuple[float, float, float, float],
    zoom: float,
    size_px: float = 24.0,
    max_bins: int = 4096,
) -> Bins:
    """Count points on square bins of the Web Mercator map.

    The bins are fixed to the map, not to the view: panning shows the same bins with the same
    counts, because a bin cut by the edge of the view is counted whole.

    Parameters
    ----------
    lon, lat
        Degrees, WGS 84; points without a position (NaN) are not counted.
    bounds
        West, south, east, north of the view in degrees.
    zoom
        Zoom level of the view (256 px tiles); need not be whole.
    size_px
        Side of a bin in pixels.
    max_bins
        At most so many bins are returned, whatever the number of points.

    Examples
    --------
    >>> view = (114.0, 22.5, 114.1, 22.6)
    >>> bin_points([114.05, 114.05], [22.55, 22.55], bounds=view, zoom=12).count.tolist()
    [2]
    """
    size, columns, rows = _grid(bounds, zoom, size_px, max_bins)
    west, south, east, north = _corners(columns, rows, zoom, size)
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    near = (lons >= west) & (lons <= east) & (lats >= south) & (lats <= north)
    lons, lats = lons[near], lats[near]
    column = np.floor(_x_px(lons, zoom) / size).astype(np.int64) - columns[0]
    row = np.floor(_y_px(lats, zoom) / size).astype(np.int64) - rows[0]
    wide, high = columns[1] - columns[0], rows[1] - rows[0]
    inside = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
    flat = row[inside] * wide + column[inside]
    counts = np.bincount(flat, minlength=wide * high).astype(np.int64)
    full = np.flatnonzero(counts)
    centre_x = np.asarray((full % wide + columns[0] + 0.5) * size, dtype=np.float64)
    centre_y = np.asarray((full // wide + rows[0] + 0.5) * size, dtype=np.float64)

    def mean(values: FloatArray) -> FloatArray:
        total = np.bincount(flat, weights=values[inside], minlength=wide * high)
        return np.asarray(total[full] / counts[full], dtype=np.float64)

    return Bins(
        lon=_lon(centre_x, zoom),
        lat=_lat(centre_y, zoom),
        count=counts[full],
        mean_lon=mean(lons),
        mean_lat=mean(lats),
        size_px=size,
    )


def _grid(
    bounds: tuple[float, float, float, float], zoom: float, size_px: float, max_bins: int
) -> tuple[float, tuple[int, int], tuple[int, int]]:
    """Return the bin size and the half-open ranges of columns and rows that cover `bounds`."""
    x = _x_px(np.array([bounds[0], bounds[2]]), zoom)
    y = _y_px(np.array([bounds[3], bounds[1]]), zoom)
    size = float(size_px)
    while True:
        columns = (int(np.floor(x[0] / size)), int(np.floor(x[1] / size)) + 1)
        rows = (int(np.floor(y[0] / size)), int(np.floor(y[1] / size)) + 1)
        if (columns[1] - columns[0]) * (rows[1] - rows[0]) <= max(max_bins, 4):
            return size, columns, rows
        size *= 2


def _corners(
    columns: tuple[int, int], rows: tuple[int, int], zoom: float, size: float
) -> tuple[float, float, float, float]:
    """Return the bounds of the bins in degrees, a hair wider."""
    lon = _lon(np.array(columns) * size, zoom)
    lat = _lat(np.array(rows) * size, zoom)
    hair = 1e-9
    return lon[0] - hair, lat[1] - hair, lon[1] + hair, lat[0] + hair


def _world_px(zoom: float) -> float:
    return float(_TILE_PX * 2.0**zoom)


def _x_px(lon: FloatArray, zoom: float) -> FloatArray:
    return (lon + 180.0) * (_world_px(zoom) / 360.0)


def _y_px(lat: FloatArray, zoom: float) -> FloatArray:
    sine = np.sin(np.clip(lat, -_MAX_LAT, _MAX_LAT) * _DEGREE)
    return (0.5 - np.arctanh(sine) / (2 * np.pi)) * _world_px(zoom)


def _lon(x_px: FloatArray, zoom: float) -> FloatArray:
    return x_px * (360.0 / _world_px(zoom)) - 180.0


def _lat(y_px: FloatArray, zoom: float) -> FloatArray:
    return np.arctan(np.sinh((0.5 - y_px / _world_px(zoom)) * (2 * np.pi))) / _DEGREE
