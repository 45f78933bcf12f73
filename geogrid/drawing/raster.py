"""A small picture as PNG, drawn with NumPy alone: areas, lines, discs and numbers.

Everything is drawn several times too large without shades, and shrunk in the end, which
smooths the edges. There is no text but digits, so no font is needed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Canvas", "Colour"]

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_FINE = 3
_DOTS_PER_METRE = 7874  # 200 dots per inch
# strokes of the digits in a box 4 wide and 6 high, y down
_DIGITS: Sequence[Sequence[Sequence[tuple[float, float]]]] = (
    (((1, 0), (3, 0), (4, 1.2), (4, 4.8), (3, 6), (1, 6), (0, 4.8), (0, 1.2), (1, 0)),),
    (((0.8, 1.4), (2.2, 0), (2.2, 6)),),
    (((0, 1.4), (1, 0), (3, 0), (4, 1.2), (4, 2.2), (0, 6), (4, 6)),),
    (((0, 0), (4, 0), (1.8, 2.4), (3, 2.4), (4, 3.6), (4, 4.8), (3, 6), (1, 6), (0, 5)),),
    (((3, 6), (3, 0), (0, 4.4), (4, 4.4)),),
    (((4, 0), (0.6, 0), (0.3, 2.6), (2.8, 2.3), (4, 3.4), (4, 4.7), (3, 6), (1, 6), (0, 5)),),
    (((3.4, 0), (1, 2), (0, 4), (0, 4.8), (1, 6), (3, 6), (4, 4.8), (4, 3.8), (3, 2.8), (0.4, 3)),),
    (((0, 0), (4, 0), (1.6, 6)),),
    (
        ((1, 0), (3, 0), (4, 0.9), (4, 1.8), (3, 2.8), (1, 2.8), (0, 1.8), (0, 0.9), (1, 0)),
        ((1, 2.8), (0, 3.9), (0, 5), (1, 6), (3, 6), (4, 5), (4, 3.9), (3, 2.8)),
    ),
    (((0.6, 6), (3, 4), (4, 2), (4, 1.2), (3, 0), (1, 0), (0, 1.2), (0, 2.2), (1, 3.2), (3.6, 3)),),
)


class Canvas:
    """A picture being drawn; coordinates are pixels from the upper left corner.

    Parameters
    ----------
    width, height
        Size in pixels.
    paper
        Colour of the background.

    Examples
    --------
    >>> canvas = Canvas(20, 10)
    >>> canvas.fill([shapely.box(2, 2, 8, 8)], (200, 0, 0))
    >>> canvas.pixels()[5, 5].tolist(), canvas.pixels()[5, 15].tolist()
    ([200, 0, 0], [255, 255, 255])
    """

    def __init__(self, width: int, height: int, paper: Colour = (255, 255, 255)) -> None:
        self._large = np.empty((height * _FINE, width * _FINE, 3), dtype=np.uint8)
        self._large[:] = paper

    def fill(self, polygons: npt.ArrayLike, colour: Colour) -> None:
        """Paint (Multi)Polygons, holes left out; where two lie over each other both are painted.

        Parameters
        ----------
        polygons : array_like (n,) in pixels; None and empty ones are passed over
        colour : of the paint
        """
        parts = shapely.get_parts(np.asarray(polygons, dtype=object))
        for part in parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]:
            self._paint(part, colour)

    def _paint(self, polygon: shapely.Polygon, colour: Colour) -> None:
        """Paint one polygon within its own box."""
        high, wide = self._large.shape[:2]
        west, north, east, south = np.asarray(polygon.bounds) * _FINE
        left, top = max(int(west) - 1, 0), max(int(north) - 1, 0)
        right, bottom = min(int(east) + 2, wide), min(int(south) + 2, high)
        if left >= right or top >= bottom:
            return
        rings = shapely.get_rings(polygon)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        points = points * _FINE - (left, top)
        same = ring[:-1] == ring[1:]
        mask = _inside(points[:-1][same], points[1:][same], bottom - top, right - left)
        self._large[top:bottom, left:right][mask] = colour

    def stroke(self, lines: npt.ArrayLike, colour: Colour, *, width: float = 1.0) -> None:
        """Draw lines, or the outlines of polygons.

        Parameters
        ----------
        lines : array_like (n,) of lines, rings or (Multi)Polygons in pixels
        colour : of the pen
        width : of the pen in pixels
        """
        shapes = np.asarray(lines, dtype=object)
        points, owner = shapely.get_coordinates(
            shapely.get_parts(_as_lines(shapes)), return_index=True
        )
        same = owner[:-1] == owner[1:]
        mask = self._steps(points[:-1][same] * _FINE, points[1:][same] * _FINE)
        self._large[_thick(mask, width * _FINE)] = colour

    def _steps(self, start: Floats, end: Floats) -> Mask:
        """Return the pixels along segments."""
        high, wide = self._large.shape[:2]
        mask = np.zeros((high, wide), dtype=bool)
        # what lies wholly on one side of the picture is not seen
        low, top = np.minimum(start, end), np.maximum(start, end)
        seen = (top >= 0).all(axis=1) & (low < (wide, high)).all(axis=1)
        start, end = start[seen], end[seen]
        count = np.minimum(np.abs(end - start).max(axis=1), 4.0 * (wide + high)).astype(int) + 1
        at = np.repeat(np.arange(len(count)), count)
        share = (np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)) / count[at]
        x, y = np.floor(start[at] + (end - start)[at] * share[:, None]).astype(int).T
        inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
        mask[y[inside], x[inside]] = True
        return mask

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Paint a disc about a point."""
        self.fill([shapely.Point(x, y).buffer(radius)], colour)

    def number(self, x: float, y: float, number: int, colour: Colour, *, height: float) -> None:
        """Write a number with its middle at a point.

        Parameters
        ----------
        x, y : middle in pixels
        number : 0 or more
        colour : of the pen
        height : of the digits in pixels
        """
        scale = height / 6.0
        digits = [int(digit) for digit in str(number)]
        left = x - scale * (5.6 * len(digits) - 1.6) / 2.0
        strokes = [
            shapely.LineString(
                np.array(stroke) * scale + (left + scale * 5.6 * place, y - height / 2.0)
            )
            for place, digit in enumerate(digits)
            for stroke in _DIGITS[digit]
        ]
        self.stroke(strokes, colour, width=max(height / 7.0, 1.0))

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Return the picture (height, width, 3), red, green and blue."""
        high, wide = self._large.shape[0] // _FINE, self._large.shape[1] // _FINE
        fine = self._large.reshape(high, _FINE, wide, _FINE, 3)
        return np.rint(fine.mean(axis=(1, 3))).astype(np.uint8)

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        pixels = self.pixels()
        high, wide = pixels.shape[:2]
        lines = np.concatenate(
            [np.zeros((high, 1), dtype=np.uint8), pixels.reshape(high, -1)], axis=1
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            _chunk(name, data)
            for name, data in (
                (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)),
                (b"pHYs", struct.pack(">IIB", _DOTS_PER_METRE, _DOTS_PER_METRE, 1)),
                (b"IDAT", zlib.compress(lines.tobytes(), 9)),
                (b"IEND", b""),
            )
        )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _as_lines(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return polygons as their outlines, lines as they are."""
    lines = shapes.copy()
    is_area = shapely.get_dimensions(shapes) == 2
    lines[is_area] = shapely.boundary(shapes[is_area])
    return np.asarray(lines[~(shapely.is_missing(lines) | shapely.is_empty(lines))])


