"""Check an uploaded boundary file in the background and keep what was found as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import shapely

from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.report_data import report_data
from geogrid.coverage.upper_level import add_upper_level
from geogrid.drawing.map_shapes import (
    defect_shapes,
    grid_shapes,
    lonlat_bounds,
    region_shape,
    to_lonlat,
)
from geogrid.errors import GeogridError
from geogrid.findings import Finding
from geogrid.i18n import LANGUAGES, translate
from geogrid.i18n import mark as _
from geogrid.layers.defects_map import MapNotes, write_defects_map
from geogrid.store.plan import Plan
from web.check.documents import write_reports
from web.check.folder import CheckFolder, in_languages
from web.check.reading import look_at, read_grids
from web.check.region import read_region
from web.config import Settings
from web.state import fresh_folder, write_json

__all__ = [
    "Office",
    "looking",
    "map_notes",
    "office_of",
    "running",
    "units_near",
    "write_result",
]

MOST_SHOWN_GRIDS = 12_000
Work = Callable[[Callable[[float], None]], None]


@dataclass(frozen=True)
class Office:
    """What the office's plan adds to a check.

    Attributes
    ----------
    units
        Buildings with their households, to say who lives in a defect.
    region
        File with the region of the plan, or None.
    near
        West, south, east, north of the plan; None for a sample, which is nobody's place.
    attribution, is_sample
        What must be said on a map of its own boundaries.
    marks
        What must be said on every map.
    day
        Today, where the office is.
    """

    units: pd.DataFrame
    region: Path | None
    near: list[float] | None
    attribution: str
    is_sample: bool
    marks: tuple[str, ...]
    day: str


def office_of(plan: Plan, settings: Settings) -> Office:
    """Return what `plan` and the settings add to a check."""
    region = plan.folder / "region.geojson"
    near = None if plan.is_sample else [float(edge) for edge in plan.grids.total_bounds]
    return Office(
        units=plan.units,
        region=region if region.exists() else None,
        near=near,
        attribution=plan.attribution,
        is_sample=plan.is_sample,
        marks=(settings.map_note,) if settings.map_note else (),
        day=datetime.now(ZoneInfo(settings.timezone)).date().isoformat(),
    )


def looking(check: CheckFolder, answers: Mapping[str, Any], office: Office) -> Work:
    """Return the work of reading the file."""

    def work(_progress: Callable[[float], None]) -> None:
        with _explained(check):
            look_at(check, answers, office.near)

    return work


def running(check: CheckFolder, answers: Mapping[str, Any], office: Office) -> Work:
    """Return the work of checking the file."""

    def work(progress: Callable[[float], None]) -> None:
        with _explained(check):
            state = check.read()
            x_max = float((state.get("seen") or {}).get("x_max", 0.0))
            grids = read_grids(check, answers, x_max)
            region = read_region(check, grids, answers, plan_region=office.region)
            said: list[Finding] = []
            if region is not None and answers.get("region_as_level"):
                grids, said = add_upper_level(grids, region)
            progress(0.2)
            units = units_near(office.units, grids)
            report = check_coverage(grids, region, units=units)
            progress(0.8)
            write_result(check, report, grids, region, office)
            noted = [{"severity": each.severity, "text": in_languages(each)} for each in said]
            check.write(stage="done", error=None, answers=dict(answers), noted=noted)

    return work


@contextmanager
def _explained(check: CheckFolder) -> Iterator[None]:
    """Write into the state why the work did not end well."""
    try:
        yield
    except GeogridError as error:
        stage = "asking" if check.read().get("seen") else "failed"
        check.write(stage=stage, error=in_languages(error), is_list=_is_list(error))
    except Exception:
        unknown = GeogridError(
            _("Something went wrong with this file on the server. Nothing was changed.")
        )
        check.write(stage="failed", error=in_languages(unknown))
        raise


def _is_list(error: GeogridError) -> bool:
    """Return whether a list came that belongs on another page, which then is linked."""
    return error.message.startswith("{file} is a table without boundaries")


def units_near(units: pd.DataFrame, grids: gpd.GeoDataFrame) -> pd.DataFrame | None:
    """Return the units when any of them lies among the grids: they say who lives there."""
    if not len(units) or grids.crs.geodetic_crs is None:
        return None
    west, south, east, north = grids.to_crs("EPSG:4326").total_bounds
    inside = units["lon"].between(west, east) & units["lat"].between(south, north)
    return units if inside.any() else None


def write_result(
    check: CheckFolder,
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame | None,
    office: Office,
) -> None:
    """Write the result beside the old one and put it in its place."""
    state = check.read()
    title, is_ours = str(state["title"]), state["origin"] in ("example", "current")
    with fresh_folder(check.result) as folder:
        for language in LANGUAGES:
            data = report_data(report, grids, language)
            write_json(folder / f"data-{language}.json", data)
            notes = map_notes(office, language, title=title, is_ours=is_ours)
            path = folder / f"map-{language}.html"
            write_defects_map(report, grids, path, language, region=region, notes=notes)
        write_reports(
            *(folder, report, grids, region),
            title=title,
            date=office.day,
            marks=lambda language: map_notes(office, language, title=title, is_ours=is_ours).marks,
        )
        shown = _shown(grids, report)
        write_json(folder / "about.json", _about(shown, grids, report))
        for level in sorted(shown["level"].dropna().unique()):
            text = grid_shapes(shown[shown["level"] == level])
            (folder / f"level-{level}.geojson").write_text(text, encoding="utf-8")
        listed = report.defects.head(len(data["rows"]))
        (folder / "shapes.geojson").write_text(defect_shapes(listed), encoding="utf-8")
        if region is not None:
            (folder / "region.geojson").write_text(region_shape(region), encoding="utf-8")
        _write_frames(folder, report, grids, region)


def map_notes(office: Office, language: str, *, title: str, is_ours: bool) -> MapNotes:
    """Return what stands around the map; attribution and 示例数据 only where the data are ours."""
    marks = list(office.marks) or [translate(_("For internal use"), language)]
    if is_ours and office.is_sample:
        marks.insert(0, translate(_("Sample data"), language))
    return MapNotes(
        title=title,
        marks=marks,
        attribution=office.attribution if is_ours else "",
        date=office.day,
    )


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
