"""The report of a check as a page to print: verdict, sums, picture, list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geogrid.coverage.report_data import KIND_WORDS, SEVERITY_WORDS
from geogrid.coverage.verdict import area_text, length_text
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points, path_data
from geogrid.i18n import translate
from web.check.downloads import result_data

__all__ = ["report_parts"]

MOST_ROWS = 300
MOST_PAIRS = 200
MOST_MARKS = 60
MOST_GRIDS = 20_000


def report_parts(folder: Path, language: str) -> dict[str, Any]:
    """Return what the template of the report needs.

    Parameters
    ----------
    folder
        Result of the check.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    data = result_data(folder, language)
    rows = [row for row in data["rows"] if row["severity"] in ("error", "advice")][:MOST_ROWS]
    for number, row in enumerate(rows, start=1):
        row |= {"number": number, **_words(row, language)}
    pairs = data["neighbours"][:MOST_PAIRS]
    for pair in pairs:
        pair |= {**_words(pair, language), "length": length_text(pair["length_m"], language)}
    sums = {name: area_text(value, language) for name, value in data["sums"].items()}
    return {
        "data": data,
        "rows": rows,
        "left": data["total"] - len(rows),
        "pairs": pairs,
        "sums": sums,
        "picture": _picture(folder, rows),
    }


def _words(row: Mapping[str, Any], language: str) -> dict[str, str]:
    return {
        "kind_word": translate(KIND_WORDS.get(row["kind"], row["kind"]), language),
        "severity_word": translate(SEVERITY_WORDS.get(row["severity"], ""), language),
        "area": area_text(row["area_m2"], language) if row["area_m2"] else "—",
        "width": length_text(row["width_m"], language) if row.get("width_m") else "—",
    }


def _picture(folder: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the grids, the region and the numbered places of the first defects."""
    grids = gpd.read_parquet(folder / "grids.parquet").head(MOST_GRIDS)
    shapes = to_lonlat(grids.geometry.to_numpy(), grids.crs)
    is_placed = grids.crs.geodetic_crs is not None
    bounds = gpd.GeoSeries(shapes).total_bounds
    frame = fit_frame(bounds, width=860, height=640, is_geographic=is_placed, margin=12)
    return {
        "width": frame.width,
        "height": frame.height,
        "grids": path_data(shapes, frame),
        "region": _region_path(folder, frame),
        "marks": _marks(frame, rows),
    }


def _region_path(folder: Path, frame: Frame) -> str:
    path = folder / "region.parquet"
    if not path.exists():
        return ""
    region = gpd.read_parquet(path)
    return path_data(to_lonlat(region.geometry.to_numpy(), region.crs), frame)


def _marks(frame: Frame, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return number and pixels of the first defects that have a place."""
    placed = [row for row in rows[:MOST_MARKS] if row["lon"] is not None and row["lat"] is not None]
    points = frame_points(frame, np.array([[row["lon"], row["lat"]] for row in placed], float))
    return [
        {"number": row["number"], "x": round(x, 1), "y": round(y, 1)}
        for row, (x, y) in zip(placed, points.tolist(), strict=True)
    ]
