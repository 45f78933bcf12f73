"""``/plans/…/changes``: what a published plan changed, for those whose grids they are."""

from __future__ import annotations

from typing import Any

import pandas as pd
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from geogrid.compare.lists import FILE_KINDS, table_file
from geogrid.compare.record import ComparisonRecord
from geogrid.hierarchy import build_hierarchy
from geogrid.i18n import mark
from geogrid.reports.tables import Column, ReportTable
from geogrid.store.opening import reading
from geogrid.store.plan import Plan
from geogrid.store.plans import PlanRecord, list_plans
from geogrid.store.reviewing import what_came
from web.auth import caller, requires
from web.changes.before import page_asked
from web.changes.mine import Mine, answering
from web.changes.remembering import remembered
from web.changes.reviewed import record_of
from web.changes.sections import renamed, sections
from web.current import current_plan, current_workspace
from web.scope import visible_cases
from web.table_files import file_answer
from web.v1.caller import DRAFTS, database, plan_seen

__all__ = ["blueprint", "former_of"]

blueprint = Blueprint("plan_changes", __name__)
GRIDS_SHOWN = 10
MOST_LINKS = 60
MOST_QUIET = 200
_PAGE = "/plans/<int:plan_id>/changes"


def former_of(connection: Connection, plan: PlanRecord) -> PlanRecord | None:
    """Return the plan that was in force before, None for the first and after a sample."""
    earlier = [
        each
        for each in list_plans(connection)
        if each.number is not None and plan.number is not None and each.number < plan.number
    ]
    found = max(earlier, key=lambda each: each.number or 0, default=None)
    return None if found is None or (found.is_sample and not plan.is_sample) else found


def _plans(plan_id: int) -> tuple[PlanRecord, PlanRecord | None]:
    with reading(database()) as connection:
        plan = plan_seen(connection, plan_id)
        return plan, former_of(connection, plan)


@blueprint.get(_PAGE)
@requires("worker", scope="limited")
def page(plan_id: int) -> str | AnyResponse:
    """Say what a plan changed, within the caller's limits."""
    plan, former = _plans(plan_id)
    if plan.status in DRAFTS:
        return redirect(url_for("plan_review.page", plan_id=plan_id))
    if former is None:
        return render_template("plan_changes.html", plan=plan, **_about(plan), is_first=True)
    mine, record, both = _mine(plan, former)
    number, total = page_asked(), len(mine.moved)
    rows = mine.moved.iloc[(number - 1) * GRIDS_SHOWN : number * GRIDS_SHOWN]
    with reading(database()) as connection:
        who = answering(connection, (former, plan), mine.trees, _codes(mine, rows))
    return render_template(
        "plan_changes.html",
        plan=plan,
        **_about(plan),
        is_first=False,
        former=former,
        grid=mine.grid,
        links=_links(mine, record),
        more_links=max(total - MOST_LINKS, 0),
        quiet=renamed(mine.quiet.head(MOST_QUIET), record, mine.trees),
        more_quiet=max(len(mine.quiet) - MOST_QUIET, 0),
        sections=sections(mine, rows, record, both, who),
        page=number,
        pages=max(1, -(-total // GRIDS_SHOWN)),
        total=total,
        has_doorways=bool((mine.things["what"] == "unit").any()),
        is_known=any(len(each.units) for each in both),
    )


def _about(plan: PlanRecord) -> dict[str, Any]:
    since, until = (
        "" if moment is None else format_datetime(moment, "yyyy-MM-dd HH:mm")
        for moment in (plan.valid_from, plan.valid_until)
    )
    note: str = current_app.config["SETTINGS"].map_note
    return {
        "since": since,
        "until": until,
        "is_limited": caller().scope is not None,
        "mark": note or _("For internal use"),
    }


def _mine(plan: PlanRecord, former: PlanRecord) -> tuple[Mine, ComparisonRecord, tuple[Plan, Plan]]:
    workspace = current_workspace()
    before, after = (workspace.find_plan(str(each.id)) for each in (former, plan))
    key = ("changes", before.digest, after.digest)
    comparison = remembered(key, lambda: what_came(before, after))
    trees = build_hierarchy(comparison.before), build_hierarchy(comparison.after)
    cases = visible_cases(current_plan())["case_id"]
    mine = Mine(comparison, trees, frozenset(cases), request.args.get("grid", "")[:64])
    record = record_of(
        comparison,
        (before.name, after.name),
        (former.status, plan.status),
        is_sample=plan.is_sample,
    )
    return mine, record, (before, after)


def _codes(mine: Mine, rows: pd.DataFrame) -> tuple[set[str], set[str]]:
    """Return the grids whose people the page names."""
    was, now = set(rows["code_before"]), set(rows["code_after"])
    for row in rows.to_dict("records"):
        for things in mine.of_grid(row):
            was.update(things["from"].unique())
            now.update(things["to"].unique())
    return was, now


def _links(mine: Mine, record: ComparisonRecord) -> list[tuple[str, str]]:
    """Return code and name of the grids that changed, to choose one of them."""
    rows = mine.moved.head(MOST_LINKS)
    return [
        (row.code_after or row.code_before,
         record.grid(row.code_after, 1) if row.code_after else record.grid(row.code_before, 0))
        for row in rows.itertuples(index=False)
    ]  # fmt: skip


@blueprint.get(f"{_PAGE}/doorways.<kind>")
@requires("worker", scope="limited")
def download(plan_id: int, kind: str) -> Response:
    """Send the doorways that changed hands, within the caller's limits, as a file."""
    if kind not in FILE_KINDS:
        abort(404)
    plan, former = _plans(plan_id)
    if plan.status in DRAFTS or former is None:
        abort(404)
    mine, record, _both = _mine(plan, former)
    table = _doorway_table(mine, record, plan, former)
    title = record.say(mark("Doorways that change hands"))
    return file_answer(table_file(table, title, record, kind), title, kind)


def _doorway_table(
    mine: Mine, record: ComparisonRecord, plan: PlanRecord, former: PlanRecord
) -> ReportTable:
    things = mine.things[mine.things["what"] == "unit"]
    with reading(database()) as connection:
        codes = set(things["from"]), set(things["to"])
        was, now = answering(connection, (former, plan), mine.trees, codes)
    columns = [
        Column(mark("Number of the building"), "text", 26),
        Column(mark("Address"), "text", 40),
        Column(mark("Households"), "count", 12),
        Column(mark("From grid"), "text", 40),
        Column(mark("Who answered before"), "text", 18),
        Column(mark("To grid"), "text", 40),
        Column(mark("Who answers now"), "text", 18),
    ]
    rows = [
        [
            row["id"], row["label"], int(row["households"]),
            record.grid(row["from"], 0, full=True), was.get(row["from"], ""),
            record.grid(row["to"], 1, full=True), now.get(row["to"], ""),
        ]
        for row in things.to_dict("records")
    ]  # fmt: skip
    return ReportTable(columns, rows)
