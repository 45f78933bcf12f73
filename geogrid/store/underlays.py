"""Pictures placed under a draft: kept with it, with where they lie, and gone with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, literal, select

from geogrid.errors import LimitError
from geogrid.i18n import mark as _
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import underlays
from geogrid.store.errors import ConflictError, PlanMissingError
from geogrid.store.plans import PlanRecord, note

__all__ = [
    "MOST",
    "UnderlayRecord",
    "add_underlay",
    "copy_underlays",
    "list_underlays",
    "remove_underlay",
    "underlay_picture",
]

MOST = 6
"""Underlays of one plan."""


@dataclass(frozen=True)
class UnderlayRecord:
    """A picture under a plan.

    Attributes
    ----------
    id, plan_id
        Numbers.
    name
        Of the file.
    kind
        One of :data:`geogrid.tracing.KINDS`.
    width, height
        Pixels.
    corners
        Longitude and latitude of its upper left, upper right, lower right and lower left
        corner, degrees on WGS 84. Between them it is seen in perspective.
    rms_m
        Root mean square of what the control points are missed by, metres.
    points
        The control points: x and y in pixels from the lower left, longitude, latitude.
    """

    id: int
    plan_id: int
    name: str
    kind: str
    width: int
    height: int
    corners: Sequence[Sequence[float]]
    rms_m: float
    points: Sequence[Sequence[float]]
    created_at: datetime


def add_underlay(
    engine: Engine,
    plan: PlanRecord,
    *,
    at: datetime,
    by: int | None,
    media_type: str,
    content: bytes,
    **about: Any,
) -> int:
    """Keep a picture with a draft and return its number.

    Parameters
    ----------
    engine
        Of the database.
    plan
        A draft.
    at, by
        Now, in UTC, and who does it.
    media_type, content
        The picture as :func:`geogrid.tracing.pictures.clean_picture` wrote it.
    **about
        name, kind, width, height, corners, rms_m and points of :class:`UnderlayRecord`.

    Raises
    ------
    ConflictError
        The plan is no draft.
    LimitError
        It has :data:`MOST` already.
    """
    if plan.status != "draft":
        raise ConflictError(_("Only a draft takes pictures; “{name}” is none."), name=plan.name)
    row = {
        **about,
        "plan_id": plan.id,
        "media_type": media_type,
        "content": content,
        "created_at": at,
        "created_by": by,
    }
    with writing(engine) as connection:
        _require_room(connection, plan)
        added = insert(underlays).values(row).returning(underlays.c.id)
        ident = int(connection.scalar(added) or 0)
        note(connection, "plan.underlay_added", plan.id, at=at, by=by, name=about["name"])
    return ident


def _require_room(connection: Connection, plan: PlanRecord) -> None:
    counted = select(func.count()).where(underlays.c.plan_id == plan.id)
    if (connection.scalar(counted) or 0) >= MOST:
        raise LimitError(
            _("“{name}” has {limit} pictures already; remove one first."),
            name=plan.name,
            limit=MOST,
        )


def copy_underlays(connection: Connection, plan_id: int, to: int) -> None:
    """Keep the pictures of one draft with another too."""
    names = [each.name for each in underlays.c if each.name not in ("id", "plan_id")]
    kept = select(literal(to), *(underlays.c[name] for name in names))
    asked = kept.where(underlays.c.plan_id == plan_id).order_by(underlays.c.id)
    connection.execute(insert(underlays).from_select(["plan_id", *names], asked))


def list_underlays(connection: Connection, plan_id: int) -> list[UnderlayRecord]:
    """Return the underlays of a plan, the oldest first, without their pictures."""
    names = UnderlayRecord.__dataclass_fields__
    asked = select(*(underlays.c[name] for name in names))
    rows = connection.execute(asked.where(underlays.c.plan_id == plan_id).order_by(underlays.c.id))
    return [UnderlayRecord(**row._mapping) for row in rows]


def underlay_picture(connection: Connection, plan_id: int, ident: int) -> tuple[str, bytes]:
    """Return media type and content of a picture.

    Raises
    ------
    PlanMissingError
        There is none.
    """
    row = connection.execute(
        select(underlays.c.media_type, underlays.c.content).where(
            underlays.c.plan_id == plan_id, underlays.c.id == ident
        )
    ).one_or_none()
    if row is None:
        raise _missing(ident)
    return row.media_type, row.content


def remove_underlay(
    engine: Engine, plan_id: int, ident: int, *, at: datetime, by: int | None
) -> None:
    """Remove a picture.

    Raises
    ------
    PlanMissingError
        There is none.
    """
    with writing(engine) as connection:
        gone = connection.execute(
            delete(underlays).where(underlays.c.plan_id == plan_id, underlays.c.id == ident)
        )
        if gone.rowcount != 1:
            raise _missing(ident)
        note(connection, "plan.underlay_removed", plan_id, at=at, by=by, number=ident)


def _missing(ident: int) -> PlanMissingError:
    return PlanMissingError(_("There is no picture {number} with this plan."), number=ident)
