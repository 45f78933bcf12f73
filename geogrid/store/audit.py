"""The audit log: who changed what, written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from geogrid.store.database.tables import audit

__all__ = ["By", "record"]

By = int | str
"""Who did it: the id of a user, or in words what acted without one."""


def record(
    connection: Connection,
    action: str,
    subject_id: int,
    *,
    at: datetime,
    by: By,
    **detail: Any,
) -> None:
    """Write down that something was done; it counts only if the transaction does.

    Parameters
    ----------
    connection : of the change itself
    action : like ``"user.added"``; its first word is the kind of the subject
    subject_id : what was changed
    at : now, in UTC
    by : who did it
    detail : what changed, in plain values; never a password or a key
    """
    connection.execute(
        insert(audit).values(
            at=at,
            user_id=by if isinstance(by, int) else None,
            actor=by if isinstance(by, str) else "",
            action=action,
            subject=action.partition(".")[0],
            subject_id=str(subject_id),
            detail=detail,
        )
    )
