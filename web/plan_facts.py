"""What plans are, in figures: for the page of the data and for the switch to another plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from geogrid.store.plan import Plan
from geogrid.store.workspace import Workspace, sample_folder
from geogrid.vocabulary import label

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


def plan_facts(plan: Plan, language: str) -> dict[str, Any]:
    """Return what the page says of `plan`."""
    units, posts = plan.units, plan.posts
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
        "households": _households(plan),
        "cases": len(plan.cases),
    }


def _households(plan: Plan) -> int | None:
    """Return the households of the coarsest level that says any."""
    households = plan.grids.groupby("level")["households"].sum(min_count=1).dropna()
    return None if households.empty else int(households.iloc[0])


def sample_plans(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the samples, which are always one click away."""
    now = workspace.current().folder
    texts = {
        "futian": (_("City sample"), _("A subdistrict with communities, grids and micro-grids.")),
        "rural": (_("Village sample"), _("A subdistrict with village and dedicated grids.")),
    }
    return [
        {
            "title": texts[name][0],
            "text": f"{_('Sample data')} · {texts[name][1]}",
            "is_current": now == sample_folder(name),
            "url": url_for("workspace.use_sample", name=name),
        }
        for name in SAMPLES
    ]


def former_plans(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the plans one can go back to, the newest first, the current one left out."""
    now = workspace.current().folder.name
    return [
        {
            "name": former.name,
            "since": when(former.created_at),
            "is_sample": former.is_sample,
            "url": url_for("workspace.use_former", plan_id=former.plan_id),
        }
        for former in workspace.former()
        if former.plan_id != now
    ]
