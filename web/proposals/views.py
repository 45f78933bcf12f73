"""``/plans/<plan>/proposals``: ask for proposals, see them side by side, make one a draft."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from geogrid.errors import GeogridError
from geogrid.i18n import mark
from geogrid.propose import AIM_NAMES, score
from geogrid.store.errors import JobMissingError, PlanMissingError
from geogrid.store.jobs import JobRecord
from geogrid.store.plan import Plan
from geogrid.store.proposing import PlanUnits, plan_units, proposed_grids, require_same
from web.auth import requires
from web.current import current_workspace
from web.language import catalogue_language
from web.proposals.pictures import picture
from web.v1.caller import MissingError
from web.v1.proposals import newest_proposals, proposals_of

__all__ = ["blueprint"]

blueprint = Blueprint("proposing", __name__)
AIM_HINTS = {
    "stay": mark("Begins with the grids of today and moves as few homes as it can."),
    "compact": mark("Round grids with short borders."),
    "streets": mark("Borders follow main streets where they can."),
    "even": mark("All grids as near to the same size as can be."),
}
"""What each aims at, in a line."""


@blueprint.get("/plans/<int:plan_id>/proposals")
@requires("planner", scope="whole")
def page(plan_id: int) -> str:
    """Show the form and what a job made, by default the last one for the plan as it is."""
    try:
        plan = current_workspace().find_plan(str(plan_id))
    except PlanMissingError:
        abort(404)
    job = _asked(plan_id) or _last(plan, plan_id)
    problem, made = "", None
    try:
        units = plan_units(plan, keeps_parents=True)
        if job is not None:
            require_same(plan, job.result or {})
            made = _made(plan, units, job)
    except GeogridError as error:
        problem = error.text(catalogue_language())
    return render_template(
        "proposals.html",
        plan=plan,
        problem=problem,
        made=made,
        given=job.given if job else {},
        start=url_for("proposals.start", plan=plan_id),
        here=url_for("proposing.page", plan_id=plan_id),
        is_sample=plan.is_sample,
    )


def _asked(plan_id: int) -> JobRecord | None:
    number = request.args.get("job", "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(404)
    try:
        return proposals_of(plan_id, int(number))
    except (JobMissingError, MissingError):
        abort(404)


def _last(plan: Plan, plan_id: int) -> JobRecord | None:
    job = newest_proposals(plan_id)
    try:
        if job is not None:
            require_same(plan, job.result or {})
    except GeogridError:  # the plan was redrawn since
        return None
    return job


def _made(plan: Plan, units: PlanUnits, job: JobRecord) -> dict[str, Any]:
    """Return what the page shows of the proposals: today first, then each of them."""
    result = job.result or {}
    first = result["proposals"][0]["scores"]
    wanted = {"target": float(first["target"]), "tolerance": float(job.given["tolerance"])}
    locked = set(result["locked"])
    today = _today(units, locked, wanted)
    columns = [
        {
            "aim": "",
            "name": _("Today"),
            "hint": plan.name,
            "scores": _figures(today),
            "findings": [],
            "picture": picture(units, units.graph.present, locked=locked, **wanted),
        }
    ]
    language = catalogue_language()
    for each in result["proposals"]:
        aim = str(each["aim"])
        name, hint = AIM_NAMES[aim], AIM_HINTS[aim]
        columns.append(
            {
                "aim": aim,
                "name": _(name),
                "hint": _(hint),
                "scores": _figures(each["scores"]),
                "findings": [said[language] for said in each["findings"]],
                "picture": picture(units, proposed_grids(each), locked=locked, **wanted),
                "url": url_for("proposals.make_draft", plan=job.given["plan"], job=job.id, aim=aim),
            }
        )
    return {
        "columns": columns,
        "rows": [*columns[0]["scores"]],
        "tolerance": round(100 * wanted["tolerance"]),
        "target": round(wanted["target"]),
        "locked": len(locked),
        "left_out": result["left_out"],
        "units": result["units"],
    }


def _today(units: PlanUnits, locked: set[str], wanted: dict[str, float]) -> dict[str, Any]:
    rows = [row for row, code in enumerate(units.graph.present) if code not in locked]
    graph = units.graph.take(np.array(rows))
    return score(graph, graph.present, **wanted).to_dict()


def _figures(scores: dict[str, Any]) -> dict[str, str]:
    """Return the figures in words, by what they are."""
    return {
        _("Grids"): f"{scores['grids']}",
        _("Households per grid"): f"{scores['fewest']:.0f}–{scores['most']:.0f}",
        _("Largest deviation"): f"{100 * scores['worst']:.1f} %",
        _("Outside the tolerance"): f"{scores['outside']}",
        _("Compactness (1 is a circle)"): f"{scores['compactness']:.2f}",
        _("Border between grids"): f"{scores['border_km']:.1f} km",
        _("Along main streets"): f"{100 * scores['street_share']:.0f} %",
        _("Homes that move"): f"{scores['moved']:,.0f} ({100 * scores['moved_share']:.0f} %)",
    }
