"""The map of a repair as one file: the defects before, and the boundaries after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd

from geogrid.layers.defects_map import MapNotes, write_defects_map
from geogrid.repair import RepairReport

__all__ = ["write_repair_map"]


def write_repair_map(
    report: RepairReport,
    grids: gpd.GeoDataFrame,
    path: str | Path,
    language: str = "zh_CN",
    *,
    title: str = "",
) -> None:
    """Write the map of what was wrong, each place with what was done about it.

    Parameters
    ----------
    report
        From :func:`geogrid.repair.repair_coverage`.
    grids
        The grids as repaired, drawn under what was wrong: columns code, name, kind, level.
    path
        HTML file; replaced if it exists.
    language
        ``"zh_CN"`` or ``"en"``.
    title
        What was repaired.
    """
    defects = report.before.defects.copy()
    defects["detail"] = [
        row.action if row.reason is None else row.reason for row in report.fates.itertuples()
    ]
    write_defects_map(
        replace(report.before, defects=defects), grids, path, language, notes=MapNotes(title=title)
    )
