"""The long work on plans: read a file into a draft, check a plan, publish one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine

from geogrid.boundaries import read_boundaries
from geogrid.coverage import check_coverage
from geogrid.findings import Finding
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.rules import Profile
from geogrid.store.database.engine import reading
from geogrid.store.guard import Terms
from geogrid.store.office_data import read_data
from geogrid.store.plan_tables import tables_of
from geogrid.store.plans import add_draft, draft_rows, find_plan, plan_grids
from geogrid.store.publish import plan_gaps, plan_region, prepare_plan, put_in_force
from geogrid.store.runner import Finish, Task, Work
from geogrid.store.uploads import Uploads

__all__ = ["CHECK", "IMPORT", "MOST_DEFECTS", "PUBLISH", "plan_works"]

IMPORT, CHECK, PUBLISH = "import", "check", "publish"
MOST_DEFECTS = 1_000
_READING_OPTIONS = ("datum", "crs", "layer", "fields")


def plan_works(
    engine: Engine, uploads: Uploads, profile: Profile | None = None
) -> Mapping[str, Work]:
    """Return what a :class:`~geogrid.store.runner.Runner` does for each kind of job on plans.

    Parameters
    ----------
    engine : of the database
    uploads : where files that are to be read wait
    profile : what a plan must keep to before it is published; None for nothing
    """

    def read_file(task: Task) -> Finish:
        return _import(task, uploads)

    def check(task: Task) -> Finish:
        return _check(task, engine)

    def publish(task: Task) -> Finish:
        return _publish(task, engine, profile)

    return {IMPORT: read_file, CHECK: check, PUBLISH: publish}


def _import(task: Task, uploads: Uploads) -> Finish:
    """``upload``, ``file``, ``name`` and how to read it; the result names the new draft."""
    given, job = task.job.given, task.job
    task.tell(0.0, _("Reading the file"))
    path = uploads.folder(given["upload"]) / given["file"]
    options = {name: given[name] for name in _READING_OPTIONS if given.get(name)}
    frame = read_boundaries(path, **options)
    said = frame.attrs["findings"]
    task.tell(0.5, _("Keeping the draft"))
    layer = draft_rows(frame.to_crs("EPSG:4326"))

    def finish(connection: Connection) -> dict[str, Any]:
        plan = add_draft(
            connection,
            given["name"],
            layer,
            at=job.created_at,
            by=job.user_id,
            note=given.get("note", ""),
            source=given.get("source", ""),
        )
        return {"plan": plan.id, "grids": layer.count, "findings": [_said(each) for each in said]}

    return finish


def _check(task: Task, engine: Engine) -> Finish:
    """``plan``; the result is the report as ``geogrid check --json`` has it, its first defects."""
    task.tell(0.0, _("Reading the grids"))
    with reading(engine) as connection:
        plan = find_plan(connection, task.job.given["plan"])
        grids = plan_grids(connection, plan)
        gaps = plan_gaps(connection, plan.id)
        region = plan_region(connection, plan)
    task.tell(0.2, _("Checking the boundaries"))
    report = check_coverage(grids, region, approved_gaps=gaps)
    task.tell(0.9, _("Writing the report"))
    found = report.to_dict()
    total = len(found["defects"])
    found |= {"plan": plan.id, "version": plan.version, "defects_total": total}
    found["defects"] = found["defects"][:MOST_DEFECTS]
    return lambda _connection: found


def _publish(task: Task, engine: Engine, profile: Profile | None) -> Finish:
    """``plan``, ``version``, ``reasons`` and ``note``; the result says what it changed."""
    given, by = task.job.given, task.job.user_id
    task.tell(0.0, _("Checking the boundaries"))
    terms = Terms(profile, given.get("reasons") or {}, **_tables(engine, given["plan"], profile))
    prepared = prepare_plan(engine, given["plan"], given["version"], terms)
    task.tell(0.7, _("Putting the plan in force"))

    def finish(connection: Connection) -> dict[str, Any]:
        remark = given.get("note")
        done = put_in_force(connection, prepared, at=datetime.now(UTC), by=by, remark=remark)
        moves = {name: move.moved for name, move in done.moves.items()}
        changes = done.succession.counts()
        return {
            "plan": done.plan.id,
            "number": done.plan.number,
            "changes": changes,
            "moved": moves,
        }

    return finish


def _tables(engine: Engine, plan_id: int, profile: Profile | None) -> dict[str, pd.DataFrame]:
    """Return the tables that rules look at: what comes with the plan, else the office's own."""
    if profile is None:
        return {}
    with reading(engine) as connection:
        kept = tables_of(connection, plan_id)
        return {
            part: kept[part] if len(kept.get(part, ())) else read_data(connection, part)
            for part in ("units", "posts")
        }


def _said(finding: Finding) -> dict[str, Any]:
    text = {language: finding.text(language) for language in LANGUAGES}
    return {"kind": finding.kind, "severity": finding.severity, "text": text}
