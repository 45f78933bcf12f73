"""Small pictures of a repair: what it was, and who receives which piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.drawing.map_shapes import to_lonlat
from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points, path_data

__all__ = ["MOST_PICTURES", "repair_pictures"]

MOST_PICTURES = 200
_WIDTH, _HEIGHT = 150, 110
_AROUND = 0.25
_LEAST_DEGREES = 2e-5


def repair_pictures(
    fates: gpd.GeoDataFrame,
    pieces: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
) -> dict[str, dict[str, Any]]:
    """Return the pictures of the first repairs by the id of their defect.

    Parameters
    ----------
    fates, pieces
        From :class:`geogrid.repair.RepairReport`.
    before, after
        The grids as they were and as they would be, with a column code.

    Returns
    -------
    dict
        ``width``, ``height``, ``defect`` (path), ``before`` and ``after``: a list of code,
        path and place of its label, and ``pieces``: code and path.
    """
    shown = fates[fates["fate"] == "repaired"]
    shown = shown[~shapely.is_empty(shown.geometry.to_numpy())].head(MOST_PICTURES)
    old = _by_code(before)
    new = _by_code(after)
    received = {str(name): rows for name, rows in pieces.groupby("id")} if len(pieces) else {}
    pictures = {}
    for row in shown.itertuples(index=False):
        codes = list(dict.fromkeys([*row.grids, *row.given_to]))[:6]
        given = received.get(str(row.id))
        pictures[str(row.id)] = _picture(row.geometry, given, codes, old, new, before.crs)
    return pictures


def _by_code(grids: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    return dict(zip(grids["code"].astype("str"), grids.geometry.to_numpy(), strict=True))


def _picture(
    defect: shapely.Geometry,
    given: gpd.GeoDataFrame | None,
    codes: Sequence[str],
    old: Mapping[str, shapely.Geometry],
    new: Mapping[str, shapely.Geometry],
    crs: Any,
) -> dict[str, Any]:
    is_placed = crs is not None and crs.geodetic_crs is not None
    shape = to_lonlat([defect], crs)[0]
    west, south, east, north = shapely.bounds(shape)
    least = _LEAST_DEGREES if is_placed else 2.0
    room = max((east - west) * _AROUND, (north - south) * _AROUND, least)
    box = (west - room, south - room, east + room, north + room)
    frame = fit_frame(box, width=_WIDTH, height=_HEIGHT, is_geographic=is_placed, margin=0)
    parts = [] if given is None else list(given.itertuples(index=False))
    return {
        "width": frame.width,
        "height": frame.height,
        "defect": path_data([shape], frame),
        "before": _grids([old.get(code) for code in codes], codes, crs, box, frame),
        "after": _grids([new.get(code) for code in codes], codes, crs, box, frame),
        "pieces": [
            {"code": str(part.code), "path": path_data(to_lonlat([part.geometry], crs), frame)}
            for part in parts
        ],
    }


def _grids(
    shapes: Sequence[shapely.Geometry | None],
    codes: Sequence[str],
    crs: Any,
    box: tuple[float, float, float, float],
    frame: Frame,
) -> list[dict[str, Any]]:
    seen = []
    for code, shape in zip(codes, shapes, strict=True):
        if shape is None or not shapely.is_valid(shape):
            continue
        part = shapely.intersection(to_lonlat([shape], crs)[0], shapely.box(*box))
        if shapely.is_empty(part) or part.area == 0:
            continue
        place = frame_points(frame, np.array(part.representative_point().coords[0]))[0]
        path = path_data([part], frame)
        x, y = round(float(place[0]), 1), round(float(place[1]), 1)
        seen.append({"code": code, "path": path, "x": x, "y": y})
    return seen
