"""The overview of a written report: grids, the outline, and the numbered gravest defects."""

from __future__ import annotations

import math
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.measure import zoom_points
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.drawing.raster import Canvas, Colour
from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points
from geogrid.reports.record import CheckRecord

__all__ = ["EDGE_COLOUR", "KIND_COLOURS", "OTHER_COLOUR", "overview_png", "to_pixels"]

Geometries = npt.NDArray[np.object_]

KIND_COLOURS: Mapping[str, Colour] = {
    "gap": (200, 40, 40),
    "overlap": (214, 118, 0),
    "duplicate": (214, 118, 0),
    "spill": (123, 63, 160),
    "nesting": (123, 63, 160),
}
"""Colour of a kind of defect; the others have :data:`OTHER_COLOUR`."""

OTHER_COLOUR: Colour = (60, 90, 120)
"""Of the other kinds."""

EDGE_COLOUR: Colour = (30, 60, 90)
"""Of the outline."""

_PAPER: Colour = (255, 255, 255)
_LAND: Colour = (238, 243, 246)
_LINE: Colour = (150, 166, 178)
_COARSE: Colour = (96, 116, 132)
_WIDTH, _HEIGHT, _MARGIN = 1200, 900, 26
_MOST_GRIDS = 30_000
_MOST_FILLED = 3000
_RADIUS = 15.0
_DIGIT_PX = 14.0
_STEADY_PX = 0.3


def overview_png(record: CheckRecord, marked: int) -> bytes | None:
    """Return a picture of the whole area as PNG, north at the top; None without any shape.

    Parameters
    ----------
    record : the check
    marked : how many defects, the gravest first, have their number in the picture
    """
    grids = _plane(record.grids.head(_MOST_GRIDS))
    bounds = np.asarray(shapely.total_bounds(grids))
    if not np.isfinite(bounds).all():
        return None
    is_geographic = record.grids.crs.geodetic_crs is not None
    frame = fit_frame(
        bounds, width=_WIDTH, height=_HEIGHT, is_geographic=is_geographic, margin=_MARGIN
    )
    canvas = Canvas(max(round(frame.width), 200), max(round(frame.height), 120), _PAPER)
    _draw_grids(canvas, record, grids, frame)
    if record.region is not None:
        canvas.stroke(to_pixels(_plane(record.region), frame), EDGE_COLOUR, width=3.0)
    _draw_defects(canvas, record, frame, marked)
    return canvas.png()


def _plane(frame: gpd.GeoDataFrame) -> Geometries:
    return to_lonlat(frame.geometry.to_numpy(), frame.crs)


def to_pixels(shapes: Geometries, frame: Frame) -> Geometries:
    """Return shapes in pixels, without corners that cannot be seen; broken ones are left out."""
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    moved = shapely.transform(shapes[finite], lambda xy: frame_points(frame, xy))
    thin = np.asarray(shapely.simplify(moved, _STEADY_PX, preserve_topology=False), dtype=object)
    return thin[~shapely.is_empty(thin)]


def _draw_grids(canvas: Canvas, record: CheckRecord, shapes: Geometries, frame: Frame) -> None:
    """Paint the land, then the borders; those of the coarser levels are darker."""
    pixels = to_pixels(shapes, frame)
    canvas.fill(pixels, _LAND)
    canvas.stroke(pixels, _LINE, width=1.0)
    levels = record.levels.index
    if len(levels) > 1:
        is_coarse = (record.grids["level"].head(len(shapes)) < levels.max()).fillna(False)
        coarse = shapes[is_coarse.to_numpy(dtype=bool)]
        canvas.stroke(to_pixels(coarse, frame), _COARSE, width=2.0)


def _draw_defects(canvas: Canvas, record: CheckRecord, frame: Frame, marked: int) -> None:
    """Paint what has an area and must be mended, and put a number at the gravest."""
    defects = record.report.defects
    grave = defects[defects["severity"].isin(["error", "advice"])].head(_MOST_FILLED)
    for kind, rows in grave.groupby("kind"):
        colour = KIND_COLOURS.get(str(kind), OTHER_COLOUR)
        shapes = _plane(rows)
        shapes = to_pixels(shapes[shapely.get_dimensions(shapes) == 2], frame)
        canvas.fill(shapes, colour)
        canvas.stroke(shapes, colour, width=1.5)
    listed = defects.head(marked)
    places = frame_points(frame, zoom_points(_plane(listed)))
    for at in range(len(listed) - 1, -1, -1):  # the gravest on top
        x, y = places[at].tolist()
        if math.isfinite(x) and math.isfinite(y):
            colour = KIND_COLOURS.get(str(listed["kind"].iloc[at]), OTHER_COLOUR)
            canvas.disc(x, y, _RADIUS + 2.0, _PAPER)
            canvas.disc(x, y, _RADIUS, colour)
            canvas.number(x, y, at + 1, _PAPER, height=_DIGIT_PX)
