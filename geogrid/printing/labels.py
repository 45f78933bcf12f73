"""Where names go: inside their grids, off each other, and as numbers where there is no room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.printing.fonts import Cut, face
from geogrid.printing.paper import POINT_MM, Box

__all__ = ["LINE", "Form", "Occupied", "Placed", "place", "place_beside", "places_inside"]

LINE = 1.15
"""Distance of two lines of a name, in ems."""
_CELL_MM = 12.0
_LATTICE = 9
_ANCHORS = 12


class Occupied:
    """Boxes that are taken, looked up by place."""

    def __init__(self, bounds: Box) -> None:
        self.bounds = bounds
        self._cells: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def _keys(self, box: Box) -> Iterator[tuple[int, int]]:
        for x in range(int(box.west // _CELL_MM), int(box.east // _CELL_MM) + 1):
            for y in range(int(box.south // _CELL_MM), int(box.north // _CELL_MM) + 1):
                yield x, y

    def is_free(self, box: Box) -> bool:
        """Return whether a box is within the bounds and off all others."""
        west, south, east, north = self.bounds
        if box.west < west or box.south < south or box.east > east or box.north > north:
            return False
        return not any(box.touches(other) for key in self._keys(box) for other in self._cells[key])

    def take(self, box: Box) -> None:
        """Take a box."""
        for key in self._keys(box):
            self._cells[key].append(box)

    def take_along(self, shapes: Any, step: float) -> None:
        """Take what lies along lines (mm), as squares with sides of `step`."""
        for line in shapely.get_parts(np.atleast_1d(shapes)):
            points = shapely.get_coordinates(shapely.segmentize(line, step))
            for x, y in points.tolist():
                half = step / 2
                self.take(Box(x - half, y - half, x + half, y + half))

    def crosses(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Return whether a straight line meets a box that is taken."""
        line = shapely.linestrings([start, end])
        west, east = sorted((start[0], end[0]))
        south, north = sorted((start[1], end[1]))
        near = {
            box for key in self._keys(Box(west, south, east, north)) for box in self._cells[key]
        }
        return any(shapely.intersects(line, shapely.box(*box)) for box in near)


@dataclass(frozen=True)
class Form:
    """One way to write a name: lines of one size."""

    lines: tuple[str, ...]
    size: float
    cut: Cut = "regular"

    @property
    def width(self) -> float:
        """Return the width of the longest line in mm."""
        return max(face(self.cut).width(line, self.size) for line in self.lines)

    @property
    def height(self) -> float:
        """Return the height of all lines in mm."""
        return self.size * POINT_MM * (1 + LINE * (len(self.lines) - 1))

    def around(self, x: float, y: float, margin: float = 0.0) -> Box:
        """Return the box of the name about its middle."""
        half_x, half_y = self.width / 2 + margin, self.height / 2 + margin
        return Box(x - half_x, y - half_y, x + half_x, y + half_y)


@dataclass(frozen=True)
class Placed:
    """A name at its place; `anchor` is where its leader line ends, if it has one."""

    form: Form
    x: float
    y: float
    rank: int
    anchor: tuple[float, float] | None = None


def places_inside(shape: shapely.Geometry) -> npt.NDArray[np.float64]:
    """Return points in a polygon (mm), the roomiest first.

    The middle of the largest circle in its largest part, then points of a lattice, those
    farthest from the outline and nearest to that middle first.
    """
    parts = shapely.get_parts(shape)
    part = parts[int(np.argmax(shapely.area(parts)))]
    if part.area <= 0:
        return np.empty((0, 2))
    west, south, east, north = part.bounds
    tolerance = max(east - west, north - south) / 60
    circle = shapely.maximum_inscribed_circle(part, tolerance)
    middle = shapely.get_coordinates(circle)[0]
    steps = (np.arange(_LATTICE) + 0.5) / _LATTICE
    xs, ys = np.meshgrid(west + steps * (east - west), south + steps * (north - south))
    points = np.column_stack([xs.ravel(), ys.ravel()])
    shapely.prepare(part)
    points = points[shapely.contains_xy(part, points[:, 0], points[:, 1])]
    depth = shapely.distance(shapely.boundary(part), shapely.points(points))
    worth = np.hypot(*(points - middle).T) - depth if len(points) else depth
    return np.vstack([middle, points[np.argsort(worth, kind="stable")]])


def place(
    shape: shapely.Geometry,
    forms: Sequence[Form],
    taken: Occupied,
    *,
    places: npt.NDArray[np.float64] | None = None,
    spill: float = 0.0,
    margin: float = 0.3,
) -> Placed | None:
    """Return a name at the first free place, in the first form that has one, and take it.

    Parameters
    ----------
    shape
        Polygon in mm in which the name belongs.
    forms
        Ways to write it, the best first.
    taken
        What other names hold.
    places
        Middles to try; :func:`places_inside` by default.
    spill
        How many mm the name may reach over the outline.
    margin
        Around the name, in mm.
    """
    found = places_inside(shape) if places is None else places
    if not len(found):
        return None
    room = shapely.buffer(shape, spill) if spill else shape
    shapely.prepare(room)
    west, south, east, north = shapely.bounds(room)
    for rank, form in enumerate(forms):
        width, height = form.width, form.height
        if width > east - west or height > north - south:
            continue
        x, y = found.T
        boxes = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for at in np.flatnonzero(shapely.contains(room, boxes)):
            box = form.around(float(x[at]), float(y[at]), margin)
            if taken.is_free(box):
                taken.take(box)
                return Placed(form, float(x[at]), float(y[at]), rank)
    return None


def place_beside(
    shape: shapely.Geometry, form: Form, taken: Occupied, *, step: float, margin: float = 0.3
) -> Placed | None:
    """Return a short name outside its polygon, with where its leader line begins, and take it."""
    found = places_inside(shape)
    if not len(found):
        return None
    for x0, y0 in found[:_ANCHORS].tolist():
        for ring in range(1, 9):
            for turn in range(16):
                angle = 2 * np.pi * turn / 16
                x = x0 + ring * step * float(np.cos(angle))
                y = y0 + ring * step * float(np.sin(angle))
                box = form.around(x, y, margin)
                if taken.is_free(box) and not taken.crosses((x0, y0), (x, y)):
                    taken.take(box)
                    return Placed(form, x, y, 0, (x0, y0))
    return None