def _inside(start: Floats, end: Floats, high: int, wide: int) -> Mask:
    """Return which pixel middles lie inside closed rings, counted by crossings (even-odd)."""
    flip = start[:, 1] > end[:, 1]
    upper, lower = np.where(flip[:, None], end, start), np.where(flip[:, None], start, end)
    first = np.clip(np.ceil(upper[:, 1] - 0.5), 0, high).astype(int)
    last = np.clip(np.ceil(lower[:, 1] - 0.5), 0, high).astype(int)
    count = np.maximum(last - first, 0)
    at = np.repeat(np.arange(len(count)), count)
    row = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + first[at]
    slope = (lower[at, 0] - upper[at, 0]) / (lower[at, 1] - upper[at, 1])
    x = upper[at, 0] + (row + 0.5 - upper[at, 1]) * slope
    column = np.clip(np.ceil(x - 0.5), 0, wide).astype(int)
    crossings = np.zeros((high, wide + 1), dtype=np.int32)
    np.add.at(crossings, (row, column), 1)
    return np.asarray(np.cumsum(crossings, axis=1)[:, :wide] % 2 == 1)


def _thick(mask: Mask, width: float) -> Mask:
    """Return a mask grown to a pen of `width` pixels."""
    size = max(round(width), 1)
    grown = mask.copy()
    for step in range(1, size):
        grown[:, step:] |= mask[:, :-step]
    wide = grown.copy()
    for step in range(1, size):
        wide[step:] |= grown[:-step]
    shift = size // 2
    return np.roll(wide, (-shift, -shift), axis=(0, 1)) if shift else wide
