"""Cut the areas of dedicated grids out of the street blocks.

A block mostly inside a zone's rough corners belongs to it wholly, one mostly outside does
not; only where both pieces would be wide is the block cut, straight. So zones end at streets
where there are any.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from sample.blocks import MILLIMETRE
from sample.places import Zone
from sample.projection import FUTIAN

__all__ = ["cut_zones"]

_MIN_WIDTH_M = 45.0


def _is_wide(shape: shapely.Geometry) -> bool:
    return not shapely.is_empty(shapely.buffer(shape, -_MIN_WIDTH_M / 2))


def cut_zones(
    blocks: npt.NDArray[np.object_], zones: Sequence[Zone]
) -> tuple[npt.NDArray[np.object_], list[shapely.Geometry]]:
    """Return blocks that lie in or out of each zone, and the shape of each zone (metres)."""
    shapes = []
    for zone in zones:
        corners = shapely.Polygon(np.round(FUTIAN.to_metres(np.array(zone.corners)), 3))
        pieces: list[shapely.Geometry] = []
        chosen: list[shapely.Geometry] = []
        for block in blocks:
            parts = [block]
            inside, outside = block.intersection(corners), block.difference(corners)
            if inside.area > 0 and _is_wide(inside) and _is_wide(outside):
                noded = shapely.union_all([block.boundary, corners.boundary], grid_size=MILLIMETRE)
                faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
                within = shapely.contains(block, shapely.point_on_surface(faces))
                parts = [face for face in faces[within] if face.area > 1]
            pieces.extend(parts)
            chosen.extend(p for p in parts if p.intersection(corners).area > p.area / 2)
        blocks = np.array(pieces, dtype=object)
        shapes.append(shapely.union_all(chosen, grid_size=MILLIMETRE))
    return blocks, shapes
