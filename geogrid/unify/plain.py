"""The result as plain values for JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from geogrid.unify.unified import UnifiedLayers

__all__ = ["plain_rows", "plain_values"]


def plain_values(unified: UnifiedLayers) -> dict[str, Any]:
    """Return everything but the geometries, keys as in ``geogrid unify --json``."""
    return {
        "layers": list(unified.names),
        "lead": unified.names[0],
        "snap_m": unified.snap_m,
        "min_area_m2": unified.min_area_m2,
        "crossings_rule": unified.crossings_rule,
        "seamless": unified.report.is_seamless,
        "proven": unified.report.is_proven,
        "defects": {
            name: {key: count for key, count in report.to_dict()["counts"].items() if count}
            for name, report in unified.layer_reports.items()
        },
        "grids": plain_rows(unified.grids),
        "agreement": plain_rows(unified.agreement),
        "matches": plain_rows(unified.matches),
        "crossings": plain_rows(unified.crossings),
        "holes": plain_rows(unified.holes),
        "refinement": plain_rows(unified.refinement),
        "changes": plain_rows(unified.changes),
    }


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame without geometry; what is missing is None."""
    columns = [name for name in frame.columns if name != "geometry"]
    return [
        dict(zip(columns, map(_plain, row), strict=True))
        for row in zip(*(frame[name] for name in columns), strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if value is pd.NA or value is None:
        return None
    if isinstance(value, np.bool_ | bool):
        return bool(value)
    if isinstance(value, np.integer | int):
        return int(value)
    if isinstance(value, np.floating | float):
        return None if math.isnan(value) else float(value)
    return str(value)
