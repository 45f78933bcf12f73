"""The map of defects as one file: opened by double click, offline, with everything inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geogrid.addresses.spelling import spelling_rules
from geogrid.built import built_text
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.report_data import report_data
from geogrid.drawing.map_shapes import (
    defect_shapes,
    grid_shapes,
    lonlat_bounds,
    region_shape,
    to_lonlat,
)
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.layers.base import StreetsLayer
from geogrid.layers.defects import DefectsLayer
from geogrid.layers.grids import GridsLayer
from geogrid.layers.onefile import OneFile, compose_onefile
from geogrid.layers.shell import compose_shell
from geogrid.tabular.writing import replace_file
from geogrid.vocabulary import label

__all__ = ["MapNotes", "write_defects_map"]

MOST_GRIDS = 12_000
MOST_GRIDS_FOR_A_FIRST_VIEW = 1500


@dataclass(frozen=True)
class MapNotes:
    """What stands around the map.

    Attributes
    ----------
    title
        What was checked.
    marks
        Short notes that must be seen, such as 示例数据; 内部使用 when there are none.
    attribution
        Whose data the boundaries are.
    date
        The day of the check.
    heading
        What kind of map it is; a check of boundaries when left out.
    """

    title: str = ""
    marks: Sequence[str] = ()
    attribution: str = ""
    date: str = ""
    heading: str = ""


def write_defects_map(
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    path: str | Path,
    language: str = "zh_CN",
    *,
    region: gpd.GeoDataFrame | None = None,
    notes: MapNotes | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write a map of what a check found.

    Parameters
    ----------
    report
        From :func:`geogrid.coverage.check_coverage`.
    grids
        The grids that were checked: columns code, name, kind, level; any CRS.
    path
        HTML file; replaced only once complete.
    language
        ``"zh_CN"`` or ``"en"``.
    region
        What the grids must fill, drawn as an outline.
    notes
        What stands around the map.
    data
        What the map says, as :func:`geogrid.coverage.report_data.report_data` gives it, where
        the words of a check do not fit.

    Raises
    ------
    InputError
        The front-end is not built.
    """
    notes = notes or MapNotes()
    scripts = [built_text("leaflet.js"), built_text("defects-map.js")]
    if not language.startswith("en"):
        scripts.insert(1, built_text(f"strings-{language[:2]}.js"))
    page = compose_onefile(
        _words(notes, language),
        shell=compose_shell([StreetsLayer(), GridsLayer(), DefectsLayer()]),
        scripts=scripts,
        style=built_text("style.css"),
        icons=built_text("icons.svg"),
        data=_data(
            *(report, grids, data or report_data(report, grids, language)),
            *(language, notes.attribution),
        )
        | {"region": None if region is None else json.loads(region_shape(region))},
    )
    with replace_file(Path(path)) as file:
        file.write(page.encode())


def _words(notes: MapNotes, language: str) -> OneFile:
    words = [
        translate(message, language)
        for message in (
            _("Check of boundaries"),
            _("Grid name or code"),
            _("Level"),
            _("Show or hide the panel"),
            _("This file needs a browser with scripts allowed."),
            _("For internal use"),
        )
    ]
    return OneFile(
        language="en" if language.startswith("en") else "zh-CN",
        title=notes.title or words[0],
        heading=notes.heading or (words[0] if notes.title else "geogrid"),
        date=notes.date,
        marks=list(notes.marks) or [words[5]],
        search=words[1],
        levels=words[2],
        fold=words[3],
        noscript=words[4],
    )


def _data(
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    listed: Mapping[str, Any],
    language: str,
    attribution: str,
) -> dict[str, Any]:
    shown = _shown(report, grids)
    levels = sorted(int(level) for level in shown["level"].dropna().unique())
    counts = grids["level"].value_counts()
    few = [level for level in levels if counts[level] <= MOST_GRIDS_FOR_A_FIRST_VIEW]
    box = lonlat_bounds(to_lonlat([shapely.box(*grids.total_bounds)], grids.crs))[0]
    return {
        "report": listed,
        "plan": {
            "bounds": box,
            "streets": None,
            "attribution": attribution,
            "shown_level": few[-1] if few else levels[-1],
            "levels": [
                {
                    "level": level,
                    "label": label("level", str(level), language),
                    "count": int(counts[level]),
                    "url": f"level:{level}",
                }
                for level in levels
            ],
        },
        "levels": {
            str(level): json.loads(grid_shapes(shown[shown["level"] == level])) for level in levels
        },
        "shapes": json.loads(defect_shapes(report.defects.head(len(listed["rows"])))),
        "rules": spelling_rules(),
        "grids": [
            [row.code, row.name, int(row.level), box]
            for row, box in zip(
                shown[["code", "name", "level"]].itertuples(index=False),
                lonlat_bounds(to_lonlat(shown.geometry.to_numpy(), shown.crs), 6),
                strict=True,
            )
        ],
    }


def _shown(report: CoverageReport, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the grids to draw: all, or those with defects where a page could not hold all."""
    if len(grids) <= MOST_GRIDS:
        return grids
    concerned = {code for codes in report.defects["grids"] for code in codes}
    return grids[grids["code"].isin(concerned)].head(MOST_GRIDS)
