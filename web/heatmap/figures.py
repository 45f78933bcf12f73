"""Figures and heat of the current plan's cases, ready for a map."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.crs import metres_per_degree
from geogrid.density import bin_points
from geogrid.drawing.classes import classify
from geogrid.figures import (
    DEFINITIONS,
    CaseFilter,
    category_choices,
    count_by_grid,
    select_cases,
)
from geogrid.hierarchy import Hierarchy
from geogrid.households import HOMES_FROM
from geogrid.i18n import translate
from geogrid.store.workspace import Workspace
from geogrid.vocabulary import LABELS, label
from web.current import CurrentPlan
from web.heatmap.query import View
from web.scope import within

__all__ = [
    "CaseSpan",
    "case_choices",
    "case_span",
    "definitions",
    "figures_answer",
    "heat_answer",
    "uses_sample_cases",
]

BIN_PX = 16.0
MOST_BINS = 4096
BIN_DECIMALS = 5
RATE_DECIMALS = 4
MOST_CATEGORIES = 30
EVERYWHERE = "all"


class CaseSpan(NamedTuple):
    """The days of the first and the newest case in local time, None without cases.

    `as_of` is the moment at which it is decided what is overdue: now, but for the sample,
    which was made once and is meant as seen on its last day.
    """

    first: date | None
    newest: date | None
    as_of: datetime


def uses_sample_cases(workspace: Workspace) -> bool:
    """Return whether the current cases are those of the sample."""
    plan = workspace.current()
    if not plan.is_sample:
        return False
    return plan.key.startswith("sample:") or plan.cases.equals(workspace.sample().cases)


def case_span(cases: pd.DataFrame, *, now: datetime, time_zone: str, is_sample: bool) -> CaseSpan:
    """Return the days `cases` span; a report in the future is a typing error and left out."""
    reported = cases["reported_at"].dropna()
    reported = reported[reported <= pd.Timestamp(now)]
    if not len(reported):
        return CaseSpan(None, None, now)
    first, newest = reported.min(), reported.max()
    days = [moment.tz_convert(time_zone).date() for moment in (first, newest)]
    as_of = newest.to_pydatetime().astimezone(UTC) if is_sample else now
    return CaseSpan(days[0], days[1], as_of)


def case_choices(cases: pd.DataFrame, language: str) -> dict[str, list[dict[str, Any]]]:
    """Return the categories and statuses that occur, to choose from."""
    statuses = cases["status"].value_counts()
    return {
        "categories": [
            {"value": value, "label": label("category", value, language), "count": count}
            for value, count in category_choices(cases)[:MOST_CATEGORIES]
        ],
        "statuses": [
            {"value": code, "label": label("status", code, language), "count": int(statuses[code])}
            for code in LABELS["status"]
            if code in statuses.index
        ],
    }


def heat_answer(cases: pd.DataFrame, wanted: CaseFilter, shown: View) -> dict[str, Any]:
    """Count the wanted cases on squares of the view; bounded whatever their number."""
    chosen = cases[select_cases(cases, wanted)]
    lon, lat = chosen["lon"].to_numpy(), chosen["lat"].to_numpy()
    bins = bin_points(
        lon, lat, bounds=shown.bounds, zoom=shown.zoom, size_px=BIN_PX, max_bins=MOST_BINS
    )
    rows = zip(
        bins.mean_lon.round(BIN_DECIMALS).tolist(),
        bins.mean_lat.round(BIN_DECIMALS).tolist(),
        bins.count.tolist(),
        strict=True,
    )
    middle = (shown.bounds[1] + shown.bounds[3]) / 2
    return {
        "bins": [list(row) for row in rows],
        "size_px": bins.size_px,
        "size_m": _metres(bins.size_px, shown.zoom, middle),
        "shown": int(bins.count.sum()),
    }


def _metres(size_px: float, zoom: float, lat: float) -> float:
    degrees = size_px * 360.0 / (256 * 2.0**zoom)
    return round(degrees * float(metres_per_degree(lat)[0]), 1)


def figures_answer(
    current: CurrentPlan,
    cases: pd.DataFrame,
    wanted: CaseFilter,
    *,
    level: int,
    figure: str,
    as_of: datetime,
    language: str = "en",
) -> dict[str, Any]:
    """Return the figures of every grid shown at `level` that the caller sees, classes for one.

    Parameters
    ----------
    current, cases
        The plan and those of its cases that the caller sees, with their grids.
    wanted, level, figure, as_of, language
        Of the request.
    """
    grids = current.homes.reset_index()
    table = count_by_grid(
        cases, grids, current.plan.hierarchy, level=level, now=as_of, wanted=wanted
    )
    outside = table.attrs["outside"]
    table = table[within(table["code"], current.plan.hierarchy)]
    classes, class_of = classify(table[figure].to_numpy(dtype=np.float64))
    columns = ["code", "households", *DEFINITIONS]
    chosen = cases[select_cases(cases, wanted)]
    return {
        "level": level,
        "figure": figure,
        "first_day": _iso(wanted.first_day),
        "last_day": _iso(wanted.last_day),
        "totals": _totals(chosen, table["households"], as_of),
        "outside": outside - int(chosen["lon"].isna().sum()),
        "no_position": int(chosen["lon"].isna().sum()),
        "columns": columns,
        "rows": _rows(table[columns], class_of),
        "households_from": _homes_from(current, table["code"], language),
        "names": _names(current, table["code"]),
        "classes": [{"low": each.low, "high": each.high, "size": each.size} for each in classes],
    }


def _names(current: CurrentPlan, codes: pd.Series) -> list[str]:
    return [str(name) for name in current.by_code["name"].reindex(codes)]


def _homes_from(current: CurrentPlan, codes: pd.Series, language: str) -> list[str]:
    origins = current.homes["households_from"].reindex(codes)
    return [translate(HOMES_FROM[origin], language) for origin in origins]


def _totals(chosen: pd.DataFrame, households: pd.Series, as_of: datetime) -> dict[str, Any]:
    """Return the figures of all chosen cases, wherever they are, as of one grid."""
    one = pd.DataFrame({"code": [EVERYWHERE], "households": [households.sum(min_count=1)]})
    tree = Hierarchy(parents={EVERYWHERE: ""}, names={EVERYWHERE: ""}, levels={EVERYWHERE: 0})
    table = count_by_grid(chosen.assign(grid=EVERYWHERE), one, tree, level=0, now=as_of)
    row: Mapping[str, Any] = table.iloc[0]
    return {name: _plain(row[name]) for name in ("households", *DEFINITIONS)}


def _rows(table: pd.DataFrame, class_of: npt.NDArray[np.int64]) -> list[list[Any]]:
    columns = [[_plain(value) for value in table[name]] for name in table.columns]
    return [list(row) for row in zip(*columns, class_of.tolist(), strict=True)]


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold; null where there is none."""
    if isinstance(value, str):
        return value
    if pd.isna(value) or not math.isfinite(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() else round(number, RATE_DECIMALS)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def definitions(language: str) -> list[dict[str, str]]:
    """Return every figure with its name and what it means."""
    return [
        {"key": key, "name": translate(name, language), "text": translate(text, language)}
        for key, (name, text) in DEFINITIONS.items()
    ]
