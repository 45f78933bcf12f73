"""Everything that a map shows of unified layers, as rows like those of a check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.coverage import CoverageReport
from geogrid.coverage.measure import COLUMNS, zoom_points
from geogrid.coverage.report_data import report_data
from geogrid.coverage.widths import inscribed_width_m, metres_per_unit, to_metres
from geogrid.findings import Finding
from geogrid.hierarchy import fill_levels
from geogrid.unify.changes import layer_columns
from geogrid.unify.sentences import (
    change_label,
    change_sentence,
    crossing_label,
    crossing_sentence,
    hole_label,
    hole_sentence,
)
from geogrid.unify.text import headline, origin_lines
from geogrid.unify.unified import UnifiedLayers

__all__ = ["MOST_OF_A_KIND", "PLACES", "places_data", "unified_grids", "with_places"]

PLACES = ("moved", "crossing", "hole")
"""Kinds of rows: what goes from one grid to another, borders through grids, what is left out."""

MOST_OF_A_KIND = 600
_TINY_M2 = 1.0


def unified_grids(unified: UnifiedLayers) -> gpd.GeoDataFrame:
    """Return the unified layer with the columns that grids have everywhere.

    Returns
    -------
    GeoDataFrame
        Columns code, name, parent, level, kind, households, people, geometry.
    """
    grids = unified.grids[["code", "name", "households", "geometry"]].copy()
    grids["parent"], grids["kind"] = "", ""
    grids["level"] = pd.array([pd.NA] * len(grids), dtype="Int64")
    grids["people"] = pd.array([pd.NA] * len(grids), dtype="Int64")
    return fill_levels(grids)


def with_places(unified: UnifiedLayers, language: str) -> CoverageReport:
    """Return the check of the unified layer with changes, crossings and holes as its rows.

    Parameters
    ----------
    unified : of :func:`geogrid.unify.unify_layers`
    language : of the sentences, ``"zh_CN"`` or ``"en"``

    Returns
    -------
    CoverageReport
        Its defects are the first :data:`MOST_OF_A_KIND` of each of :data:`PLACES`; kind says
        which, grids are the unified grids concerned, detail is one sentence. Moves of less
        than 1 m² where nobody lives are ``"noise"``, the rest is ``"advice"``.
    """
    parts = [part for part in _parts(unified, language) if len(part)]
    if not parts:
        return replace(unified.report, defects=unified.report.defects.head(0))
    columns = ["kind", "grids", "area_m2", "households", "buildings", "lon", "lat", "said"]
    tables = [pd.DataFrame(part[[*columns, "geometry"]]) for part in parts]
    rows = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=unified.grids.crs)
    rows["id"] = [f"{kind}-{at + 1}" for at, kind in enumerate(rows["kind"])]
    homes = rows["households"].fillna(0).to_numpy(float)
    is_tiny = (rows["area_m2"].to_numpy(float) < _TINY_M2) & (homes == 0)
    rows["severity"] = np.where(is_tiny & (rows["kind"] == "moved"), "noise", "advice")
    rows["level"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    rows["width_m"] = _widths(rows)
    rows["detail"] = [Finding("unified", "{sentence}", {"sentence": said}) for said in rows["said"]]
    return replace(unified.report, defects=rows[list(COLUMNS)])


def places_data(unified: UnifiedLayers, language: str) -> dict[str, Any]:
    """Return what a map says of unified layers, small enough for a page.

    Returns
    -------
    dict
        As :func:`geogrid.coverage.report_data.report_data` of :func:`with_places`, with the
        outcome as headline, what each row is about as its label, and ``total`` of all rows.
    """
    data = report_data(with_places(unified, language), unified_grids(unified), language)
    labels = _labels(unified, language)
    rows = [row | {"label": label} for row, label in zip(data["rows"], labels, strict=True)]
    return data | {
        "headline": headline(unified, language),
        "notes": list(origin_lines(unified, language)),
        "remarks": [],
        "caveats": [],
        "rows": rows,
        "total": sum(map(len, (unified.changes, unified.crossings, unified.holes))),
        "neighbours": [],
    }


def _labels(unified: UnifiedLayers, language: str) -> list[str]:
    return [
        label(row, language)
        for frame, label in (
            (unified.changes, change_label),
            (unified.crossings, crossing_label),
            (unified.holes, hole_label),
        )
        for row in frame.drop(columns="geometry").head(MOST_OF_A_KIND).to_dict("records")
    ]


def _parts(unified: UnifiedLayers, language: str) -> list[gpd.GeoDataFrame]:
    changes, crossings, holes = (
        frame.head(MOST_OF_A_KIND).copy()
        for frame in (unified.changes, unified.crossings, unified.holes)
    )
    known = set(unified.grids["code"])
    changes["grids"] = [(code,) if code in known else () for code in changes["grid"]]
    crossings["grids"] = _cut_grids(unified, crossings)
    holes["grids"] = [()] * len(holes)
    crossings["area_m2"] = crossings[["area_one_m2", "area_other_m2"]].min(axis=1)
    for name in ("households", "buildings"):
        crossings[name] = crossings[[f"{name}_one", f"{name}_other"]].min(axis=1)
    for frame, kind, sentence in zip(
        (changes, crossings, holes),
        PLACES,
        (change_sentence, crossing_sentence, hole_sentence),
        strict=True,
    ):
        frame["kind"] = kind
        rows = frame.drop(columns="geometry").to_dict("records")
        frame["said"] = [sentence(row, language) for row in rows]
    return [changes, crossings, holes]


def _cut_grids(unified: UnifiedLayers, crossings: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the unified grids that the grid of each crossing became."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, column in zip(unified.names, layer_columns(unified.names), strict=True):
        for code, own in zip(unified.grids["code"], unified.grids[column], strict=True):
            found.setdefault((name, own), []).append(code)
    pairs = zip(crossings["layer"], crossings["grid"], strict=True)
    return [tuple(found.get(pair, ())) for pair in pairs]


def _widths(rows: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    shapes = rows.geometry.to_numpy()
    point = zoom_points(shapes)
    return inscribed_width_m(to_metres(shapes, point, metres_per_unit(point, rows.crs)))
