"""``/heatmap``: where cases are, as heat or as figures per grid."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from flask_babel import get_locale

from geogrid.figures import CaseFilter
from geogrid.i18n import mark as _
from web.auth import requires
from web.current import current_plan
from web.described import answer as answered
from web.described import describe, query
from web.heatmap.figures import (
    CaseSpan,
    case_choices,
    case_span,
    definitions,
    figures_answer,
    heat_answer,
    uses_sample_cases,
)
from web.heatmap.query import FIGURES, PRESET_DAYS, case_filter, chosen_figure, chosen_level, view
from web.home import plan_summary
from web.scope import visible_cases
from web.shell import page_map

__all__ = ["blueprint"]

blueprint = Blueprint("heatmap", __name__)
_TEXTS = {"type": "array", "items": {"type": "string"}}
_DAY = {"type": "string", "format": "date"}
_FILTERS = (
    query("days", {"type": "integer"}, _("The last days with cases.")),
    query("from", _DAY, _("First day.")),
    query("to", _DAY, _("Last day.")),
    query("category", _TEXTS, _("Categories; may be repeated.")),
    query("status", _TEXTS, _("States of cases; open is every one that is not closed.")),
)


@blueprint.get("/heatmap")
@requires("worker", scope="limited")
def page() -> str:
    """Show the page; its filters are in its address and read by its script."""
    current = current_plan()
    language = str(get_locale())
    seen = visible_cases(current)
    span = _span(seen)
    cases: dict[str, Any] = {
        "count": len(seen),
        "is_sample": uses_sample_cases(current_app.config["WORKSPACE"]),
        "first": span.first.isoformat() if span.first else None,
        "newest": span.newest.isoformat() if span.newest else None,
        "presets": PRESET_DAYS,
        "figures": FIGURES,
        "definitions": definitions(language),
        "heat_url": url_for("heatmap.heat"),
        "figures_url": url_for("heatmap.figures"),
        "card_url": url_for("home.page"),
        **case_choices(seen, language),
    }
    plan = plan_summary(current)
    return render_template(
        "heatmap.html", map=page_map("heatmap"), entry="heatmap.js", plan=plan, cases=cases
    )


@blueprint.get("/api/v1/heat")
@requires("worker", scope="limited")
@describe(
    _("Return bins of the cases in a view that pass the filters."),
    parameters=(
        query("bbox", {"type": "string"}, _("west,south,east,north in degrees."), required=True),
        query("zoom", {"type": "number"}, _("Of the map."), required=True),
        *_FILTERS,
    ),
    answers={200: answered({"type": "object"})},
    problems=(422,),
)
def heat() -> Response:
    """Return bins of the cases in ``?bbox=&zoom=`` that pass the filters."""
    seen = visible_cases(current_plan())
    shown = view(request.args)
    return jsonify(heat_answer(seen, _wanted(_span(seen)), shown))


@blueprint.get("/api/v1/figures")
@requires("worker", scope="limited")
@describe(
    _("Return the figures of the grids of a level for the cases that pass the filters."),
    parameters=(
        query("level", {"type": "integer"}, _("Only this level.")),
        query("figure", {"enum": list(FIGURES)}, _("Which figure.")),
        *_FILTERS,
    ),
    answers={200: answered({"type": "object"})},
    problems=(422,),
)
def figures() -> Response:
    """Return the figures of the grids at ``?level=`` for the cases that pass the filters."""
    current = current_plan()
    seen = visible_cases(current)
    span = _span(seen)
    answer = figures_answer(
        current,
        seen,
        _wanted(span),
        level=chosen_level(request.args, current.levels),
        figure=chosen_figure(request.args),
        as_of=span.as_of,
        language=str(get_locale()),
    )
    return jsonify(answer)


def _span(seen: pd.DataFrame) -> CaseSpan:
    return case_span(
        seen,
        now=datetime.now(UTC),
        time_zone=current_app.config["SETTINGS"].timezone,
        is_sample=uses_sample_cases(current_app.config["WORKSPACE"]),
    )


def _wanted(span: CaseSpan) -> CaseFilter:
    time_zone = current_app.config["SETTINGS"].timezone
    return case_filter(request.args, newest=span.newest, time_zone=time_zone)
