"""The map of unified layers as one file: the new grids, and what crosses, is left out, moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.coverage.measure import COLUMNS, zoom_points
from geogrid.coverage.widths import inscribed_width_m, metres_per_unit, to_metres
from geogrid.findings import Finding
from geogrid.hierarchy import fill_levels
from geogrid.layers.defects_map import MapNotes, write_defects_map
from geogrid.unify import UnifiedLayers
from geogrid.unify.sentences import change_sentence, crossing_sentence, hole_sentence

__all__ = ["write_unify_map"]


def write_unify_map(
    unified: UnifiedLayers, path: str | Path, language: str = "zh_CN", *, title: str = ""
) -> None:
    """Write a map of the unified grids with every change, crossing and hole.

    Parameters
    ----------
    unified
        From :func:`geogrid.unify.unify_layers`.
    path
        HTML file; replaced if it exists.
    language
        ``"zh_CN"`` or ``"en"``.
    title
        What was unified; the names of the layers when left out.

    Raises
    ------
    InputError
        The front-end is not built.
    """
    grids = unified.grids[["code", "name", "geometry"]].copy()
    for column, value in (("parent", ""), ("kind", ""), ("level", pd.NA)):
        grids[column] = value
    grids["level"] = grids["level"].astype("Int64")
    report = replace(unified.report, defects=_places(unified, language))
    notes = MapNotes(title=title or " + ".join(unified.names))
    region = gpd.GeoDataFrame(geometry=unified.region)
    write_defects_map(report, fill_levels(grids), path, language, region=region, notes=notes)


def _places(unified: UnifiedLayers, language: str) -> gpd.GeoDataFrame:
    """Return changes, crossings and holes as rows of a check: advice, with their sentence."""
    owner = unified.grids.set_index("code")
    changes = unified.changes.assign(
        kind="unmatched",
        grids=[(code,) if code in owner.index else () for code in unified.changes["grid"]],
        said=[change_sentence(row, language) for row in unified.changes.to_dict("records")],
    )
    crossings = unified.crossings.assign(
        kind="nesting",
        area_m2=unified.crossings[["area_one_m2", "area_other_m2"]].min(axis=1),
        households=unified.crossings[["households_one", "households_other"]].min(axis=1),
        buildings=unified.crossings[["buildings_one", "buildings_other"]].min(axis=1),
        said=[crossing_sentence(row, language) for row in unified.crossings.to_dict("records")],
    )
    crossings["grids"] = [()] * len(crossings)
    holes = unified.holes.assign(
        kind="gap",
        said=[hole_sentence(row, language) for row in unified.holes.to_dict("records")],
    )
    holes["grids"] = [()] * len(holes)
    columns = ["kind", "grids", "area_m2", "households", "buildings", "lon", "lat", "said"]
    parts = [part[[*columns, "geometry"]] for part in (changes, crossings, holes) if len(part)]
    if not parts:
        return unified.report.defects
    rows = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=unified.grids.crs)
    rows["id"] = [f"{kind}-{at + 1}" for at, kind in enumerate(rows["kind"])]
    rows["severity"], rows["level"] = "advice", pd.array([pd.NA] * len(rows), dtype="Int64")
    rows["width_m"] = _widths(rows)
    rows["detail"] = [Finding("unified", "{sentence}", {"sentence": said}) for said in rows["said"]]
    return rows[list(COLUMNS)]


def _widths(rows: gpd.GeoDataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    shapes = rows.geometry.to_numpy()
    point = zoom_points(shapes)
    return inscribed_width_m(to_metres(shapes, point, metres_per_unit(point, rows.crs)))
