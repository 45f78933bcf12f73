"""``/cases/weekly``: choose a week, print its report, download its workbook and heat picture."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from flask import Blueprint, Response, current_app, render_template, request, send_file
from flask_babel import format_datetime
from flask_babel import gettext as _

from geogrid.drawing.heat_picture import heat_picture
from geogrid.errors import InputError
from geogrid.figures import CaseFilter, select_cases
from geogrid.hierarchy import shown_at
from geogrid.i18n import mark, translate
from geogrid.vocabulary import label
from geogrid.weekly import Week, WeeklyReport, parse_week, week_of, weekly_report
from web.auth import caller, requires
from web.cases.list import find_list
from web.current import CurrentPlan, current_plan, current_workspace
from web.heatmap.figures import CaseSpan, case_span, uses_sample_cases
from web.home import attribution
from web.language import catalogue_language
from web.scope import visible_cases, within
from web.table_files import table_answer
from web.weekly.tables import figure_rows, grid_rows, report_sheets

__all__ = ["blueprint"]

blueprint = Blueprint("weekly", __name__, url_prefix="/cases/weekly")
_LEVELS = (2, 3)
_CATEGORIES_SHOWN = 10


@blueprint.get("")
@requires("worker", scope="limited")
def page() -> str:
    """Show the report of ``?week=``, by default of the newest week with cases."""
    current, language = current_plan(), catalogue_language()
    tree = current.plan.hierarchy
    seen, span, week = _asked(current)
    report = _report(current, seen, span, week)
    categories = report.categories.head(_CATEGORIES_SHOWN)
    return render_template(
        "weekly.html",
        plan=current.plan,
        is_sample=_is_sample(),
        list=_list(),
        list_name=find_list(_list()).upload.name if _list() else "",
        is_limited=caller().scope is not None,
        has_cases=len(seen) > 0,
        week=week,
        earlier=week.moved(-1).text,
        later=week.moved(1).text,
        as_of=format_datetime(span.as_of, "yyyy-MM-dd HH:mm"),
        figures=figure_rows(report, language),
        tables=[
            (label("level", str(level), language), grid_rows(table, tree, language))
            for level, table in _seen_levels(current, report).items()
        ],
        categories=[
            (label("category", row["category"], language), row["cases"], row["before"])
            for row in categories.to_dict("records")
        ],
        more=len(report.categories) - len(categories),
        outside=report.outside,
        no_position=report.no_position,
        count=int(report.totals["cases"]),
        note=attribution(current),
    )  # fmt: skip


def _asked(current: CurrentPlan) -> tuple[pd.DataFrame, CaseSpan, Week]:
    """Return the cases that the caller may see, their days, and the week asked for.

    With ``?list=`` they are those of a list that the caller located on the page of cases.
    """
    zone = current_app.config["SETTINGS"].timezone
    seen = _of_list(current) if _list() else visible_cases(current)
    span = case_span(seen, now=datetime.now(UTC), time_zone=zone, is_sample=_is_sample())
    text = request.args.get("week", "")
    newest = span.newest or datetime.now(ZoneInfo(zone)).date()
    return seen, span, parse_week(text) if text else week_of(newest)


def _list() -> str:
    return request.args.get("list", "")


def _is_sample() -> bool:
    return not _list() and uses_sample_cases(current_workspace())


def _of_list(current: CurrentPlan) -> pd.DataFrame:
    found = find_list(_list())
    result = found.read("result")
    if result is None or result["places"] != current.places:
        raise InputError(mark("The plan has changed since. Locate the list again first."))
    located = pd.read_parquet(found.located, columns=["grid_code"])
    cases = pd.read_parquet(found.cases).assign(grid=located["grid_code"].astype("str"))
    if caller().scope is not None:
        cases = cases[within(cases["grid"], current.plan.hierarchy)]
    return cases


def _report(current: CurrentPlan, seen: pd.DataFrame, span: CaseSpan, week: Week) -> WeeklyReport:
    return weekly_report(
        seen,
        current.homes.reset_index(),
        current.plan.hierarchy,
        week,
        now=span.as_of,
        levels=[level for level in _LEVELS if level in current.levels] or current.levels[-1:],
        time_zone=current_app.config["SETTINGS"].timezone,
    )


def _seen_levels(current: CurrentPlan, report: WeeklyReport) -> dict[int, pd.DataFrame]:
    """Return the tables without the grids outside of the caller's limits."""
    tree = current.plan.hierarchy
    return {
        level: table[within(table["code"], tree)] if len(table) else table
        for level, table in report.levels.items()
    }


@blueprint.get("/report.xlsx")
@requires("worker", scope="limited")
def workbook() -> Response:
    """Send the report as a workbook."""
    current, language = current_plan(), catalogue_language()
    seen, span, week = _asked(current)
    report = _report(current, seen, span, week)
    sheets = report_sheets(report, _seen_levels(current, report), current.plan.hierarchy, language)
    title = f"{translate(mark('Weekly report of cases'), language)} {week.text}"
    return table_answer(title, sheets, "xlsx")


@blueprint.get("/heat.png")
@requires("worker", scope="limited")
def picture() -> Response:
    """Send the heat of the week's cases as a picture."""
    current = current_plan()
    seen, _span, week = _asked(current)
    zone = current_app.config["SETTINGS"].timezone
    wanted = CaseFilter(first_day=week.first, last_day=week.last, time_zone=zone)
    cases = seen[select_cases(seen, wanted)]
    shown = _shown_grids(current)
    shapes: Any = shown.geometry.to_numpy()
    streets = current.plan.streets
    png = heat_picture(
        cases["lon"].to_numpy(),
        cases["lat"].to_numpy(),
        outlines=shapes,
        streets=streets.geometry.to_numpy() if len(streets) else np.array([], dtype=object),
        bounds=shown.total_bounds if len(shown) else current.bounds,
        title=f"{_('Heat of cases')} {week.first} – {week.last} · {current.plan.name}",
        note=attribution(current),
    )
    answer = send_file(
        BytesIO(png),
        mimetype="image/png",
        as_attachment="download" in request.args,
        download_name=f"{_('Heat of cases')} {week.text}.png",
        max_age=0,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shown_grids(current: CurrentPlan) -> Any:
    """Return the communities, or the grids of a caller with limits."""
    level = _LEVELS[0] if _LEVELS[0] in current.levels else current.levels[0]
    if caller().scope is None:
        return shown_at(current.plan.grids, level)
    leaves = current.leaves
    return leaves[within(leaves["code"], current.plan.hierarchy)]
