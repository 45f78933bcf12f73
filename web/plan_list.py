"""``/plans``: what is in force, what is in review, drafts, and what was before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import Connection

from geogrid.store.opening import is_there, reading
from geogrid.store.plans import PlanRecord, count_grids, list_plans
from web.auth import requires
from web.current import current_workspace
from web.v1.caller import DRAFTS, is_planner
from web.v1.versions import plan_tag

__all__ = ["blueprint", "comparison_url"]

blueprint = Blueprint("plan_list", __name__)
ORDER = ("published", "review", "draft", "archived")


@blueprint.get("/plans")
@requires("worker", scope="free")
def page() -> str:
    """Show the plans; drafts only to planners, whose scripts move them on over the API."""
    workspace = current_workspace()
    shown = workspace.digest
    groups: dict[str, list[dict[str, Any]]] = {status: [] for status in ORDER}
    if is_there(workspace.engine):
        with reading(workspace.engine) as connection:
            every = list_plans(connection)
            number = max((plan.number for plan in every if plan.number is not None), default=None)
            for plan in every:
                if is_planner() or plan.status not in DRAFTS:
                    facts = _facts(connection, plan, shown)
                    facts["is_behind"] = plan.status in DRAFTS and plan.base_number != number
                    groups[plan.status].append(facts)
    return render_template(
        "plans.html",
        groups=groups,
        words=_words(),
        is_trial=_is_trial(shown),
        is_sample=shown.startswith("sample:"),
    )


def _is_trial(shown: str) -> bool:
    return not shown.startswith("plan:")


def _facts(connection: Connection, plan: PlanRecord, shown: str) -> dict[str, Any]:
    return {
        "id": plan.id,
        "tag": f'"{plan_tag(plan)}"',
        "name": plan.name,
        "status": plan.status,
        "number": plan.number,
        "approval": plan.approval,
        "is_sample": plan.is_sample,
        "is_shown": shown.startswith(f"draft:{plan.id}:"),
        "facts": [each for each in _lines(connection, plan) if each],
        "reasons": plan.overrides or {},
        "note": plan.note if plan.number else "",
        "changes": url_for("plan_changes.page", plan_id=plan.id) if (plan.number or 0) > 1 else "",
        "compare": _comparison(plan, shown),
    }


def comparison_url(plan: PlanRecord, shown: str) -> str:
    """Return where one sees what a plan changes: drafts against the plan in force."""
    if plan.status in DRAFTS:
        return url_for("plan_review.page", plan_id=plan.id)
    return _comparison(plan, shown)


def _comparison(plan: PlanRecord, shown: str) -> str:
    """Return where a plan is compared with the one that is shown.

    Beside a plan in force drafts are reviewed, which compares them with it.
    """
    if plan.status in DRAFTS and not _is_trial(shown):
        return ""
    if shown.startswith(("sample:", f"draft:{plan.id}:", f"plan:{plan.id}:")):
        return ""
    return url_for("workspace.comparing.page", plan_id=plan.id)


def _lines(connection: Connection, plan: PlanRecord) -> list[str]:
    """Return what is said below the name."""
    since, until = _day(plan.valid_from), _day(plan.valid_until)
    return [
        _("No. %(number)s", number=plan.number) if plan.number else "",
        _("%(n)s grids", n=count_grids(connection, plan)),
        _("Approval document: %(approval)s", approval=plan.approval) if plan.approval else "",
        _("In force from %(since)s to %(until)s", since=since, until=until) if until else "",
        _("In force since %(since)s", since=since) if since and not until else "",
        _("Made %(date)s", date=_day(plan.created_at)) if not since else "",
        _("File: %(name)s", name=plan.source) if plan.source and not plan.is_sample else "",
    ]


def _day(moment: datetime | None) -> str:
    return (
        "" if moment is None else str(format_datetime(moment.astimezone(UTC), "yyyy-MM-dd HH:mm"))
    )


def _words() -> dict[str, tuple[str, str]]:
    """Return title and explanation of each group."""
    return {
        "published": (_("In force"), _("This plan answers every question on every page.")),
        "review": (_("In review"), _("Approved plans wait here to be published.")),
        "draft": (_("Drafts"), _("Boundaries that were checked and taken over, not official yet.")),
        "archived": (_("Earlier plans"), _("They answer questions about days of the past.")),
    }
