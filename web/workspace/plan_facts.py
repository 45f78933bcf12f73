"""What plans are, in figures: for the page of the data and for the switch to another plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from geogrid.households import HOMES_FROM
from geogrid.i18n import translate
from geogrid.store.plan import Plan
from geogrid.store.workspace import Workspace
from geogrid.vocabulary import label
from web.auth import caller, may_call
from web.current import CurrentPlan
from web.scope import visible_cases

__all__ = ["SAMPLES", "former_plans", "level_counts", "plan_facts", "sample_plans", "when"]

SAMPLES = ("futian", "rural")


def when(stamp: str) -> str:
    """Return an ISO 8601 time as people read it here, ``—`` when there is none."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp or "—"
    return str(format_datetime(moment, "yyyy-MM-dd HH:mm"))


def level_counts(plan: Plan, language: str) -> list[dict[str, Any]]:
    """Return label and number of the grids of each level, coarsest first."""
    counts = plan.grids["level"].value_counts().sort_index()
    return [
        {"label": label("level", str(level), language), "count": int(count)}
        for level, count in counts.items()
    ]


def plan_facts(current: CurrentPlan, language: str) -> dict[str, Any]:
    """Return what the page says of the plan."""
    plan = current.plan
    units, posts = plan.units, plan.posts
    households, origin = _households(current)
    return {
        "name": plan.name,
        "is_sample": plan.is_sample,
        "note": plan.note,
        "since": when(plan.created_at),
        "levels": level_counts(plan, language),
        "has_region": plan.region is not None,
        "posts": len(posts),
        "vacant": int(posts["holder"].eq("").sum()),
        "buildings": int(units["kind"].eq("building").sum()),
        "units": len(units),
        "households": households,
        "households_from": translate(HOMES_FROM[origin], language),
        "cases": len(visible_cases(current)),
    }


def _households(current: CurrentPlan) -> tuple[int | None, str]:
    """Return the households of the coarsest level that says any, and where they are from."""
    homes = current.homes.dropna(subset=["households"])
    if homes.empty:
        return None, ""
    levels = current.by_code["level"].reindex(homes.index)
    top = homes[(levels == levels.min()).fillna(False).to_numpy()]
    origins = set(top["households_from"])
    return int(top["households"].sum()), origins.pop() if len(origins) == 1 else "grids"


def sample_plans(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the samples, which are always one click away."""
    now = workspace.digest
    texts = {
        "futian": (_("City sample"), _("A subdistrict with communities, grids and micro-grids.")),
        "rural": (_("Village sample"), _("A subdistrict with village and dedicated grids.")),
    }
    return [
        {
            "title": texts[name][0],
            "text": f"{_('Sample data')} · {texts[name][1]}",
            "is_current": now.startswith(f"sample:{name}:"),
            "url": url_for("workspace.use_sample", name=name),
        }
        for name in SAMPLES
    ]


def former_plans(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the plans one can go back to, the newest first, the current one left out."""
    now = workspace.digest
    return [
        {
            "name": former.name,
            "since": when(former.created_at),
            "is_sample": former.is_sample,
            "text": _holds(former.rows),
            "url": url_for("workspace.use_former", plan_id=former.plan_id),
            "compare": url_for("workspace.comparing.page", plan_id=former.plan_id)
            if now is not None and may_call(caller(), "planner", "whole")
            else "",
        }
        for former in workspace.former()
        if not now.startswith(f"draft:{former.plan_id}:")
    ]


def _holds(rows: Mapping[str, int]) -> str:
    """Say what a former plan holds, so that versions of one name can be told apart."""
    words = [
        _("%(n)s posts", n=rows["posts"]) if rows.get("posts") else "",
        _("%(n)s buildings and entrances", n=rows["units"]) if rows.get("units") else "",
        _("%(n)s cases", n=rows["cases"]) if rows.get("cases") else "",
    ]
    return " · ".join(word for word in words if word) or str(_("boundaries only"))
