"""Small pictures of proposals: what is too small, right, too large, and what stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.drawing.thumbnail import fit_frame, path_data
from geogrid.store.proposing import PlanUnits

__all__ = ["picture"]

_SIZE = 460.0


def picture(
    units: PlanUnits, grids: npt.NDArray[np.object_], *, target: float, tolerance: float,
    locked: Collection[str] = (),
) -> Mapping[str, Any]:  # fmt: skip
    """Return width, height and SVG paths by class: low, fine, high, locked."""
    shapes = np.asarray(units.areas.geometry.array, dtype=object)
    codes, number = np.unique(grids.astype(str), return_inverse=True)
    weight = np.bincount(number.ravel(), units.graph.weight, len(codes))
    off = weight / target - 1.0
    classes = np.select(
        [np.isin(codes, [*locked]), off < -tolerance - 1e-9, off > tolerance + 1e-9],
        ["locked", "low", "high"],
        "fine",
    )
    order = np.argsort(number.ravel(), kind="stable")
    first = np.searchsorted(number.ravel()[order], np.arange(len(codes) + 1))
    areas = np.array(
        [
            shapely.coverage_union_all(shapes[order[begin:stop]])
            for begin, stop in pairwise(first.tolist())
        ],
        dtype=object,
    )
    frame = fit_frame(shapely.total_bounds(shapes), width=_SIZE, height=_SIZE, is_geographic=True)
    paths = {name: path_data(areas[classes == name], frame) for name in sorted(set(classes))}
    return {"width": frame.width, "height": frame.height, "paths": paths}
