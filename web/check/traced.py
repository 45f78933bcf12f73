"""The placed picture that areas were traced over: with their check, then under their draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geogrid.store.opening import reading
from geogrid.store.plan import Plan
from geogrid.store.plans import find_plan
from geogrid.store.underlays import add_underlay
from web.check.folder import CheckFolder
from web.v1.caller import database, now

__all__ = ["remember_picture", "take_picture_along"]


def remember_picture(check: CheckFolder, content: bytes, about: Mapping[str, Any]) -> None:
    """Keep a placed picture with the check of what was traced over it.

    Parameters
    ----------
    check
        Of the areas.
    content
        The picture.
    about
        What :func:`geogrid.store.underlays.add_underlay` wants to know of it.
    """
    check.picture.write_bytes(content)
    check.write(picture=dict(about))


def take_picture_along(check: CheckFolder, plan: Plan, by: int | None) -> None:
    """Keep the picture of a check, if it has one, under the draft that its areas became."""
    about = check.read().get("picture")
    if about is None:
        return
    with reading(database()) as connection:
        record = find_plan(connection, int(plan.key.split(":")[1]))
    add_underlay(database(), record, at=now(), by=by, content=check.picture.read_bytes(), **about)
