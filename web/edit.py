"""``/plans/<draft>/edit``: the workbench, where a planner redraws a draft."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from geogrid.store.anew import draft_of_plan
from geogrid.store.opening import reading
from geogrid.store.plans import PlanRecord
from geogrid.vocabulary import LABELS, label
from web.auth import requires
from web.current import CurrentPlan, current_plan, current_workspace, plan_of_id
from web.home import attribution
from web.plan_list import comparison_url
from web.shell import page_map
from web.v1.caller import database, now, plan_seen, user_id

__all__ = ["LONGEST_NAME", "base_map", "blueprint"]

blueprint = Blueprint("edit", __name__)
LONGEST_NAME = 120
GRID_LEVEL = 3
"""The level whose size a place expects something of; it is worked on first."""


@blueprint.get("/plans/<int:plan_id>/edit")
@requires("planner", scope="whole")
def page(plan_id: int) -> str:
    """Show the workbench; what is no draft, or no draft any more, is there to look at."""
    with reading(database()) as connection:
        record = plan_seen(connection, plan_id)
    draft = plan_of_id(plan_id)
    return render_template(
        "edit.html",
        map=page_map("edit"),
        entry="edit.js",
        plan=base_map(draft),
        edit=_draft(record, draft),
        comparison=comparison_url(record, current_workspace().digest),
        changes=url_for("plan_changes.page", plan_id=record.id) if (record.number or 0) > 1 else "",
        why=_why(record.status),
    )


def _why(status: str) -> str:
    """Return why a plan is only there to look at, ``""`` for a draft."""
    return {
        "review": _("This plan is in review and can only be looked at. Taken back, it is a draft."),
        "published": _("This plan is in force and never changes: it can only be looked at."),
        "archived": _("This plan was in force once and never changes: it can only be looked at."),
    }.get(status, "")


@blueprint.post("/plans/<int:plan_id>/edit")
@requires("planner", scope="whole")
def begin(plan_id: int) -> Response:
    """Make a new draft of a plan, to be redrawn, and say where."""
    with reading(database()) as connection:
        record = plan_seen(connection, plan_id)
    name = _("Redraw of %(name)s", name=record.name)[:LONGEST_NAME]
    draft = draft_of_plan(database(), record.id, name, at=now(), by=user_id())
    return jsonify(url=url_for("edit.page", plan_id=draft.id))


def base_map(draft: CurrentPlan) -> dict[str, Any]:
    """Return what is drawn below the borders: the draft's own streets, else those of all pages."""
    base = draft if len(draft.plan.streets) else current_plan()
    has_streets = len(base.plan.streets) > 0
    return {
        "is_sample": draft.plan.is_sample,
        "bounds": draft.bounds,
        "streets": url_for("api.streets", digest=base.plan.digest) if has_streets else None,
        "attribution": attribution(base),
    }


def _draft(record: PlanRecord, draft: CurrentPlan) -> dict[str, Any]:
    language = str(get_locale())
    return {
        "id": record.id,
        "name": record.name,
        "status": record.status,
        "api": f"/api/v1/plans/{record.id}/redraw",
        "may_edit": record.status == "draft",
        "trace": url_for("trace.page"),
        "level": GRID_LEVEL if GRID_LEVEL in draft.levels else draft.levels[-1],
        "levels": [
            {"level": each, "label": label("level", str(each), language)} for each in draft.levels
        ],
        "kinds": [
            {"kind": each, "label": label("kind", each, language)} for each in LABELS["kind"]
        ],
    }
