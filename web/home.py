"""``/``: the map of the plan."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from geogrid.vocabulary import label
from web.auth import requires
from web.current import CurrentPlan, current_plan
from web.shell import page_map

__all__ = ["attribution", "blueprint", "plan_summary"]

blueprint = Blueprint("home", __name__)


def plan_summary(current: CurrentPlan) -> dict[str, Any]:
    """Return what every map needs to know of the plan, small enough to stand in the page."""
    plan = current.plan
    language = str(get_locale())
    counts = plan.grids["level"].value_counts()
    levels = [
        {
            "level": level,
            "label": label("level", str(level), language),
            "count": int(counts[level]),
            "url": url_for("api.level", digest=plan.digest, level=level),
        }
        for level in current.levels
    ]
    return {
        "name": plan.name,
        "digest": plan.digest,
        "is_sample": plan.is_sample,
        "bounds": current.bounds,
        "levels": levels,
        "shown_level": _shown_level(current, [int(counts[level]) for level in current.levels]),
        "streets": url_for("api.streets", digest=plan.digest) if len(plan.streets) else None,
        "attribution": attribution(current),
    }


def _shown_level(current: CurrentPlan, counts: list[int]) -> int:
    """Return the finest level that a first view shows without crowding."""
    shown = [level for level, n in zip(current.levels, counts, strict=True) if n <= 300]
    return shown[-1] if shown else current.levels[0]


def attribution(current: CurrentPlan) -> str:
    """Return what stands in the corner of a map of a plan."""
    parts = [current_app.config["SETTINGS"].map_note or _("For internal use")]
    if current.plan.is_sample:
        parts.insert(0, _("Sample data"))
    if current.plan.attribution:
        parts.append(current.plan.attribution)
    return " · ".join(parts)


@blueprint.get("/")
@requires("worker", scope="free")
def page() -> str:
    """Show the plan."""
    current = current_plan()
    return render_template(
        "home.html", map=page_map("home"), entry="home.js", plan=plan_summary(current)
    )
