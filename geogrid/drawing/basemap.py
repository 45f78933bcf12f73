"""The offline base map: streets as compact arrays that a page draws itself."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

__all__ = ["STREET_CLASSES", "encode_streets"]

STREET_CLASSES = {
    "motorway": 0, "trunk": 0, "primary": 1, "secondary": 2, "tertiary": 3,
    "residential": 4, "unclassified": 4, "living_street": 4, "road": 4, "pedestrian": 4,
    "service": 5, "track": 5,
}  # fmt: skip
"""``highway`` value to drawing class, 0 the widest; anything else is a path, class 6."""
PATH = 6
UNIT_DEG = 1e-6


def encode_streets(streets: gpd.GeoDataFrame, classes: range) -> dict[str, Any]:
    """Encode the streets of some drawing classes.

    Parameters
    ----------
    streets
        Lines in WGS 84 lon/lat with columns ``name`` and ``highway``.
    classes
        Drawing classes to take (see :data:`STREET_CLASSES`).

    Returns
    -------
    dict
        ``unit`` in degrees, ``names``, and ``lines``: for each line a list
        ``[class, name position or -1, x0, y0, dx1, dy1, …]`` of whole units.
        Streets of one name and class are joined where they meet, so that a label fits.
    """
    kinds = streets["highway"].fillna("").astype(str).str.removesuffix("_link")
    class_of = kinds.map(STREET_CLASSES).fillna(PATH).astype(int)
    table = streets.assign(kind=class_of, name=streets["name"].fillna("").astype(str))
    table = table[table["kind"].isin(list(classes))]
    names: list[str] = sorted(set(table["name"]) - {""})
    place = {name: position for position, name in enumerate(names)}
    lines: list[list[int]] = []
    for (kind, name), group in table.groupby(["kind", "name"], sort=True):
        merged = shapely.line_merge(shapely.union_all(group.geometry.to_numpy()))
        for line in shapely.get_parts(merged):
            lines.append([int(kind), place.get(str(name), -1), *_deltas(line)])
    return {"unit": UNIT_DEG, "names": names, "lines": lines}


def _deltas(line: shapely.LineString) -> list[int]:
    whole = np.rint(shapely.get_coordinates(line) / UNIT_DEG).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moved = np.ones(len(steps), dtype=bool)
    moved[1:] = steps[1:].any(axis=1)
    return steps[moved].ravel().tolist()
