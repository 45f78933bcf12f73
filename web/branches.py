"""``/plans/<draft>/branches``: copies of a draft; two drafts compared and brought together."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import Connection

from geogrid.store.opening import reading
from geogrid.store.plans import PlanRecord, list_plans
from geogrid.store.redrawing.bringing import kinship
from web.auth import requires
from web.current import plan_of_id
from web.edit import LONGEST_NAME, base_map
from web.shell import page_map
from web.v1.caller import DRAFTS, database, plan_seen

__all__ = ["blueprint"]

blueprint = Blueprint("branches", __name__)


@blueprint.get("/plans/<int:plan_id>/branches")
@requires("planner", scope="whole")
def page(plan_id: int) -> str:
    """Offer to copy a draft, and the drafts it can be compared with or brought together with."""
    with reading(database()) as connection:
        record = _changing(connection, plan_id)
        others = [
            _offered(connection, record, other)
            for other in list_plans(connection)
            if other.status in DRAFTS and other.id != record.id
        ]
    others.sort(key=lambda other: not other["is_related"])
    return render_template(
        "branches.html",
        plan=record,
        others=others,
        suggested=_("%(name)s, another try", name=record.name)[:LONGEST_NAME],
    )


def _changing(connection: Connection, plan_id: int) -> PlanRecord:
    """Return a draft or a plan in review; others are compared elsewhere."""
    record = plan_seen(connection, plan_id)
    if record.status not in DRAFTS:
        abort(404)
    return record


def _offered(connection: Connection, record: PlanRecord, other: PlanRecord) -> dict[str, Any]:
    kin = kinship(connection, record.id, other.id)
    made = format_datetime(other.created_at, "yyyy-MM-dd HH:mm")
    relations = {
        "copy": _("A copy of this draft, made %(date)s", date=made),
        "origin": _("This draft is a copy of it"),
        "beside": _("A copy of the same draft, made %(date)s", date=made),
        "": _("Begun on its own: it can be compared, not merged"),
    }
    return {
        "id": other.id,
        "name": other.name,
        "relation": relations[kin],
        "is_related": bool(kin),
        "in_review": other.status == "review",
    }


@blueprint.get("/plans/<int:plan_id>/branches/<int:other_id>")
@requires("planner", scope="whole")
def pair(plan_id: int, other_id: int) -> str:
    """Show where two drafts differ, and what merging the second into the first would do."""
    with reading(database()) as connection:
        one, other = (_changing(connection, each) for each in (plan_id, other_id))
        kin = kinship(connection, one.id, other.id) if one.id != other.id else ""
    if one.id == other.id:
        abort(404)
    return render_template(
        "branch_pair.html",
        map=page_map("edit"),
        entry="branch-pair.js",
        plan=base_map(plan_of_id(one.id)),
        into=one,
        source=other,
        why_not=_why_not(one, kin),
        pair={
            "one": _side(one),
            "other": _side(other),
            "may_merge": bool(kin) and one.status == "draft",
        },
    )


def _why_not(record: PlanRecord, kin: str) -> str:
    """Return why nothing can be merged, ``""`` where it can."""
    if not kin:
        return _("Neither is a copy of the other, so they can only be compared.")
    if record.status != "draft":
        return _(
            "“%(name)s” is in review and cannot be changed; taken back, it is a draft.",
            name=record.name,
        )
    return ""


def _side(record: PlanRecord) -> dict[str, Any]:
    return {
        "name": record.name or _("Without a name"),
        "api": f"/api/v1/plans/{record.id}/redraw",
        "edit": url_for("edit.page", plan_id=record.id),
    }
