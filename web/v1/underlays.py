"""``/api/v1/plans/…/underlays``: pictures placed under a plan, for whoever draws on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from geogrid.i18n import mark as _
from geogrid.store.errors import PlanMissingError
from geogrid.store.opening import reading
from geogrid.store.underlays import (
    UnderlayRecord,
    list_underlays,
    remove_underlay,
    underlay_picture,
)
from web.auth import requires
from web.described import answer, describe, ref
from web.security import for_programs
from web.v1.caller import MissingError, database, now, plan_seen, user_id
from web.v1.paging import known_id

__all__ = ["blueprint"]

blueprint = Blueprint("underlays", __name__, url_prefix="/api/v1/plans/<int:plan>/underlays")


def _data(record: UnderlayRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "kind": record.kind,
        "width": record.width,
        "height": record.height,
        "corners": record.corners,
        "rms_m": record.rms_m,
        "created_at": record.created_at.isoformat(),
        "url": url_for("underlays.picture", plan=record.plan_id, underlay=record.id),
    }


@blueprint.get("")
@requires("planner", scope="whole")
@describe(
    _("List the pictures placed under a plan."),
    more=_(
        "Corners are longitude and latitude on WGS 84: upper left, upper right, lower right, lower "
        "left. Between them the picture is seen in perspective."
    ),
    answers={200: answer(ref("Underlays"))},
)
def index(plan: int) -> Response:
    """List the pictures placed under a plan."""
    with reading(database()) as connection:
        found = list_underlays(connection, plan_seen(connection, plan).id)
    return jsonify(items=[_data(record) for record in found])


@blueprint.get("/<int:underlay>")
@requires("planner", scope="whole")
@describe(
    _("Return a picture placed under a plan."),
    answers={
        200: answer({"type": "string", "format": "binary"}, kind="image/png"),
    },
)
def picture(plan: int, underlay: int) -> Response:
    """Return a picture placed under a plan."""
    with reading(database()) as connection:
        seen = plan_seen(connection, plan)
        try:
            media_type, content = underlay_picture(connection, seen.id, known_id(underlay))
        except PlanMissingError as error:
            raise MissingError(error.message, **error.params) from error
    response = Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@blueprint.delete("/<int:underlay>")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Remove a picture from under a plan."),
    answers={204: answer(said=_("It is gone."))},
)
def remove(plan: int, underlay: int) -> Response:
    """Remove a picture from under a plan."""
    with reading(database()) as connection:
        seen = plan_seen(connection, plan)
    try:
        remove_underlay(database(), seen.id, known_id(underlay), at=now(), by=user_id())
    except PlanMissingError as error:
        raise MissingError(error.message, **error.params) from error
    return Response(status=204)
