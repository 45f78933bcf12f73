"""Many segments as one MultiLineString per group, without a geometry for each segment."""

from __future__ import annotations

import struct

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.topology import Floats, Integers

__all__ = ["segment_webs"]

_LINE, _LINES = 2, 5
_SEGMENT = np.dtype([("order", "u1"), ("kind", "<u4"), ("count", "<u4"), ("place", "<f8", (2, 2))])


def segment_webs(segments: Floats, group: Integers) -> Geometries:
    """Return the segments of each group as one MultiLineString.

    Parameters
    ----------
    segments : (s, 2, 2) ends
    group : (s,) ascending from 0; none is left out

    Examples
    --------
    >>> segments = np.array([[[0.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 1.0]]])
    >>> print(segment_webs(segments, np.array([0, 0]))[0])
    MULTILINESTRING ((0 0, 1 0), (1 0, 1 1))
    """
    rows = np.empty(len(segments), dtype=_SEGMENT)
    rows["order"], rows["kind"], rows["count"], rows["place"] = 1, _LINE, 2, segments
    content = rows.tobytes()
    count = np.bincount(group)
    stops = (np.cumsum(count) * _SEGMENT.itemsize).tolist()
    webs, begin = [], 0
    for number, stop in zip(count.tolist(), stops, strict=True):
        webs.append(struct.pack("<BII", 1, _LINES, number) + content[begin:stop])
        begin = stop
    return np.asarray(shapely.from_wkb(np.array(webs, dtype=object)), dtype=object)
