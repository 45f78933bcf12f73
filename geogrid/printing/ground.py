"""From degrees to millimetres on paper: projection, scale and where the map lies in its frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.crs import local_crs
from geogrid.printing.paper import Box

__all__ = ["Ground", "height_on_paper", "lay_out", "scale_that_fits"]

_STEPS = (
    1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 2.0, 2.2, 2.4, 2.5, 2.8, 3.0, 3.2, 3.5, 3.8,
    4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0,
)  # fmt: skip
LEAST_SCALE = 200


@dataclass(frozen=True)
class Ground:
    """A map on paper.

    Attributes
    ----------
    scale
        Metres of ground per metre of paper, a round number.
    frame
        Where the map is seen, in mm.
    """

    scale: int
    frame: Box
    _project: pyproj.Transformer
    _middle_m: tuple[float, float]

    def to_paper(self, shapes: Any) -> npt.NDArray[np.object_]:
        """Return geometries of degrees in millimetres on the page."""
        x0, y0 = self.frame.middle
        east, north = self._middle_m
        mm_per_m = 1000.0 / self.scale

        def turn(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            x, y = self._project.transform(points[:, 0], points[:, 1])
            return np.column_stack([x0 + (x - east) * mm_per_m, y0 + (y - north) * mm_per_m])

        return np.asarray(shapely.transform(np.atleast_1d(shapes), turn), dtype=object)

    def seen(self, margin: float = 5.0) -> shapely.Polygon:
        """Return the frame as a polygon of mm, larger by `margin`."""
        return shapely.box(*self.frame.inset(-margin))


def scale_that_fits(outline: shapely.Geometry, width: float, height: float) -> float:
    """Return the round scale at which ground (in degrees) fits into `width` by `height` mm."""
    west, south, east, north = _bounds_m(outline)[0]
    return _round_up(max((east - west) / width, (north - south) / height) * 1000.0)


def height_on_paper(outline: shapely.Geometry, scale: float) -> float:
    """Return how high some ground (in degrees) is on paper at a scale, in mm."""
    _west, south, _east, north = _bounds_m(outline)[0]
    return (north - south) * 1000.0 / scale


def lay_out(outline: shapely.Geometry, frame: Box, margin: float) -> Ground:
    """Return the map of some ground, as large as it fits, in the middle of its frame.

    The projection is transverse Mercator about the middle of the ground: north is up, and
    lengths are true (1e-5 within 25 km of the middle meridian).

    Parameters
    ----------
    outline : in degrees
    frame : in mm
    margin : that is kept free around the ground, in mm
    """
    (west, south, east, north), project = _bounds_m(outline)
    room = frame.inset(margin)
    scale = scale_that_fits(outline, room.width, room.height)
    return Ground(int(scale), frame, project, ((west + east) / 2, (south + north) / 2))


def _bounds_m(
    outline: shapely.Geometry,
) -> tuple[tuple[float, float, float, float], pyproj.Transformer]:
    west, south, east, north = outline.bounds
    plane = local_crs((west + east) / 2, (south + north) / 2)
    project = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    points = shapely.get_coordinates(outline)
    x, y = project.transform(points[:, 0], points[:, 1])
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max())), project


def _round_up(needed: float) -> float:
    if needed <= LEAST_SCALE:
        return float(LEAST_SCALE)
    ten = 10.0 ** np.floor(np.log10(needed))
    found = next((step for step in _STEPS if step * ten >= needed), 10.0)
    return float(round(found * ten))
