"""Write what a check found as the files of its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geogrid.coverage.report import CoverageReport
from geogrid.coverage.report_data import report_data
from geogrid.drawing.map_shapes import (
    defect_shapes,
    grid_shapes,
    lonlat_bounds,
    region_shape,
    to_lonlat,
)
from geogrid.i18n import LANGUAGES
from geogrid.layers.defects_map import write_defects_map
from geogrid.reports import CheckComparison
from web.check.comparing import comparison_data, fixed_shapes
from web.check.documents import write_reports
from web.check.folder import CheckFolder
from web.check.office import Office, map_notes
from web.state import fresh_folder, write_json

__all__ = ["write_result"]

MOST_SHOWN_GRIDS = 12_000


def write_result(
    check: CheckFolder,
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame | None,
    office: Office,
    comparison: CheckComparison | None = None,
) -> None:
    """Write the result beside the old one and put it in its place."""
    state = check.read()
    title, is_ours = str(state["title"]), state["origin"] in ("example", "current", "draft")
    with fresh_folder(check.result) as folder:
        for language in LANGUAGES:
            data = _compared(report_data(report, grids, language), grids, comparison, language)
            write_json(folder / f"data-{language}.json", data)
            notes = map_notes(office, language, title=title, is_ours=is_ours)
            path = folder / f"map-{language}.html"
            write_defects_map(report, grids, path, language, region=region, notes=notes)
        write_reports(
            *(folder, report, grids, region),
            title=title,
            date=office.day,
            comparison=comparison,
            marks=lambda language: map_notes(office, language, title=title, is_ours=is_ours).marks,
        )
        shown = _shown(grids, report)
        write_json(folder / "about.json", _about(shown, grids, report))
        for level in sorted(shown["level"].dropna().unique()):
            text = grid_shapes(shown[shown["level"] == level])
            (folder / f"level-{level}.geojson").write_text(text, encoding="utf-8")
        listed = report.defects.head(len(data["rows"]))
        (folder / "shapes.geojson").write_text(defect_shapes(listed), encoding="utf-8")
        if comparison is not None:
            (folder / "fixed.geojson").write_text(fixed_shapes(comparison), encoding="utf-8")
        if region is not None:
            (folder / "region.geojson").write_text(region_shape(region), encoding="utf-8")
        _write_frames(folder, report, grids, region)


def _compared(
    data: dict[str, Any],
    grids: gpd.GeoDataFrame,
    comparison: CheckComparison | None,
    language: str,
) -> dict[str, Any]:
    """Return what the check found, each row with its change since an earlier one."""
    if comparison is None:
        return data
    said = comparison_data(comparison, grids, language)
    changes = said.pop("changes")
    rows = [row | {"change": changes.get(row["id"], "new")} for row in data["rows"]]
    return data | {"rows": rows, "comparison": said}


def _shown(grids: gpd.GeoDataFrame, report: CoverageReport) -> gpd.GeoDataFrame:
    """Return the grids to draw: all, or those with defects where a page could not hold all."""
    if len(grids) <= MOST_SHOWN_GRIDS:
        return grids
    concerned = {code for codes in report.defects["grids"] for code in codes}
    return grids[grids["code"].isin(concerned)].head(MOST_SHOWN_GRIDS)


def _about(
    shown: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, report: CoverageReport
) -> dict[str, Any]:
    """Return what the page needs before it asks for anything else."""
    levels = grids["level"].value_counts().sort_index()
    box = lonlat_bounds(to_lonlat([shapely.box(*grids.total_bounds)], grids.crs))[0]
    return {
        "bounds": box,
        "levels": [{"level": int(level), "count": int(count)} for level, count in levels.items()],
        "all_shown": len(shown) == len(grids),
        "defects": len(report.defects),
        "errors": int((report.defects["severity"] == "error").sum()),
        "double_codes": int(grids["code"].duplicated().sum()),
    }


def _write_frames(
    folder: Path,
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame | None,
) -> None:
    defects = report.defects.copy()
    for language in LANGUAGES:
        defects[f"detail_{language}"] = [
            "" if detail is None else detail.text(language) for detail in defects["detail"]
        ]
    defects["grids"] = [" ".join(codes) for codes in defects["grids"]]
    _plain(defects.drop(columns="detail")).to_parquet(folder / "defects.parquet")
    _plain(grids).to_parquet(folder / "grids.parquet")
    if region is not None:
        _plain(region).to_parquet(folder / "region.parquet")


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` without notes, which Parquet cannot hold, and with columns it can."""
    plain = frame.copy()
    plain.attrs = {}
    for name in plain.columns.drop(plain.geometry.name):
        if plain[name].dtype == object:
            plain[name] = plain[name].map(lambda value: None if pd.isna(value) else str(value))
    return plain
