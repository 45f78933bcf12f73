"""The lines that divide a face, in the coordinates of the data, as few as will do."""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.coverage.widths import metres_per_unit
from geogrid.repair.medial import dense_border, medial_segments
from geogrid.repair.rings import walk_rings
from geogrid.repair.standing import Standing
from geogrid.topology import Floats, Integers

__all__ = ["dividing_lines"]

_STRAIGHT = 0.08
"""How far a line may stray when it is simplified, in shares of the spacing of the points."""


def dividing_lines(
    at: Floats, start: Integers, end: Integers, item: Integers, standing: Standing
) -> tuple[Floats, Integers] | None:
    """Return the segments that divide a face, and the border edge that each end lies inside.

    Parameters
    ----------
    at : (v, 2) vertices
    start, end : (b,) directed border of the face, the face to its left
    item : (b,) the grid beyond each border edge, −1 for nobody
    standing : the reference system, and what settles ties

    Returns
    -------
    (s, 2, 2) segments and (s, 2) positions in the border, −1 for the other ends; None where
    the face cannot be cut into triangles.
    """
    rings = walk_rings(at, start, end)
    if rings is None:
        return None
    step_of = {pair: row for row, pair in enumerate(zip(start.tolist(), end.tolist(), strict=True))}
    origin = at[rings[0][0]]
    scale = metres_per_unit(origin[None], standing.crs)[0]
    described = []
    for ring in rings:
        turned = ring[ring.index(min(ring)) :] + ring[: ring.index(min(ring))]
        steps = np.array(
            [step_of[pair] for pair in zip(turned, turned[1:] + turned[:1], strict=True)]
        )
        described.append(((at[turned] - origin) @ scale.T, steps, item[steps]))
    dense = dense_border(described)
    try:
        places, corner, is_border = medial_segments(dense, standing.rank)
    except shapely.GEOSException:
        return None
    back = np.linalg.inv(scale)
    moved = places @ back.T + origin
    vertex = np.where(dense.step >= 0, start[dense.step], -1)
    moved[corner >= 0] = at[vertex[corner[corner >= 0]]]
    on_edge: dict[tuple[float, float], int] = {}
    if is_border.any():
        ends = np.stack([at[np.minimum(start, end)], at[np.maximum(start, end)]], axis=1)
        near = shapely.STRtree(shapely.linestrings(ends)).nearest(shapely.points(moved[is_border]))
        moved[is_border] = _onto(moved[is_border], ends[near])
        keys = map(tuple, moved[is_border].tolist())
        on_edge = dict(zip(keys, near.tolist(), strict=True))
    straight = _STRAIGHT * dense.spacing / float(np.sqrt(abs(np.linalg.det(scale))))
    lines = _simpler(moved, straight)
    return lines, np.array(
        [[on_edge.get(tuple(end), -1) for end in line] for line in lines.tolist()], dtype=np.int64
    ).reshape(-1, 2)


def _onto(points: Floats, ends: Floats) -> Floats:
    """Return points moved onto their edges, but for rounding."""
    along = ends[:, 1] - ends[:, 0]
    share = np.einsum("ij,ij->i", points - ends[:, 0], along) / np.einsum("ij,ij->i", along, along)
    return np.asarray(ends[:, 0] + share[:, None] * along + 0.0)


def _simpler(segments: Floats, straight: float) -> Floats:
    """Return segments as fewer ones that stray from them by no more than `straight`."""
    if not len(segments):
        return segments
    whole = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(segments)))
    lines = shapely.simplify(shapely.get_parts(shapely.normalize(whole)), straight)
    points, line = shapely.get_coordinates(lines, return_index=True)
    follows = np.flatnonzero(line[:-1] == line[1:])
    return np.stack([points[follows], points[follows + 1]], axis=1) + 0.0
