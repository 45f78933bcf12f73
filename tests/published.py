"""Put the plan that a workspace shows in force."""

from __future__ import annotations

from datetime import UTC, datetime

from geogrid.store.plan import Plan
from geogrid.store.plans import submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.workspace import Workspace

__all__ = ["put_in_force"]


def put_in_force(
    workspace: Workspace, at: datetime | None = None, *, plan: Plan | None = None
) -> None:
    """Hand a draft in, the one that is shown where none is given, and publish it."""
    moment = at or datetime.now(UTC)
    key = workspace.digest if plan is None else plan.key
    draft, version = key.split(":")[1], key.split(":")[2].split(".")[0]
    handed = submit_draft(workspace.engine, int(draft), int(version), approval="批1", at=moment)
    publish_plan(workspace.engine, handed.id, handed.version, at=moment)
